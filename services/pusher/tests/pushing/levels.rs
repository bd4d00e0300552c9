//! Stock levels and the orders that they do not know of.

use std::sync::Arc;
use std::time::Duration;

use commerce::{
    ConnectionId, Document, Event, ExternalId, Kind, MerchantId, Record, RecordKey, Revision, Sku,
    StockLevel, SyncId,
};
use ports::ledger::{RecordRef, Seen, Stream};
use ports::{Cursor, Settlement, Status};

use crate::bench::Bench;
use crate::order::good;
use crate::sink::Gate;

/// Ten units of tea, read two hours after the orders of these tests were placed.
fn level() -> Event {
    let at = "2026-03-10T12:00:00Z".parse().unwrap();
    let record = Record::Stock(StockLevel {
        sku: Sku::new("TEA-1").unwrap(),
        location: ExternalId::new("main").unwrap(),
        available: 10.into(),
        scarce: false,
    });
    let digest = record.digest();
    let mut event = Event::new(
        MerchantId::default(),
        ConnectionId::new("netsuite").unwrap(),
        ExternalId::new("TEA-1").unwrap(),
        Revision { at, digest },
        at,
        record,
    );
    event.source = Some(Document {
        media_type: "application/json".to_owned(),
        body: b"{}".to_vec(),
    });
    event
}

fn level_row() -> RecordRef {
    let id = ExternalId::new("TEA-1").unwrap();
    let kind = Kind::Stock;
    RecordRef {
        sync: SyncId::new("levels").unwrap(),
        key: RecordKey { kind, id },
    }
}

/// The puller's note that the order is on its way.
async fn tell(bench: &Bench, order: &Event) {
    let stream = Stream {
        merchant: bench.merchant.clone(),
        connection: order.connection.clone(),
        kind: Kind::Order,
        backfill: None,
    };
    let Record::Order(sold) = &order.record else {
        panic!()
    };
    let seen = [Seen {
        sync: SyncId::new("orders").unwrap(),
        key: order.key(),
        number: sold.number.clone(),
        revision: order.revision,
        units: sold.units(),
    }];
    let (now, ttl) = (bench.now(), Duration::from_secs(60));
    let lease = bench.ledger.lease(&stream, &bench.holder, ttl, now).await;
    let (lease, start) = (lease.unwrap().unwrap(), Cursor(String::new()));
    let advanced = bench.ledger.advance(&lease, &start, &seen, ttl, now);
    advanced.await.unwrap();
}

#[tokio::test]
async fn a_level_waits_for_the_orders_that_it_does_not_know_of() {
    let orders = Bench::new().await;
    let levels = orders.back();
    tell(&orders, &good("1")).await;
    assert_eq!(levels.push(vec![level()]).await, [Settlement::Done]);
    assert_eq!(levels.row_of(&level_row()).await.status, Status::Waiting);
    orders.push(vec![good("1")]).await;
    assert_eq!(levels.row_of(&level_row()).await.status, Status::Queued);
}

/// Between the look for orders and the note that the level waits for them nobody is there to be released.
#[tokio::test]
async fn a_level_whose_orders_arrive_while_it_is_written_waits_for_nothing() {
    let orders = Bench::new().await;
    let levels = orders.back();
    tell(&orders, &good("1")).await;
    let gate = Arc::new(Gate::default());
    levels.sink.stop_at(&gate);
    let meanwhile = async {
        gate.reached.notified().await;
        orders.push(vec![good("1")]).await;
        gate.open.notify_one();
    };
    tokio::join!(levels.push(vec![level()]), meanwhile);
    assert_eq!(levels.row_of(&level_row()).await.status, Status::Queued);
}
