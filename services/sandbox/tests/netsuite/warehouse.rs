use causeway_sandbox::netsuite::Shift;
use serde_json::json;

use crate::lab::{Lab, line};

async fn forty_orders() -> Lab {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, kit) = lab.items();
    for n in 0..40 {
        lab.order(
            &format!("o-{n}"),
            customer,
            json!([line(one, 2, "5"), line(kit, 1, "50"), line(two, 1, "7")]),
        )
        .await;
    }
    lab
}

#[tokio::test]
async fn the_warehouse_ships_what_waits() {
    let lab = forty_orders().await;
    let shift = Shift {
        orders: 50,
        partial: 30,
        several_parcels: 30,
        only_packed: 0,
    };
    let shipped = lab.account().ship_pending(shift);
    assert!(
        (8..=32).contains(&shipped.len()),
        "{} of 40 at 50 percent",
        shipped.len()
    );
    let letters: Vec<&str> = lab
        .account()
        .records("salesOrder")
        .iter()
        .map(|order| order.status)
        .collect();
    for letter in ["B", "E", "F"] {
        assert!(letters.contains(&letter), "{letters:?}");
    }
    let parcels = lab.query("SELECT itemfulfillment, COUNT(*) AS parcels FROM itemfulfillmentpackage GROUP BY itemfulfillment", &[]).await;
    assert_eq!(parcels.len(), shipped.len());
    assert!(parcels.iter().any(|row| row["parcels"] != "1"));

    // In the end everything is out.
    while !lab.account().ship_pending(Shift::default()).is_empty() {}
    assert!(
        lab.account()
            .records("salesOrder")
            .iter()
            .all(|order| order.status == "F")
    );
}

#[tokio::test]
async fn the_same_seed_ships_the_same() {
    let (one, other) = (forty_orders().await, forty_orders().await);
    let tracking = async |lab: &Lab| {
        lab.account().ship_pending(Shift::default());
        lab.query(
            "SELECT packagetrackingnumber FROM itemfulfillmentpackage ORDER BY itemfulfillment",
            &[],
        )
        .await
    };
    assert_eq!(tracking(&one).await, tracking(&other).await);
}

#[tokio::test]
async fn what_is_packed_leaves_with_the_next_shift() {
    let lab = forty_orders().await;
    let packing = Shift {
        only_packed: 100,
        partial: 0,
        ..Shift::default()
    };
    assert_eq!(lab.account().ship_pending(packing).len(), 40);
    let letters = |kind| {
        lab.account()
            .records(kind)
            .iter()
            .map(|record| record.status)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (letters("itemFulfillment"), letters("salesOrder")),
        (vec!["B"; 40], vec!["B"; 40])
    );
    assert_eq!(lab.account().ship_pending(Shift::default()).len(), 40);
    assert_eq!(
        (letters("itemFulfillment"), letters("salesOrder")),
        (vec!["C"; 40], vec!["F"; 40])
    );
}

#[tokio::test]
async fn counting_changes_stock() {
    let lab = Lab::start().await;
    let counted = lab.account().count_stock(5);
    assert_eq!(counted.len(), 5);
    let (sku, location, available) = counted.last().unwrap();
    assert_eq!(
        lab.account().stock(sku, *location).unwrap().available(),
        *available
    );
}

#[tokio::test]
async fn the_pages_of_the_sandbox_show_it() {
    let lab = forty_orders().await;
    let shipped = lab
        .post("/_sandbox/ship", &json!({ "partial": 0 }))
        .await
        .body;
    assert_eq!(shipped["fulfilments"].as_array().unwrap().len(), 40);
    let summary = lab.get("/_sandbox/summary").await.body;
    assert_eq!(
        (
            &summary["records"]["salesOrder"],
            &summary["sales_orders"]["Pending Billing"]
        ),
        (&json!(40), &json!(40))
    );
    let page = lab
        .get("/_sandbox/records/itemFulfillment?limit=3")
        .await
        .body;
    assert_eq!(
        (&page["total"], page["items"].as_array().unwrap().len()),
        (&json!(40), 3)
    );
    assert_eq!(
        lab.post("/_sandbox/count-stock", &json!({ "places": 2 }))
            .await
            .body["counted"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(lab.get("/_sandbox/stock").await.status, 200);
    assert_eq!(lab.get("/_sandbox/login-audit").await.body, json!([]));
}
