//! The site tells what a running WooCommerce tells.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::dispatch::{Asked, dispatch};
use super::store::Store;
use super::{Options, present, refunds, seed};
use crate::Catalogue;

fn recorded(contracts: &Path, name: &str) -> Json {
    let path = contracts.join(format!("woocommerce/recorded/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn store(options: &Options) -> Store {
    let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let mut store = Store::new(options, 7, &Catalogue::new(7, 20), now);
    for _ in 0..20 {
        seed::order(&mut store, now);
    }
    store
}

/// Fields of ours that the running one does not tell, or tells as another type; and fields that it tells and we do not.
fn differences(ours: &Json, theirs: &Json, path: &str, told: &mut Vec<String>) {
    let kind = |value: &Json| match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "text",
        Json::Array(_) => "list",
        Json::Object(_) => "record",
    };
    match (ours, theirs) {
        (Json::Object(mine), Json::Object(real)) => {
            for (name, value) in mine {
                match real.get(name) {
                    Some(real) => differences(value, real, &format!("{path}.{name}"), told),
                    None => told.push(format!("{path}.{name}: only ours")),
                }
            }
            let missing = real
                .keys()
                .filter(|name| !mine.contains_key(*name) && *name != "_links");
            told.extend(missing.map(|name| format!("{path}.{name}: not told")));
        }
        (Json::Array(mine), Json::Array(real)) => {
            if let (Some(mine), Some(real)) = (mine.first(), real.first()) {
                differences(mine, real, &format!("{path}[]"), told);
            }
        }
        (Json::Null, _) | (_, Json::Null) => {}
        _ if kind(ours) == kind(theirs) => {}
        _ => told.push(format!("{path}: {} and {}", kind(ours), kind(theirs))),
    }
}

#[test]
fn orders_articles_and_refunds_have_the_fields_of_a_running_shop() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let mut store = store(&Options::default());
    let mut told = Vec::new();
    let now = "2026-03-01T11:00:00Z".parse().unwrap();
    let id = *store.orders.keys().next().unwrap();
    let body = refunds::by_hand(&store.orders[&id], 0, 1).unwrap();
    let refund = refunds::create(&mut store, id, &body, now).unwrap();
    let real = recorded(&contracts, "order-after-refund");
    for order in store.orders.values() {
        let ours = present::order(order, &store);
        differences(&ours, &real["response"]["body"], "order", &mut told);
    }
    let real = recorded(&contracts, "product-by-sku");
    for article in store
        .articles
        .values()
        .filter(|article| article.parent == 0)
    {
        let ours = present::article(article);
        differences(&ours, &real["response"]["body"][0], "product", &mut told);
    }
    let real = recorded(&contracts, "refund-create-partial");
    differences(&refund, &real["response"]["body"], "refund", &mut told);
    told.sort();
    told.dedup();
    // Of a line's refund only what tells what goes back.
    told.retain(|one| !(one.starts_with("refund.line_items[].") && one.ends_with("not told")));
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn refusals_are_worded_as_a_running_shop_words_them() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let options = Options::default();
    let mut store = store(&options);
    let id = *store.orders.keys().next().unwrap();
    for name in [
        "order-get-404",
        "orders-list-per-page-too-large",
        "orders-list-modified-after-bad",
        "orders-list-page-past-end",
        "orders-list-modified-after-future",
        "refund-create-over-amount",
    ] {
        let case = recorded(&contracts, name);
        let path = case["request"]["path"].as_str().unwrap();
        let url: url::Url = format!("http://shop{path}").parse().unwrap();
        let query = url.query_pairs().into_owned().collect();
        let path = url.path().replace("orders/17/", &format!("orders/{id}/"));
        let path = path.strip_prefix("/wp-json/wc/v3/").unwrap().to_owned();
        let asked = Asked {
            method: case["request"]["method"].as_str().unwrap(),
            path: path.split('/').collect(),
            query: &query,
            body: case["request"]["body"].clone(),
            now: "2026-03-01T11:00:00Z".parse().unwrap(),
        };
        let (status, body) = match dispatch(&mut store, &options, &asked) {
            Ok(answer) => (answer.status, answer.body),
            Err(problem) => (problem.status, problem.body),
        };
        assert_eq!(body, case["response"]["body"], "{name}");
        assert_eq!(u64::from(status), case["response"]["status"], "{name}");
    }
    let nobody = recorded(&contracts, "auth-missing");
    assert_eq!(super::auth::nobody().body, nobody["response"]["body"]);
}
