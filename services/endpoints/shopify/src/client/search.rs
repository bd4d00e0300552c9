//! Searching orders by their changes: what orders and refunds are both read by.

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

/// Orders asked for at once: with the lines, charges and payments of ordinary orders this stays well under the 1,000 points that
/// one query may cost.
const PAGE: u32 = 50;

/// A search of orders, page by page, each page as large as the shop takes it.
pub(super) struct Search {
    pub(super) api: Api,
    document: Document,
    import_from: Option<Date>,
    /// Less than [`PAGE`] where the shop found the query too costly.
    size: AtomicU32,
}

impl Search {
    pub(super) fn new(api: Api, document: Document, import_from: Option<Date>) -> Self {
        Self {
            api,
            document,
            import_from,
            size: AtomicU32::new(PAGE),
        }
    }

    /// A search in Shopify's language. By default it leaves out closed orders (archived ones among them), hence `status:any`.
    pub(super) fn text(&self, conditions: impl IntoIterator<Item = String>) -> String {
        let cut_off = self.import_from.map(|day| format!("created_at:>='{day}'"));
        let all: Vec<String> = conditions
            .into_iter()
            .chain(cut_off)
            .chain(["status:any".to_owned()])
            .collect();
        all.join(" AND ")
    }

    /// One page of the orders changed since; a smaller one where the shop finds it too costly.
    pub(super) async fn changed(&self, place: &Place) -> Result<Reply, Fault> {
        let since = place
            .from
            .map(|from| format!("updated_at:>='{}'", second(from)));
        let query = self.text(since);
        loop {
            let size = self.size.load(Ordering::Relaxed);
            let variables = json!({ "query": query, "first": size, "after": place.after });
            match self.api.query(Lane::Orders, self.document, variables).await {
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
