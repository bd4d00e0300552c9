//! Settings that make no sense are told by name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::sync::Arc;

use budget::{Limits, LocalBudget};
use causeway_shopify::{Settings, connect};
use commerce::{ConnectionId, MerchantId};
use ports::SystemClock;
use serde_json::{Value, json};

fn parsed(settings: Value) -> Result<Settings, String> {
    serde_json::from_value(settings).map_err(|error| error.to_string())
}

/// The setting that connecting objects to; nothing when it does not.
fn objected(settings: Value) -> Option<String> {
    let clock = Arc::new(SystemClock);
    let leave = Arc::new(LocalBudget::new(&Limits::default(), clock.clone()));
    let client = http::Client::new(http::Options::default(), leave, clock).unwrap();
    let connection = ConnectionId::new("shop").unwrap();
    let settings = parsed(settings).unwrap();
    let connected = connect(MerchantId::default(), connection, settings, client);
    connected.err().map(|error| error.setting)
}

fn with(field: &str, value: Value) -> Value {
    let mut settings = json!({ "shop": "tea", "auth": { "access_token": "env:TOKEN" } });
    settings[field] = value;
    settings
}

#[test]
fn connecting_reads_no_secret() {
    assert_eq!(
        objected(with("webhook_secrets", json!(["env:NOT_SET"]))),
        None
    );
    assert_eq!(objected(with("shop", json!("tea.myshopify.com"))), None);
    let granted = json!({ "client_id": "abc", "client_secret": "env:NOT_SET" });
    assert_eq!(objected(with("auth", granted)), None);
}

#[test]
fn nonsense_is_named() {
    for (field, value, setting) in [
        ("shop", json!("tea.example.com/admin"), "shop"),
        ("shop", Value::Null, "shop"),
        ("url", json!("https://tea.example"), "url"),
        ("overlap", json!("-5m"), "overlap"),
        (
            "locations",
            json!({ "4": "gid://shopify/Location/1" }),
            "locations.4",
        ),
    ] {
        assert_eq!(
            objected(with(field, value.clone())).as_deref(),
            Some(setting),
            "{field} {value}"
        );
    }
}

#[test]
fn secrets_and_unknown_settings_are_refused() {
    let error = parsed(with("auth", json!({ "access_token": "shpat_abc" }))).unwrap_err();
    assert!(
        error.contains("env:NAME") && !error.contains("shpat_abc"),
        "{error}"
    );
    assert!(parsed(with("auth", json!({ "client_id": "abc" }))).is_err());
    let error = parsed(with("locaitons", json!({}))).unwrap_err();
    assert!(error.contains("locaitons"), "{error}");
}

#[test]
fn every_setting_is_described() {
    let schema = schemars::schema_for!(Settings).to_value();
    for (name, property) in schema["properties"].as_object().unwrap() {
        assert!(
            property["description"].is_string(),
            "{name} is not described"
        );
    }
}
