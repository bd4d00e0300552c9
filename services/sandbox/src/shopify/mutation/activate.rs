use jiff::Timestamp;

use super::{Arguments, GraphError, Payload, Store, UserError};
use crate::shopify::model::ids;
use crate::shopify::model::inventory::Level;
use crate::shopify::model::store::to_second;

/// Starts to stock an item at a location.
pub(super) fn activate(
    store: &mut Store,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let refuse = |field: &str, message: &str| {
        Ok(Payload::Level {
            made: None,
            errors: vec![UserError::new(&[field], message)],
        })
    };
    let item = arguments
        .text("inventoryItemId")
        .and_then(|id| ids::number("InventoryItem", id))
        .and_then(ids::item_index);
    let Some(item) = item.filter(|item| {
        store
            .variants
            .get(*item)
            .is_some_and(|variant| variant.is_tracked())
    }) else {
        return refuse(
            "inventoryItemId",
            "The product couldn't be stocked because it wasn't found.",
        );
    };
    let location = arguments
        .text("locationId")
        .and_then(|id| ids::number("Location", id))
        .and_then(|id| store.location(id));
    let Some(location) = location.map(|location| location.index) else {
        return refuse(
            "locationId",
            "The product couldn't be stocked because the location wasn't found.",
        );
    };
    let available = arguments
        .int("available")
        .or_else(|| arguments.int("onHand"));
    if store.inventory.get(item, location).is_some() {
        if available.is_some() {
            return refuse(
                "available",
                "Not allowed to set available quantity when the item is already active at the location.",
            );
        }
    } else {
        let at = to_second(now);
        store.inventory.insert(
            item,
            location,
            Level {
                available: available.unwrap_or(0),
                committed: 0,
                created_at: at,
                updated_at: at,
            },
        );
    }
    Ok(Payload::Level {
        made: Some((item, location)),
        errors: Vec::new(),
    })
}
