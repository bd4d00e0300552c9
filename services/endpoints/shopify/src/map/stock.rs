//! Stock levels.

use std::collections::BTreeMap;

use commerce::StockLevel;
use ports::Fault;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

/// The most units Shopify keeps at one place (`INVALID_QUANTITY_TOO_HIGH`).
const MOST: i64 = 1_000_000_000;

/// What is to be at one of the shop's locations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Number of the shop's location.
    pub(crate) location: String,
    pub(crate) units: i64,
}

/// One quantity to be set, from what was read just before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Place of the write in its batch.
    pub(crate) write: usize,
    /// Global id of the inventory item.
    pub(crate) item: String,
    pub(crate) target: Target,
    pub(crate) from: i64,
}

/// Why the quantities change, of the reasons that Shopify knows.
const REASON: &str = "correction";

/// The variables of the request that sets these levels, but for its idempotency key.
pub(crate) fn set_levels(changes: &[Change]) -> Value {
    let quantity = |change: &Change| {
        json!({
            "inventoryItemId": change.item,
            "locationId": format!("gid://shopify/Location/{}", change.target.location),
            "quantity": change.target.units,
            "changeFromQuantity": change.from,
        })
    };
    let quantities: Vec<Value> = changes.iter().map(quantity).collect();
    json!({ "input": { "name": "available", "reason": REASON, "quantities": quantities } })
}

/// Where the level goes, by the connection's table of locations.
///
/// # Errors
/// [`Fault::Held`] when the table has no such location, or sends two to the same one: their levels would overwrite each other.
pub(crate) fn target(
    level: &StockLevel,
    locations: &BTreeMap<String, String>,
) -> Result<Target, Fault> {
    let Some(location) = locations.get(level.location.as_str()) else {
        return Err(Fault::Held {
            why: format!(
                "location {} is not in the connection's table 'locations': add the Shopify location that shows its stock, or leave the location out of the sync",
                level.location
            ),
        });
    };
    let sources: Vec<&str> = locations
        .iter()
        .filter(|(_, to)| *to == location)
        .map(|(from, _)| from.as_str())
        .collect();
    if sources.len() > 1 {
        return Err(Fault::Held {
            why: format!(
                "the connection's table 'locations' sends the stock of {} to the same Shopify location {location}, where the levels would overwrite each other",
                sources.join(" and ")
            ),
        });
    }
    Ok(Target {
        location: location.clone(),
        units: available(level),
    })
}

/// Whole units that can be sold. Shopify refuses a level below zero (`INVALID_QUANTITY_NEGATIVE`), and of a fraction of a unit nothing
/// can be sold.
fn available(level: &StockLevel) -> i64 {
    level
        .available
        .floor()
        .to_i64()
        .unwrap_or(MOST)
        .clamp(0, MOST)
}

#[cfg(test)]
mod tests {
    use commerce::{ExternalId, Sku};

    use super::*;

    fn level(available: &str) -> StockLevel {
        StockLevel {
            sku: Sku::new("TEA").unwrap(),
            location: ExternalId::new("7").unwrap(),
            available: available.parse().unwrap(),
            scarce: false,
        }
    }

    fn table(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
        rows.iter()
            .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
            .collect()
    }

    #[test]
    fn only_whole_units_above_zero_can_be_sold() {
        for (units, sellable) in [
            ("3", 3),
            ("2.9", 2),
            ("-4", 0),
            ("0", 0),
            ("5e12", 1_000_000_000),
        ] {
            let units = rust_decimal::Decimal::from_scientific(units)
                .map_or_else(|_| units.to_owned(), |units| units.to_string());
            assert_eq!(available(&level(&units)), sellable, "{units}");
        }
    }

    #[test]
    fn a_location_that_is_not_in_the_table_is_named() {
        let fault = target(&level("1"), &table(&[("8", "100")])).unwrap_err();
        assert!(
            matches!(&fault, Fault::Held { why } if why.contains("location 7") && why.contains("'locations'")),
            "{fault}"
        );
        let target = target(&level("1"), &table(&[("7", "100")])).unwrap();
        assert_eq!((target.location.as_str(), target.units), ("100", 1));
    }

    #[test]
    fn two_locations_do_not_overwrite_each_other() {
        let fault = target(&level("1"), &table(&[("7", "100"), ("8", "100")])).unwrap_err();
        assert!(
            matches!(&fault, Fault::Held { why } if why.contains("7 and 8")),
            "{fault}"
        );
    }
}
