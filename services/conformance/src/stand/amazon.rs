//! The sandbox's Amazon seller.

use commerce::Kind;
use sandbox::amazon::{Basket, Fulfiller};
use sandbox::{Faults, Meter, Sandbox};
use serde_json::{Value, json};

use super::{Call, Stand};
use crate::clause::Subject;

const MARKETPLACE: &str = "ATVPDKIKX0DER";

pub(crate) struct Amazon;

impl Stand for Amazon {
    fn name(&self) -> &'static str {
        "amazon"
    }

    fn counterpart(&self, _: Subject, _: Kind) -> &'static str {
        "netsuite"
    }

    fn settings(&self, sandbox: &Sandbox, secret: &dyn Fn(&str, &str) -> String) -> Value {
        json!({
            "region": "na",
            "seller": "A3SANDBOXSELL",
            "marketplaces": [MARKETPLACE],
            "url": sandbox.amazon_url().as_str(),
            "auth": {
                "client_id": "amzn1.application-oa2-client.sandbox",
                "client_secret": secret("amazon.secret", "sandbox-secret"),
                "refresh_token": secret("amazon.refresh", "Atzr|sandbox-refresh"),
                "url": format!("{}auth/o2/token", sandbox.amazon_url()),
            },
            "orders": { "by_amazon": true },
            "stock": { "location": "1" },
            "prices": { "lists": { "retail": MARKETPLACE } },
        })
    }

    fn faults<'a>(&self, sandbox: &'a Sandbox) -> &'a Faults {
        sandbox.amazon().faults()
    }

    fn meter<'a>(&self, sandbox: &'a Sandbox) -> &'a Meter {
        sandbox.amazon().meter()
    }

    fn happen(&self, sandbox: &Sandbox, kind: Kind, _: u32) {
        let seller = sandbox.amazon();
        match kind {
            Kind::Order => drop(seller.create_orders(8)),
            Kind::Payout => {
                for _ in 0..2 {
                    sell_one(sandbox);
                    seller.settle();
                }
            }
            _ => {}
        }
    }

    fn held(&self, sandbox: &Sandbox, kind: Kind) -> Option<usize> {
        let packages = || sandbox.amazon().packages();
        (kind == Kind::Fulfilment).then(packages)
    }

    fn knocks(&self) -> bool {
        false
    }

    fn knock(&self, _: &Sandbox) -> Option<Call> {
        None
    }
}

/// Sells one of what Amazon keeps, and lets it leave.
fn sell_one(sandbox: &Sandbox) {
    let seller = sandbox.amazon();
    let kept = seller.kept().into_iter().find(|(_, units)| *units > 0);
    let Some((sku, _)) = kept else { return };
    let basket = Basket {
        marketplace: MARKETPLACE.to_owned(),
        by: Fulfiller::Amazon,
        units: vec![(sku, 1)],
        pending: false,
    };
    if let Some(order) = seller.place(&basket) {
        seller.ship_by_amazon(&order);
    }
}
