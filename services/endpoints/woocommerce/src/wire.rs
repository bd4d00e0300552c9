//! The shop's JSON, as far as it is used. Plugins alter every payload, so that only what cannot be done without has to be there.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text that may come as a number, and as null where there is none: amounts, ids, quantities. Numbers keep their own digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.trim().to_owned())),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Null => Ok(Self::default()),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(serde::de::Error::custom("expected a text or a number"))
            }
        }
    }
}

/// An order.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Order {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) number: Text,
    pub(crate) status: String,
    pub(crate) currency: String,
    #[serde(default)]
    pub(crate) created_via: Text,
    #[serde(default)]
    pub(crate) date_created_gmt: Option<String>,
    #[serde(default)]
    pub(crate) date_modified_gmt: Option<String>,
    #[serde(default)]
    pub(crate) date_paid_gmt: Option<String>,
    pub(crate) total: Text,
    #[serde(default)]
    pub(crate) customer_id: Text,
    #[serde(default)]
    pub(crate) billing: Option<Address>,
    #[serde(default)]
    pub(crate) shipping: Option<Address>,
    #[serde(default)]
    pub(crate) payment_method: Text,
    #[serde(default)]
    pub(crate) customer_note: Text,
    #[serde(default)]
    pub(crate) meta_data: Vec<Meta>,
    pub(crate) line_items: Vec<Charge>,
    #[serde(default)]
    pub(crate) tax_lines: Vec<TaxRate>,
    #[serde(default)]
    pub(crate) shipping_lines: Vec<Charge>,
    #[serde(default)]
    pub(crate) fee_lines: Vec<Charge>,
    #[serde(default)]
    pub(crate) coupon_lines: Vec<Coupon>,
    #[serde(default)]
    pub(crate) refunds: Vec<RefundHead>,
}

/// A postal address; of the bill, with an e-mail address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Address {
    pub(crate) first_name: Text,
    pub(crate) last_name: Text,
    pub(crate) company: Text,
    pub(crate) address_1: Text,
    pub(crate) address_2: Text,
    pub(crate) city: Text,
    pub(crate) state: Text,
    pub(crate) postcode: Text,
    pub(crate) country: Text,
    pub(crate) email: Text,
    pub(crate) phone: Text,
}

/// An entry of a record's meta data.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Meta {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: Value,
}

/// A line of an order or a refund: goods, delivery or a fee.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) name: Text,
    #[serde(default)]
    pub(crate) method_title: Text,
    #[serde(default)]
    pub(crate) method_id: Text,
    #[serde(default)]
    pub(crate) sku: Text,
    #[serde(default)]
    pub(crate) product_id: Text,
    #[serde(default)]
    pub(crate) quantity: Text,
    #[serde(default)]
    pub(crate) subtotal: Text,
    pub(crate) total: Text,
    #[serde(default)]
    pub(crate) total_tax: Text,
    #[serde(default)]
    pub(crate) taxes: Vec<Tax>,
    #[serde(default)]
    pub(crate) meta_data: Vec<Meta>,
}

/// One tax of a line, by the number of its rate.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tax {
    #[serde(default)]
    pub(crate) id: Text,
    #[serde(default)]
    pub(crate) total: Text,
}

/// A tax rate as the order tells it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TaxRate {
    #[serde(default)]
    pub(crate) rate_id: Text,
    #[serde(default)]
    pub(crate) label: Text,
    #[serde(default)]
    pub(crate) rate_code: Text,
    #[serde(default)]
    pub(crate) rate_percent: Text,
}

/// A coupon that the buyer used.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Coupon {
    #[serde(default)]
    pub(crate) code: Text,
}

/// A refund as its order tells it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RefundHead {
    pub(crate) id: u64,
    /// Below zero.
    #[serde(default)]
    pub(crate) total: Text,
}

/// A refund. The amounts and quantities of its lines are below zero.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: u64,
    /// Its order, in the list of all refunds.
    #[serde(default)]
    pub(crate) parent_id: u64,
    #[serde(default)]
    pub(crate) date_created_gmt: Option<String>,
    pub(crate) amount: Text,
    #[serde(default)]
    pub(crate) reason: Text,
    #[serde(default)]
    pub(crate) meta_data: Vec<Meta>,
    #[serde(default)]
    pub(crate) line_items: Vec<Charge>,
    #[serde(default)]
    pub(crate) shipping_lines: Vec<Charge>,
    #[serde(default)]
    pub(crate) fee_lines: Vec<Charge>,
}

/// What can be said even of a record that makes no sense.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Head {
    pub(crate) id: Text,
    pub(crate) parent_id: Text,
    pub(crate) status: Text,
    pub(crate) date_created_gmt: Option<String>,
    pub(crate) date_modified_gmt: Option<String>,
    pub(crate) date_paid_gmt: Option<String>,
}

/// A note of an order.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Note {
    #[serde(default)]
    pub(crate) note: Text,
}

/// A fulfilment of WooCommerce's own.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Fulfillment {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) meta_data: Vec<Meta>,
}

/// An article: a product, or a variation of one. What the API takes is not always what it gives, so that values stay as they are.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Article {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) parent_id: u64,
    #[serde(default, rename = "type")]
    pub(crate) kind: Text,
    #[serde(default)]
    pub(crate) sku: Text,
    #[serde(default)]
    pub(crate) status: Text,
    /// True, false, or `parent`.
    #[serde(default)]
    pub(crate) manage_stock: Value,
    #[serde(default)]
    pub(crate) stock_quantity: Value,
    #[serde(default)]
    pub(crate) regular_price: Value,
    #[serde(default)]
    pub(crate) sale_price: Value,
    #[serde(default)]
    pub(crate) date_modified_gmt: Option<String>,
    /// What its variations differ by, and whatever else the shop's people entered.
    #[serde(default)]
    pub(crate) attributes: Vec<Value>,
    #[serde(default)]
    pub(crate) meta_data: Vec<Meta>,
}

/// What a batch came to, item by item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Batch {
    pub(crate) create: Vec<BatchItem>,
    pub(crate) update: Vec<BatchItem>,
}

/// One item of a batch: what it is now, or why it is not.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct BatchItem {
    #[serde(default)]
    pub(crate) id: Text,
    #[serde(default)]
    pub(crate) error: Option<Problem>,
}

/// A refusal in WordPress' words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) code: Text,
    pub(crate) message: Text,
}

/// A category.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Category {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) name: Text,
}
