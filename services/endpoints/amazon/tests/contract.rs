//! The recorded cases in `contract/`: what is asked of the connection, the exchanges with Amazon in their order, and what comes of it. And the pairs of
//! requests and answers that Amazon publishes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use commerce::Kind;
use ports::{Connected, Cursor, Fault};
use serde_json::{Map, Value, json};

/// The site: answers what the case says, in its order, and notes what was not asked as the case says.
#[derive(Clone, Default)]
struct Site {
    exchanges: Arc<Mutex<VecDeque<Value>>>,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn complain(&self, words: String) -> Response {
        self.complaints.lock().unwrap().push(words);
        StatusCode::IM_A_TEAPOT.into_response()
    }
}

async fn answer(
    State(site): State<Site>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if uri.path() == "/auth/o2/token" {
        return json!({ "access_token": "Atza|token", "expires_in": 3600 })
            .to_string()
            .into_response();
    }
    let Some(exchange) = site.exchanges.lock().unwrap().pop_front() else {
        return site.complain(format!("one request too many: {uri}"));
    };
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let query = query.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
    let asked = json!({
        "asks": format!("{method} {}", uri.path()),
        "query": query.collect::<Map<String, Value>>(),
        "body": serde_json::from_slice::<Value>(&body).unwrap_or_default(),
    });
    let expected =
        json!({ "asks": exchange["asks"], "query": exchange["query"], "body": exchange["body"] });
    if !holds(&asked, &expected) {
        return site.complain(format!("asked {asked:#}\nexpected {expected:#}"));
    }
    let host = headers["host"].to_str().unwrap();
    let mut response = match &exchange["answers"] {
        Value::String(text) => text.clone().into_response(),
        Value::Null => StatusCode::NO_CONTENT.into_response(),
        body => body.to_string().replace("{host}", host).into_response(),
    };
    let usual = if exchange["answers"].is_null() {
        204
    } else {
        200
    };
    let status = exchange["status"].as_u64().unwrap_or(usual);
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
    if let Some(limit) = exchange["limit"].as_str() {
        let limit = limit.parse().unwrap();
        response
            .headers_mut()
            .insert("x-amzn-ratelimit-limit", limit);
    }
    response
}

/// Whether the value has all that the pattern has; null stands for anything, `~words` for a text with these words in it.
fn holds(value: &Value, pattern: &Value) -> bool {
    match (value, pattern) {
        (_, Value::Null) => true,
        (Value::Object(value), Value::Object(pattern)) => pattern
            .iter()
            .all(|(name, pattern)| value.get(name).is_some_and(|value| holds(value, pattern))),
        (Value::Array(value), Value::Array(pattern)) => {
            value.len() == pattern.len()
                && value
                    .iter()
                    .zip(pattern)
                    .all(|(value, pattern)| holds(value, pattern))
        }
        (Value::String(value), Value::String(pattern)) => match pattern.strip_prefix('~') {
            Some(words) => value.contains(words),
            None => value == pattern,
        },
        (value, pattern) => value == pattern,
    }
}

fn fault(fault: &Fault) -> Value {
    let mut told = serde_json::to_value(fault).unwrap();
    told["words"] = json!(fault.to_string());
    told
}

fn to_write(record: &Value) -> ports::Write {
    let order = record["order"].as_str().unwrap_or("111-0000001-0000001");
    common::of_order(
        record["id"].as_str().unwrap_or("1"),
        &record["record"],
        order,
    )
}

async fn run(connected: &Connected, kind: Kind, what: &Value) -> Value {
    let source = connected.source.as_ref().unwrap();
    let sink = connected.sink.as_ref().unwrap();
    let (verb, given) = what.as_object().unwrap().iter().next().unwrap();
    match verb.as_str() {
        "page" => {
            let cursor = Cursor(given.as_str().unwrap().to_owned());
            match source.page(kind, &cursor).await {
                Err(error) => fault(&error),
                Ok(page) => json!({
                    "events": page.events.iter().map(|event| json!([event.external_id, event.record.number()])).collect::<Vec<_>>(),
                    "unreadable": page.unreadable.iter().map(|one| json!([one.id, one.why])).collect::<Vec<_>>(),
                    "more": page.more,
                    "next": serde_json::from_str::<Value>(&page.next.0).unwrap(),
                }),
            }
        }
        "write" => {
            let writes: Vec<_> = given.as_array().unwrap().iter().map(to_write).collect();
            let attempts = sink.write(&writes).await;
            let told = attempts.iter().map(|attempt| match &attempt.result {
                Ok(written) => {
                    json!({ "effect": written.effect, "twin": written.twin.id, "discrepancy": written.discrepancy })
                },
                Err(error) => fault(error),
            });
            told.collect()
        }
        "locate" => match sink.locate(&[to_write(given)]).await.remove(0) {
            Ok(written) => json!(written.map(|written| written.effect)),
            Err(error) => fault(&error),
        },
        "probe" => match connected.probe.probe().await {
            Ok(health) => json!(health),
            Err(error) => fault(&error),
        },
        other => panic!("nothing is called '{other}'"),
    }
}

async fn check(name: &str, case: &Value) {
    let site = Site::default();
    let exchanges = case["exchanges"].as_array().unwrap().iter().cloned();
    site.exchanges.lock().unwrap().extend(exchanges);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer).with_state(site.clone());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let connected = common::connect(&url, &case["settings"]);
    let kind = case["reads"].as_str();
    let kind = kind.map_or(Kind::Order, |name| Kind::parse(name).unwrap());
    for (index, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        let got = run(&connected, kind, &step["do"]).await;
        let complaints = site.complaints.lock().unwrap().join("\n");
        assert!(complaints.is_empty(), "{name}, step {index}: {complaints}");
        let expected = &step["expects"];
        assert!(
            holds(&got, expected),
            "{name}, step {index}: got {got:#}\nexpected {expected:#}"
        );
    }
    let left = site.exchanges.lock().unwrap().len();
    assert_eq!(left, 0, "{name}: {left} requests were never made");
    server.abort();
}

#[tokio::test]
async fn every_recorded_case_comes_out_as_recorded() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("contract");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let case = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        check(&path.file_stem().unwrap().to_string_lossy(), &case).await;
        cases += 1;
    }
    assert!(cases >= 8, "only {cases} cases found");
}
