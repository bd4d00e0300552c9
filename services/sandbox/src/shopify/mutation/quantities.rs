use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use super::{AdjustmentGroup, Arguments, Change, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::ids;
use crate::shopify::model::store::to_second;

/// Array arguments have room for so many.
const MOST: usize = 250;
const HIGHEST: i64 = 1_000_000_000;
const REASONS: [&str; 18] = [
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_canceled",
    "movement_created",
    "movement_received",
    "movement_updated",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
    "stolen",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetInput {
    name: String,
    reason: String,
    #[serde(default)]
    reference_document_uri: Option<String>,
    quantities: Vec<QuantityInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct QuantityInput {
    inventory_item_id: String,
    location_id: String,
    quantity: i64,
    /// Absent, null and a number are three different things.
    #[serde(default, deserialize_with = "present")]
    change_from_quantity: Option<Option<i64>>,
}

fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(input).map(Some)
}

/// Sets quantities, all of them or none.
pub(super) fn set(
    store: &mut Store,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let asked: SetInput = input(arguments, "input")?;
    if asked.quantities.len() > MOST {
        let message = format!(
            "The input array size of {} is greater than the maximum allowed of {MOST}.",
            asked.quantities.len()
        );
        return Err(GraphError::coded("MAX_INPUT_SIZE_EXCEEDED", message));
    }
    let name = match asked.name.as_str() {
        "available" => "available",
        "on_hand" => "on_hand",
        _ => "",
    };
    let mut errors = Vec::new();
    if name.is_empty() {
        errors.push(UserError::coded(
            "INVALID_NAME",
            &["input", "name"],
            "The quantity name must be either 'available' or 'on_hand'.",
        ));
    }
    if !REASONS.contains(&asked.reason.as_str()) {
        errors.push(UserError::coded(
            "INVALID_REASON",
            &["input", "reason"],
            "The specified reason is invalid.",
        ));
    }
    let mut places = Vec::new();
    for (index, quantity) in asked.quantities.iter().enumerate() {
        match check(store, name, quantity) {
            Ok(place) if places.contains(&place) => errors.push(error(
                index,
                "locationId",
                "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
                "The combination of inventoryItemId and locationId must be unique.",
            )),
            Ok(place) => places.push(place),
            Err((field, code, message)) => errors.push(error(index, field, code, message)),
        }
    }
    if !errors.is_empty() {
        return Ok(Payload::Quantities {
            group: None,
            errors,
        });
    }
    let at = to_second(now);
    let mut changes = Vec::new();
    for ((item, location), quantity) in places.into_iter().zip(&asked.quantities) {
        let Some(level) = store.inventory.get_mut(item, location) else {
            continue;
        };
        let delta = quantity.quantity - level.quantity(name).unwrap_or(0);
        if delta != 0 {
            level.set(name, quantity.quantity, at);
            let after = |name: &str| level.quantity(name).unwrap_or(0);
            changes.extend(["available", "on_hand"].map(|name| Change {
                item,
                location,
                name,
                delta,
                after: after(name),
            }));
        }
    }
    // A call that changes nothing leaves no trace.
    let group = (!changes.is_empty()).then(|| AdjustmentGroup {
        id: 1 + store.answered.len() as u64,
        at,
        reason: asked.reason,
        document: asked.reference_document_uri,
        changes,
    });
    Ok(Payload::Quantities {
        group,
        errors: Vec::new(),
    })
}

type Refusal = (&'static str, &'static str, &'static str);

fn check(store: &Store, name: &str, asked: &QuantityInput) -> Result<(usize, usize), Refusal> {
    let item = ids::number("InventoryItem", &asked.inventory_item_id).and_then(ids::item_index);
    let Some(variant) = item.and_then(|item| store.variants.get(item)) else {
        return Err((
            "inventoryItemId",
            "INVALID_INVENTORY_ITEM",
            "The specified inventory item could not be found.",
        ));
    };
    let location = ids::number("Location", &asked.location_id).and_then(|id| store.location(id));
    let Some(location) = location else {
        return Err((
            "locationId",
            "INVALID_LOCATION",
            "The specified location could not be found.",
        ));
    };
    if variant.is_bundle() {
        return Err((
            "inventoryItemId",
            "NON_MUTABLE_INVENTORY_ITEM",
            "The specified inventory item is not allowed to be adjusted via API.",
        ));
    }
    let Some(level) = store.inventory.get(variant.index, location.index) else {
        return Err((
            "inventoryItemId",
            "ITEM_NOT_STOCKED_AT_LOCATION",
            "The specified inventory item is not stocked at the location.",
        ));
    };
    if asked.quantity < 0 {
        return Err((
            "quantity",
            "INVALID_QUANTITY_NEGATIVE",
            "The quantity can't be negative.",
        ));
    }
    if asked.quantity > HIGHEST {
        return Err((
            "quantity",
            "INVALID_QUANTITY_TOO_HIGH",
            "The total quantity can't be higher than 1,000,000,000.",
        ));
    }
    match asked.change_from_quantity {
        None => Err((
            "changeFromQuantity",
            "COMPARE_QUANTITY_REQUIRED",
            "The changeFromQuantity argument must be given to each quantity, null to skip the comparison.",
        )),
        Some(Some(expected)) if level.quantity(name) != Some(expected) => Err((
            "changeFromQuantity",
            "CHANGE_FROM_QUANTITY_STALE",
            "The changeFromQuantity value does not match persisted value.",
        )),
        Some(_) => Ok((variant.index, location.index)),
    }
}

fn error(index: usize, field: &str, code: &'static str, message: &str) -> UserError {
    UserError::coded(
        code,
        &["input", "quantities", &index.to_string(), field],
        message,
    )
}
