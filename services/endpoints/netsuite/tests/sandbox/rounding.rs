//! What an order's or refund's lines do not come to becomes a line of its own, as far as the sync says.

use commerce::{Amount, Money};

use super::*;

fn settings() -> Value {
    json!({
        "orders": {"customer": {"subsidiary": 1}, "location": 1, "rounding_item": 903, "tax": {"line": {"item": 902}}},
        "refunds": {"adjustment_item": 903},
    })
}

/// An order of that many units at ten, whose stated total lies off by so much.
fn order(lab: &Lab, units: i64, off: &str) -> Write {
    let amount = (units * 10).to_string();
    let mut write = common::order::write(&json!({
        "id": "1001", "customer": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron",
        "lines": [[lab.skus[0].0, units, amount]], "set": {"header": {}, "lines": {}, "rounding": "0.05"},
    }));
    let event = Arc::make_mut(&mut write.event);
    if let Record::Order(order) = &mut event.record {
        let stated = order.total.shop.plus(Money::parse(off, "USD").unwrap());
        order.total = Amount::same(stated.unwrap());
    }
    write
}

/// The order's total in NetSuite, and what its lines of the rounding item come to.
fn booked(lab: &Lab) -> (Decimal, Decimal) {
    let order = lab
        .account()
        .by_external_id("salesOrder", "shop-1001")
        .unwrap();
    let rounding = order.lines.iter().filter(|line| line.item == 903);
    let rounded = rounding.map(|line| line.amount).sum();
    (order.number("total"), rounded)
}

#[tokio::test]
async fn an_order_comes_to_its_stated_total_and_so_do_its_changes() {
    let lab = Lab::start(settings()).await;
    let decimal = |text: &str| -> Decimal { text.parse().unwrap() };
    assert_eq!(
        lab.effects(&[order(&lab, 1, "0.02")]).await,
        [Effect::Created]
    );
    assert_eq!(booked(&lab), (decimal("10.02"), decimal("0.02")));
    let order_there = lab
        .account()
        .by_external_id("salesOrder", "shop-1001")
        .unwrap();
    for (units, off, total) in [(2, "-0.03", "19.97"), (2, "0", "20"), (3, "0.05", "30.05")] {
        let mut change = order(&lab, units, off);
        change.bound = Some(ports::Twin {
            id: commerce::ExternalId::new(order_there.id.to_string()).unwrap(),
            number: None,
        });
        assert_eq!(lab.effects(&[change]).await, [Effect::Updated], "{off}");
        assert_eq!(booked(&lab), (decimal(total), decimal(off)), "{off}");
    }
    let beyond = lab.write(&[order(&lab, 1, "0.06")]).await.remove(0);
    assert!(
        matches!(beyond, Err(Fault::Held { ref why }) if why.contains("does not add up")),
        "{beyond:?}"
    );
}

#[tokio::test]
async fn a_refund_comes_to_its_stated_total() {
    let lab = Lab::start(settings()).await;
    lab.effects(&[order(&lab, 3, "0")]).await;
    let refund = common::refund::write(&json!({
        "id": "501", "order": "1001", "lines": [[lab.skus[0].0, 1, "10", "returned"]],
        "total": "9.97", "order_total": "30", "set": {"header": {}, "lines": {}, "rounding": "0.05"},
    }));
    assert_eq!(lab.effects(&[refund]).await, [Effect::Created]);
    let memo = lab.account().records("creditMemo").remove(0);
    assert_eq!(
        memo.number("total").abs(),
        "9.97".parse::<Decimal>().unwrap()
    );
}
