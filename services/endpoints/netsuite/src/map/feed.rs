//! Fulfilments as they come out of NetSuite.

use std::collections::BTreeMap;

use commerce::{ExternalId, Fulfilment, FulfilmentLine, OrderRef, Parcel, Sku};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::settings::Stock;
use crate::Fulfilments;
use crate::wire::{FulfilmentLineRow, FulfilmentRow, Row, TrackingRow};

/// The rows of one fulfilment.
#[derive(Debug, Default)]
pub(crate) struct FulfilmentParts {
    pub(crate) lines: Vec<Row>,
    pub(crate) tracking: Vec<Row>,
}

/// A record, when it changed there, and its id there.
#[derive(Debug)]
pub(crate) struct Read<T> {
    pub(crate) id: ExternalId,
    pub(crate) at: Timestamp,
    pub(crate) record: T,
}

/// A record's id, and the record or what is wrong with it.
pub(crate) type Told<T> = (ExternalId, Result<Read<T>, String>);

/// A fulfilment from its rows. NetSuite's queries tell no moment of shipping, so the fulfilment's creation stands for it.
///
/// # Errors
/// What is wrong with which column.
pub(crate) fn fulfilment(
    header: &Row,
    parts: &FulfilmentParts,
    settings: &Fulfilments,
    stock: &Stock,
) -> Result<Read<Fulfilment>, String> {
    let row: FulfilmentRow = typed(header)?;
    let at = instant(&row.modified)?;
    let shipped_at = row.created.as_deref().map_or(Ok(at), instant)?;
    let rows: Vec<FulfilmentLineRow> = parts.lines.iter().map(typed).collect::<Result<_, _>>()?;
    let lines = lines(&rows)?;
    if lines.is_empty() {
        return Err("none of its lines delivers a line of the sales order".to_owned());
    }
    let first = |pick: fn(&FulfilmentLineRow) -> Option<&String>| rows.iter().find_map(pick);
    let method = first(|row| row.method.as_ref()).cloned();
    let location = first(|row| row.location.as_ref());
    let location = location.map(|id| stock.pool_of(id).unwrap_or(id));
    let carrier = method
        .as_ref()
        .and_then(|method| settings.carriers.get(method));
    let id = external(&row.id)?;
    Ok(Read {
        at,
        record: Fulfilment {
            number: row.tranid.unwrap_or(row.id),
            order: OrderRef {
                id: external(&row.order_id)?,
                key: row.order_key,
            },
            shipped_at,
            location: location.map(external).transpose()?,
            parcels: parcels(&parts.tracking, carrier)?,
            method,
            lines,
            dispatch: None,
        },
        id,
    })
}

/// NetSuite keeps a second, accounting row of a line with the opposite sign: each order line counts once, its quantity above zero.
fn lines(rows: &[FulfilmentLineRow]) -> Result<Vec<FulfilmentLine>, String> {
    let mut once: BTreeMap<u64, FulfilmentLine> = BTreeMap::new();
    for row in rows {
        let quantity = decimal(&row.quantity)?.abs();
        if quantity.is_zero() {
            continue;
        }
        let order_line = row
            .order_line
            .parse()
            .map_err(|_| format!("order line '{}' is no number", row.order_line))?;
        let sku = row.sku.as_deref().and_then(|text| sku(text).ok());
        let sku = sku.ok_or_else(|| {
            let item = row.item.as_deref().unwrap_or("?");
            format!("item {item} has no SKU: fill the item's SKU field in NetSuite")
        })?;
        let shop_line = row.shop_line.as_deref().map(external).transpose()?;
        once.entry(order_line).or_insert(FulfilmentLine {
            order_line: shop_line,
            sku,
            quantity,
        });
    }
    Ok(once.into_values().collect())
}

fn parcels(rows: &[Row], carrier: Option<&String>) -> Result<Vec<Parcel>, String> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for row in rows {
        let row: TrackingRow = typed(row)?;
        let Some(number) = row.tracking.filter(|number| !number.trim().is_empty()) else {
            continue;
        };
        let number = number.trim().to_owned();
        if parcels
            .iter()
            .any(|parcel| parcel.tracking_number.as_ref() == Some(&number))
        {
            continue;
        }
        parcels.push(Parcel {
            tracking_number: Some(number),
            carrier: carrier.cloned(),
            tracking_url: None,
        });
    }
    Ok(parcels)
}

/// A UTC instant as the queries print it.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|error| format!("'{text}' is no UTC time: {error}"))
}

/// A row's typed form.
pub(crate) fn typed<T: DeserializeOwned>(row: &Row) -> Result<T, String> {
    serde_json::from_value(Value::Object(row.clone())).map_err(|error| error.to_string())
}

/// A matrix item's name may come as `Parent : Child`; the child's own name is its SKU.
pub(super) fn sku(text: &str) -> Result<Sku, String> {
    let own = text.rsplit(" : ").next().unwrap_or(text);
    Sku::new(own).map_err(|error| error.to_string())
}

pub(super) fn decimal(text: &str) -> Result<Decimal, String> {
    text.parse()
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| format!("'{text}' is no quantity"))
}

pub(super) fn external(text: &str) -> Result<ExternalId, String> {
    ExternalId::new(text).map_err(|error| error.to_string())
}
