//! The settings by which NetSuite's items become a shop's products.

use commerce::Currency;
use ports::ConfigError;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use super::{Column, InternalId};

/// Which items are told as products, and from which of their fields. A matrix item is one product, its children are the variants;
/// every other inventory, assembly, kit and non-inventory item is a product of its own. A field that is not named here, or is
/// empty, is left to the shop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Products {
    /// A checkbox of the item (`custitem_…`): ticked items are offered; one that is not ticked any more, like one that is inactive, is
    /// taken out of the shop as the shop's connection says. An empty field leaves the item alone; of a matrix item's child it
    /// says the same as the parent's. Without this setting every active item is offered.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub item_flag: Option<Column>,
    /// The title: `displayname` (the default), `storedisplayname` or any other field of the item.
    #[schemars(with = "String", extend("x-offers" = "custom_fields"))]
    pub title: ItemField,
    /// The description, in HTML: `storedetaileddescription`, a custom field, ….
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub description: Option<ItemField>,
    /// Who makes it: `manufacturer`, ….
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub vendor: Option<ItemField>,
    /// What kind of thing it is; of a list the entry's name.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub product_type: Option<ItemField>,
    /// Its part of the shop's addresses: `urlcomponent`, ….
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub handle: Option<ItemField>,
    /// Words to find it by: a text with commas, or a list of several.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub tags: Option<ItemField>,
    /// The categories it belongs to: a text with commas, or a list of several. The shop's connection says which collections they are.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub categories: Option<ItemField>,
    /// Fields that hold the web addresses of pictures, the first one first. Those of a matrix item's children follow its own.
    #[schemars(with = "Vec<String>", extend("x-offers" = "custom_fields"))]
    pub images: Vec<ItemField>,
    /// EAN, UPC or the like: `upccode` unless set.
    #[schemars(with = "String", extend("x-offers" = "custom_fields"))]
    pub barcode: ItemField,
    /// The options by which the children of matrix items differ, in the order in which the shop is to show them.
    pub options: Vec<MatrixOption>,
    /// Where the price comes from that an article new to the shop begins with. Left out, none is given; it is never told again when
    /// it changes.
    pub first_price: Option<FirstPrice>,
}

/// An option of matrix items.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixOption {
    /// The item field (`custitem_…`) that holds a child's value of it.
    #[schemars(with = "String", extend("x-offers" = "custom_fields"))]
    pub field: ItemField,
    /// What the shop calls it: `Colour`.
    pub name: String,
}

/// The price that a new article begins with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPrice {
    /// Internal id of the price level: `1` (Base Price) unless set.
    #[serde(default = "base_price")]
    #[schemars(extend("x-list" = "price_levels"))]
    pub level: InternalId,
    /// ISO code of the currency it is in, which has to be the shop's: `USD`.
    #[serde(deserialize_with = "currency")]
    #[schemars(with = "String")]
    pub currency: Currency,
    /// Internal id of that currency in NetSuite, where the feature Multiple Currencies is on.
    #[serde(default)]
    #[schemars(extend("x-list" = "currencies"))]
    pub currency_id: Option<InternalId>,
}

impl Default for Products {
    fn default() -> Self {
        Self {
            item_flag: None,
            title: ItemField("displayname".to_owned()),
            description: None,
            vendor: None,
            product_type: None,
            handle: None,
            tags: None,
            categories: None,
            images: Vec::new(),
            barcode: ItemField("upccode".to_owned()),
            options: Vec::new(),
            first_price: None,
        }
    }
}

fn base_price() -> InternalId {
    InternalId::base_price_level()
}

fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
    let code = String::deserialize(deserializer)?;
    Currency::from_code(&code)
        .ok_or_else(|| de::Error::custom(format!("'{code}' is no ISO code of a currency")))
}

/// A field of the item by the name that SuiteQL knows it by; narrow enough to stand in a query's text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ItemField(String);

impl ItemField {
    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may be a list, of which SuiteQL gives the entry's id unless asked for its label.
    pub(crate) fn may_be_a_list(&self) -> bool {
        self.0.starts_with("custitem") || ["class", "department"].contains(&self.0.as_str())
    }
}

impl TryFrom<String> for ItemField {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && name.len() <= 60 && name.chars().all(plain) {
            Ok(Self(name))
        } else {
            Err(format!(
                "'{text}' is no item field: give its id, such as displayname or custitem_web_description"
            ))
        }
    }
}

/// Looks for settings that do not make sense together.
pub(crate) fn check(products: &Products) -> Result<(), ConfigError> {
    let wrong = |setting: &str, why: &str| {
        Err(ConfigError {
            setting: format!("products.{setting}"),
            why: why.to_owned(),
        })
    };
    let custom = |field: &Column| field.as_str().starts_with("custitem");
    if !products.item_flag.as_ref().is_none_or(custom) {
        return wrong("item_flag", "must be a custom item field (custitem_…)");
    }
    for (place, option) in products.options.iter().enumerate() {
        let others = products.options.get(..place).unwrap_or_default();
        if option.name.trim().is_empty() {
            return wrong("options", "an option needs a name");
        }
        if others.iter().any(|other| other.name == option.name) {
            return wrong("options", "two options bear the same name");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn products(json: &str) -> Result<Products, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (json, setting) in [
            (r#"{"item_flag": "itemid"}"#, "products.item_flag"),
            (
                r#"{"options": [{"field": "custitem_a", "name": " "}]}"#,
                "products.options",
            ),
            (
                r#"{"options": [{"field": "custitem_a", "name": "Size"}, {"field": "custitem_b", "name": "Size"}]}"#,
                "products.options",
            ),
        ] {
            let error = check(&products(json).unwrap()).unwrap_err();
            assert_eq!(error.setting, setting);
        }
        for json in [
            r#"{"title": "x') OR 1=1"}"#,
            r#"{"title": ""}"#,
            r#"{"first_price": {"currency": "XXQ"}}"#,
        ] {
            assert!(products(json).is_err(), "{json}");
        }
        let good = r#"{"item_flag": "custitem_web", "first_price": {"currency": "USD"}}"#;
        check(&products(good).unwrap()).unwrap();
    }
}
