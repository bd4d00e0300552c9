//! The recorded cases in `contract/`: settings and exchanges, steps, and what each has to come to. And the vendor's own examples.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use budget::{Limits, LocalBudget};
use commerce::{ConnectionId, Event, ExternalId, Kind, MerchantId, Record, Revision, TargetKey};
use flate2::read::GzDecoder;
use ports::{
    Assignments, Connected, Cursor, Fault, Found, SystemClock, Twin, Window, Write, Written,
};
use serde_json::{Value, json};

/// What the other side expects to be asked next, and answers.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<VecDeque<Value>>>);

async fn play(
    State(script): State<Script>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let next = script.0.lock().unwrap().pop_front();
    let exchange =
        next.unwrap_or_else(|| panic!("nothing is to be asked any more: {method} {uri}"));
    let asked = format!("{method} {}", percent_decoded(&uri.to_string()));
    let text = String::from_utf8_lossy(&body).into_owned();
    assert_eq!(headers["authorization"], "Basic a2V5OnNlY3JldA==");
    assert!(
        asked.starts_with(exchange["asks"].as_str().unwrap()),
        "{asked}"
    );
    for part in exchange["contains"].as_array().into_iter().flatten() {
        let part = part.as_str().unwrap();
        assert!(
            asked.contains(part) || text.contains(part),
            "{part} is not in {asked} {text}"
        );
    }
    let answer = &exchange["answers"];
    let status = u16::try_from(answer["status"].as_u64().unwrap_or(200)).unwrap();
    let mut response = answer["body"].to_string().into_response();
    *response.status_mut() = status.try_into().unwrap();
    let named = answer["headers"].as_object().into_iter().flatten();
    for (name, value) in named {
        let name: axum::http::HeaderName = name.parse().unwrap();
        response
            .headers_mut()
            .insert(name, value.as_str().unwrap().parse().unwrap());
    }
    response
}

/// As a person reads it.
fn percent_decoded(text: &str) -> String {
    text.replace('+', " ")
        .replace("%3A", ":")
        .replace("%20", " ")
        .replace("%23", "#")
}

async fn connected(settings: &Value, script: &Script) -> Connected {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(play).with_state(script.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let secret = |name: &str| format!("file:{}/contract/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut all = json!({ "url": url, "api_key": secret("key"), "api_secret": secret("secret") });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let settings: causeway_shipstation::Settings = serde_json::from_value(all).unwrap();
    let clock = Arc::new(SystemClock);
    let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
    let client = http::Client::new(http::Options::default(), leave, clock).unwrap();
    let (merchant, id) = (MerchantId::default(), ConnectionId::new("shipper").unwrap());
    causeway_shipstation::connect(merchant, id, settings, client).unwrap()
}

fn write(order: &Value) -> Write {
    let record = json!({
        "number": order["number"], "reference": null, "placed_at": "2026-03-02T11:00:00Z", "state": order["state"], "email": null,
        "ship_to": {"first_name": "Ada", "last_name": "Byron", "company": null, "line1": "1 Main St", "line2": null, "city": "Austin",
            "region": "TX", "postcode": "78701", "country": "US", "phone": null},
        "location": null, "method": null, "note": null,
        "lines": [{"id": "1", "sku": "TEA", "title": "Tea", "quantity": order["quantity"]}],
    });
    let record = Record::ShippingOrder(Box::new(serde_json::from_value(record).unwrap()));
    let source = ConnectionId::new("netsuite").unwrap();
    let id = ExternalId::new(order["id"].as_str().unwrap()).unwrap();
    let at = "2026-03-02T11:00:00Z".parse().unwrap();
    let digest = record.digest();
    let key = TargetKey::of(&source, Kind::ShippingOrder, &id);
    let event = Event::new(
        MerchantId::default(),
        source,
        id,
        Revision { at, digest },
        at,
        record,
    );
    Write {
        event: Arc::new(event),
        key,
        bound: order["bound"].as_str().map(|id| Twin {
            id: ExternalId::new(id).unwrap(),
            number: None,
        }),
        parent: None,
        set: Assignments::default(),
    }
}

fn told(result: Result<Option<Written>, Fault>) -> Value {
    match result {
        Ok(None) => Value::Null,
        Ok(Some(written)) => json!({ "effect": written.effect, "twin": written.twin.id }),
        Err(fault) => json!({ "fault": serde_json::to_value(fault).unwrap()["fault"] }),
    }
}

fn events(found: &Found) -> Value {
    let told = |event: &Event| {
        let Record::Fulfilment(one) = &event.record else {
            panic!("{event:?}");
        };
        let lines: Vec<String> = one
            .lines
            .iter()
            .map(|line| {
                format!(
                    "{} {} {}",
                    line.order_line.as_ref().map_or("-", |id| id.as_str()),
                    line.sku,
                    line.quantity
                )
            })
            .collect();
        let dispatch = one.dispatch.as_ref().unwrap();
        json!({
            "id": event.external_id, "at": event.revision.at, "order": one.order.id, "key": one.order.key, "lines": lines,
            "tracking": one.parcels.first().and_then(|parcel| parcel.tracking_number.clone()),
            "voided": dispatch.voided, "cost": dispatch.cost.map(|cost| cost.to_string()),
        })
    };
    let unreadable = found
        .unreadable
        .iter()
        .map(|one| json!({ "id": one.id, "why": one.why }));
    found.events.iter().map(told).chain(unreadable).collect()
}

async fn step(connected: &Connected, step: &Value, cursor: &mut Cursor) -> Value {
    let source = connected.source.as_ref().unwrap();
    let sink = connected.sink.as_ref().unwrap();
    let writes =
        |orders: &Value| -> Vec<Write> { orders.as_array().unwrap().iter().map(write).collect() };
    if step["page"].is_string() {
        return match source.page(Kind::Fulfilment, cursor).await {
            Ok(page) => {
                *cursor = page.next;
                let found = Found {
                    events: page.events,
                    unreadable: page.unreadable,
                };
                json!({ "events": events(&found), "more": page.more })
            }
            Err(fault) => serde_json::to_value(fault).unwrap(),
        };
    }
    if let Some(ids) = step["some"].as_array() {
        let ids: Vec<ExternalId> = ids
            .iter()
            .map(|id| ExternalId::new(id.as_str().unwrap()).unwrap())
            .collect();
        return events(&source.some(Kind::Fulfilment, &ids).await.unwrap());
    }
    if step["ids"].is_object() {
        let window: Window = serde_json::from_value(step["ids"].clone()).unwrap();
        return json!(source.ids(Kind::Fulfilment, window).await.unwrap());
    }
    if step["write"].is_array() {
        let attempts = sink.write(&writes(&step["write"])).await;
        return attempts
            .into_iter()
            .map(|one| told(one.result.map(Some)))
            .collect();
    }
    if step["locate"].is_array() {
        let found = sink.locate(&writes(&step["locate"])).await;
        return found.into_iter().map(told).collect();
    }
    let health = connected.probe.probe().await.unwrap();
    let findings = health
        .findings
        .iter()
        .map(|one| json!([one.what, one.severity]));
    findings.collect()
}

#[tokio::test]
async fn recorded_cases_come_to_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        seen += 1;
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let script = Script::default();
        script
            .0
            .lock()
            .unwrap()
            .extend(case["exchanges"].as_array().unwrap().iter().cloned());
        let connected = connected(&case["settings"], &script).await;
        let from = case["from"]
            .as_str()
            .unwrap_or("2026-03-02T18:00:00Z")
            .parse()
            .unwrap();
        let mut cursor = connected
            .source
            .as_ref()
            .unwrap()
            .cursor_at(Kind::Fulfilment, from);
        for one in case["steps"].as_array().unwrap() {
            let came_to = step(&connected, &one["do"], &mut cursor).await;
            assert_eq!(came_to, one["expects"], "{}: {:#}", path.display(), came_to);
        }
        assert!(
            script.0.lock().unwrap().is_empty(),
            "{}: not all was asked",
            path.display()
        );
    }
    assert!(seen >= 6, "only {seen} cases");
}

/// The vendor's own example of an answer.
fn example(summary: &str) -> Option<Value> {
    let Some(folder) = testkit::contracts() else {
        eprintln!("skipped: contracts folder not found");
        return None;
    };
    let path = folder.join("shipstation/samples/v1.examples.json.gz");
    let file = std::fs::File::open(path).unwrap();
    let all: Vec<Value> = serde_json::from_reader(GzDecoder::new(file)).unwrap();
    let mut all = all.into_iter();
    let one = all.find(|one| one["summary"] == summary && one["where"] == "200");
    Some(one.unwrap()["value"].clone())
}

#[tokio::test]
async fn the_vendors_examples_are_understood() {
    let Some(shipments) = example("List Shipments with parameters") else {
        return;
    };
    let answer = |asks: &str, body: &Value| json!({ "asks": asks, "answers": { "body": body } });
    let nothing = json!({ "orders": [], "total": 0, "page": 1, "pages": 0 });
    let marked = example("List Fulfillments with parameters").unwrap();
    let order = example("Get Order").unwrap();
    let script = Script::default();
    script.0.lock().unwrap().extend([
        answer("GET /shipments?createDateStart=", &shipments),
        answer("GET /orders?orderNumber=100038-1", &nothing),
        answer("GET /orders?orderNumber=100028", &nothing),
        answer(
            "GET /shipments?voidDateStart=",
            &json!({ "shipments": [], "total": 0, "page": 1, "pages": 0 }),
        ),
        answer("GET /fulfillments?createDateStart=", &marked),
        answer("GET /orders/191759016", &order),
        answer("GET /orders?orderNumber=101", &nothing),
        answer("GET /orders/193699927", &order),
    ]);
    let connected = connected(&json!({}), &script).await;
    let source = connected.source.as_ref().unwrap();
    let mut cursor = source.cursor_at(Kind::Fulfilment, "2014-01-01T00:00:00Z".parse().unwrap());
    let mut all = Found::default();
    loop {
        let page = source.page(Kind::Fulfilment, &cursor).await.unwrap();
        all.events.extend(page.events);
        all.unreadable.extend(page.unreadable);
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    assert_eq!(all.unreadable, []);
    let told = events(&all);
    assert_eq!(told[0]["cost"], "1.93 USD");
    assert_eq!(told[0]["at"], "2014-10-03T13:51:33.627Z");
    assert_eq!(told[0]["lines"], json!(["- SQ3785739 1"]));
    // A discount of the order is no goods.
    assert_eq!(told[2]["lines"], json!(["vd08-MSLbtx ABC123 2"]));
    assert_eq!(told.as_array().unwrap().len(), 4);
}
