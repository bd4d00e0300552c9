//! Refunds and the orders they belong to.

use std::sync::Arc;

use commerce::{
    Adjustment, Amount, ConnectionId, Event, ExternalId, MerchantId, Money, OrderRef, OrderState,
    Record, Refund, Repayment, Revision,
};
use ports::{Fault, Settlement, Status};

use crate::bench::Bench;
use crate::order::{event, good, order};
use crate::sink::Gate;

fn eur(text: &str) -> Amount {
    Amount::same(Money::parse(text, "EUR").unwrap())
}

fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

/// Goodwill of 5.00 EUR for an order, of which the shop says that this went back.
pub(crate) fn refund(number: &str, order: &str, total: &str) -> Event {
    let at = "2026-03-10T11:00:00Z".parse().unwrap();
    let paid = Repayment {
        id: id("9"),
        method: "visa".to_owned(),
        amount: eur(total),
        at,
    };
    let refund = Refund {
        number: format!("#{order}-R1"),
        key: None,
        order: OrderRef {
            id: id(order),
            key: None,
        },
        order_number: format!("#{order}"),
        at,
        test: false,
        taxes_included: false,
        lines: Vec::new(),
        adjustments: vec![Adjustment {
            id: id("1"),
            reason: None,
            amount: eur("5.00"),
            tax: eur("0"),
        }],
        transactions: (total != "0").then_some(paid).into_iter().collect(),
        total: eur(total),
        order_total: eur("20.00"),
        refunded_before: eur("0"),
        note: None,
    };
    let record = Record::Refund(Box::new(refund));
    let digest = record.digest();
    Event::new(
        MerchantId::default(),
        ConnectionId::new("shop").unwrap(),
        id(number),
        Revision { at, digest },
        at,
        record,
    )
}

fn waits_for(order: &str) -> Fault {
    Fault::Missing {
        what: format!("order:shop-{order}"),
    }
}

#[tokio::test]
async fn a_refund_waits_for_its_order_and_goes_on_when_it_has_arrived() {
    let bench = Bench::new().await;
    bench.sink.fail("501", waits_for("1"));
    let back = refund("501", "1", "5.00");
    assert_eq!(bench.push(vec![back.clone()]).await, [Settlement::Done]);
    assert_eq!(bench.refund_row("501").await.status, Status::Waiting);
    bench.push(vec![good("2")]).await;
    assert_eq!(bench.refund_row("501").await.status, Status::Waiting);
    bench.push(vec![good("1")]).await;
    let carried = bench.carried().await;
    assert_eq!(carried, [back]);
    assert_eq!(bench.push(carried).await, [Settlement::Done]);
    assert_eq!(bench.refund_row("501").await.status, Status::Synced);
}

/// Between the target's answer and the note that the refund waits, nobody is there to be released.
#[tokio::test]
async fn a_refund_whose_order_arrives_while_it_is_refused_waits_for_nothing() {
    let bench = Bench::new().await;
    bench.sink.fail("501", waits_for("1"));
    let gate = Arc::new(Gate::default());
    bench.sink.stop_at(&gate);
    let meanwhile = async {
        gate.reached.notified().await;
        bench.push(vec![good("1")]).await;
        gate.open.notify_one();
    };
    tokio::join!(bench.push(vec![refund("501", "1", "5.00")]), meanwhile);
    assert_eq!(bench.refund_row("501").await.status, Status::Queued);
}

/// Its order was deleted at the target, say: looking again at once would turn in circles.
#[tokio::test]
async fn a_refund_that_is_refused_though_its_order_arrived_long_ago_waits() {
    let bench = Bench::new().await;
    bench.push(vec![good("1")]).await;
    bench.clock.pass(60);
    bench.sink.fail("501", waits_for("1"));
    bench.push(vec![refund("501", "1", "5.00")]).await;
    assert_eq!(bench.refund_row("501").await.status, Status::Waiting);
}

#[tokio::test]
async fn what_was_given_back_of_an_order_that_is_left_out_is_left_out() {
    let bench = Bench::new().await;
    let mut cancelled = order("20.00");
    cancelled.state = OrderState::Cancelled;
    // One that came before its order was seen, one after.
    bench.sink.fail("501", waits_for("1"));
    bench.push(vec![refund("501", "1", "5.00")]).await;
    bench.push(vec![event("1", 0, cancelled)]).await;
    bench.push(vec![refund("502", "1", "5.00")]).await;
    let carried = bench.carried().await;
    bench.push(carried).await;
    for number in ["501", "502"] {
        let row = bench.refund_row(number).await;
        assert_eq!(row.status, Status::Skipped, "{number}");
        let reason = row.reason.unwrap();
        assert!(reason.contains("its order #1 was left out"), "{reason}");
    }
}

#[tokio::test]
async fn a_refund_that_does_not_add_up_is_held_and_one_of_nothing_left_out() {
    let bench = Bench::new().await;
    let both = vec![refund("501", "1", "4.00"), refund("502", "1", "0")];
    bench.push(both).await;
    let row = bench.refund_row("501").await;
    assert_eq!(row.status, Status::Held);
    assert!(row.reason.unwrap().contains("a difference of -1.00 EUR"));
    assert_eq!(bench.refund_row("502").await.status, Status::Skipped);
    assert!(bench.sink.written().is_empty());
}

#[tokio::test]
async fn a_refund_that_came_from_the_target_is_bound_and_not_written() {
    let bench = Bench::new().await;
    let mut back = refund("501", "1", "5.00");
    let Record::Refund(made) = &mut back.record else {
        panic!()
    };
    made.key = Some("netsuite-refund-801".to_owned());
    // Whoever writes it is told that this cannot be done.
    bench.sink.fail("501", waits_for("1"));
    assert_eq!(bench.push(vec![back]).await, [Settlement::Done]);
    let row = bench.refund_row("501").await;
    assert_eq!(row.status, Status::Unchanged);
    assert_eq!(row.twin.unwrap().id, id("801"));
}
