use serde_json::{Value, json};

use super::*;

fn mapped(order: &Value) -> Result<Option<Order>, String> {
    let wire: wire::Order =
        serde_json::from_value(order.clone()).map_err(|error| error.to_string())?;
    super::order(&wire, &BTreeMap::new()).map_err(|error| error.to_string())
}

/// All orders of a recorded answer or post: one, a list, or the items of a batch.
fn orders_in(value: &Value) -> Vec<Value> {
    let is_order =
        |value: &Value| value.get("line_items").is_some() && value.get("order_key").is_some();
    match value {
        _ if is_order(value) => vec![value.clone()],
        Value::Array(all) => all.iter().flat_map(orders_in).collect(),
        Value::Object(fields) => fields.values().flat_map(orders_in).collect(),
        Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(text).map_or_else(|_| Vec::new(), |value| orders_in(&value))
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_recorded_order_adds_up() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let (mut sales, mut none_yet) = (0, 0);
    for entry in std::fs::read_dir(contracts.join("woocommerce/recorded")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(case) = serde_json::from_str::<Value>(&std::fs::read_to_string(&path).unwrap())
        else {
            continue;
        };
        let parts = [&case["response"]["body"], &case["received"]["raw_body"]];
        for order in parts.into_iter().flat_map(orders_in) {
            let what = format!("{}: {}", path.display(), order["id"]);
            match mapped(&order).unwrap_or_else(|why| panic!("{what}: {why}")) {
                Some(order) => {
                    let check = order.total_check(Side::Shop).unwrap();
                    assert!(check.adds_up(), "{what}: {}", check.explanation());
                    sales += 1;
                }
                None => none_yet += 1,
            }
        }
    }
    assert!(sales >= 10 && none_yet > 0, "{sales} {none_yet}");
}

fn sale(change: impl FnOnce(&mut Value)) -> Value {
    let line = json!({
        "id": 6, "name": "Mug", "sku": "MUG", "product_id": 10, "quantity": 2, "subtotal": "26.00", "total": "23.40",
        "total_tax": "1.70", "taxes": [{ "id": 1, "total": "1.70", "subtotal": "1.89" }], "price": 11.7,
    });
    let mut order = json!({
        "id": 17, "number": "17", "status": "processing", "currency": "USD", "total": "25.10",
        "date_created_gmt": "2026-11-23T03:43:39", "date_modified_gmt": "2026-11-23T03:43:40", "date_paid_gmt": "2026-11-23T03:43:39",
        "payment_method": "stripe", "line_items": [line],
        "tax_lines": [{ "rate_id": 1, "label": "CA Tax", "rate_percent": 7.25 }], "coupon_lines": [{ "code": "tenoff" }],
    });
    change(&mut order);
    order
}

#[test]
fn a_line_tells_what_was_taken_off_and_its_taxes_without_a_float() {
    let order = mapped(&sale(|_| {})).unwrap().unwrap();
    let line = &order.lines[0];
    let told = |amount: &Amount| amount.shop.to_string();
    assert_eq!(told(&line.amount), "26.00 USD");
    assert_eq!(told(&line.discounts[0].amount), "2.60 USD");
    assert_eq!(line.discounts[0].code.as_deref(), Some("tenoff"));
    assert_eq!(line.taxes[0].title, "CA Tax");
    assert_eq!(line.taxes[0].rate.unwrap().to_string(), "0.0725");
    assert_eq!(order.payments[0].kind, PaymentKind::Captured);
    assert_eq!(order.lines.len(), 1);
}

#[test]
fn statuses_are_told_by_the_table_else_as_usual() {
    let table = BTreeMap::from([("packed".to_owned(), Meaning::NotYet)]);
    for (status, paid, expected) in [
        ("processing", true, Meaning::Open),
        ("wc-completed", true, Meaning::Open),
        ("refunded", true, Meaning::Open),
        ("on-hold", false, Meaning::OnHold),
        ("pending", false, Meaning::NotYet),
        ("checkout-draft", false, Meaning::NotYet),
        ("failed", false, Meaning::Cancelled),
        ("trash", true, Meaning::Cancelled),
        ("awaiting-pickup", true, Meaning::Open),
        ("awaiting-deposit", false, Meaning::OnHold),
        ("packed", true, Meaning::NotYet),
    ] {
        assert_eq!(meaning(status, paid, &table), expected, "{status}");
    }
}

#[test]
fn fees_discounts_and_roundings_are_lines() {
    let order = sale(|order| {
        order["fee_lines"] = json!([
            { "id": 7, "name": "Gift wrap", "total": "3.00", "total_tax": "0.22", "taxes": [{ "id": 1, "total": "0.22" }] },
            { "id": 8, "name": "Gift card", "total": "-5.00", "total_tax": "0", "taxes": [] },
        ]);
        order["shipping_lines"] = json!([{ "id": 9, "method_title": "Flat rate", "method_id": "flat_rate", "total": "7.50", "total_tax": "0.54", "taxes": [{ "id": 1, "total": "0.54" }] }]);
        order["total"] = json!("31.37");
    });
    let order = mapped(&order).unwrap().unwrap();
    let kinds: Vec<&str> = order.lines.iter().map(|line| line.kind.name()).collect();
    assert_eq!(kinds, ["item", "shipping", "fee", "discount", "fee"]);
    assert_eq!(order.lines[4].amount.shop.to_string(), "0.01 USD");
    assert!(order.total_check(Side::Shop).unwrap().adds_up());
}

#[test]
fn a_difference_that_no_rounding_explains_is_told() {
    let order = sale(|order| order["total"] = json!("25.20"));
    let order = mapped(&order).unwrap().unwrap();
    assert!(!order.total_check(Side::Shop).unwrap().adds_up());
}

#[test]
fn nonsense_is_named_and_what_is_unknown_is_not_fatal() {
    let nameless = sale(|order| {
        order["line_items"][0]["name"] = json!("");
        order["line_items"][0]["sku"] = Value::Null;
    });
    assert!(
        mapped(&nameless)
            .unwrap_err()
            .contains("line 6: names neither")
    );
    let odd = sale(|order| order["line_items"][0]["total"] = json!({ "x": 1 }));
    assert!(mapped(&odd).is_err());
    let plugin = sale(|order| {
        order["delivery_slot"] = json!({ "day": [1] });
        order["line_items"][0]["quantity"] = json!("1.5");
        order["customer_id"] = json!("42");
        order["billing"] = json!({ "first_name": "Ana", "country": "XX" });
    });
    let order = mapped(&plugin).unwrap().unwrap();
    assert_eq!(order.lines[0].quantity.to_string(), "1.5");
    assert_eq!(order.customer.unwrap().id.unwrap().as_str(), "42");
    assert_eq!(order.billing.unwrap().country, None);
}
