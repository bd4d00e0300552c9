//! Payouts, and the orders and refunds whose money they bring.

use commerce::{
    ConnectionId, Event, ExternalId, Kind, MerchantId, Money, OrderRef, OrderState, Payout,
    PayoutLine, PayoutLineKind, Record, RecordKey, Revision, SyncId,
};
use jiff::Timestamp;
use ports::ledger::{RecordRef, RecordRow};
use ports::{Fault, Settlement, Status};

use crate::bench::Bench;
use crate::order::{event, good, order};

fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

/// A payout of 5.00 EUR for each of these orders, the last of which paid back as refund 501 where that is asked for.
fn payout(number: &str, orders: &[&str], refunded: bool, net: &str) -> Event {
    let at: Timestamp = "2026-03-10T11:00:00Z".parse().unwrap();
    let eur = |text: &str| Money::parse(text, "EUR").unwrap();
    let line = |(place, order): (usize, &&str)| {
        let refund = refunded && place + 1 == orders.len();
        PayoutLine {
            id: id(&(place + 1).to_string()),
            kind: if refund {
                PayoutLineKind::Refund
            } else {
                PayoutLineKind::Charge
            },
            at,
            gross: eur("5.00"),
            fee: eur("0"),
            net: eur("5.00"),
            order: Some(OrderRef {
                id: id(order),
                key: None,
            }),
            order_number: Some(format!("#{order}")),
            transaction: None,
            refund: refund.then(|| id("501")),
            reason: None,
        }
    };
    let payout = Payout {
        number: number.to_owned(),
        date: "2026-03-10".parse().unwrap(),
        status: "paid".to_owned(),
        net: eur(net),
        lines: orders.iter().enumerate().map(line).collect(),
    };
    let record = Record::Payout(Box::new(payout));
    let revision = Revision {
        at,
        digest: record.digest(),
    };
    let connection = ConnectionId::new("shop").unwrap();
    Event::new(
        MerchantId::default(),
        connection,
        id(number),
        revision,
        at,
        record,
    )
}

async fn row(bench: &Bench, number: &str) -> RecordRow {
    let record = RecordRef {
        sync: SyncId::new("payouts").unwrap(),
        key: RecordKey {
            kind: Kind::Payout,
            id: id(number),
        },
    };
    bench.row_of(&record).await
}

#[tokio::test]
async fn a_payout_waits_for_orders_on_their_way_and_for_no_others() {
    let bench = Bench::new().await;
    let mut cancelled = order("20.00");
    cancelled.state = OrderState::Cancelled;
    let why = "closed period".to_owned();
    bench.sink.fail("3", Fault::Refused { why });
    bench
        .push(vec![good("1"), event("2", 0, cancelled), good("3")])
        .await;
    // The first is there, the second was left out, the fourth nobody ever heard of; the third is refused for now.
    let known = payout("88", &["1", "2", "4"], false, "15.00");
    let early = payout("89", &["1", "3"], false, "10.00");
    assert_eq!(
        bench.push(vec![known, early.clone()]).await,
        [Settlement::Done, Settlement::Done]
    );
    assert_eq!(row(&bench, "88").await.status, Status::Synced);
    let waiting = row(&bench, "89").await;
    assert_eq!(waiting.status, Status::Waiting);
    assert_eq!(waiting.reason.unwrap(), "waits for order:shop-3");
    assert!(!bench.sink.written().contains(&"89".to_owned()));
    bench.push(vec![event("3", 5, order("20.00"))]).await;
    let carried = bench.carried().await;
    assert_eq!(carried, std::slice::from_ref(&early));
    bench.push(vec![early]).await;
    assert_eq!(row(&bench, "89").await.status, Status::Synced);
}

#[tokio::test]
async fn a_payout_waits_for_refunds_on_their_way() {
    let bench = Bench::new().await;
    bench.push(vec![good("1")]).await;
    let why = "for a person".to_owned();
    bench.sink.fail("501", Fault::Held { why });
    let back = crate::refunds::refund("501", "1", "5.00");
    bench.push(vec![back.clone()]).await;
    let early = payout("88", &["1"], true, "5.00");
    bench.push(vec![early.clone()]).await;
    let waiting = row(&bench, "88").await;
    assert_eq!(waiting.status, Status::Waiting);
    assert_eq!(waiting.reason.unwrap(), "waits for refund:shop-refund-501");
    let all = ports::ledger::Selection::AllIn {
        sync: SyncId::new("refunds").unwrap(),
        status: Status::Held,
    };
    let now = "2026-03-10T12:00:00Z".parse().unwrap();
    let requeued = bench.ledger.requeue(&bench.merchant, &all, "somebody", now);
    requeued.await.unwrap();
    let carried = bench.carried().await;
    assert_eq!(carried, [back]);
    bench.push(carried).await;
    assert_eq!(bench.carried().await, [early]);
}

#[tokio::test]
async fn a_payout_that_does_not_add_up_is_held_with_the_difference() {
    let bench = Bench::new().await;
    bench.push(vec![payout("88", &["1"], false, "4.00")]).await;
    let held = row(&bench, "88").await;
    assert_eq!(held.status, Status::Held);
    let reason = held.reason.unwrap();
    assert!(reason.contains("a difference of -1.00 EUR"), "{reason}");
    assert!(bench.sink.written().is_empty());
}
