mod generated;
mod taken_back;
mod webhooks;

use commerce::{LineKind, Order, PaymentKind, Side};
use serde_json::{Value, json};

use super::order;
use crate::{Refunds, wire};

/// An amount that is the same in both currencies.
fn bag(amount: &str) -> Value {
    both(amount, "EUR", amount, "EUR")
}

fn both(shop: &str, shop_currency: &str, presentment: &str, presentment_currency: &str) -> Value {
    json!({
        "shopMoney": { "amount": shop, "currencyCode": shop_currency },
        "presentmentMoney": { "amount": presentment, "currencyCode": presentment_currency },
    })
}

fn tax(title: &str, rate: &str, price: &str) -> Value {
    let rate: Value = serde_json::from_str(rate).unwrap();
    json!({ "title": title, "rate": rate, "channelLiable": false, "priceSet": bag(price) })
}

fn coded(code: &str, amount: &str) -> Value {
    json!({ "allocatedAmountSet": bag(amount), "discountApplication": { "code": code } })
}

fn item(id: u64, sku: Option<&str>, quantity: i64, unit: &str, total: &str) -> Value {
    json!({
        "id": format!("gid://shopify/LineItem/{id}"),
        "title": "Tea",
        "variantTitle": null,
        "sku": sku,
        "quantity": quantity,
        "currentQuantity": quantity,
        "isGiftCard": false,
        "requiresShipping": true,
        "originalUnitPriceSet": bag(unit),
        "originalTotalSet": bag(total),
        "discountAllocations": [],
        "taxLines": [],
        "duties": [],
        "lineItemGroup": null,
    })
}

fn shipping(price: &str, discounted: &str) -> Value {
    json!({
        "id": "gid://shopify/ShippingLine/1",
        "title": "Standard",
        "code": "STD",
        "originalPriceSet": bag(price),
        "discountedPriceSet": bag(discounted),
        "currentDiscountedPriceSet": bag(discounted),
        "discountAllocations": [],
        "taxLines": [],
    })
}

fn list(nodes: Vec<Value>) -> Value {
    json!({ "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } })
}

/// An order of these lines with that total.
fn placed(lines: Vec<Value>, total: &str) -> Value {
    json!({
        "id": "gid://shopify/Order/1001",
        "legacyResourceId": "1001",
        "name": "#1001",
        "processedAt": "2026-03-01T10:00:00Z",
        "updatedAt": "2026-03-01T10:05:00Z",
        "cancelledAt": null,
        "test": false,
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": false,
        "dutiesIncluded": false,
        "email": null,
        "phone": null,
        "note": null,
        "tags": [],
        "sourceName": "web",
        "app": { "name": "Online Store" },
        "customer": null,
        "billingAddress": null,
        "shippingAddress": null,
        "totalPriceSet": bag(total),
        "currentTotalPriceSet": bag(total),
        "totalTipReceivedSet": bag("0.0"),
        "refundDiscrepancySet": bag("0.0"),
        "currentTotalDutiesSet": null,
        "currentTotalAdditionalFeesSet": null,
        "totalCashRoundingAdjustment": { "paymentSet": bag("0.0") },
        "additionalFees": [],
        "lineItems": list(lines),
        "shippingLines": list(vec![]),
        "transactions": [],
    })
}

fn mapped(order_json: &Value) -> Order {
    let wire: wire::Order = serde_json::from_value(order_json.clone()).unwrap();
    order(&wire, Refunds::Deducted).unwrap()
}

#[track_caller]
fn adds_up(order: &Order) {
    for side in [Side::Shop, Side::Presentment] {
        let check = order.total_check(side).unwrap();
        assert!(check.adds_up(), "{side:?}: {}", check.explanation());
    }
}

fn kinds(order: &Order) -> Vec<&'static str> {
    order.lines.iter().map(|line| line.kind.name()).collect()
}

fn amount_of(order: &Order, kind: &str) -> String {
    let line = order.lines.iter().find(|line| line.kind.name() == kind);
    line.unwrap().amount.presentment.to_string()
}

#[test]
fn discounts_and_taxes_hang_on_their_lines() {
    let mut line = item(1, Some(" TEA-1 "), 2, "10.00", "20.00");
    line["discountAllocations"] = json!([coded("SPRING", "2.50"), coded("NIL", "0.00")]);
    line["taxLines"] = json!([tax("VAT", "0.19", "3.33")]);
    line["variantTitle"] = json!("Green");
    let mut post = shipping("5.00", "4.00");
    post["discountAllocations"] = json!([coded("SHIP", "1.00")]);
    post["taxLines"] = json!([tax("VAT", "0.19", "0.76")]);
    let mut wire = placed(vec![line], "25.59");
    wire["shippingLines"] = list(vec![post]);
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item", "shipping"]);
    let line = &order.lines[0];
    assert_eq!(line.kind.sku().unwrap().as_str(), "TEA-1");
    assert_eq!(line.title, "Tea - Green");
    assert_eq!(line.discounts.len(), 1, "a discount of nothing is none");
    assert_eq!(line.discounts[0].code.as_deref(), Some("SPRING"));
    assert_eq!(line.taxes[0].rate, Some("0.19".parse().unwrap()));
    assert_eq!(order.lines[1].id.as_str(), "shipping-1");
    assert_eq!(
        order.lines[1].kind,
        LineKind::Shipping {
            method: "STD".into()
        }
    );
}

#[test]
fn taxes_within_prices_are_not_added() {
    let mut line = item(1, Some("TEA-1"), 1, "11.90", "11.90");
    line["taxLines"] = json!([tax("VAT", "0.19", "1.90")]);
    let mut wire = placed(vec![line], "11.90");
    wire["taxesIncluded"] = json!(true);
    adds_up(&mapped(&wire));
}

#[test]
fn a_shipping_discount_that_is_not_allocated_counts() {
    let mut wire = placed(vec![item(1, Some("A"), 1, "10.00", "10.00")], "10.00");
    wire["shippingLines"] = list(vec![shipping("5.00", "0.00")]);
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(
        order.lines[1].discounts[0].amount.shop.to_string(),
        "5.00 EUR"
    );
}

#[test]
fn a_tip_that_is_no_line_becomes_one() {
    let mut wire = placed(vec![item(1, Some("A"), 1, "10.00", "10.00")], "12.00");
    wire["totalTipReceivedSet"] = bag("2.00");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item", "tip"]);
}

#[test]
fn a_tip_among_the_lines_is_not_counted_twice() {
    let mut tip = item(2, None, 1, "2.00", "2.00");
    tip["requiresShipping"] = json!(false);
    tip["title"] = json!("Trinkgeld");
    let mut wire = placed(vec![item(1, Some("A"), 1, "10.00", "10.00"), tip], "12.00");
    wire["totalTipReceivedSet"] = bag("2.00");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item", "tip"]);
}

#[test]
fn duties_and_fees_are_charges_of_their_own() {
    let mut line = item(1, Some("A"), 1, "10.00", "10.00");
    line["duties"] = json!([{ "id": "gid://shopify/Duty/7", "price": bag("3.00"), "taxLines": [tax("VAT", "0.1", "0.30")] }]);
    let mut wire = placed(vec![line], "14.80");
    wire["currentTotalDutiesSet"] = bag("3.00");
    wire["additionalFees"] = json!([{ "id": "gid://shopify/AdditionalFee/8", "name": "Handling", "price": bag("1.50"), "taxLines": [] }]);
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item", "duty", "fee"]);
    wire["dutiesIncluded"] = json!(true);
    wire["totalPriceSet"] = bag("11.50");
    wire["currentTotalPriceSet"] = bag("11.50");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item", "fee"]);
}

#[test]
fn cash_rounding_is_owed_whether_the_total_holds_it_or_not() {
    for total in ["10.02", "10.00"] {
        let mut wire = placed(vec![item(1, Some("A"), 1, "10.02", "10.02")], total);
        wire["totalCashRoundingAdjustment"] = json!({ "paymentSet": bag("-0.02") });
        let order = mapped(&wire);
        adds_up(&order);
        assert_eq!(order.total.shop.to_string(), "10.00 EUR", "stated {total}");
        assert_eq!(amount_of(&order, "fee"), "-0.02 EUR");
    }
}

#[test]
fn gift_cards_and_custom_items_are_told_apart() {
    let mut card = item(2, Some("GIFT"), 1, "50.00", "50.00");
    card["isGiftCard"] = json!(true);
    let custom = item(3, Some("  "), 1, "5.00", "5.00");
    let order = mapped(&placed(vec![card, custom], "55.00"));
    adds_up(&order);
    assert_eq!(kinds(&order), ["gift_card", "custom_item"]);
}

fn grouped(mut line: Value, group_sku: Option<&str>, quantity: i64) -> Value {
    line["lineItemGroup"] = json!({ "id": "gid://shopify/LineItemGroup/77", "title": "Tea set", "quantity": quantity, "variantSku": group_sku });
    line
}

#[test]
fn a_bundle_is_one_kit() {
    let mut cups = item(1, Some("CUP"), 12, "2.00", "24.00");
    cups["discountAllocations"] = json!([coded("SPRING", "1.00")]);
    cups["taxLines"] = json!([tax("VAT", "0.1", "2.30")]);
    let mut pot = item(2, Some("POT"), 2, "10.00", "20.00");
    pot["discountAllocations"] = json!([coded("SPRING", "2.00")]);
    pot["taxLines"] = json!([tax("VAT", "0.1", "1.80")]);
    let other = item(3, Some("TEA"), 1, "4.00", "4.00");
    let wire = placed(
        vec![
            grouped(cups, Some("SET"), 2),
            other,
            grouped(pot, Some("SET"), 2),
        ],
        "49.10",
    );
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["kit", "item"]);
    let kit = &order.lines[0];
    assert_eq!(kit.id.as_str(), "kit-77");
    assert_eq!(kit.quantity, 2.into());
    assert_eq!(kit.unit_price.shop.to_string(), "22.00 EUR");
    assert_eq!(
        (kit.discounts.len(), kit.taxes.len()),
        (1, 1),
        "the same discount and tax are one"
    );
    let LineKind::Kit { sku, components } = &kit.kind else {
        panic!("{kit:?}");
    };
    assert_eq!(sku.as_str(), "SET");
    let parts: Vec<(&str, i64)> = components
        .iter()
        .map(|part| (part.sku.as_str(), i64::try_from(part.quantity).unwrap()))
        .collect();
    assert_eq!(parts, [("CUP", 6), ("POT", 1)]);
}

#[test]
fn a_bundle_that_is_not_whole_stays_in_its_parts() {
    let cups = item(1, Some("CUP"), 6, "2.00", "12.00");
    let mut pot = item(2, Some("POT"), 1, "10.00", "10.00");
    let without_sku = placed(
        vec![
            grouped(cups.clone(), None, 1),
            grouped(pot.clone(), None, 1),
        ],
        "22.00",
    );
    assert_eq!(kinds(&mapped(&without_sku)), ["item", "item"]);
    pot["currentQuantity"] = json!(0);
    let mut broken = placed(
        vec![grouped(cups, Some("SET"), 1), grouped(pot, Some("SET"), 1)],
        "22.00",
    );
    broken["currentTotalPriceSet"] = bag("12.00");
    let order = mapped(&broken);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item"]);
}

#[test]
fn converted_amounts_come_to_the_converted_total() {
    let mut wire = placed(vec![item(1, Some("A"), 3, "10.00", "30.00")], "30.01");
    wire["presentmentCurrencyCode"] = json!("USD");
    let unit = both("9.17", "EUR", "10.00", "USD");
    wire["lineItems"]["nodes"][0]["originalUnitPriceSet"] = unit;
    wire["lineItems"]["nodes"][0]["originalTotalSet"] = both("27.51", "EUR", "30.00", "USD");
    for field in ["totalPriceSet", "currentTotalPriceSet"] {
        wire[field] = both("27.52", "EUR", "30.00", "USD");
    }
    for field in ["totalTipReceivedSet", "refundDiscrepancySet"] {
        wire[field] = both("0", "EUR", "0", "USD");
    }
    wire["totalCashRoundingAdjustment"]["paymentSet"] = both("0", "EUR", "0", "USD");
    let order = mapped(&wire);
    adds_up(&order);
    assert_eq!(kinds(&order), ["item", "fee"]);
    assert_eq!(order.lines[1].amount.shop.to_string(), "0.01 EUR");
    assert!(order.lines[1].amount.presentment.is_zero());
}

#[test]
fn a_difference_that_nothing_explains_is_left_alone() {
    let order = mapped(&placed(
        vec![item(1, Some("A"), 1, "10.00", "10.00")],
        "10.01",
    ));
    let check = order.total_check(Side::Shop).unwrap();
    assert_eq!(check.difference.to_string(), "0.01 EUR");
    assert_eq!(kinds(&order), ["item"]);
}

#[test]
fn payments_are_what_was_taken_or_is_reserved() {
    let transaction = |id: u64,
                       kind: &str,
                       status: &str,
                       gateway: &str,
                       amount: &str,
                       parent: Option<u64>| {
        json!({
            "id": format!("gid://shopify/OrderTransaction/{id}"),
            "kind": kind,
            "status": status,
            "gateway": gateway,
            "createdAt": "2026-03-01T10:00:00Z",
            "processedAt": null,
            "amountSet": bag(amount),
            "parentTransaction": parent.map(|id| json!({ "id": format!("gid://shopify/OrderTransaction/{id}") })),
        })
    };
    let mut wire = placed(vec![], "0.00");
    wire["transactions"] = json!([
        transaction(1, "AUTHORIZATION", "SUCCESS", "visa", "30.00", None),
        transaction(2, "CAPTURE", "SUCCESS", "visa", "20.00", Some(1)),
        transaction(3, "SALE", "SUCCESS", "gift_card", "5.00", None),
        transaction(4, "SALE", "FAILURE", "visa", "9.00", None),
        transaction(5, "SALE", "SUCCESS", "cash", "50.00", None),
        transaction(6, "CHANGE", "SUCCESS", "cash", "8.00", Some(5)),
        transaction(7, "REFUND", "SUCCESS", "visa", "3.00", Some(2)),
        transaction(8, "AUTHORIZATION", "SUCCESS", "paypal", "7.00", None),
        transaction(9, "VOID", "SUCCESS", "paypal", "7.00", Some(8)),
        transaction(10, "SALE", "PENDING", "bank", "7.00", None),
    ]);
    let order = mapped(&wire);
    let payments: Vec<(&str, PaymentKind, String)> = order
        .payments
        .iter()
        .map(|payment| {
            (
                payment.id.as_str(),
                payment.kind,
                payment.amount.shop.to_string(),
            )
        })
        .collect();
    assert_eq!(
        payments,
        [
            ("1", PaymentKind::Authorized, "10.00 EUR".to_owned()),
            ("2", PaymentKind::Captured, "20.00 EUR".to_owned()),
            ("3", PaymentKind::GiftCard, "5.00 EUR".to_owned()),
            ("5", PaymentKind::Captured, "42.00 EUR".to_owned()),
        ]
    );
}

#[test]
fn it_is_told_how_far_an_order_has_come_and_where_it_was_sold() {
    // (status, place, advice) -> fulfilled, sold at, on hold, high risk
    for (status, place, advice, expected) in [
        ("UNFULFILLED", None, "NONE", (false, None, false, false)),
        (
            "FULFILLED",
            Some("61"),
            "ACCEPT",
            (true, Some("61"), false, false),
        ),
        ("ON_HOLD", None, "INVESTIGATE", (false, None, true, false)),
        (
            "PARTIALLY_FULFILLED",
            None,
            "CANCEL",
            (false, None, false, true),
        ),
    ] {
        let mut wire = placed(vec![], "0.0");
        wire["displayFulfillmentStatus"] = json!(status);
        wire["retailLocation"] =
            json!(place.map(|id| json!({"id": format!("gid://shopify/Location/{id}")})));
        wire["risk"] = json!({"recommendation": advice});
        let order = mapped(&wire);
        let sold_at = order.sold_at.as_ref().map(commerce::ExternalId::as_str);
        let got = (order.fulfilled, sold_at, order.on_hold, order.high_risk);
        assert_eq!(got, expected, "{status}");
    }
}

#[test]
fn buyers_and_channels_are_found_where_they_are() {
    let mut wire = placed(vec![], "0.00");
    assert_eq!(mapped(&wire).customer, None);
    wire["email"] = json!("guest@example.com");
    wire["billingAddress"] = json!({
        "firstName": "Ada", "lastName": "Løve", "company": "", "address1": "1 Road", "address2": null,
        "city": "Bergen", "province": "Vestland", "provinceCode": null, "zip": "5003", "countryCodeV2": "NO", "phone": null,
    });
    wire["sourceName"] = json!("580111");
    let order = mapped(&wire);
    let guest = order.customer.unwrap();
    assert_eq!((guest.id, guest.first_name.as_deref()), (None, Some("Ada")));
    let billing = order.billing.unwrap();
    assert_eq!(billing.region.as_deref(), Some("Vestland"));
    assert_eq!(billing.company, None, "an empty text is nothing");
    assert_eq!(billing.country.unwrap().as_str(), "NO");
    assert_eq!(
        order.channel.as_deref(),
        Some("Online Store"),
        "a number is an app"
    );
}

#[test]
fn nonsense_is_named_with_its_place() {
    let mut wire = placed(vec![item(5, Some("A"), 1, "10.00", "ten")], "10.00");
    let refused = |wire: &Value| {
        let wire: wire::Order = serde_json::from_value(wire.clone()).unwrap();
        order(&wire, Refunds::Deducted).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&wire),
        "line 5: originalTotalSet: shopMoney: 'ten' is not a decimal amount"
    );
    wire["currencyCode"] = json!("XXZ");
    assert!(refused(&wire).contains("'XXZ'"), "{}", refused(&wire));
}
