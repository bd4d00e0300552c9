use std::collections::BTreeMap;

use crate::shopify::money::Currency;

/// A price list of a market's or a business customer's catalog.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct PriceList {
    pub(in crate::shopify) id: u64,
    pub(in crate::shopify) name: String,
    pub(in crate::shopify) currency: Currency,
    /// By the variant's place in the list of variants.
    pub(in crate::shopify) fixed: BTreeMap<usize, Fixed>,
}

/// A price that is fixed for a variant, in minor units of the list's currency.
#[derive(Clone, Debug, Default)]
pub(in crate::shopify) struct Fixed {
    pub(in crate::shopify) price: i64,
    pub(in crate::shopify) compare_at: Option<i64>,
    /// Price by least quantity.
    pub(in crate::shopify) breaks: BTreeMap<i64, i64>,
}

/// Number of the first price list; later ones follow.
pub(in crate::shopify) const FIRST_LIST: u64 = 24_500_001;
