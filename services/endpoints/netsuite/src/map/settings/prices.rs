//! The settings by which NetSuite's price levels become price lists.

use std::collections::BTreeMap;

use commerce::Currency;
use jiff::SignedDuration;
use ports::ConfigError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Column, InternalId};

/// Which prices are read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// Price lists by a name of your own, each one price level in one currency: `retail: { level: 1, currency: EUR }`. The target
    /// knows them by these names.
    pub lists: BTreeMap<String, PriceList>,
    /// A checkbox of the item (`custitem_…`): only prices of ticked items are sent. Without it those of every active item that is sold.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub item_flag: Option<Column>,
    /// How often all prices are read, besides those of items that were edited: NetSuite does not mark an item as edited for every
    /// change of its prices. `6h` unless set. Prices that stayed the same are not sent.
    #[schemars(with = "String")]
    pub reread: SignedDuration,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            lists: BTreeMap::new(),
            item_flag: None,
            reread: SignedDuration::from_hours(6),
        }
    }
}

/// One price level in one currency.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Internal id of the price level: 1 is the base price.
    #[schemars(extend("x-list" = "price_levels"))]
    pub level: InternalId,
    /// The currency, by its ISO 4217 code, which NetSuite keeps as the currency's symbol.
    #[schemars(with = "String")]
    pub currency: Currency,
    /// Internal id of a price level whose price, where it is above zero and below the regular one, is the sale price.
    #[serde(default)]
    #[schemars(extend("x-list" = "price_levels"))]
    pub sale_level: Option<InternalId>,
    /// A number field of the item (`custitem_…`) with the sale price in the list's currency; counts where it is above zero and below the
    /// regular price. Not beside `sale_level`.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub sale_field: Option<Column>,
    /// Whether prices for larger quantities are read too. They are unless set; targets without such prices leave them out.
    #[serde(default = "yes")]
    pub quantity_breaks: bool,
}

const fn yes() -> bool {
    true
}

impl Prices {
    /// The price levels to be read, each once.
    pub(crate) fn levels(&self) -> Vec<InternalId> {
        let lists = self.lists.values();
        let mut all: Vec<InternalId> = lists
            .flat_map(|list| std::iter::once(&list.level).chain(&list.sale_level))
            .cloned()
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// The item fields with sale prices, each once.
    pub(crate) fn sale_fields(&self) -> Vec<&Column> {
        let lists = self.lists.values();
        let mut all: Vec<&Column> = lists.filter_map(|list| list.sale_field.as_ref()).collect();
        all.sort_by_key(|field| field.as_str());
        all.dedup_by_key(|field| field.as_str());
        all
    }
}

/// Looks for settings that do not make sense together.
pub(crate) fn check(prices: &Prices) -> Result<(), ConfigError> {
    let wrong = |setting: String, why: &str| {
        Err(ConfigError {
            setting: format!("prices.{setting}"),
            why: why.to_owned(),
        })
    };
    if !prices.reread.is_positive() {
        return wrong("reread".to_owned(), "must be longer than nothing");
    }
    let custom = |field: &Column| field.as_str().starts_with("custitem");
    if !prices.item_flag.as_ref().is_none_or(custom) {
        return wrong(
            "item_flag".to_owned(),
            "must be a custom item field (custitem_…)",
        );
    }
    for (name, list) in &prices.lists {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            return wrong(
                format!("lists.{name}"),
                "a list's name has up to 64 letters, digits, '-' and '_'",
            );
        }
        if list.sale_level.is_some() && list.sale_field.is_some() {
            return wrong(
                format!("lists.{name}.sale_field"),
                "cannot stand beside 'sale_level': a list has one sale price",
            );
        }
        if !list.sale_field.as_ref().is_none_or(custom) {
            return wrong(
                format!("lists.{name}.sale_field"),
                "must be a custom item field (custitem_…)",
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(json: &str) -> Prices {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (json, setting) in [
            (r#"{"reread": "0s"}"#, "prices.reread"),
            (r#"{"item_flag": "itemid"}"#, "prices.item_flag"),
            (
                r#"{"lists": {"the web": {"level": 1, "currency": "EUR"}}}"#,
                "prices.lists.the web",
            ),
            (
                r#"{"lists": {"web": {"level": 1, "currency": "EUR", "sale_level": 2, "sale_field": "custitem_s"}}}"#,
                "prices.lists.web.sale_field",
            ),
            (
                r#"{"lists": {"web": {"level": 1, "currency": "EUR", "sale_field": "itemid"}}}"#,
                "prices.lists.web.sale_field",
            ),
        ] {
            assert_eq!(check(&prices(json)).unwrap_err().setting, setting);
        }
        let good = prices(
            r#"{"lists": {"web": {"level": 5, "currency": "EUR", "sale_level": 7}, "us": {"level": "5", "currency": "USD"}}}"#,
        );
        check(&good).unwrap();
        let levels: Vec<String> = good.levels().iter().map(ToString::to_string).collect();
        assert_eq!(levels, ["5", "7"]);
        let unknown = r#"{"lists": {"web": {"level": 5, "currency": "EURO"}}}"#;
        assert!(serde_json::from_str::<Prices>(unknown).is_err());
    }
}
