//! Looking things up.

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{ExternalId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use ports::Status;
use ports::ledger::{Age, Filter, Journal, RecordRef, RecordRow, Step, SyncCount};

use crate::blob::{unpack, unpack_steps};
use crate::columns::{Columns, status_of, sync_id};
use crate::error::Result;
use crate::store::{AgeColumns, Database, JournalStore, PageOf};
use crate::text::indexable;
use crate::time::{micros, timestamp};

#[async_trait]
impl<S: JournalStore> Journal for Database<S> {
    /// One query per status, each a walk along an index, then merged: a few failed records among millions of synced ones are
    /// found at once. All see one state of the ledger, so that a record which moves on meanwhile is listed once.
    async fn records(
        &self,
        merchant: &MerchantId,
        filter: &Filter,
        after: Option<(Timestamp, RecordRef)>,
        most: usize,
    ) -> Result<Vec<RecordRow>> {
        let page = PageOf {
            filter,
            number: filter.number.as_deref().map(indexable),
            since: filter.since.map_or(i64::MIN, micros),
            before: after
                .as_ref()
                .map_or((i64::MAX, "", "", ""), |(at, record)| {
                    (
                        micros(*at),
                        record.sync.as_str(),
                        record.key.kind.as_str(),
                        record.key.id.as_str(),
                    )
                }),
            most: i64::try_from(most).unwrap_or(i64::MAX),
        };
        let wanted =
            |status: &Status| filter.statuses.is_empty() || filter.statuses.contains(status);
        let statuses: Vec<Status> = Status::ALL.into_iter().filter(wanted).collect();
        let mut found = self.0.page(merchant, &statuses, &page).await?;
        found.sort_by(|a, b| {
            (b.changed_at, &b.sync, &b.kind, &b.external_id).cmp(&(
                a.changed_at,
                &a.sync,
                &a.kind,
                &a.external_id,
            ))
        });
        found.truncate(most);
        found.into_iter().map(row).collect()
    }

    async fn records_of(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<RecordRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.0.rows(merchant, sync, kind, ids).await?;
        found.into_iter().map(row).collect()
    }

    async fn record_of(
        &self,
        merchant: &MerchantId,
        record: &RecordRef,
    ) -> Result<Option<(RecordRow, Bytes)>> {
        let Some((columns, event)) = self.0.row(merchant, record).await? else {
            return Ok(None);
        };
        let (record, state) = columns.read()?;
        let event = event
            .as_deref()
            .map(unpack)
            .transpose()?
            .unwrap_or_default();
        Ok(Some((state.into_row(record), Bytes::from(event))))
    }

    async fn journey(&self, merchant: &MerchantId, record: &RecordRef) -> Result<Vec<Step>> {
        let mut journey = Vec::new();
        for blob in self.0.steps(merchant, record).await? {
            journey.extend(unpack_steps(&blob)?);
        }
        // A late outcome is stored late; its steps were early. The sort keeps steps of one instant as they were stored.
        journey.sort_by_key(|step| step.at);
        Ok(journey)
    }

    async fn replaced(&self, merchant: &MerchantId, record: &RecordRef) -> Result<Vec<Bytes>> {
        let found = self.0.versions(merchant, record).await?;
        let events = found.iter().map(|body| Ok(Bytes::from(unpack(body)?)));
        events.collect()
    }

    async fn counts(&self, merchant: &MerchantId) -> Result<Vec<SyncCount>> {
        self.0
            .counts(merchant)
            .await?
            .into_iter()
            .map(|(sync, status, records)| {
                Ok(SyncCount {
                    sync: sync_id(sync)?,
                    status: status_of(&status)?,
                    records: u64::try_from(records).unwrap_or_default(),
                })
            })
            .collect()
    }

    async fn ages(&self, merchant: &MerchantId) -> Result<Vec<Age>> {
        self.0.ages(merchant).await?.into_iter().map(age).collect()
    }
}

fn age(row: AgeColumns) -> Result<Age> {
    Ok(Age {
        sync: sync_id(row.sync)?,
        oldest_unfinished: row.oldest_unfinished.map(timestamp).transpose()?,
        last_success: row.last_success.map(timestamp).transpose()?,
    })
}

fn row(columns: Columns) -> Result<RecordRow> {
    let (record, state) = columns.read()?;
    Ok(state.into_row(record))
}
