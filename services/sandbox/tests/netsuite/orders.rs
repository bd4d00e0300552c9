use causeway_sandbox::netsuite::Script;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::lab::{Lab, RECORDS, line, order};

fn numbers(order: &Value) -> Vec<u64> {
    order["item"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect()
}

async fn stored(lab: &Lab, id: u64) -> Value {
    lab.get(&format!(
        "{RECORDS}/salesOrder/{id}?expandSubResources=true"
    ))
    .await
    .body
}

#[tokio::test]
async fn totals_are_exact_and_tax_comes_from_the_override() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, _) = lab.items();
    let mut lines = json!([line(one, 3, "19.99"), line(two, 1, "0.1")]);
    lines[0]["taxDetailsReference"] = json!("line-1");
    let mut body = order("o", customer, lines);
    body["shippingCost"] = json!(7.5);
    body["discountItem"] = json!({ "externalId": "store-discount" });
    body["discountRate"] = json!(-5);
    body["taxDetailsOverride"] = json!(true);
    body["taxDetails"] = json!({ "items": [{ "taxDetailsReference": "line-1", "taxType": { "id": "1" }, "taxCode": { "id": "5" }, "taxBasis": 59.97, "taxRate": 8.25, "taxAmount": 4.95 }] });
    let id = lab
        .post(&format!("{RECORDS}/salesOrder"), &body)
        .await
        .saved();
    let read = stored(&lab, id).await;
    let amounts = [
        "subtotal",
        "discountTotal",
        "taxTotal",
        "shippingCost",
        "total",
    ]
    .map(|name| read[name].to_string());
    assert_eq!(amounts, ["60.07", "-5.0", "4.95", "7.5", "67.52"]);
    let row = &lab
        .query(
            "SELECT foreigntotal FROM transaction WHERE id = ?",
            &[&id.to_string()],
        )
        .await[0];
    assert_eq!(row["foreigntotal"], "67.52");

    body["externalId"] = json!("o-2");
    body["taxDetails"]["items"][0]["taxDetailsReference"] = json!("line-9");
    let reply = lab.post(&format!("{RECORDS}/salesOrder"), &body).await;
    assert_eq!(
        reply.body["o:errorDetails"][0]["o:errorPath"],
        "taxDetails.items[0].taxDetailsReference"
    );
}

#[tokio::test]
async fn without_suitetax_the_lines_carry_the_tax() {
    let lab = Lab::with(|options| options.netsuite.features.suite_tax = false).await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let mut lines = json!([line(one, 1, "10.05")]);
    lines[0]["taxCode"] = json!({ "id": "5" });
    lines[0]["taxRate1"] = json!(10);
    let mut body = order("o", customer, lines);
    body["taxDetailsOverride"] = json!(true);
    let reply = lab.post(&format!("{RECORDS}/salesOrder"), &body).await;
    assert!(
        reply
            .header("x-netsuite-warning")
            .contains("taxDetailsOverride")
    );
    let read = stored(&lab, reply.saved()).await;
    assert_eq!(
        [read["taxTotal"].to_string(), read["total"].to_string()],
        ["1.01", "11.06"]
    );
}

#[tokio::test]
async fn kits_and_discounts_use_up_line_numbers() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, kit) = lab.items();
    let members =
        u64::try_from(lab.account().records("kitItem")[0].sublists["member"].len()).unwrap();
    let discount =
        json!({ "item": { "externalId": "store-discount" }, "rate": -3, "price": { "id": "-1" } });
    let id = lab
        .order(
            "o",
            customer,
            json!([
                line(kit, 1, "50"),
                line(one, 1, "5"),
                discount,
                line(two, 1, "5")
            ]),
        )
        .await;
    let read = stored(&lab, id).await;
    assert_eq!(numbers(&read), [1, members + 2, members + 3, members + 5]);
    assert_eq!(read["total"].to_string(), "57.0");

    let line = lab
        .get(&format!("{RECORDS}/salesOrder/{id}/item/{}", members + 2))
        .await
        .body;
    assert_eq!(line["item"]["id"], one.to_string());
    let members_in_query = lab
        .query(
            "SELECT id FROM transactionline WHERE transaction = ? AND kitmemberof = 1",
            &[&id.to_string()],
        )
        .await;
    assert_eq!(members_in_query.len() as u64, members);
}

#[tokio::test]
async fn lines_without_a_number_are_appended() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, _) = lab.items();
    let id = lab.order("o", customer, json!([line(one, 1, "5")])).await;
    let path = format!("{RECORDS}/salesOrder/eid:o");

    let body = json!({ "item": { "items": [line(two, 1, "7")] } });
    lab.patch(&path, &body).await.saved();
    lab.put(&path, &body).await.saved();
    let read = stored(&lab, id).await;
    assert_eq!(
        (numbers(&read), read["total"].to_string()),
        (vec![1, 2, 3], "19.0".to_owned())
    );

    lab.patch(
        &path,
        &json!({ "item": { "items": [{ "line": 2, "quantity": 4 }] } }),
    )
    .await
    .saved();
    assert_eq!(stored(&lab, id).await["total"].to_string(), "40.0");

    lab.patch(&format!("{path}?replace=item"), &body)
        .await
        .saved();
    let read = stored(&lab, id).await;
    assert_eq!(
        (numbers(&read), read["total"].to_string()),
        (vec![4], "7.0".to_owned())
    );
    assert_eq!(
        lab.patch(
            &path,
            &json!({ "item": { "items": [{ "line": 1, "quantity": 1 }] } })
        )
        .await
        .status,
        400
    );
}

#[tokio::test]
async fn a_rate_sticks_on_the_custom_level_only() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let id = lab
        .order(
            "o",
            customer,
            json!([{ "item": { "id": one.to_string() }, "quantity": 1, "rate": 0.01 }]),
        )
        .await;
    let base = lab.account().record("inventoryItem", one).unwrap().sublists["price"][0]["price"]
        .number()
        .unwrap();
    assert_eq!(
        lab.account()
            .record("salesOrder", id)
            .unwrap()
            .number("total"),
        base
    );
    assert_ne!(base, Decimal::new(1, 2));
}

#[tokio::test]
async fn scripts_rewrite_and_veto() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    lab.settings(|settings| {
        settings.scripts = vec![Script::RoundRates(1), Script::Memo("seen".to_owned())]
    });
    let id = lab
        .order("o", customer, json!([line(one, 3, "19.99")]))
        .await;
    let read = stored(&lab, id).await;
    assert_eq!(
        (read["total"].to_string().as_str(), &read["memo"]),
        ("60.0", &json!("seen"))
    );

    lab.settings(|settings| {
        settings.scripts = vec![Script::Veto("No orders on Mondays.".to_owned())]
    });
    let reply = lab
        .post(
            &format!("{RECORDS}/salesOrder"),
            &order("o-2", customer, json!([line(one, 1, "1")])),
        )
        .await;
    assert_eq!(
        reply.error(),
        (
            "USER_ERROR",
            "Error while accessing a resource. No orders on Mondays."
        )
    );
    assert_eq!(lab.account().records("salesOrder").len(), 1);
}

#[tokio::test]
async fn orders_set_stock_aside_once_approved() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let sku = lab
        .account()
        .record("inventoryItem", one)
        .unwrap()
        .external_id
        .clone()
        .unwrap();
    lab.account().set_on_hand(&sku, 1, Decimal::from(10));
    let mut body = order("o", customer, json!([line(one, 4, "5")]));
    body["orderStatus"] = json!({ "id": "A" });
    let id = lab
        .post(&format!("{RECORDS}/salesOrder"), &body)
        .await
        .saved();
    let available = || lab.account().stock(&sku, 1).unwrap().available();
    assert_eq!(
        (
            available(),
            lab.account().record("salesOrder", id).unwrap().status
        ),
        (Decimal::from(10), "A")
    );
    lab.patch(
        &format!("{RECORDS}/salesOrder/{id}"),
        &json!({ "orderStatus": { "id": "B" } }),
    )
    .await
    .saved();
    assert_eq!(
        (
            available(),
            lab.account().record("salesOrder", id).unwrap().status
        ),
        (Decimal::from(6), "B")
    );
    lab.patch(
        &format!("{RECORDS}/salesOrder/{id}"),
        &json!({ "item": { "items": [{ "line": 1, "isClosed": true }] } }),
    )
    .await
    .saved();
    assert_eq!(
        (
            available(),
            lab.account().record("salesOrder", id).unwrap().status
        ),
        (Decimal::from(10), "H")
    );
}

#[tokio::test]
async fn deposits_hang_on_their_order() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, ..) = lab.items();
    let order = lab.order("o", customer, json!([line(one, 1, "5")])).await;
    let deposit = json!({ "externalId": "o-d", "customer": { "id": customer.to_string() }, "salesOrder": { "id": order.to_string() }, "payment": 5.25 });
    let id = lab
        .post(&format!("{RECORDS}/customerDeposit"), &deposit)
        .await
        .saved();
    let rows = lab.query("SELECT previousdoc, linktype, nexttype FROM previoustransactionlinelink WHERE nextdoc = ?", &[&id.to_string()]).await;
    assert_eq!(
        rows,
        [
            json!({ "links": [], "previousdoc": order.to_string(), "linktype": "OrdDep", "nexttype": "CustDep" })
        ]
    );
    let refund = lab
        .post(
            &format!("{RECORDS}/customerDeposit/{id}/!transform/customerRefund"),
            &json!({}),
        )
        .await
        .saved();
    assert_eq!(
        lab.account()
            .record("customerRefund", refund)
            .unwrap()
            .number("total"),
        Decimal::new(525, 2)
    );
}

#[tokio::test]
async fn what_is_billed_cannot_be_taken_away_and_what_is_over_cannot_change() {
    let lab = Lab::start().await;
    let customer = lab.customer("c").await;
    let (one, two, _) = lab.items();
    let billed = lab.order("o", customer, json!([line(one, 3, "5")])).await;
    let path = format!("{RECORDS}/salesOrder/{billed}");
    let of = |quantity: u32| json!({ "item": { "items": [{ "line": 1, "quantity": quantity }] } });
    let part = json!({ "item": { "items": [{ "orderLine": 1, "quantity": 2 }] } });
    let invoice = format!("{path}/!transform/invoice");
    lab.post(&invoice, &part).await.saved();
    assert_eq!(lab.patch(&path, &of(1)).await.status, 400);
    lab.patch(&path, &of(2)).await.saved();

    let closed = lab.order("p", customer, json!([line(two, 1, "5")])).await;
    let path = format!("{RECORDS}/salesOrder/{closed}");
    let close = |closed: bool| json!({ "item": { "items": [{ "line": 1, "isClosed": closed }] } });
    lab.patch(&path, &close(true)).await.saved();
    let refused = lab.patch(&path, &of(2)).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body.to_string().contains("USER_ERROR"));
    lab.patch(&path, &close(false)).await.saved();
    lab.patch(&path, &of(2)).await.saved();
}
