//! What is read from the shop.

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId};
use jiff::Timestamp;
use ports::{Cursor, Fault, Found, Page, Source, Window};

use super::Api;
use super::cursor::Place;
use super::orders::Orders;
use super::payouts::PayoutReader;
use super::people::People;
use super::refunds::RefundReader;
use crate::Settings;

/// Reads a shop's orders, refunds, payouts, customers and companies.
pub(crate) struct Reader {
    orders: Orders,
    refunds: RefundReader,
    customers: People,
    companies: People,
    payouts: PayoutReader,
}

impl Reader {
    pub(crate) fn new(
        merchant: MerchantId,
        connection: ConnectionId,
        settings: &Settings,
        api: Api,
    ) -> Self {
        let orders = Orders::new(merchant.clone(), connection.clone(), settings, api.clone());
        let (whose, from) = (merchant.clone(), connection.clone());
        let customers = People::customers(whose, from, settings, api.clone());
        let (whose, from) = (merchant.clone(), connection.clone());
        let companies = People::companies(whose, from, settings, api.clone());
        let refunds =
            RefundReader::new(merchant.clone(), connection.clone(), settings, api.clone());
        Self {
            orders,
            customers,
            companies,
            refunds,
            payouts: PayoutReader::new(merchant, connection, settings, api),
        }
    }
}

#[async_trait]
impl Source for Reader {
    fn kinds(&self) -> &[Kind] {
        crate::READS
    }

    async fn page(&self, kind: Kind, after: &Cursor) -> Result<Page, Fault> {
        match kind {
            Kind::Order => self.orders.page(after).await,
            Kind::Refund => self.refunds.page(after).await,
            Kind::Customer => self.customers.page(after).await,
            Kind::Company => self.companies.page(after).await,
            Kind::Payout => self.payouts.page(after).await,
            Kind::Fulfilment
            | Kind::Stock
            | Kind::Product
            | Kind::Price
            | Kind::Cancellation
            | Kind::ShippingOrder => Err(not_read(kind)),
        }
    }

    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        match kind {
            Kind::Order => self.orders.some(ids).await,
            Kind::Refund => self.refunds.some(ids).await,
            Kind::Customer => self.customers.some(ids).await,
            Kind::Company => self.companies.some(ids).await,
            Kind::Payout => self.payouts.some(ids).await,
            Kind::Fulfilment
            | Kind::Stock
            | Kind::Product
            | Kind::Price
            | Kind::Cancellation
            | Kind::ShippingOrder => Err(not_read(kind)),
        }
    }

    fn cursor_at(&self, kind: Kind, from: Timestamp) -> Cursor {
        match kind {
            Kind::Payout => PayoutReader::cursor_at(from),
            _ => Place::at(from).write(),
        }
    }

    async fn count(&self, kind: Kind, window: Window) -> Result<Option<u64>, Fault> {
        match kind {
            Kind::Order => self.orders.count(window).await.map(Some),
            // Refunds are found by their orders, most of which have none.
            _ => Ok(None),
        }
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        match kind {
            Kind::Order => self.orders.ids(window).await,
            Kind::Refund => self.refunds.ids(window).await,
            Kind::Customer => self.customers.ids(window).await,
            Kind::Company => self.companies.ids(window).await,
            Kind::Payout => self.payouts.ids(window).await,
            Kind::Fulfilment
            | Kind::Stock
            | Kind::Product
            | Kind::Price
            | Kind::Cancellation
            | Kind::ShippingOrder => Err(not_read(kind)),
        }
    }
}

fn not_read(kind: Kind) -> Fault {
    Fault::Refused {
        why: format!("nothing of kind '{kind}' is read from Shopify"),
    }
}
