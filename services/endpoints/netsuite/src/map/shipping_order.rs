//! Sales orders as whoever sends them is told.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{Address, Country, Kind, ShippingLine, ShippingOrder, ShippingState, TargetKey};
use rust_decimal::Decimal;

use super::feed::{Read, decimal, external, instant, sku, typed};
use super::settings::ShippingOrders;
use crate::wire::{FulfilledRow, Row, ShippingLineRow, ShippingOrderRow};

/// The rows of one sales order.
#[derive(Debug, Default)]
pub(crate) struct ShippingParts {
    pub(crate) lines: Vec<ShippingLineRow>,
    pub(crate) fulfilled: Vec<FulfilledRow>,
    pub(crate) method: Option<String>,
}

/// A sales order as it is to be sent: of each line what was ordered less what others sent; of one that is closed, what was sent by those who are
/// told. So what those send changes nothing, and is no news to them.
///
/// # Errors
/// What is wrong with which column.
pub(crate) fn shipping_order(
    header: &Row,
    parts: &ShippingParts,
    settings: &ShippingOrders,
) -> Result<Read<ShippingOrder>, String> {
    let row: ShippingOrderRow = typed(header)?;
    let (id, at) = (external(&row.id)?, instant(&row.modified)?);
    let called_off = row.status == "C";
    let method = parts.method.as_deref();
    let theirs = |method: &str| settings.methods.iter().any(|own| own.as_str() == method);
    let theirs = settings.methods.is_empty() || method.is_some_and(theirs);
    let mut lines = Vec::new();
    let mut places = BTreeSet::new();
    for line in parts.lines.iter().filter(|_| theirs) {
        let place = line.location.as_deref().or(line.order_location.as_deref());
        let here = |place: &str| settings.locations.iter().any(|own| own.as_str() == place);
        if !settings.locations.is_empty() && !place.is_some_and(here) {
            continue;
        }
        let quantity = asked(line, &parts.fulfilled, called_off)?;
        if quantity <= Decimal::ZERO {
            continue;
        }
        places.insert(place);
        lines.push(ShippingLine {
            id: external(&line.line)?,
            sku: article(line)?,
            title: line
                .displayname
                .clone()
                .or_else(|| line.itemid.clone())
                .unwrap_or_default(),
            quantity,
        });
    }
    let state = match row.status.as_str() {
        _ if lines.is_empty() => ShippingState::Cancelled,
        "A" => ShippingState::OnHold,
        _ => ShippingState::Open,
    };
    let only = places
        .first()
        .copied()
        .flatten()
        .filter(|_| places.len() == 1);
    Ok(Read {
        at,
        record: ShippingOrder {
            placed_at: row.created.as_deref().map_or(Ok(at), instant)?,
            ship_to: address(&row),
            number: row.tranid.unwrap_or(row.id),
            reference: row.otherrefnum,
            state,
            email: row.email,
            location: only.map(external).transpose()?,
            method: parts.method.clone(),
            note: row.memo,
            lines,
        },
        id,
    })
}

fn asked(
    line: &ShippingLineRow,
    fulfilled: &[FulfilledRow],
    called_off: bool,
) -> Result<Decimal, String> {
    // NetSuite may link a fulfilment's line twice, by its accounting row: each fulfilment counts once.
    let mut once: BTreeMap<&str, (Decimal, bool)> = BTreeMap::new();
    for row in fulfilled.iter().filter(|row| row.line == line.line) {
        let quantity = size(row.quantity.as_deref())?;
        let key = row.written_as.as_deref();
        let theirs = key.is_some_and(|key| TargetKey::is_of(key, Kind::Fulfilment));
        once.entry(&row.fulfilment).or_insert((quantity, theirs));
    }
    let sum = |whose: bool| -> Decimal {
        let rows = once.values().filter(|(_, theirs)| *theirs == whose);
        rows.map(|(quantity, _)| *quantity)
            .fold(Decimal::ZERO, Decimal::saturating_add)
    };
    if called_off || line.closed.as_deref() == Some("T") {
        return Ok(sum(true));
    }
    let ordered = size(line.quantity.as_deref())?;
    Ok(ordered.saturating_sub(sum(false)))
}

/// The article of a line.
pub(super) fn article(line: &ShippingLineRow) -> Result<commerce::Sku, String> {
    let article = line.sku.as_deref().and_then(|text| sku(text).ok());
    article.ok_or_else(|| {
        format!(
            "item {} has no SKU: fill the item's SKU field in NetSuite",
            line.item
        )
    })
}

/// Without NetSuite's sign.
pub(super) fn size(text: Option<&str>) -> Result<Decimal, String> {
    text.map_or(Ok(Decimal::ZERO), |text| {
        decimal(text).map(|number| number.abs())
    })
}

/// A company stands in the addressee and the person in the attention line, as Causeway writes them.
fn address(row: &ShippingOrderRow) -> Option<Address> {
    let (company, person) = match &row.attention {
        Some(person) => (row.addressee.clone(), Some(person)),
        None => (None, row.addressee.as_ref()),
    };
    let (first, last) = match person.map(|name| name.rsplit_once(' ')) {
        Some(Some((first, last))) => (Some(first.to_owned()), Some(last.to_owned())),
        _ => (None, person.cloned()),
    };
    let country = row
        .country
        .as_deref()
        .and_then(|code| Country::new(code).ok());
    let address = Address {
        first_name: first,
        last_name: last,
        company,
        line1: row.addr1.clone(),
        line2: row.addr2.clone(),
        city: row.city.clone(),
        region: row.state.clone(),
        postcode: row.zip.clone(),
        country,
        phone: row.addrphone.clone(),
    };
    (address != Address::default()).then_some(address)
}
