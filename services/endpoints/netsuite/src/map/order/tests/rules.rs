//! What users' rules set in an order and in what goes along with it.

use super::*;

#[test]
fn rules_reach_the_customer_that_is_made_and_its_address_book() {
    let settings = Orders::default();
    let part = |name: &str, value: &str| [(name.to_owned(), Value::from(value))].into();
    let set = Assignments {
        parts: [
            (Place::Customer, part("custentity_shop", "web")),
            (Place::ShippingAddress, part("attention", "Dock 3")),
        ]
        .into(),
        ..Assignments::default()
    };
    let order = order(vec![item("1", "SKU-1", 1, "10")], false);
    let source = commerce::ConnectionId::new("shop").unwrap();
    let id = ExternalId::new("1").unwrap();
    let key = TargetKey::of(&source, commerce::Kind::Order, &id);
    let buyer = crate::map::customer::buyer(&order, &source);
    let told = crate::map::customer::Told::by_order(&order, &set, &settings);
    let body = crate::map::customer_body(&key, &buyer, &[&told], None, &settings).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["custentity_shop"], "web");
    let book = &body["addressBook"]["items"][0]["addressBookAddress"];
    assert_eq!(book["attention"], "Dock 3");
}

#[test]
fn rules_have_the_last_word() {
    let line_id = ExternalId::new("1").unwrap();
    let set = Assignments {
        header: [
            ("memo".to_owned(), Value::from("hello")),
            ("entity".to_owned(), serde_json::json!({"id": "9"})),
            ("shipMethod.id".to_owned(), Value::from("4")),
        ]
        .into(),
        lines: [(
            line_id,
            [("location".to_owned(), serde_json::json!({"id": "2"}))].into(),
        )]
        .into(),
        parts: [(
            Place::ShippingAddress,
            [("attention".to_owned(), Value::from("Dock 3"))].into(),
        )]
        .into(),
        ..Assignments::default()
    };
    let orders = settings(
        r#"{"line_field": "custcol_shop_line", "shipping": {"methods": {"standard": 3}}}"#,
    );
    let lines = vec![item("1", "SKU-1", 1, "10"), delivery("2", "5")];
    let body = mapped_with(&order(lines, false), &orders, &set).unwrap();
    assert_eq!(body["memo"], "hello");
    assert_eq!(body["entity"]["id"], "9");
    assert_eq!(body["shipMethod"]["id"], "4");
    assert_eq!(body["item"]["items"][0]["location"]["id"], "2");
    assert_eq!(body["item"]["items"][0]["custcol_shop_line"], "1");
    assert_eq!(body["shippingAddress"]["attention"], "Dock 3");
    assert_eq!(
        body.get("billingAddress"),
        None,
        "there is none to set it in"
    );
}
