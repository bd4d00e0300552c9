//! A connection to a server, played or real.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use budget::{Limits, LocalBudget};
use commerce::{ConnectionId, Event, ExternalId, MerchantId, Record, Revision, TargetKey};
use jiff::Timestamp;
use ports::{Assignments, Connected, SystemClock, Twin, Write};
use serde_json::{Value, json};

/// A file whose content stands for a secret.
pub(crate) fn secret(name: &str) -> String {
    format!("file:{}/contract/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn client() -> http::Client {
    let clock = Arc::new(SystemClock);
    let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
    http::Client::new(http::Options::default(), leave, clock).unwrap()
}

/// Connects to that address, with these settings beside address and login.
pub(crate) fn connect(url: &str, settings: &Value) -> Connected {
    let login = json!({ "username": "causeway", "password": secret("password") });
    let mut all = json!({ "url": url, "auth": { "login": login } });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let settings: causeway_vendure::Settings = serde_json::from_value(all).unwrap();
    causeway_vendure::connect(
        MerchantId::default(),
        ConnectionId::new("shop").unwrap(),
        settings,
        client(),
    )
    .unwrap()
}

/// A record in words, of NetSuite, to be written of that order of the shop.
pub(crate) fn of_order(id: &str, record: &Value, order: &str) -> Write {
    let record: Record = serde_json::from_value(record.clone()).unwrap();
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
        bound: None,
        parent: Some(Twin {
            id: ExternalId::new(order).unwrap(),
            number: None,
        }),
        set: Assignments::default(),
    }
}
