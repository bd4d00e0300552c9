//! What the warehouse has shipped, as a person reads it: for comparing the sides.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::account::Account;
use super::record::Record;
use super::schema::Space;

/// A shipped item fulfilment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// Internal id.
    pub id: u64,
    /// External id of the sales order it was made from.
    pub order_key: Option<String>,
    /// Units by SKU; a kit counts as itself, not as its members.
    pub units: BTreeMap<String, Decimal>,
    /// Tracking numbers of its parcels.
    pub tracking_numbers: Vec<String>,
}

impl Account {
    /// Every shipped item fulfilment.
    pub fn shipments(&self) -> Vec<Shipment> {
        self.records("itemFulfillment")
            .iter()
            .filter(|record| record.status == "C")
            .map(|record| self.shipment(record))
            .collect()
    }

    fn shipment(&self, record: &Record) -> Shipment {
        let order = record
            .reference("createdFrom")
            .and_then(|id| u64::try_from(id).ok())
            .and_then(|id| self.record("salesOrder", id));
        let mut units: BTreeMap<String, Decimal> = BTreeMap::new();
        let lines = record.lines.iter();
        for line in lines.filter(|line| line.kit_member_of.is_none()) {
            let books = self.books.lock();
            let item = books.get(Space::Item, line.item);
            let sku = item.map(|item| item.label()).unwrap_or_default();
            *units.entry(sku).or_default() += line.quantity;
        }
        let parcels = record
            .sublists
            .iter()
            .filter(|(name, _)| name.starts_with("package"))
            .flat_map(|(_, parcels)| parcels);
        let tracking_numbers = parcels
            .flat_map(|parcel| parcel.iter())
            .filter(|(name, _)| name.starts_with("packageTrackingNumber"))
            .filter_map(|(_, value)| value.text().map(str::to_owned))
            .collect();
        Shipment {
            id: record.id,
            order_key: order.and_then(|order| order.external_id.clone()),
            units,
            tracking_numbers,
        }
    }
}
