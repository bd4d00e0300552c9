//! Commerce to message.

mod account;
mod order;
mod payout;
mod product;
mod refund;
mod shipping;

use commerce::{
    Address, Amount, Cancellation, Company, Customer, Event, Fulfilment, Kind, Money, OrderRef,
    Price, PriceBreak, Record, StockLevel,
};
use jiff::Timestamp;
use prost::Message;
use proto::events::v1 as wire;

/// The event as a message of `causeway.events.v1.Envelope`.
#[must_use]
pub fn encode_event(event: &Event) -> Vec<u8> {
    envelope(event).encode_to_vec()
}

fn envelope(event: &Event) -> wire::Envelope {
    let trace = &event.trace;
    let traced = !trace.traceparent.is_empty() || !trace.tracestate.is_empty();
    wire::Envelope {
        event_id: event.id.as_bytes().to_vec(),
        merchant: event.merchant.to_string(),
        connection: event.connection.to_string(),
        kind: kind(event.kind()).into(),
        external_id: event.external_id.to_string(),
        revision: Some(wire::Revision {
            at: Some(timestamp(event.revision.at)),
            digest: event.revision.digest.as_bytes().to_vec(),
        }),
        read_at: Some(timestamp(event.read_at)),
        trace: traced.then(|| wire::Trace {
            traceparent: trace.traceparent.clone(),
            tracestate: trace.tracestate.clone(),
        }),
        source: event.source.as_ref().map(|document| wire::Document {
            media_type: document.media_type.clone(),
            body: document.body.clone(),
        }),
        occasion: event.occasion.clone().unwrap_or_default(),
        record: Some(match &event.record {
            Record::Order(record) => wire::envelope::Record::Order(order::order(record)),
            Record::Fulfilment(record) => wire::envelope::Record::Fulfilment(fulfilment(record)),
            Record::Stock(record) => wire::envelope::Record::Stock(stock(record)),
            Record::Price(record) => wire::envelope::Record::Price(price(record)),
            Record::Refund(record) => wire::envelope::Record::Refund(refund::refund(record)),
            Record::Product(record) => wire::envelope::Record::Product(product::product(record)),
            Record::Cancellation(record) => {
                wire::envelope::Record::Cancellation(cancellation(record))
            }
            Record::Customer(record) => wire::envelope::Record::Customer(account::account(record)),
            Record::Company(record) => wire::envelope::Record::Company(account::business(record)),
            Record::Payout(record) => wire::envelope::Record::Payout(payout::payout(record)),
            Record::ShippingOrder(record) => {
                wire::envelope::Record::ShippingOrder(shipping::order(record))
            }
        }),
    }
}

const fn kind(kind: Kind) -> wire::Kind {
    match kind {
        Kind::Order => wire::Kind::Order,
        Kind::Fulfilment => wire::Kind::Fulfilment,
        Kind::Stock => wire::Kind::Stock,
        Kind::Refund => wire::Kind::Refund,
        Kind::Product => wire::Kind::Product,
        Kind::Price => wire::Kind::Price,
        Kind::Cancellation => wire::Kind::Cancellation,
        Kind::Customer => wire::Kind::Customer,
        Kind::Company => wire::Kind::Company,
        Kind::Payout => wire::Kind::Payout,
        Kind::ShippingOrder => wire::Kind::ShippingOrder,
    }
}

fn fulfilment(fulfilment: &Fulfilment) -> wire::Fulfilment {
    wire::Fulfilment {
        number: fulfilment.number.clone(),
        order: Some(order_ref(&fulfilment.order)),
        shipped_at: Some(timestamp(fulfilment.shipped_at)),
        location: fulfilment.location.as_ref().map(ToString::to_string),
        method: fulfilment.method.clone(),
        parcels: fulfilment
            .parcels
            .iter()
            .map(|parcel| wire::Parcel {
                tracking_number: parcel.tracking_number.clone(),
                carrier: parcel.carrier.clone(),
                tracking_url: parcel.tracking_url.clone(),
            })
            .collect(),
        lines: fulfilment
            .lines
            .iter()
            .map(|line| wire::FulfilmentLine {
                order_line: line.order_line.as_ref().map(ToString::to_string),
                sku: line.sku.to_string(),
                quantity: line.quantity.to_string(),
            })
            .collect(),
        dispatch: fulfilment.dispatch.as_ref().map(shipping::dispatch),
    }
}

fn order_ref(order: &OrderRef) -> wire::OrderRef {
    wire::OrderRef {
        id: order.id.to_string(),
        key: order.key.clone(),
    }
}

fn stock(level: &StockLevel) -> wire::StockLevel {
    wire::StockLevel {
        sku: level.sku.to_string(),
        location: level.location.to_string(),
        available: level.available.to_string(),
        scarce: level.scarce,
    }
}

fn price(price: &Price) -> wire::Price {
    let break_of = |step: &PriceBreak| wire::PriceBreak {
        from: step.from.to_string(),
        amount: step.amount.to_string(),
    };
    wire::Price {
        sku: price.sku.to_string(),
        list: price.list.to_string(),
        currency: price.currency.code().to_owned(),
        regular: price.regular.map(|amount| amount.to_string()),
        sale: price.sale.map(|amount| amount.to_string()),
        breaks: price.breaks.iter().map(break_of).collect(),
    }
}

fn cancellation(cancellation: &Cancellation) -> wire::Cancellation {
    wire::Cancellation {
        number: cancellation.number.clone(),
        order: Some(order_ref(&cancellation.order)),
        begun: cancellation.begun,
    }
}

fn address(address: &Address) -> wire::Address {
    wire::Address {
        first_name: address.first_name.clone(),
        last_name: address.last_name.clone(),
        company: address.company.clone(),
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        region: address.region.clone(),
        postcode: address.postcode.clone(),
        country: address.country.map(|country| country.as_str().to_owned()),
        phone: address.phone.clone(),
    }
}

fn customer(customer: &Customer) -> wire::Customer {
    wire::Customer {
        id: customer.id.as_ref().map(ToString::to_string),
        email: customer.email.clone(),
        first_name: customer.first_name.clone(),
        last_name: customer.last_name.clone(),
        company: customer.company.clone(),
        phone: customer.phone.clone(),
    }
}

fn company(company: &Company) -> wire::Company {
    wire::Company {
        id: company.id.to_string(),
        name: company.name.clone(),
        reference: company.reference.clone(),
        location: company.location.clone(),
    }
}

/// `None` stands for "as the shop's side", so the two sides are compared as texts: equal amounts of different scale stay apart
/// and the record's digest survives the way.
fn amount(amount: &Amount) -> wire::Amount {
    let same = amount.presentment == amount.shop
        && amount.presentment.amount.scale() == amount.shop.amount.scale();
    wire::Amount {
        shop: Some(money(amount.shop)),
        presentment: (!same).then(|| money(amount.presentment)),
    }
}

fn money(money: Money) -> wire::Money {
    wire::Money {
        amount: money.amount.to_string(),
        currency: money.currency.code().to_owned(),
    }
}

/// Protobuf counts nanoseconds forward from the second, before 1970 too.
fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    let (seconds, nanos) = (at.as_second(), at.subsec_nanosecond());
    if nanos < 0 {
        prost_types::Timestamp {
            seconds: seconds - 1,
            nanos: nanos + 1_000_000_000,
        }
    } else {
        prost_types::Timestamp { seconds, nanos }
    }
}
