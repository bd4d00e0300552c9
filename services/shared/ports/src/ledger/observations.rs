//! What the tables of the mapping have no entry for.

use async_trait::async_trait;
use commerce::MerchantId;
use jiff::Timestamp;

use super::LedgerError;

/// A value that was looked up in a table without an entry for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The table's name in the configuration.
    pub table: String,
    /// The value, as the storefront has it.
    pub value: String,
    /// How many look-ups of it there were.
    pub times: u64,
}

/// All that is known of such a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// The value, with the look-ups of it in all: a record that is tried again counts again.
    pub seen: Sighting,
    /// When it was first looked up.
    pub first: Timestamp,
    /// When it was last looked up.
    pub last: Timestamp,
}

/// What the tables of the mapping have no entry for.
#[async_trait]
pub trait Observations: Send + Sync {
    /// Takes note of values without an entry, in one statement; none of them is there twice.
    async fn note_unmapped(
        &self,
        merchant: &MerchantId,
        now: Timestamp,
        sightings: &[Sighting],
    ) -> Result<(), LedgerError>;

    /// All that were ever noted, by table and value; those that have an entry by now among them.
    async fn unmapped(&self, merchant: &MerchantId) -> Result<Vec<Observed>, LedgerError>;
}
