//! Events: one version of one record on its way through the queue.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::{Account, Business};
use crate::cancellation::Cancellation;
use crate::fulfilment::Fulfilment;
use crate::ids::{ConnectionId, EventId, ExternalId, Kind, MerchantId, RecordKey};
use crate::order::{Order, PaymentKind};
use crate::payout::Payout;
use crate::price::Price;
use crate::product::Product;
use crate::refund::Refund;
use crate::revision::{Digest, Revision};
use crate::shipping_order::ShippingOrder;
use crate::stock::StockLevel;

/// A normalized record of any kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A sale.
    Order(Box<Order>),
    /// A delivery.
    Fulfilment(Box<Fulfilment>),
    /// A stock level.
    Stock(StockLevel),
    /// Money given back.
    Refund(Box<Refund>),
    /// What a shop shows and sells.
    Product(Box<Product>),
    /// What an article costs.
    Price(Price),
    /// A sale called off.
    Cancellation(Cancellation),
    /// Somebody with an account at the shop.
    Customer(Box<Account>),
    /// A company that buys at the shop.
    Company(Box<Business>),
    /// Money that reached the bank.
    Payout(Box<Payout>),
    /// What somebody else is asked to send.
    ShippingOrder(Box<ShippingOrder>),
}

impl Record {
    /// What kind of record it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Order(_) => Kind::Order,
            Self::Fulfilment(_) => Kind::Fulfilment,
            Self::Stock(_) => Kind::Stock,
            Self::Refund(_) => Kind::Refund,
            Self::Product(_) => Kind::Product,
            Self::Price(_) => Kind::Price,
            Self::Cancellation(_) => Kind::Cancellation,
            Self::Customer(_) => Kind::Customer,
            Self::Company(_) => Kind::Company,
            Self::Payout(_) => Kind::Payout,
            Self::ShippingOrder(_) => Kind::ShippingOrder,
        }
    }

    /// Digest of what a target cares about: of an order, everything but payments that are only promised, note, tags and how far it is
    /// fulfilled, which change without making it another sale; of a refund, everything but how the money went back, the note, and what it tells of the order; of a
    /// product, everything but first prices.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let text = match self {
            Self::Order(order) => serde_json::to_vec(&(
                (&order.number, order.placed_at, order.state, order.test),
                (&order.customer, &order.billing, &order.shipping),
                (
                    order.shop_currency,
                    order.presentment_currency,
                    order.taxes_included,
                ),
                (&order.lines, &order.total),
            )),
            Self::Fulfilment(fulfilment) => serde_json::to_vec(fulfilment),
            Self::Stock(level) => serde_json::to_vec(level),
            Self::Price(price) => serde_json::to_vec(price),
            Self::Refund(refund) => serde_json::to_vec(&(
                (&refund.number, &refund.order, refund.at),
                (refund.taxes_included, &refund.lines),
                (&refund.adjustments, &refund.total),
            )),
            Self::Product(product) => serde_json::to_vec(&product.content()),
            Self::Cancellation(cancellation) => serde_json::to_vec(cancellation),
            Self::Customer(account) => serde_json::to_vec(account),
            Self::Company(business) => serde_json::to_vec(business),
            Self::Payout(payout) => serde_json::to_vec(payout),
            Self::ShippingOrder(order) => serde_json::to_vec(order),
        };
        let further = match self {
            Self::Order(order) => order.further(),
            Self::Fulfilment(_)
            | Self::Stock(_)
            | Self::Refund(_)
            | Self::Product(_)
            | Self::Price(_)
            | Self::Cancellation(_)
            | Self::Customer(_)
            | Self::Company(_)
            | Self::Payout(_)
            | Self::ShippingOrder(_) => None,
        };
        // Plain structs of texts and numbers always serialize; the empty text would only make versions look alike in time.
        let text = text.unwrap_or_default();
        let business = self.business();
        let parts = [Some(text), business, further];
        Digest::of(parts.iter().flatten().map(Vec::as_slice))
    }

    /// The version of it that its source changed at that time.
    ///
    /// A level's time is part of what its digest covers: the target's own level moves by itself, so one that moved here and came back to what was written has
    /// still to be compared there.
    #[must_use]
    pub fn revision(&self, at: Timestamp) -> Revision {
        let digest = self.digest();
        let digest = match self {
            Self::Stock(_) => {
                let at = at.as_nanosecond().to_be_bytes();
                Digest::of([digest.as_bytes().as_slice(), &at])
            }
            Self::Order(_)
            | Self::Fulfilment(_)
            | Self::Refund(_)
            | Self::Product(_)
            | Self::Price(_)
            | Self::Cancellation(_)
            | Self::Customer(_)
            | Self::Company(_)
            | Self::Payout(_)
            | Self::ShippingOrder(_) => digest,
        };
        Revision { at, digest }
    }

    /// The company and terms of an order that has any. Apart, so that all other orders keep the digests under which they are stored.
    fn business(&self) -> Option<Vec<u8>> {
        let Self::Order(order) = self else {
            return None;
        };
        let any = order.company.is_some() || order.payment_terms.is_some();
        any.then(|| serde_json::to_vec(&(&order.company, &order.payment_terms)).unwrap_or_default())
    }

    /// The number by which people know the record: an order number, a fulfilment number, a SKU, an e-mail address.
    #[must_use]
    pub fn number(&self) -> &str {
        match self {
            Self::Order(order) => &order.number,
            Self::Fulfilment(fulfilment) => &fulfilment.number,
            Self::Stock(level) => level.sku.as_str(),
            Self::Refund(refund) => &refund.number,
            Self::Product(product) => &product.number,
            Self::Price(price) => price.sku.as_str(),
            Self::Cancellation(cancellation) => &cancellation.number,
            Self::Customer(account) => &account.number,
            Self::Company(business) => &business.number,
            Self::Payout(payout) => &payout.number,
            Self::ShippingOrder(order) => &order.number,
        }
    }
}

impl Order {
    /// What of an order came later into its digest; `None` where it has nothing of it, so that such an order keeps the digest it had.
    fn further(&self) -> Option<Vec<u8>> {
        let moved = self
            .payments
            .iter()
            .filter(|payment| payment.kind != PaymentKind::Authorized);
        let moved: Vec<_> = moved
            .map(|payment| (&payment.id, payment.kind, &payment.amount))
            .collect();
        let plain = moved.is_empty() && !self.on_hold && !self.high_risk && self.sold_at.is_none();
        let all = (moved, (self.on_hold, self.high_risk), &self.sold_at);
        (!plain).then(|| serde_json::to_vec(&all).unwrap_or_default())
    }
}

/// What the source said, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Media type, usually `application/json`.
    pub media_type: String,
    /// The bytes.
    pub body: Vec<u8>,
}

/// W3C trace context of the read that produced the event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraceContext {
    /// The `traceparent` header, empty when the read was not traced.
    pub traceparent: String,
    /// The `tracestate` header.
    pub tracestate: String,
}

/// One version of one record, normalized, on its way to whoever wants it. A whole snapshot, never a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Equal for equal (merchant, connection, kind, external id, revision).
    pub id: EventId,
    /// Whose record it is.
    pub merchant: MerchantId,
    /// Where it was read.
    pub connection: ConnectionId,
    /// Its id there.
    pub external_id: ExternalId,
    /// Which version of it.
    pub revision: Revision,
    /// When it was read.
    pub read_at: Timestamp,
    /// The trace it belongs to.
    pub trace: TraceContext,
    /// The record.
    pub record: Record,
    /// The source's own words, where kept.
    pub source: Option<Document>,
    /// Why it was read, in words, where neither the schedule nor a change was the reason. Belongs to its journey, not to the record.
    pub occasion: Option<String>,
}

impl Event {
    /// A stock level less units that may not be offered; any other record as it is.
    #[must_use]
    pub fn withholding(mut self, units: Decimal) -> Self {
        if let Record::Stock(level) = &mut self.record {
            level.available = level.available.saturating_sub(units);
        }
        self
    }

    /// An event whose id follows from what it is about.
    #[must_use]
    pub fn new(
        merchant: MerchantId,
        connection: ConnectionId,
        external_id: ExternalId,
        revision: Revision,
        read_at: Timestamp,
        record: Record,
    ) -> Self {
        let at = revision.at.as_nanosecond().to_be_bytes();
        let digest = Digest::of([
            merchant.as_str().as_bytes(),
            connection.as_str().as_bytes(),
            record.kind().as_str().as_bytes(),
            external_id.as_str().as_bytes(),
            &at,
            revision.digest.as_bytes(),
        ]);
        Self {
            id: EventId::from_bytes(*digest.as_bytes()),
            merchant,
            connection,
            external_id,
            revision,
            read_at,
            trace: TraceContext::default(),
            record,
            source: None,
            occasion: None,
        }
    }

    /// The record's name within its connection.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        RecordKey {
            kind: self.record.kind(),
            id: self.external_id.clone(),
        }
    }

    /// What kind of record it carries.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.record.kind()
    }
}
