//! Shipments as fulfilments.

use commerce::{
    Currency, Dispatch, ExternalId, Fulfilment, FulfilmentLine, Money, OrderRef, Parcel, Sku,
    Weight, WeightUnit,
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::time::instant;
use crate::wire;

/// A fulfilment, its id here, and when it changed: made, or taken back.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) id: ExternalId,
    pub(crate) at: Timestamp,
    pub(crate) fulfilment: Fulfilment,
}

/// Ids of records here: a shipment's number says nothing to its list, so its order's comes along.
pub(crate) mod ids {
    use commerce::ExternalId;

    use crate::wire::{Fulfillment, Shipment};

    /// What an id names.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Named {
        /// A shipment, and its order.
        Shipment { shipment: u64, order: u64 },
        /// An order marked as shipped.
        Fulfillment(u64),
    }

    /// `s<shipment>-<order>`
    pub(crate) fn shipment(row: &Shipment) -> Result<ExternalId, String> {
        id(format!("s{}-{}", row.shipment_id, row.order_id))
    }

    /// `f<fulfillment>`
    pub(crate) fn fulfillment(row: &Fulfillment) -> Result<ExternalId, String> {
        id(format!("f{}", row.fulfillment_id))
    }

    fn id(text: String) -> Result<ExternalId, String> {
        ExternalId::new(text).map_err(|error| error.to_string())
    }

    /// What an id names; `None` for one that is none of ours.
    pub(crate) fn read(id: &ExternalId) -> Option<Named> {
        let text = id.as_str();
        if let Some(number) = text.strip_prefix('f') {
            return number.parse().ok().map(Named::Fulfillment);
        }
        let (shipment, order) = text.strip_prefix('s')?.split_once('-')?;
        Some(Named::Shipment {
            shipment: shipment.parse().ok()?,
            order: order.parse().ok()?,
        })
    }
}

/// A shipment as a fulfilment of the order with that key.
///
/// # Errors
/// What is wrong with which field.
pub(crate) fn shipment(
    row: &wire::Shipment,
    key: Option<String>,
    currency: Currency,
) -> Result<Told, String> {
    let money = |amount: &RawValue| decimal(amount).map(|amount| Money::new(amount, currency));
    let amount = |amount: &Option<Box<RawValue>>| amount.as_deref().map(money).transpose();
    let (made, at) = times(&row.create_date, row.void_date.as_deref())?;
    let shipped_at = row.ship_date.as_deref().map_or(Ok(made), instant)?;
    let lines = lines(row.shipment_items.as_deref().unwrap_or_default())?;
    Ok(Told {
        id: ids::shipment(row)?,
        at,
        fulfilment: Fulfilment {
            number: row
                .tracking_number
                .clone()
                .unwrap_or_else(|| row.shipment_id.to_string()),
            order: order(row.order_id, key)?,
            shipped_at,
            location: row
                .warehouse_id
                .map(|id| external(&id.to_string()))
                .transpose()?,
            method: row.service_code.clone(),
            parcels: parcels(row.tracking_number.as_ref(), row.carrier_code.as_ref()),
            lines,
            dispatch: Some(Dispatch {
                voided: row.voided,
                cost: amount(&row.shipment_cost)?,
                insurance: amount(&row.insurance_cost)?.filter(|paid| !paid.is_zero()),
                weight: row.weight.as_ref().map(weight).transpose()?.flatten(),
            }),
        },
    })
}

/// An order that was marked as shipped: all of its items, which its own record tells.
///
/// # Errors
/// What is wrong with which field.
pub(crate) fn fulfillment(
    row: &wire::Fulfillment,
    of: &wire::Order,
    key: Option<String>,
    currency: Currency,
) -> Result<Told, String> {
    let (made, at) = times(&row.create_date, row.void_date.as_deref())?;
    let fee = row.fulfillment_fee.as_deref().map(decimal).transpose()?;
    let fee = fee.filter(|fee| !fee.is_zero());
    Ok(Told {
        id: ids::fulfillment(row)?,
        at,
        fulfilment: Fulfilment {
            number: row
                .tracking_number
                .clone()
                .unwrap_or_else(|| row.fulfillment_id.to_string()),
            order: order(row.order_id, key)?,
            shipped_at: row.ship_date.as_deref().map_or(Ok(made), instant)?,
            location: None,
            method: None,
            parcels: parcels(row.tracking_number.as_ref(), row.carrier_code.as_ref()),
            lines: lines(&of.items)?,
            dispatch: Some(Dispatch {
                voided: row.voided,
                cost: fee.map(|fee| Money::new(fee, currency)),
                ..Dispatch::default()
            }),
        },
    })
}

/// When it was made, and when it changed last: never before it was made, though the clock may have gone back in between.
fn times(made: &str, voided: Option<&str>) -> Result<(Timestamp, Timestamp), String> {
    let made = instant(made)?;
    let voided = voided.map_or(Ok(made), instant)?;
    Ok((made, voided.max(made)))
}

fn lines(items: &[wire::Item]) -> Result<Vec<FulfilmentLine>, String> {
    let mut lines = Vec::with_capacity(items.len());
    for item in items.iter().filter(|item| !item.adjustment) {
        let quantity = decimal(&item.quantity)?;
        if quantity <= Decimal::ZERO {
            continue;
        }
        let sku = item.sku.as_deref().map(str::trim).unwrap_or_default();
        lines.push(FulfilmentLine {
            order_line: item.line_item_key.as_deref().map(external).transpose()?,
            sku: Sku::new(sku).map_err(|_| "one of its items has no SKU".to_owned())?,
            quantity,
        });
    }
    if lines.is_empty() {
        return Err("it tells no items".to_owned());
    }
    Ok(lines)
}

fn parcels(tracking: Option<&String>, carrier: Option<&String>) -> Vec<Parcel> {
    let parcel = |number: &String| Parcel {
        tracking_number: Some(number.clone()),
        carrier: carrier.cloned(),
        tracking_url: None,
    };
    tracking
        .filter(|number| !number.is_empty())
        .map(parcel)
        .into_iter()
        .collect()
}

fn weight(weight: &wire::Weight) -> Result<Option<Weight>, String> {
    let unit = match weight.units.as_deref() {
        Some("pounds") => WeightUnit::Pound,
        Some("ounces") => WeightUnit::Ounce,
        Some("grams") => WeightUnit::Gram,
        _ => return Ok(None),
    };
    let value = weight.value.as_deref().map(decimal).transpose()?;
    let value = value.filter(|value| *value > Decimal::ZERO);
    Ok(value.map(|value| Weight { value, unit }))
}

fn order(id: u64, key: Option<String>) -> Result<OrderRef, String> {
    Ok(OrderRef {
        id: external(&id.to_string())?,
        key,
    })
}

/// A number by its own text.
pub(super) fn decimal(number: &RawValue) -> Result<Decimal, String> {
    let text = number.get().trim_matches('"');
    let read = text.parse().or_else(|_| Decimal::from_scientific(text));
    read.map_err(|_| format!("'{text}' is no amount"))
}

fn external(text: &str) -> Result<ExternalId, String> {
    ExternalId::new(text).map_err(|error| error.to_string())
}
