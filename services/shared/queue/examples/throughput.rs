//! Publishes and consumes small orders' worth of bytes as fast as it goes, and prints how fast that is.
//!
//! `cargo run --release -p causeway-queue --example throughput -- <queue URL> [events]`
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    reason = "a measurement"
)]

use std::sync::Arc;
use std::time::Instant;

use commerce::{
    ConnectionId, Digest, Document, Event, ExternalId, Kind, MerchantId, Record, Revision, Sku,
    StockLevel,
};
use jiff::Timestamp;
use ports::queue::Route;
use ports::{Lane, Settlement, SystemClock, Urgency};

const BATCH: usize = 250;
const BODY: usize = 1_500;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap();
    let events: usize = arguments
        .next()
        .map_or(50_000, |count| count.parse().unwrap());
    let queue = causeway_queue::open(&url, Arc::new(SystemClock))
        .await
        .unwrap();
    let merchant = MerchantId::new("throughput").unwrap();
    let [shop, erp] = ["shop", "erp"].map(|name| ConnectionId::new(name).unwrap());
    let route = Route {
        merchant: merchant.clone(),
        from: shop.clone(),
        kind: Kind::Stock,
        to: erp.clone(),
    };
    queue.declare(&[route]).await.unwrap();

    let begin = Instant::now();
    let publishers = (0..2).map(|part| {
        let (queue, merchant, shop) = (Arc::clone(&queue), merchant.clone(), shop.clone());
        tokio::spawn(async move {
            let publisher = queue.publisher().await.unwrap();
            for start in (part..events / BATCH).step_by(2) {
                let batch: Vec<Event> = (0..BATCH)
                    .map(|number| event(&merchant, &shop, start * BATCH + number))
                    .collect();
                publisher.publish(&batch, Urgency::Live).await.unwrap();
            }
        })
    });
    let publishers: Vec<_> = publishers.collect();
    let mut consumer = queue
        .consumer(&merchant, &erp, Lane::Stock, 1_000)
        .await
        .unwrap();
    let mut done = 0;
    while done < events / BATCH * BATCH {
        let deliveries = consumer.next(BATCH).await.unwrap();
        done += deliveries.len();
        let settled = deliveries
            .into_iter()
            .map(|delivery| delivery.settle(Settlement::Done));
        futures_util::future::try_join_all(settled).await.unwrap();
    }
    let seconds = begin.elapsed().as_secs_f64();
    for publisher in publishers {
        publisher.await.unwrap();
    }
    println!(
        "{done} events of about {BODY} bytes published and consumed in {seconds:.2} s: {:.0} a second",
        done as f64 / seconds
    );
}

fn event(merchant: &MerchantId, shop: &ConnectionId, number: usize) -> Event {
    let record = Record::Stock(StockLevel {
        sku: Sku::new(format!("sku-{number}")).unwrap(),
        location: ExternalId::new("1").unwrap(),
        available: number.into(),
        scarce: false,
    });
    let revision = Revision {
        at: Timestamp::UNIX_EPOCH,
        digest: Digest::of([number.to_string().as_bytes()]),
    };
    let id = ExternalId::new(number.to_string()).unwrap();
    let mut event = Event::new(
        merchant.clone(),
        shop.clone(),
        id,
        revision,
        Timestamp::UNIX_EPOCH,
        record,
    );
    event.source = Some(Document {
        media_type: "application/json".to_owned(),
        body: (0..BODY).map(|byte| (byte * number % 251) as u8).collect(),
    });
    event
}
