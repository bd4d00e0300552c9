//! The recorded cases in `contract/`: what is asked of the connection, the exchanges with the server in their order, and what comes of it.
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
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commerce::Kind;
use ports::{Connected, Cursor, Fault};
use serde_json::{Value, json};

/// The server: answers what the case says, in its order, and notes what was not asked as the case says.
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

async fn answer(State(site): State<Site>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let document = body["query"].as_str().unwrap_or_default();
    let name = document.split(['(', '{']).next().unwrap_or_default().trim();
    let Some(exchange) = site.exchanges.lock().unwrap().pop_front() else {
        return site.complain(format!("one request too many: {name}"));
    };
    let asked = json!({ "asks": name, "with": body["variables"] });
    let expected = json!({ "asks": exchange["asks"], "with": exchange["with"] });
    if !holds(&asked, &expected) {
        return site.complain(format!("asked {asked:#}\nexpected {expected:#}"));
    }
    let mut response = match &exchange["answers"] {
        Value::String(text) => text.clone().into_response(),
        body => resolved(body).to_string().into_response(),
    };
    let status = exchange["status"].as_u64().unwrap_or(200);
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
    if let Some(token) = exchange["token"].as_str() {
        let token = token.parse().unwrap();
        response.headers_mut().insert("vendure-auth-token", token);
    }
    response
}

/// `{"$order": {…}}` stands for a page with the order of `parts/order.json`, with these fields in place of its own.
fn resolved(value: &Value) -> Value {
    let Some(with) = value.get("$order") else {
        return value.clone();
    };
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("contract/parts/order.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut order: Value = serde_json::from_str(&text).unwrap();
    for (name, value) in with.as_object().into_iter().flatten() {
        order[name] = value.clone();
    }
    json!({ "data": {
        "globalSettings": { "serverConfig": { "moneyStrategyPrecision": 2 } },
        "orders": { "items": [order] },
    } })
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
    common::of_order(
        record["id"].as_str().unwrap_or("1"),
        &record["record"],
        record["order"].as_str().unwrap_or("1"),
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
                Ok(written) => json!({ "effect": written.effect, "twin": written.twin.id }),
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
    let url = format!("http://{}/admin-api", listener.local_addr().unwrap());
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
    assert!(cases >= 6, "only {cases} cases found");
}
