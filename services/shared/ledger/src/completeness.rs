//! Completeness: comparisons of sources with the ledger, and of the ledger with targets.

use async_trait::async_trait;
use bytes::Bytes;
use commerce::{ConnectionId, ExternalId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use ports::Window;
use ports::ledger::{Completeness, Inspection, Landed, Reconciliation};

use crate::blob::unpack;
use crate::columns::{external_id, sync_id};
use crate::error::{Result, unreadable};
use crate::store::{
    CompletenessStore, Database, InspectionColumns, LandedColumns, LandedPage,
    ReconciliationColumns,
};
use crate::time::{micros, timestamp};

#[async_trait]
impl<S: CompletenessStore> Completeness for Database<S> {
    async fn absent(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        ids: &[ExternalId],
    ) -> Result<Vec<ExternalId>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let absent = self.0.absent(merchant, sync, kind, ids).await?;
        absent.into_iter().map(external_id).collect()
    }

    async fn put_reconciliation(
        &self,
        merchant: &MerchantId,
        found: &Reconciliation,
    ) -> Result<()> {
        let missing = serde_json::to_string(&found.missing)
            .map_err(|error| unreadable("what is missing", error))?;
        let row = ReconciliationColumns {
            sync: found.sync.as_str().to_owned(),
            window_from: micros(found.window.from),
            window_to: micros(found.window.to),
            made_at: micros(found.at),
            at_source: i64::try_from(found.at_source).unwrap_or(i64::MAX),
            missing,
        };
        self.0.put_reconciliation(merchant, &row).await
    }

    async fn reconciliations(&self, merchant: &MerchantId) -> Result<Vec<Reconciliation>> {
        let rows = self.0.reconciliations(merchant).await?;
        rows.into_iter().map(reconciliation).collect()
    }

    async fn landed(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        window: Window,
        after: Option<(Timestamp, &ExternalId)>,
        most: u32,
    ) -> Result<Vec<Landed>> {
        let first_seen_from = micros(window.from);
        let page = LandedPage {
            first_seen_from,
            changed_before: micros(window.to),
            // Nothing that was first seen then can have changed before.
            after: after.map_or((first_seen_from, ""), |(at, id)| (micros(at), id.as_str())),
            most: i64::from(most),
        };
        let rows = self.0.landed(merchant, sync, page).await?;
        rows.into_iter().map(landed).collect()
    }

    async fn unbound(
        &self,
        merchant: &MerchantId,
        kind: Kind,
        target: &ConnectionId,
        ids: &[ExternalId],
    ) -> Result<Vec<ExternalId>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let unbound = self.0.unbound(merchant, kind, target, ids).await?;
        unbound.into_iter().map(external_id).collect()
    }

    async fn put_inspection(&self, merchant: &MerchantId, found: &Inspection) -> Result<()> {
        let deviations = serde_json::to_string(&found.deviations)
            .map_err(|error| unreadable("what deviates", error))?;
        let row = InspectionColumns {
            sync: found.sync.as_str().to_owned(),
            window_from: micros(found.window.from),
            window_to: micros(found.window.to),
            made_at: micros(found.at),
            expected: i64::try_from(found.expected).unwrap_or(i64::MAX),
            deviations,
        };
        self.0.put_inspection(merchant, &row).await
    }

    async fn inspections(&self, merchant: &MerchantId) -> Result<Vec<Inspection>> {
        let rows = self.0.inspections(merchant).await?;
        rows.into_iter().map(inspection).collect()
    }
}

fn landed(row: LandedColumns) -> Result<Landed> {
    Ok(Landed {
        id: external_id(row.external_id)?,
        twin: external_id(row.twin_id)?,
        changed_at: timestamp(row.changed_at)?,
        event: Bytes::from(unpack(&row.body)?),
    })
}

fn inspection(row: InspectionColumns) -> Result<Inspection> {
    Ok(Inspection {
        sync: sync_id(row.sync)?,
        window: Window {
            from: timestamp(row.window_from)?,
            to: timestamp(row.window_to)?,
        },
        at: timestamp(row.made_at)?,
        expected: u64::try_from(row.expected).unwrap_or_default(),
        deviations: serde_json::from_str(&row.deviations)
            .map_err(|error| unreadable("what is stored as deviating", error))?,
    })
}

fn reconciliation(row: ReconciliationColumns) -> Result<Reconciliation> {
    Ok(Reconciliation {
        sync: sync_id(row.sync)?,
        window: Window {
            from: timestamp(row.window_from)?,
            to: timestamp(row.window_to)?,
        },
        at: timestamp(row.made_at)?,
        at_source: u64::try_from(row.at_source).unwrap_or_default(),
        missing: serde_json::from_str(&row.missing)
            .map_err(|error| unreadable("what is stored as missing", error))?,
    })
}
