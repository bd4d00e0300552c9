//! What is read from the shop.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId};
use jiff::Timestamp;
use ports::{Cursor, Fault, Found, Page, Source, Window};

use super::Api;
use super::cursor::Place;
use super::orders::Orders;
use super::refunds::Refunds;
use crate::Settings;

/// Reads a shop's orders and refunds.
pub(crate) struct Reader {
    orders: Orders,
    refunds: Refunds,
}

impl Reader {
    pub(crate) fn new(
        merchant: MerchantId,
        connection: ConnectionId,
        settings: Arc<Settings>,
        api: Api,
    ) -> Self {
        let (whose, from) = (merchant.clone(), connection.clone());
        Self {
            orders: Orders::new(whose, from, Arc::clone(&settings), api.clone()),
            refunds: Refunds::new(merchant, connection, settings, api),
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
            other => Err(not_read(other)),
        }
    }

    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        match kind {
            Kind::Order => self.orders.some(ids).await,
            Kind::Refund => self.refunds.some(ids).await,
            other => Err(not_read(other)),
        }
    }

    fn cursor_at(&self, _: Kind, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn count(&self, kind: Kind, window: Window) -> Result<Option<u64>, Fault> {
        match kind {
            Kind::Order => self.orders.count(window).await,
            _ => Ok(None),
        }
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        match kind {
            Kind::Order => self.orders.ids(window).await,
            Kind::Refund => self.refunds.ids(window).await,
            other => Err(not_read(other)),
        }
    }
}

fn not_read(kind: Kind) -> Fault {
    Fault::Refused {
        why: format!("nothing of kind '{kind}' is read from WooCommerce"),
    }
}
