//! Orders.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::Connection;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) legacy_resource_id: String,
    pub(crate) name: String,
    pub(crate) processed_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) cancelled_at: Option<Timestamp>,
    pub(crate) test: bool,
    /// Absent in what webhooks tell.
    #[serde(default)]
    pub(crate) edited: bool,
    pub(crate) currency_code: String,
    pub(crate) presentment_currency_code: String,
    pub(crate) taxes_included: bool,
    pub(crate) duties_included: bool,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) source_name: Option<String>,
    pub(crate) app: Option<App>,
    pub(crate) customer: Option<Customer>,
    /// Absent where companies are not asked for.
    #[serde(default)]
    pub(crate) purchasing_entity: Option<Purchasing>,
    #[serde(default)]
    pub(crate) payment_terms: Option<PaymentTerms>,
    pub(crate) billing_address: Option<Address>,
    pub(crate) shipping_address: Option<Address>,
    pub(crate) total_price_set: Bag,
    pub(crate) current_total_price_set: Bag,
    pub(crate) total_tip_received_set: Bag,
    pub(crate) refund_discrepancy_set: Bag,
    pub(crate) current_total_duties_set: Option<Bag>,
    pub(crate) current_total_additional_fees_set: Option<Bag>,
    pub(crate) total_cash_rounding_adjustment: CashRounding,
    pub(crate) additional_fees: Vec<Fee>,
    pub(crate) line_items: Connection<LineItem>,
    pub(crate) shipping_lines: Connection<ShippingLine>,
    pub(crate) transactions: Vec<Transaction>,
    /// These are absent in what webhooks tell.
    #[serde(default)]
    pub(crate) display_fulfillment_status: Option<String>,
    #[serde(default)]
    pub(crate) retail_location: Option<Reference>,
    #[serde(default)]
    pub(crate) risk: Option<Risk>,
}

/// `OrderRiskSummary`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Risk {
    pub(crate) recommendation: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct App {
    pub(crate) name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    pub(crate) legacy_resource_id: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) default_email_address: Option<Email>,
    pub(crate) default_phone_number: Option<Phone>,
}

/// `PurchasingEntity`; of a person nothing is asked here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Purchasing {
    #[serde(default)]
    pub(crate) company: Option<Company>,
    #[serde(default)]
    pub(crate) location: Option<CompanyLocation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) external_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CompanyLocation {
    pub(crate) name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentTerms {
    pub(crate) payment_terms_name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Email {
    pub(crate) email_address: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Phone {
    pub(crate) phone_number: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) address1: Option<String>,
    pub(crate) address2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) province: Option<String>,
    pub(crate) province_code: Option<String>,
    pub(crate) zip: Option<String>,
    pub(crate) country_code_v2: Option<String>,
    pub(crate) phone: Option<String>,
}

/// `MoneyBag`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bag {
    pub(crate) shop_money: Wire,
    pub(crate) presentment_money: Wire,
}

/// `MoneyV2`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire {
    pub(crate) amount: String,
    pub(crate) currency_code: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CashRounding {
    pub(crate) payment_set: Bag,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineItem {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) variant_title: Option<String>,
    pub(crate) sku: Option<String>,
    pub(crate) quantity: i64,
    pub(crate) current_quantity: i64,
    pub(crate) is_gift_card: bool,
    pub(crate) requires_shipping: bool,
    pub(crate) original_unit_price_set: Bag,
    pub(crate) original_total_set: Bag,
    pub(crate) discount_allocations: Vec<Allocation>,
    pub(crate) tax_lines: Vec<TaxLine>,
    pub(crate) duties: Vec<Fee>,
    pub(crate) line_item_group: Option<LineItemGroup>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineItemGroup {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) title: String,
    pub(crate) quantity: i64,
    pub(crate) variant_sku: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippingLine {
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    pub(crate) code: Option<String>,
    pub(crate) original_price_set: Bag,
    pub(crate) discounted_price_set: Bag,
    pub(crate) current_discounted_price_set: Bag,
    pub(crate) discount_allocations: Vec<Allocation>,
    pub(crate) tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Allocation {
    pub(crate) allocated_amount_set: Bag,
    pub(crate) discount_application: DiscountApplication,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DiscountApplication {
    pub(crate) code: Option<String>,
    pub(crate) title: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaxLine {
    pub(crate) title: String,
    pub(crate) rate: Option<Number>,
    pub(crate) channel_liable: Option<bool>,
    pub(crate) price_set: Bag,
}

/// An `AdditionalFee`, or a `Duty`, which has no name.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fee {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) price: Bag,
    pub(crate) tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) gateway: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) processed_at: Option<Timestamp>,
    pub(crate) amount_set: Bag,
    pub(crate) parent_transaction: Option<Reference>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) id: String,
}
