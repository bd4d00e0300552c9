//! A ledger whose process dies around its calls.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{ConnectionId, Digest, ExternalId, Kind, MerchantId, RecordKey, Sku, SyncId};
use jiff::Timestamp;
use ports::ledger::{
    Age, AuditEntry, Backfill, Bindings, Claim, ClaimRequest, Claims, Completeness, Configuration,
    CursorState, Cursors, Due, Filter, Holder, Inspection, Journal, Landed, Lease, Observations,
    Observed, Outbox, Outcome, Reconciliation, RecordRef, RecordRow, Seen, Selection, Settings,
    Sighting, Sold, Step, Stream, SyncCount, SyncRef, Underway,
};
use ports::{Cursor, Ledger, LedgerError, Twin, Window};

use super::{Cut, Knife};

type Result<T> = std::result::Result<T, LedgerError>;

pub(crate) struct CutLedger {
    pub(crate) inner: Arc<dyn Ledger>,
    pub(crate) knife: Arc<Knife>,
}

#[async_trait]
impl Cursors for CutLedger {
    async fn lease(
        &self,
        stream: &Stream,
        holder: &Holder,
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Option<Lease>> {
        self.knife.alive().await;
        self.inner.lease(stream, holder, ttl, now).await
    }

    async fn advance(
        &self,
        lease: &Lease,
        cursor: &Cursor,
        seen: &[Seen],
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Lease> {
        self.knife.at(Cut::BeforeAdvance).await;
        let renewed = self.inner.advance(lease, cursor, seen, ttl, now).await;
        self.knife.at(Cut::AfterAdvance).await;
        renewed
    }

    async fn release(&self, lease: &Lease) -> Result<()> {
        self.knife.alive().await;
        self.inner.release(lease).await
    }

    async fn take_over(&self, now: Timestamp) -> Result<u64> {
        self.knife.alive().await;
        self.inner.take_over(now).await
    }

    async fn cursors(&self, merchant: &MerchantId) -> Result<Vec<CursorState>> {
        self.inner.cursors(merchant).await
    }
}

#[async_trait]
impl Claims for CutLedger {
    async fn claim(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        ttl: Duration,
        now: Timestamp,
        requests: &[ClaimRequest],
    ) -> Result<Vec<Claim>> {
        self.knife.alive().await;
        let claims = self.inner.claim(sync, holder, ttl, now, requests).await;
        self.knife.at(Cut::AfterClaim).await;
        claims
    }

    async fn record(
        &self,
        sync: &SyncRef,
        holder: &Holder,
        now: Timestamp,
        outcomes: &[Outcome],
    ) -> Result<()> {
        self.knife.alive().await;
        if self.knife.fails(Cut::RecordFails) {
            return Err(LedgerError::Unavailable("on purpose".to_owned()));
        }
        let stored = self.inner.record(sync, holder, now, outcomes).await;
        self.knife.at(Cut::AfterRecord).await;
        stored
    }

    async fn unclaim(&self, sync: &SyncRef, holder: &Holder, keys: &[RecordKey]) -> Result<()> {
        self.knife.alive().await;
        self.inner.unclaim(sync, holder, keys).await
    }
}

#[async_trait]
impl Bindings for CutLedger {
    async fn twins(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        here: &ConnectionId,
        there: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<Option<Twin>>> {
        self.knife.alive().await;
        self.inner.twins(merchant, kind, here, there, ids).await
    }
}

#[async_trait]
impl Outbox for CutLedger {
    async fn requeue(
        &self,
        merchant: &MerchantId,
        selection: &Selection,
        by: &str,
        now: Timestamp,
    ) -> Result<u64> {
        self.knife.alive().await;
        self.inner.requeue(merchant, selection, by, now).await
    }

    async fn release_waiting(
        &self,
        merchant: &MerchantId,
        keys: &[String],
        now: Timestamp,
    ) -> Result<u64> {
        self.knife.alive().await;
        self.inner.release_waiting(merchant, keys, now).await
    }

    async fn reopen(
        &self,
        merchant: &MerchantId,
        shown: &[(RecordRef, String)],
        now: Timestamp,
    ) -> Result<u64> {
        self.knife.alive().await;
        self.inner.reopen(merchant, shown, now).await
    }

    async fn release_overdue(&self, merchant: &MerchantId, now: Timestamp) -> Result<u64> {
        self.knife.alive().await;
        self.inner.release_overdue(merchant, now).await
    }

    async fn ignore(
        &self,
        merchant: &MerchantId,
        selection: &Selection,
        by: &str,
        now: Timestamp,
    ) -> Result<u64> {
        self.knife.alive().await;
        self.inner.ignore(merchant, selection, by, now).await
    }

    async fn due(&self, merchant: &MerchantId, most: usize) -> Result<Vec<Due>> {
        self.knife.alive().await;
        self.inner.due(merchant, most).await
    }

    async fn published(
        &self,
        merchant: &MerchantId,
        sent: &[(RecordRef, Timestamp)],
    ) -> Result<()> {
        self.knife.alive().await;
        self.inner.published(merchant, sent).await
    }
}

#[async_trait]
impl Journal for CutLedger {
    async fn records(
        &self,
        merchant: &MerchantId,
        filter: &Filter,
        after: Option<(Timestamp, RecordRef)>,
        most: usize,
    ) -> Result<Vec<RecordRow>> {
        self.inner.records(merchant, filter, after, most).await
    }

    async fn record_of(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> Result<Option<(RecordRow, Bytes)>> {
        self.inner.record_of(merchant, record).await
    }

    async fn records_of(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<RecordRow>> {
        self.inner.records_of(merchant, sync, kind, ids).await
    }

    async fn journey(&self, merchant: &MerchantId, record: &RecordRef) -> Result<Vec<Step>> {
        self.inner.journey(merchant, record).await
    }

    async fn replaced(&self, merchant: &MerchantId, record: &RecordRef) -> Result<Vec<Bytes>> {
        self.inner.replaced(merchant, record).await
    }

    async fn counts(&self, merchant: &MerchantId) -> Result<Vec<SyncCount>> {
        self.inner.counts(merchant).await
    }

    async fn ages(&self, merchant: &MerchantId) -> Result<Vec<Age>> {
        self.inner.ages(merchant).await
    }
}

#[async_trait]
impl Completeness for CutLedger {
    async fn absent(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<ExternalId>> {
        self.knife.alive().await;
        self.inner.absent(merchant, sync, kind, ids).await
    }

    async fn put_reconciliation(
        &self,
        merchant: &MerchantId,
        found: &Reconciliation,
    ) -> Result<()> {
        self.knife.alive().await;
        self.inner.put_reconciliation(merchant, found).await
    }

    async fn held(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        contents: &[(ExternalId, Digest)],
    ) -> Result<Vec<bool>> {
        self.inner.held(merchant, sync, kind, contents).await
    }

    async fn reconciliations(&self, merchant: &MerchantId) -> Result<Vec<Reconciliation>> {
        self.inner.reconciliations(merchant).await
    }

    async fn landed(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        window: Window,
        after: Option<(Timestamp, &ExternalId)>,
        most: u32,
    ) -> Result<Vec<Landed>> {
        self.inner.landed(merchant, sync, window, after, most).await
    }

    async fn unbound(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        target: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<ExternalId>> {
        self.inner.unbound(merchant, kind, target, ids).await
    }

    async fn put_inspection(&self, merchant: &MerchantId, found: &Inspection) -> Result<()> {
        self.knife.alive().await;
        self.inner.put_inspection(merchant, found).await
    }

    async fn inspections(&self, merchant: &MerchantId) -> Result<Vec<Inspection>> {
        self.inner.inspections(merchant).await
    }
}

#[async_trait]
impl Underway for CutLedger {
    async fn underway(
        &self,
        merchant: &MerchantId,
        orders: &[SyncId],
        skus: &BTreeSet<Sku>,
        since: Timestamp,
    ) -> Result<Vec<Sold>> {
        self.inner.underway(merchant, orders, skus, since).await
    }
}

#[async_trait]
impl Settings for CutLedger {
    async fn apply(
        &self,
        merchant: &MerchantId,
        text: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<Configuration> {
        self.knife.alive().await;
        self.inner.apply(merchant, text, by, now).await
    }

    async fn configuration(&self, merchant: &MerchantId) -> Result<Option<Configuration>> {
        self.inner.configuration(merchant).await
    }

    async fn configuration_at(
        &self,
        merchant: &MerchantId,
        version: i64,
    ) -> Result<Option<Configuration>> {
        self.inner.configuration_at(merchant, version).await
    }

    async fn configurations(
        &self,
        merchant: &MerchantId,
        most: usize,
    ) -> Result<Vec<Configuration>> {
        self.inner.configurations(merchant, most).await
    }

    async fn set_paused(&self, merchant: &MerchantId, sync: &SyncId, paused: bool) -> Result<()> {
        self.knife.alive().await;
        self.inner.set_paused(merchant, sync, paused).await
    }

    async fn paused(&self, merchant: &MerchantId) -> Result<Vec<SyncId>> {
        self.inner.paused(merchant).await
    }

    async fn put_backfill(&self, merchant: &MerchantId, backfill: &Backfill) -> Result<()> {
        self.knife.alive().await;
        self.inner.put_backfill(merchant, backfill).await
    }

    async fn forget_backfill(&self, merchant: &MerchantId, id: &str) -> Result<()> {
        self.knife.alive().await;
        self.inner.forget_backfill(merchant, id).await
    }

    async fn backfills(&self, merchant: &MerchantId) -> Result<Vec<Backfill>> {
        self.inner.backfills(merchant).await
    }

    async fn audit(&self, merchant: &MerchantId, entry: &AuditEntry) -> Result<()> {
        self.knife.alive().await;
        self.inner.audit(merchant, entry).await
    }

    async fn audit_log(&self, merchant: &MerchantId, most: usize) -> Result<Vec<AuditEntry>> {
        self.inner.audit_log(merchant, most).await
    }
}

#[async_trait]
impl Observations for CutLedger {
    async fn note_unmapped(
        &self,
        merchant: &MerchantId,
        now: Timestamp,
        sightings: &[Sighting],
    ) -> Result<()> {
        self.knife.alive().await;
        self.inner.note_unmapped(merchant, now, sightings).await
    }

    async fn unmapped(&self, merchant: &MerchantId) -> Result<Vec<Observed>> {
        self.inner.unmapped(merchant).await
    }
}
