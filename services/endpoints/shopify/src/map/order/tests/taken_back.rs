//! Orders of which something was removed or refunded, or that were cancelled.

use commerce::OrderState;
use serde_json::{Value, json};

use super::{adds_up, amount_of, bag, coded, item, list, mapped, placed, shipping, tax};

#[test]
fn what_was_removed_or_refunded_does_not_count() {
    let mut line = item(1, Some("A"), 3, "10.00", "30.00");
    line["currentQuantity"] = json!(2);
    line["discountAllocations"] = json!([coded("X", "1.00")]);
    line["taxLines"] = json!([tax("VAT", "0.19", "5.51")]);
    let mut gone = item(2, Some("B"), 1, "7.00", "7.00");
    gone["currentQuantity"] = json!(0);
    let mut wire = placed(vec![line, gone], "41.51");
    // 29.00 and 5.51 for three; Shopify takes back 9.67 and 1.84 for one, and 7.00.
    wire["currentTotalPriceSet"] = bag("23.00");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(order.total.shop.to_string(), "23.00 EUR");
    assert_eq!(order.lines[0].quantity, 2.into());
    assert_eq!(order.lines[0].amount.shop.to_string(), "20.00 EUR");
    assert!(
        order
            .lines
            .iter()
            .all(|line| line.kind.name() != "item" || line.id.as_str() == "1")
    );
}

#[test]
fn refunded_shipping_leaves_what_is_left_of_it() {
    let mut post = shipping("6.00", "6.00");
    post["currentDiscountedPriceSet"] = bag("2.00");
    post["taxLines"] = json!([tax("VAT", "0.1", "0.60")]);
    let mut wire = placed(vec![item(1, Some("A"), 1, "10.00", "10.00")], "16.60");
    wire["shippingLines"] = list(vec![post]);
    wire["currentTotalPriceSet"] = bag("12.20");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(amount_of(&order, "shipping"), "2.00 EUR");
}

#[test]
fn a_refund_that_differs_from_its_units_is_told() {
    let mut line = item(1, Some("A"), 2, "10.00", "20.00");
    line["currentQuantity"] = json!(1);
    let mut wire = placed(vec![line], "20.00");
    wire["refundDiscrepancySet"] = bag("-4.00");
    wire["currentTotalPriceSet"] = bag("6.00");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(amount_of(&order, "fee"), "-4.00 EUR");
}

#[test]
fn a_cancelled_order_is_told_as_it_was_placed() {
    let mut line = item(1, Some("A"), 2, "10.00", "20.00");
    line["currentQuantity"] = json!(0);
    let mut wire = placed(vec![line], "20.00");
    wire["cancelledAt"] = json!("2026-03-02T10:00:00Z");
    wire["currentTotalPriceSet"] = bag("0.00");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(order.state, OrderState::Cancelled);
    assert_eq!(order.lines[0].quantity, 2.into());
}

#[test]
fn of_an_order_taken_back_whole_a_free_delivery_does_not_stay() {
    let taken_back = |post: Value, left: &str| {
        let mut line = item(1, Some("A"), 2, "10.00", "20.00");
        line["currentQuantity"] = json!(0);
        let mut wire = placed(vec![line], "26.00");
        wire["shippingLines"] = list(vec![post]);
        wire["currentTotalPriceSet"] = bag(left);
        let order = mapped(&wire);
        adds_up(&order);
        order
    };
    assert_eq!(taken_back(shipping("6.00", "0.00"), "0.00").lines, []);
    let kept = taken_back(shipping("6.00", "6.00"), "6.00");
    assert_eq!(amount_of(&kept, "shipping"), "6.00 EUR");
}
