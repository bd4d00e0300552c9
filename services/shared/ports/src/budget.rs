//! Leave to call another system: an account's slots, tokens and points.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// In which order waiting calls are served, first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Orders, refunds, fulfilments; stock levels that are nearly sold out.
    Orders,
    /// Stock levels.
    Stock,
    /// Catalogue, customers and backfill.
    Bulk,
}

impl Lane {
    /// Every lane, first served first.
    pub const ALL: [Self; 3] = [Self::Orders, Self::Stock, Self::Bulk];

    /// The lane of a kind of record.
    #[must_use]
    pub const fn of(kind: commerce::Kind) -> Self {
        match kind {
            commerce::Kind::Order
            | commerce::Kind::Fulfilment
            | commerce::Kind::Refund
            | commerce::Kind::Cancellation
            | commerce::Kind::ShippingOrder => Self::Orders,
            commerce::Kind::Stock => Self::Stock,
            commerce::Kind::Product => Self::Bulk,
            commerce::Kind::Price => Self::Bulk,
            // An order brings its own customer along: these are not waited for.
            commerce::Kind::Customer | commerce::Kind::Company => Self::Bulk,
            commerce::Kind::Payout => Self::Bulk,
        }
    }

    /// The lane's name in queue names and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Stock => "stock",
            Self::Bulk => "bulk",
        }
    }
}

/// What a call taught about the account's limits. Reported when the call is over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Feedback {
    /// The other side refused for too many calls.
    pub refused: bool,
    /// How long it asked us to wait.
    pub retry_after: Option<Duration>,
    /// Points really used by the call, where the other side counts points.
    pub cost: Option<u32>,
    /// Points available now, out of how many, refilled at so many a second, where it says.
    pub bucket: Option<(u32, u32, u32)>,
}

/// One account's limits, shared by all that call it.
#[async_trait]
pub trait Budget: Send + Sync + std::fmt::Debug {
    /// Waits for leave to make one call of about that many points (1 where points mean nothing). Served by lane.
    async fn acquire(&self, lane: Lane, points: u32) -> Box<dyn Permit>;
}

/// Leave for one call. Dropping it gives the slot back as if nothing was learnt.
pub trait Permit: Send {
    /// Ends the call and says what it taught.
    fn finish(self: Box<Self>, feedback: Feedback);
}
