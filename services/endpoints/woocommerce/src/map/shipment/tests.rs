use commerce::{ExternalId, FulfilmentLine, OrderRef, Parcel, Sku};
use serde_json::json;

use super::*;

fn order(meta: &[(&str, Value)], status: &str) -> Order {
    let meta: Vec<Value> = meta
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    serde_json::from_value(json!({
        "id": 17, "status": status, "currency": "USD", "total": "1", "meta_data": meta,
        "line_items": [
            { "id": 1, "sku": "TEA", "quantity": 3, "total": "1" },
            { "id": 2, "sku": "TEA", "quantity": 1, "total": "1" },
            { "id": 3, "sku": "MUG", "quantity": 2, "total": "1" },
        ],
    }))
    .unwrap()
}

fn delivery(lines: &[(Option<&str>, &str, i64)], tracking: &[&str]) -> Fulfilment {
    let lines = lines.iter().map(|(line, sku, units)| FulfilmentLine {
        order_line: line.map(|line| ExternalId::new(line).unwrap()),
        sku: Sku::new(sku).unwrap(),
        quantity: (*units).into(),
    });
    let parcels = tracking.iter().map(|number| Parcel {
        tracking_number: Some((*number).to_owned()),
        carrier: Some("UPS".to_owned()),
        tracking_url: None,
    });
    Fulfilment {
        dispatch: None,
        number: "IF1".to_owned(),
        order: OrderRef {
            id: ExternalId::new("5").unwrap(),
            key: None,
        },
        shipped_at: jiff::Timestamp::UNIX_EPOCH,
        location: None,
        method: None,
        parcels: parcels.collect(),
        lines: lines.collect(),
    }
}

fn told(lines: &Value, tracking: &[&str]) -> Value {
    json!({ "number": "IF0", "lines": lines, "tracking": tracking })
}

#[test]
fn units_go_to_the_line_that_is_named_and_else_to_those_of_the_sku() {
    let none = BTreeMap::new();
    for (lines, expected) in [
        (&[(Some("2"), "TEA", 1)][..], json!({ "2": "1" })),
        (&[(None, "TEA", 4)], json!({ "1": "3", "2": "1" })),
        (
            &[(None, "TEA", 2), (Some("1"), "TEA", 2)],
            json!({ "1": "3", "2": "1" }),
        ),
        (&[(Some("99"), "MUG", 1)], json!({ "3": "1" })),
    ] {
        let plan = plan(&order(&[], "processing"), &delivery(lines, &[]), "k", &none).unwrap();
        assert_eq!(serde_json::to_value(&plan.mark.lines).unwrap(), expected);
        assert!(!plan.completes && !plan.is_told());
    }
    for (lines, words) in [
        (&[(None, "MUG", 3)][..], "more than the order has left"),
        (&[(None, "CUP", 1)], "no line of CUP"),
        (&[], "no lines"),
    ] {
        let fault = plan(&order(&[], "processing"), &delivery(lines, &[]), "k", &none).unwrap_err();
        assert!(fault.to_string().contains(words), "{fault}");
    }
}

#[test]
fn the_delivery_that_leaves_nothing_completes_the_order() {
    let others = [(
        "_causeway_shipment_a",
        told(&json!({ "1": "3", "3": "1" }), &[]),
    )];
    let there = order(&others, "processing");
    let rest = delivery(&[(None, "TEA", 1), (None, "MUG", 1)], &["1Z"]);
    let shipment = plan(&there, &rest, "b", &BTreeMap::new()).unwrap();
    assert!(shipment.completes);
    let body = put(&there, "b", &shipment, None, true);
    assert_eq!(body["status"], "completed");
    assert_eq!(body["meta_data"][0]["key"], "_causeway_shipment_b");
    assert_eq!(put(&there, "b", &shipment, None, false).get("status"), None);
    // What was given back is not waited for.
    let part = delivery(&[(None, "TEA", 1)], &[]);
    let back = BTreeMap::from([(ExternalId::new("3").unwrap(), Decimal::ONE)]);
    assert!(plan(&there, &part, "b", &back).unwrap().completes);
}

#[test]
fn what_was_told_is_told_again_only_with_other_numbers() {
    let mark = told(&json!({ "3": "2" }), &["A"]);
    let there = order(&[("_causeway_shipment_k", mark)], "completed");
    let lines = [(None, "MUG", 2)];
    for (numbers, expected) in [(&["A"][..], true), (&[], true), (&["B"], false)] {
        let plan = plan(&there, &delivery(&lines, numbers), "k", &BTreeMap::new()).unwrap();
        assert_eq!(plan.is_told(), expected, "{numbers:?}");
    }
    let other = delivery(&[(None, "MUG", 1)], &["A"]);
    let fault = plan(&there, &other, "k", &BTreeMap::new()).unwrap_err();
    assert!(fault.to_string().contains("lines changed"), "{fault}");
}

#[test]
fn goods_of_a_cancelled_order_are_for_a_person() {
    let there = order(&[], "cancelled");
    let parcel = delivery(&[(None, "MUG", 1)], &[]);
    let fault = plan(&there, &parcel, "k", &BTreeMap::new()).unwrap_err();
    assert!(matches!(fault, Fault::Held { .. }), "{fault}");
}
