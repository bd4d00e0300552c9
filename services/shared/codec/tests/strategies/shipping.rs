//! What somebody else sends.

use commerce::{Dispatch, Money, ShippingLine, ShippingOrder, ShippingState, Weight, WeightUnit};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{address, currency, decimal, id, maybe, sku, text, timestamp};

pub(crate) fn order() -> impl Strategy<Value = ShippingOrder> {
    let state = prop_oneof![
        Just(ShippingState::Open),
        Just(ShippingState::OnHold),
        Just(ShippingState::Cancelled),
    ];
    let line = (id(), sku(), text(), decimal());
    let line = line.prop_map(|(id, sku, title, quantity)| ShippingLine {
        id,
        sku,
        title,
        quantity,
    });
    let order = (
        (text(), maybe(), timestamp(), state, maybe()),
        (of(address()), of(id()), maybe(), maybe()),
        vec(line, 0..4),
    );
    order.prop_map(|(head, place, lines)| ShippingOrder {
        number: head.0,
        reference: head.1,
        placed_at: head.2,
        state: head.3,
        email: head.4,
        ship_to: place.0,
        location: place.1,
        method: place.2,
        note: place.3,
        lines,
    })
}

pub(crate) fn dispatch() -> impl Strategy<Value = Dispatch> {
    let money = || (decimal(), currency()).prop_map(|(amount, of)| Money::new(amount, of));
    let unit = prop_oneof![
        Just(WeightUnit::Gram),
        Just(WeightUnit::Kilogram),
        Just(WeightUnit::Ounce),
        Just(WeightUnit::Pound),
    ];
    let weight = (decimal(), unit).prop_map(|(value, unit)| Weight { value, unit });
    let told = (any::<bool>(), of(money()), of(money()), of(weight));
    told.prop_map(|(voided, cost, insurance, weight)| Dispatch {
        voided,
        cost,
        insurance,
        weight,
    })
}
