//! The shop's JSON, as far as it is used. Plugins alter every payload, so that only what cannot be done without has to be there.

use rust_decimal::Decimal;
use serde::de::Error;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A text that may come as a number, and as null where there is none: amounts, ids, quantities. Numbers keep their own digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not by way of a number: that would be a float.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => {
                let text: String = serde_json::from_str(text).map_err(Error::custom)?;
                Ok(Self(text.trim().to_owned()))
            }
            Some(b'-' | b'0'..=b'9') => Ok(Self(text.to_owned())),
            Some(b'n') => Ok(Self::default()),
            _ => Err(Error::custom("expected a text or a number")),
        }
    }
}

/// A JSON number with the decimal's own digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exact(pub(crate) Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = RawValue::from_string(self.0.normalize().to_string());
        text.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// A refund to be made.
#[derive(Debug, Serialize)]
pub(crate) struct Giveback {
    pub(crate) amount: String,
    pub(crate) reason: String,
    pub(crate) api_refund: bool,
    pub(crate) api_restock: bool,
    pub(crate) line_items: Vec<Part>,
    pub(crate) meta_data: Vec<Value>,
}

/// What of a line goes back.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quantity: Option<Exact>,
    pub(crate) refund_total: Exact,
    pub(crate) refund_tax: Vec<PartTax>,
}

/// What of a line's tax goes back.
#[derive(Debug, Serialize)]
pub(crate) struct PartTax {
    pub(crate) id: String,
    pub(crate) refund_total: Exact,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: Value,
}

/// A line of an order or a refund: goods, delivery or a fee.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tax {
    #[serde(default)]
    pub(crate) id: Text,
    #[serde(default)]
    pub(crate) total: Text,
}

/// A tax rate as the order tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Coupon {
    #[serde(default)]
    pub(crate) code: Text,
}

/// A refund as its order tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefundHead {
    pub(crate) id: u64,
    /// Below zero.
    #[serde(default)]
    pub(crate) total: Text,
}

/// A refund. The amounts and quantities of its lines are below zero.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_of_an_amount_arrives_and_leaves() {
        for text in ["11.7", "0.85", "-3", "12345678901234567890.12345678"] {
            let read: Text = serde_json::from_str(text).unwrap();
            assert_eq!(read.0, text);
            let sent = serde_json::to_string(&Exact(text.parse().unwrap()));
            assert_eq!(sent.unwrap(), text);
        }
        let texts: Vec<Text> = serde_json::from_str(r#"[" 5.20 ", null, 7]"#).unwrap();
        assert_eq!(texts, ["5.20", "", "7"].map(|text| Text(text.to_owned())));
        assert!(serde_json::from_str::<Text>("[1]").is_err());
    }
}
