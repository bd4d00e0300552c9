//! Where reading goes on. A pass goes through three lists after each other, page by page: shipments that were made, shipments that were voided, orders that
//! were marked as shipped.

use jiff::{SignedDuration, Timestamp};
use kit::{cursor_of, state_of};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

/// Older than any shipment.
const BEGINNING: Timestamp = Timestamp::constant(1_262_304_000, 0);

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
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
    pub(super) feed: List,
    /// From 1.
    pub(super) page: u64,
}

impl Place {
    pub(super) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        Ok(state_of(cursor)?.unwrap_or(Self::at(BEGINNING)))
    }

    pub(super) const fn at(since: Timestamp) -> Self {
        Self {
            since,
            began: None,
            feed: List::Made,
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
            List::Made => (on(List::Voided, 1), true),
            List::Voided => (on(List::Marked, 1), true),
            List::Marked => {
                let back = began.checked_sub(overlap).unwrap_or(self.since);
                (Self::at(back.max(self.since)), false)
            }
        }
    }

    pub(super) fn cursor(&self) -> Cursor {
        cursor_of(self)
    }
}
