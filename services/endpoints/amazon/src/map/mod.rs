//! Amazon's records to commerce and back. Pure.

mod delivery;
mod offer;
mod order;
mod settlement;
mod tax;

use std::fmt;

use commerce::{Amount, ExternalId, Kind, Money, MoneyError};
use jiff::Timestamp;
use ports::{Fields, Place};

use crate::wire;

pub(crate) use delivery::{Confirmed, packages, told};
pub(crate) use offer::{Goal, Patch, level, price};
pub(crate) use order::{is_sale, order};
pub(crate) use settlement::settlement;

/// A record of Amazon's that makes no sense: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unmapped(String);

impl Unmapped {
    fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<MoneyError> for Unmapped {
    fn from(error: MoneyError) -> Self {
        Self::new(error)
    }
}

/// Amazon's package, as far as rules may set it (Orders API v0, "confirmShipment").
static PACKAGE: Fields = Fields {
    text: &[delivery::CARRIER, delivery::METHOD],
    number: &[],
    bool: &[],
    date: &[],
    id: &[],
    group: &[],
    custom: None,
};

/// What rules may set.
pub(crate) fn fields(kind: Kind, place: Place) -> Option<&'static Fields> {
    (kind == Kind::Fulfilment && place == Place::Record).then_some(&PACKAGE)
}

/// A time of the API's.
pub(crate) fn instant(text: &str) -> Result<Timestamp, Unmapped> {
    text.parse()
        .map_err(|error| Unmapped::new(format_args!("time '{text}': {error}")))
}

fn id(text: impl Into<String>) -> Result<ExternalId, Unmapped> {
    ExternalId::new(text).map_err(Unmapped::new)
}

fn given(text: Option<&String>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn money(wire: &wire::Money) -> Result<Money, Unmapped> {
    Ok(Money::parse(&wire.amount, &wire.currency_code)?)
}

const fn amount(money: Money) -> Amount {
    Amount::same(money)
}
