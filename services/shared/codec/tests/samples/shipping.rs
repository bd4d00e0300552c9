//! What somebody else sends.

use commerce::{
    Address, Dispatch, Event, Money, Record, ShippingLine, ShippingOrder, ShippingState, Weight,
    WeightUnit,
};

use super::{at, event, fulfilment, id, sku};

/// An order to be sent, of which one line is not any more.
pub(crate) fn shipping_order() -> Event {
    let line = |number: &str, article: &str, quantity: &str| ShippingLine {
        id: id(number),
        sku: sku(article),
        title: article.to_lowercase(),
        quantity: quantity.parse().unwrap(),
    };
    let order = ShippingOrder {
        number: "SO-1204".into(),
        reference: Some("#1001".into()),
        placed_at: at("2026-03-01T09:00:00Z"),
        state: ShippingState::OnHold,
        email: Some("ada@example.com".into()),
        ship_to: Some(Address {
            first_name: Some("Ada".into()),
            city: Some("Austin".into()),
            ..Address::default()
        }),
        location: Some(id("4")),
        method: Some("12".into()),
        note: Some("ring twice".into()),
        lines: vec![line("1", "TEA-1", "2"), line("3", "SET-1", "0")],
    };
    event("9001", Record::ShippingOrder(Box::new(order)))
}

/// A delivery that a shipper tells of, with what it cost, and that it was taken back.
pub(crate) fn dispatched() -> Event {
    let Record::Fulfilment(mut delivery) = fulfilment().record else {
        unreachable!("it is a fulfilment");
    };
    delivery.dispatch = Some(Dispatch {
        voided: true,
        cost: Some(Money::parse("7.90", "USD").unwrap()),
        insurance: Some(Money::parse("0.55", "USD").unwrap()),
        weight: Some(Weight {
            value: "24".parse().unwrap(),
            unit: WeightUnit::Ounce,
        }),
    });
    event("s33974374", Record::Fulfilment(delivery))
}
