//! The configuration for a sandbox.

use std::path::Path;

use sandbox::Sandbox;
use sandbox::netsuite::Credentials;
use serde_json::{Map, Value, json};

/// A shop and a NetSuite account with the three usual syncs; secrets go into files in the folder. The value is the configuration file, too:
/// JSON is YAML.
#[must_use]
pub fn configuration(sandbox: &Sandbox, folder: &Path, merchant: &str) -> Value {
    let secret = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        format!("file:{}", path.display())
    };
    let credentials = Credentials::demo();
    let locations: Map<String, Value> = sandbox
        .catalogue()
        .locations
        .iter()
        .map(|place| {
            (
                place.netsuite_id.to_string(),
                json!(place.shopify_id.to_string()),
            )
        })
        .collect();
    json!({
        "merchant": merchant,
        "connections": {
            "netsuite": { "endpoint": "netsuite", "settings": {
                "account": sandbox.netsuite().id(),
                "url": sandbox.netsuite_url().as_str(),
                "auth": { "oauth2": {
                    "client_id": credentials.client_id,
                    "certificate_id": credentials.certificate_id,
                    "private_key": secret("netsuite.pem", &credentials.private_key_pem.unwrap()),
                } },
                "slots": { "reserve": 0 },
                "orders": {
                    "subsidiary": 1,
                    "location": 1,
                    "customer": { "subsidiary": 1 },
                    "tax": { "line": { "item": 902 } },
                    "items": { "custom_item": 903, "discount": 901, "tip": 903, "duty": 903, "fee": 903, "gift_card": 903 },
                    "shipping": { "item": 904 },
                    "line_field": "custcol_shop_line",
                },
            } },
            "shop": { "endpoint": "shopify", "settings": {
                "url": sandbox.shopify_url().as_str(),
                "auth": { "access_token": secret("shopify.token", "shpat_sandbox") },
                "webhook_secrets": [secret("shopify.webhooks", "sandbox-secret")],
                "locations": locations,
            } },
            "shipper": { "endpoint": "shipstation", "settings": {
                "url": sandbox.shipstation_url().as_str(),
                "api_key": secret("shipstation.key", "sandbox-key"),
                "api_secret": secret("shipstation.secret", "sandbox-secret"),
                "requests_per_minute": 6000,
            } },
        },
        "syncs": {
            "orders": { "kind": "order", "from": "shop", "to": "netsuite", "every": "1s", "set": { "memo": "\"web order \" + order.number" } },
            "shipments": { "kind": "fulfilment", "from": "netsuite", "to": "shop", "every": "1s" },
            "stock": { "kind": "stock", "from": "netsuite", "to": "shop", "every": "1s" },
        },
    })
}
