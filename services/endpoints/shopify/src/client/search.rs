//! Searching records by their changes: what orders, refunds, customers and companies are read by.

use std::sync::atomic::{AtomicU32, Ordering};

use http::Reply;
use jiff::Timestamp;
use jiff::civil::Date;
use ports::{Fault, Lane};
use serde_json::json;

use super::api::Api;
use super::cursor::Place;
use super::documents::Document;
use super::judge::is_too_costly;

/// Records asked for at once: with the lines, charges and payments of ordinary orders this stays well under the 1,000 points that
/// one query may cost.
const PAGE: u32 = 50;

/// A search, page by page, each page as large as the shop takes it.
pub(super) struct Search {
    pub(super) api: Api,
    document: Document,
    lane: Lane,
    /// Conditions that hold for every search.
    standing: Vec<String>,
    /// Less than [`PAGE`] where the shop found the query too costly.
    size: AtomicU32,
}

impl Search {
    /// A search of orders. By default Shopify leaves out closed orders (archived ones among them), hence `status:any`.
    pub(super) fn new(api: Api, document: Document, import_from: Option<Date>) -> Self {
        let cut_off = import_from.map(|day| format!("created_at:>='{day}'"));
        Self {
            standing: cut_off
                .into_iter()
                .chain(["status:any".to_owned()])
                .collect(),
            ..Self::of(api, document, Lane::Orders)
        }
    }

    /// A search of other records.
    pub(super) fn of(api: Api, document: Document, lane: Lane) -> Self {
        Self {
            api,
            document,
            lane,
            standing: Vec::new(),
            size: AtomicU32::new(PAGE),
        }
    }

    /// A search in Shopify's language.
    pub(super) fn text(&self, conditions: impl IntoIterator<Item = String>) -> String {
        let all: Vec<String> = conditions
            .into_iter()
            .chain(self.standing.iter().cloned())
            .collect();
        all.join(" AND ")
    }

    /// One page of what changed since; a smaller one where the shop finds it too costly.
    pub(super) async fn changed(&self, place: &Place) -> Result<Reply, Fault> {
        let since = place
            .from
            .map(|from| format!("updated_at:>='{}'", second(from)));
        let query = self.text(since);
        loop {
            let size = self.size.load(Ordering::Relaxed);
            let variables = json!({ "query": query, "first": size, "after": place.after });
            match self.api.query(self.lane, self.document, variables).await {
                Ok(reply) => return Ok(reply),
                Err(failure) if size > 1 && is_too_costly(failure.reply.as_deref()) => {
                    self.size.store(size / 2, Ordering::Relaxed);
                }
                Err(failure) => return Err(failure.fault),
            }
        }
    }
}

/// Shopify's times have whole seconds; a fraction would leave out what changed within the second.
pub(super) fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
