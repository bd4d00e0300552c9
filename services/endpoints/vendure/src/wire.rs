//! Vendure's JSON, as far as it is used. Amounts are integers; how many digits of them are behind the point the server says.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Number;
use serde_json::value::RawValue;

/// An answer's data.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer<T> {
    pub(crate) data: T,
}

/// What a failed call says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) extensions: Extensions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Extensions {
    pub(crate) code: String,
}

/// Any answer: whether it holds anything, and what is wrong.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow)]
    pub(crate) data: Option<&'a RawValue>,
    #[serde(default)]
    pub(crate) errors: Vec<Problem>,
}

/// What came of a mutation: a record, or a refusal inside the success.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) id: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) total: Option<i64>,
    pub(crate) error_code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) transition_error: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Done<T> {
    pub(crate) result: T,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Orders {
    pub(crate) global_settings: GlobalSettings,
    pub(crate) orders: List<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GlobalSettings {
    pub(crate) server_config: ServerConfig,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerConfig {
    pub(crate) money_strategy_precision: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List<T> {
    #[serde(default)]
    pub(crate) total_items: u64,
    pub(crate) items: Vec<T>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OrderIds {
    pub(crate) orders: List<Head>,
}

/// What is needed of an order that may not make sense.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) order_placed_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) state: String,
    pub(crate) order_placed_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) currency_code: String,
    #[serde(default)]
    pub(crate) coupon_codes: Vec<String>,
    pub(crate) total_with_tax: i64,
    pub(crate) customer: Option<Customer>,
    pub(crate) billing_address: Option<Address>,
    pub(crate) shipping_address: Option<Address>,
    #[serde(default)]
    pub(crate) surcharges: Vec<Surcharge>,
    pub(crate) lines: Vec<Line>,
    pub(crate) shipping_lines: Vec<ShippingLine>,
    pub(crate) payments: Option<Vec<Payment>>,
    pub(crate) fulfillments: Option<Vec<Fulfillment>>,
    pub(crate) history: List<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) email_address: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) phone_number: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Address {
    pub(crate) full_name: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) street_line1: Option<String>,
    pub(crate) street_line2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) province: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) phone_number: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tax {
    pub(crate) description: String,
    /// Percent.
    pub(crate) tax_rate: Number,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reduction {
    pub(crate) description: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Surcharge {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) price: i64,
    pub(crate) price_with_tax: i64,
    #[serde(default)]
    pub(crate) tax_lines: Vec<Tax>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) quantity: i64,
    pub(crate) order_placed_quantity: i64,
    pub(crate) unit_price: i64,
    pub(crate) line_price: i64,
    pub(crate) prorated_unit_price: i64,
    pub(crate) prorated_unit_price_with_tax: i64,
    pub(crate) prorated_line_price: i64,
    pub(crate) prorated_line_price_with_tax: i64,
    #[serde(default)]
    pub(crate) discounts: Vec<Reduction>,
    #[serde(default)]
    pub(crate) tax_lines: Vec<Tax>,
    pub(crate) product_variant: Option<Variant>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Variant {
    pub(crate) sku: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippingLine {
    pub(crate) id: String,
    pub(crate) price: i64,
    pub(crate) discounted_price: i64,
    pub(crate) discounted_price_with_tax: i64,
    #[serde(default)]
    pub(crate) discounts: Vec<Reduction>,
    pub(crate) shipping_method: Option<Method>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Method {
    pub(crate) name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) amount: i64,
    pub(crate) state: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(default)]
    pub(crate) refunds: Vec<Refund>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) shipping: i64,
    pub(crate) total: i64,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    #[serde(default)]
    pub(crate) lines: Vec<Units>,
}

/// Units of an order's line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Units {
    pub(crate) order_line_id: String,
    pub(crate) quantity: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fulfillment {
    pub(crate) id: String,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) method: String,
    pub(crate) tracking_code: Option<String>,
    #[serde(default)]
    pub(crate) lines: Vec<Units>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Articles {
    pub(crate) product_variants: List<Article>,
}

/// A variant, with what there is of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Article {
    pub(crate) id: String,
    pub(crate) sku: String,
    #[serde(default)]
    pub(crate) stock_levels: Vec<Level>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Level {
    pub(crate) stock_location_id: String,
    pub(crate) stock_on_hand: i64,
    pub(crate) stock_allocated: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    #[serde(default)]
    pub(crate) me: Option<User>,
    pub(crate) active_channel: Channel,
}

#[derive(Debug, Deserialize)]
pub(crate) struct User {
    pub(crate) identifier: String,
    pub(crate) channels: Vec<Allowed>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Allowed {
    pub(crate) code: String,
    pub(crate) permissions: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Channel {
    pub(crate) code: String,
    pub(crate) default_currency_code: String,
}
