//! Small events.

use commerce::{
    ConnectionId, Digest, Event, ExternalId, Fulfilment, Kind, MerchantId, OrderRef, Record,
    Revision, Sku, StockLevel,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

pub fn connection(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

/// A stock level or a fulfilment.
pub fn event(merchant: &MerchantId, from: &str, kind: Kind, number: usize) -> Event {
    let id = ExternalId::new(number.to_string()).unwrap();
    let record = match kind {
        Kind::Stock => Record::Stock(StockLevel {
            sku: Sku::new(format!("sku-{number}")).unwrap(),
            location: ExternalId::new("1").unwrap(),
            available: Decimal::from(number),
            scarce: false,
        }),
        Kind::Fulfilment => Record::Fulfilment(Box::new(Fulfilment {
            number: number.to_string(),
            order: OrderRef {
                id: id.clone(),
                key: None,
            },
            shipped_at: Timestamp::UNIX_EPOCH,
            location: None,
            method: None,
            parcels: Vec::new(),
            lines: Vec::new(),
            dispatch: None,
        })),
        Kind::Order
        | Kind::Refund
        | Kind::Product
        | Kind::Price
        | Kind::Cancellation
        | Kind::Customer
        | Kind::Company
        | Kind::Payout
        | Kind::ShippingOrder => {
            unimplemented!("no test needs a {kind}")
        }
    };
    let revision = Revision {
        at: Timestamp::UNIX_EPOCH,
        digest: Digest::of([number.to_string().as_bytes()]),
    };
    Event::new(
        merchant.clone(),
        connection(from),
        id,
        revision,
        Timestamp::UNIX_EPOCH,
        record,
    )
}

/// Stock levels of the shop, numbered.
pub fn stock(merchant: &MerchantId, numbers: std::ops::Range<usize>) -> Vec<Event> {
    numbers
        .map(|number| event(merchant, "shop", Kind::Stock, number))
        .collect()
}
