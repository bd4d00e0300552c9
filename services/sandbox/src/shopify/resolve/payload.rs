use std::borrow::Cow;

use super::super::graphql::Arguments;
use super::super::model::ids;
use super::super::model::ids::gid;
use super::super::model::jobs::Job;
use super::{AdjustmentGroup, Change, Node, Payload, Thing, UserError, Value};

pub(super) fn type_name(payload: &Payload) -> &'static str {
    match payload {
        Payload::Fulfilment { type_name, .. } | Payload::Prices { type_name, .. } => type_name,
        Payload::Quantities { .. } => "InventorySetQuantitiesPayload",
        Payload::Level { .. } => "InventoryActivatePayload",
        Payload::Catalogue { payload, .. } => payload,
        Payload::Job { .. } => "OrderCancelPayload",
        Payload::Refund { .. } => "RefundCreatePayload",
        Payload::Subscription { .. } => "WebhookSubscriptionCreatePayload",
    }
}

pub(super) fn payload<'s>(node: Node<'s>, payload: &'s Payload, name: &str) -> Value<'s> {
    let store = node.store;
    if ["userErrors", "orderCancelUserErrors"].contains(&name) {
        let kind = match payload {
            Payload::Quantities { .. } => "InventorySetQuantitiesUserError",
            Payload::Catalogue { error, .. } => error,
            Payload::Prices { type_name, .. } => match *type_name {
                "ProductVariantsBulkUpdatePayload" => "ProductVariantsBulkUpdateUserError",
                "QuantityPricingByVariantUpdatePayload" => "QuantityPricingByVariantUserError",
                _ => "PriceListPriceUserError",
            },
            Payload::Job { .. } => "OrderCancelUserError",
            _ => "UserError",
        };
        return node.many(
            payload
                .errors()
                .iter()
                .map(|error| Thing::UserError(error, kind)),
        );
    }
    node.maybe(match payload {
        Payload::Fulfilment { made, .. } => made.and_then(|(order, place)| {
            let order = store.orders.get(order)?;
            Some(Thing::Fulfilment(order, order.fulfilments.get(place)?))
        }),
        Payload::Catalogue { product, .. } => {
            product.and_then(|place| store.products.get(place).map(Thing::Product))
        }
        Payload::Quantities { group, .. } => group.as_ref().map(Thing::AdjustmentGroup),
        Payload::Level { made, .. } => made.and_then(|(item, location)| {
            Some(Thing::Level(
                store.variants.get(item)?,
                store.locations.get(location)?,
                store.inventory.get(item, location)?,
            ))
        }),
        Payload::Prices { .. } => None,
        Payload::Refund { made, .. } => made.and_then(|(order, place)| {
            let order = store.orders.get(order)?;
            Some(match name {
                "order" => Thing::Order(order),
                _ => Thing::Refund(order, order.refunds.get(place)?),
            })
        }),
        Payload::Job { job, .. } => {
            job.and_then(|place| Some(Thing::Job(store.jobs.get(place)?, place)))
        }
        Payload::Subscription { made, .. } => made
            .and_then(|place| store.subscriptions.get(place))
            .map(Thing::Subscription),
    })
}

pub(super) fn job<'s>(job: &Job, place: usize, name: &str) -> Value<'s> {
    match name {
        "id" => gid("Job", place as u64).into(),
        _ => job.done.into(),
    }
}

pub(super) fn user_error<'s>(error: &'s UserError, name: &str) -> Value<'s> {
    match name {
        "field" => match &error.field {
            Some(path) => Value::Texts(
                path.iter()
                    .map(|part| Cow::Borrowed(part.as_str()))
                    .collect(),
            ),
            None => Value::Null,
        },
        "code" => error.code.into(),
        _ => (&error.message).into(),
    }
}

pub(super) fn adjustment_group<'s>(
    node: Node<'s>,
    group: &'s AdjustmentGroup,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    match name {
        "id" => gid("InventoryAdjustmentGroup", group.id).into(),
        "createdAt" => group.at.into(),
        "reason" => (&group.reason).into(),
        "referenceDocumentUri" => group.document.as_ref().into(),
        "changes" => {
            let (items, names) = (
                arguments.texts("inventoryItemIds"),
                arguments.texts("quantityNames"),
            );
            let item = |change: &Change| gid("InventoryItem", ids::item(change.item));
            let wanted = |change: &&Change| {
                (names.is_empty() || names.contains(&change.name))
                    && (items.is_empty() || items.contains(&item(change).as_str()))
            };
            node.many(group.changes.iter().filter(wanted).map(Thing::Change))
        }
        _ => Value::Null,
    }
}

pub(super) fn change<'s>(node: Node<'s>, change: &'s Change, name: &str) -> Value<'s> {
    match name {
        "name" => change.name.into(),
        "delta" => change.delta.into(),
        "quantityAfterChange" => change.after.into(),
        "item" => node.maybe(node.variant(Some(change.item)).map(Thing::Item)),
        _ => node.place(change.location),
    }
}
