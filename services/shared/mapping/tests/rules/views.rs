//! The names users know records by. They never change meaning.

use commerce::{Event, OrderState, Record};
use rstest::rstest;
use serde_json::{Value, json};

use crate::records::{
    a_fulfilment, a_product, a_stock_level, an_order, event, order, value_of, with_source,
};

#[rstest]
#[case("order.number", json!("#1001"))]
#[case("order.placed_at", json!("2026-03-01T09:29:00Z"))]
#[case("order.cancelled", json!(false))]
#[case("order.test", json!(false))]
#[case("order.customer.id", json!("77"))]
#[case("order.customer.email", json!("ada@example.com"))]
#[case("`${order.customer.first_name} ${order.customer.last_name}`", json!("Ada Lovelace"))]
#[case("order.shipping.city", json!("Berlin"))]
#[case("order.shipping.country", json!("DE"))]
#[case("order.shipping_method", json!("express"))]
#[case("order.currency", json!("EUR"))]
#[case("order.presentment_currency", json!("EUR"))]
#[case("order.taxes_included", json!(true))]
#[case("order.total", json!("43.88"))]
#[case("order.presentment_total", json!("43.88"))]
#[case("order.lines.len()", json!(2))]
#[case("order.lines[0].id", json!("1"))]
#[case("order.lines[0].kind", json!("item"))]
#[case("order.lines[0].sku", json!("AB-12"))]
#[case("order.lines[0].title", json!("Cup"))]
#[case("order.lines[0].quantity", json!("2"))]
#[case("order.lines[0].unit_price", json!("19.99"))]
#[case("order.lines[0].amount", json!("39.98"))]
#[case("order.lines[0].discount", json!("1.00"))]
#[case("order.lines[0].tax", json!("6.22"))]
#[case("order.payment_methods", json!(["visa"]))]
#[case("order.company.name", json!("Analytical Ltd"))]
#[case("order.company.location", json!("Berlin"))]
#[case("order.payment_terms", json!("Net 30"))]
#[case("order.channel", json!("web"))]
#[case("order.tags", json!(["vip", "gift"]))]
fn of_an_order(#[case] expression: &str, #[case] expected: Value) {
    assert_eq!(value_of(expression, &an_order()), Some(expected));
}

#[rstest]
#[case("order.note")]
#[case("order.customer.phone")]
#[case("order.company.reference")]
#[case("order.billing")]
#[case("order.billing?.city")]
#[case("order.lines[1].sku")]
fn what_the_order_lacks_sets_nothing(#[case] expression: &str) {
    assert_eq!(value_of(expression, &an_order()), None);
}

#[test]
fn a_cancelled_order_says_so() {
    let mut cancelled = order();
    cancelled.state = OrderState::Cancelled;
    let cancelled = event(Record::Order(Box::new(cancelled)));
    assert_eq!(value_of("order.cancelled", &cancelled), Some(json!(true)));
}

#[rstest]
#[case(a_fulfilment(), "fulfilment.number", json!("IF-204"))]
#[case(a_fulfilment(), "fulfilment.order_id", json!("9001"))]
#[case(a_fulfilment(), "fulfilment.shipped_at", json!("2026-03-02T12:00:00Z"))]
#[case(a_fulfilment(), "fulfilment.location", json!("6"))]
#[case(a_fulfilment(), "fulfilment.method", json!("UPS Ground"))]
#[case(a_fulfilment(), "fulfilment.tracking_numbers[0]", json!("1Z999"))]
#[case(a_fulfilment(), "fulfilment.lines[0].sku", json!("AB-12"))]
#[case(a_fulfilment(), "fulfilment.lines[0].quantity", json!("2"))]
#[case(a_stock_level(), "stock.sku", json!("AB-12"))]
#[case(a_stock_level(), "stock.location", json!("6"))]
#[case(a_stock_level(), "stock.available", json!("-3"))]
#[case(a_product(), "product.title + \" (\" + product.number + \")\"", json!("Linen tee (TEE)"))]
#[case(a_product(), "product.vendor ?? product.product_type", json!("Shirts"))]
#[case(a_product(), "product.tags", json!(["summer"]))]
#[case(a_product(), "product.variants[0].values[0]", json!("S"))]
fn of_other_kinds(#[case] event: Event, #[case] expression: &str, #[case] expected: Value) {
    assert_eq!(value_of(expression, &event), Some(expected));
}

#[rstest]
#[case("source.gift", json!(true))]
#[case("source.total_price", json!("43.88"))]
#[case("source.weight", json!("0.1"))]
#[case("source.weight + source.weight + source.weight == 0.3", json!(true))]
#[case("source.count + 1", json!(3))]
#[case(r#"source.attributes.find(|a| a.name == "po").value"#, json!("4711"))]
#[case(r#"source["odd name"]"#, json!("yes"))]
#[case(r#"source.nothing ?? "none""#, json!("none"))]
#[case(r#"source.no_such_field ?? "none""#, json!("none"))]
fn of_the_sources_own_document(#[case] expression: &str, #[case] expected: Value) {
    let json = r#"{"gift": true, "total_price": "43.88", "weight": 0.1, "count": 2, "nothing": null, "odd name": "yes",
                   "attributes": [{"name": "gate", "value": "B"}, {"name": "po", "value": "4711"}]}"#;
    let order = with_source(an_order(), json);
    assert_eq!(value_of(expression, &order), Some(expected));
}

#[rstest]
#[case::not_kept(an_order())]
#[case::not_json(with_source(an_order(), "<order/>"))]
#[case::empty(with_source(an_order(), ""))]
fn without_a_source_document_there_is_nothing(#[case] order: Event) {
    let expected = Some(json!("none"));
    assert_eq!(value_of(r#"source?.gift ?? "none""#, &order), expected);
    assert_eq!(
        value_of(r#"if source == () { "none" } else { "some" }"#, &order),
        expected
    );
}
