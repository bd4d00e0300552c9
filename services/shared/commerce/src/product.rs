//! Products: what a shop shows and sells.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::revision::Digest;
use crate::sku::Sku;

/// What a shop offers under one name: one article, or several that differ by options such as size and colour.
///
/// What is absent or empty was not given by the source, and says nothing: a target leaves what it has there as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The name by which people know it at the source.
    pub number: String,
    /// Whether it is to be offered; if not, it is taken out of the shop by the target's rule.
    pub offered: bool,
    /// What the buyer reads first.
    pub title: Option<String>,
    /// The description, in HTML.
    pub description: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// What kind of thing it is, in the merchant's words.
    pub product_type: Option<String>,
    /// Its part of the shop's addresses.
    pub handle: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Names of the categories it belongs to, at the source.
    pub categories: Vec<String>,
    /// Pictures, the first one first.
    pub images: Vec<Image>,
    /// What its variants differ by, in order; empty where there is one variant only.
    pub options: Vec<String>,
    /// The articles to be offered; empty only where it is not offered.
    pub variants: Vec<Variant>,
    /// Articles of it that are not, or no longer, to be offered.
    pub withdrawn: Vec<Sku>,
}

/// One article of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The article.
    pub sku: Sku,
    /// What the product's options are for it, in their order.
    pub values: Vec<String>,
    /// EAN, UPC or the like.
    pub barcode: Option<String>,
    /// What one weighs.
    pub weight: Option<Weight>,
    /// The price that an article new to the target begins with. Later prices are not the product's business, so that a changed one
    /// makes no new version of it.
    pub first_price: Option<Money>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Where it can be fetched by anybody.
    pub url: String,
    /// What it shows, for those who do not see it.
    pub alt: Option<String>,
}

/// A weight, as the source states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// How many of the unit.
    pub value: Decimal,
    /// The unit.
    pub unit: WeightUnit,
}

/// A unit of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightUnit {
    /// g
    Gram,
    /// kg
    Kilogram,
    /// oz
    Ounce,
    /// lb
    Pound,
}

impl Product {
    /// Everything but the first prices.
    pub(crate) fn content(&self) -> impl Serialize + '_ {
        let variants: Vec<_> = self.variants.iter().map(Variant::content).collect();
        (
            (&self.number, self.offered, &self.title, &self.description),
            (&self.vendor, &self.product_type, &self.handle),
            (&self.tags, &self.categories, &self.images),
            (&self.options, variants, &self.withdrawn),
        )
    }
}

impl Variant {
    fn content(&self) -> impl Serialize + '_ {
        (&self.sku, &self.values, &self.barcode, &self.weight)
    }
}

impl Image {
    /// By which a target recognises it: the same for the same address and description.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let alt = self.alt.as_deref().unwrap_or_default();
        Digest::of([self.url.as_bytes(), alt.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use iso_currency::Currency;

    use super::*;
    use crate::event::Record;

    fn product() -> Product {
        Product {
            number: "TEE".to_owned(),
            offered: true,
            title: Some("Tee".to_owned()),
            description: None,
            vendor: None,
            product_type: None,
            handle: None,
            tags: Vec::new(),
            categories: Vec::new(),
            images: Vec::new(),
            options: vec!["Size".to_owned()],
            variants: vec![Variant {
                sku: Sku::new("TEE-S").unwrap(),
                values: vec!["S".to_owned()],
                barcode: None,
                weight: None,
                first_price: None,
            }],
            withdrawn: Vec::new(),
        }
    }

    #[test]
    fn a_price_makes_no_new_version_and_all_else_does() {
        let digest = |product: &Product| Record::Product(Box::new(product.clone())).digest();
        let plain = product();
        let mut priced = product();
        priced.variants[0].first_price = Some(Money {
            amount: Decimal::ONE,
            currency: Currency::EUR,
        });
        assert_eq!(digest(&plain), digest(&priced));
        let mut withdrawn = product();
        withdrawn.withdrawn.push(Sku::new("TEE-M").unwrap());
        let mut weighed = product();
        weighed.variants[0].weight = Some(Weight {
            value: Decimal::ONE,
            unit: WeightUnit::Gram,
        });
        let mut titled = product();
        titled.title = None;
        for other in [withdrawn, weighed, titled] {
            assert_ne!(digest(&plain), digest(&other));
        }
    }
}
