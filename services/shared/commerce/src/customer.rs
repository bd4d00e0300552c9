//! Who buys.

use serde::{Deserialize, Serialize};

use crate::ids::ExternalId;

/// The buyer of an order as the storefront knows them. A guest has no id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// The storefront's id; `None` for a guest.
    pub id: Option<ExternalId>,
    /// E-mail address as given.
    pub email: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Telephone number as given.
    pub phone: Option<String>,
}

/// A company that buys: the customer of the order is the person who ordered for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// The storefront's id.
    pub id: ExternalId,
    /// What it is called.
    pub name: String,
    /// The merchant's own id of it, where the storefront keeps one.
    pub reference: Option<String>,
    /// The name of the place of the company that buys.
    pub location: Option<String>,
}
