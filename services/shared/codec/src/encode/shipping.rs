//! Shipping orders, and what a shipper tells of a delivery, to messages.

use commerce::{Dispatch, ShippingLine, ShippingOrder, ShippingState};
use proto::events::v1 as wire;

use super::{address, money, product, timestamp};

pub(super) fn order(order: &ShippingOrder) -> wire::ShippingOrder {
    let state = match order.state {
        ShippingState::Open => wire::ShippingState::Open,
        ShippingState::OnHold => wire::ShippingState::OnHold,
        ShippingState::Cancelled => wire::ShippingState::Cancelled,
    };
    wire::ShippingOrder {
        number: order.number.clone(),
        reference: order.reference.clone(),
        placed_at: Some(timestamp(order.placed_at)),
        state: state.into(),
        email: order.email.clone(),
        ship_to: order.ship_to.as_ref().map(address),
        location: order.location.as_ref().map(ToString::to_string),
        method: order.method.clone(),
        note: order.note.clone(),
        lines: order.lines.iter().map(line).collect(),
    }
}

fn line(line: &ShippingLine) -> wire::ShippingLine {
    wire::ShippingLine {
        id: line.id.to_string(),
        sku: line.sku.to_string(),
        title: line.title.clone(),
        quantity: line.quantity.to_string(),
    }
}

pub(super) fn dispatch(told: &Dispatch) -> wire::Dispatch {
    wire::Dispatch {
        voided: told.voided,
        cost: told.cost.map(money),
        insurance: told.insurance.map(money),
        weight: told.weight.as_ref().map(product::weight),
    }
}
