//! Coupons as promotions, orders that are booked elsewhere, and orders that the shop holds back.

use super::*;

fn order(id: &str, change: Value) -> Write {
    let mut words = json!({
        "id": id, "customer": format!("7{id}"), "email": format!("{id}@b.example"), "first": "Ada", "last": format!("Byron {id}"),
        "street": "1 Main St",
    });
    for (name, value) in change.as_object().unwrap() {
        words[name] = value.clone();
    }
    common::order::write(&words)
}

fn bound(lab: &Lab, id: &str, change: Value) -> Write {
    let key = format!("shop-{id}");
    let twin = lab.account().by_external_id("salesOrder", &key).unwrap();
    let mut write = order(id, change);
    write.bound = Some(ports::Twin {
        id: commerce::ExternalId::new(twin.id.to_string()).unwrap(),
        number: None,
    });
    write
}

#[tokio::test]
async fn a_promotion_takes_off_what_the_shop_took_off_before_and_after_changes() {
    let settings = json!({"orders": {
        "customer": {"subsidiary": 1},
        "items": {"discount": 901},
        "line_field": "custcol_shop_line",
        "tax": {"line": {"item": 902}},
        "promotions": {"item": 907, "codes": {"WELCOME10": 11}},
    }});
    let lab = Lab::start(settings).await;
    let (one, two) = (lab.skus[2].0.clone(), lab.skus[3].0.clone());
    // NetSuite itself would take off 10 %; and another discount stays a line.
    let coupon = |off: &str| json!({"lines": [[one, 2, "30.00", "1", off, "2.00", "welcome10"], [two, 1, "9.00", "2", "1.00"]]});
    assert_eq!(
        lab.effects(&[order("1", coupon("3.33"))]).await,
        [Effect::Created]
    );
    let kept = || {
        lab.account()
            .by_external_id("salesOrder", "shop-1")
            .unwrap()
    };
    let shown = || {
        let order = kept();
        (
            order.reference("promoCode"),
            order.number("discountTotal").normalize().to_string(),
            order.number("total").normalize().to_string(),
        )
    };
    assert_eq!(shown(), (Some(11), "-3.33".to_owned(), "36.67".to_owned()));
    for (change, expected) in [
        (coupon("3.33"), None),
        (coupon("4.50"), Some((Some(11), "-4.5", "35.5"))),
        (
            json!({"lines": [[one, 2, "30.00", "1", null, "2.00"], [two, 1, "9.00", "2", "1.00"]]}),
            Some((None, "0", "40")),
        ),
        (coupon("1.00"), Some((Some(11), "-1", "39"))),
        (json!({"state": "cancelled"}), None),
    ] {
        let effects = lab.effects(&[bound(&lab, "1", change.clone())]).await;
        if let Some((promotion, off, total)) = expected {
            assert_eq!(effects, [Effect::Updated]);
            assert_eq!(shown(), (promotion, off.to_owned(), total.to_owned()));
            let again = lab.effects(&[bound(&lab, "1", change)]).await;
            assert_eq!(again, [Effect::Unchanged]);
        }
    }
    assert_eq!(kept().status, "H");
}

#[tokio::test]
async fn an_order_of_another_country_is_booked_there_with_its_customer_and_its_refund() {
    let settings = json!({"orders": {
        "subsidiary": 1, "location": 1,
        "customer": {"subsidiary": 1},
        "places": [{"countries": ["DE"], "subsidiary": 2, "location": 3, "department": 5}],
    }});
    let lab = Lab::start(settings).await;
    let (sku, price) = lab.skus[2].clone();
    let lines = json!([[sku, 1, price.to_string()]]);
    let batch = [
        order("1", json!({"lines": lines, "country": "DE"})),
        order("2", json!({"lines": lines})),
    ];
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 2]);
    let back = |id: &str, order: &str| {
        common::refund::write(&json!({
            "id": id, "order": order, "order_total": price.to_string(), "lines": [[sku, 1, price.to_string(), "returned"]],
        }))
    };
    let level = |place: u64| lab.account().stock(&sku, place).unwrap().on_hand;
    let before = (level(1), level(3));
    let effects = lab.effects(&[back("91", "1"), back("92", "2")]).await;
    assert_eq!(effects, [Effect::Created; 2]);
    assert_eq!(
        (level(1), level(3)),
        (before.0 + Decimal::ONE, before.1 + Decimal::ONE)
    );
    for (id, refund, expected) in [("1", "91", (2, 3, Some(5))), ("2", "92", (1, 1, None))] {
        let find = |kind: &str, key: String| lab.account().by_external_id(kind, &key).unwrap();
        let sold = find("salesOrder", format!("shop-{id}"));
        let credit = find("creditMemo", format!("shop-refund-{refund}"));
        for record in [&sold, &credit] {
            let place = (record.reference("subsidiary"), record.reference("location"));
            assert_eq!(place, (Some(expected.0), Some(expected.1)), "{id}");
        }
        assert_eq!(sold.reference("department"), expected.2);
        let customer = u64::try_from(sold.reference("entity").unwrap()).unwrap();
        let customer = lab.account().record("customer", customer).unwrap();
        assert_eq!(customer.reference("subsidiary"), Some(expected.0), "{id}");
    }
}

#[tokio::test]
async fn only_what_waits_for_the_shop_is_let_go() {
    // (order status, setting, on hold at first) -> status before and after it is let go
    for (status, setting, on_hold, expected) in [
        ("B", "pending_approval", true, ("A", "B")),
        ("B", "pending_approval", false, ("B", "B")),
        ("A", "pending_approval", true, ("A", "A")),
        ("B", "import", true, ("B", "B")),
    ] {
        let settings = json!({"orders": {
            "customer": {"subsidiary": 1}, "order_status": status, "on_hold": setting,
        }});
        let lab = Lab::start(settings).await;
        let words =
            |on_hold: bool| json!({"lines": [[lab.skus[2].0, 1, "10.00"]], "on_hold": on_hold});
        lab.effects(&[order("1", words(on_hold))]).await;
        let letter = || {
            lab.account()
                .by_external_id("salesOrder", "shop-1")
                .unwrap()
                .status
        };
        assert_eq!(letter(), expected.0);
        lab.effects(&[bound(&lab, "1", words(false))]).await;
        assert_eq!(letter(), expected.1, "{status} {setting}");
        let again = lab.effects(&[bound(&lab, "1", words(false))]).await;
        assert_eq!(again, [Effect::Unchanged]);
    }
}
