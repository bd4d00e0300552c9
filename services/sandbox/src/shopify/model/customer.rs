use jiff::Timestamp;
use serde::Deserialize;

use super::ids;

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::shopify) struct Address {
    pub(in crate::shopify) first_name: String,
    pub(in crate::shopify) last_name: String,
    pub(in crate::shopify) company: Option<String>,
    pub(in crate::shopify) address1: String,
    pub(in crate::shopify) address2: Option<String>,
    pub(in crate::shopify) city: String,
    pub(in crate::shopify) province: Option<&'static str>,
    pub(in crate::shopify) province_code: Option<&'static str>,
    pub(in crate::shopify) zip: Option<String>,
    pub(in crate::shopify) country: &'static str,
    /// ISO 3166-1 alpha-2.
    pub(in crate::shopify) country_code: &'static str,
    pub(in crate::shopify) phone: Option<String>,
}

impl Address {
    pub(in crate::shopify) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
            .trim()
            .to_owned()
    }

    /// The lines of a label.
    pub(in crate::shopify) fn formatted(&self, with_name: bool, with_company: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if with_name {
            lines.push(self.name());
        }
        if with_company {
            lines.extend(self.company.clone());
        }
        lines.push(self.address1.clone());
        lines.extend(self.address2.clone());
        let place = [
            Some(self.city.as_str()),
            self.province_code,
            self.zip.as_deref(),
        ];
        lines.push(place.into_iter().flatten().collect::<Vec<_>>().join(" "));
        lines.push(self.country.to_owned());
        lines
    }
}

/// Somebody with an account at the shop.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Customer {
    pub(in crate::shopify) index: usize,
    pub(in crate::shopify) email: Option<String>,
    pub(in crate::shopify) phone: Option<String>,
    pub(in crate::shopify) locale: &'static str,
    /// The default one, which also holds the name.
    pub(in crate::shopify) address: Address,
    pub(in crate::shopify) others: Vec<Address>,
    pub(in crate::shopify) note: Option<String>,
    /// A `CustomerEmailAddressMarketingState`.
    pub(in crate::shopify) consent: String,
    pub(in crate::shopify) orders: u32,
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
}

/// A company for which somebody with an account bought, and on which terms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Purchase {
    /// Number of the company.
    pub company: u64,
    /// What it is called.
    pub name: String,
    /// The merchant's own id of it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Which of its places bought.
    pub location: String,
    /// Name of the terms of payment, such as `Net 30`; `None` where it was paid at once.
    #[serde(default)]
    pub terms: Option<String>,
}

impl Customer {
    pub(in crate::shopify) fn id(&self) -> u64 {
        ids::customer(self.index)
    }

    /// All addresses, the default one first.
    pub(in crate::shopify) fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.address).chain(&self.others)
    }
}
