//! Orders to push.

use commerce::{
    Amount, ConnectionId, Currency, Event, ExternalId, LineKind, MerchantId, Money, Order,
    OrderLine, OrderState, Record, Revision, Sku,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

fn eur(text: &str) -> Amount {
    Amount::same(Money::parse(text, "EUR").unwrap())
}

/// An order of one article for 20.00 EUR that states this total.
pub(crate) fn order(total: &str) -> Order {
    let at: Timestamp = "2026-03-10T10:00:00Z".parse().unwrap();
    let line = OrderLine {
        id: ExternalId::new("1").unwrap(),
        kind: LineKind::Item {
            sku: Sku::new("TEA-1").unwrap(),
        },
        title: "Tea".to_owned(),
        quantity: Decimal::TWO,
        unit_price: eur("10.00"),
        amount: eur("20.00"),
        discounts: Vec::new(),
        taxes: Vec::new(),
    };
    Order {
        number: "#1".to_owned(),
        placed_at: at,
        state: OrderState::Open,
        test: false,
        customer: None,
        billing: None,
        shipping: None,
        shop_currency: Currency::EUR,
        presentment_currency: Currency::EUR,
        taxes_included: false,
        lines: vec![line],
        payments: Vec::new(),
        total: eur(total),
        channel: None,
        note: None,
        tags: Vec::new(),
        company: None,
        payment_terms: None,
        fulfilled: false,
        sold_at: None,
        on_hold: false,
        high_risk: false,
    }
}

/// That order as it was changed so many minutes after ten.
pub(crate) fn event(id: &str, minute: i64, order: Order) -> Event {
    let at = order.placed_at + jiff::SignedDuration::from_mins(minute);
    let record = Record::Order(Box::new(order));
    Event::new(
        MerchantId::default(),
        ConnectionId::new("shop").unwrap(),
        ExternalId::new(id).unwrap(),
        Revision {
            at,
            digest: record.digest(),
        },
        at,
        record,
    )
}

/// A good order.
pub(crate) fn good(id: &str) -> Event {
    event(id, 0, order("20.00"))
}
