//! Where an order is booked, and whether it may go on there.

use commerce::{Country, Order};
use ports::Fault;

use crate::map::settings::{Caution, InternalId, Orders, Place};

/// Where a record is booked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Booking<'a> {
    pub(crate) subsidiary: Option<&'a InternalId>,
    pub(crate) location: Option<&'a InternalId>,
    pub(crate) department: Option<&'a InternalId>,
    pub(crate) class: Option<&'a InternalId>,
}

/// By the first place whose conditions the order meets, and the settings for all orders.
pub(crate) fn booking<'a>(order: &Order, orders: &'a Orders) -> Booking<'a> {
    let address = order.shipping.as_ref().or(order.billing.as_ref());
    let country = address.and_then(|address| address.country.as_ref());
    let sold_at = order.sold_at.as_ref().map(|id| id.as_str());
    let place = first_place(country, sold_at, orders);
    let own = |named: Option<&'a Option<InternalId>>, all: &'a Option<InternalId>| {
        named.and_then(Option::as_ref).or(all.as_ref())
    };
    Booking {
        subsidiary: own(place.map(|place| &place.subsidiary), &orders.subsidiary),
        location: own(place.map(|place| &place.location), &orders.location),
        department: own(place.map(|place| &place.department), &orders.department),
        class: own(place.map(|place| &place.class), &orders.class),
    }
}

/// The subsidiary that the order's own place names.
pub(crate) fn placed<'a>(order: &Order, orders: &'a Orders) -> Option<&'a InternalId> {
    let named = booking(order, orders).subsidiary;
    named.filter(|_| !orders.places.is_empty())
}

/// The subsidiary that the place for customers from that country names.
pub(crate) fn placed_by<'a>(
    country: Option<&Country>,
    orders: &'a Orders,
) -> Option<&'a InternalId> {
    let place = first_place(country, None, orders);
    let named = place.and_then(|place| place.subsidiary.as_ref());
    let named = named.or(orders.subsidiary.as_ref());
    named.filter(|_| !orders.places.is_empty())
}

fn first_place<'a>(
    country: Option<&Country>,
    sold_at: Option<&str>,
    orders: &'a Orders,
) -> Option<&'a Place> {
    orders.places.iter().find(|place| {
        let goes_to = |code: &String| country.is_some_and(|own| own.as_str() == code);
        let here = place.sold_at.is_none() || place.sold_at.as_deref() == sold_at;
        here && (place.countries.is_empty() || place.countries.iter().any(goes_to))
    })
}

/// What becomes of the order for what the shop has against it; the stricter setting counts.
pub(crate) fn caution(order: &Order, orders: &Orders) -> Caution {
    let held = order.on_hold.then_some(orders.on_hold);
    let doubted = order.high_risk.then_some(orders.high_risk);
    held.max(doubted).unwrap_or_default()
}

/// An order that may not be written at all.
pub(super) fn held_back(order: &Order) -> Fault {
    let (what, setting) = if order.on_hold {
        ("holds its fulfilment back", "orders.on_hold")
    } else {
        ("advises against fulfilling it", "orders.high_risk")
    };
    Fault::Held {
        why: format!(
            "the shop {what}: nothing was written. It goes on when the shop lets it go; or change {setting}, then retry"
        ),
    }
}
