//! Completeness, measured: compares what the source has with what the ledger has ever heard of, and has what is missing read again.
//!
//! The cursor promises that nothing is missed; this does not believe it. A source may tell of a record late, in another order or not at
//! all by its time of change, and then only its list of what was created tells.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use commerce::{ExternalId, Kind};
use jiff::Timestamp;
use ports::ledger::{AuditEntry, Backfill, BackfillScope, BackfillState, Missing, Reconciliation};
use ports::{Alarm, AuditCalls, LedgerError, Sync, Window, audit_is_due};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::pull::Error;
use crate::{Connection, Puller};

/// How often to see whether a comparison is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The same where something was missing: has it come?
const AGAIN_AFTER: Duration = Duration::from_secs(300);
/// What is younger may still be on its way.
const GRACE: Duration = Duration::from_secs(900);
/// How the backfills begin that read what is missing.
const OF_MISSING: &str = "missing-";
/// Ids named in one entry of the audit log.
const NAMED: usize = 20;

/// Compares one stream's source with the ledger, for every sync that reads it.
pub struct Auditor {
    connection: Connection,
    kind: Kind,
    readers: Vec<Sync>,
    caught_up: watch::Receiver<bool>,
    calls: AuditCalls,
    alarm: Alarm,
}

impl Auditor {
    /// The auditor of a puller's stream; `None` for a kind that is a state and not an occurrence, of which a source has no list.
    #[must_use]
    pub fn of(puller: &Puller, calls: AuditCalls) -> Option<Self> {
        let (connection, kind, readers) = puller.stream();
        (!matches!(kind, Kind::Stock | Kind::Price)).then(|| Self {
            alarm: Alarm::new(connection.merchant.clone(), connection.ledger.clone()),
            connection: connection.clone(),
            kind,
            readers: readers.clone(),
            caught_up: puller.caught_up(),
            calls,
        })
    }

    /// Works until told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut asked = self.calls.listen();
        while !stop.is_cancelled() {
            // Before the stream has been read to its end once, everything would be missing.
            tokio::select! {
                () = stop.cancelled() => break,
                caught_up = self.caught_up.wait_for(|caught_up| *caught_up) => {
                    if caught_up.is_err() {
                        break;
                    }
                }
            }
            asked.mark_unchanged();
            if let Err(error) = self.round().await {
                warn!(connection = %self.connection.id, kind = %self.kind, error = %error, "completeness could not be measured, will try again");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Ok(()) = asked.changed() => {}
                () = self.connection.clock.sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Compares, for the syncs that are due, with one reading of the source's list for those that look back equally far.
    ///
    /// # Errors
    /// [`Error`]; syncs compared before are noted.
    pub async fn round(&self) -> Result<(), Error> {
        let now = self.connection.clock.now();
        let ledger = &self.connection.ledger;
        let known = ledger.reconciliations(&self.connection.merchant).await?;
        let mut before: HashMap<_, Reconciliation> = known
            .into_iter()
            .map(|one| (one.sync.clone(), one))
            .collect();
        let due: Vec<&Sync> = self
            .readers
            .iter()
            .filter(|sync| self.is_due(sync, before.get(&sync.id), now))
            .collect();
        let mut by_span: BTreeMap<Duration, Vec<&Sync>> = BTreeMap::new();
        for sync in due {
            let back = sync.schedule.audit.back;
            by_span.entry(back).or_default().push(sync);
        }
        for (back, syncs) in by_span {
            let window = Window {
                from: earlier(now, back),
                to: earlier(now, GRACE),
            };
            let ids = self.connection.source.ids(self.kind, window).await?;
            for sync in syncs {
                let last = before.remove(&sync.id);
                self.compare(sync, window, &ids, last, now).await?;
            }
        }
        Ok(())
    }

    fn is_due(&self, sync: &Sync, last: Option<&Reconciliation>, now: Timestamp) -> bool {
        let every = sync.schedule.audit.of_source();
        let every = match last {
            Some(last) if !last.missing.is_empty() => every.min(AGAIN_AFTER),
            _ => every,
        };
        let asked = self.calls.listen().borrow().get(&sync.id).copied();
        audit_is_due(last.map(|last| last.at), every, asked, now)
    }

    async fn compare(
        &self,
        sync: &Sync,
        window: Window,
        ids: &[ExternalId],
        last: Option<Reconciliation>,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (ledger, merchant) = (&self.connection.ledger, &self.connection.merchant);
        let absent = ledger.absent(merchant, &sync.id, self.kind, ids).await?;
        let known: HashMap<ExternalId, Timestamp> = last
            .into_iter()
            .flat_map(|last| last.missing)
            .map(|one| (one.id, one.since))
            .collect();
        let missing: Vec<Missing> = absent
            .into_iter()
            .map(|id| Missing {
                since: known.get(&id).copied().unwrap_or(now),
                id,
            })
            .collect();
        if missing.is_empty() {
            info!(sync = %sync.id, records = ids.len(), "nothing is missing");
        } else {
            self.read_again(sync, &missing, now).await?;
        }
        self.tell(sync, &missing, now).await?;
        let found = Reconciliation {
            sync: sync.id.clone(),
            window,
            at: now,
            at_source: u64::try_from(ids.len()).unwrap_or(u64::MAX),
            missing,
        };
        ledger.put_reconciliation(merchant, &found).await
    }

    async fn read_again(
        &self,
        sync: &Sync,
        missing: &[Missing],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (ledger, merchant) = (&self.connection.ledger, &self.connection.merchant);
        let job = Backfill {
            id: format!("{OF_MISSING}{}-{}", sync.id, now.as_second()),
            connection: self.connection.id.clone(),
            kind: self.kind,
            scope: BackfillScope::Ids(missing.iter().map(|one| one.id.clone()).collect()),
            state: BackfillState::Running,
            expected: Some(u64::try_from(missing.len()).unwrap_or(u64::MAX)),
            published: 0,
        };
        ledger.put_backfill(merchant, &job).await?;
        let entry = AuditEntry {
            at: now,
            by: format!("completeness of {}", sync.id),
            action: "missing".to_owned(),
            detail: format!("{}; reading them again as {}", named(missing), job.id),
        };
        warn!(sync = %sync.id, detail = entry.detail, "records of the source never arrived");
        ledger.audit(merchant, &entry).await
    }

    /// An alert once reading them again has not helped.
    async fn tell(
        &self,
        sync: &Sync,
        missing: &[Missing],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let about = format!("completeness of {}", sync.id);
        let still: Vec<Missing> = missing
            .iter()
            .filter(|one| one.since < now)
            .cloned()
            .collect();
        if !still.is_empty() {
            let what = format!(
                "{}, though they were read again: look them up in {} by these ids; the log of its puller says what came of reading them",
                named(&still),
                self.connection.id
            );
            return self.alarm.raise(&about, &what, now).await;
        }
        self.alarm.resolve(&about, now).await
    }
}

/// Why a backfill reads, for the journeys of what it reads.
pub(crate) fn occasion(job: &Backfill) -> String {
    if job.id.starts_with(OF_MISSING) {
        format!(
            "read again as {}: {} had it, and it had never arrived here",
            job.id, job.connection
        )
    } else if matches!(job.scope, BackfillScope::Again(_)) {
        "read anew: what was kept of it is not what its source has now".to_owned()
    } else {
        format!("read by backfill {}", job.id)
    }
}

fn named(missing: &[Missing]) -> String {
    let ids: Vec<&str> = missing.iter().map(|one| one.id.as_str()).collect();
    let shown = ids
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let more = ids.len().saturating_sub(NAMED);
    match more {
        0 => format!("{} missing: {shown}", ids.len()),
        _ => format!("{} missing: {shown} and {more} more", ids.len()),
    }
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}
