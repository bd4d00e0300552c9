//! Where reading goes on. A pass goes through three lists after each other, page by page: shipments that were made, shipments that were voided, orders that
//! were marked as shipped.

use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

/// Older than any shipment.
const BEGINNING: Timestamp = Timestamp::constant(1_262_304_000, 0);

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Feed {
    Made,
    Voided,
    Marked,
}

/// A place in a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The pass reads what happened at or after this instant.
    pub(super) since: Timestamp,
    /// When the pass began, by the clock that was behind; none before its first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<Timestamp>,
    pub(super) feed: Feed,
    /// From 1.
    pub(super) page: u64,
}

impl Place {
    pub(super) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        if cursor.0.is_empty() {
            return Ok(Self::at(BEGINNING));
        }
        serde_json::from_str(&cursor.0).map_err(|error| Fault::Unreadable {
            why: format!("the stored cursor is not one of ShipStation's: {error}"),
        })
    }

    pub(super) const fn at(since: Timestamp) -> Self {
        Self {
            since,
            began: None,
            feed: Feed::Made,
            page: 1,
        }
    }

    /// What follows a page, and whether it can be read at once.
    pub(super) fn next(
        &self,
        last_page: bool,
        now: Timestamp,
        overlap: SignedDuration,
    ) -> (Self, bool) {
        let began = self.began.unwrap_or(now);
        let on = |feed, page| Self {
            since: self.since,
            began: Some(began),
            feed,
            page,
        };
        match self.feed {
            _ if !last_page => (on(self.feed, self.page.saturating_add(1)), true),
            Feed::Made => (on(Feed::Voided, 1), true),
            Feed::Voided => (on(Feed::Marked, 1), true),
            Feed::Marked => {
                let back = began.checked_sub(overlap).unwrap_or(self.since);
                (Self::at(back.max(self.since)), false)
            }
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        // A plain struct always serializes.
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }
}
