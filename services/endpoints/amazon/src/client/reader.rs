//! What is read from the account.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId};
use jiff::Timestamp;
use ports::{Cursor, Fault, Found, Page, Source, Window};

use super::Api;
use super::cursor::Place;
use super::orders::Orders;
use super::settlements::{self, Settlements};
use crate::Settings;

/// Reads an account's orders and settlements.
pub(crate) struct Reader {
    orders: Orders,
    settlements: Settlements,
}

impl Reader {
    pub(crate) fn new(
        merchant: MerchantId,
        connection: ConnectionId,
        settings: Arc<Settings>,
        api: Api,
    ) -> Self {
        Self {
            settlements: Settlements {
                merchant: merchant.clone(),
                connection: connection.clone(),
                settings: Arc::clone(&settings),
                api: api.clone(),
            },
            orders: Orders {
                merchant,
                connection,
                settings,
                api,
            },
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
            Kind::Payout => self.settlements.page(after).await,
            other => Err(not_read(other)),
        }
    }

    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        match kind {
            Kind::Order => self.orders.some(ids).await,
            Kind::Payout => self.settlements.some(ids).await,
            other => Err(not_read(other)),
        }
    }

    fn cursor_at(&self, kind: Kind, from: Timestamp) -> Cursor {
        match kind {
            Kind::Payout => settlements::Place::at(from),
            _ => Place::at(from).write(),
        }
    }

    async fn count(&self, _: Kind, _: Window) -> Result<Option<u64>, Fault> {
        Ok(None)
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        match kind {
            Kind::Order => self.orders.ids(window).await,
            Kind::Payout => self.settlements.ids(window).await,
            other => Err(not_read(other)),
        }
    }
}

fn not_read(kind: Kind) -> Fault {
    Fault::Refused {
        why: format!("nothing of kind '{kind}' is read from Amazon"),
    }
}
