//! A connection to an Amazon that is played.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;
use std::time::Duration;

use budget::{Limits, LocalBudget};
use commerce::{ConnectionId, Event, ExternalId, MerchantId, Record, Revision, TargetKey};
use jiff::Timestamp;
use ports::{Assignments, Clock, Connected, SystemClock, Twin, Write};
use serde_json::{Value, json};

/// The machine's time, and no waiting.
#[derive(Debug)]
struct Hurried;

#[async_trait::async_trait]
impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep(&self, _: Duration) {
        tokio::task::yield_now().await;
    }
}

/// A file whose content stands for a secret.
pub(crate) fn secret(name: &str) -> String {
    format!("file:{}/contract/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Connects to that address, with these settings beside address and key.
pub(crate) fn connect(url: &str, settings: &Value) -> Connected {
    let auth = json!({
        "client_id": "amzn1.application-oa2-client.1", "client_secret": secret("client_secret"), "refresh_token": secret("refresh_token"),
        "url": format!("{url}auth/o2/token"),
    });
    let mut all = json!({
        "region": "na", "seller": "A1SELLER", "marketplaces": ["ATVPDKIKX0DER"], "url": url, "auth": auth,
        "stock": { "location": "web" }, "prices": { "lists": { "retail": "ATVPDKIKX0DER" } },
    });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let settings: causeway_amazon::Settings = serde_json::from_value(all).unwrap();
    let clock = Arc::new(Hurried);
    let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
    let client = http::Client::new(http::Options::default(), leave, clock).unwrap();
    causeway_amazon::connect(
        MerchantId::default(),
        ConnectionId::new("amazon").unwrap(),
        settings,
        client,
    )
    .unwrap()
}

/// A record of another connection, to be written to Amazon.
pub(crate) fn write(id: &str, record: Record, bound: Option<Twin>, parent: Option<Twin>) -> Write {
    let source = ConnectionId::new("netsuite").unwrap();
    let id = ExternalId::new(id).unwrap();
    let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let revision = Revision {
        at,
        digest: record.digest(),
    };
    let key = TargetKey::of(&source, record.kind(), &id);
    let event = Event::new(MerchantId::default(), source, id, revision, at, record);
    Write {
        event: Arc::new(event),
        key,
        bound,
        parent,
        set: Assignments::default(),
    }
}

/// A record in words, to be written of an order of Amazon's.
pub(crate) fn of_order(id: &str, record: &Value, order: &str) -> Write {
    let parent = Twin {
        id: ExternalId::new(order).unwrap(),
        number: None,
    };
    let record = serde_json::from_value(record.clone()).unwrap();
    write(id, record, None, Some(parent))
}
