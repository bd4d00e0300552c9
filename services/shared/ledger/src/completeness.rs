//! Completeness: comparisons of sources with the ledger.

use async_trait::async_trait;
use commerce::{Digest, ExternalId, Kind, MerchantId, SyncId};
use ports::Window;
use ports::ledger::{Completeness, Reconciliation};

use crate::columns::{external_id, sync_id};
use crate::error::{Result, unreadable};
use crate::store::{CompletenessStore, Database, ReconciliationColumns};
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

    async fn held(
        &self,
        merchant: &MerchantId,
        sync: &SyncId,
        kind: Kind,
        contents: &[(ExternalId, Digest)],
    ) -> Result<Vec<bool>> {
        let mut held = vec![false; contents.len()];
        if contents.is_empty() {
            return Ok(held);
        }
        for place in self.0.held(merchant, sync, kind, contents).await? {
            let slot = usize::try_from(place).ok();
            if let Some(slot) = slot.and_then(|place| held.get_mut(place)) {
                *slot = true;
            }
        }
        Ok(held)
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
