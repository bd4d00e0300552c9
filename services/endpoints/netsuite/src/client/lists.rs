//! The account's lists, kept for a while once read.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ports::{Directory, Fault, Lane, Listing};

use super::Api;
use crate::map::query;
use crate::wire::EntryRow;

/// How long a list is taken as it was read.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

type Known = HashMap<String, (Timestamp, Vec<Listing>)>;

/// The account's lists.
pub(crate) struct Lists {
    api: Api,
    known: Mutex<Known>,
}

impl Lists {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Directory for Lists {
    fn lists(&self) -> Vec<&'static str> {
        query::lists::names()
    }

    async fn list(&self, name: &str) -> Result<Vec<Listing>, Fault> {
        let now = self.api.http.clock().now();
        if let Some((at, entries)) = self.known().get(name)
            && now.duration_since(*at) < KEPT
        {
            return Ok(entries.clone());
        }
        let query = query::lists::entries(name).ok_or_else(|| Fault::Refused {
            why: format!(
                "there is no list '{name}'; there are: {}",
                query::lists::names().join(", ")
            ),
        })?;
        let found = self.api.find::<EntryRow>(Lane::Bulk, &query).await;
        let (rows, _) = found.map_err(|trouble| trouble.fault)?;
        let entry = |row: EntryRow| Listing {
            name: row.name.unwrap_or_else(|| row.id.clone()),
            id: row.id,
        };
        let entries: Vec<Listing> = rows.into_iter().map(entry).collect();
        let known = (now, entries.clone());
        self.known().insert(name.to_owned(), known);
        Ok(entries)
    }
}
