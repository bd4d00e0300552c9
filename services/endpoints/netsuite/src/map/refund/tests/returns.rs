use super::*;
use crate::wire::{OrderLineRow, ReturnedRow};

fn row(line: &str, item: &str, sold: [&str; 2], amount: &str, shop_line: Option<&str>) -> Value {
    json!({"sales_order": "901", "line": line, "item": item, "quantity": format!("-{}", sold[0]), "shipped": sold[1],
        "amount": format!("-{amount}"), "shop_line": shop_line})
}

/// Three units of tea sold on two lines, something else, and delivery.
fn lines(named: bool) -> Vec<OrderLineRow> {
    let shop = |id| named.then_some(id);
    let mut delivery = row("9", "4", ["1", "0"], "5.00", None);
    delivery["itemtype"] = "ShipItem".into();
    let rows = json!([
        row("1", "201", ["1", "1"], "25.00", shop("12")),
        row("3", "205", ["1", "1"], "9.00", shop("13")),
        row("4", "201", ["2", "2"], "50.00", shop("11")),
        delivery,
    ]);
    serde_json::from_value(rows).unwrap()
}

fn before(units: &str, amount: &str) -> Vec<ReturnedRow> {
    let row = json!([{"sale": "901", "line": "4", "quantity": units, "amount": amount}]);
    serde_json::from_value(row).unwrap()
}

fn sale(kind: &str) -> SoldRow {
    SoldRow {
        r#type: Some(kind.to_owned()),
        ..sold()
    }
}

/// The lines of the authorization, for so many units of tea at 20.00 net in all.
fn authorize(
    units: i64,
    order: &SoldRow,
    lines: &[OrderLineRow],
    before: &[ReturnedRow],
) -> Result<Value, Fault> {
    let orders: Orders = serde_json::from_value(json!({"tax": {"line": {"item": 902}}})).unwrap();
    let refunds: Refunds = serde_json::from_value(everything()).unwrap();
    let tea = Sku::new("TEA-1").unwrap();
    let articles = Articles::from([(tea, Article::One("201".to_owned()))]);
    let terms = Terms {
        orders: &orders,
        articles: &articles,
        currencies: &Currencies::ByCode([("EUR".to_owned(), "4".to_owned())].into()),
        zone: &jiff::tz::TimeZone::UTC,
    };
    let mut refund = refund(false);
    refund.lines[0].quantity = Decimal::from(units);
    let shop = commerce::ConnectionId::new("shop").unwrap();
    let key = Key::authorization(&shop, &id("501"));
    let giving = Giving {
        refunds: &refunds,
        order,
        credit: Credit::Memo,
        applied: &[],
        returned: true,
    };
    let currency = refund.total.shop.currency;
    let mut left = Left::read(order, lines, before, currency, terms);
    let set = Assignments::default();
    let body = authorization(&refund, &key, &set, terms, (giving, &mut left))?;
    assert_eq!(authorized(&refund, terms)?, Decimal::from(22));
    Ok(serde_json::from_slice(&body).unwrap())
}

#[test]
fn what_came_back_stands_on_the_lines_it_was_sold_on() {
    let order = sale("SalesOrd");
    let nothing = |line: i64| json!({"orderLine": line, "quantity": 0});
    let some = |line: i64, units: i64, amount: Value| {
        let rate: Decimal = amount.to_string().parse().unwrap();
        let rate: Value = serde_json::from_str(&(rate / Decimal::from(units)).to_string()).unwrap();
        (line, units, amount, rate)
    };
    // (units, the shop's lines are known) -> what stands on lines 1, 3 and 4
    for (units, named, expected) in [
        (2, true, vec![some(4, 2, json!(22))]),
        (1, false, vec![some(1, 1, json!(22))]),
        (2, false, vec![some(1, 1, json!(11)), some(4, 1, json!(11))]),
    ] {
        let body = authorize(units, &order, &lines(named), &[]).unwrap();
        assert_eq!(body["externalId"], "shop-return-501");
        assert_eq!(body["orderStatus"]["id"], "B");
        let items = body["item"]["items"].as_array().unwrap();
        assert_eq!(items.len(), 3);
        for item in items {
            let line = item["orderLine"].as_i64().unwrap();
            match expected.iter().find(|(number, ..)| *number == line) {
                Some((_, units, amount, rate)) => {
                    let got = (&item["quantity"], &item["amount"], &item["rate"]);
                    assert_eq!(got, (&json!(units), amount, rate), "{units} {named}");
                    assert_eq!(item["location"]["id"], "7");
                    assert_eq!(item.get("item"), None);
                }
                None => assert_eq!(*item, nothing(line)),
            }
        }
    }
}

#[test]
fn no_more_comes_back_than_has_left_and_did_not_come_back_before() {
    let gone = lines(true);
    let mut waiting = gone.clone();
    waiting[2].shipped = Some("1".to_owned());
    // (sale, its lines, units, came back before) -> the words of why it is held
    for (kind, lines, units, before, why) in [
        ("SalesOrd", &gone, 2, before("0", "0"), None),
        ("SalesOrd", &gone, 3, before("0", "0"), Some("2 are left")),
        (
            "SalesOrd",
            &gone,
            2,
            before("1", "25.00"),
            Some("1 are left"),
        ),
        ("SalesOrd", &gone, 1, before("1", "25.00"), None),
        (
            "SalesOrd",
            &gone,
            1,
            before("1", "40.00"),
            Some("10.00 EUR are left"),
        ),
        (
            "SalesOrd",
            &waiting,
            2,
            before("0", "0"),
            Some("1 are left"),
        ),
        // A bill of its own hands its goods over by itself.
        ("CustInvc", &waiting, 2, before("0", "0"), None),
    ] {
        let got = authorize(units, &sale(kind), lines, &before);
        match (got, why) {
            (Ok(_), None) => {}
            (Err(fault), Some(why)) => assert!(fault.to_string().contains(why), "{fault}"),
            (got, why) => panic!("{kind} {units}: {got:?} {why:?}"),
        }
    }
    let mut other = lines(true);
    other.retain(|line| line.item.as_deref() == Some("205"));
    let told = authorize(1, &sale("SalesOrd"), &other, &[]).unwrap_err();
    assert!(told.to_string().contains("not among its lines"), "{told}");
}

#[test]
fn the_credit_made_from_it_has_the_rest() {
    let orders = json!({"tax": {"line": {"item": 902}}, "shipping": {"item": 904}});
    let orders: Orders = serde_json::from_value(orders).unwrap();
    let refunds: Refunds = serde_json::from_value(everything()).unwrap();
    let tea = Sku::new("TEA-1").unwrap();
    let articles = Articles::from([(tea, Article::One("201".to_owned()))]);
    let terms = Terms {
        orders: &orders,
        articles: &articles,
        currencies: &Currencies::ByCode([("EUR".to_owned(), "4".to_owned())].into()),
        zone: &jiff::tz::TimeZone::UTC,
    };
    let giving = Giving {
        refunds: &refunds,
        order: &sold(),
        credit: Credit::CashRefund,
        applied: &[],
        returned: true,
    };
    let shop = commerce::ConnectionId::new("shop").unwrap();
    let key = Key::of(&shop, commerce::Kind::Refund, &id("501"));
    let draft = refund_draft(&refund(false), &key, &Assignments::default(), terms, giving).unwrap();
    assert_eq!(draft.total.amount, "39".parse().unwrap());
    let body: Value = serde_json::from_slice(&draft.body(None).unwrap()).unwrap();
    let lines = body["item"]["items"].as_array().unwrap();
    let items: Vec<_> = lines.iter().map(|line| &line["item"]["id"]).collect();
    assert_eq!(items, ["903", "904", "903", "902"]);
    assert_eq!(
        (&body["entity"], &body["currency"]),
        (&Value::Null, &Value::Null)
    );
}
