//! What a target holds of ours, for completeness. Where it can count by spans of its ids, one request stands for thousands of records; where it
//! cannot, records are shown to it batch by batch.

use async_trait::async_trait;
use commerce::{ConnectionId, Event, ExternalId, Kind};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::fault::Fault;
use crate::write::Write;

/// How a target can be asked what it holds of a kind.
pub enum Register<'a> {
    /// It counts, and is asked for single records only where the counts differ.
    Sums(&'a dyn Sums),
    /// It is shown records, and tells of each.
    Looks(&'a dyn Looks),
}

/// A span of a target's own ids, which are numbers that rise: both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first id.
    pub first: u64,
    /// The last id.
    pub last: u64,
}

/// What stands in for the records of a span: equal when they are the same records with the same amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub records: u64,
    /// The sum of their ids.
    pub ids: u64,
    /// The sum of their amounts, whatever the currency.
    pub amount: Decimal,
}

/// One record that the target holds under a key of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id there.
    pub id: u64,
    /// Its id at the source, by the key.
    pub of: ExternalId,
    /// What it comes to, where the target shows it.
    pub amount: Option<Decimal>,
}

/// A target that counts what it holds of ours. It finds what nobody wrote, too.
#[async_trait]
pub trait Sums: Send + Sync {
    /// The amount the target has to show for an event that it holds; `None` for one that has no amount.
    fn amount(&self, event: &Event) -> Option<Decimal>;
    /// The greatest difference between two amounts that is none.
    fn tolerance(&self) -> Decimal;
    /// What it holds of that connection's records in each span, in order; one request for all.
    async fn tally(
        &self,
        from: &ConnectionId,
        kind: Kind,
        spans: &[Span],
    ) -> Result<Vec<Tally>, Fault>;
    /// The same, record by record, for all spans together.
    async fn list(
        &self,
        from: &ConnectionId,
        kind: Kind,
        spans: &[Span],
    ) -> Result<Vec<Entry>, Fault>;
}

/// A target that is shown what it should hold.
#[async_trait]
pub trait Looks: Send + Sync {
    /// The most records of a kind that are worth showing at once.
    fn most(&self, kind: Kind) -> usize;
    /// For each record, in order, how it stands there; `bound` is its twin. As few requests as the number of records allows, behind everything else.
    /// What moved there since `settled` may have good reason to: it counts as held. A [`Fault`] is of that record alone where its verdict says so.
    async fn look(&self, writes: &[Write], settled: Timestamp) -> Vec<Result<Standing, Fault>>;
}

/// How a record stands at a target that was shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// As it should.
    Held,
    /// It is not there.
    Missing,
    /// It is there, and differs.
    Differs {
        /// In what, in few words with both values (`12 here, 10 there`).
        what: String,
    },
}
