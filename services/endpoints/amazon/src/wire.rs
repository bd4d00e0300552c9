//! Amazon's JSON, as far as it is used. Unknown fields and values pass; of what is personal nothing has to be there, since Amazon takes it away after a time.

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A page of orders.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Orders {
    pub(crate) orders: Vec<Box<RawValue>>,
    #[serde(default)]
    pub(crate) pagination: Option<Pagination>,
    #[serde(default)]
    pub(crate) last_updated_before: Option<String>,
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Pagination {
    pub(crate) next_token: Option<String>,
}

/// One order, asked for by its id.
#[derive(Debug, Deserialize)]
pub(crate) struct OneOrder {
    pub(crate) order: Box<RawValue>,
}

/// What can be told of an order that cannot be read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Head {
    pub(crate) order_id: String,
    pub(crate) created_time: Option<String>,
    pub(crate) sales_channel: Channel,
    pub(crate) fulfillment: Option<Fulfillment>,
}

/// An order.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) order_id: String,
    pub(crate) created_time: String,
    pub(crate) last_updated_time: String,
    #[serde(default)]
    pub(crate) sales_channel: Channel,
    #[serde(default)]
    pub(crate) programs: Vec<String>,
    #[serde(default)]
    pub(crate) buyer: Buyer,
    #[serde(default)]
    pub(crate) recipient: Recipient,
    #[serde(default)]
    pub(crate) proceeds: Proceeds,
    #[serde(default)]
    pub(crate) fulfillment: Option<Fulfillment>,
    #[serde(default)]
    pub(crate) order_items: Vec<Item>,
    #[serde(default)]
    pub(crate) packages: Vec<Package>,
}

/// Where it was sold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Channel {
    pub(crate) channel_name: String,
    pub(crate) marketplace_id: Option<String>,
    pub(crate) marketplace_name: Option<String>,
}

/// Who bought it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Buyer {
    pub(crate) buyer_name: Option<String>,
    pub(crate) buyer_email: Option<String>,
    pub(crate) buyer_company_name: Option<String>,
    pub(crate) buyer_purchase_order_number: Option<String>,
}

/// Where it goes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Recipient {
    pub(crate) delivery_address: Option<Address>,
}

/// A postal address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Address {
    pub(crate) name: Option<String>,
    pub(crate) company_name: Option<String>,
    pub(crate) address_line1: Option<String>,
    pub(crate) address_line2: Option<String>,
    pub(crate) address_line3: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) district_or_county: Option<String>,
    pub(crate) municipality: Option<String>,
    pub(crate) state_or_region: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) phone: Option<String>,
}

/// An amount: a text, and its currency.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Money {
    #[serde(deserialize_with = "digits")]
    pub(crate) amount: String,
    pub(crate) currency_code: String,
}

/// What the seller gets for an order or an item, in all and by kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Proceeds {
    pub(crate) grand_total: Option<Money>,
    pub(crate) proceeds_total: Option<Money>,
    pub(crate) breakdowns: Vec<Part>,
}

/// One kind of proceeds.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) subtotal: Money,
    #[serde(default)]
    pub(crate) detailed_breakdowns: Vec<Detail>,
}

/// What of a kind belongs to which other.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Detail {
    #[serde(default)]
    pub(crate) subtype: String,
    pub(crate) value: Option<Money>,
}

/// How far an order is, and who sends it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Fulfillment {
    pub(crate) fulfillment_status: String,
    pub(crate) fulfilled_by: Option<String>,
    pub(crate) fulfillment_service_level: Option<String>,
}

/// A line.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub(crate) order_item_id: String,
    pub(crate) quantity_ordered: u64,
    #[serde(default)]
    pub(crate) product: Product,
    #[serde(default)]
    pub(crate) proceeds: Proceeds,
    #[serde(default)]
    pub(crate) promotion: Promotion,
    #[serde(default)]
    pub(crate) cancellation: Cancellation,
    #[serde(default)]
    pub(crate) tax: ItemTax,
}

/// What was bought.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Product {
    pub(crate) asin: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) seller_sku: Option<String>,
    pub(crate) price: Price,
}

/// What one unit costs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Price {
    pub(crate) unit_price: Option<Money>,
}

/// Promotions of a line.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Promotion {
    pub(crate) breakdowns: Vec<PromotionId>,
}

/// A promotion.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PromotionId {
    pub(crate) promotion_id: Option<String>,
}

/// Whether a line is to be called off, or is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Cancellation {
    pub(crate) cancellation_request: Option<Value>,
    pub(crate) cancellation_execution: Option<Value>,
}

/// Who pays a line's taxes to the authority.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ItemTax {
    pub(crate) tax_collections: Vec<Collection>,
}

/// One way of paying them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Collection {
    pub(crate) model: String,
}

/// A parcel that the seller told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Package {
    pub(crate) package_reference_id: String,
    pub(crate) tracking_number: Option<String>,
}

/// Listings found by their SKUs.
#[derive(Debug, Deserialize)]
pub(crate) struct Listings {
    pub(crate) items: Vec<Listing>,
}

/// What is offered under one SKU.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listing {
    pub(crate) sku: String,
    #[serde(default)]
    pub(crate) summaries: Vec<Summary>,
    #[serde(default)]
    pub(crate) attributes: Attributes,
    #[serde(default)]
    pub(crate) fulfillment_availability: Vec<Availability>,
    #[serde(default)]
    pub(crate) issues: Vec<Issue>,
}

/// What of a listing's attributes is compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Attributes {
    pub(crate) purchasable_offer: Vec<Offer>,
}

/// An offer to one marketplace's buyers.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Offer {
    pub(crate) marketplace_id: String,
    pub(crate) currency: String,
    pub(crate) audience: Option<String>,
    pub(crate) our_price: Vec<Scheduled>,
}

/// A price over time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Scheduled {
    pub(crate) schedule: Vec<Asked>,
}

/// What is asked, tax as the marketplace has it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Asked {
    #[serde(deserialize_with = "digits")]
    pub(crate) value_with_tax: String,
}

/// A listing in one marketplace.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub(crate) marketplace_id: String,
    pub(crate) product_type: String,
}

/// Units of one fulfilment channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Availability {
    pub(crate) fulfillment_channel_code: String,
    #[serde(default)]
    pub(crate) quantity: Option<i64>,
}

/// What became of a change.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Submission {
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) issues: Vec<Issue>,
}

/// What is wrong with a change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Issue {
    /// In a feed's report: which message.
    pub(crate) message_id: Option<u64>,
    pub(crate) code: String,
    pub(crate) severity: String,
    pub(crate) message: String,
}

/// A place that a document is put at or lies at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    #[serde(default)]
    pub(crate) feed_document_id: Option<String>,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) compression_algorithm: Option<String>,
}

/// A feed that was made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MadeFeed {
    pub(crate) feed_id: String,
}

/// How far a feed is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Feed {
    pub(crate) processing_status: String,
    #[serde(default)]
    pub(crate) result_feed_document_id: Option<String>,
}

/// What became of a feed's messages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FeedReport {
    pub(crate) issues: Vec<Issue>,
}

/// Refusals in Amazon's words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problems {
    pub(crate) errors: Vec<Problem>,
}

/// One of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
}

/// An access token of Login with Amazon.
#[derive(Deserialize)]
pub(crate) struct Granted {
    pub(crate) access_token: String,
    /// Seconds.
    #[serde(default = "an_hour")]
    pub(crate) expires_in: i64,
}

const fn an_hour() -> i64 {
    3_600
}

/// A decimal's own digits, whether they come as a text or as a number.
fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    // Not by way of a number: that would be a float.
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw.get()).map_err(D::Error::custom),
        Some(b'-' | b'0'..=b'9') => Ok(raw.get().to_owned()),
        _ => Err(D::Error::custom("expected an amount")),
    }
}

/// A JSON number with the decimal's own digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exact(pub(crate) Decimal);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = RawValue::from_string(self.0.to_string());
        text.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// A page of reports.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reports {
    pub(crate) reports: Vec<Report>,
    #[serde(default)]
    pub(crate) next_token: Option<String>,
}

/// A report.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) report_id: String,
    #[serde(default)]
    pub(crate) report_type: String,
    pub(crate) created_time: String,
    pub(crate) processing_status: String,
    #[serde(default)]
    pub(crate) report_document_id: Option<String>,
}
