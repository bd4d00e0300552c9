//! Message to commerce.

mod account;
mod order;
mod payout;
mod product;
mod refund;
mod shipping;
mod value;

use commerce::{
    Cancellation, ConnectionId, Digest, Document, Event, EventId, Fulfilment, FulfilmentLine, Kind,
    MerchantId, OrderRef, Parcel, Price, PriceBreak, Record, Revision, StockLevel, TraceContext,
};
use prost::Message;
use proto::events::v1 as wire;

use crate::error::{DecodeError, Within, each};
use value::{currency, decimal, id, required, sixteen, sku, timestamp, unknown};

/// The event in a message of `causeway.events.v1.Envelope`.
///
/// # Errors
/// [`DecodeError`] saying where the message does not make sense: it is no protobuf message, holds a kind or an enum value
/// that this version does not know, or a value that is missing or malformed. Unknown fields are no error.
pub fn decode_event(bytes: &[u8]) -> Result<Event, DecodeError> {
    let envelope = wire::Envelope::decode(bytes)
        .map_err(|error| DecodeError::new(format!("not an event message: {error}")))?;
    event(envelope)
}

fn event(envelope: wire::Envelope) -> Result<Event, DecodeError> {
    let stated = kind(envelope.kind).within("kind")?;
    let record = match envelope.record {
        Some(wire::envelope::Record::Order(record)) => {
            Record::Order(Box::new(order::order(record).within("order")?))
        }
        Some(wire::envelope::Record::Fulfilment(record)) => {
            Record::Fulfilment(Box::new(fulfilment(record).within("fulfilment")?))
        }
        Some(wire::envelope::Record::Stock(record)) => {
            Record::Stock(stock(record).within("stock")?)
        }
        Some(wire::envelope::Record::Price(record)) => {
            Record::Price(price(record).within("price")?)
        }
        Some(wire::envelope::Record::Refund(record)) => {
            Record::Refund(Box::new(refund::refund(record).within("refund")?))
        }
        Some(wire::envelope::Record::Product(record)) => {
            Record::Product(Box::new(product::product(record).within("product")?))
        }
        Some(wire::envelope::Record::Cancellation(record)) => {
            Record::Cancellation(cancellation(record).within("cancellation")?)
        }
        Some(wire::envelope::Record::Customer(record)) => {
            Record::Customer(Box::new(account::account(record).within("customer")?))
        }
        Some(wire::envelope::Record::Company(record)) => {
            Record::Company(Box::new(account::business(record).within("company")?))
        }
        Some(wire::envelope::Record::Payout(record)) => {
            Record::Payout(Box::new(payout::payout(record).within("payout")?))
        }
        Some(wire::envelope::Record::ShippingOrder(record)) => {
            Record::ShippingOrder(Box::new(shipping::order(record).within("shipping_order")?))
        }
        None => {
            return Err(DecodeError::new(format!(
                "the message says '{stated}' and carries no such record"
            )))
            .within("record");
        }
    };
    if record.kind() != stated {
        let carried = record.kind();
        return Err(DecodeError::new(format!(
            "the message says '{stated}' and carries '{carried}'"
        )))
        .within("kind");
    }
    Ok(Event {
        id: EventId::from_bytes(sixteen(&envelope.event_id).within("event_id")?),
        merchant: MerchantId::new(envelope.merchant)
            .map_err(value::invalid)
            .within("merchant")?,
        connection: ConnectionId::new(envelope.connection)
            .map_err(value::invalid)
            .within("connection")?,
        external_id: id(envelope.external_id).within("external_id")?,
        revision: required(envelope.revision)
            .and_then(revision)
            .within("revision")?,
        read_at: timestamp(envelope.read_at).within("read_at")?,
        trace: envelope
            .trace
            .map_or_else(TraceContext::default, |trace| TraceContext {
                traceparent: trace.traceparent,
                tracestate: trace.tracestate,
            }),
        record,
        source: envelope.source.map(|document| Document {
            media_type: document.media_type,
            body: document.body,
        }),
        occasion: Some(envelope.occasion).filter(|words| !words.is_empty()),
    })
}

fn kind(number: i32) -> Result<Kind, DecodeError> {
    match wire::Kind::try_from(number) {
        Ok(wire::Kind::Order) => Ok(Kind::Order),
        Ok(wire::Kind::Fulfilment) => Ok(Kind::Fulfilment),
        Ok(wire::Kind::Stock) => Ok(Kind::Stock),
        Ok(wire::Kind::Refund) => Ok(Kind::Refund),
        Ok(wire::Kind::Product) => Ok(Kind::Product),
        Ok(wire::Kind::Price) => Ok(Kind::Price),
        Ok(wire::Kind::Cancellation) => Ok(Kind::Cancellation),
        Ok(wire::Kind::Customer) => Ok(Kind::Customer),
        Ok(wire::Kind::Company) => Ok(Kind::Company),
        Ok(wire::Kind::Payout) => Ok(Kind::Payout),
        Ok(wire::Kind::ShippingOrder) => Ok(Kind::ShippingOrder),
        Ok(wire::Kind::Unspecified) | Err(_) => Err(unknown("record kind", number)),
    }
}

fn revision(revision: wire::Revision) -> Result<Revision, DecodeError> {
    Ok(Revision {
        at: timestamp(revision.at).within("at")?,
        digest: Digest::from_bytes(sixteen(&revision.digest).within("digest")?),
    })
}

fn fulfilment(fulfilment: wire::Fulfilment) -> Result<Fulfilment, DecodeError> {
    Ok(Fulfilment {
        number: fulfilment.number,
        order: required(fulfilment.order)
            .and_then(order_ref)
            .within("order")?,
        shipped_at: timestamp(fulfilment.shipped_at).within("shipped_at")?,
        location: fulfilment.location.map(id).transpose().within("location")?,
        method: fulfilment.method,
        parcels: fulfilment
            .parcels
            .into_iter()
            .map(|parcel| Parcel {
                tracking_number: parcel.tracking_number,
                carrier: parcel.carrier,
                tracking_url: parcel.tracking_url,
            })
            .collect(),
        lines: each("lines", fulfilment.lines, fulfilment_line)?,
        dispatch: fulfilment
            .dispatch
            .map(shipping::dispatch)
            .transpose()
            .within("dispatch")?,
    })
}

fn order_ref(order: wire::OrderRef) -> Result<OrderRef, DecodeError> {
    Ok(OrderRef {
        id: id(order.id).within("id")?,
        key: order.key,
    })
}

fn fulfilment_line(line: wire::FulfilmentLine) -> Result<FulfilmentLine, DecodeError> {
    Ok(FulfilmentLine {
        order_line: line.order_line.map(id).transpose().within("order_line")?,
        sku: sku(&line.sku).within("sku")?,
        quantity: decimal(&line.quantity).within("quantity")?,
    })
}

fn stock(level: wire::StockLevel) -> Result<StockLevel, DecodeError> {
    Ok(StockLevel {
        sku: sku(&level.sku).within("sku")?,
        location: id(level.location).within("location")?,
        available: decimal(&level.available).within("available")?,
        scarce: level.scarce,
    })
}

fn price(price: wire::Price) -> Result<Price, DecodeError> {
    let amount = |text: Option<String>| text.as_deref().map(decimal).transpose();
    Ok(Price {
        sku: sku(&price.sku).within("sku")?,
        list: id(price.list).within("list")?,
        currency: currency(&price.currency).within("currency")?,
        regular: amount(price.regular).within("regular")?,
        sale: amount(price.sale).within("sale")?,
        breaks: each("breaks", price.breaks, price_break)?,
    })
}

fn price_break(step: wire::PriceBreak) -> Result<PriceBreak, DecodeError> {
    Ok(PriceBreak {
        from: decimal(&step.from).within("from")?,
        amount: decimal(&step.amount).within("amount")?,
    })
}

fn cancellation(cancellation: wire::Cancellation) -> Result<Cancellation, DecodeError> {
    Ok(Cancellation {
        number: cancellation.number,
        order: required(cancellation.order)
            .and_then(order_ref)
            .within("order")?,
        begun: cancellation.begun,
    })
}
