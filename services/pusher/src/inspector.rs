//! Completeness at the target, measured: compares what the ledger says a target holds with what it holds. Somebody may have deleted a
//! record there, or changed what it comes to; a ledger put back from a copy may not know what was written since.

mod compare;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use commerce::ExternalId;
use jiff::Timestamp;
use ports::ledger::{Deviation, Difference, Inspection, Landed};
use ports::{Alarm, Fault, LedgerError, Register, Sync, Window};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use self::compare::{Expected, Found, compare};
use crate::Target;
use crate::check::origin;

/// How often to see whether an inspection is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How often a target is inspected.
const EVERY: Duration = Duration::from_secs(3600);
/// How far back.
const BACK: Duration = Duration::from_secs(7 * 86_400);
/// What is younger may still be on its way.
const GRACE: Duration = Duration::from_secs(900);
/// Records read from the ledger at once.
const PAGE: u32 = 500;
/// Records named in an alert.
const NAMED: usize = 20;

/// Inspects one target, for every sync that writes to it.
pub struct Inspector {
    target: Target,
    syncs: Vec<Sync>,
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
    pub fn of(target: &Target, syncs: Vec<Sync>) -> Option<Self> {
        let kinds = target.sink.register()?.kinds();
        let syncs: Vec<Sync> = syncs
            .into_iter()
            .filter(|sync| kinds.contains(&sync.kind))
            .collect();
        (!syncs.is_empty()).then(|| Self {
            alarm: Alarm::new(target.merchant.clone(), target.ledger.clone()),
            target: target.clone(),
            syncs,
        })
    }

    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.round().await {
                warn!(target = %self.target.id, error = %error, "the target could not be inspected, will try again");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.target.clock.sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Inspects for the syncs that are due.
    ///
    /// # Errors
    /// [`Error`]; what was inspected before is noted.
    pub async fn round(&self) -> Result<(), Error> {
        let Some(register) = self.target.sink.register() else {
            return Ok(());
        };
        let now = self.target.clock.now();
        let known = self
            .target
            .ledger
            .inspections(&self.target.merchant)
            .await?;
        let mut before: HashMap<_, Inspection> = known
            .into_iter()
            .map(|one| (one.sync.clone(), one))
            .collect();
        for sync in &self.syncs {
            let last = before.remove(&sync.id);
            if last
                .as_ref()
                .is_none_or(|last| last.at <= earlier(now, EVERY))
            {
                self.inspect(register, sync, last, now).await?;
            }
        }
        Ok(())
    }

    async fn inspect(
        &self,
        register: &dyn Register,
        sync: &Sync,
        last: Option<Inspection>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let window = Window {
            from: earlier(now, BACK),
            to: earlier(now, GRACE),
        };
        let expected = self.expected(register, sync, window).await?;
        let found = compare(register, &sync.from, sync.kind, &expected).await?;
        let found = self.without_known(sync, found).await?;
        let known: HashMap<ExternalId, Timestamp> = last
            .into_iter()
            .flat_map(|last| last.deviations)
            .map(|one| (one.twin, one.since))
            .collect();
        let deviations = found
            .into_iter()
            .filter_map(|one| {
                let twin = ExternalId::new(one.twin.to_string()).ok()?;
                Some(Deviation {
                    since: known.get(&twin).copied().unwrap_or(now),
                    id: one.id,
                    twin,
                    what: one.what,
                })
            })
            .collect();
        let inspection = Inspection {
            sync: sync.id.clone(),
            window,
            at: now,
            expected: u64::try_from(expected.len()).unwrap_or(u64::MAX),
            deviations,
        };
        self.tell(&inspection, now).await?;
        let (ledger, merchant) = (&self.target.ledger, &self.target.merchant);
        Ok(ledger.put_inspection(merchant, &inspection).await?)
    }

    /// What the target should hold, by its ids there. Of each record no more is kept than is compared.
    async fn expected(
        &self,
        register: &dyn Register,
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
                match self.expectation(register, &one) {
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

    /// `None` for what came from the target: it stands there under no key of ours.
    fn expectation(
        &self,
        register: &dyn Register,
        one: &Landed,
    ) -> Result<Option<Expected>, String> {
        let event = codec::decode_event(&one.event);
        let event = event.map_err(|error| format!("what is stored of it: {error}"))?;
        if origin(&event, &self.target.id).is_some() {
            return Ok(None);
        }
        let twin = one.twin.as_str().parse();
        let twin = twin.map_err(|_| format!("its id at the target, {}, is no number", one.twin))?;
        Ok(Some(Expected {
            twin,
            id: one.id.clone(),
            amount: register.amount(&event),
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

    /// An alert for records that are not there: money shown differently may be a person's doing, and is told by the audit alone.
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

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}
