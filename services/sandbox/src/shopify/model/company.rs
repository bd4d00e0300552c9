use jiff::Timestamp;
use serde::Deserialize;

use super::Address;

/// A company that may buy, as a record of its own.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Firm {
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) name: String,
    pub(in crate::shopify) external_id: Option<String>,
    /// Places of the customers who may order for it.
    pub(in crate::shopify) contacts: Vec<usize>,
    pub(in crate::shopify) sites: Vec<FirmSite>,
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
}

/// A place of a company.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct FirmSite {
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) name: String,
    pub(in crate::shopify) address: Address,
    pub(in crate::shopify) terms: Option<String>,
}

/// A company to be put into the shop.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NewCompany {
    /// Its number; that of a company that is there changes it.
    pub number: u64,
    /// What it is called.
    pub name: String,
    /// The merchant's own id of it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Global ids of the customers who may order for it.
    #[serde(default)]
    pub contacts: Vec<String>,
    /// Its places: name, street and town.
    pub sites: Vec<(String, String, String)>,
    /// Name of the terms of payment of all its places, such as `Net 30`.
    #[serde(default)]
    pub terms: Option<String>,
}
