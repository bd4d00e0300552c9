//! The sandbox's shop.

use std::sync::Arc;

use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::netsuite::{Bill, Record};
use sandbox::shopify::{CustomerEdit, Giveback, NewCompany, OrderView};
use sandbox::{Faults, Meter, Sandbox};
use serde_json::{Map, Value, json};

use super::{Call, Stand};
use crate::clause::Subject;

pub(crate) struct Shopify;

impl Stand for Shopify {
    fn name(&self) -> &'static str {
        "shopify"
    }

    fn counterpart(&self, _: Subject, _: Kind) -> &'static str {
        "netsuite"
    }

    fn settings(&self, sandbox: &Sandbox, secret: &dyn Fn(&str, &str) -> String) -> Value {
        let places = sandbox.catalogue().locations.iter();
        let locations: Map<String, Value> = places
            .map(|place| {
                let shown = place.shopify_id.to_string();
                (place.netsuite_id.to_string(), shown.into())
            })
            .collect();
        json!({
            "url": sandbox.shopify_url().as_str(),
            "auth": { "access_token": secret("shopify.token", "shpat_sandbox") },
            "webhook_secrets": [secret("shopify.webhooks", "sandbox-secret")],
            "refunds": "separate",
            "companies": true,
            "prices": { "variants": "retail" },
            "products": { "new_products": "active", "publish_to": ["Online Store"] },
            "locations": locations,
        })
    }

    fn faults<'a>(&self, sandbox: &'a Sandbox) -> &'a Faults {
        sandbox.shopify().faults()
    }

    fn meter<'a>(&self, sandbox: &'a Sandbox) -> &'a Meter {
        sandbox.shopify().meter()
    }

    fn happen(&self, sandbox: &Sandbox, kind: Kind, round: u32) {
        let shop = sandbox.shopify();
        match kind {
            Kind::Order => drop(shop.create_orders(3)),
            Kind::Refund => {
                let extra = Giveback {
                    extra: 1 + i64::from(round),
                    ..Giveback::default()
                };
                for order in booked(sandbox).iter().take(3) {
                    shop.refund(&order.id, &extra);
                }
            }
            Kind::Customer => {
                for customer in shop.customers().iter().take(3) {
                    let phone = Some(format!("+1 555 01{round:02}"));
                    shop.edit_customer(&customer.id, &CustomerEdit::Phone(phone));
                }
            }
            Kind::Company => {
                for number in 0..2 {
                    let street = format!("{round} Main Street");
                    shop.put_company(&NewCompany {
                        number: 880 + number,
                        name: format!("Firm {number}"),
                        external_id: None,
                        contacts: Vec::new(),
                        terms: None,
                        sites: vec![("Works".to_owned(), street, "Springfield".to_owned())],
                    });
                }
            }
            Kind::Payout => {
                shop.create_orders(6);
                shop.pay_out(&[], "PAID");
            }
            _ => {}
        }
    }

    fn held(&self, sandbox: &Sandbox, kind: Kind) -> Option<usize> {
        let shop = sandbox.shopify();
        match kind {
            Kind::Refund => Some(shop.refunds().len()),
            Kind::Product => Some(shop.products().len()),
            Kind::Cancellation => {
                let orders = shop.orders();
                Some(orders.iter().filter(|order| order.cancelled).count())
            }
            _ => None,
        }
    }

    fn knocks(&self) -> bool {
        true
    }

    fn knock(&self, sandbox: &Sandbox) -> Option<Call> {
        let shop = sandbox.shopify();
        let order = shop.orders().into_iter().next()?;
        let webhook = shop.webhook(&order.id, "orders/updated")?;
        let headers = webhook.headers.into_iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value));
        Some((headers.collect(), webhook.body))
    }
}

/// Paid orders in the shop's own currency that NetSuite has, the dearest first; each is billed there.
fn booked(sandbox: &Sandbox) -> Vec<OrderView> {
    let netsuite = sandbox.netsuite();
    let mut orders = sandbox.shopify().orders();
    orders.retain(|order| {
        let paid = ["PAID", "PARTIALLY_REFUNDED"].contains(&order.financial_status);
        let own = order.currency == order.presentment_currency;
        paid && own && !order.cancelled && !order.test
    });
    orders.sort_by_key(|order| std::cmp::Reverse(order.total.parse().unwrap_or(Decimal::ZERO)));
    orders.retain(|order| {
        let number = order.id.rsplit('/').next().unwrap_or_default();
        let sale = netsuite.by_external_id("salesOrder", &format!("shopify-{number}"));
        let Some(sale) = sale else { return false };
        let from = i64::try_from(sale.id).ok();
        let billed = |bill: &Arc<Record>| bill.reference("createdFrom") == from;
        netsuite.records("invoice").iter().any(billed)
            || netsuite.bill(sale.id, Bill::Invoice).is_some()
    });
    orders
}
