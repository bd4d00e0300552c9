//! Customers and companies as records of their own.

use jiff::Timestamp;
use serde::Deserialize;

use super::Connection;
use super::order::{Address, Customer, Phone, Reference};

/// `Customer`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shopper {
    pub(crate) id: String,
    pub(crate) updated_at: Timestamp,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) tax_exempt: bool,
    pub(crate) default_email_address: Option<Mailbox>,
    pub(crate) default_phone_number: Option<Phone>,
    pub(crate) default_address: Option<Reference>,
    pub(crate) addresses_v2: Connection<Booked>,
}

/// `CustomerEmailAddress`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mailbox {
    pub(crate) email_address: String,
    pub(crate) marketing_state: String,
}

/// `MailingAddress` of a customer's book.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Booked {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) address: Address,
}

/// `Company`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Business {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) external_id: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) updated_at: Timestamp,
    pub(crate) contacts: Connection<CompanyContact>,
    pub(crate) locations: Connection<Site>,
}

/// `CompanyContact`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CompanyContact {
    pub(crate) customer: Customer,
}

/// `CompanyLocation`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Site {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) phone: Option<String>,
    pub(crate) billing_address: Option<SiteAddress>,
    pub(crate) shipping_address: Option<SiteAddress>,
    pub(crate) buyer_experience_configuration: Option<Checkout>,
    pub(crate) tax_settings: TaxSettings,
}

/// `BuyerExperienceConfiguration`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checkout {
    pub(crate) payment_terms_template: Option<TermsTemplate>,
}

/// `PaymentTermsTemplate`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TermsTemplate {
    pub(crate) name: String,
}

/// `CompanyLocationTaxSettings`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaxSettings {
    pub(crate) tax_exempt: bool,
    pub(crate) tax_registration_id: Option<String>,
}

/// `CompanyAddress`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SiteAddress {
    pub(crate) id: String,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) company_name: Option<String>,
    pub(crate) address1: Option<String>,
    pub(crate) address2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) province: Option<String>,
    pub(crate) zone_code: Option<String>,
    pub(crate) zip: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) phone: Option<String>,
}
