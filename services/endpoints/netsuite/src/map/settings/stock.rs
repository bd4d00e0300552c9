//! The settings by which NetSuite's stock becomes what a shop may sell.

use std::collections::BTreeMap;

use ports::ConfigError;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Column, InternalId};

/// Which stock is read, and how much of it may be sold. What a change here does to items that do not move is sent by a backfill
/// of the sync.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stock {
    /// Internal ids of the locations whose stock is read, each on its own; all when left out. Not beside `pools`.
    #[schemars(extend("x-list" = "locations"))]
    pub locations: Vec<InternalId>,
    /// Locations that are sold from together, by a name of your own: `web: { locations: [1, 5], buffer: 2 }`. A shop's table of
    /// locations then names the pool where it would name the location. A location may be in several pools.
    pub pools: BTreeMap<String, Pool>,
    /// A number field of the item (`custitem_…`) with the units of it that are held back from every pool; where it is filled it
    /// counts instead of the pool's own `buffer`.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub buffer_field: Option<Column>,
    /// A checkbox of the item (`custitem_…`): only ticked items are sent. An empty field leaves the item alone.
    #[schemars(with = "Option<String>", extend("x-offers" = "custom_fields"))]
    pub item_flag: Option<Column>,
    /// What becomes of an item whose `item_flag` is not ticked.
    pub unflagged: Unflagged,
    /// Levels below so many units go before all others, with orders and shipments. 0 unless set: none does.
    #[schemars(with = "String")]
    pub fast_below: Decimal,
    /// Whether kits are sent too, with as many as their scarcest component makes. They are unless set.
    pub kits: bool,
}

impl Default for Stock {
    fn default() -> Self {
        Self {
            locations: Vec::new(),
            pools: BTreeMap::new(),
            buffer_field: None,
            item_flag: None,
            unflagged: Unflagged::default(),
            fast_below: Decimal::ZERO,
            kits: true,
        }
    }
}

impl Stock {
    /// The locations to be read, each once; all where there are none.
    pub(crate) fn sources(&self) -> Vec<InternalId> {
        let pooled = self.pools.values().flat_map(|pool| &pool.locations);
        let mut all: Vec<InternalId> = self.locations.iter().chain(pooled).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    /// The pool that a location belongs to, where it is one alone: targets know places by the name that stock bears.
    pub(crate) fn pool_of(&self, location: &str) -> Option<&str> {
        let has = |pool: &Pool| pool.locations.iter().any(|id| id.as_str() == location);
        let mut names = self.pools.iter().filter(|(_, pool)| has(pool));
        let (name, _) = names.next()?;
        names.next().is_none().then_some(name)
    }

    /// Whether an edited item may have to be sent although none of it moved.
    pub(crate) const fn follows_items(&self) -> bool {
        self.buffer_field.is_some() || self.item_flag.is_some()
    }
}

/// Locations that are sold from together.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Internal ids of its locations; what is available there is added up. Give the pool another name when you take a location
    /// out, so that its levels are all sent anew.
    #[schemars(extend("x-list" = "locations"))]
    pub locations: Vec<InternalId>,
    /// Units of each item that are held back: 0 unless set. Of a kit's components, not of the kit.
    #[serde(default)]
    #[schemars(with = "String")]
    pub buffer: Decimal,
}

/// What becomes of an item whose flag is not ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unflagged {
    /// It stays in the shop as it is.
    #[default]
    Leave,
    /// The shop offers none of it: of every item whose checkbox is there and not ticked, also of one that never was.
    Zero,
}

/// Looks for settings that do not make sense together.
pub(crate) fn check(stock: &Stock) -> Result<(), ConfigError> {
    let wrong = |setting: String, why: &str| {
        Err(ConfigError {
            setting: format!("stock.{setting}"),
            why: why.to_owned(),
        })
    };
    if !stock.locations.is_empty() && !stock.pools.is_empty() {
        return wrong(
            "locations".to_owned(),
            "cannot stand beside 'pools': make each of them a pool of its own",
        );
    }
    for (name, pool) in &stock.pools {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            return wrong(
                format!("pools.{name}"),
                "a pool's name has up to 64 letters, digits, '-' and '_'",
            );
        }
        if pool.locations.is_empty() {
            return wrong(
                format!("pools.{name}.locations"),
                "must name at least one location",
            );
        }
        if pool.buffer.is_sign_negative() && !pool.buffer.is_zero() {
            return wrong(format!("pools.{name}.buffer"), "must not be negative");
        }
    }
    for (setting, field) in [
        ("buffer_field", &stock.buffer_field),
        ("item_flag", &stock.item_flag),
    ] {
        let custom = |field: &Column| field.as_str().starts_with("custitem");
        if !field.as_ref().is_none_or(custom) {
            return wrong(
                setting.to_owned(),
                "must be a custom item field (custitem_…)",
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(json: &str) -> Stock {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (json, setting) in [
            (
                r#"{"locations": [1], "pools": {"web": {"locations": [1]}}}"#,
                "stock.locations",
            ),
            (
                r#"{"pools": {"the web": {"locations": [1]}}}"#,
                "stock.pools.the web",
            ),
            (
                r#"{"pools": {"web": {"locations": []}}}"#,
                "stock.pools.web.locations",
            ),
            (
                r#"{"pools": {"web": {"locations": [1], "buffer": "-1"}}}"#,
                "stock.pools.web.buffer",
            ),
            (r#"{"item_flag": "itemid"}"#, "stock.item_flag"),
            (r#"{"buffer_field": "custcol_x"}"#, "stock.buffer_field"),
        ] {
            assert_eq!(check(&stock(json)).unwrap_err().setting, setting);
        }
        let good = r#"{"pools": {"web": {"locations": [5, "1"], "buffer": 2}, "b2b": {"locations": [5]}}, "item_flag": "custitem_web"}"#;
        let good = stock(good);
        check(&good).unwrap();
        let sources: Vec<String> = good.sources().iter().map(ToString::to_string).collect();
        assert_eq!(sources, ["1", "5"]);
        assert!(good.follows_items());
        let pools = ["1", "5", "9"].map(|location| good.pool_of(location));
        assert_eq!(pools, [Some("web"), None, None]);
    }
}
