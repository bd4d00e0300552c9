//! A source made of feeds, one for each kind.

use async_trait::async_trait;
use commerce::{ExternalId, Kind};
use jiff::Timestamp;
use ports::{Cursor, Fault, Found, Page, Source, Window};

/// Reads records of one kind; every method as [`Source`]'s of that name.
#[async_trait]
pub trait Feed: Send + Sync {
    /// One page after the cursor.
    async fn page(&self, after: &Cursor) -> Result<Page, Fault>;
    /// Records by their ids.
    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault>;
    /// A cursor from which records are read that changed since then.
    fn cursor_at(&self, from: Timestamp) -> Cursor;
    /// About how many records changed in the window; `None` where they are not counted without being read.
    async fn count(&self, _: Window) -> Result<Option<u64>, Fault> {
        Ok(None)
    }
    /// The ids of all records created in the window.
    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault>;
}

/// The feeds of an endpoint.
pub struct Feeds {
    name: &'static str,
    kinds: &'static [Kind],
    feeds: Vec<(Kind, Box<dyn Feed>)>,
}

impl Feeds {
    /// The feeds of the kinds that an endpoint reads, with its name as people write it.
    #[must_use]
    pub fn new(
        name: &'static str,
        kinds: &'static [Kind],
        feeds: Vec<(Kind, Box<dyn Feed>)>,
    ) -> Self {
        Self { name, kinds, feeds }
    }

    fn of(&self, kind: Kind) -> Result<&dyn Feed, Fault> {
        let feed = self.feeds.iter().find(|(of, _)| *of == kind);
        let feed = feed.map(|(_, feed)| &**feed);
        feed.ok_or_else(|| Fault::Refused {
            why: format!("nothing of kind '{kind}' is read from {}", self.name),
        })
    }
}

#[async_trait]
impl Source for Feeds {
    fn kinds(&self) -> &[Kind] {
        self.kinds
    }

    async fn page(&self, kind: Kind, after: &Cursor) -> Result<Page, Fault> {
        self.of(kind)?.page(after).await
    }

    async fn some(&self, kind: Kind, ids: &[ExternalId]) -> Result<Found, Fault> {
        self.of(kind)?.some(ids).await
    }

    fn cursor_at(&self, kind: Kind, from: Timestamp) -> Cursor {
        let feed = self.of(kind);
        feed.map_or_else(|_| Cursor::default(), |feed| feed.cursor_at(from))
    }

    async fn count(&self, kind: Kind, window: Window) -> Result<Option<u64>, Fault> {
        self.of(kind)?.count(window).await
    }

    async fn ids(&self, kind: Kind, window: Window) -> Result<Vec<ExternalId>, Fault> {
        self.of(kind)?.ids(window).await
    }
}
