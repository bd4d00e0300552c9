//! A connection to a site that is played.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use budget::{Limits, LocalBudget};
use commerce::{ConnectionId, Event, ExternalId, MerchantId, Record, Revision, TargetKey};
use jiff::Timestamp;
use ports::{Assignments, Connected, SystemClock, Twin, Write};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// A file whose content stands for a secret.
pub(crate) fn secret(name: &str) -> String {
    format!("file:{}/contract/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Connects to that address, with these settings beside address and key.
pub(crate) fn connect(url: &str, settings: &Value) -> Connected {
    let auth = json!({ "consumer_key": secret("consumer_key"), "consumer_secret": secret("consumer_secret") });
    let mut all = json!({ "url": url, "auth": auth });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let settings: causeway_woocommerce::Settings = serde_json::from_value(all).unwrap();
    let clock = Arc::new(SystemClock);
    let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
    let client = http::Client::new(http::Options::default(), leave, clock).unwrap();
    causeway_woocommerce::connect(
        MerchantId::default(),
        ConnectionId::new("shop").unwrap(),
        settings,
        client,
    )
    .unwrap()
}

/// A record of another connection, to be written to the shop.
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

/// A record in words, to be written of an order of the shop.
pub(crate) fn of_order(id: &str, record: &Value, order: u64) -> Write {
    let parent = Twin {
        id: ExternalId::new(order.to_string()).unwrap(),
        number: None,
    };
    let record = serde_json::from_value(record.clone()).unwrap();
    write(id, record, None, Some(parent))
}

/// A sandbox with a site of that many orders.
pub(crate) async fn site(orders: u32, change: impl FnOnce(&mut Options)) -> Sandbox {
    let mut options = Options {
        seed: 11,
        ..Options::default()
    };
    options.woocommerce.orders = orders;
    change(&mut options);
    Sandbox::start(options).await.unwrap()
}
