//! Completeness at the target, measured: compares what the ledger says a target holds with what it holds. Somebody may have deleted a
//! record there, or changed what it comes to; a ledger put back from a copy may not know what was written since.

mod compare;
mod walk;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use commerce::{ConnectionId, Event, ExternalId, Kind, RecordKey};
use jiff::Timestamp;
use mapping::Mapping;
use ports::ledger::{Deviation, Difference, Inspection, Landed, Lease, RecordRef, Stream};
use ports::{
    Alarm, AuditCalls, Cursor, Fault, LedgerError, Register, Sums, Sync, Window, audit_is_due,
    is_state,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::compare::{Expected, Found, compare};
use self::walk::Walk;
use crate::Target;
use crate::check::origin;

/// How often to see whether an inspection is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// What is younger may still be on its way.
const GRACE: Duration = Duration::from_secs(900);
/// Records read from the ledger at once.
const PAGE: u32 = 500;
/// Records named in an alert.
const NAMED: usize = 20;

/// A sync whose target is inspected.
pub struct Inspected {
    /// The sync.
    pub sync: Sync,
    /// Its rules: what they set belongs to what the target should hold. Not shared with whoever writes, so that nothing is counted twice.
    pub mapping: Mapping,
}

/// Inspects one target, for every sync that writes to it.
pub struct Inspector {
    target: Target,
    syncs: Vec<Inspected>,
    calls: AuditCalls,
    alarm: Alarm,
}

/// An inspection came to no end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The target.
    #[error(transparent)]
    Target(#[from] Fault),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Inspector {
    /// The inspector of a target; `None` where no sync writes what the target can be asked for.
    #[must_use]
    pub fn of(target: &Target, syncs: Vec<Inspected>, calls: AuditCalls) -> Option<Self> {
        let syncs: Vec<Inspected> = syncs
            .into_iter()
            .filter(|one| target.sink.register(one.sync.kind).is_some())
            .collect();
        (!syncs.is_empty()).then(|| Self {
            alarm: Alarm::new(target.merchant.clone(), target.ledger.clone()),
            target: target.clone(),
            syncs,
            calls,
        })
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut asked = self.calls.listen();
        while !stop.is_cancelled() {
            asked.mark_unchanged();
            if let Err(error) = self.round(&stop).await {
                warn!(target = %self.target.id, error = %error, "the target could not be inspected, will try again");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Ok(()) = asked.changed() => {}
                () = self.target.clock.sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Inspects for the syncs that are due. One that was interrupted goes on where it was.
    ///
    /// # Errors
    /// [`Error`] of the first that failed; the others are inspected all the same.
    pub async fn round(&self, stop: &CancellationToken) -> Result<(), Error> {
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        let known = ledger.inspections(merchant).await?;
        let mut before: HashMap<_, Inspection> = known
            .into_iter()
            .map(|one| (one.sync.clone(), one))
            .collect();
        let mut outcome = Ok(());
        for one in &self.syncs {
            let last = before.remove(&one.sync.id);
            let asked = self.calls.listen().borrow().get(&one.sync.id).copied();
            let every = one.sync.schedule.audit.of_target(one.sync.kind);
            let at = last.as_ref().map(|last| last.at);
            if !audit_is_due(at, every, asked, self.target.clock.now()) {
                continue;
            }
            let inspected = self.inspect(one, last, stop).await;
            outcome = outcome.and(inspected);
        }
        outcome
    }

    /// Inspects, unless another process does.
    async fn inspect(
        &self,
        one: &Inspected,
        last: Option<Inspection>,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let Some(register) = self.target.sink.register(one.sync.kind) else {
            return Ok(());
        };
        let (ledger, now) = (&self.target.ledger, self.target.clock.now());
        // Whoever dies is waited for as long as with a claim.
        let time = self.target.claim;
        let stream = Stream {
            merchant: self.target.merchant.clone(),
            connection: self.target.id.clone(),
            kind: one.sync.kind,
            backfill: Some(format!("inspection of {}", one.sync.id)),
        };
        let holder = &self.target.holder;
        let Some(mut lease) = ledger.lease(&stream, holder, time, now).await? else {
            return Ok(());
        };
        let window = window(&one.sync, now);
        let inspected = match register {
            Register::Sums(sums) => self.count(sums, &one.sync, window, now).await.map(Some),
            Register::Looks(looks) => {
                let walk = Walk::interrupted(&lease.cursor, now);
                let mut walk = walk.unwrap_or_else(|| Walk::new(window, now));
                let done = self.walk(looks, one, (&mut walk, &mut lease), stop);
                done.await.map(|done| done.then_some(walk))
            }
        };
        if let Ok(Some(walk)) = &inspected {
            self.conclude(&one.sync, last, walk).await?;
            lease = self.begin_anew(&lease).await?;
        }
        ledger.release(&lease).await?;
        inspected.map(|_| ())
    }

    async fn begin_anew(&self, lease: &Lease) -> Result<Lease, LedgerError> {
        let now = self.target.clock.now();
        let ledger = &self.target.ledger;
        ledger
            .advance(lease, &Cursor::default(), &[], self.target.claim, now)
            .await
    }

    /// Compares by sums.
    async fn count(
        &self,
        sums: &dyn Sums,
        sync: &Sync,
        window: Window,
        now: Timestamp,
    ) -> Result<Walk, Error> {
        let expected = self.expected(sums, sync, window).await?;
        let found = compare(sums, &sync.from, sync.kind, &expected).await?;
        let found = self.without_known(sync, found).await?;
        let mut walk = Walk::new(window, now);
        walk.looked = u64::try_from(expected.len()).unwrap_or(u64::MAX);
        walk.found = found
            .into_iter()
            .filter_map(|one| {
                let twin = ExternalId::new(one.twin.to_string()).ok()?;
                Some(Deviation {
                    since: now,
                    id: one.id,
                    twin,
                    what: one.what,
                })
            })
            .collect();
        Ok(walk)
    }

    /// Keeps and tells what was found.
    async fn conclude(
        &self,
        sync: &Sync,
        last: Option<Inspection>,
        walk: &Walk,
    ) -> Result<(), LedgerError> {
        let known: HashMap<ExternalId, Timestamp> = last
            .into_iter()
            .flat_map(|last| last.deviations)
            .map(|one| (one.twin, one.since))
            .collect();
        let mut deviations = walk.found.clone();
        for one in &mut deviations {
            one.since = known.get(&one.twin).copied().unwrap_or(one.since);
        }
        let now = self.target.clock.now();
        let inspection = Inspection {
            sync: sync.id.clone(),
            window: walk.window,
            at: now,
            expected: walk.looked,
            deviations,
        };
        self.tell(&inspection, now).await?;
        self.mend(sync, &inspection.deviations, now).await?;
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        ledger.put_inspection(merchant, &inspection).await
    }

    /// Writes levels again that the target shows otherwise: what there is of an article is the source's to say. All else somebody may have changed
    /// on purpose, and is told alone.
    async fn mend(
        &self,
        sync: &Sync,
        deviations: &[Deviation],
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        if sync.kind != Kind::Stock {
            return Ok(());
        }
        let shown = deviations.iter().filter_map(|one| match &one.what {
            Difference::Content { what } => {
                let record = RecordRef {
                    sync: sync.id.clone(),
                    key: RecordKey {
                        kind: sync.kind,
                        id: one.id.clone(),
                    },
                };
                Some((record, what.clone()))
            }
            _ => None,
        });
        let shown: Vec<(RecordRef, String)> = shown.collect();
        if shown.is_empty() {
            return Ok(());
        }
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        let levels = ledger.reopen(merchant, &shown, now).await?;
        info!(sync = %sync.id, levels, "levels that the target shows otherwise are written again");
        Ok(())
    }

    /// What the target should hold, by its ids there. Of each record no more is kept than is compared.
    async fn expected(
        &self,
        sums: &dyn Sums,
        sync: &Sync,
        window: Window,
    ) -> Result<Vec<Expected>, LedgerError> {
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        let mut expected = Vec::new();
        let mut last: Option<(Timestamp, ExternalId)> = None;
        loop {
            let after = last.as_ref().map(|(at, id)| (*at, id));
            let page = ledger
                .landed(merchant, &sync.id, window, after, PAGE)
                .await?;
            let Some(end) = page.last() else { break };
            last = Some((end.changed_at, end.id.clone()));
            for one in page {
                match self.expectation(sums, &one) {
                    Ok(one) => expected.extend(one),
                    Err(why) => {
                        warn!(sync = %sync.id, record = %one.id, why, "a record is not inspected");
                    }
                }
            }
        }
        expected.sort_by_key(|one| one.twin);
        Ok(expected)
    }

    fn expectation(&self, sums: &dyn Sums, one: &Landed) -> Result<Option<Expected>, String> {
        let Some(event) = decoded(&one.event, &self.target.id)? else {
            return Ok(None);
        };
        let twin = one.twin.as_str().parse();
        let twin = twin.map_err(|_| format!("its id at the target, {}, is no number", one.twin))?;
        Ok(Some(Expected {
            twin,
            id: one.id.clone(),
            amount: sums.amount(&event),
        }))
    }

    /// What nobody expected may still be known: from before the window, from another connection, or on its way at this moment.
    async fn without_known(
        &self,
        sync: &Sync,
        mut found: Vec<Found>,
    ) -> Result<Vec<Found>, LedgerError> {
        let extra = || found.iter().filter(|one| one.what == Difference::Extra);
        let ids: Vec<ExternalId> = extra().map(|one| one.id.clone()).collect();
        let twins: Vec<ExternalId> = extra()
            .filter_map(|one| ExternalId::new(one.twin.to_string()).ok())
            .collect();
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        let absent = ledger.absent(merchant, &sync.id, sync.kind, &ids).await?;
        let absent: HashSet<ExternalId> = absent.into_iter().collect();
        let unbound = ledger
            .unbound(merchant, sync.kind, &self.target.id, &twins)
            .await?;
        let unbound: HashSet<String> = unbound.iter().map(ToString::to_string).collect();
        found.retain(|one| {
            one.what != Difference::Extra
                || (absent.contains(&one.id) && unbound.contains(&one.twin.to_string()))
        });
        Ok(found)
    }

    /// An alert for records that are not there: what is shown differently may be a person's doing, and is told by the audit alone.
    async fn tell(&self, inspection: &Inspection, now: Timestamp) -> Result<(), LedgerError> {
        let about = format!("{} at {}", inspection.sync, self.target.id);
        let deviations = &inspection.deviations;
        if deviations.is_empty() {
            info!(sync = %inspection.sync, records = inspection.expected, "the target holds what it should");
        } else {
            warn!(sync = %inspection.sync, records = inspection.expected, deviations = deviations.len(), "the target differs");
        }
        let gone: Vec<&Deviation> = deviations
            .iter()
            .filter(|one| one.what == Difference::Missing)
            .collect();
        if gone.is_empty() {
            return self.alarm.resolve(&about, now).await;
        }
        let named: Vec<String> = gone
            .iter()
            .take(NAMED)
            .map(|one| format!("{} (there {})", one.id, one.twin))
            .collect();
        let what = format!(
            "{} records that were written are no longer there: {}; see there who deleted them, and mark those that are to stay away with `causeway ignore`",
            gone.len(),
            named.join(", ")
        );
        self.alarm.raise(&about, &what, now).await
    }
}

/// Which records are compared: those first seen in this span and not changed after its end. States are, however long they are known.
fn window(sync: &Sync, now: Timestamp) -> Window {
    let from = if is_state(sync.kind) {
        Timestamp::UNIX_EPOCH
    } else {
        earlier(now, sync.schedule.audit.back)
    };
    Window {
        from,
        to: earlier(now, GRACE),
    }
}

/// The event that was written; `None` for what came from the target: it stands there under no key of ours.
fn decoded(event: &[u8], target: &ConnectionId) -> Result<Option<Event>, String> {
    let event = codec::decode_event(event);
    let event = event.map_err(|error| format!("what is stored of it: {error}"))?;
    Ok(origin(&event, target).is_none().then_some(event))
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}
