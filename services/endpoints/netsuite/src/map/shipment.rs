//! Deliveries that somebody else made, as item fulfilments.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use commerce::{Fulfilment, FulfilmentLine, Money, Sku, TargetKey, Weight, WeightUnit};
use jiff::tz::TimeZone;
use ports::{Assignments, Fault};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::assign::assign;
use super::fields::FULFILMENT;
use super::order::{Currencies, currency};
use super::settings::{ParcelWeight, SHIPPING_COST, Shipments};
use super::shipping_order::{article, size};
use crate::wire::{Json, Object, ShippingLineRow};

/// What of sales orders is still to be fulfilled, drawn down over a batch.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct OpenLines(HashMap<String, Order>);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Order {
    number: String,
    currency: Option<String>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    number: Decimal,
    sku: Option<Sku>,
    left: Decimal,
    location: Option<String>,
}

/// Units of a line that a delivery brings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    line: Decimal,
    quantity: Decimal,
    location: Option<String>,
}

impl OpenLines {
    /// Reads the orders' lines.
    ///
    /// # Errors
    /// What is wrong with which column.
    pub(crate) fn read(rows: &[ShippingLineRow]) -> Result<Self, String> {
        let mut orders: HashMap<String, Order> = HashMap::new();
        for row in rows {
            let quantity = |text: &Option<String>| size(text.as_deref());
            let gone = quantity(&row.picked)?.max(quantity(&row.shipped)?);
            let closed = row.closed.as_deref() == Some("T");
            let whole = quantity(&row.quantity)?;
            let left = whole.saturating_sub(gone).max(Decimal::ZERO);
            let number = row.line.parse();
            let order = orders.entry(row.sales_order.clone()).or_default();
            order.number = row.order_number.clone().unwrap_or_default();
            order.currency.clone_from(&row.currency);
            order.lines.push(Line {
                number: number.map_err(|_| format!("order line '{}' is no number", row.line))?,
                sku: article(row).ok(),
                left: if closed || row.status == "C" {
                    Decimal::ZERO
                } else {
                    left
                },
                location: row.location.clone().or_else(|| row.order_location.clone()),
            });
        }
        Ok(Self(orders))
    }

    /// Those of one order.
    pub(crate) fn of(&self, order: &str) -> Self {
        let lines = self.0.get(order).cloned();
        let lines = lines.map(|lines| (order.to_owned(), lines));
        Self(lines.into_iter().collect())
    }

    /// What a delivery brings of the order, or why it does not fit.
    ///
    /// # Errors
    /// [`Fault::Held`] for more than is open, for goods that the order does not have, and for goods that leave several locations at once.
    pub(crate) fn fit(
        &self,
        order: &str,
        delivery: &Fulfilment,
        settings: &Shipments,
    ) -> Result<Vec<Taken>, Fault> {
        let Some(order) = self.0.get(order) else {
            return Err(held(
                "the sales order has no lines that are sent, or is not there any more",
            ));
        };
        let warehouse = delivery.location.as_ref();
        let place = warehouse.and_then(|id| settings.locations.get(id.as_str()));
        let mut left: Vec<Decimal> = order.lines.iter().map(|line| line.left).collect();
        let mut taken: BTreeMap<usize, Decimal> = BTreeMap::new();
        for wanted in &delivery.lines {
            let mut open = wanted.quantity;
            for (index, line) in order.lines.iter().enumerate() {
                let Some(left) = left.get_mut(index).filter(|_| fits(line, wanted)) else {
                    continue;
                };
                let part = open.min(*left);
                if part > Decimal::ZERO {
                    *left = left.saturating_sub(part);
                    open = open.saturating_sub(part);
                    let sum = taken.entry(index).or_default();
                    *sum = sum.saturating_add(part);
                }
            }
            if open > Decimal::ZERO {
                return Err(held(&format!(
                    "it brings {} of {}, {open} more than {} has open",
                    wanted.quantity.normalize(),
                    wanted.sku,
                    order.number
                )));
            }
        }
        if taken.is_empty() {
            return Err(held("it brings nothing"));
        }
        let taken: Vec<Taken> = taken
            .into_iter()
            .filter_map(|(index, quantity)| {
                let line = order.lines.get(index)?;
                let own = || line.location.clone();
                Some(Taken {
                    line: line.number,
                    quantity,
                    location: place.map(ToString::to_string).or_else(own),
                })
            })
            .collect();
        let places: BTreeSet<&Option<String>> = taken.iter().map(|one| &one.location).collect();
        if places.len() > 1 {
            return Err(held(
                "its lines leave several of NetSuite's locations, and an item fulfilment leaves one: set shipments.locations for the sender's warehouse",
            ));
        }
        Ok(taken)
    }

    /// The lines are fulfilled now.
    pub(crate) fn take(&mut self, order: &str, taken: &[Taken]) {
        let lines = self.0.get_mut(order).map(|order| &mut order.lines);
        for line in lines.into_iter().flatten() {
            for one in taken.iter().filter(|one| one.line == line.number) {
                line.left = line.left.saturating_sub(one.quantity);
            }
        }
    }
}

/// Without the order's line the article decides.
fn fits(line: &Line, wanted: &FulfilmentLine) -> bool {
    match &wanted.order_line {
        Some(id) => id
            .as_str()
            .parse()
            .is_ok_and(|number: Decimal| number == line.number),
        None => line.sku.as_ref() == Some(&wanted.sku),
    }
}

/// The body that makes the item fulfilment from its sales order. NetSuite fulfils whole what is not mentioned (NetSuite help, "Transform
/// Records"), so every open line is.
///
/// # Errors
/// [`Fault::Held`] for a cost in another currency than the order's, and for rules that do not fit.
pub(crate) fn shipment_body(
    (delivery, order): (&Fulfilment, &str),
    (key, set): (&TargetKey, &Assignments),
    (open, taken): (&OpenLines, &[Taken]),
    settings: &Shipments,
    (currencies, zone): (&Currencies, &TimeZone),
) -> Result<Vec<u8>, Fault> {
    let order = open.0.get(order);
    let date = delivery.shipped_at.to_zoned(zone.clone()).date();
    let mut body = Object::from([
        ("externalId".to_owned(), Json::from(key.as_str())),
        ("tranDate".to_owned(), Json::Text(date.to_string())),
        ("shipStatus".to_owned(), Json::reference("C")),
        ("item".to_owned(), Json::sublist(items(order, taken))),
    ]);
    let method = delivery.method.as_ref();
    if let Some(method) = method.and_then(|name| settings.methods.get(name)) {
        body.insert("shipMethod".to_owned(), Json::reference(method.as_str()));
    }
    let told = delivery.dispatch.as_ref();
    if let (Some(name), Some(cost)) = (&settings.cost_field, told.and_then(|told| told.cost)) {
        if name == SHIPPING_COST {
            in_currency_of(order, cost, currencies)?;
        }
        body.insert(name.clone(), Json::from(cost.amount));
    }
    let insurance = told.and_then(|told| told.insurance);
    if let (Some(name), Some(cost)) = (&settings.insurance_field, insurance) {
        body.insert(name.clone(), Json::from(cost.amount));
    }
    let parcels = parcels(
        delivery,
        told.and_then(|told| told.weight),
        settings.weight_unit,
    );
    if !parcels.is_empty() {
        body.insert("package".to_owned(), Json::sublist(parcels));
    }
    assign(&mut body, &set.header, &FULFILMENT)?;
    serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
        why: format!("the item fulfilment cannot be written as JSON: {error}"),
    })
}

fn items(order: Option<&Order>, taken: &[Taken]) -> Vec<Json> {
    let lines = order.into_iter().flat_map(|order| &order.lines);
    let open = lines.filter(|line| line.left > Decimal::ZERO);
    open.map(|line| {
        let mut item = Object::from([("orderLine".to_owned(), Json::from(line.number))]);
        let one = taken.iter().find(|one| one.line == line.number);
        item.insert("itemReceive".to_owned(), Json::from(one.is_some()));
        if let Some(one) = one {
            item.insert("quantity".to_owned(), Json::from(one.quantity));
            if let Some(place) = &one.location {
                item.insert("location".to_owned(), Json::reference(place));
            }
        }
        Json::Object(item)
    })
    .collect()
}

/// NetSuite takes no package without a weight: where none is told, a hundredth stands for it.
fn parcels(delivery: &Fulfilment, weight: Option<Weight>, unit: ParcelWeight) -> Vec<Json> {
    let least = Decimal::new(1, 2);
    let numbers = delivery
        .parcels
        .iter()
        .filter_map(|one| one.tracking_number.as_deref());
    let numbers: BTreeSet<&str> = numbers.collect();
    let count = Decimal::from(numbers.len().max(1));
    let each = weight.and_then(|all| converted(all, unit).checked_div(count));
    let each = each.map_or(least, |each| each.round_dp(2).max(least));
    let parcel = |number: &str| {
        Json::Object(Object::from([
            ("packageTrackingNumber".to_owned(), Json::from(number)),
            ("packageWeight".to_owned(), Json::from(each)),
        ]))
    };
    numbers.into_iter().map(parcel).collect()
}

fn converted(weight: Weight, to: ParcelWeight) -> Decimal {
    let grams = match weight.unit {
        WeightUnit::Gram => Decimal::ONE,
        WeightUnit::Kilogram => Decimal::ONE_THOUSAND,
        WeightUnit::Ounce => Decimal::new(28_349_523_125, 9),
        WeightUnit::Pound => Decimal::new(45_359_237, 5),
    };
    let unit = match to {
        ParcelWeight::Pound => Decimal::new(45_359_237, 5),
        ParcelWeight::Kilogram => Decimal::ONE_THOUSAND,
    };
    let grams = weight.value.saturating_mul(grams);
    grams.checked_div(unit).unwrap_or_default()
}

fn in_currency_of(
    order: Option<&Order>,
    cost: Money,
    currencies: &Currencies,
) -> Result<(), Fault> {
    let theirs = order.and_then(|order| order.currency.as_deref());
    match (currency(cost, currencies), theirs) {
        (Ok(None), _) => Ok(()),
        (Ok(Some(ours)), Some(theirs)) if ours == theirs => Ok(()),
        _ => Err(held(&format!(
            "it cost {cost}, and the sales order is in another currency: have the cost entered in a custom field (shipments.cost_field), or not at all (null)"
        ))),
    }
}

/// In what the item fulfilment in NetSuite is other than the delivery; `None` where it agrees.
pub(crate) fn shipment_differs(delivery: &Fulfilment, there: &Fulfilment) -> Option<String> {
    let units = |one: &Fulfilment| {
        let mut units: BTreeMap<Sku, Decimal> = BTreeMap::new();
        for line in &one.lines {
            let sum = units.entry(line.sku.clone()).or_default();
            *sum = sum.saturating_add(line.quantity).normalize();
        }
        units
    };
    let tracking = |one: &Fulfilment| -> BTreeSet<String> {
        let parcels = one.parcels.iter();
        parcels
            .filter_map(|one| one.tracking_number.clone())
            .collect()
    };
    let told = |units: &BTreeMap<Sku, Decimal>| {
        let units: Vec<String> = units
            .iter()
            .map(|(sku, of)| format!("{of} of {sku}"))
            .collect();
        units.join(", ")
    };
    let (ours, theirs) = (units(delivery), units(there));
    if ours != theirs {
        return Some(format!(
            "the item fulfilment brings {}, the delivery {}",
            told(&theirs),
            told(&ours)
        ));
    }
    let (ours, theirs) = (tracking(delivery), tracking(there));
    (!ours.is_subset(&theirs)).then(|| {
        let missing: Vec<String> = ours.difference(&theirs).cloned().collect();
        format!(
            "the item fulfilment lacks tracking number {}",
            missing.join(", ")
        )
    })
}

fn held(why: &str) -> Fault {
    Fault::Held {
        why: format!(
            "the delivery does not become an item fulfilment: {why}. Nothing was written: correct the sales order and retry, or enter the fulfilment in NetSuite and mark this record as ignored"
        ),
    }
}

#[cfg(test)]
mod tests;
