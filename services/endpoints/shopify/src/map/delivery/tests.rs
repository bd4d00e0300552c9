use commerce::{FulfilmentLine, OrderRef, Parcel, Sku};
use serde_json::json;

use super::*;

/// A fulfilment order at a location, with (line item, SKU, remaining units).
fn source(id: u64, location: &str, lines: &[(u64, &str, i64)]) -> Value {
    let nodes: Vec<Value> = lines
        .iter()
        .map(|(line, sku, remaining)| {
            json!({
                "id": format!("gid://shopify/FulfillmentOrderLineItem/{id}{line}"),
                "remainingQuantity": remaining,
                "sku": sku,
                "lineItem": { "id": format!("gid://shopify/LineItem/{line}"), "quantity": 10, "lineItemGroup": null },
            })
        })
        .collect();
    json!({
        "id": format!("gid://shopify/FulfillmentOrder/{id}"),
        "status": "OPEN",
        "supportedActions": [{ "action": "CREATE_FULFILLMENT" }],
        "assignedLocation": { "location": { "legacyResourceId": location } },
        "fulfillmentHolds": [],
        "lineItems": { "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } },
    })
}

fn done(id: u64, numbers: &[&str], lines: &[(u64, i64)]) -> Value {
    let nodes: Vec<Value> = lines
        .iter()
        .map(|(line, units)| json!({ "quantity": units, "lineItem": { "id": format!("gid://shopify/LineItem/{line}") } }))
        .collect();
    json!({
        "id": format!("gid://shopify/Fulfillment/{id}"),
        "legacyResourceId": id.to_string(),
        "name": format!("#1001-F{id}"),
        "status": "SUCCESS",
        "createdAt": "2026-03-02T12:00:00Z",
        "trackingInfo": numbers.iter().map(|number| json!({ "number": number })).collect::<Vec<_>>(),
        "fulfillmentLineItems": { "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } },
    })
}

fn order(sources: Vec<Value>, fulfilments: Vec<Value>) -> OrderDeliveries {
    serde_json::from_value(json!({
        "id": "gid://shopify/Order/1001",
        "name": "#1001",
        "fulfillmentOrders": { "nodes": sources, "pageInfo": { "hasNextPage": false, "endCursor": null } },
        "fulfillments": fulfilments,
    }))
    .unwrap()
}

fn delivery(numbers: &[&str], lines: &[(Option<&str>, &str, i64)]) -> Fulfilment {
    Fulfilment {
        number: "IF-1".into(),
        order: OrderRef {
            id: ExternalId::new("9").unwrap(),
            key: None,
        },
        shipped_at: "2026-03-02T00:00:00Z".parse().unwrap(),
        location: None,
        method: None,
        parcels: numbers
            .iter()
            .map(|number| Parcel {
                tracking_number: Some((*number).into()),
                carrier: Some("DHL Paket".into()),
                tracking_url: None,
            })
            .collect(),
        lines: lines
            .iter()
            .map(|(line, sku, units)| FulfilmentLine {
                order_line: line.map(|line| ExternalId::new(line).unwrap()),
                sku: Sku::new(sku).unwrap(),
                quantity: (*units).into(),
            })
            .collect(),
        dispatch: None,
    }
}

fn twin_of(id: &str) -> Twin {
    Twin {
        id: ExternalId::new(id).unwrap(),
        number: None,
    }
}

/// Units by line of a fulfilment order, one list for each fulfilment to be made.
fn made(plan: &Plan) -> Vec<Vec<(&str, i64)>> {
    let lines = |shipment: &Shipment| -> Vec<(String, i64)> {
        shipment
            .orders
            .iter()
            .flat_map(|(_, lines)| lines.clone())
            .collect()
    };
    plan.missing
        .iter()
        .map(|shipment| {
            let found = lines(shipment);
            let all = shipment.orders.iter().flat_map(|(_, lines)| lines);
            assert_eq!(found.len(), all.clone().count());
            all.map(|(line, units)| (super::super::number(line), *units))
                .collect()
        })
        .collect()
}

#[track_caller]
fn reason(plan: Result<Plan, Fault>) -> String {
    match plan {
        Err(Fault::Held { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_line_is_known_by_its_id_before_its_sku() {
    let order = order(vec![source(5, "1", &[(1, "A", 2), (2, "A", 2)])], vec![]);
    let by_id = plan(
        &order,
        &delivery(&["T"], &[(Some("2"), "OTHER", 1)]),
        None,
        None,
    )
    .unwrap();
    assert_eq!(made(&by_id), [vec![("52", 1)]]);
    let by_sku = plan(&order, &delivery(&["T"], &[(None, "A", 3)]), None, None).unwrap();
    assert_eq!(made(&by_sku), [vec![("51", 2), ("52", 1)]]);
}

#[test]
fn each_location_gets_a_fulfilment_and_the_preferred_one_is_taken_first() {
    let sources = || {
        vec![
            source(5, "1", &[(1, "A", 1), (2, "B", 1)]),
            source(6, "2", &[(1, "A", 2)]),
        ]
    };
    let two = delivery(&["T"], &[(None, "A", 2), (None, "B", 1)]);
    let order = order(sources(), vec![]);
    assert_eq!(
        made(&plan(&order, &two, None, None).unwrap()),
        [vec![("51", 1), ("52", 1)], vec![("61", 1)]]
    );
    let preferred = plan(&order, &two, None, Some("2")).unwrap();
    assert_eq!(made(&preferred), [vec![("61", 2)], vec![("52", 1)]]);
}

#[test]
fn a_delivery_that_is_there_is_recognised_by_its_tracking_number() {
    let there = order(
        vec![source(5, "1", &[(1, "A", 1)])],
        vec![done(1, &["T1", "T2"], &[(1, 1)])],
    );
    let found = plan(
        &there,
        &delivery(&["T1", "T2"], &[(None, "A", 1)]),
        None,
        None,
    )
    .unwrap();
    assert_eq!((made(&found).len(), found.retrack), (0, false));
    assert_eq!(twin(&found.there).unwrap().id.as_str(), "1");
    let other = plan(&there, &delivery(&["T3"], &[(None, "A", 1)]), None, None).unwrap();
    assert_eq!(
        made(&other),
        [vec![("51", 1)]],
        "another parcel of the same article"
    );
}

#[test]
fn a_delivery_that_is_there_in_part_is_completed() {
    let half = order(
        vec![
            source(5, "1", &[(1, "A", 0)]),
            source(6, "2", &[(2, "B", 1)]),
        ],
        vec![done(1, &["T"], &[(1, 1)])],
    );
    let both = delivery(&["T"], &[(None, "A", 1), (None, "B", 1)]);
    let plan = plan(&half, &both, None, None).unwrap();
    assert_eq!(made(&plan), [vec![("62", 1)]]);
    assert_eq!(plan.there.len(), 1);
    assert_eq!(landed(&half, &both), Ok(None));
}

#[test]
fn a_cancelled_fulfilment_is_none() {
    let mut cancelled = done(1, &["T"], &[(1, 1)]);
    cancelled["status"] = json!("CANCELLED");
    let order = order(vec![source(5, "1", &[(1, "A", 1)])], vec![cancelled]);
    let again = plan(&order, &delivery(&["T"], &[(None, "A", 1)]), None, None).unwrap();
    assert_eq!(made(&again), [vec![("51", 1)]]);
}

#[test]
fn without_tracking_equal_lines_are_another_delivery_while_units_are_left() {
    let untracked = delivery(&[], &[(None, "A", 1)]);
    let one_left = order(
        vec![source(5, "1", &[(1, "A", 1)])],
        vec![done(1, &[], &[(1, 1)])],
    );
    let plan_now = plan(&one_left, &untracked, None, None).unwrap();
    assert_eq!(made(&plan_now), [vec![("51", 1)]]);
    let none_left = order(
        vec![source(5, "1", &[(1, "A", 0)])],
        vec![done(1, &[], &[(1, 1)])],
    );
    let plan_now = plan(&none_left, &untracked, None, None).unwrap();
    assert_eq!((made(&plan_now).len(), plan_now.there.len()), (0, 1));
    // After an uncertain write the question is another one.
    assert_eq!(
        landed(&one_left, &untracked)
            .unwrap()
            .map(|there| there.len()),
        Some(1)
    );
}

#[test]
fn a_fulfilment_from_before_the_goods_left_is_another_one() {
    let mut early = done(1, &[], &[(1, 1)]);
    early["createdAt"] = json!("2026-02-20T00:00:00Z");
    let order = order(vec![source(5, "1", &[(1, "A", 0)])], vec![early]);
    let untracked = delivery(&[], &[(None, "A", 1)]);
    assert_eq!(landed(&order, &untracked), Ok(None));
    assert!(reason(plan(&order, &untracked, None, None)).contains("only 0 left"));
}

#[test]
fn other_tracking_numbers_are_written_to_what_is_there() {
    let there = order(
        vec![source(5, "1", &[(1, "A", 0)])],
        vec![done(1, &["OLD"], &[(1, 1)])],
    );
    let bound = twin_of("1");
    let changed = plan(
        &there,
        &delivery(&["NEW"], &[(None, "A", 1)]),
        Some(&bound),
        None,
    )
    .unwrap();
    assert!(changed.retrack && changed.missing.is_empty());
    let same = plan(
        &there,
        &delivery(&["OLD"], &[(None, "A", 1)]),
        Some(&bound),
        None,
    )
    .unwrap();
    assert!(!same.retrack);
    let none = plan(
        &there,
        &delivery(&[], &[(None, "A", 1)]),
        Some(&bound),
        None,
    )
    .unwrap();
    assert!(!none.retrack, "what somebody entered stays");
}

#[test]
fn what_shopify_cannot_change_is_held() {
    let there = order(
        vec![source(5, "1", &[(1, "A", 3)])],
        vec![done(1, &["T"], &[(1, 1)])],
    );
    let more = delivery(&["T"], &[(None, "A", 2)]);
    assert!(reason(plan(&there, &more, Some(&twin_of("1")), None)).contains("lines changed"));
    assert!(reason(plan(&there, &more, Some(&twin_of("7")), None)).contains("was cancelled"));
}

#[test]
fn obstacles_are_named() {
    let one = delivery(&["T"], &[(None, "A", 1)]);
    let blocked = |change: &dyn Fn(&mut Value)| {
        let mut source = source(5, "1", &[(1, "A", 1)]);
        change(&mut source);
        reason(plan(&order(vec![source], vec![]), &one, None, None))
    };
    let on_hold = blocked(&|source| {
        source["status"] = json!("ON_HOLD");
        source["fulfillmentHolds"] =
            json!([{ "displayReason": "High risk of fraud", "reasonNotes": "call first" }]);
    });
    assert!(
        on_hold.contains("on hold: High risk of fraud (call first)"),
        "{on_hold}"
    );
    let scheduled = blocked(&|source| source["status"] = json!("SCHEDULED"));
    assert!(scheduled.contains("is scheduled"), "{scheduled}");
    let elsewhere = blocked(&|source| {
        source["supportedActions"] = json!([{ "action": "REQUEST_FULFILLMENT" }])
    });
    assert!(
        elsewhere.contains("cannot be fulfilled by this app"),
        "{elsewhere}"
    );
    let order = order(vec![source(5, "1", &[(1, "A", 1)])], vec![]);
    let many = reason(plan(
        &order,
        &delivery(&["T"], &[(None, "A", 5)]),
        None,
        None,
    ));
    assert!(many.contains("5 of A delivered, but only 1 left"), "{many}");
    let foreign = reason(plan(
        &order,
        &delivery(&["T"], &[(None, "Z", 1)]),
        None,
        None,
    ));
    assert!(foreign.contains("no line with SKU Z"), "{foreign}");
    let nothing = reason(plan(&order, &delivery(&["T"], &[]), None, None));
    assert!(nothing.contains("no lines"), "{nothing}");
    let mut half = delivery(&["T"], &[(None, "A", 1)]);
    half.lines[0].quantity = "0.5".parse().unwrap();
    assert!(reason(plan(&order, &half, None, None)).contains("whole units"));
}

fn kit_order(kits: i64) -> OrderDeliveries {
    let mut source = source(5, "1", &[(1, "CUP", 6 * kits), (2, "POT", kits)]);
    for (index, per_kit) in [(0, 6), (1, 1)] {
        let line = &mut source["lineItems"]["nodes"][index]["lineItem"];
        line["quantity"] = json!(per_kit * kits);
        line["lineItemGroup"] = json!({ "id": "gid://shopify/LineItemGroup/77", "quantity": kits, "variantSku": "SET" });
    }
    order(vec![source], vec![])
}

#[test]
fn a_kit_is_delivered_as_its_components() {
    let order = kit_order(2);
    for line in [(Some("kit-77"), "SET", 1), (None, "SET", 1)] {
        let plan = plan(&order, &delivery(&["T"], &[line]), None, None).unwrap();
        assert_eq!(made(&plan), [vec![("51", 6), ("52", 1)]], "{line:?}");
    }
    let parts = delivery(&["T"], &[(Some("kit-77"), "CUP", 6), (None, "POT", 1)]);
    let plan_now = plan(&order, &parts, None, None).unwrap();
    assert_eq!(made(&plan_now), [vec![("51", 6), ("52", 1)]]);
    let three = reason(plan(
        &order,
        &delivery(&["T"], &[(None, "SET", 3)]),
        None,
        None,
    ));
    assert!(three.contains("only 2 left to fulfil whole"), "{three}");
}

#[test]
fn the_second_delivery_of_a_batch_sees_the_first() {
    let mut order = order(vec![source(5, "1", &[(1, "A", 2)])], vec![]);
    let first = delivery(&["T1"], &[(None, "A", 1)]);
    let todo = plan(&order, &first, None, None).unwrap();
    let made_now = Landed {
        gid: "gid://shopify/Fulfillment/8".into(),
        id: "8".into(),
        name: "#1001-F8".into(),
    };
    after_creation(
        &mut order,
        &todo.missing[0],
        &first,
        &made_now,
        first.shipped_at,
    );
    assert_eq!(landed(&order, &first).unwrap(), Some(vec![made_now]));
    let too_many = plan(&order, &delivery(&["T2"], &[(None, "A", 2)]), None, None);
    assert!(reason(too_many).contains("only 1 left"));
}

#[test]
fn tracking_bears_the_shops_name_of_the_carrier() {
    let carriers = BTreeMap::from([("DHL Paket".to_owned(), "DHL Germany".to_owned())]);
    let mut two = delivery(&["T1", "T2"], &[(None, "A", 1)]);
    let input = tracking(&two, &carriers).unwrap();
    assert_eq!(
        input,
        json!({ "numbers": ["T1", "T2"], "company": "DHL Germany" })
    );
    for parcel in &mut two.parcels {
        parcel.tracking_url = Some("https://track.example/1".into());
    }
    let links = tracking(&two, &BTreeMap::new()).unwrap();
    assert_eq!(links["company"], "DHL Paket");
    assert_eq!(links["urls"].as_array().map(Vec::len), Some(2));
    two.parcels[1].tracking_url = Some("not a link".into());
    assert!(
        tracking(&two, &BTreeMap::new())
            .unwrap()
            .get("urls")
            .is_none()
    );
    assert_eq!(tracking(&delivery(&[], &[]), &carriers), None);
}
