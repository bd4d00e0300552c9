//! Statements on events and their earlier versions.

use std::future::Future;

use commerce::{Digest, MerchantId};
use ports::ledger::RecordRef;

use super::Store;
use crate::error::Result;

/// A version of a record, packed.
pub(crate) struct Version {
    pub(crate) record: RecordRef,
    pub(crate) at: i64,
    pub(crate) digest: Digest,
    /// Whether a request was made of it: then it outlives its place as the newest.
    pub(crate) pushed: bool,
    pub(crate) body: Vec<u8>,
}

/// Statements on events. One statement per call, however many.
pub(crate) trait VersionStore: Store {
    /// Moves stored events that were pushed, and that these will take the place of, to the earlier versions.
    fn put_aside(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        versions: &[&Version],
    ) -> impl Future<Output = Result<()>> + Send;

    /// Stores events in place of earlier ones; no record twice.
    fn keep_events(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        events: &[Version],
    ) -> impl Future<Output = Result<()>> + Send;

    /// Stores versions beside newer ones; those that are there stay.
    fn keep_versions(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        versions: &[Version],
    ) -> impl Future<Output = Result<()>> + Send;
}
