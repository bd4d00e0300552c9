//! Configuration, switches, backfills and the audit log.

use async_trait::async_trait;
use commerce::{ConnectionId, MerchantId, SyncId};
use jiff::Timestamp;
use ports::LedgerError;
use ports::ledger::{AuditEntry, Backfill, BackfillState, Configuration, Settings};

use crate::columns::{kind_of, sync_id};
use crate::error::{Result, unreadable};
use crate::store::{AuditColumns, BackfillColumns, ConfigurationColumns, Database, SettingStore};
use crate::text::storable;
use crate::time::{micros, timestamp};

/// How often a version number may be lost to somebody faster before giving up.
const APPLY_TRIES: usize = 5;

#[async_trait]
impl<S: SettingStore> Settings for Database<S> {
    async fn apply(
        &self,
        merchant: &MerchantId,
        text: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<Configuration> {
        let text = storable(text);
        let by = storable(by);
        for _ in 0..APPLY_TRIES {
            let added = self
                .0
                .add_configuration(merchant, &text, &by, micros(now))
                .await?;
            if let Some(added) = added {
                return configuration(added);
            }
            let newest = self.0.newest_configuration(merchant).await?;
            if let Some(same) = newest.filter(|newest| newest.body == text) {
                return configuration(same);
            }
        }
        Err(LedgerError::Unavailable(
            "others apply configurations at the same moment; try again".to_owned(),
        ))
    }

    async fn configuration(&self, merchant: &MerchantId) -> Result<Option<Configuration>> {
        self.0
            .newest_configuration(merchant)
            .await?
            .map(configuration)
            .transpose()
    }

    async fn configuration_at(
        &self,
        merchant: &MerchantId,
        version: i64,
    ) -> Result<Option<Configuration>> {
        let found = self.0.configuration_at(merchant, version).await?;
        found.map(configuration).transpose()
    }

    async fn configurations(
        &self,
        merchant: &MerchantId,
        most: usize,
    ) -> Result<Vec<Configuration>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.0.configurations(merchant, most).await?;
        rows.into_iter().map(configuration).collect()
    }

    async fn set_paused(&self, merchant: &MerchantId, sync: &SyncId, paused: bool) -> Result<()> {
        if paused {
            self.0.pause(merchant, sync).await
        } else {
            self.0.resume(merchant, sync).await
        }
    }

    async fn paused(&self, merchant: &MerchantId) -> Result<Vec<SyncId>> {
        let syncs = self.0.paused(merchant).await?;
        syncs.into_iter().map(sync_id).collect()
    }

    /// A cancelled backfill stays cancelled: its reader may store figures once more before it hears of it.
    async fn put_backfill(&self, merchant: &MerchantId, backfill: &Backfill) -> Result<()> {
        let scope = serde_json::to_string(&backfill.scope)
            .map_err(|error| unreadable("a backfill's scope", error))?;
        let row = BackfillColumns {
            id: storable(&backfill.id).into_owned(),
            connection: backfill.connection.as_str().to_owned(),
            kind: backfill.kind.as_str().to_owned(),
            scope,
            state: state_name(backfill.state).to_owned(),
            expected: backfill
                .expected
                .map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
            published: i64::try_from(backfill.published).unwrap_or(i64::MAX),
        };
        self.0.put_backfill(merchant, &row).await
    }

    async fn forget_backfill(&self, merchant: &MerchantId, id: &str) -> Result<()> {
        self.0.forget_backfill(merchant, id).await
    }

    async fn backfills(&self, merchant: &MerchantId) -> Result<Vec<Backfill>> {
        let rows = self.0.backfills(merchant).await?;
        rows.into_iter().map(backfill).collect()
    }

    async fn audit(&self, merchant: &MerchantId, entry: &AuditEntry) -> Result<()> {
        let row = AuditColumns {
            made_at: micros(entry.at),
            made_by: storable(&entry.by).into_owned(),
            action: storable(&entry.action).into_owned(),
            detail: storable(&entry.detail).into_owned(),
        };
        self.0.add_audit(merchant, &row).await
    }

    async fn audit_log(&self, merchant: &MerchantId, most: usize) -> Result<Vec<AuditEntry>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.0.audit(merchant, most).await?;
        rows.into_iter()
            .map(|row| {
                Ok(AuditEntry {
                    at: timestamp(row.made_at)?,
                    by: row.made_by,
                    action: row.action,
                    detail: row.detail,
                })
            })
            .collect()
    }
}

fn configuration(row: ConfigurationColumns) -> Result<Configuration> {
    Ok(Configuration {
        version: row.version,
        text: row.body,
        by: row.applied_by,
        at: timestamp(row.applied_at)?,
    })
}

fn backfill(row: BackfillColumns) -> Result<Backfill> {
    Ok(Backfill {
        id: row.id,
        connection: ConnectionId::new(row.connection)
            .map_err(|error| unreadable("a stored connection", error))?,
        kind: kind_of(&row.kind)?,
        scope: serde_json::from_str(&row.scope)
            .map_err(|error| unreadable("a stored backfill's scope", error))?,
        state: state_of(&row.state)?,
        expected: row.expected.map(|n| u64::try_from(n).unwrap_or_default()),
        published: u64::try_from(row.published).unwrap_or_default(),
    })
}

const STATES: [BackfillState; 3] = [
    BackfillState::Running,
    BackfillState::Finished,
    BackfillState::Cancelled,
];

const fn state_name(state: BackfillState) -> &'static str {
    match state {
        BackfillState::Running => "running",
        BackfillState::Finished => "finished",
        BackfillState::Cancelled => "cancelled",
    }
}

fn state_of(text: &str) -> Result<BackfillState> {
    STATES
        .into_iter()
        .find(|state| state_name(*state) == text)
        .ok_or_else(|| unreadable("an unknown backfill state", text))
}
