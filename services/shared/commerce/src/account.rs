//! Customers and companies as records of their own, whether they ever ordered or not.

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::customer::{Company, Customer};
use crate::ids::{ExternalId, LineId};

/// Somebody with an account at the storefront.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// By what people know it: the e-mail address, else the name, else the storefront's id.
    pub number: String,
    /// Who it is; the company is that of the first address.
    pub customer: Customer,
    /// Where they live and have things sent, the default one first.
    pub addresses: Vec<AddressEntry>,
    /// Whether they may be sent advertisements by e-mail; `None` where there is no e-mail address.
    pub email_consent: Option<Consent>,
    /// Whether the storefront charges them no tax.
    pub tax_exempt: bool,
    /// The shop's own words about them.
    pub note: Option<String>,
    /// The shop's labels.
    pub tags: Vec<String>,
}

/// An address in somebody's book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressEntry {
    /// The storefront's id of it, unique within the record.
    pub id: LineId,
    /// The address.
    pub address: Address,
}

/// Whether somebody agreed to advertisements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// They did.
    Subscribed,
    /// They never said so.
    NotSubscribed,
    /// They were asked to confirm it.
    Pending,
    /// They took it back.
    Unsubscribed,
    /// What they left cannot be written to.
    Invalid,
}

impl Consent {
    /// Its name in rules (`not_subscribed`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::NotSubscribed => "not_subscribed",
            Self::Pending => "pending",
            Self::Unsubscribed => "unsubscribed",
            Self::Invalid => "invalid",
        }
    }
}

/// A company that may buy at the storefront.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    /// By what people know it: its name.
    pub number: String,
    /// Which company; without a place of it.
    pub company: Company,
    /// The shop's own words about it.
    pub note: Option<String>,
    /// The people who may order for it.
    pub contacts: Vec<Customer>,
    /// Its places, in the shop's order.
    pub sites: Vec<Site>,
}

/// A place of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The storefront's id.
    pub id: ExternalId,
    /// What it is called.
    pub name: String,
    /// Where its bills go.
    pub billing: Option<AddressEntry>,
    /// Where its goods go.
    pub shipping: Option<AddressEntry>,
    /// Telephone number as given.
    pub phone: Option<String>,
    /// By when it has to pay, in the storefront's words ("Net 30"); `None` where at once.
    pub payment_terms: Option<String>,
    /// Whether the storefront charges it no tax.
    pub tax_exempt: bool,
    /// Its number at the tax authority.
    pub tax_number: Option<String>,
}
