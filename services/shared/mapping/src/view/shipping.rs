//! What somebody else sends, as expressions see it.

use commerce::{Dispatch, ShippingLine, ShippingOrder};
use rhai::{Array, Dynamic};

use super::{address_view, map, text};

pub(super) fn order_view(order: &ShippingOrder) -> Dynamic {
    let location = order.location.as_ref().map(ToString::to_string);
    let address = order.ship_to.as_ref();
    map([
        ("number", order.number.clone().into()),
        ("reference", text(order.reference.as_ref())),
        ("placed_at", order.placed_at.to_string().into()),
        ("state", order.state.name().into()),
        ("email", text(order.email.as_ref())),
        (
            "shipping_address",
            address.map_or(Dynamic::UNIT, address_view),
        ),
        ("location", text(location.as_ref())),
        ("method", text(order.method.as_ref())),
        ("note", text(order.note.as_ref())),
        (
            "lines",
            order.lines.iter().map(line_view).collect::<Array>().into(),
        ),
    ])
}

fn line_view(line: &ShippingLine) -> Dynamic {
    map([
        ("sku", line.sku.to_string().into()),
        ("title", line.title.clone().into()),
        ("quantity", Dynamic::from_decimal(line.quantity)),
    ])
}

/// What the carrier took.
pub(super) fn cost(told: Option<&Dispatch>) -> Dynamic {
    let cost = told.and_then(|told| told.cost);
    cost.map_or(Dynamic::UNIT, |cost| Dynamic::from_decimal(cost.amount))
}
