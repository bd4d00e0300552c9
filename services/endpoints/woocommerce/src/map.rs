//! The shop's records to commerce and back. Pure.

mod cancellation;
mod giveback;
mod order;
mod parcels;
mod price;
mod product;
mod refund;
mod rules;
mod shipment;
mod standing;
mod stock;

use commerce::{Currency, ExternalId, Money};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
pub(crate) use kit::Ruled;
use kit::{Unmapped, Within};
use serde_json::Value;

use crate::wire::Meta;

pub(crate) use cancellation::{call_off, calling_off};
pub(crate) use giveback::{body as giveback_body, discrepancy, key_of, made_under, order_number};
pub(crate) use order::{meaning, order};
pub(crate) use parcels::{fulfillment, is_mark_of_plugins, note, note_mark, tracking_items};
pub(crate) use price::{Wanted, wanted};
pub(crate) use product::{There, own_sku, plan as plan_product, stands as product_stands};
pub(crate) use refund::{refund, refunded_units};
pub(crate) use rules::{FULFILMENT_FIELDS, fields};
pub(crate) use shipment::{Shipment, is_mark, plan, put};
pub(crate) use standing::{called_off, delivered};
pub(crate) use stock::{Level, level, shown};

/// The meta data in which a record tells the key that Causeway wrote it under.
pub(crate) const KEY: &str = "_causeway_key";

/// A time of the API's `_gmt` fields, which name no zone.
pub(crate) fn instant(gmt: &str) -> Result<Timestamp, Unmapped> {
    let civil: DateTime = gmt.parse().within(format_args!("time '{gmt}'"))?;
    let zoned = civil.to_zoned(TimeZone::UTC);
    Ok(zoned.within(format_args!("time '{gmt}'"))?.timestamp())
}

/// What a field says, if it says anything.
fn given(text: &crate::wire::Text) -> Option<String> {
    Some(text.0.trim())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn id(text: impl Into<String>) -> Result<ExternalId, Unmapped> {
    ExternalId::new(text).map_err(Unmapped::new)
}

/// An amount; an empty text is nothing.
fn money(text: &crate::wire::Text, currency: Currency) -> Result<Money, Unmapped> {
    if text.0.is_empty() {
        return Ok(Money::zero(currency));
    }
    Ok(Money::parse(&text.0, currency.code())?)
}

fn currency(code: &str) -> Result<Currency, Unmapped> {
    Currency::from_code(code)
        .ok_or_else(|| Unmapped::new(format_args!("'{code}' is not an ISO 4217 currency code")))
}

/// The value of that name in the meta data, the latest where there are several.
fn meta<'a>(all: &'a [Meta], key: &str) -> Option<&'a Value> {
    let mut named = all.iter().rev().filter(|meta| meta.key == key);
    named.next().map(|meta| &meta.value)
}
