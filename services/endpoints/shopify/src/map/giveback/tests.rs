use commerce::{ExternalId, LineKind, OrderRef, RefundLine, Restock};
use serde_json::json;

use super::*;

fn refund(currency: &str, total: &str, units: i64, note: Option<&str>) -> Refund {
    let money = |text: &str| Amount::same(Money::parse(text, currency).unwrap());
    Refund {
        number: "CM801".to_owned(),
        key: None,
        order: OrderRef {
            id: ExternalId::new("901").unwrap(),
            key: None,
        },
        order_number: "SO901".to_owned(),
        at: jiff::Timestamp::UNIX_EPOCH,
        test: false,
        taxes_included: false,
        lines: vec![RefundLine {
            id: ExternalId::new("1").unwrap(),
            order_line: ExternalId::new("11").unwrap(),
            kind: LineKind::Item {
                sku: Sku::new("TEA").unwrap(),
            },
            title: "TEA".to_owned(),
            quantity: units.into(),
            amount: money("1"),
            taxes: Vec::new(),
            restock: Restock::No,
            location: None,
        }],
        adjustments: Vec::new(),
        transactions: Vec::new(),
        total: money(total),
        order_total: money("0"),
        refunded_before: money("0"),
        note: note.map(str::to_owned),
    }
}

fn order(currency: &str) -> OrderGivebacks {
    let bag = |amount: &str| {
        json!({
            "shopMoney": { "amount": amount, "currencyCode": "EUR" },
            "presentmentMoney": { "amount": amount, "currencyCode": currency },
        })
    };
    let moved = |id: u32, kind: &str, status: &str, amount: &str, parent: Option<u32>| {
        json!({
            "id": format!("gid://shopify/OrderTransaction/{id}"), "kind": kind, "status": status, "gateway": format!("g{id}"),
            "createdAt": "2026-03-02T10:00:00Z", "processedAt": null, "amountSet": bag(amount),
            "parentTransaction": parent.map(|parent| json!({ "id": format!("gid://shopify/OrderTransaction/{parent}") })),
        })
    };
    serde_json::from_value(json!({
        "id": "gid://shopify/Order/1001",
        "name": "#1001",
        "presentmentCurrencyCode": currency,
        "currentShippingPriceSet": bag("5.0"),
        "totalShippingPriceSet": bag("5.0"),
        "totalRefundedShippingSet": bag("0.0"),
        "lineItems": {
            "nodes": [{
                "id": "gid://shopify/LineItem/11", "sku": "TEA", "refundableQuantity": 3, "unfulfilledQuantity": 1,
                "originalUnitPriceSet": bag("10.0"),
            }],
            "pageInfo": { "hasNextPage": false, "endCursor": null },
        },
        "transactions": [
            moved(1, "AUTHORIZATION", "SUCCESS", "40.0", None),
            moved(2, "SALE", "FAILURE", "40.0", None),
            moved(3, "SALE", "SUCCESS", "10.0", None),
            moved(4, "CAPTURE", "SUCCESS", "25.0", Some(1)),
            moved(5, "REFUND", "SUCCESS", "4.0", Some(3)),
        ],
        "refunds": [],
    }))
    .unwrap()
}

#[test]
fn a_note_bears_the_key_it_was_made_under() {
    let key = "netsuite-refund-801";
    for words in [
        None,
        Some("broken [twice]"),
        Some(" "),
        Some("[x-refund-1]"),
    ] {
        let note = note(&refund("EUR", "1", 1, words), key);
        assert_eq!(key_in(&note), Some(key), "{note}");
    }
    for other in ["", "broken", "broken [twice]", "netsuite-refund-801"] {
        assert_eq!(key_in(other), None, "{other}");
    }
}

#[test]
fn the_input_names_lines_places_and_payments() {
    let settings = Givebacks {
        restock_at: Some("61".to_owned()),
        notify_customer: true,
    };
    let (order, refund) = (order("EUR"), refund("EUR", "20", 3, None));
    let made = input(&order, &refund, "netsuite-refund-801", &settings).unwrap();
    // One unit never left, two came back.
    let lines = json!([
        { "lineItemId": "gid://shopify/LineItem/11", "quantity": 1, "restockType": "CANCEL", "locationId": "gid://shopify/Location/61" },
        { "lineItemId": "gid://shopify/LineItem/11", "quantity": 2, "restockType": "RETURN", "locationId": "gid://shopify/Location/61" },
    ]);
    assert_eq!(made["refundLineItems"], lines);
    let paid = made["transactions"].as_array().unwrap().iter();
    let paid: Vec<(&str, &str, &str)> = paid
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap();
            (number(text("parentId")), text("gateway"), text("amount"))
        })
        .collect();
    assert_eq!(paid, [("3", "g3", "6.0"), ("4", "g4", "14.0")]);
    assert_eq!(
        (&made["notify"], &made["currency"]),
        (&json!(true), &json!("EUR"))
    );
    assert!(made["shipping"].is_null());
    let plain = input(&order, &refund, "k", &Givebacks::default()).unwrap();
    assert_eq!(plain["refundLineItems"][0]["restockType"], "NO_RESTOCK");
    assert_eq!(plain["refundLineItems"][0]["quantity"], 3);
}

#[test]
fn what_the_order_does_not_bear_is_held_with_the_choices() {
    let cases = [
        (refund("EUR", "31.01", 1, None), "31.00 EUR"),
        (refund("EUR", "5", 4, None), "4 units of TEA"),
        (refund("USD", "5", 1, None), "the buyer paid in EUR"),
    ];
    for (refund, words) in cases {
        let Err(Fault::Held { why }) = share(&order("EUR"), &refund) else {
            panic!("{words}");
        };
        assert!(why.contains(words) && why.contains("Choices: "), "{why}");
    }
}
