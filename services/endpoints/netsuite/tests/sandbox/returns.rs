//! Goods that came back are authorized, received and credited from there: each once, and never more than has left.

use sandbox::netsuite::Bill;

use super::refunds::{held, kept, refund};
use super::*;

const ALL: Shift = Shift {
    orders: 100,
    partial: 0,
    several_parcels: 0,
    only_packed: 0,
};

fn settings(returns: &str) -> Value {
    json!({
        "orders": {
            "customer": {"subsidiary": 1}, "location": 1, "shipping": {"item": 904}, "tax": {"line": {"item": 902}},
            "line_field": "custcol_shop_line",
        },
        "refunds": {"returns": returns, "adjustment_item": 903, "locations": {"61": 2}},
    })
}

/// An order of three units each of two articles, sent and billed; and the sales order's id.
async fn sold(lab: &Lab, bill: Option<Bill>) -> (Write, u64) {
    let order = lab.order(5, &[5, 6]);
    let sold = lab.write(std::slice::from_ref(&order)).await.remove(0);
    let sold: u64 = sold.unwrap().twin.id.as_str().parse().unwrap();
    if let Some(bill) = bill {
        assert_eq!(lab.account().ship_pending(ALL).len(), 1);
        lab.account().bill(sold, bill).unwrap();
    }
    (order, sold)
}

/// Units of the first article came back, with delivery and goodwill beside them.
fn back(lab: &Lab, order: &Write, id: &str, units: i64, before: &str) -> Write {
    let (sku, price) = &lab.skus[5];
    let price = (*price * Decimal::from(units)).to_string();
    let words = json!({
        "lines": [[sku, units, price, "returned"]], "shipping": "2.50", "extra": "0.75", "location": "61", "before": before,
    });
    refund(lab, order, id, words)
}

fn counts(lab: &Lab) -> [usize; 3] {
    let credits = kept(lab, "creditMemo").len() + kept(lab, "cashRefund").len();
    [
        kept(lab, "returnAuthorization").len(),
        kept(lab, "itemReceipt").len(),
        credits,
    ]
}

#[tokio::test]
async fn goods_come_back_by_authorization_receipt_and_credit() {
    for (bill, kind) in [
        (Bill::Invoice, "creditMemo"),
        (Bill::CashSale, "cashRefund"),
    ] {
        let lab = Lab::start(settings("authorization")).await;
        let (order, sold) = sold(&lab, Some(bill)).await;
        let sku = lab.skus[5].0.clone();
        let level = |place: u64| lab.account().stock(&sku, place).unwrap().on_hand;
        let before = level(2);
        let first = back(&lab, &order, "501", 2, "0");
        lab.account().meter().reset();
        assert_eq!(
            lab.effects(std::slice::from_ref(&first)).await,
            [Effect::Created]
        );
        // Orders, bills, what is there, returns (twice), lines, what came back before, three steps, totals.
        assert_eq!(lab.requests(), 11);
        assert_eq!(counts(&lab), [1, 1, 1], "{bill:?}");
        assert_eq!(level(2), before + Decimal::TWO);
        let returned = &kept(&lab, "returnAuthorization")[0];
        assert_eq!((returned.status, returned.lines.len()), ("G", 1));
        assert_eq!(returned.lines[0].source.unwrap().0, sold);
        assert_eq!(returned.reference("createdFrom"), i64::try_from(sold).ok());
        let Record::Refund(refund) = &first.event.record else {
            panic!()
        };
        let credit = &kept(&lab, kind)[0];
        assert_eq!(credit.number("total"), refund.total.shop.amount);
        assert_eq!(
            credit.reference("createdFrom"),
            i64::try_from(returned.id).ok()
        );
        assert_eq!(credit.external_id.as_deref(), Some("shop-refund-501"));
        // One is left.
        let total = refund.total.shop.amount.to_string();
        let more = back(&lab, &order, "502", 2, &total);
        let result = lab.write(&[more]).await.remove(0);
        assert!(held(&result).contains("2 units"), "{result:?}");
        let last = back(&lab, &order, "503", 1, &total);
        assert_eq!(
            lab.effects(&[last, first]).await,
            [Effect::Created, Effect::AlreadyThere]
        );
        assert_eq!(counts(&lab), [2, 2, 2]);
    }
}

#[tokio::test]
async fn only_what_is_billed_and_has_left_is_authorized_to_come_back() {
    let lab = Lab::start(settings("authorization")).await;
    let (order, sold) = sold(&lab, None).await;
    // Not billed: as without the setting.
    let first = back(&lab, &order, "501", 1, "0");
    assert_eq!(lab.effects(&[first]).await, [Effect::Created]);
    assert_eq!(counts(&lab), [0, 0, 1]);
    lab.account().bill(sold, Bill::Invoice).unwrap();
    let next = back(&lab, &order, "502", 1, "0");
    let result = lab.write(&[next]).await.remove(0);
    assert!(held(&result).contains("0 are left"), "{result:?}");
    assert_eq!(counts(&lab), [0, 0, 1]);

    let lab = Lab::start(settings("credit")).await;
    let (order, _) = self::sold(&lab, Some(Bill::Invoice)).await;
    let back = back(&lab, &order, "501", 1, "0");
    assert_eq!(lab.effects(&[back]).await, [Effect::Created]);
    assert_eq!(counts(&lab), [0, 0, 1]);
}

#[tokio::test]
async fn two_refunds_of_one_batch_share_what_is_left() {
    let lab = Lab::start(settings("authorization")).await;
    let (order, _) = sold(&lab, Some(Bill::Invoice)).await;
    let batch = [
        back(&lab, &order, "501", 2, "0"),
        back(&lab, &order, "502", 2, "0"),
    ];
    let results = lab.write(&batch).await;
    assert!(results[0].is_ok(), "{results:?}");
    assert!(held(&results[1]).contains("1 are left"), "{results:?}");
    assert_eq!(counts(&lab), [1, 1, 1]);
}

#[tokio::test]
async fn an_attempt_in_doubt_goes_on_where_it_ended() {
    for step in ["returnAuthorization", "itemReceipt", "creditMemo"] {
        for mishap in [Mishap::CutAfter, Mishap::CutBefore, Mishap::FailAfter] {
            let lab = Lab::start(settings("authorization")).await;
            let (order, _) = sold(&lab, Some(Bill::Invoice)).await;
            let target = format!("/!transform/{step}");
            let rule = Rule::always(mishap).method("POST").target(&target);
            lab.account().faults().set(vec![rule]);
            let back = back(&lab, &order, "501", 2, "0");
            let result = lab.write(std::slice::from_ref(&back)).await.remove(0);
            assert!(
                matches!(result, Err(Fault::Uncertain { .. })),
                "{step} {mishap:?}: {result:?}"
            );
            lab.account().faults().set(Vec::new());
            let sink = lab.connected.sink.as_ref().unwrap();
            let found = sink.locate(std::slice::from_ref(&back)).await.remove(0);
            let landed = step == "creditMemo" && mishap != Mishap::CutBefore;
            assert_eq!(found.unwrap().is_some(), landed, "{step} {mishap:?}");
            if !landed {
                assert_eq!(lab.effects(&[back]).await, [Effect::Created]);
            }
            assert_eq!(counts(&lab), [1, 1, 1], "{step} {mishap:?}");
        }
    }
}

#[tokio::test]
async fn an_authorization_that_came_to_something_else_stops_before_the_credit() {
    let lab = Lab::start(settings("authorization")).await;
    let (order, _) = sold(&lab, Some(Bill::Invoice)).await;
    let rule = Rule::always(Mishap::CutBefore)
        .method("POST")
        .target("/!transform/itemReceipt");
    lab.account().faults().set(vec![rule]);
    let two = back(&lab, &order, "501", 2, "0");
    lab.write(&[two]).await;
    lab.account().faults().set(Vec::new());
    // The same refund says something else now.
    let one = back(&lab, &order, "501", 1, "0");
    let result = lab.write(&[one]).await.remove(0);
    assert!(held(&result).contains("Nothing was received"), "{result:?}");
    assert_eq!(counts(&lab), [1, 0, 0]);
}
