//! The account's items by SKU, kept for a while so that most batches need no look-up.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use commerce::Sku;
use jiff::{SignedDuration, Timestamp};
use ports::{Exchange, Lane};

use super::{Api, Trouble};
use crate::map::query::{self, IN_LIST};
use crate::map::settings::Column;
use crate::map::{Article, Articles, articles};
use crate::wire::ItemRow;

/// How many SKUs are kept; beyond that, all are forgotten and those in use soon known again.
const MOST: usize = 50_000;
/// How long an item is trusted to be what it was.
const FRESH: SignedDuration = SignedDuration::from_mins(60);

/// What is known of the account's items. Absent SKUs are looked up anew each time: somebody may just have added the item.
#[derive(Default)]
pub(super) struct Shelf {
    known: Mutex<HashMap<Sku, (String, Timestamp)>>,
}

impl Shelf {
    /// The items of these SKUs; at most one query per thousand that are not known.
    pub(super) async fn find(
        &self,
        api: &Api,
        field: &Column,
        wanted: HashSet<&Sku>,
    ) -> Result<(Articles, Vec<Exchange>), Trouble> {
        let now = api.http.clock().now();
        let (mut found, mut unknown) = self.known_of(wanted, now);
        unknown.sort_unstable();
        let mut exchanges = Vec::new();
        for skus in unknown.chunks(IN_LIST) {
            let (rows, made) = api
                .find::<ItemRow>(Lane::Orders, &query::items(field, skus))
                .await?;
            exchanges.extend(made);
            found.extend(articles(rows));
        }
        self.keep(&found, now);
        Ok((found, exchanges))
    }

    /// NetSuite refused one of these items: it may have been deleted or made inactive.
    pub(super) fn forget<'a>(&self, skus: impl IntoIterator<Item = &'a Sku>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for sku in skus {
            known.remove(sku);
        }
    }

    fn known_of(&self, wanted: HashSet<&Sku>, now: Timestamp) -> (Articles, Vec<Sku>) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Articles::new();
        let mut unknown = Vec::new();
        for sku in wanted {
            match known.get(sku) {
                Some((id, since)) if now.duration_since(*since) < FRESH => {
                    found.insert(sku.clone(), Article::One(id.clone()));
                }
                _ => unknown.push(sku.clone()),
            }
        }
        (found, unknown)
    }

    fn keep(&self, found: &Articles, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + found.len() > MOST {
            known.clear();
        }
        for (sku, article) in found {
            if let Article::One(id) = article {
                known
                    .entry(sku.clone())
                    .or_insert_with(|| (id.clone(), now));
            }
        }
    }
}
