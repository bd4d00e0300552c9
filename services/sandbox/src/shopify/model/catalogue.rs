use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive as _;

use super::ids;
use super::product::ALONE;
use crate::catalogue::{Catalogue, Item};
use crate::shopify::money::Currency;

/// A product variant with its inventory item.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Variant {
    pub(in crate::shopify) index: usize,
    /// Place of its product.
    pub(in crate::shopify) product: usize,
    /// What the product's options are for it.
    pub(in crate::shopify) values: Vec<String>,
    /// Taken out of its product; orders still speak of it.
    pub(in crate::shopify) gone: bool,
    /// Whether its stock is counted, where it can be.
    pub(in crate::shopify) tracked: bool,
    /// Value and `WeightUnit`.
    pub(in crate::shopify) weight: (String, String),
    pub(in crate::shopify) sku: String,
    pub(in crate::shopify) title: String,
    pub(in crate::shopify) barcode: Option<String>,
    /// Price in cents of a US dollar.
    pub(in crate::shopify) cents: i64,
    /// Price in minor units of the shop's currency, once somebody set it.
    pub(in crate::shopify) set: Option<i64>,
    /// What it costs otherwise, in minor units of the shop's currency.
    pub(in crate::shopify) compare_at: Option<i64>,
    pub(in crate::shopify) grams: u32,
    pub(in crate::shopify) gift_card: bool,
    /// Parts of a bundle: place in the list of variants, and how many.
    pub(in crate::shopify) components: Vec<(usize, u32)>,
    pub(in crate::shopify) created_at: Timestamp,
}

/// SKU of the gift card that the shop sells beside the catalogue.
pub(in crate::shopify) const GIFT_CARD: &str = "GIFT-CARD";

impl Variant {
    pub(in crate::shopify) fn id(&self) -> u64 {
        ids::variant(self.index)
    }

    pub(in crate::shopify) fn item_id(&self) -> u64 {
        ids::item(self.index)
    }

    pub(in crate::shopify) fn product_id(&self) -> u64 {
        ids::product(self.product)
    }

    /// In minor units of the shop's currency.
    pub(in crate::shopify) fn price(&self, currency: Currency) -> i64 {
        self.set.unwrap_or_else(|| currency.of_cents(self.cents))
    }

    /// Orders from now on are taken at that price.
    pub(in crate::shopify) fn set_price(&mut self, minor: i64, currency: Currency) {
        self.cents = currency.to_cents(minor);
        self.set = Some(minor);
    }

    pub(in crate::shopify) fn is_bundle(&self) -> bool {
        !self.components.is_empty()
    }

    /// Whether it has stock: a bundle has that of its parts, a gift card none.
    pub(in crate::shopify) fn is_tracked(&self) -> bool {
        self.tracked && !self.gone && !self.is_bundle() && !self.gift_card
    }

    /// Every other kit is a bundle; the shop knows nothing of what the others are made of, and counts them as they are.
    fn from_item(index: usize, item: &Item, created_at: Timestamp) -> Self {
        let is_bundle = item.index.is_multiple_of(2);
        Self {
            index,
            product: index,
            values: vec![ALONE.1.to_owned()],
            gone: false,
            tracked: true,
            weight: (format!("{}.0", item.grams), "GRAMS".to_owned()),
            sku: item.sku.clone(),
            title: item.title.clone(),
            barcode: Some(item.barcode.clone()),
            cents: (item.price * rust_decimal::Decimal::ONE_HUNDRED)
                .round()
                .to_i64()
                .unwrap_or(0),
            set: None,
            compare_at: None,
            grams: item.grams,
            gift_card: false,
            components: item
                .members
                .iter()
                .filter(|_| is_bundle)
                .filter_map(|member| Some((usize::try_from(member.index).ok()?, member.quantity)))
                .collect(),
            created_at,
        }
    }
}

/// The catalogue's items in its order, and the gift card last.
pub(in crate::shopify) fn variants(catalogue: &Catalogue, created_at: Timestamp) -> Vec<Variant> {
    let mut variants: Vec<Variant> = catalogue
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| Variant::from_item(index, item, created_at))
        .collect();
    variants.push(Variant {
        index: variants.len(),
        product: variants.len(),
        values: vec![ALONE.1.to_owned()],
        gone: false,
        tracked: false,
        weight: ("0.0".to_owned(), "GRAMS".to_owned()),
        sku: GIFT_CARD.to_owned(),
        title: "Gift Card".to_owned(),
        barcode: None,
        cents: 5_000,
        set: None,
        compare_at: None,
        grams: 0,
        gift_card: true,
        components: Vec::new(),
        created_at,
    });
    variants
}
