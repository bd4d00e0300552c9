//! Customers and contacts in SuiteQL's answers.

use serde::{Deserialize, Serialize};

use super::rows::{optional_text, text};

/// A customer that may be the buyer.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub(crate) struct CustomerRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) externalid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) email: Option<String>,
    /// `T` for a person, `F` for a company.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) isperson: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) firstname: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) lastname: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) companyname: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) phone: Option<String>,
    /// Internal id of the terms of payment.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) terms: Option<String>,
    /// Internal id, in OneWorld accounts.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) subsidiary: Option<String>,
}

impl CustomerRow {
    /// Whether it is a person, not a company.
    pub(crate) fn is_person(&self) -> bool {
        self.isperson.as_deref() == Some("T")
    }

    /// The person's name, where both parts are there.
    pub(crate) fn person(&self) -> Option<String> {
        Some(format!(
            "{} {}",
            self.firstname.as_ref()?,
            self.lastname.as_ref()?
        ))
    }
}

/// A customer that stands in the way of a new one.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NamesakeRow {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) externalid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) entityid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) isinactive: Option<String>,
}

/// An entry of a customer's address book.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AddressRow {
    #[serde(deserialize_with = "text")]
    pub(crate) entity: String,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addressee: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) attention: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addr1: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) addr2: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) city: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) zip: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) country: Option<String>,
}

/// A contact that may be the person who ordered.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ContactRow {
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) externalid: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) email: Option<String>,
    /// Internal id of the customer.
    #[serde(default, deserialize_with = "optional_text")]
    pub(crate) company: Option<String>,
}
