//! Messages to shipping orders, and to what a shipper tells of a delivery.

use commerce::{Dispatch, ShippingLine, ShippingOrder, ShippingState};
use proto::events::v1 as wire;

use super::product;
use super::value::{address, decimal, id, money, sku, timestamp, unknown};
use crate::error::{DecodeError, Within, each};

pub(super) fn order(order: wire::ShippingOrder) -> Result<ShippingOrder, DecodeError> {
    let state = match wire::ShippingState::try_from(order.state) {
        Ok(wire::ShippingState::Open) => ShippingState::Open,
        Ok(wire::ShippingState::OnHold) => ShippingState::OnHold,
        Ok(wire::ShippingState::Cancelled) => ShippingState::Cancelled,
        Ok(wire::ShippingState::Unspecified) | Err(_) => {
            return Err(unknown("shipping state", order.state)).within("state");
        }
    };
    Ok(ShippingOrder {
        number: order.number,
        reference: order.reference,
        placed_at: timestamp(order.placed_at).within("placed_at")?,
        state,
        email: order.email,
        ship_to: order.ship_to.map(address).transpose().within("ship_to")?,
        location: order.location.map(id).transpose().within("location")?,
        method: order.method,
        note: order.note,
        lines: each("lines", order.lines, line)?,
    })
}

fn line(line: wire::ShippingLine) -> Result<ShippingLine, DecodeError> {
    Ok(ShippingLine {
        id: id(line.id).within("id")?,
        sku: sku(&line.sku).within("sku")?,
        title: line.title,
        quantity: decimal(&line.quantity).within("quantity")?,
    })
}

pub(super) fn dispatch(told: wire::Dispatch) -> Result<Dispatch, DecodeError> {
    let amount = |amount: Option<wire::Money>| amount.as_ref().map(money).transpose();
    Ok(Dispatch {
        voided: told.voided,
        cost: amount(told.cost).within("cost")?,
        insurance: amount(told.insurance).within("insurance")?,
        weight: told
            .weight
            .map(product::weight)
            .transpose()
            .within("weight")?,
    })
}
