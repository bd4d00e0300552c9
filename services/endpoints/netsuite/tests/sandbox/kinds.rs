//! An order becomes the record that its settings ask for, once, and stays it.

use sandbox::netsuite::Record as Kept;

use super::*;

/// Settings by which every kind of record comes about.
fn settings(record: Value) -> Value {
    json!({"orders": {
        "record": record,
        "customer": {"subsidiary": 1},
        "location": 1,
        "items": {"discount": 901},
        "tax": {"line": {"item": 902}},
        "line_field": "custcol_shop_line",
        "payments": {"account": 101, "methods": {"cash": 1}},
    }})
}

fn every_kind() -> Value {
    json!({"terms": "invoice", "point_of_sale": "cash_sale", "fulfilled": "cash_sale"})
}

/// An order of one line and 30.00, with what makes it of a kind.
fn order(lab: &Lab, id: &str, kind: &str, change: Value) -> Write {
    let mut words = json!({
        "id": id, "customer": "7", "email": "a@b.example", "first": "Ada", "last": "Byron",
        "lines": [[lab.skus[2].0, 2, "30.00"]],
    });
    let paid = json!([["5001", "cash", "30.00"]]);
    let own = match kind {
        "pos" => json!({"channel": "pos", "paid": paid}),
        "fulfilled" => json!({"fulfilled": true, "paid": paid}),
        "terms" => json!({"terms": "Net 30"}),
        _ => json!({}),
    };
    for part in [own, change] {
        for (name, value) in part.as_object().unwrap() {
            words[name] = value.clone();
        }
    }
    common::order::write(&words)
}

fn sales(lab: &Lab) -> Vec<(&'static str, Arc<Kept>)> {
    let kinds = ["salesOrder", "cashSale", "invoice"];
    let all = kinds.into_iter().flat_map(|kind| {
        let found = lab.account().records(kind);
        found.into_iter().map(move |record| (kind, record))
    });
    all.collect()
}

#[tokio::test]
async fn each_order_becomes_what_the_rules_say() {
    let lab = Lab::start(settings(every_kind())).await;
    let batch: Vec<Write> = ["web", "pos", "fulfilled", "terms"]
        .into_iter()
        .enumerate()
        .map(|(place, kind)| order(&lab, &format!("10{place}"), kind, json!({})))
        .collect();
    // What is read once, and the customer.
    lab.effects(&batch[..1]).await;
    lab.account().meter().reset();
    assert_eq!(lab.effects(&batch[1..]).await, [Effect::Created; 3]);
    // A customer look-up, one per order, totals.
    assert_eq!(lab.requests(), 5);
    let kinds: Vec<_> = sales(&lab).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["salesOrder", "cashSale", "cashSale", "invoice"]);
    for (kind, record) in sales(&lab) {
        assert_eq!(record.number("total"), Decimal::from(30), "{kind}");
        assert_eq!(record.get("orderStatus").is_some(), kind == "salesOrder");
        let taken = (
            record.reference("account"),
            record.reference("paymentOption"),
        );
        let expected = (kind == "cashSale").then_some((Some(101), Some(1)));
        assert_eq!(taken, expected.unwrap_or((None, None)), "{kind}");
    }
    assert_eq!(lab.effects(&batch).await, [Effect::AlreadyThere; 4]);
    assert_eq!(sales(&lab).len(), 4);
    // What is held under our keys is told whichever record it is.
    let sink = lab.connected.sink.as_ref().unwrap();
    let Some(ports::Register::Sums(register)) = sink.register(Kind::Order) else {
        panic!("orders are counted")
    };
    let all = ports::Span {
        first: 1,
        last: 100_000,
    };
    let from = &batch[0].event.connection;
    let tallies = register.tally(from, Kind::Order, &[all]).await.unwrap();
    let told = (tallies[0].records, tallies[0].amount);
    assert_eq!(told, (4, Decimal::from(120)));
}

#[tokio::test]
async fn what_is_not_paid_is_no_cash_sale() {
    let lab = Lab::start(settings(every_kind())).await;
    let open = json!({"paid": [["5001", "cash", "30.00", "authorized"]]});
    let card =
        json!({"paid": [["5001", "cash", "20.00"], ["5002", "gift_card", "10.00", "gift_card"]]});
    let sent = json!({"shipping": "5.00", "paid": [["5001", "cash", "35.00"]]});
    let batch = [
        order(&lab, "1", "pos", open.clone()),
        order(&lab, "2", "fulfilled", card),
        order(&lab, "3", "pos", sent),
        // Terms of which something is paid.
        order(
            &lab,
            "4",
            "terms",
            json!({"paid": [["5001", "cash", "30.00"]]}),
        ),
    ];
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 4]);
    assert!(sales(&lab).iter().all(|(kind, _)| *kind == "salesOrder"));

    let lab = Lab::start(settings(json!({"default": "cash_sale"}))).await;
    let unknown = json!({"paid": [["5001", "wire", "30.00"]]});
    for (change, why) in [
        (open, "0.00 USD of 30.00 USD"),
        (unknown, "orders.payments.methods"),
    ] {
        let result = lab
            .write(&[order(&lab, "1", "pos", change)])
            .await
            .remove(0);
        let told = result.unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
    }
    assert!(sales(&lab).is_empty());
}

#[tokio::test]
async fn it_stays_one_record_after_a_lost_answer_and_another_rule() {
    for (kind, record) in [
        ("pos", "cashSale"),
        ("terms", "invoice"),
        ("web", "salesOrder"),
    ] {
        for (mishap, landed) in [
            (Mishap::FailAfter, true),
            (Mishap::CutAfter, true),
            (Mishap::CutBefore, false),
        ] {
            let lab = Lab::start(settings(every_kind())).await;
            let rule = Rule::always(mishap)
                .method("POST")
                .target(&format!("/{record}"));
            lab.account().faults().set(vec![rule]);
            let write = order(&lab, "1", kind, json!({}));
            let result = lab.write(std::slice::from_ref(&write)).await.remove(0);
            assert!(
                matches!(result, Err(Fault::Uncertain { .. })),
                "{kind} {mishap:?}: {result:?}"
            );
            lab.account().faults().set(Vec::new());
            // Meanwhile all orders are to become another record.
            let other = if record == "invoice" {
                "sales_order"
            } else {
                "invoice"
            };
            let rules = json!({"default": other, "terms": other, "point_of_sale": other});
            let connected = lab.reconnected(settings(rules));
            let sink = connected.sink.as_ref().unwrap();
            let found = sink
                .locate(std::slice::from_ref(&write))
                .await
                .remove(0)
                .unwrap();
            assert_eq!(found.is_some(), landed, "{kind} {mishap:?}");
            assert!(found.is_none_or(|written| written.discrepancy.is_none()));
            let again = sink
                .write(std::slice::from_ref(&write))
                .await
                .remove(0)
                .result;
            let effect = if landed {
                Effect::AlreadyThere
            } else {
                Effect::Created
            };
            assert_eq!(again.unwrap().effect, effect, "{kind} {mishap:?}");
            assert_eq!(sales(&lab).len(), 1, "{kind} {mishap:?}");
        }
    }
}

#[tokio::test]
async fn goods_leave_with_the_bill_and_come_back_with_its_credit() {
    let lab = Lab::start(settings(every_kind())).await;
    let sku = lab.skus[2].0.clone();
    let level = || lab.account().stock(&sku, 1).unwrap().on_hand;
    let before = level();
    let sold = [
        order(&lab, "1", "pos", json!({})),
        order(&lab, "2", "terms", json!({})),
    ];
    lab.effects(&sold).await;
    assert_eq!(level(), before - Decimal::from(4));
    let back = |id: &str, order: &str| {
        common::refund::write(&json!({
            "id": id, "order": order, "order_total": "30.00",
            "lines": [[sku, 1, "15.00", "returned"]],
        }))
    };
    let effects = lab.effects(&[back("91", "1"), back("92", "2")]).await;
    assert_eq!(effects, [Effect::Created; 2]);
    for kind in ["cashRefund", "creditMemo"] {
        let credits = lab.account().records(kind);
        assert_eq!(credits.len(), 1, "{kind}");
        assert_eq!(credits[0].number("total"), Decimal::from(15), "{kind}");
    }
    assert_eq!(level(), before - Decimal::from(2));
}

fn bound(lab: &Lab, kind: &str, twin: &Arc<Kept>, change: Value) -> Write {
    let mut write = order(lab, "1", kind, change);
    write.bound = Some(ports::Twin {
        id: commerce::ExternalId::new(twin.id.to_string()).unwrap(),
        number: None,
    });
    write
}

#[tokio::test]
async fn an_open_invoice_follows_its_order_and_nothing_else_that_is_billed() {
    let more = |lab: &Lab| json!({"lines": [[lab.skus[2].0, 3, "45.00"], [lab.skus[3].0, 1, "9.00"]], "street": "2 Side St"});
    // (kind, paid) -> the words of why it is held
    for (kind, paid, held) in [
        ("terms", "0", None),
        ("terms", "1", Some("an invoice that is paid")),
        ("pos", "0", Some("a cash sale, and a cash sale is sold")),
    ] {
        let lab = Lab::start(settings(every_kind())).await;
        let sku = lab.skus[2].0.clone();
        lab.effects(&[order(&lab, "1", kind, json!({}))]).await;
        let (_, sale) = sales(&lab).remove(0);
        let level = lab.account().stock(&sku, 1).unwrap().on_hand;
        if paid != "0" {
            lab.account().take_payment(sale.id, paid.parse().unwrap());
        }
        let same = bound(&lab, kind, &sale, json!({}));
        assert_eq!(lab.effects(&[same]).await, [Effect::Unchanged]);
        let changed = bound(&lab, kind, &sale, more(&lab));
        let result = lab.write(std::slice::from_ref(&changed)).await.remove(0);
        let (_, after) = sales(&lab).remove(0);
        if let Some(why) = held {
            let told = result.unwrap_err().to_string();
            assert!(told.contains(why) && told.contains("Choices: "), "{told}");
            assert_eq!(after.number("total"), Decimal::from(30));
            let off = bound(&lab, kind, &sale, json!({"state": "cancelled"}));
            let told = lab.write(&[off]).await.remove(0).unwrap_err().to_string();
            assert!(told.contains("the order was cancelled"), "{told}");
            continue;
        }
        let written = result.unwrap();
        assert_eq!(
            (written.effect, written.discrepancy),
            (Effect::Updated, None)
        );
        assert_eq!(after.number("total"), Decimal::from(54));
        let now = lab.account().stock(&sku, 1).unwrap().on_hand;
        assert_eq!(now, level - Decimal::ONE);
        assert_eq!(lab.effects(&[changed]).await, [Effect::Unchanged]);
    }
}
