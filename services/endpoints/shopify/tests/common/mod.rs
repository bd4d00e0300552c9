//! A connection to a shop that is played.
#![allow(dead_code, reason = "each test file uses some of it")]

pub(crate) mod remade;

use std::sync::Arc;

use budget::{Limits, LocalBudget};
use commerce::{ConnectionId, Event, ExternalId, MerchantId, Record, Revision, TargetKey};
use jiff::Timestamp;
use ports::{Assignments, Connected, Sink, SystemClock, Twin, Write};
use remade::Remaking;
use sandbox::shopify::Settings;
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

pub(crate) const CONNECTION: &str = "shop";

/// A file whose content stands for a secret.
pub(crate) fn secret(name: &str) -> String {
    format!("file:{}/contract/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Connects to that address; `settings` without address, and without credentials unless it brings its own.
pub(crate) fn connect(url: &str, settings: &Value) -> Connected {
    let settings = filled(url, settings);
    let clock = Arc::new(SystemClock);
    let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
    let client = http::Client::new(http::Options::default(), leave, clock).unwrap();
    let mut connected = causeway_shopify::connect(
        MerchantId::default(),
        ConnectionId::new(CONNECTION).unwrap(),
        settings.clone(),
        client,
    )
    .unwrap();
    let remaking = |inner| -> Box<dyn Sink> { Box::new(Remaking { inner, settings }) };
    connected.sink = connected.sink.map(remaking);
    connected
}

/// Those settings, with address and credentials.
pub(crate) fn filled(url: &str, settings: &Value) -> causeway_shopify::Settings {
    let mut all = json!({ "url": url, "auth": { "access_token": secret("token") } });
    for (name, value) in settings.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
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

/// A sandbox shop with that many past orders, which takes queries as fast as they come but no dearer than a real one.
pub(crate) async fn shop(orders: u32) -> Sandbox {
    let mut options = Options {
        seed: 11,
        orders,
        ..Options::default()
    };
    options.shopify.access_token = Some("shpat_contract".to_owned());
    options.shopify.settings = Settings {
        bucket: None,
        ..Settings::default()
    };
    Sandbox::start(options).await.unwrap()
}

pub(crate) fn locations(shop: &Sandbox) -> Value {
    let pairs = shop.catalogue().locations.iter();
    pairs
        .map(|location| {
            (
                location.netsuite_id.to_string(),
                location.shopify_id.to_string().into(),
            )
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
