//! The recorded cases in `contract/`: what is asked of the connection, the exchanges with the shop in their order, and what comes of it.
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
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use commerce::{ExternalId, Kind, Record, Side};
use ports::{Connected, Cursor, Fault, Page, Twin, Window};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("contract")
}

/// The shop: answers what the case says, in its order, and notes what was not asked as the case says.
#[derive(Clone, Default)]
struct Shop {
    exchanges: Arc<Mutex<VecDeque<Value>>>,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    fn complain(&self, words: String) -> Response {
        self.complaints.lock().unwrap().push(words);
        StatusCode::IM_A_TEAPOT.into_response()
    }
}

async fn answer(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let Some(exchange) = shop.exchanges.lock().unwrap().pop_front() else {
        return shop.complain(format!("one request too many: {uri}"));
    };
    let asks = &exchange["asks"];
    let asked = if uri.path() == "/admin/oauth/access_token" {
        json!({ "operation": "token", "form": String::from_utf8_lossy(&body) })
    } else {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let document = body["query"].as_str().unwrap();
        let operation = document.split(['(', '{']).next().unwrap();
        let name = operation.split_whitespace().nth(1).unwrap();
        let token = headers.get("x-shopify-access-token");
        json!({
            "operation": name,
            "variables": body["variables"],
            "token": token.map(|token| token.to_str().unwrap()),
            "path": uri.path(),
        })
    };
    if !holds(&asked, asks) {
        return shop.complain(format!("asked {asked:#}\nexpected {asks:#}"));
    }
    let answers = &exchange["answers"];
    let status = answers["status"].as_u64().unwrap_or(200);
    let mut response = match &answers["body"] {
        Value::String(text) => text.clone().into_response(),
        body => resolved(body).to_string().into_response(),
    };
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
    for (name, value) in answers["headers"].as_object().into_iter().flatten() {
        let name: axum::http::HeaderName = name.parse().unwrap();
        response
            .headers_mut()
            .insert(name, value.as_str().unwrap().parse().unwrap());
    }
    response
}

/// Whether the value has all that the pattern has; lists have to be of the same length.
fn holds(value: &Value, pattern: &Value) -> bool {
    match (value, pattern) {
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
        (value, pattern) => value == pattern,
    }
}

/// `{"$file": "order.json", "with": {…}}` stands for the file's content with some fields replaced.
fn resolved(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$file").and_then(Value::as_str) {
                let text = std::fs::read_to_string(folder().join("parts").join(name)).unwrap();
                let mut content: Value = serde_json::from_str(&text).unwrap();
                let with = fields.get("with").map(resolved).unwrap_or_default();
                for (name, value) in with.as_object().into_iter().flatten() {
                    content[name] = value.clone();
                }
                return content;
            }
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), resolved(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(resolved).collect(),
        other => other.clone(),
    }
}

fn fault(fault: &Fault) -> Value {
    let mut told = serde_json::to_value(fault).unwrap();
    told["words"] = json!(fault.to_string());
    told
}

fn page(page: &Page) -> Value {
    let events = page.events.iter().map(|event| {
        let (difference, lines) = match &event.record {
            Record::Order(order) => {
                let check = order.total_check(Side::Shop).unwrap();
                (Some(check.difference.to_string()), order.lines.len())
            }
            Record::Refund(refund) => {
                let check = refund.total_check(Side::Shop).unwrap();
                (Some(check.difference.to_string()), refund.lines.len())
            }
            Record::Payout(payout) => {
                let difference = payout.discrepancy().unwrap();
                let difference = difference.unwrap_or_else(|| "0".to_owned());
                (Some(difference), payout.lines.len())
            }
            Record::Customer(_) => (None, 0),
            other => panic!("{other:?}"),
        };
        assert_eq!(event.revision.digest, event.record.digest());
        let source = event.source.as_ref().unwrap();
        let words: Value = serde_json::from_slice(&source.body).unwrap();
        let id = words["legacyResourceId"].as_str().or(words["id"].as_str());
        let id = id.unwrap().rsplit('/').next();
        assert_eq!(id, Some(event.external_id.as_str()));
        json!({
            "id": event.external_id,
            "at": event.revision.at,
            "number": event.record.number(),
            "lines": lines,
            "difference": difference,
        })
    });
    let unreadable = page
        .unreadable
        .iter()
        .map(|record| json!({ "id": record.id, "why": record.why }));
    let next: Value = serde_json::from_str(&page.next.0).unwrap();
    json!({
        "events": events.collect::<Vec<_>>(),
        "unreadable": unreadable.collect::<Vec<_>>(),
        "more": page.more,
        "next": next,
    })
}

fn to_write(record: &Value) -> ports::Write {
    let twin = |field: &str| -> Option<Twin> {
        let twin = record.get(field).filter(|twin| !twin.is_null())?;
        Some(serde_json::from_value(twin.clone()).unwrap())
    };
    let id = record["id"].as_str().unwrap_or("1");
    let value = serde_json::from_value(record["record"].clone()).unwrap();
    common::write(id, value, twin("bound"), twin("parent"))
}

async fn run(connected: &Connected, kind: Kind, what: &Value) -> Value {
    let source = connected.source.as_ref().unwrap();
    let sink = connected.sink.as_ref().unwrap();
    let (verb, given) = what.as_object().unwrap().iter().next().unwrap();
    let told = |result: Result<Value, Fault>| result.unwrap_or_else(|error| fault(&error));
    match verb.as_str() {
        "page" => {
            let cursor = Cursor(given.as_str().unwrap().to_owned());
            told(source.page(kind, &cursor).await.map(|got| page(&got)))
        }
        "one" => {
            let id = ExternalId::new(given.as_str().unwrap()).unwrap();
            let got = source.one(kind, &id).await;
            told(got.map(|event| json!(event.map(|event| event.external_id))))
        }
        "ids" => {
            let window: Window = serde_json::from_value(given.clone()).unwrap();
            told(source.ids(kind, window).await.map(|ids| json!(ids)))
        }
        "write" => {
            let writes: Vec<_> = given.as_array().unwrap().iter().map(to_write).collect();
            let attempts = sink.write(&writes).await;
            assert_eq!(attempts.len(), writes.len());
            let told = attempts.iter().map(|attempt| match &attempt.result {
                Ok(written) => json!({
                    "effect": written.effect,
                    "twin": written.twin,
                    "exchanges": attempt.exchanges.len(),
                }),
                Err(error) => fault(error),
            });
            told.collect()
        }
        "locate" => {
            let found = sink.locate(&[to_write(given)]).await.remove(0);
            told(found.map(|written| json!(written.map(|written| written.twin))))
        }
        "probe" => told(connected.probe.probe().await.map(|health| json!(health))),
        other => panic!("nothing is called '{other}'"),
    }
}

/// Words that have to occur, in place of the whole text.
fn hinted(value: &Value, pattern: &Value) -> bool {
    match (value, pattern) {
        (Value::String(value), Value::String(pattern)) => match pattern.strip_prefix('~') {
            Some(part) => value.contains(part),
            None => value == pattern,
        },
        (Value::Object(value), Value::Object(pattern)) => pattern
            .iter()
            .all(|(name, pattern)| value.get(name).is_some_and(|value| hinted(value, pattern))),
        (Value::Array(value), Value::Array(pattern)) => {
            value.len() == pattern.len()
                && value
                    .iter()
                    .zip(pattern)
                    .all(|(value, pattern)| hinted(value, pattern))
        }
        (value, pattern) => value == pattern,
    }
}

async fn check(name: &str, case: &Value) {
    let shop = Shop::default();
    let exchanges = case["exchanges"].as_array().unwrap().iter().cloned();
    shop.exchanges.lock().unwrap().extend(exchanges);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer).with_state(shop.clone());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut settings = case.get("settings").cloned().unwrap_or_else(|| json!({}));
    if settings["auth"]["client_id"].is_string() {
        settings["auth"]["client_secret"] = json!(common::secret("client_secret"));
    }
    let connected = common::connect(&url, &settings);
    let kind = case["reads"]
        .as_str()
        .map_or(Kind::Order, |name| Kind::parse(name).unwrap());
    let steps = case["steps"].as_array().unwrap();
    for (index, step) in steps.iter().enumerate() {
        let got = run(&connected, kind, &step["do"]).await;
        let complaints = shop.complaints.lock().unwrap().join("\n");
        assert!(complaints.is_empty(), "{name}, step {index}: {complaints}");
        let expected = &step["expects"];
        assert!(
            hinted(&got, expected),
            "{name}, step {index}: got {got:#}\nexpected {expected:#}"
        );
    }
    let left = shop.exchanges.lock().unwrap().len();
    assert_eq!(left, 0, "{name}: {left} requests were never made");
    server.abort();
}

#[tokio::test]
async fn every_recorded_case_comes_out_as_recorded() {
    let mut cases = 0;
    let mut failed = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let case: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        // A case of its own task: one that fails does not hide the others.
        if tokio::spawn(async move { check(&name, &case).await })
            .await
            .is_err()
        {
            failed.push(path);
        }
        cases += 1;
    }
    assert!(failed.is_empty(), "{failed:?}");
    assert!(cases >= 12, "only {cases} cases found");
}
