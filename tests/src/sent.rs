//! The levels that the shop was told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ports::ledger::RecordRef;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::compare::sellable;
use crate::{Phase, World, number};

/// Units by SKU and internal id of NetSuite's location.
pub type Shelves = BTreeMap<(String, u64), Decimal>;

/// A level that the shop was told, as it stands in its record's journey.
#[derive(Debug)]
pub struct Sent {
    /// SKU and internal id of NetSuite's location.
    pub place: (String, u64),
    /// The units.
    pub units: Decimal,
    /// Units that were held back for orders on their way.
    pub withheld: Decimal,
    /// When NetSuite's level had changed to what was read.
    pub changed: Timestamp,
    /// When it was told.
    pub at: Timestamp,
}

impl World {
    /// What can be sold from NetSuite's locations now.
    #[must_use]
    pub fn shelves(&self) -> Shelves {
        let catalogue = self.sandbox.catalogue();
        let mut shelves = Shelves::new();
        for item in &catalogue.items {
            for place in &catalogue.locations {
                if let Some(units) = sellable(&self.sandbox, item, place.netsuite_id) {
                    shelves.insert((item.sku.clone(), place.netsuite_id), units);
                }
            }
        }
        shelves
    }

    /// Every level that the shop was told so far.
    pub async fn levels_sent(&self) -> Vec<Sent> {
        let ledger = self.ledger().await;
        let mut sent = Vec::new();
        for row in self.records(Phase::Stock).await {
            let record = RecordRef {
                sync: row.sync.clone(),
                key: row.key.clone(),
            };
            for step in ledger.journey(&self.merchant, &record).await.unwrap() {
                let Some(push) = step.push.filter(|push| push.kept.is_some()) else {
                    continue;
                };
                let part: Value = serde_json::from_str(&step.exchange.unwrap().request).unwrap();
                let level = &part["input"]["quantities"][0];
                let shown = number(level["locationId"].as_str().unwrap());
                let mut places = self.sandbox.catalogue().locations.iter();
                let place = places.find(|place| place.shopify_id.to_string() == shown);
                sent.push(Sent {
                    place: (row.number.clone(), place.unwrap().netsuite_id),
                    units: Decimal::from(level["quantity"].as_i64().unwrap()),
                    withheld: push.withheld.unwrap_or_default(),
                    changed: push.revision.at,
                    at: step.at,
                });
            }
        }
        sent
    }
}
