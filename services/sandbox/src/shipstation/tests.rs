use std::collections::BTreeSet;

use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::server::Server;

struct Lab {
    account: Account,
    server: Server,
    client: reqwest::Client,
}

impl Lab {
    async fn start(options: Options) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let now: Timestamp = "2026-03-02T18:00:00Z".parse().unwrap();
        let account = Account::new(options, 1, Clock::new(move || now));
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Server::start(address, account.router()).await.unwrap();
        Self {
            account,
            server,
            client: reqwest::Client::builder().build().unwrap(),
        }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.server.url());
        let request = self
            .client
            .get(url)
            .basic_auth("sandbox-key", Some("sandbox-secret"));
        let reply = request.send().await.unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap())
    }

    async fn post(&self, orders: &Value) -> Value {
        let url = format!("{}orders/createorders", self.server.url());
        let request = self
            .client
            .post(url)
            .basic_auth("sandbox-key", Some("sandbox-secret"));
        let request = request.header("content-type", "application/json");
        let reply = request.body(orders.to_string()).send().await.unwrap();
        reply.json().await.unwrap()
    }
}

fn order(key: &str, status: &str) -> Value {
    json!({
        "orderNumber": format!("SO-{key}"), "orderKey": key, "orderDate": "2026-03-02T10:00:00", "orderStatus": status,
        "billTo": { "name": "Ada" }, "shipTo": { "name": "Ada", "street1": "1 Main St" },
        "items": [{ "lineItemKey": "1", "sku": "TEA", "name": "Tea", "quantity": 3 }],
    })
}

fn units(quantity: u64) -> Vec<Units> {
    vec![Units {
        line: "1".to_owned(),
        quantity,
    }]
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

/// The names of an object's fields that the vendor's example does not have.
fn unknown(ours: &Value, theirs: &Value) -> BTreeSet<String> {
    let names = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    names(ours).difference(&names(theirs)).cloned().collect()
}

#[tokio::test]
async fn answers_have_the_vendors_shape() {
    let lab = Lab::start(Options::default()).await;
    let saved = lab.post(&json!([order("a", "awaiting_shipment")])).await;
    let id = lab.account.orders()[0].id;
    lab.account
        .ship(id, &units(1), "7.90".parse().unwrap())
        .unwrap();
    lab.account.mark_as_shipped(id, "1Z").unwrap();
    let (_, shipments) = lab.get("shipments?includeShipmentItems=true").await;
    let (_, marked) = lab.get("fulfillments").await;
    let (_, shown) = lab.get(&format!("orders/{id}")).await;
    let Some(published) = example("Create/Update Multiple Orders") else {
        return;
    };
    assert_eq!(unknown(&saved, &published), BTreeSet::new());
    let extra = unknown(&saved["results"][0], &published["results"][0]);
    assert_eq!(extra, BTreeSet::from(["errorMessage".to_owned()]));
    let published = example("List Shipments with parameters").unwrap();
    assert_eq!(unknown(&shipments, &published), BTreeSet::new());
    let extra = unknown(&shipments["shipments"][0], &published["shipments"][0]);
    assert_eq!(extra, BTreeSet::from(["voidDate".to_owned()]));
    let published = example("List Fulfillments with parameters").unwrap();
    assert_eq!(unknown(&marked, &published), BTreeSet::new());
    assert_eq!(
        unknown(&marked["fulfillments"][0], &published["fulfillments"][0]),
        BTreeSet::new()
    );
    let published = example("Get Order").unwrap();
    assert_eq!(unknown(&shown, &published), BTreeSet::new());
    assert_eq!(
        unknown(&shown["items"][0], &published["items"][0]),
        BTreeSet::new()
    );
}

#[tokio::test]
async fn a_key_makes_an_order_once_and_what_has_left_is_locked() {
    let lab = Lab::start(Options::default()).await;
    let both =
        json!([order("a", "awaiting_shipment"), order("b", "on_hold"), { "orderNumber": "c" }]);
    let saved = lab.post(&both).await;
    assert_eq!(saved["hasErrors"], true);
    let good: Vec<bool> = (0..3)
        .map(|n| saved["results"][n]["success"].as_bool().unwrap())
        .collect();
    assert_eq!(good, [true, true, false]);
    lab.post(&both).await;
    assert_eq!(lab.account.orders().len(), 2);
    let id = lab.account.orders()[0].id;
    let first = lab
        .account
        .ship(id, &units(2), "1.93".parse().unwrap())
        .unwrap();
    assert_eq!(lab.account.ship(id, &units(2), "1".parse().unwrap()), None);
    lab.account
        .ship(id, &units(1), "1.93".parse().unwrap())
        .unwrap();
    assert_eq!(lab.account.orders()[0].status, "shipped");
    let refused = lab.post(&json!([order("a", "cancelled")])).await;
    assert_eq!(refused["results"][0]["success"], false);
    assert!(lab.account.void(first) && !lab.account.void(first));
    let (_, voided) = lab
        .get("shipments?voidDateStart=2026-03-02%2009:00:00")
        .await;
    assert_eq!(
        (&voided["total"], &voided["shipments"][0]["shipmentItems"]),
        (&json!(1), &Value::Null)
    );
    // Times are of the Pacific coast.
    assert_eq!(
        voided["shipments"][0]["createDate"],
        "2026-03-02T10:00:00.0000000"
    );
    let (_, later) = lab
        .get("shipments?createDateStart=2026-03-02%2010:00:01")
        .await;
    assert_eq!(later["total"], 0);
}

#[tokio::test]
async fn a_part_that_is_split_off_has_the_number_and_another_key() {
    let lab = Lab::start(Options::default()).await;
    lab.post(&json!([order("a", "awaiting_shipment")])).await;
    let id = lab.account.orders()[0].id;
    lab.account.split(id, &units(1)).unwrap();
    let (_, found) = lab.get("orders?orderNumber=SO-").await;
    assert_eq!(found["total"], 2);
    let orders = lab.account.orders();
    assert_eq!(orders[0].units, [("1".to_owned(), 2)]);
    assert_eq!(
        (orders[1].units.clone(), orders[1].number.as_str()),
        (vec![("1".to_owned(), 1)], "SO-a")
    );
    assert_ne!(orders[1].key, "a");
}

#[tokio::test]
async fn a_minute_has_so_many_requests() {
    let lab = Lab::start(Options {
        per_minute: Some(2),
        ..Options::default()
    })
    .await;
    let statuses = [
        lab.get("stores").await.0,
        lab.get("stores").await.0,
        lab.get("stores").await.0,
    ];
    assert_eq!(statuses, [200, 200, 429]);
    let wrong = lab
        .client
        .get(format!("{}stores", lab.server.url()))
        .basic_auth("x", Some("y"));
    assert_eq!(wrong.send().await.unwrap().status().as_u16(), 401);
}
