use std::borrow::Cow;

use super::super::graphql::{Arguments, GraphError};
use super::super::model::ids::{self, gid};
use super::super::model::inventory::NAMES;
use super::super::model::store::Place;
use super::{Level, Node, Outcome, Thing, Value, Variant};

pub(super) fn variant<'s>(node: Node<'s>, variant: &'s Variant, name: &str) -> Value<'s> {
    match name {
        "id" => gid("ProductVariant", variant.id()).into(),
        "legacyResourceId" => variant.id().to_string().into(),
        "title" => variant.values.join(" / ").into(),
        "displayName" => format!("{} - {}", variant.title, variant.values.join(" / ")).into(),
        "selectedOptions" => {
            node.many((0..variant.values.len()).map(|place| Thing::SelectedOption(variant, place)))
        }
        "sku" => (&variant.sku).into(),
        "barcode" => variant.barcode.as_ref().into(),
        "price" => {
            let currency = node.store.facts.currency;
            currency.long_text(variant.price(currency)).into()
        }
        "compareAtPrice" => {
            let currency = node.store.facts.currency;
            let compare_at = variant.compare_at;
            compare_at.map(|minor| currency.long_text(minor)).into()
        }
        "taxable" => (!variant.gift_card).into(),
        "position" => {
            let product = node.store.products.get(variant.product);
            let mut places = product.into_iter().flat_map(|product| &product.variants);
            let place = places.position(|place| *place == variant.index);
            place.map(|place| place + 1).into()
        }
        "availableForSale" => true.into(),
        "createdAt" | "updatedAt" => variant.created_at.into(),
        "inventoryQuantity" => node
            .store
            .inventory
            .of_item(variant.index)
            .map(|(_, level)| level.available)
            .sum::<i64>()
            .into(),
        "requiresComponents" => variant.is_bundle().into(),
        "product" => node.maybe(node.product_of(variant)),
        "inventoryItem" => node.one(Thing::Item(variant)),
        "productVariantComponents" => {
            node.many((0..variant.components.len()).map(|place| Thing::Component(variant, place)))
        }
        _ => Value::Null,
    }
}

pub(super) fn component<'s>(
    node: Node<'s>,
    variant: &'s Variant,
    place: usize,
    name: &str,
) -> Value<'s> {
    let Some((part, quantity)) = variant.components.get(place) else {
        return Value::Null;
    };
    match name {
        "id" => gid("ProductVariantComponent", variant.id() * 10 + place as u64).into(),
        "quantity" => (*quantity).into(),
        _ => node.maybe(node.variant(Some(*part)).map(Thing::Variant)),
    }
}

pub(super) fn selected<'s>(
    node: Node<'s>,
    variant: &'s Variant,
    place: usize,
    name: &str,
) -> Value<'s> {
    let product = node.store.products.get(variant.product);
    match name {
        "name" => product
            .and_then(|product| product.options.get(place))
            .map(|option| &option.name)
            .into(),
        _ => variant.values.get(place).into(),
    }
}

pub(super) fn measurement<'s>(node: Node<'s>, variant: &'s Variant, name: &str) -> Value<'s> {
    match name {
        "id" => gid("InventoryItemMeasurement", variant.item_id()).into(),
        _ => node.one(Thing::ItemWeight(variant)),
    }
}

pub(super) fn weight<'s>(variant: &'s Variant, name: &str) -> Value<'s> {
    let (value, unit) = &variant.weight;
    match name {
        "value" => Value::Number(value.clone()),
        _ => unit.as_str().into(),
    }
}

pub(super) fn item<'s>(
    node: Node<'s>,
    variant: &'s Variant,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    let store = node.store;
    match name {
        "id" => gid("InventoryItem", variant.item_id()).into(),
        "legacyResourceId" => variant.item_id().to_string().into(),
        "sku" => (&variant.sku).into(),
        "tracked" => variant.is_tracked().into(),
        "requiresShipping" => (!variant.gift_card).into(),
        "createdAt" | "updatedAt" => variant.created_at.into(),
        "measurement" => node.one(Thing::Measurement(variant)),
        "variant" => node.one(Thing::Variant(variant)),
        "inventoryLevel" => {
            let place = arguments
                .text("locationId")
                .and_then(|id| store.location(ids::number("Location", id)?));
            node.maybe(place.and_then(|place| {
                Some(Thing::Level(
                    variant,
                    place,
                    store.inventory.get(variant.index, place.index)?,
                ))
            }))
        }
        "inventoryLevels" => {
            let levels = store.inventory.of_item(variant.index);
            node.many(levels.filter_map(|(location, level)| {
                Some(Thing::Level(variant, store.locations.get(location)?, level))
            }))
        }
        _ => Value::Null,
    }
}

fn level_gid(variant: &Variant, place: &Place) -> String {
    format!(
        "gid://shopify/InventoryLevel/{}?inventory_item_id={}",
        place.id,
        variant.item_id()
    )
}

pub(super) fn level<'s>(
    node: Node<'s>,
    variant: &'s Variant,
    place: &'s Place,
    level: &'s Level,
    name: &str,
    arguments: &Arguments,
) -> Outcome<'s> {
    Ok(match name {
        "id" => level_gid(variant, place).into(),
        "isActive" | "canDeactivate" => true.into(),
        "createdAt" => level.created_at.into(),
        "updatedAt" => level.updated_at.into(),
        "item" => node.one(Thing::Item(variant)),
        "location" => node.one(Thing::Place(place)),
        "quantities" => {
            let mut quantities = Vec::new();
            for asked in arguments.texts("names") {
                let Some(known) = NAMES.into_iter().find(|name| *name == asked) else {
                    return Err(GraphError::coded(
                        "BAD_REQUEST",
                        format!(
                            "Invalid quantity name: {asked}; the sandbox keeps {}",
                            NAMES.join(", ")
                        ),
                    ));
                };
                quantities.push(Thing::Quantity(variant, place, level, known));
            }
            node.many(quantities)
        }
        _ => Value::Null,
    })
}

pub(super) fn quantity<'s>(
    variant: &Variant,
    place: &Place,
    level: &Level,
    quantity: &'static str,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => format!(
            "gid://shopify/InventoryQuantity/{}?inventory_item_id={}&name={quantity}",
            place.id,
            variant.item_id()
        )
        .into(),
        "name" => quantity.into(),
        "quantity" => level.quantity(quantity).into(),
        _ => level.updated_at.into(),
    }
}

pub(super) fn place<'s>(
    node: Node<'s>,
    place: &'s Place,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    let store = node.store;
    let level = |item: usize| {
        Some(Thing::Level(
            store.variants.get(item)?,
            place,
            store.inventory.get(item, place.index)?,
        ))
    };
    match name {
        "id" => gid("Location", place.id).into(),
        "legacyResourceId" => place.id.to_string().into(),
        "name" => (&place.name).into(),
        "isPrimary" => (place.index == 0).into(),
        "isActive" | "fulfillsOnlineOrders" | "shipsInventory" | "hasActiveInventory" => {
            true.into()
        }
        "createdAt" | "updatedAt" => store.facts.opened_at.into(),
        "address" => node.one(Thing::PlaceAddress(place)),
        "inventoryLevel" => {
            let item = arguments
                .text("inventoryItemId")
                .and_then(|id| ids::item_index(ids::number("InventoryItem", id)?));
            node.maybe(item.and_then(level))
        }
        "inventoryLevels" => node.many((0..store.variants.len()).filter_map(level)),
        _ => Value::Null,
    }
}

/// All locations are on one street.
pub(super) fn place_address<'s>(place: &'s Place, name: &str) -> Value<'s> {
    match name {
        "address1" => format!("{} Harbour Street", place.index + 1).into(),
        "city" => "Portland".into(),
        "province" => "Oregon".into(),
        "provinceCode" => "OR".into(),
        "zip" => "97209".into(),
        "country" => "United States".into(),
        "countryCode" => "US".into(),
        "formatted" => Value::Texts(vec![
            Cow::Owned(format!("{} Harbour Street", place.index + 1)),
            "Portland OR 97209".into(),
            "United States".into(),
        ]),
        _ => Value::Null,
    }
}

pub(super) fn place_address_or_name<'s>(place: &'s Place, name: &str) -> Value<'s> {
    if name == "name" {
        (&place.name).into()
    } else {
        place_address(place, name)
    }
}
