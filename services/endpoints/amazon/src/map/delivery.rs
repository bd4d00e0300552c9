//! Fulfilments as packages of an order.

use std::collections::BTreeMap;

use commerce::{Digest, Fulfilment};
use ports::{Assignments, Fault};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use crate::Fulfilments;
use crate::wire::{Item, Order, Package};

/// The field of a package that names the carrier.
pub(super) const CARRIER: &str = "carrierCode";
/// The field of a package that names the service.
pub(super) const METHOD: &str = "shippingMethod";
/// Parcels of one delivery that have numbers of their own.
const PARCELS: u64 = 100;

/// A package to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirmed {
    pub(crate) reference: String,
    tracking: String,
    /// As `confirmShipment` takes it.
    pub(crate) detail: Value,
}

/// The packages of a delivery, each under a number that follows from its key (Amazon takes none but numbers, unique within the order). Of several
/// parcels nobody knows which bears what: the units are spread over them in their order, at least one each.
///
/// # Errors
/// [`Fault::Held`] for what the order has not, parts of units, and parcels without a number.
pub(crate) fn packages(
    delivery: &Fulfilment,
    key: &str,
    number: &str,
    order: &Order,
    set: &Assignments,
    settings: &Fulfilments,
) -> Result<Vec<Confirmed>, Fault> {
    let units = units(delivery, order)?;
    let parcels: Vec<_> = delivery.parcels.iter().collect();
    let count = parcels.len().clamp(1, units.len().max(1));
    let base = base(key, number);
    let mut all = Vec::with_capacity(count);
    let mut rest = units.as_slice();
    for place in 0..count {
        let left = count.saturating_sub(place).max(1);
        let (own, others) = rest
            .split_at_checked(rest.len().div_ceil(left))
            .unwrap_or((rest, &[]));
        rest = others;
        let parcel = parcels.get(place);
        let tracking = parcel.and_then(|parcel| parcel.tracking_number.clone());
        let Some(tracking) = tracking.or_else(|| settings.untracked.clone()) else {
            return Err(held(
                delivery,
                "Amazon asks for a tracking number, and it has none. Enter one, or set 'fulfilments.untracked'",
            ));
        };
        let nth = u64::try_from(place).unwrap_or(0).min(PARCELS - 1);
        let reference = format!("{base}{nth:02}");
        let mut items: BTreeMap<&str, u64> = BTreeMap::new();
        for item in own {
            *items.entry(item.as_str()).or_default() += 1;
        }
        let items = items.into_iter();
        let items = items.map(|(id, quantity)| json!({ "orderItemId": id, "quantity": quantity }));
        let mut detail = json!({
            "packageReferenceId": reference, "trackingNumber": tracking, "shipDate": delivery.shipped_at.to_string(),
            "orderItems": items.collect::<Vec<Value>>(),
        });
        let carrier = parcel.and_then(|parcel| parcel.carrier.as_deref());
        sent_by(&mut detail, carrier, delivery, set, settings);
        all.push(Confirmed {
            reference,
            tracking,
            detail,
        });
    }
    Ok(all)
}

fn sent_by(
    detail: &mut Value,
    carrier: Option<&str>,
    delivery: &Fulfilment,
    set: &Assignments,
    settings: &Fulfilments,
) {
    let ruled = |name: &str| set.header.get(name).and_then(Value::as_str);
    let known = carrier.and_then(|name| settings.carriers.get(name));
    let code = ruled(CARRIER).or(known.map(String::as_str));
    let method = delivery.method.as_ref();
    let method = method.and_then(|method| settings.methods.get(method));
    let method = ruled(METHOD).or(method.map(String::as_str));
    let Some(fields) = detail.as_object_mut() else {
        return;
    };
    fields.insert(CARRIER.to_owned(), json!(code.unwrap_or("Other")));
    if code.is_none() {
        let name = carrier.unwrap_or("Other");
        fields.insert("carrierName".to_owned(), json!(name));
    }
    if let Some(method) = method {
        fields.insert(METHOD.to_owned(), json!(method));
    }
}

/// Each unit, by the id of its item.
fn units(delivery: &Fulfilment, order: &Order) -> Result<Vec<String>, Fault> {
    let mut all = Vec::new();
    for line in &delivery.lines {
        let by_id = |item: &&Item| {
            line.order_line.as_ref().map(commerce::ExternalId::as_str)
                == Some(item.order_item_id.as_str())
        };
        let by_sku = |item: &&Item| item.product.seller_sku.as_deref() == Some(line.sku.as_str());
        let items = || order.order_items.iter();
        let Some(item) = items().find(by_id).or_else(|| items().find(by_sku)) else {
            let why = format!("order {} has no {}", order.order_id, line.sku);
            return Err(held(delivery, &why));
        };
        let whole = Some(line.quantity).filter(Decimal::is_integer);
        let Some(count) = whole.and_then(|units| units.to_usize()) else {
            return Err(held(delivery, "Amazon counts whole units"));
        };
        all.extend(std::iter::repeat_n(item.order_item_id.clone(), count));
    }
    if all.is_empty() {
        return Err(held(delivery, "it delivers nothing"));
    }
    Ok(all)
}

/// The delivery's own number where it is one, else one made of its key.
fn base(key: &str, number: &str) -> String {
    let is_number = number.bytes().all(|digit| digit.is_ascii_digit()) && !number.starts_with('0');
    if is_number && (1..=12).contains(&number.len()) {
        return number.to_owned();
    }
    let digest = Digest::of([key.as_bytes()]);
    let bytes = digest.as_bytes().iter().take(6);
    let sum = bytes.fold(1_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    sum.to_string()
}

/// How many of the packages the order shows, with their tracking numbers.
pub(crate) fn told(order: &Order, packages: &[Confirmed]) -> usize {
    let shows = |one: &&Confirmed| {
        let same = |there: &Package| {
            there.package_reference_id == one.reference
                && there.tracking_number.as_deref() == Some(one.tracking.as_str())
        };
        order.packages.iter().any(same)
    };
    packages.iter().filter(shows).count()
}

fn held(delivery: &Fulfilment, why: &str) -> Fault {
    Fault::Held {
        why: format!("fulfilment {}: {why}", delivery.number),
    }
}
