//! What an order becomes, where it is booked, and what is taken off it.

use super::*;

#[test]
fn a_coupon_becomes_a_promotion_that_takes_off_what_the_shop_took_off() {
    let coupon = |line: OrderLine, code: &str, amount: &str| {
        let mut line = off(line, amount);
        line.discounts.last_mut().unwrap().code = Some(code.to_owned());
        line
    };
    let lines = vec![
        coupon(
            coupon(item("1", "SKU-1", 3, "30"), "Welcome10", "3.01"),
            "OTHER",
            "1",
        ),
        off(
            coupon(item("2", "SKU-2", 1, "10"), "WELCOME10", "0.99"),
            "2",
        ),
        coupon(delivery("3", "5"), "WELCOME10", "1"),
    ];
    let order = order(lines, false);
    for (items, amounts) in [
        (r#"{"discount": 9}"#, vec!["30.0", "-1.0", "10.0", "-2.0"]),
        ("{}", vec!["29.0", "8.0"]),
    ] {
        let json = format!(
            r#"{{"items": {items}, "promotions": {{"item": 907, "codes": {{"WELCOME10": 11, "LATER": 12}}}}}}"#
        );
        let body = mapped(&order, &json).unwrap();
        let names = ["promoCode", "discountItem"].map(|name| body[name]["id"].clone());
        assert_eq!(names, ["11", "907"]);
        assert_eq!(body["discountRate"].to_string(), "-4");
        let lines = body["item"]["items"].as_array().unwrap();
        let got: Vec<Decimal> = lines
            .iter()
            .map(|line| line["amount"].to_string().parse().unwrap())
            .collect();
        let amounts: Vec<Decimal> = amounts.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(got, amounts, "{items}");
        assert_eq!(total(&body) - Decimal::from(4), order.total.shop.amount);
    }
}

#[test]
fn the_first_place_that_fits_says_where_an_order_is_booked() {
    let places = r#"{"subsidiary": 1, "location": 2, "class": 3, "places": [
        {"sold_at": "61", "location": 10},
        {"countries": ["DE", "AT"], "subsidiary": 20, "location": 21, "department": 22},
        {"sold_at": "62", "countries": ["US"], "class": 30}
    ]}"#;
    // (sold at, country) -> subsidiary, location, department, class
    for (sold_at, country, expected) in [
        (None, "US", ["1", "2", "", "3"]),
        (Some("61"), "DE", ["1", "10", "", "3"]),
        (Some("62"), "AT", ["20", "21", "22", "3"]),
        (Some("62"), "US", ["1", "2", "", "30"]),
        (Some("63"), "FR", ["1", "2", "", "3"]),
    ] {
        let mut order = order(vec![item("1", "SKU-1", 1, "10")], false);
        order.sold_at = sold_at.map(|id| ExternalId::new(id).unwrap());
        order.shipping.as_mut().unwrap().country = Country::new(country).ok();
        let body = mapped(&order, places).unwrap();
        let got = ["subsidiary", "location", "department", "class"]
            .map(|name| body[name]["id"].as_str().unwrap_or_default().to_owned());
        assert_eq!(got, expected, "{sold_at:?} {country}");
    }
}

#[test]
fn what_the_shop_holds_back_or_doubts_is_imported_waits_or_is_held() {
    // (on hold, high risk, settings) -> order status, or why it is held
    let waits = r#"{"on_hold": "pending_approval"}"#;
    let both = r#"{"on_hold": "pending_approval", "high_risk": "hold"}"#;
    let bill = r#"{"on_hold": "pending_approval", "record": {"default": "invoice"}}"#;
    for (on_hold, high_risk, json, expected) in [
        (true, true, "{}", Ok("B")),
        (true, false, waits, Ok("A")),
        (false, true, waits, Ok("B")),
        (true, false, both, Ok("A")),
        (true, true, both, Err("orders.on_hold")),
        (false, true, both, Err("orders.high_risk")),
        (true, false, bill, Err("holds its fulfilment back")),
    ] {
        let mut order = order(vec![item("1", "SKU-1", 1, "10")], false);
        (order.on_hold, order.high_risk) = (on_hold, high_risk);
        match (mapped(&order, json), expected) {
            (Ok(body), Ok(status)) => assert_eq!(body["orderStatus"]["id"], status, "{json}"),
            (Err(fault), Err(why)) => assert!(fault.to_string().contains(why), "{fault}"),
            (got, expected) => panic!("{json}: {got:?}, not {expected:?}"),
        }
    }
}

#[test]
fn the_first_rule_that_fits_says_what_an_order_becomes() {
    use Sale::{CashSale, Invoice, SalesOrder};
    let all =
        r#"{"record": {"terms": "invoice", "point_of_sale": "cash_sale", "fulfilled": "invoice"}}"#;
    let none = "{}";
    // (terms, channel, fulfilled, delivered, taken, settings) -> record
    for (terms, channel, fulfilled, delivered, taken, json, expected) in [
        (false, "web", false, true, "25", all, SalesOrder),
        (false, "pos", false, false, "20", all, CashSale),
        (false, "pos", true, true, "25", all, CashSale),
        (false, "pos", false, true, "25", all, SalesOrder),
        // Not paid in full: no cash sale.
        (false, "pos", true, true, "24.99", all, Invoice),
        (false, "pos", false, false, "19.99", all, SalesOrder),
        (false, "web", true, true, "0", all, Invoice),
        (true, "pos", true, false, "0", all, Invoice),
        // Terms, and paid all the same.
        (true, "web", false, true, "25", all, SalesOrder),
        (true, "pos", true, false, "20", none, SalesOrder),
    ] {
        let mut lines = vec![item("1", "SKU-1", 1, "20")];
        if delivered {
            lines.push(delivery("2", "5"));
        }
        let mut order = order(lines, false);
        order.payment_terms = terms.then(|| "Net 30".to_owned());
        order.channel = Some(channel.to_owned());
        order.fulfilled = fulfilled;
        if taken != "0" {
            order.payments = vec![payment("1", "visa", PaymentKind::Captured, taken)];
        }
        let got = sale(&order, &settings(json)).unwrap();
        assert_eq!(
            got, expected,
            "{terms} {channel} {fulfilled} {delivered} {taken}"
        );
    }
}

#[test]
fn bodies_use_fields_that_exist() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let text =
        std::fs::read_to_string(contracts.join("netsuite/facts/rest-fields-2026.1.json")).unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    let lines = vec![
        taxed(off(item("1", "SKU-1", 1, "100"), "10"), "VAT", "0.1", "9"),
        delivery("2", "5"),
    ];
    let everything = r#"{"subsidiary": 1, "location": 2, "custom_form": 3, "items": {"discount": 9},
        "shipping": {"item": 77, "default_method": 4},
        "tax": {"suitetax_override": {"default": {"tax_type": 1, "tax_code": 2}}}}"#;
    let mut full = order(lines, false);
    full.billing = full.shipping.clone().map(|address| Address {
        company: Some("ACME".to_owned()),
        line2: Some("x".to_owned()),
        city: Some("x".to_owned()),
        postcode: Some("x".to_owned()),
        phone: Some("x".to_owned()),
        ..address
    });
    full.payments = vec![payment("5001", "visa", PaymentKind::Captured, "999")];
    let legacy = r#"{"tax": {"line": {"item": 88, "untaxed_code": -8}}}"#;
    let elsewhere = r#"{"places": [{"countries": ["US"], "subsidiary": 2, "location": 4, "department": 5, "class": 6}],
        "promotions": {"item": 907, "codes": {"sale": 11}}, "tax": {"line": {"item": 88}}}"#;
    let paid = r#"{"record": {"default": "cash_sale", "cash_sale_form": 8}, "payments": {"account": 6, "default_method": 7}}"#;
    let owed = r#"{"record": {"default": "invoice", "invoice_form": 8}, "location": 2}"#;
    for (record, setting) in [
        ("salesOrder", everything),
        ("salesOrder", legacy),
        ("salesOrder", elsewhere),
        ("cashSale", paid),
        ("invoice", owed),
    ] {
        let known = &facts[record];
        let body = mapped(&full, setting).unwrap();
        for (name, value) in body.as_object().unwrap() {
            let (list, own) = (known.get(format!("{name}.items[]")), known.get(name));
            assert!(list.or(own).is_some(), "{name}");
            let inner = list.or(own).and_then(Value::as_object);
            let entries = value["items"]
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()]);
            let Some(inner) = inner else { continue };
            for entry in entries {
                for field in entry.as_object().unwrap().keys() {
                    assert!(inner.contains_key(field), "{name}.{field}");
                }
            }
        }
    }
}

#[test]
fn a_payment_is_a_deposit_of_a_sales_order_or_applied_to_an_invoice() {
    let json = r#"{"book_in": "presentment", "payments": {"deposits": true, "invoices": true, "account": 6, "methods": {"visa": 7}, "gift_cards": 8}}"#;
    let mut paid = order(vec![item("1", "SKU-1", 1, "10")], false);
    paid.payments = vec![
        payment("5001", "visa", PaymentKind::Captured, "6.01"),
        payment("5002", "visa", PaymentKind::Authorized, "1"),
        payment("5003", "gift_card", PaymentKind::GiftCard, "3.99"),
    ];
    let at = paid.placed_at;
    let record = commerce::Record::Order(Box::new(paid));
    let revision = commerce::Revision {
        at,
        digest: record.digest(),
    };
    let event = commerce::Event::new(
        commerce::MerchantId::default(),
        ConnectionId::new("shop").unwrap(),
        ExternalId::new("1001").unwrap(),
        revision,
        at,
        record,
    );
    let terms = Terms {
        orders: &settings(json),
        articles: &Articles::new(),
        currencies: &Currencies::ByCode(HashMap::from([("USD".to_owned(), "1".to_owned())])),
        zone: &TimeZone::get("America/New_York").unwrap(),
    };
    let rules = |value: &str| [("custbody_wallet".to_owned(), Value::from(value))].into();
    let set = Assignments {
        payments: [(ExternalId::new("5003").unwrap(), rules("gift"))].into(),
        ..Assignments::default()
    };
    let made = |sale| -> Vec<Value> {
        let due = deposits(&event, &set, sale, terms).unwrap();
        let body = |one: &Deposit| {
            let body = one.body(Json::reference("901"), Some(Json::reference("55")));
            serde_json::from_slice(&body.unwrap()).unwrap()
        };
        due.iter().map(body).collect()
    };
    assert_eq!(made(Sale::CashSale), [Value::Null; 0]);
    let bodies = made(Sale::SalesOrder);
    let own = |id: &str, payment: &str, amount: Value, account: &str| {
        serde_json::json!({
            "externalId": format!("shop-deposit-1001__{id}"), "tranDate": "2026-03-01", "memo": payment,
            "payment": amount, "currency": {"id": "1"}, "salesOrder": {"id": "901"}, "customer": {"id": "55"},
            "undepFunds": {"id": "F"}, "account": {"id": account},
        })
    };
    let mut card = own(
        "5001",
        "visa payment 5001 of #1001",
        serde_json::json!(12.02),
        "6",
    );
    card["paymentOption"] = serde_json::json!({"id": "7"});
    let mut gift = own(
        "5003",
        "gift_card payment 5003 of #1001",
        serde_json::json!(7.98),
        "8",
    );
    gift["custbody_wallet"] = "gift".into();
    assert_eq!(bodies, [card.clone(), gift]);
    // The same money settles an invoice: under another key, and applied to it.
    let payments = made(Sale::Invoice);
    card["externalId"] = "shop-payment-1001__5001".into();
    card.as_object_mut().unwrap().remove("salesOrder");
    let line = serde_json::json!({"doc": {"id": "901"}, "apply": true, "amount": 12.02});
    card["apply"] = serde_json::json!({"items": [line]});
    assert_eq!(payments[0], card);
    assert_eq!(payments.len(), 2);
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let text =
        std::fs::read_to_string(contracts.join("netsuite/facts/rest-fields-2026.1.json")).unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    for field in bodies[0].as_object().unwrap().keys() {
        assert!(facts["customerDeposit"].get(field).is_some(), "{field}");
    }
}
