//! Refunds go back once and to the cent, as what the order's billing asks for.

use sandbox::netsuite::{Bill, Record as Kept};

use super::*;

fn settings(refunds: Value) -> Value {
    json!({
        "orders": {"customer": {"subsidiary": 1}, "location": 1, "shipping": {"item": 904}, "tax": {"line": {"item": 902}}},
        "refunds": refunds,
    })
}

/// What the order with that number comes to.
pub(super) fn total(write: &Write) -> String {
    match &write.event.record {
        Record::Order(order) => order.total.shop.amount.to_string(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn refund(lab: &Lab, order: &Write, id: &str, change: Value) -> Write {
    let number: usize = order.event.external_id.as_str().parse().unwrap();
    let (sku, price) = &lab.skus[(number - 1000) % lab.skus.len()];
    let mut words = json!({
        "id": id,
        "order": order.event.external_id,
        "lines": [[sku, 1, price.to_string(), "returned"]],
        "order_total": total(order),
    });
    for (name, value) in change.as_object().unwrap() {
        words[name] = value.clone();
    }
    common::refund::write(&words)
}

pub(super) fn kept(lab: &Lab, kind: &str) -> Vec<Arc<Kept>> {
    lab.account().records(kind)
}

pub(super) fn held(result: &Result<ports::Written, Fault>) -> &str {
    match result {
        Err(Fault::Held { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refund_becomes_what_the_billing_of_its_order_asks_for() {
    // (billed by, setting) -> record, or why it is held
    let cases = [
        (None, "credit_memo", Ok("creditMemo")),
        (None, "hold", Err("not billed yet")),
        (Some(Bill::Invoice), "hold", Ok("creditMemo")),
        (Some(Bill::CashSale), "credit_memo", Ok("cashRefund")),
    ];
    for (bill, unbilled, expected) in cases {
        let lab = Lab::start(settings(json!({"unbilled": unbilled}))).await;
        let order = lab.order(3, &[3, 4]);
        let sold = lab.write(std::slice::from_ref(&order)).await.remove(0);
        let sold: u64 = sold.unwrap().twin.id.as_str().parse().unwrap();
        if let Some(bill) = bill {
            lab.account().bill(sold, bill).unwrap();
        }
        let back = refund(&lab, &order, "501", json!({"shipping": "7.50"}));
        let result = lab.write(std::slice::from_ref(&back)).await.remove(0);
        let record = match expected {
            Ok(record) => record,
            Err(why) => {
                assert!(held(&result).contains(why), "{result:?}");
                assert!(kept(&lab, "creditMemo").is_empty());
                continue;
            }
        };
        let written = result.unwrap();
        assert_eq!(
            (written.effect, written.discrepancy),
            (Effect::Created, None)
        );
        let credits = kept(&lab, record);
        assert_eq!(credits.len(), 1, "{bill:?} {unbilled}");
        assert_eq!(credits[0].external_id.as_deref(), Some(back.key.as_str()));
        let Record::Refund(refund) = &back.event.record else {
            panic!()
        };
        assert_eq!(credits[0].number("total"), refund.total.shop.amount);
        let memo = credits[0].text("memo").unwrap();
        assert!(memo.contains("#1003-R501 of #1003"), "{memo}");
        assert_eq!(lab.effects(&[back]).await, [Effect::AlreadyThere]);
        assert_eq!(kept(&lab, record).len(), 1);
    }
}

#[tokio::test]
async fn only_goods_that_came_back_are_in_stock_again() {
    let refunds = json!({"adjustment_item": 903, "locations": {"61": 2}});
    let lab = Lab::start(settings(refunds)).await;
    let order = lab.order(5, &[5]);
    lab.effects(std::slice::from_ref(&order)).await;
    let (sku, price) = lab.skus[5].clone();
    let level = |place: u64| lab.account().stock(&sku, place).unwrap().on_hand;
    let before = (level(1), level(2));
    let line = |restock: &str| json!([[sku, 1, price.to_string(), restock]]);
    let writes = [
        refund(
            &lab,
            &order,
            "1",
            json!({"lines": line("returned"), "location": "61"}),
        ),
        refund(
            &lab,
            &order,
            "2",
            json!({"lines": line("unshipped"), "before": price.to_string()}),
        ),
    ];
    assert_eq!(lab.effects(&writes).await, [Effect::Created; 2]);
    assert_eq!((level(1), level(2)), (before.0, before.1 + Decimal::ONE));
}

#[tokio::test]
async fn what_a_person_has_to_decide_is_held() {
    let lab = Lab::start(settings(json!({}))).await;
    let order = lab.order(1, &[1]);
    lab.effects(std::slice::from_ref(&order)).await;
    let (sku, price) = lab.skus[1].clone();
    for (change, why) in [
        (json!({"extra": "1.00"}), "refunds.adjustment_item"),
        (
            json!({"lines": [[sku, 1, price.to_string(), "no"]]}),
            "refunds.adjustment_item",
        ),
        (json!({"before": total(&order)}), "more than the"),
        (json!({"order_total": "99999.00"}), "were taken off it"),
        (json!({"total": "0.01"}), "does not add up"),
    ] {
        let result = lab
            .write(&[refund(&lab, &order, "501", change)])
            .await
            .remove(0);
        assert!(held(&result).contains(why), "{result:?}");
    }
    assert!(kept(&lab, "creditMemo").is_empty());
}

#[tokio::test]
async fn a_refund_waits_for_its_order_and_one_bad_one_holds_up_no_other() {
    let lab = Lab::start(settings(json!({}))).await;
    let orders = lab.orders(1, 2);
    lab.effects(&orders[..1]).await;
    let writes = [
        refund(&lab, &orders[1], "502", json!({})),
        refund(&lab, &orders[0], "501", json!({})),
    ];
    let results = lab.write(&writes).await;
    let waits = "order:shop-1002".to_owned();
    assert_eq!(results[0], Err(Fault::Missing { what: waits }));
    assert_eq!(results[1].as_ref().unwrap().effect, Effect::Created);
    lab.effects(&orders[1..]).await;
    let effects = lab.effects(&writes).await;
    assert_eq!(effects, [Effect::Created, Effect::AlreadyThere]);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    for (mishap, landed) in [(Mishap::CutAfter, true), (Mishap::CutBefore, false)] {
        let lab = Lab::start(settings(json!({}))).await;
        let order = lab.order(1, &[1]);
        lab.effects(std::slice::from_ref(&order)).await;
        let rule = Rule::always(mishap).method("POST").target("/creditMemo");
        lab.account().faults().set(vec![rule]);
        let back = refund(&lab, &order, "501", json!({}));
        let result = lab.write(std::slice::from_ref(&back)).await.remove(0);
        assert!(matches!(result, Err(Fault::Uncertain { .. })), "{result:?}");
        lab.account().faults().set(Vec::new());
        let sink = lab.connected.sink.as_ref().unwrap();
        let found = sink
            .locate(std::slice::from_ref(&back))
            .await
            .remove(0)
            .unwrap();
        assert_eq!(found.is_some(), landed);
        assert!(found.is_none_or(|written| written.discrepancy.is_none()));
        lab.write(&[back]).await.remove(0).unwrap();
        assert_eq!(kept(&lab, "creditMemo").len(), 1);
    }
}

#[tokio::test]
async fn a_batch_of_refunds_takes_few_requests() {
    let lab = Lab::start(settings(json!({}))).await;
    let orders = lab.orders(0, 40);
    lab.effects(&orders).await;
    let writes: Vec<Write> = orders
        .iter()
        .enumerate()
        .map(|(number, order)| refund(&lab, order, &format!("9{number}"), json!({})))
        .collect();
    lab.account().meter().reset();
    assert_eq!(lab.effects(&writes).await, [Effect::Created; 40]);
    // Orders, bills, totals; items are known.
    assert!(lab.requests() <= 43, "{} requests", lab.requests());
}

#[tokio::test]
async fn a_refund_of_what_was_called_off_before_it_was_billed_is_left_out() {
    let lab = Lab::start(settings(json!({}))).await;
    let order = lab.order(3, &[3, 4]);
    let sold = lab.write(std::slice::from_ref(&order)).await.remove(0);
    let sold: u64 = sold.unwrap().twin.id.as_str().parse().unwrap();
    assert!(lab.account().call_off(sold));
    let back = refund(&lab, &order, "501", json!({}));
    let result = lab.write(std::slice::from_ref(&back)).await.remove(0);
    let written = result.unwrap();
    assert_eq!(written.effect, Effect::NotOurs);
    let why = written.discrepancy.unwrap();
    assert!(why.contains("is closed and was never billed"), "{why}");
    assert!(kept(&lab, "creditMemo").is_empty());
}
