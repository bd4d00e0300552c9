//! The sandbox's ShipStation account.

use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::shipstation::Units;
use sandbox::{Faults, Meter, Sandbox};
use serde_json::{Value, json};

use super::netsuite::sell;
use super::{Call, Stand};
use crate::clause::Subject;

pub(crate) struct ShipStation;

impl Stand for ShipStation {
    fn name(&self) -> &'static str {
        "shipstation"
    }

    fn counterpart(&self, _: Subject, _: Kind) -> &'static str {
        "netsuite"
    }

    fn settings(&self, sandbox: &Sandbox, secret: &dyn Fn(&str, &str) -> String) -> Value {
        json!({
            "url": sandbox.shipstation_url().as_str(),
            "api_key": secret("shipstation.key", "sandbox-key"),
            "api_secret": secret("shipstation.secret", "sandbox-secret"),
            "requests_per_minute": 6000,
        })
    }

    fn faults<'a>(&self, sandbox: &'a Sandbox) -> &'a Faults {
        sandbox.shipstation().faults()
    }

    fn meter<'a>(&self, sandbox: &'a Sandbox) -> &'a Meter {
        sandbox.shipstation().meter()
    }

    /// Orders that NetSuite has to send are sent.
    fn happen(&self, sandbox: &Sandbox, kind: Kind, _: u32) {
        let shipper = sandbox.shipstation();
        if kind != Kind::Fulfilment {
            return;
        }
        for (id, sku) in sell(sandbox) {
            let order = json!({
                "orderNumber": format!("SO{id}"), "orderKey": format!("netsuite-shipping_order-{id}"), "orderDate": "2026-03-10T12:00:00",
                "orderStatus": "awaiting_shipment", "billTo": { "name": "Ada" }, "shipTo": { "name": "Ada" },
                "items": [{ "lineItemKey": "1", "sku": sku, "name": sku, "quantity": 2 }],
            });
            let units = Units {
                line: "1".to_owned(),
                quantity: 2,
            };
            let order = shipper.put_order(&order);
            order.and_then(|order| shipper.ship(order, &[units], Decimal::new(793, 2)));
        }
    }

    fn held(&self, sandbox: &Sandbox, kind: Kind) -> Option<usize> {
        let orders = || sandbox.shipstation().orders().len();
        (kind == Kind::ShippingOrder).then(orders)
    }

    fn knocks(&self) -> bool {
        false
    }

    fn knock(&self, _: &Sandbox) -> Option<Call> {
        None
    }
}
