//! What a target holds of ours, for completeness: counted span by span, and listed only where the counts differ.

use async_trait::async_trait;
use commerce::{ConnectionId, Event, ExternalId, Kind};
use rust_decimal::Decimal;

use crate::fault::Fault;

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

/// A target that can be asked what it holds of ours.
#[async_trait]
pub trait Register: Send + Sync {
    /// The kinds it can be asked for.
    fn kinds(&self) -> &[Kind];
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
