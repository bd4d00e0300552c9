use causeway_sandbox::netsuite::Account;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS, line, order};

fn status(account: &Account, order: u64) -> &'static str {
    account.record("salesOrder", order).unwrap().status
}

async fn transform(lab: &Lab, order: u64, target: &str, body: Value) -> crate::lab::Reply {
    lab.post(
        &format!("{RECORDS}/salesOrder/{order}/!transform/{target}"),
        &body,
    )
    .await
}

#[tokio::test]
async fn the_letters_advance_with_shipping_and_billing() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, _) = lab.items();
    let order = lab
        .order("o", customer, json!([line(one, 3, "5"), line(two, 1, "7")]))
        .await;
    let some = |number: u64, quantity: u32| {
        json!({ "item": { "items": [
        { "orderLine": number, "quantity": quantity, "itemReceive": true }, { "orderLine": 3 - number, "itemReceive": false, "quantity": 0 }] } })
    };
    let step = |target, body| transform(&lab, order, target, body);

    step("itemFulfillment", some(1, 2)).await.saved();
    assert_eq!(status(lab.account(), order), "E");
    step("invoice", json!({ "item": { "items": [{ "orderLine": 1, "quantity": 2 }, { "orderLine": 2, "quantity": 0 }] } })).await.saved();
    assert_eq!(status(lab.account(), order), "D");
    // What is not mentioned is shipped in full.
    step("itemFulfillment", json!({})).await.saved();
    assert_eq!(status(lab.account(), order), "F");
    step("invoice", json!({})).await.saved();
    assert_eq!(status(lab.account(), order), "G");

    let again = step("itemFulfillment", json!({})).await;
    assert_eq!((again.status, again.error().0), (400, "USER_ERROR"));
    let invoices: Decimal = lab
        .account()
        .records("invoice")
        .iter()
        .map(|invoice| invoice.number("total"))
        .sum();
    assert_eq!(invoices, Decimal::from(22));
}

#[tokio::test]
async fn more_than_is_left_cannot_be_shipped() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(one, 3, "5")])).await;
    let ship = |quantity: u32, number: u64| json!({ "item": { "items": [{ "orderLine": number, "quantity": quantity }] } });
    assert_eq!(
        transform(&lab, order, "itemFulfillment", ship(4, 1))
            .await
            .error()
            .0,
        "USER_ERROR"
    );
    let wrong = transform(&lab, order, "itemFulfillment", ship(1, 2)).await;
    assert_eq!(
        wrong.body["o:errorDetails"][0]["o:errorPath"],
        "item.items[0].orderLine"
    );
    assert!(lab.account().records("itemFulfillment").is_empty());
    assert_eq!(status(lab.account(), order), "B");
}

#[tokio::test]
async fn only_shipped_moves_stock() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let kit = lab.account().records("kitItem")[0].clone();
    let order = lab
        .order("o", customer, json!([line(kit.id, 2, "50")]))
        .await;
    let part = kit.sublists["member"][0].clone();
    let sku = lab
        .account()
        .record(
            "inventoryItem",
            u64::try_from(part["item"].reference().unwrap()).unwrap(),
        )
        .unwrap()
        .external_id
        .clone()
        .unwrap();
    let on_hand = || lab.account().stock(&sku, 1).unwrap().on_hand;
    let before = on_hand();

    let id = transform(
        &lab,
        order,
        "itemFulfillment",
        json!({ "shipStatus": { "id": "A" } }),
    )
    .await
    .saved();
    assert_eq!((on_hand(), status(lab.account(), order)), (before, "B"));
    let nothing_left = transform(&lab, order, "itemFulfillment", json!({})).await;
    assert_eq!(nothing_left.status, 400);
    lab.patch(
        &format!("{RECORDS}/itemFulfillment/{id}"),
        &json!({ "shipStatus": { "id": "C" } }),
    )
    .await
    .saved();
    let gone = part["quantity"].number().unwrap() * Decimal::TWO;
    assert_eq!(
        (on_hand(), status(lab.account(), order)),
        (before - gone, "F")
    );

    let read = lab
        .get(&format!(
            "{RECORDS}/itemFulfillment/{id}?expandSubResources=true"
        ))
        .await
        .body;
    assert_eq!(
        (&read["status"]["id"], &read["createdFrom"]["id"]),
        (&json!("C"), &json!(order.to_string()))
    );
    let lines = read["item"]["items"].as_array().unwrap();
    assert_eq!(
        (&lines[0]["orderLine"], &lines[1]["kitMemberOf"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_pending_order_and_the_wrong_pair_are_refused() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let mut body = order("o", customer, json!([line(one, 1, "5")]));
    body["orderStatus"] = json!({ "id": "A" });
    let id = lab
        .post(&format!("{RECORDS}/salesOrder"), &body)
        .await
        .saved();
    assert_eq!(
        transform(&lab, id, "itemFulfillment", json!({}))
            .await
            .error()
            .0,
        "USER_ERROR"
    );
    assert_eq!(
        transform(&lab, id, "vendorBill", json!({})).await.status,
        404
    );
    assert_eq!(
        transform(&lab, id, "creditMemo", json!({})).await.error().0,
        "USER_ERROR"
    );
    assert_eq!(
        lab.post(&format!("{RECORDS}/itemFulfillment"), &json!({}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_fulfilment_needs_one_location() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, _) = lab.items();
    let mut body = order("o", customer, json!([line(one, 1, "5"), line(two, 1, "5")]));
    body.as_object_mut().unwrap().remove("location");
    let id = lab
        .post(&format!("{RECORDS}/salesOrder"), &body)
        .await
        .saved();
    assert!(
        transform(&lab, id, "itemFulfillment", json!({}))
            .await
            .error()
            .1
            .contains("Location")
    );
    let two_places = json!({ "item": { "items": [{ "orderLine": 1, "location": { "id": "1" } }, { "orderLine": 2, "location": { "id": "2" } }] } });
    assert!(
        transform(&lab, id, "itemFulfillment", two_places)
            .await
            .error()
            .1
            .contains("same location")
    );
    transform(
        &lab,
        id,
        "itemFulfillment",
        json!({ "inventoryLocation": { "id": "2" } }),
    )
    .await
    .saved();
}

#[tokio::test]
async fn without_advanced_shipping_a_fulfilment_bills_itself() {
    let lab = Lab::with(|options| options.netsuite.features.advanced_shipping = false).await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(one, 2, "5")])).await;
    transform(&lab, order, "itemFulfillment", json!({}))
        .await
        .saved();
    assert_eq!(
        (
            status(lab.account(), order),
            lab.account().records("invoice").len()
        ),
        ("G", 1)
    );
}

#[tokio::test]
async fn returns_come_back_and_are_credited() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(one, 2, "5")])).await;
    transform(&lab, order, "itemFulfillment", json!({}))
        .await
        .saved();
    transform(&lab, order, "invoice", json!({})).await.saved();
    let rma = transform(
        &lab,
        order,
        "returnAuthorization",
        json!({ "item": { "items": [{ "orderLine": 1, "quantity": 1 }] } }),
    )
    .await
    .saved();
    let path = format!("{RECORDS}/returnAuthorization/{rma}/!transform");
    let letter = || {
        lab.account()
            .record("returnAuthorization", rma)
            .unwrap()
            .status
    };
    assert_eq!(letter(), "B");
    lab.post(&format!("{path}/itemReceipt"), &json!({}))
        .await
        .saved();
    assert_eq!(letter(), "F");
    let credit = lab
        .post(&format!("{path}/creditMemo"), &json!({}))
        .await
        .saved();
    assert_eq!(
        (
            letter(),
            lab.account()
                .record("creditMemo", credit)
                .unwrap()
                .number("total")
        ),
        ("G", Decimal::from(5))
    );
}
