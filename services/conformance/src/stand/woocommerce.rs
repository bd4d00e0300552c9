//! The sandbox's WooCommerce site.

use commerce::Kind;
use sandbox::{Faults, Meter, Sandbox};
use serde_json::{Value, json};

use super::{Call, Stand};
use crate::clause::Subject;

pub(crate) struct Woocommerce;

impl Stand for Woocommerce {
    fn name(&self) -> &'static str {
        "woocommerce"
    }

    fn counterpart(&self, _: Subject, _: Kind) -> &'static str {
        "netsuite"
    }

    fn settings(&self, sandbox: &Sandbox, secret: &dyn Fn(&str, &str) -> String) -> Value {
        json!({
            "url": sandbox.woocommerce_url().as_str(),
            "auth": {
                "consumer_key": secret("woocommerce.key", "ck_sandbox"),
                "consumer_secret": secret("woocommerce.secret", "cs_sandbox"),
            },
            "webhook_secrets": [secret("woocommerce.webhooks", "sandbox-secret")],
            "stock": { "location": "1" },
            "prices": { "list": "retail" },
        })
    }

    fn faults<'a>(&self, sandbox: &'a Sandbox) -> &'a Faults {
        sandbox.woocommerce().faults()
    }

    fn meter<'a>(&self, sandbox: &'a Sandbox) -> &'a Meter {
        sandbox.woocommerce().meter()
    }

    fn happen(&self, sandbox: &Sandbox, kind: Kind, _: u32) {
        let shop = sandbox.woocommerce();
        match kind {
            Kind::Order => drop(shop.create_orders(8)),
            Kind::Refund => {
                let orders = shop.orders().into_iter();
                let ids = orders.filter_map(|order| order.get("id")?.as_u64());
                let made = ids.filter_map(|id| shop.refund(id, 0, 1));
                made.take(3).for_each(drop);
            }
            _ => {}
        }
    }

    fn held(&self, sandbox: &Sandbox, kind: Kind) -> Option<usize> {
        let shop = sandbox.woocommerce();
        let orders = || shop.orders().into_iter();
        match kind {
            Kind::Refund => Some(shop.refunds().len()),
            Kind::Product => Some(shop.articles().len()),
            Kind::Cancellation => {
                let off = |order: &Value| order.get("status") == Some(&json!("cancelled"));
                Some(orders().filter(off).count())
            }
            _ => None,
        }
    }

    fn knocks(&self) -> bool {
        true
    }

    fn knock(&self, sandbox: &Sandbox) -> Option<Call> {
        let shop = sandbox.woocommerce();
        let id = shop.orders().first()?.get("id")?.as_u64()?;
        let (headers, body) = shop.webhook(id, "order.updated")?;
        let headers = headers.into_iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value));
        Some((headers.collect(), body))
    }
}
