//! A sink made of desks, and the way of records that belong to orders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use causeway_kit::{ByOrder, Desk, Desks, Item, Looked, OfOrders};
use commerce::{
    Cancellation, ConnectionId, Event, ExternalId, Kind, MerchantId, Price, Record, Revision,
    StockLevel, TargetKey,
};
use jiff::Timestamp;
use ports::{
    Assignments, Attempt, Effect, Exchange, Fault, Looks, Sink, Standing, Twin, Write, Written,
};
use serde_json::{Value, json};

fn write(id: &str, record: &Value) -> Write {
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
        parent: None,
        set: Assignments::default(),
    }
}

fn level(sku: &str) -> Write {
    let level = json!({ "stock": { "sku": sku, "location": "1", "available": "3" } });
    write(sku, &level)
}

fn price(sku: &str) -> Write {
    let price = json!({ "price": { "sku": sku, "list": "retail", "currency": "USD", "regular": "1", "sale": null, "breaks": [] } });
    write(sku, &price)
}

/// A cancellation of the shop's order of that number, or of somebody else's.
fn cancellation(number: &str, order: Option<&str>) -> Write {
    let off = json!({ "cancellation": { "number": number, "order": { "id": "SO", "key": null }, "begun": false } });
    let mut write = write(number, &off);
    write.parent = order.map(|order| Twin {
        id: ExternalId::new(order).unwrap(),
        number: None,
    });
    write
}

fn exchange(url: &str) -> Exchange {
    Exchange {
        method: "POST".to_owned(),
        url: url.to_owned(),
        request: String::new(),
        reply: None,
        took_ms: 0,
        error: None,
        kept: None,
    }
}

fn written(id: &str) -> Written {
    Written {
        twin: Twin {
            id: ExternalId::new(id).unwrap(),
            number: None,
        },
        effect: Effect::Created,
        discrepancy: None,
    }
}

/// Takes everything, the last first, and is not told of what is not its own.
struct Counter<R>(std::marker::PhantomData<fn() -> R>);

#[async_trait]
impl<R: causeway_kit::IsRecord> Desk for Counter<R> {
    type Record = R;

    async fn write(&self, items: &[Item<'_, R>]) -> Vec<(usize, Attempt)> {
        assert!(!items.is_empty());
        let attempt = |(place, write, _): &Item<'_, R>| {
            let id = format!("{}-{}", R::KIND, write.event.external_id);
            let attempt = Attempt {
                result: Ok(written(&id)),
                exchanges: Vec::new(),
            };
            (*place, attempt)
        };
        items.iter().rev().map(attempt).collect()
    }

    async fn locate(&self, items: &[Item<'_, R>]) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        items.iter().map(|item| (item.0, Ok(None))).collect()
    }

    async fn look(
        &self,
        items: &[Item<'_, R>],
        _: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        items
            .iter()
            .map(|item| (item.0, Ok(Standing::Held)))
            .collect()
    }
}

#[tokio::test]
async fn each_desk_gets_its_own_and_answers_stand_in_the_order_of_the_batch() {
    let (levels, prices) = (
        Counter::<StockLevel>(Default::default()),
        Counter::<Price>(Default::default()),
    );
    let kinds = &[Kind::Stock, Kind::Price];
    let desks = Desks::new("Shop", kinds, vec![Box::new(levels), Box::new(prices)]);
    let stranger = cancellation("SO1", Some("1"));
    let batch = [level("A"), price("B"), stranger, level("C"), price("D")];
    let told: Vec<String> = desks
        .write(&batch)
        .await
        .into_iter()
        .map(|attempt| match attempt.result {
            Ok(written) => written.twin.id.to_string(),
            Err(fault) => fault.to_string(),
        })
        .collect();
    assert_eq!(told[..2], ["stock-A", "price-B"]);
    assert!(
        told[2].contains("'cancellation' is written to Shop"),
        "{told:?}"
    );
    assert_eq!(told[3..], ["stock-C", "price-D"]);
    let found = desks.locate(&batch).await;
    assert!(found[2].is_err() && found[3] == Ok(None));
    let looked = desks.look(&batch, Timestamp::UNIX_EPOCH).await;
    assert!(looked[2].is_err() && looked[4] == Ok(Standing::Held));
    assert!(desks.register(Kind::Price).is_some());
    assert!(desks.register(Kind::Refund).is_none());
}

/// A shop with orders 1 and 2, that counts how often each is read and what was called off of it; order 3 cannot be read.
#[derive(Default)]
struct Shop {
    reads: Mutex<BTreeMap<String, usize>>,
}

struct Canceller<const ANEW: bool>(Arc<Shop>);

#[async_trait]
impl<const ANEW: bool> OfOrders for Canceller<ANEW> {
    type Record = Cancellation;
    type Order = Vec<String>;
    const AT_ONCE: usize = 2;
    const ANEW: bool = ANEW;

    fn order_of(&self, write: &Write, _: &Cancellation) -> Option<ExternalId> {
        write.parent.as_ref().map(|twin| twin.id.clone())
    }

    async fn read(
        &self,
        ids: BTreeSet<ExternalId>,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<Vec<String>>> {
        exchanges.push(exchange("read"));
        let mut found = BTreeMap::new();
        for id in ids {
            *self
                .0
                .reads
                .lock()
                .unwrap()
                .entry(id.to_string())
                .or_default() += 1;
            let order = match id.as_str() {
                "1" | "2" => Ok(Some(Vec::new())),
                "3" => Err(Fault::Unavailable {
                    why: "down".to_owned(),
                }),
                _ => Ok(None),
            };
            found.insert(id, order);
        }
        found
    }

    async fn settle(
        &self,
        id: &ExternalId,
        order: &mut Option<Vec<String>>,
        (_, _, off): &Item<'_, Cancellation>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let order = order.as_mut().ok_or_else(|| Fault::Refused {
            why: format!("no order {id}"),
        })?;
        exchanges.push(exchange(&off.number));
        order.push(off.number.clone());
        Ok(written(&order.join("+")))
    }

    async fn landed(
        &self,
        id: &ExternalId,
        _: &Vec<String>,
        _: &Item<'_, Cancellation>,
    ) -> Result<Option<Written>, Fault> {
        Ok(Some(written(id.as_str())))
    }

    async fn look(&self, _: &[Item<'_, Cancellation>]) -> Vec<(usize, Result<Standing, Fault>)> {
        Vec::new()
    }
}

fn batch() -> [Write; 6] {
    [
        cancellation("A", Some("2")),
        cancellation("B", None),
        cancellation("C", Some("1")),
        cancellation("D", Some("2")),
        cancellation("E", Some("3")),
        cancellation("F", Some("4")),
    ]
}

async fn told<const ANEW: bool>(shop: &Arc<Shop>) -> Vec<(String, Vec<String>)> {
    let desk = ByOrder(Canceller::<ANEW>(Arc::clone(shop)));
    let desks = Desks::new("Shop", &[Kind::Cancellation], vec![Box::new(desk)]);
    let attempts = desks.write(&batch()).await.into_iter();
    let told = attempts.map(|attempt| {
        let result = match attempt.result {
            Ok(written) if written.effect == Effect::NotOurs => "not ours".to_owned(),
            Ok(written) => written.twin.id.to_string(),
            Err(fault) => fault.to_string(),
        };
        let urls = attempt.exchanges.into_iter().map(|one| one.url);
        (result, urls.collect())
    });
    told.collect()
}

#[tokio::test]
async fn records_of_one_order_see_each_other_and_orders_are_read_together() {
    let shop = Arc::new(Shop::default());
    let told = told::<false>(&shop).await;
    let results: Vec<&str> = told.iter().map(|(result, _)| result.as_str()).collect();
    assert_eq!(results[..4], ["A", "not ours", "C", "A+D"]);
    assert!(results[4].contains("down") && results[5].contains("no order 4"));
    assert_eq!(
        told[0].1,
        ["read", "A"],
        "the shared request stands with the first"
    );
    assert_eq!(told[3].1, ["D"]);
    assert_eq!(shop.reads.lock().unwrap().values().sum::<usize>(), 4);
}

#[tokio::test]
async fn an_order_is_read_anew_before_each_but_the_first_where_that_is_asked_for() {
    let shop = Arc::new(Shop::default());
    let told = told::<true>(&shop).await;
    assert_eq!(
        told[3].0, "D",
        "what the first left is not remembered but read"
    );
    assert_eq!(told[3].1, ["read", "D"]);
    assert_eq!(shop.reads.lock().unwrap()["2"], 2);
}

#[tokio::test]
async fn a_look_up_tells_what_landed_and_what_could_not_be_looked_up() {
    let desk = ByOrder(Canceller::<false>(Arc::default()));
    let desks = Desks::new("Shop", &[Kind::Cancellation], vec![Box::new(desk)]);
    let found = desks.locate(&batch()).await;
    let landed: Vec<bool> = found
        .iter()
        .map(|found| matches!(found, Ok(Some(_))))
        .collect();
    assert_eq!(landed, [true, false, true, true, false, false]);
    assert!(found[1] == Ok(None) && found[4].is_err() && found[5] == Ok(None));
}
