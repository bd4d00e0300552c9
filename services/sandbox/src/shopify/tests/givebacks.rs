use serde_json::{Value as Json, json};

use super::{Api, generous};

const CANCEL: &str = "mutation($order: ID!, $refund: OrderCancelRefundMethodInput) {
  orderCancel(orderId: $order, reason: OTHER, restock: true, refundMethod: $refund, staffNote: \"no more\") {
    job { id done } orderCancelUserErrors { code field message }
  }
}";
const LOOK: &str = "query($job: ID!, $order: ID!) {
  job(id: $job) { id done }
  order(id: $order) {
    cancelledAt cancelReason cancellation { staffNote } displayFinancialStatus
    transactions(first: 20) { id kind status gateway }
    lineItems(first: 50) { nodes { id refundableQuantity } }
  }
}";
const REFUND: &str = "mutation($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id note totalRefundedSet { presentmentMoney { amount } } } userErrors { field message }
  }
}";

/// An order that is paid, not sent, in the shop's own currency.
fn paid(api: &Api) -> String {
    let mut orders = api.shop().orders().into_iter();
    let open = orders.find(|order| {
        let same = order.currency == order.presentment_currency;
        let unsent = order.fulfillment_status == "UNFULFILLED";
        order.financial_status == "PAID" && same && unsent && !order.cancelled
    });
    open.unwrap().id
}

#[tokio::test]
async fn a_cancellation_is_done_a_moment_after_its_answer() {
    let api = Api::start(60, generous()).await;
    let order = paid(&api);
    let variables = json!({ "order": order, "refund": { "originalPaymentMethodsRefund": true } });
    let asked = api.data(CANCEL, variables.clone()).await["orderCancel"].take();
    assert_eq!(asked["job"]["done"], false);
    let look = json!({ "job": asked["job"]["id"], "order": order });
    let now = api.data(LOOK, look.clone()).await;
    assert_eq!(now["order"]["cancelledAt"], Json::Null);
    api.time.advance(1);
    let then = api.data(LOOK, look).await;
    assert_eq!(then["job"]["done"], true);
    assert_eq!(then["order"]["cancelReason"], "OTHER");
    assert_eq!(then["order"]["cancellation"]["staffNote"], "no more");
    assert_eq!(then["order"]["displayFinancialStatus"], "REFUNDED");
    let again = api.data(CANCEL, variables).await["orderCancel"].take();
    assert_eq!(again["orderCancelUserErrors"][0]["code"], "INVALID");
}

#[tokio::test]
async fn a_refund_is_made_once_for_its_key_and_never_of_more_than_is_left() {
    let api = Api::start(60, generous()).await;
    let order = paid(&api);
    let look = json!({ "job": "gid://shopify/Job/0", "order": order });
    let known = api.data(LOOK, look).await["order"].take();
    let mut payments = known["transactions"].as_array().unwrap().iter();
    let payment = payments.find(|one| one["kind"] == "SALE" && one["status"] == "SUCCESS");
    let payment = payment.unwrap();
    let input = |amount: &str, units: u64| {
        json!({
            "orderId": order,
            "note": "broken",
            "currency": "USD",
            "refundLineItems": [{ "lineItemId": known["lineItems"]["nodes"][0]["id"], "quantity": units, "restockType": "NO_RESTOCK" }],
            "transactions": [{ "orderId": order, "parentId": payment["id"], "kind": "REFUND", "gateway": payment["gateway"], "amount": amount }],
        })
    };
    let before = api.shop().refunds().len();
    for _ in 0..2 {
        let variables = json!({ "input": input("1.25", 1), "key": "k1" });
        let made = api.data(REFUND, variables).await["refundCreate"].take();
        assert_eq!(made["userErrors"], json!([]));
        assert_eq!(
            made["refund"]["totalRefundedSet"]["presentmentMoney"]["amount"],
            "1.25"
        );
    }
    assert_eq!(api.shop().refunds().len(), before + 1);
    for (key, input) in [
        ("k1", input("1.26", 1)),
        ("k2", input("99999.00", 1)),
        ("k3", input("1.00", 9999)),
    ] {
        let variables = json!({ "input": input, "key": key });
        let refused = api.data(REFUND, variables).await["refundCreate"].take();
        assert_ne!(refused["userErrors"], json!([]), "{key}");
    }
    let (message, _) = api
        .refusal(
            "mutation($input: RefundInput!) { refundCreate(input: $input) { refund { id } } }",
            json!({ "input": input("1.00", 1) }),
        )
        .await;
    assert!(message.contains("@idempotent"), "{message}");
    assert_eq!(api.shop().refunds().len(), before + 1);
}
