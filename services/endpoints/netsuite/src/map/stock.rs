//! What may be sold: of an item, and of a kit as many as its scarcest component makes.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{ExternalId, StockLevel};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::feed::{Read, Told, decimal, external, instant, sku};
use super::settings::{Stock, Unflagged};
use crate::wire::{ArticleRow, KitRow, PlaceRow, StockRow};

/// Types of components that are kept in stock; others, such as services, limit no kit.
const STOCKED: [&str; 2] = ["InvtPart", "Assembly"];

/// Types of components that are made of others themselves.
const MADE_UP: [&str; 2] = ["Kit", "Group"];

/// A pool as it concerns one item.
struct Pool<'a> {
    name: &'a str,
    locations: BTreeSet<&'a str>,
    buffer: Decimal,
}

/// What decides about an item beside its stock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    Yes,
    /// None of it, whatever there is.
    Nothing,
    /// The shop is left as it is.
    Silence,
}

/// What one item's rows allow to sell, pool by pool. Nothing for an item without a SKU, without a flag, or never in stock.
pub(crate) fn levels(rows: &[StockRow], stock: &Stock) -> Vec<Told<StockLevel>> {
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let places: Vec<&PlaceRow> = rows.iter().map(|row| &row.place).collect();
    let sold = |pool: &Pool<'_>| {
        let buffer = buffer(first.article.buffer.as_deref(), pool.buffer)?;
        let there = total(&units(places.iter().copied(), pool)?)?;
        Ok(Some(sellable(there, buffer)?))
    };
    let edited = stock.follows_items().then_some(&first.article.edited);
    offered(&first.item, &first.article, &places, edited, stock, sold)
}

/// What one kit's rows allow to sell, pool by pool. Nothing for a kit of which no component is kept in stock.
pub(crate) fn kit_levels(rows: &[KitRow], stock: &Stock) -> Vec<Told<StockLevel>> {
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let places: Vec<&PlaceRow> = rows.iter().map(|row| &row.place).collect();
    let sold = |pool: &Pool<'_>| {
        let own = buffer(first.article.buffer.as_deref(), Decimal::ZERO)?;
        let made = makes(&parts(rows, pool)?)?;
        made.map(|made| sellable(made, own)).transpose()
    };
    let own = std::iter::once(&first.article.edited);
    let theirs = rows.iter().map(|row| &row.item_edited);
    let edited = own.chain(theirs.filter(|_| stock.follows_items()));
    offered(&first.kit, &first.article, &places, edited, stock, sold)
}

/// Which of a kit's rows changed last in the order of the feed, by time and item: the kit itself or a component.
pub(crate) fn kit_mark(rows: &[KitRow], stock: &Stock) -> Option<(Timestamp, u64)> {
    let own = rows.first().map(|row| (&row.article.edited, &row.kit));
    let moved = rows.iter().map(|row| (&row.place.moved, &row.item));
    let edited = rows.iter().map(|row| (&row.item_edited, &row.item));
    let edited = edited.filter(|_| stock.follows_items());
    let marks = own.into_iter().chain(moved).chain(edited);
    let read = |(at, item): (&Option<String>, &String)| {
        Some((instant(at.as_deref()?).ok()?, item.parse().ok()?))
    };
    marks.filter_map(read).max()
}

fn offered<'a>(
    item: &str,
    article: &ArticleRow,
    places: &[&'a PlaceRow],
    edited: impl IntoIterator<Item = &'a Option<String>>,
    stock: &Stock,
    sold: impl Fn(&Pool<'_>) -> Result<Option<Decimal>, String>,
) -> Vec<Told<StockLevel>> {
    let offer = offer(article, stock);
    let (Some(text), true) = (&article.sku, offer != Offer::Silence) else {
        return Vec::new();
    };
    let edited: Vec<&String> = edited.into_iter().flatten().collect();
    let level = |pool: &Pool<'_>, id: &ExternalId| {
        let here = places.iter().filter(|place| pool.has(place));
        let moved = here.filter_map(|place| place.moved.as_ref());
        let times = moved
            .chain(edited.iter().copied())
            .map(|text| instant(text));
        let times: Vec<Timestamp> = times.collect::<Result<_, _>>()?;
        let (Some(at), Some(units)) = (times.into_iter().max(), sold(pool)?) else {
            return Ok(None);
        };
        let available = if offer == Offer::Yes {
            units
        } else {
            Decimal::ZERO
        };
        let record = StockLevel {
            sku: sku(text)?,
            location: external(pool.name)?,
            available,
            scarce: available < stock.fast_below,
        };
        let id = id.clone();
        Ok(Some(Read { id, at, record }))
    };
    let there = pools(stock, places).into_iter().filter_map(|pool| {
        let id = external(&format!("{item}-{}", pool.name)).ok()?;
        let level = level(&pool, &id).transpose()?;
        Some((id, level))
    });
    there.collect()
}

fn offer(article: &ArticleRow, stock: &Stock) -> Offer {
    match (&stock.item_flag, article.flag.as_deref(), stock.unflagged) {
        (None, _, _) | (_, Some("T"), _) => Offer::Yes,
        (_, Some("F"), Unflagged::Zero) => Offer::Nothing,
        _ => Offer::Silence,
    }
}

/// The pools that keep any of it: those of the settings, or else each location.
fn pools<'a>(stock: &'a Stock, places: &[&'a PlaceRow]) -> Vec<Pool<'a>> {
    let here: BTreeSet<&str> = places
        .iter()
        .filter_map(|place| place.location.as_deref())
        .collect();
    if stock.pools.is_empty() {
        let alone = |name| Pool {
            name,
            locations: BTreeSet::from([name]),
            buffer: Decimal::ZERO,
        };
        return here.into_iter().map(alone).collect();
    }
    let named = stock.pools.iter().map(|(name, pool)| Pool {
        name,
        locations: pool.locations.iter().map(|id| id.as_str()).collect(),
        buffer: pool.buffer,
    });
    named
        .filter(|pool| !pool.locations.is_disjoint(&here))
        .collect()
}

impl Pool<'_> {
    fn has(&self, place: &PlaceRow) -> bool {
        let location = place.location.as_deref();
        location.is_some_and(|location| self.locations.contains(location))
    }
}

/// Units by location of the pool. NetSuite leaves the quantity out where there is nothing.
fn units<'a>(
    places: impl Iterator<Item = &'a PlaceRow>,
    pool: &Pool<'_>,
) -> Result<BTreeMap<&'a str, Decimal>, String> {
    let mut units = BTreeMap::new();
    for place in places.filter(|place| pool.has(place)) {
        if let Some(location) = place.location.as_deref() {
            let available = place.available.as_deref();
            units.insert(location, available.map_or(Ok(Decimal::ZERO), decimal)?);
        }
    }
    Ok(units)
}

fn total(units: &BTreeMap<&str, Decimal>) -> Result<Decimal, String> {
    let mut sum = Some(Decimal::ZERO);
    for units in units.values() {
        sum = sum.and_then(|sum| sum.checked_add(*units));
    }
    sum.ok_or_else(|| "its quantities are too large to be added up".to_owned())
}

fn buffer(field: Option<&str>, otherwise: Decimal) -> Result<Decimal, String> {
    let held = field.map_or(Ok(otherwise), decimal)?;
    // A buffer below zero would offer what is not there.
    Ok(held.max(Decimal::ZERO))
}

fn sellable(available: Decimal, buffer: Decimal) -> Result<Decimal, String> {
    let left = available.checked_sub(buffer);
    let left = left.ok_or_else(|| "its quantities are too large".to_owned())?;
    Ok(left.max(Decimal::ZERO).normalize())
}

/// A component of a kit.
struct Part<'a> {
    /// How many go into one kit.
    each: Decimal,
    buffer: Decimal,
    units: BTreeMap<&'a str, Decimal>,
}

/// The components that limit a kit. One that stands on several lines is needed for each of them.
fn parts<'a>(rows: &'a [KitRow], pool: &Pool<'_>) -> Result<Vec<Part<'a>>, String> {
    let mut by_item: BTreeMap<&str, Vec<&KitRow>> = BTreeMap::new();
    for row in rows {
        let kind = row.kind.as_deref().unwrap_or_default();
        if MADE_UP.contains(&kind) {
            return Err(format!(
                "component {} of the kit is made of other items itself: such kits are not computed",
                row.item
            ));
        }
        if STOCKED.contains(&kind) {
            by_item.entry(&row.item).or_default().push(row);
        }
    }
    let mut parts = Vec::with_capacity(by_item.len());
    for rows in by_item.into_values() {
        let mut lines: BTreeMap<Option<&str>, Decimal> = BTreeMap::new();
        for row in &rows {
            let quantity = row.quantity.as_deref().map_or(Ok(Decimal::ONE), decimal)?;
            lines.insert(row.line.as_deref(), quantity);
        }
        let mut each = Some(Decimal::ZERO);
        for quantity in lines.values() {
            each = each.and_then(|each| each.checked_add(*quantity));
        }
        let each = each.filter(|each| *each > Decimal::ZERO).ok_or_else(|| {
            let item = rows.first().map_or("?", |row| row.item.as_str());
            format!("component {item} of the kit has no quantity above zero")
        })?;
        let held = rows.first().and_then(|row| row.held.as_deref());
        parts.push(Part {
            each,
            buffer: buffer(held, pool.buffer)?,
            units: units(rows.iter().map(|row| &row.place), pool)?,
        });
    }
    Ok(parts)
}

/// How many kits can be sold: no more than the scarcest component makes above its buffer, and no more than can be put together
/// at one location each, since NetSuite fulfils a kit from the one location of its line. `None` when no component limits it.
fn makes(parts: &[Part<'_>]) -> Result<Option<Decimal>, String> {
    let mut above_buffers = None;
    for part in parts {
        let left = sellable(total(&part.units)?, part.buffer)?;
        above_buffers = Some(fewer(above_buffers, whole(left, part.each)?));
    }
    let locations: BTreeSet<&str> = parts
        .iter()
        .flat_map(|part| part.units.keys().copied())
        .collect();
    let mut by_location = BTreeMap::new();
    for location in locations {
        let mut here = None;
        for part in parts {
            let units = part.units.get(location).copied().unwrap_or_default();
            here = Some(fewer(here, whole(units.max(Decimal::ZERO), part.each)?));
        }
        by_location.insert(location, here.unwrap_or_default());
    }
    let together = total(&by_location)?;
    Ok(above_buffers.map(|above| above.min(together)))
}

fn fewer(so_far: Option<Decimal>, next: Decimal) -> Decimal {
    so_far.map_or(next, |so_far| so_far.min(next))
}

fn whole(units: Decimal, each: Decimal) -> Result<Decimal, String> {
    let times = units.checked_div(each).map(|times| times.floor());
    times.ok_or_else(|| "a component's quantities cannot be divided".to_owned())
}

#[cfg(test)]
mod tests;
