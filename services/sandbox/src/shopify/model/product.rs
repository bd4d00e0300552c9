use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Variant, ids};

/// What the shop shows under one name; the articles are its variants.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Product {
    pub(in crate::shopify) index: usize,
    pub(in crate::shopify) title: String,
    pub(in crate::shopify) handle: String,
    pub(in crate::shopify) description: String,
    pub(in crate::shopify) vendor: String,
    pub(in crate::shopify) product_type: String,
    /// A `ProductStatus`.
    pub(in crate::shopify) status: String,
    pub(in crate::shopify) tags: Vec<String>,
    /// What the variants differ by, with the values there are.
    pub(in crate::shopify) options: Vec<ProductOption>,
    /// Its variants, in order, by their place in the shop's list.
    pub(in crate::shopify) variants: Vec<usize>,
    pub(in crate::shopify) media: Vec<Media>,
    /// Type and value by namespace and key.
    pub(in crate::shopify) metafields: BTreeMap<(String, String), (String, String)>,
    /// Places of the publications that show it.
    pub(in crate::shopify) published: BTreeSet<usize>,
    pub(in crate::shopify) gift_card: bool,
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::shopify) struct ProductOption {
    pub(in crate::shopify) name: String,
    pub(in crate::shopify) values: Vec<String>,
}

/// A picture of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::shopify) struct Media {
    pub(in crate::shopify) id: u64,
    /// Where it was fetched from.
    pub(in crate::shopify) source: String,
    pub(in crate::shopify) alt: Option<String>,
}

/// A named set of products.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Collection {
    pub(in crate::shopify) title: &'static str,
    pub(in crate::shopify) products: BTreeSet<usize>,
}

/// Names of the sales channels; each has one publication.
pub(in crate::shopify) const CHANNELS: [&str; 2] = ["Online Store", "Point of Sale"];

/// Names of the collections; products are put into them one by one.
const COLLECTIONS: [&str; 2] = ["Home", "Sale"];

/// The only value of the only option of a product that has none.
pub(in crate::shopify) const ALONE: (&str, &str) = ("Title", "Default Title");

impl Product {
    pub(in crate::shopify) fn id(&self) -> u64 {
        ids::product(self.index)
    }

    /// The product of one seeded article.
    fn of(variant: &Variant) -> Self {
        let kind = if variant.gift_card {
            "Gift Cards"
        } else {
            "Home"
        };
        Self {
            index: variant.product,
            title: variant.title.clone(),
            handle: handle(&variant.title),
            description: String::new(),
            vendor: "Causeway Sandbox".to_owned(),
            product_type: kind.to_owned(),
            status: "ACTIVE".to_owned(),
            tags: Vec::new(),
            options: vec![ProductOption {
                name: ALONE.0.to_owned(),
                values: vec![ALONE.1.to_owned()],
            }],
            variants: vec![variant.index],
            media: Vec::new(),
            metafields: BTreeMap::new(),
            published: (0..CHANNELS.len()).collect(),
            gift_card: variant.gift_card,
            created_at: variant.created_at,
            updated_at: variant.created_at,
        }
    }
}

/// A product for each seeded article.
pub(in crate::shopify) fn products(variants: &[Variant]) -> Vec<Product> {
    variants.iter().map(Product::of).collect()
}

pub(in crate::shopify) fn collections() -> Vec<Collection> {
    let empty = |title| Collection {
        title,
        products: BTreeSet::new(),
    };
    COLLECTIONS.into_iter().map(empty).collect()
}

/// The part of an address that a title makes.
pub(in crate::shopify) fn handle(title: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let text: String = title.to_lowercase().chars().map(plain).collect();
    let words = text.split('-').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
