//! What a database contributes: statements, and rows as it holds them. Decisions and conversions are made above.

mod settings;
mod versions;

use std::collections::BTreeMap;
use std::future::Future;

use commerce::{ConnectionId, Digest, ExternalId, Kind, MerchantId, RecordKey, SyncId};
use ports::Status;
use ports::ledger::{Filter, RecordRef, Seen, Stream};

use crate::columns::Columns;
use crate::error::Result;
use crate::state::State;

pub(crate) use settings::{AuditColumns, BackfillColumns, ConfigurationColumns, SettingStore};
pub(crate) use versions::{Version, VersionStore};

/// The ledger on one database.
pub(crate) struct Database<S>(pub(crate) S);

/// A record with its row.
pub(crate) struct Entry {
    pub(crate) record: RecordRef,
    pub(crate) state: State,
}

/// Something packed that belongs to a record.
pub(crate) type Packed = (RecordRef, Vec<u8>);

/// A proven link to be stored.
pub(crate) struct Link {
    pub(crate) key: RecordKey,
    pub(crate) number: String,
    pub(crate) twin_id: String,
    pub(crate) twin_number: Option<String>,
}

/// A found link: which of the asked ids it belongs to, and the id and number at the other end. A link read from here to there
/// comes before one that was read from there.
#[derive(sqlx::FromRow)]
pub(crate) struct Found {
    pub(crate) position: i64,
    pub(crate) id: String,
    pub(crate) number: Option<String>,
}

/// Transactions that write.
pub(crate) trait Store: Send + Sync + 'static {
    type Tx: Send;

    fn begin(&self) -> impl Future<Output = Result<Self::Tx>> + Send;
    fn commit(tx: Self::Tx) -> impl Future<Output = Result<()>> + Send;
}

/// Statements on records, their journeys and their bindings. One statement per call, however many records.
pub(crate) trait RecordStore: Store {
    /// Inserts a `queued` row for every record that has none; how many.
    fn note(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        seen: &[Seen],
        now: i64,
    ) -> impl Future<Output = Result<u64>> + Send;

    /// Stores what records with rows take from stock.
    fn put_units(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        seen: &[&Seen],
    ) -> impl Future<Output = Result<()>> + Send;

    /// The rows, locked until the transaction ends, in an order that is the same for every caller.
    fn load(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        records: &[RecordRef],
    ) -> impl Future<Output = Result<Vec<Columns>>> + Send;

    /// Writes loaded rows back.
    fn save(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        entries: &[Entry],
    ) -> impl Future<Output = Result<()>> + Send;

    /// Appends packed steps to journeys.
    fn add_steps(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        steps: &[Packed],
    ) -> impl Future<Output = Result<()>> + Send;

    /// Stores links; no record twice.
    fn bind(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        from: &ConnectionId,
        to: &ConnectionId,
        links: &[Link],
        now: i64,
    ) -> impl Future<Output = Result<()>> + Send;

    fn bound(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        here: &ConnectionId,
        there: &ConnectionId,
        keys: &[RecordKey],
    ) -> impl Future<Output = Result<Vec<Found>>> + Send;

    /// As [`RecordStore::bound`], outside any transaction.
    fn twins(
        &self,
        merchant: &MerchantId,
        here: &ConnectionId,
        there: &ConnectionId,
        keys: &[RecordKey],
    ) -> impl Future<Output = Result<Vec<Found>>> + Send;

    fn in_status(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        sync: &SyncId,
        status: Status,
    ) -> impl Future<Output = Result<Vec<Key>>> + Send;

    fn waiting_for(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        keys: &[String],
    ) -> impl Future<Output = Result<Vec<Key>>> + Send;

    /// Waiting records whose rest is over, at most some.
    fn overdue(
        tx: &mut Self::Tx,
        merchant: &MerchantId,
        now: i64,
    ) -> impl Future<Output = Result<Vec<Key>>> + Send;

    /// Ends every merchant's claims now; how many.
    fn end_claims(tx: &mut Self::Tx, now: i64) -> impl Future<Output = Result<u64>> + Send;

    /// Keys with since when they are due, and packed events; longest due first.
    fn due(
        &self,
        merchant: &MerchantId,
        most: i64,
    ) -> impl Future<Output = Result<Vec<DueRow>>> + Send;
}

/// Sync, kind and id.
pub(crate) type Key = (String, String, String);

/// Sync, kind, id and packed event.
pub(crate) type DueRow = (String, String, String, i64, Vec<u8>);

/// Statements on streams.
pub(crate) trait CursorStore: Store {
    /// Fence and cursor, when the lease could be taken.
    fn lease(
        &self,
        stream: &Stream,
        holder: &str,
        until: i64,
        now: i64,
    ) -> impl Future<Output = Result<Option<(i64, String)>>> + Send;

    /// Whether holder and fence are still the stream's.
    fn advance(
        tx: &mut Self::Tx,
        position: Position<'_>,
        cursor: &str,
        until: i64,
        now: i64,
    ) -> impl Future<Output = Result<bool>> + Send;

    fn release(&self, position: Position<'_>) -> impl Future<Output = Result<()>> + Send;

    /// Frees every merchant's streams.
    fn end_leases(tx: &mut Self::Tx) -> impl Future<Output = Result<()>> + Send;

    fn cursors(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Vec<StreamColumns>>> + Send;
}

/// A lease, as its stream's row must have it.
#[derive(Clone, Copy)]
pub(crate) struct Position<'a> {
    pub(crate) stream: &'a Stream,
    pub(crate) holder: &'a str,
    pub(crate) fence: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct StreamColumns {
    pub(crate) connection: String,
    pub(crate) kind: String,
    pub(crate) backfill: String,
    pub(crate) cursor: String,
    pub(crate) holder: Option<String>,
    pub(crate) checked_at: Option<i64>,
}

/// Statements that look things up.
pub(crate) trait JournalStore: Send + Sync + 'static {
    /// Rows in each of these statuses, last changed first in each, as of one moment.
    fn page(
        &self,
        merchant: &MerchantId,
        statuses: &[Status],
        page: &PageOf<'_>,
    ) -> impl Future<Output = Result<Vec<Columns>>> + Send;

    /// A row and its packed event.
    fn row(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> impl Future<Output = Result<Option<(Columns, Option<Vec<u8>>)>>> + Send;

    /// Those of these rows that are there.
    fn rows(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> impl Future<Output = Result<Vec<Columns>>> + Send;

    /// Packed steps, in the order they were added.
    fn steps(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>>> + Send;

    /// Packed versions that newer ones have taken the place of, oldest first.
    fn versions(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>>> + Send;

    /// Sync, status, records.
    fn counts(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Vec<(String, String, i64)>>> + Send;

    fn ages(&self, merchant: &MerchantId) -> impl Future<Output = Result<Vec<AgeColumns>>> + Send;
}

/// Which page of rows: those before `before` in the order of change.
pub(crate) struct PageOf<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) number: Option<String>,
    pub(crate) since: i64,
    pub(crate) before: (i64, &'a str, &'a str, &'a str),
    pub(crate) most: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct AgeColumns {
    pub(crate) sync: String,
    pub(crate) oldest_unfinished: Option<i64>,
    pub(crate) last_success: Option<i64>,
}

/// An order's number, its units as JSON, and since when its target has it.
pub(crate) type UnderwayRow = (String, String, Option<i64>);

/// Statements on orders on their way.
pub(crate) trait UnderwayStore: Send + Sync + 'static {
    fn underway(
        &self,
        merchant: &MerchantId,
        orders: &[SyncId],
        since: i64,
    ) -> impl Future<Output = Result<Vec<UnderwayRow>>> + Send;
}

/// Statements on completeness.
pub(crate) trait CompletenessStore: Send + Sync + 'static {
    /// The ids that have no row.
    fn absent(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> impl Future<Output = Result<Vec<String>>> + Send;

    /// Places of the contents that the target holds.
    fn held(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        contents: &[(ExternalId, Digest)],
    ) -> impl Future<Output = Result<Vec<i64>>> + Send;

    fn put_reconciliation(
        &self,
        merchant: &MerchantId,
        row: &ReconciliationColumns,
    ) -> impl Future<Output = Result<()>> + Send;

    fn reconciliations(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Vec<ReconciliationColumns>>> + Send;

    fn landed(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        page: LandedPage<'_>,
    ) -> impl Future<Output = Result<Vec<LandedColumns>>> + Send;

    /// The ids that are nobody's twin.
    fn unbound(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        target: &ConnectionId,
        ids: &[ExternalId],
    ) -> impl Future<Output = Result<Vec<String>>> + Send;

    fn put_inspection(
        &self,
        merchant: &MerchantId,
        row: &InspectionColumns,
    ) -> impl Future<Output = Result<()>> + Send;

    fn inspections(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Vec<InspectionColumns>>> + Send;
}

/// Which of the landed records.
pub(crate) struct LandedPage<'a> {
    pub(crate) first_seen_from: i64,
    pub(crate) changed_before: i64,
    pub(crate) after: (i64, &'a str),
    pub(crate) most: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct LandedColumns {
    pub(crate) external_id: String,
    pub(crate) twin_id: String,
    pub(crate) changed_at: i64,
    /// Packed.
    pub(crate) body: Vec<u8>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct InspectionColumns {
    pub(crate) sync: String,
    pub(crate) window_from: i64,
    pub(crate) window_to: i64,
    pub(crate) made_at: i64,
    pub(crate) expected: i64,
    /// JSON.
    pub(crate) deviations: String,
}

/// Statements on values that tables have no entry for.
pub(crate) trait ObservationStore: Send + Sync + 'static {
    /// Adds the look-ups of each table and value.
    fn note_unmapped(
        &self,
        merchant: &MerchantId,
        now: i64,
        noted: &BTreeMap<(String, String), i64>,
    ) -> impl Future<Output = Result<()>> + Send;

    fn unmapped(
        &self,
        merchant: &MerchantId,
    ) -> impl Future<Output = Result<Vec<SightingColumns>>> + Send;
}

#[derive(sqlx::FromRow)]
pub(crate) struct SightingColumns {
    pub(crate) lookup: String,
    pub(crate) value: String,
    pub(crate) times: i64,
    pub(crate) first_seen: i64,
    pub(crate) last_seen: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct ReconciliationColumns {
    pub(crate) sync: String,
    pub(crate) window_from: i64,
    pub(crate) window_to: i64,
    pub(crate) made_at: i64,
    pub(crate) at_source: i64,
    /// JSON.
    pub(crate) missing: String,
}
