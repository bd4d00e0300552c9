//! What a person can do: pause, resume, run, retry, ignore, replay.

use commerce::{Kind, SyncId};
use ports::Status as RecordStatus;
use ports::ledger::{AuditEntry, Selection};
use proto::control::v1::{
    AuditEntry as WireEntry, AuditedSync, BuriedMessage, Selection as WireSelection,
    StartAuditResponse,
};
use tonic::Status;

use crate::convert::{audit, of_ledger, of_queue, record_ref, sync_id, timestamp};
use crate::service::Service;

/// The most rows one answer holds.
const MOST: usize = 1_000;

impl Service {
    pub(crate) async fn set_paused(
        &self,
        sync: &str,
        paused: bool,
        by: &str,
    ) -> Result<(), Status> {
        let id = self.known_sync(sync).await?.id;
        self.ledger
            .set_paused(&self.merchant, &id, paused)
            .await
            .map_err(of_ledger)?;
        self.note(by, if paused { "pause" } else { "resume" }, id.to_string())
            .await
    }

    pub(crate) async fn run_now(&self, sync: &str) -> Result<u32, Status> {
        let sync = self.known_sync(sync).await?;
        Ok(self.workers.wake(&sync.from, sync.kind))
    }

    pub(crate) async fn audit_now(
        &self,
        sync: &str,
        by: &str,
    ) -> Result<StartAuditResponse, Status> {
        let mut syncs = match sync {
            "" => self.outline().await?.syncs,
            name => vec![self.known_sync(name).await?],
        };
        let paused = self.ledger.paused(&self.merchant).await;
        let paused = paused.map_err(of_ledger)?;
        syncs.retain(|one| !paused.contains(&one.id));
        if syncs.is_empty() {
            return Err(Status::failed_precondition(
                "nothing is compared while it is paused: `causeway resume` it first",
            ));
        }
        let names: Vec<String> = syncs.iter().map(|one| one.id.to_string()).collect();
        self.note(by, "audit", names.join(", ")).await?;
        let audited = syncs.iter().map(|one| AuditedSync {
            sync: one.id.to_string(),
            source: !matches!(one.kind, Kind::Stock | Kind::Price),
        });
        Ok(StartAuditResponse {
            syncs: audited.collect(),
            workers: self.workers.audit(&names),
        })
    }

    pub(crate) async fn requeue(
        &self,
        selection: Option<WireSelection>,
        by: &str,
    ) -> Result<u64, Status> {
        let selection = chosen(selection)?;
        let now = self.clock.now();
        let records = self
            .ledger
            .requeue(&self.merchant, &selection, by, now)
            .await
            .map_err(of_ledger)?;
        self.note(by, "retry", format!("{records} records")).await?;
        Ok(records)
    }

    pub(crate) async fn set_aside(
        &self,
        selection: Option<WireSelection>,
        by: &str,
    ) -> Result<u64, Status> {
        let selection = chosen(selection)?;
        let now = self.clock.now();
        let records = self
            .ledger
            .ignore(&self.merchant, &selection, by, now)
            .await
            .map_err(of_ledger)?;
        self.note(by, "ignore", format!("{records} records"))
            .await?;
        Ok(records)
    }

    pub(crate) async fn buried(&self, most: u32) -> Result<Vec<BuriedMessage>, Status> {
        let messages = self
            .queue
            .buried(&self.merchant, at_most(most))
            .await
            .map_err(of_queue)?;
        let wire = messages.into_iter().map(|message| BuriedMessage {
            id: message.id,
            queue: message.queue,
            why: message.why,
            at: Some(timestamp(message.at)),
            body: message.body,
        });
        Ok(wire.collect())
    }

    pub(crate) async fn replay(&self, ids: &[String], by: &str) -> Result<u64, Status> {
        let replayed = self
            .queue
            .replay(&self.merchant, ids)
            .await
            .map_err(of_queue)?;
        self.note(by, "replay", format!("{replayed} messages"))
            .await?;
        Ok(u64::try_from(replayed).unwrap_or_default())
    }

    pub(crate) async fn audit_entries(&self, most: u32) -> Result<Vec<WireEntry>, Status> {
        let entries = self
            .ledger
            .audit_log(&self.merchant, at_most(most))
            .await
            .map_err(of_ledger)?;
        Ok(entries.into_iter().map(audit).collect())
    }

    pub(crate) async fn known_sync(&self, name: &str) -> Result<ports::Sync, Status> {
        let id: SyncId = sync_id(name)?;
        let outline = self.outline().await?;
        let names: Vec<String> = outline
            .syncs
            .iter()
            .map(|sync| sync.id.to_string())
            .collect();
        let found = outline.syncs.into_iter().find(|sync| sync.id == id);
        found.ok_or_else(|| {
            Status::not_found(format!(
                "there is no sync '{name}'; there are: {}",
                names.join(", ")
            ))
        })
    }

    pub(crate) async fn note(&self, by: &str, action: &str, detail: String) -> Result<(), Status> {
        let entry = AuditEntry {
            at: self.clock.now(),
            by: by.to_owned(),
            action: action.to_owned(),
            detail,
        };
        self.ledger
            .audit(&self.merchant, &entry)
            .await
            .map_err(of_ledger)
    }
}

fn at_most(wanted: u32) -> usize {
    match usize::try_from(wanted) {
        Ok(0) | Err(_) => 100,
        Ok(wanted) => wanted.min(MOST),
    }
}

fn chosen(selection: Option<WireSelection>) -> Result<Selection, Status> {
    let selection = selection.ok_or_else(|| Status::invalid_argument("selection: is missing"))?;
    if !selection.records.is_empty() {
        return Ok(Selection::Records(
            selection
                .records
                .iter()
                .map(record_ref)
                .collect::<Result<_, _>>()?,
        ));
    }
    let status = RecordStatus::parse(&selection.status).ok_or_else(|| {
        Status::invalid_argument(format!("selection: '{}' is not a status", selection.status))
    })?;
    Ok(Selection::AllIn {
        sync: sync_id(&selection.sync)?,
        status,
    })
}
