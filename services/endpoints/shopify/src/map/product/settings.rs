//! The settings by which products get into the shop.

use std::collections::BTreeMap;

use ports::ConfigError;
use schemars::JsonSchema;
use serde::Deserialize;

/// How products get into the shop. What the source does not give is left as it is; of lists (tags, pictures, collections, variants)
/// only what Causeway put in is taken out again.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Products {
    /// The status of a product that is new to the shop: `draft` (the default), so that somebody looks at it first, or `active`. One
    /// without a price is made a draft in any case.
    pub new_products: NewProducts,
    /// What becomes of a product that is not offered any more: `draft` (the default), `archive` or `leave`. One that was taken out this
    /// way gets its old status back when it is offered again.
    pub withdrawn: Withdrawn,
    /// What becomes of a variant whose article is not offered any more while others of its product are: `remove` (the default) or
    /// `leave`. Variants that the source knows nothing of stay in any case.
    pub withdrawn_variants: WithdrawnVariants,
    /// The sales channels that a product is shown in when it comes into the shop, by their names: `[Online Store, Point of Sale]`.
    /// It is not shown again in one that it was taken out of by hand.
    pub publish_to: Vec<String>,
    /// The number of the shop's collection by the name of the category at the source: `Shoes: "61234567890"`. A category that is not
    /// listed is passed over.
    pub collections: BTreeMap<String, String>,
}

/// The status of a new product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewProducts {
    /// Nobody sees it until somebody sets it active.
    #[default]
    Draft,
    /// It is for sale at once, where it is published.
    Active,
}

/// What becomes of a product that is not offered any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawn {
    /// It becomes a draft.
    #[default]
    Draft,
    /// It is archived.
    Archive,
    /// It stays as it is.
    Leave,
}

/// What becomes of a variant that is not offered any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnVariants {
    /// It is taken out of the product.
    #[default]
    Remove,
    /// It stays as it is.
    Leave,
}

impl NewProducts {
    pub(super) const fn status(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Active => "ACTIVE",
        }
    }
}

impl Withdrawn {
    /// The status that it gets, if any.
    pub(super) const fn status(self) -> Option<&'static str> {
        match self {
            Self::Draft => Some("DRAFT"),
            Self::Archive => Some("ARCHIVED"),
            Self::Leave => None,
        }
    }
}

/// Looks for settings that do not make sense.
///
/// # Errors
/// [`ConfigError`] naming the setting.
pub(crate) fn check(products: &Products) -> Result<(), ConfigError> {
    for (category, number) in &products.collections {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ConfigError {
                setting: format!("products.collections.{category}"),
                why: "must be the number of a Shopify collection, the last part of its address in the admin"
                    .to_owned(),
            });
        }
    }
    Ok(())
}
