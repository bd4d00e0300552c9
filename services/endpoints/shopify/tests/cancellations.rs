//! Orders of a whole shop that are called off elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use commerce::{Cancellation, ExternalId, OrderRef, Record};
use common::shop;
use ports::{Effect, Fault, Twin, Write};
use sandbox::shopify::OrderView;
use sandbox::{Fault as Mishap, Rule, Sandbox};
use serde_json::json;

/// Orders that are paid, open and not sent.
fn open(shop: &Sandbox) -> Vec<OrderView> {
    let orders = shop.shopify().orders().into_iter();
    let open = |order: &OrderView| {
        !order.cancelled
            && order.fulfillment_status == "UNFULFILLED"
            && order.financial_status == "PAID"
    };
    orders.filter(open).collect()
}

fn called_off(order: &OrderView) -> Write {
    let id = order.id.rsplit('/').next().unwrap();
    let off = Cancellation {
        number: "SO901".to_owned(),
        order: OrderRef {
            id: ExternalId::new("901").unwrap(),
            key: None,
        },
        begun: false,
    };
    let twin = Twin {
        id: ExternalId::new(id).unwrap(),
        number: None,
    };
    common::write("901", Record::Cancellation(off), None, Some(twin))
}

fn now(shop: &Sandbox, order: &OrderView) -> OrderView {
    let mut orders = shop.shopify().orders().into_iter();
    orders.find(|one| one.id == order.id).unwrap()
}

#[tokio::test]
async fn the_switches_decide_whether_money_goes_back_and_the_buyer_is_told() {
    for (refund, notify) in [(true, false), (false, true)] {
        let shop = shop(60).await;
        let settings = json!({ "cancellations": { "refund": refund, "notify_customer": notify } });
        let connected = common::connect(shop.shopify_url().as_str(), &settings);
        let sink = connected.sink.as_ref().unwrap();
        let order = open(&shop).remove(0);
        let refunds = shop.shopify().refunds().len();
        let write = called_off(&order);
        let written = sink
            .write(std::slice::from_ref(&write))
            .await
            .remove(0)
            .result
            .unwrap();
        assert_eq!(written.effect, Effect::Updated);
        let after = now(&shop, &order);
        assert!(after.cancelled);
        assert_eq!(after.told_of_cancellation, notify);
        let status = if refund { "REFUNDED" } else { "PAID" };
        assert_eq!(after.financial_status, status);
        let again = sink.write(&[write]).await.remove(0).result.unwrap();
        assert_eq!(
            (again.effect, again.twin),
            (Effect::Unchanged, written.twin)
        );
        assert_eq!(shop.shopify().refunds().len(), refunds + 1);
    }
}

#[tokio::test]
async fn a_lost_answer_or_a_slow_shop_is_looked_up() {
    for mishap in [Mishap::FailAfter, Mishap::CutAfter, Mishap::CutBefore] {
        let shop = shop(60).await;
        let connected = common::connect(shop.shopify_url().as_str(), &json!({}));
        let sink = connected.sink.as_ref().unwrap();
        let order = open(&shop).remove(0);
        let write = called_off(&order);
        let rule = Rule::always(mishap).target("orderCancel");
        shop.shopify().faults().set(vec![rule]);
        let result = sink
            .write(std::slice::from_ref(&write))
            .await
            .remove(0)
            .result;
        assert!(matches!(result, Err(Fault::Uncertain { .. })), "{result:?}");
        shop.shopify().faults().set(Vec::new());
        // The shop may still be at it: what is not found is asked for again, which changes nothing then.
        let found = sink
            .locate(std::slice::from_ref(&write))
            .await
            .remove(0)
            .unwrap();
        let again = sink.write(&[write]).await.remove(0).result.unwrap();
        let effects = [Effect::Updated, Effect::Unchanged];
        assert!(found.is_none() || again.effect == Effect::Unchanged);
        assert!(effects.contains(&again.effect), "{mishap:?}");
        assert!(now(&shop, &order).cancelled);
        let of = |one: &&sandbox::shopify::RefundView| one.order == order.id;
        assert_eq!(shop.shopify().refunds().iter().filter(of).count(), 1);
    }
}
