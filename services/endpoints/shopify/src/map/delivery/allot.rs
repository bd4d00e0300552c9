//! From which fulfilment orders units are taken.

use ports::Fault;

use super::{Units, held};
use crate::map::number;
use crate::wire::{FulfillmentOrder, OrderDeliveries};

/// One fulfilment to be made: Shopify takes fulfilment orders of one location at a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shipment {
    location: Option<String>,
    /// Fulfilment orders with their lines (global ids) and units.
    pub(crate) orders: Vec<(String, Vec<(String, i64)>)>,
    /// Line items (global ids) and units.
    pub(crate) sold: Vec<(String, i64)>,
}

impl Shipment {
    /// Units taken from a line of a fulfilment order.
    pub(crate) fn units_of(&self, line: &str) -> i64 {
        let lines = self.orders.iter().flat_map(|(_, lines)| lines);
        lines
            .filter(|(id, _)| id == line)
            .map(|(_, units)| units)
            .sum()
    }

    fn take(&mut self, order: &str, line: &str, sold: &str, units: i64) {
        match self.orders.iter_mut().find(|(id, _)| id == order) {
            Some((_, lines)) => lines.push((line.to_owned(), units)),
            None => self
                .orders
                .push((order.to_owned(), vec![(line.to_owned(), units)])),
        }
        self.sold.push((sold.to_owned(), units));
    }
}

/// The units as fulfilments to be made, the preferred location's first.
///
/// # Errors
/// [`Fault::Held`] when units are left only where the shop does not let them be fulfilled (a hold, a date, a fulfilment service).
pub(super) fn shipments(
    order: &OrderDeliveries,
    missing: &Units,
    preferred: Option<&str>,
) -> Result<Vec<Shipment>, Fault> {
    let mut sources: Vec<&FulfillmentOrder> = order
        .fulfillment_orders
        .nodes
        .iter()
        .filter(|source| obstacle(source).is_none())
        .collect();
    sources.sort_by_key(|source| location(source).is_none() || location(source) != preferred);
    let mut shipments: Vec<Shipment> = Vec::new();
    for (sold, units) in missing {
        let mut left = *units;
        for source in &sources {
            for line in source
                .line_items
                .nodes
                .iter()
                .filter(|line| line.line_item.id == *sold)
            {
                let units = left.min(line.remaining_quantity);
                if units <= 0 {
                    continue;
                }
                left -= units;
                let place = location(source);
                let known = shipments
                    .iter()
                    .position(|it| it.location.as_deref() == place);
                let index = known.unwrap_or_else(|| {
                    shipments.push(Shipment {
                        location: place.map(str::to_owned),
                        ..Shipment::default()
                    });
                    shipments.len() - 1
                });
                if let Some(shipment) = shipments.get_mut(index) {
                    shipment.take(&source.id, &line.id, sold, units);
                }
            }
        }
        if left > 0 {
            return Err(blocked(order, sold, left));
        }
    }
    Ok(shipments)
}

fn location(source: &FulfillmentOrder) -> Option<&str> {
    let location = source.assigned_location.location.as_ref();
    location.map(|location| location.legacy_resource_id.as_str())
}

/// Why nothing can be fulfilled from it now.
fn obstacle(source: &FulfillmentOrder) -> Option<String> {
    let id = number(&source.id);
    if let Some(hold) = source.fulfillment_holds.first() {
        let notes = hold
            .reason_notes
            .as_deref()
            .filter(|notes| !notes.is_empty());
        let notes = notes.map_or_else(String::new, |notes| format!(" ({notes})"));
        return Some(format!(
            "fulfilment order {id} is on hold: {}{notes}",
            hold.display_reason
        ));
    }
    match source.status.as_str() {
        "OPEN" | "IN_PROGRESS" => {}
        "ON_HOLD" => return Some(format!("fulfilment order {id} is on hold")),
        other => {
            return Some(format!("fulfilment order {id} is {}", other.to_lowercase()));
        }
    }
    let creates = |it: &crate::wire::SupportedAction| it.action == "CREATE_FULFILLMENT";
    (!source.supported_actions.iter().any(creates)).then(|| {
        format!(
            "fulfilment order {id} cannot be fulfilled by this app (a fulfilment service does it, or the app lacks the scope write_merchant_managed_fulfillment_orders)"
        )
    })
}

fn blocked(order: &OrderDeliveries, sold: &str, left: i64) -> Fault {
    let sources = order.fulfillment_orders.nodes.iter().filter(|source| {
        let mut lines = source.line_items.nodes.iter();
        lines.any(|line| line.line_item.id == sold && line.remaining_quantity > 0)
    });
    let mut obstacles: Vec<String> = sources.filter_map(obstacle).collect();
    obstacles.dedup();
    if obstacles.is_empty() {
        obstacles.push("nothing is left to fulfil".to_owned());
    }
    held(format!(
        "{left} units of line {} cannot be fulfilled in order {}: {}",
        number(sold),
        order.name,
        obstacles.join("; ")
    ))
}
