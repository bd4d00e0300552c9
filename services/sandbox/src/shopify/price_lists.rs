//! What a clerk sees and does of prices.

use std::collections::BTreeMap;

use super::Shop;
use super::model::prices::{FIRST_LIST, Fixed, PriceList};
use super::money::Currency;

/// What a variant costs somewhere, as texts with all decimal places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceView {
    /// The price.
    pub price: String,
    /// What it costs otherwise.
    pub compare_at: Option<String>,
    /// Price by least quantity.
    pub breaks: BTreeMap<i64, String>,
}

impl Shop {
    /// Makes a price list in that currency; returns its number. `None` for a currency that the sandbox does not know.
    pub fn add_price_list(&self, name: &str, currency: &str) -> Option<u64> {
        let currency = Currency::find(currency)?;
        let lists = &mut self.state.lock().store.price_lists;
        let id = FIRST_LIST + lists.len() as u64;
        lists.push(PriceList {
            id,
            name: name.to_owned(),
            currency,
            fixed: BTreeMap::new(),
        });
        Some(id)
    }

    /// What the variant of that SKU costs in the shop.
    pub fn price(&self, sku: &str) -> Option<PriceView> {
        let state = self.state.lock();
        let currency = state.store.facts.currency;
        let mut variants = state.store.variants.iter();
        let variant = variants.find(|variant| variant.sku == sku)?;
        Some(PriceView {
            price: currency.long_text(variant.price(currency)),
            compare_at: variant.compare_at.map(|minor| currency.long_text(minor)),
            breaks: BTreeMap::new(),
        })
    }

    /// What is fixed for the variant of that SKU on the price list of that number.
    pub fn fixed_price(&self, list: u64, sku: &str) -> Option<PriceView> {
        let state = self.state.lock();
        let mut variants = state.store.variants.iter();
        let variant = variants.find(|variant| variant.sku == sku)?;
        let list = state.store.price_lists.iter().find(|one| one.id == list)?;
        let Fixed {
            price,
            compare_at,
            breaks,
        } = list.fixed.get(&variant.index)?;
        let text = |minor: &i64| list.currency.long_text(*minor);
        Some(PriceView {
            price: text(price),
            compare_at: compare_at.as_ref().map(text),
            breaks: breaks
                .iter()
                .map(|(from, minor)| (*from, text(minor)))
                .collect(),
        })
    }

    /// Shopify suspends the product of that SKU: nothing of it can be changed any more.
    pub fn suspend(&self, sku: &str) {
        let store = &mut self.state.lock().store;
        let found = store.variants.iter().filter(|variant| variant.sku == sku);
        let found: Vec<usize> = found.map(|variant| variant.index).collect();
        store.suspended.extend(found);
    }
}
