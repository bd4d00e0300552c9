//! The sandbox's NetSuite account.

use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::netsuite::{Bill, Credentials, Price, Shift};
use sandbox::{Faults, Meter, Sandbox};
use serde_json::{Map, Value, json};

use super::{Call, Stand};
use crate::clause::Subject;

pub(crate) struct Netsuite;

impl Stand for Netsuite {
    fn name(&self) -> &'static str {
        "netsuite"
    }

    fn counterpart(&self, subject: Subject, kind: Kind) -> &'static str {
        match (subject, kind) {
            (_, Kind::ShippingOrder) | (Subject::Writing, Kind::Fulfilment) => "shipstation",
            _ => "shopify",
        }
    }

    fn settings(&self, sandbox: &Sandbox, secret: &dyn Fn(&str, &str) -> String) -> Value {
        let credentials = Credentials::demo();
        let key = credentials.private_key_pem.unwrap_or_default();
        let places = sandbox.catalogue().locations.iter();
        let locations: Map<String, Value> = places
            .map(|place| (place.shopify_id.to_string(), place.netsuite_id.into()))
            .collect();
        json!({
            "account": sandbox.netsuite().id(),
            "url": sandbox.netsuite_url().as_str(),
            "auth": { "oauth2": {
                "client_id": credentials.client_id,
                "certificate_id": credentials.certificate_id,
                "private_key": secret("netsuite.pem", &key),
            } },
            "slots": { "reserve": 0 },
            "orders": {
                "subsidiary": 1,
                "location": 1,
                "customer": { "subsidiary": 1 },
                "tax": { "line": { "item": 902 } },
                "items": { "custom_item": 903, "discount": 901, "tip": 903, "duty": 903, "fee": 903, "gift_card": 903 },
                "shipping": { "item": 904 },
                "line_field": "custcol_shop_line",
                "payments": { "deposits": true, "account": 101, "gift_cards": 102, "default_method": 3 },
            },
            "refunds": { "adjustment_item": 903, "locations": locations },
            "payouts": { "account": 111, "fee_account": 112, "accounts": { "unmatched": 113 } },
            "prices": { "lists": { "retail": { "level": 1, "currency": "USD" } } },
            "products": { "item_flag": "custitem_web" },
        })
    }

    fn faults<'a>(&self, sandbox: &'a Sandbox) -> &'a Faults {
        sandbox.netsuite().faults()
    }

    fn meter<'a>(&self, sandbox: &'a Sandbox) -> &'a Meter {
        sandbox.netsuite().meter()
    }

    fn happen(&self, sandbox: &Sandbox, kind: Kind, round: u32) {
        let netsuite = sandbox.netsuite();
        let open = || {
            let orders = netsuite.records("salesOrder").into_iter();
            orders.filter(|order| order.status == "B")
        };
        let items = sandbox.catalogue().items.iter().take(2);
        match kind {
            Kind::Fulfilment => {
                let shift = Shift {
                    orders: 5,
                    ..Shift::default()
                };
                let mut shipped = 0;
                for _ in 0..20 {
                    shipped += netsuite.ship_pending(shift).len();
                    if shipped > 1 {
                        break;
                    }
                }
            }
            Kind::Stock => items.for_each(|item| {
                netsuite.set_on_hand(&item.sku, 1, Decimal::from(100 + round));
            }),
            Kind::Price => items.for_each(|item| {
                let price = Price {
                    level: 1,
                    currency: "USD",
                    quantity: 1,
                    amount: Some(Decimal::new(i64::from(1000 + round), 2)),
                };
                netsuite.set_price(&item.sku, price);
            }),
            Kind::Product => {
                for number in 0..2 {
                    let sku = format!("NEW-{round}-{number}");
                    let mut fields = Map::new();
                    fields.insert("itemId".to_owned(), sku.clone().into());
                    fields.insert("displayName".to_owned(), sku.into());
                    fields.insert("custitem_web".to_owned(), true.into());
                    netsuite.add_item("inventoryItem", &fields);
                }
            }
            Kind::Refund => {
                let kinds = [Bill::Invoice, Bill::CashSale].into_iter().cycle();
                let bills = open()
                    .zip(kinds)
                    .filter_map(|(order, by)| netsuite.bill(order.id, by));
                let credits = bills.filter_map(|bill| netsuite.credit(bill, None, ""));
                credits.take(2).for_each(drop);
            }
            Kind::Cancellation => open().take(2).for_each(|order| {
                netsuite.call_off(order.id);
            }),
            Kind::ShippingOrder => drop(sell(sandbox)),
            _ => {}
        }
    }

    fn held(&self, sandbox: &Sandbox, kind: Kind) -> Option<usize> {
        let netsuite = sandbox.netsuite();
        let records: &[&str] = match kind {
            Kind::Order => &["salesOrder", "cashSale"],
            Kind::Fulfilment => &["itemFulfillment"],
            Kind::Refund => &["creditMemo", "cashRefund", "customerRefund"],
            Kind::Payout => &["deposit"],
            _ => return None,
        };
        Some(records.iter().map(|one| netsuite.records(one).len()).sum())
    }

    fn knocks(&self) -> bool {
        false
    }

    fn knock(&self, _: &Sandbox) -> Option<Call> {
        None
    }
}

/// Sells two units of the first articles to two customers; the sales orders' ids, and what they are of.
pub(super) fn sell(sandbox: &Sandbox) -> Vec<(u64, String)> {
    let netsuite = sandbox.netsuite();
    let fields = |value: Value| value.as_object().cloned().unwrap_or_default();
    let sold = sandbox.catalogue().items.iter().take(2).filter_map(|item| {
        let items = netsuite.records("inventoryItem");
        let article = items.iter().find(|one| one.text("itemId") == Some(&item.sku))?;
        let customer = netsuite.add_customer(&fields(json!({
            "isPerson": true, "firstName": "Ada", "lastName": "Byron", "subsidiary": { "id": "1" },
        })))?;
        let sale = netsuite.add_sale(&fields(json!({
            "entity": { "id": customer.to_string() }, "orderStatus": { "id": "B" }, "location": { "id": "1" },
            "shippingAddress": { "addressee": "Ada Byron", "addr1": "1 Main St", "city": "Austin", "zip": "78701", "country": { "id": "US" } },
            "item": { "items": [{ "item": { "id": article.id.to_string() }, "quantity": 2, "price": { "id": "-1" }, "rate": 5 }] },
        })))?;
        Some((sale, item.sku.clone()))
    });
    sold.collect()
}
