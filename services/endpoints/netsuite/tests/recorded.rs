//! The recorded cases in `contract/`: given settings and a cursor or orders -> exchanges -> expected events or outcomes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "test code"
)]

mod common;

use std::path::{Path, PathBuf};

use commerce::{ExternalId, Kind, Record};
use common::{Fake, Scripted};
use ports::{Connected, Cursor, Window};
use serde_json::{Value, json};

const NOW: &str = "2026-03-02T18:11:12Z";

fn cases(folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("contract")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let case = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        (file, case)
    };
    files.into_iter().map(read).collect()
}

fn scripted(exchange: &Value) -> Scripted {
    let (method, path) = exchange["request"]
        .as_str()
        .unwrap()
        .split_once(' ')
        .unwrap();
    let path = match path {
        "suiteql" => "/services/rest/query/v1/suiteql?limit=1000&offset=0".to_owned(),
        path if path.starts_with("suiteql?") => format!("/services/rest/query/v1/{path}"),
        "limits" => "/services/rest/system/v1/governanceLimits".to_owned(),
        path => format!("/services/rest/record/v1/{path}"),
    };
    let answer = &exchange["answer"];
    let mut headers = vec![(
        "date".to_owned(),
        "Mon, 02 Mar 2026 18:11:12 GMT".to_owned(),
    )];
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        headers.push((name.clone(), value.as_str().unwrap().to_owned()));
    }
    let body = match (&answer["rows"], &answer["body"]) {
        (Value::Array(rows), _) => {
            json!({"items": rows, "hasMore": answer["more"].as_bool().unwrap_or(false)}).to_string()
        }
        (_, Value::Null) => String::new(),
        (_, Value::String(text)) => text.clone(),
        (_, body) => body.to_string(),
    };
    let texts = exchange["contains"].as_array().into_iter().flatten();
    Scripted {
        method: method.to_owned(),
        path,
        contains: texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect(),
        status: u16::try_from(answer["status"].as_u64().unwrap_or(200)).unwrap(),
        headers,
        body,
    }
}

async fn stage(case: &Value) -> (Fake, Connected) {
    let exchanges = case["exchanges"].as_array().unwrap();
    let fake = Fake::start(exchanges.iter().map(scripted).collect()).await;
    let (http, _) = common::client(NOW);
    let http = if case["dry_run"] == true {
        http.dry_run()
    } else {
        http
    };
    let connected = common::connect(&case["settings"], &fake.address, http);
    (fake, connected)
}

fn shown(record: &Record) -> Value {
    match record {
        Record::Order(order) => json!(order),
        Record::Fulfilment(fulfilment) => json!(fulfilment),
        Record::Stock(level) => json!(level),
        Record::Refund(refund) => json!(refund),
        Record::Product(product) => json!(product),
        Record::Price(price) => json!(price),
        Record::Cancellation(cancellation) => json!(cancellation),
        Record::ShippingOrder(order) => json!(order),
        Record::Customer(account) => json!(account),
        Record::Company(business) => json!(business),
        Record::Payout(payout) => json!(payout),
    }
}

fn kind(case: &Value) -> Kind {
    Kind::parse(case["kind"].as_str().unwrap()).unwrap()
}

async fn read(case: &Value, connected: &Connected) -> Value {
    let source = connected.source.as_ref().unwrap();
    if let Some(id) = case["one"].as_str() {
        let one = source.one(kind(case), &ExternalId::new(id).unwrap()).await;
        return match one {
            Ok(event) => json!({"record": event.map(|event| shown(&event.record))}),
            Err(fault) => json!(fault),
        };
    }
    if let Some(window) = case["window"].as_array() {
        let window = Window {
            from: window[0].as_str().unwrap().parse().unwrap(),
            to: window[1].as_str().unwrap().parse().unwrap(),
        };
        return json!(source.ids(kind(case), window).await.unwrap());
    }
    let cursor = match &case["cursor"] {
        Value::Null => Cursor::default(),
        cursor => Cursor(cursor.to_string()),
    };
    let page = match source.page(kind(case), &cursor).await {
        Ok(page) => page,
        Err(fault) => return json!(fault),
    };
    let events = page.events.iter().map(|event| {
        assert!(event.source.is_some());
        json!({"id": event.external_id, "at": event.revision.at, "record": shown(&event.record)})
    });
    let unreadable = page.unreadable.iter();
    json!({
        "events": events.collect::<Vec<_>>(),
        "unreadable": unreadable.map(|one| json!({"id": one.id, "why": one.why})).collect::<Vec<_>>(),
        "next": serde_json::from_str::<Value>(&page.next.0).unwrap(),
        "more": page.more,
    })
}

/// A write of what the case gives: an order, or a refund or payout where it says so.
fn write(case: &Value, record: &Value) -> ports::Write {
    match case["kind"].as_str() {
        Some("refund") => common::refund::write(record),
        Some("payout") => common::payout::write(record),
        _ => common::order::write(record),
    }
}

async fn written(case: &Value, connected: &Connected) -> Value {
    let sink = connected.sink.as_ref().unwrap();
    if case["locate"].is_object() {
        let write = write(case, &case["locate"]);
        return match sink.locate(&[write]).await.remove(0) {
            Ok(Some(written)) => {
                json!({"twin": written.twin, "effect": written.effect, "discrepancy": written.discrepancy})
            }
            Ok(None) => json!({"twin": null}),
            Err(fault) => json!(fault),
        };
    }
    let given = ["orders", "refunds", "payouts"].map(|name| case[name].as_array());
    let records = given.into_iter().flatten().flatten();
    let writes: Vec<_> = records.map(|record| write(case, record)).collect();
    let attempts = sink.write(&writes).await;
    assert_eq!(attempts.len(), writes.len());
    let shown = attempts.iter().map(|attempt| match &attempt.result {
        Ok(written) => {
            json!({"twin": written.twin, "effect": written.effect, "discrepancy": written.discrepancy})
        }
        Err(fault) => json!(fault),
    });
    shown.collect()
}

/// Every member that is expected is there; texts beginning with `~` need only be contained.
fn fits(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::String(part), Value::String(text)) => match part.strip_prefix('~') {
            Some(part) => text.contains(part),
            None => part == text,
        },
        (Value::Object(expected), Value::Object(got)) => expected
            .iter()
            .all(|(name, value)| fits(value, got.get(name).unwrap_or(&Value::Null))),
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len()
                && expected
                    .iter()
                    .zip(got)
                    .all(|(one, other)| fits(one, other))
        }
        (expected, got) => expected == got,
    }
}

fn check(file: &Path, case: &Value, got: &Value, fake: &Fake) {
    let name = file.file_name().unwrap().to_string_lossy();
    fake.finish(&name);
    assert!(fits(&case["expected"], got), "{name}: got {got:#}");
    let bodies: Vec<Value> = fake
        .asked()
        .iter()
        .filter(|asked| asked.path.starts_with("/services/rest/record"))
        .filter_map(|asked| serde_json::from_str(&asked.body).ok())
        .collect();
    for (place, expected) in case["bodies"].as_array().into_iter().flatten().enumerate() {
        assert!(
            fits(expected, &bodies[place]),
            "{name}: sent {:#}",
            bodies[place]
        );
    }
}

#[tokio::test]
async fn every_kind_is_read() {
    let folders = [
        "fulfilments",
        "stock",
        "products",
        "cancellations",
        "credits",
    ];
    for (file, case) in folders.into_iter().flat_map(cases) {
        let (fake, connected) = stage(&case).await;
        let got = read(&case, &connected).await;
        check(&file, &case, &got, &fake);
    }
}

#[tokio::test]
async fn orders_refunds_and_payouts_are_written() {
    for (file, case) in ["orders", "refunds", "payouts"].into_iter().flat_map(cases) {
        let (fake, connected) = stage(&case).await;
        let got = written(&case, &connected).await;
        check(&file, &case, &got, &fake);
        for asked in fake
            .asked()
            .iter()
            .filter(|asked| asked.path.contains("suiteql"))
        {
            assert_eq!(asked.header("prefer"), Some("transient"));
        }
    }
}

#[tokio::test]
async fn a_check_names_what_is_missing() {
    for (file, case) in cases("probe") {
        let (fake, connected) = stage(&case).await;
        let health = match connected.probe.probe().await {
            Ok(health) => json!(health),
            Err(fault) => json!(fault),
        };
        check(&file, &case, &health, &fake);
    }
}
