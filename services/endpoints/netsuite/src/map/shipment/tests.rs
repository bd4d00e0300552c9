use commerce::{Dispatch, ExternalId, OrderRef, Parcel};
use serde_json::{Value, json};

use super::*;

fn rows(lines: &Value) -> OpenLines {
    let rows: Vec<ShippingLineRow> = serde_json::from_value(lines.clone()).unwrap();
    OpenLines::read(&rows).unwrap()
}

fn line(number: &str, sku: &str, quantity: &str, more: Value) -> Value {
    let mut line = json!({
        "sales_order": "7", "line": number, "order_number": "SO7", "status": "B", "item": "5", "sku": sku,
        "quantity": quantity, "location": "2", "currency": "1",
    });
    for (name, value) in more.as_object().unwrap() {
        line[name] = value.clone();
    }
    line
}

fn delivery(lines: &[(Option<&str>, &str, &str)]) -> Fulfilment {
    Fulfilment {
        number: "33".to_owned(),
        order: OrderRef {
            id: ExternalId::new("1").unwrap(),
            key: None,
        },
        shipped_at: "2026-03-02T03:00:00Z".parse().unwrap(),
        location: Some(ExternalId::new("16079").unwrap()),
        method: Some("usps_priority_mail".to_owned()),
        parcels: vec![Parcel {
            tracking_number: Some("9400".to_owned()),
            carrier: None,
            tracking_url: None,
        }],
        lines: lines
            .iter()
            .map(|(line, sku, quantity)| FulfilmentLine {
                order_line: line.map(|line| ExternalId::new(line).unwrap()),
                sku: Sku::new(sku).unwrap(),
                quantity: quantity.parse().unwrap(),
            })
            .collect(),
        dispatch: Some(Dispatch {
            cost: Some(Money::parse("7.90", "USD").unwrap()),
            weight: Some(Weight {
                value: "24".parse().unwrap(),
                unit: WeightUnit::Ounce,
            }),
            ..Dispatch::default()
        }),
    }
}

fn body(open: &OpenLines, delivery: &Fulfilment, settings: &Shipments) -> Result<Value, Fault> {
    let taken = open.fit("7", delivery, settings)?;
    let key = TargetKey::of(
        &commerce::ConnectionId::new("shipper").unwrap(),
        commerce::Kind::Fulfilment,
        &ExternalId::new("s33").unwrap(),
    );
    let currencies = Currencies::ByCode([("USD".to_owned(), "1".to_owned())].into());
    let zone = TimeZone::get("America/New_York").unwrap();
    let body = shipment_body(
        (delivery, "7"),
        (&key, &Assignments::default()),
        (open, &taken),
        settings,
        (&currencies, &zone),
    )?;
    Ok(serde_json::from_slice(&body).unwrap())
}

fn why(result: Result<Value, Fault>) -> String {
    match result {
        Err(Fault::Held { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn part_of_an_order_leaves_the_rest_open() {
    let open = rows(&json!([
        line("1", "TEA", "-3", json!({"picked": "1", "shipped": "1"})),
        line("4", "CUP", "-2", json!({})),
        line("6", "POT", "-1", json!({"closed": "T"})),
    ]));
    let settings: Shipments = serde_json::from_value(json!({
        "methods": {"usps_priority_mail": 4}, "locations": {"16079": 9},
    }))
    .unwrap();
    let made = body(&open, &delivery(&[(Some("1"), "TEA", "2")]), &settings).unwrap();
    let expected = json!({
        "externalId": "shipper-fulfilment-s33", "tranDate": "2026-03-01", "shipStatus": {"id": "C"}, "shipMethod": {"id": "4"},
        "shippingCost": 7.9,
        "item": {"items": [
            {"orderLine": 1, "itemReceive": true, "quantity": 2, "location": {"id": "9"}},
            {"orderLine": 4, "itemReceive": false},
        ]},
        "package": {"items": [{"packageTrackingNumber": "9400", "packageWeight": 1.5}]},
    });
    assert_eq!(made, expected);
}

#[test]
fn without_its_line_an_article_is_taken_where_it_is_open() {
    let open = rows(&json!([
        line("1", "TEA", "-1", json!({})),
        line("2", "TEA", "-2", json!({})),
    ]));
    let settings = Shipments::default();
    let taken = open
        .fit("7", &delivery(&[(None, "TEA", "2")]), &settings)
        .unwrap();
    let units: Vec<(Decimal, Decimal)> = taken.iter().map(|one| (one.line, one.quantity)).collect();
    assert_eq!(units, [(1.into(), 1.into()), (2.into(), 1.into())]);
}

#[test]
fn what_does_not_fit_is_held() {
    let settings = Shipments::default();
    let one = json!([line("1", "TEA", "-3", json!({"picked": "2"}))]);
    let told = why(body(
        &rows(&one),
        &delivery(&[(Some("1"), "TEA", "2")]),
        &settings,
    ));
    assert!(told.contains("1 more than SO7 has open"), "{told}");
    let told = why(body(
        &rows(&one),
        &delivery(&[(None, "CUP", "1")]),
        &settings,
    ));
    assert!(told.contains("of CUP"), "{told}");
    let two = json!([
        line("1", "TEA", "-1", json!({})),
        line("2", "CUP", "-1", json!({"location": "5"})),
    ]);
    let both = delivery(&[(Some("1"), "TEA", "1"), (Some("2"), "CUP", "1")]);
    let told = why(body(&rows(&two), &both, &settings));
    assert!(told.contains("shipments.locations"), "{told}");
    let euro = json!([line("1", "TEA", "-1", json!({"currency": "2"}))]);
    let told = why(body(
        &rows(&euro),
        &delivery(&[(Some("1"), "TEA", "1")]),
        &settings,
    ));
    assert!(told.contains("another currency"), "{told}");
    let called_off = json!([line("1", "TEA", "-1", json!({"status": "C"}))]);
    let told = why(body(
        &rows(&called_off),
        &delivery(&[(Some("1"), "TEA", "1")]),
        &settings,
    ));
    assert!(told.contains("more than SO7 has open"), "{told}");
}

#[test]
fn a_batch_draws_an_order_down() {
    let mut open = rows(&json!([line("1", "TEA", "-3", json!({}))]));
    let settings = Shipments::default();
    let two = delivery(&[(Some("1"), "TEA", "2")]);
    let taken = open.fit("7", &two, &settings).unwrap();
    open.take("7", &taken);
    assert!(open.fit("7", &two, &settings).is_err());
    assert!(
        open.fit("7", &delivery(&[(None, "TEA", "1")]), &settings)
            .is_ok()
    );
}

#[test]
fn what_is_there_is_compared_by_units_and_numbers() {
    let ours = delivery(&[(Some("1"), "TEA", "2")]);
    let mut theirs = delivery(&[(None, "TEA", "1.0"), (None, "TEA", "1")]);
    assert_eq!(shipment_differs(&ours, &theirs), None);
    theirs.parcels.clear();
    assert!(shipment_differs(&ours, &theirs).unwrap().contains("9400"));
    theirs.lines.pop();
    assert!(
        shipment_differs(&ours, &theirs)
            .unwrap()
            .contains("1 of TEA")
    );
}

#[test]
fn bodies_use_fields_that_exist() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let path = contracts.join("netsuite/facts/rest-fields-2026.1.json");
    let facts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let facts = &facts["itemFulfillment"];
    let open = rows(&json!([line("1", "TEA", "-3", json!({}))]));
    let settings: Shipments =
        serde_json::from_value(json!({"methods": {"usps_priority_mail": 4}})).unwrap();
    let made = body(&open, &delivery(&[(Some("1"), "TEA", "2")]), &settings).unwrap();
    let known = |value: &Value, facts: &Value| {
        for name in value.as_object().unwrap().keys() {
            assert!(
                facts[name].is_string() || facts[format!("{name}.items[]")].is_object(),
                "{name}"
            );
        }
    };
    known(&made, facts);
    known(&made["item"]["items"][0], &facts["item.items[]"]);
    known(&made["package"]["items"][0], &facts["package.items[]"]);
    let ours = FULFILMENT
        .text
        .iter()
        .chain(FULFILMENT.number)
        .chain(FULFILMENT.date);
    for name in ours.chain(FULFILMENT.id.iter().map(|(name, _)| name)) {
        assert!(facts[*name].is_string(), "{name}");
    }
}
