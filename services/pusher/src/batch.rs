//! The way of one batch: claim, map, check, write, record.

mod belonging;
mod doubt;
mod ending;
mod releases;
mod withhold;

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use commerce::{Event, RecordKey, Sku, TargetKey};
use jiff::Timestamp;
use mapping::Mapped;
use ports::ledger::{Claim, ClaimRequest, Outcome, Sighting, Step, StepKind};
use ports::{Assignments, Fault, LedgerError, Settlement, Status, Twin, Write};
use tracing::{Instrument as _, debug, info_span, warn};

use crate::Target;
use crate::check::{Checked, check, origin};
use crate::plan::{Plan, Relations};
pub(crate) use belonging::parent_of;

use belonging::order_of;
use doubt::Doubt;
use withhold::Lowered;

/// What a batch came to: how each of its deliveries is to be settled, and whether the connection has to rest.
pub(crate) struct Settled {
    pub(crate) settlements: Vec<Settlement>,
    /// Why the connection has to rest, when it does.
    pub(crate) paused: Option<String>,
    /// Whether the target has answered a write as one does whose credentials are good.
    pub(crate) admitted: bool,
}

/// One event of the batch on its way.
struct Item {
    event: Arc<Event>,
    attempt: u32,
    bound: Option<Twin>,
    /// An earlier attempt may have landed.
    doubt: Option<Doubt>,
    /// The level as it may be shown, where orders on their way lower it.
    lowered: Option<Lowered>,
    steps: Vec<Step>,
}

/// Brings events of one sync to the target. After an `Ok`, every outcome is in the ledger; nothing is settled yet.
pub(crate) async fn process(
    target: &Target,
    plan: &Plan,
    relations: Relations<'_>,
    events: Vec<Arc<Event>>,
) -> Result<Settled, LedgerError> {
    let mut run = Run {
        target,
        plan,
        relations,
        begun: target.clock.now(),
        settlements: vec![Settlement::Return; events.len()],
        outcomes: Vec::new(),
        unclaimed: Vec::new(),
        lowered: Vec::new(),
        paused: None,
        admitted: false,
    };
    let claimed = run.claim(&events).instrument(info_span!("claim")).await?;
    let claimed = run.withhold(claimed).await?;
    let located = run.locate(claimed).await?;
    let mapped = run.map(located).await?;
    run.write(mapped).instrument(info_span!("write")).await;
    run.release(&events);
    run.record().instrument(info_span!("record")).await?;
    run.release_late(&events).await;
    Ok(Settled {
        settlements: run.settlements,
        paused: run.paused,
        admitted: run.admitted,
    })
}

struct Run<'a> {
    target: &'a Target,
    plan: &'a Plan,
    relations: Relations<'a>,
    begun: Timestamp,
    settlements: Vec<Settlement>,
    outcomes: Vec<Outcome>,
    unclaimed: Vec<RecordKey>,
    /// The lowered levels of the batch, and when each was read: they wait for orders.
    lowered: Vec<(Sku, Timestamp)>,
    paused: Option<String>,
    admitted: bool,
}

impl Run<'_> {
    async fn claim(&mut self, events: &[Arc<Event>]) -> Result<Vec<(usize, Item)>, LedgerError> {
        let requests: Vec<ClaimRequest> = events
            .iter()
            .map(|event| ClaimRequest {
                key: event.key(),
                number: event.record.number().to_owned(),
                revision: event.revision,
            })
            .collect();
        let now = self.target.clock.now();
        let sync = self.plan.reference();
        let claims = self
            .target
            .ledger
            .claim(
                &sync,
                &self.target.holder,
                self.target.claim,
                now,
                &requests,
            )
            .await?;
        let mut items = Vec::with_capacity(events.len());
        for (index, (event, claim)) in events.iter().zip(claims).enumerate() {
            let (attempt, bound, doubt) = match claim {
                Claim::Write { attempt, bound } => (attempt, bound, None),
                Claim::Uncertain {
                    attempt,
                    bound,
                    only_this: true,
                } => (attempt, bound, Some(Doubt::This)),
                Claim::Uncertain { attempt, bound, .. } => (attempt, bound, Some(Doubt::Older)),
                Claim::Stale | Claim::Unchanged | Claim::Ignored => {
                    self.settle(index, Settlement::Done);
                    continue;
                }
                Claim::Busy { until } => {
                    debug!(sync = %sync.id, record = %event.external_id, until = %until, "busy elsewhere");
                    // Straight back to the queue would only turn in circles; until the claim's end would let a change that met an older
                    // version under way wait for minutes.
                    self.settle(index, Settlement::Retry(ports::retry_delay(0, None)));
                    continue;
                }
            };
            let steps = vec![read_step(event)];
            items.push((
                index,
                Item {
                    event: Arc::clone(event),
                    attempt,
                    bound,
                    doubt,
                    lowered: None,
                    steps,
                },
            ));
        }
        Ok(items)
    }

    /// Applies checks and rules, and finds the twins of parents.
    async fn map(
        &mut self,
        items: Vec<(usize, Item)>,
    ) -> Result<Vec<(usize, Item, Write)>, LedgerError> {
        let mut wanted = Vec::with_capacity(items.len());
        for (index, mut item) in items {
            if self.plan.sync.paused {
                self.park(index, item);
                continue;
            }
            if let Some(id) = origin(&item.event, &self.target.id) {
                self.come_back(index, item, id);
                continue;
            }
            let rounding = self.plan.mapping.rounding();
            match check(&item.event, item.bound.is_none(), rounding) {
                Checked::Fine => {}
                Checked::Rounded(told) => item.steps.push(self.step(StepKind::Checked, told)),
                Checked::Skip(rule) => {
                    self.close(index, item, Status::Skipped, rule.to_owned());
                    continue;
                }
                Checked::Hold(why) => {
                    self.hold(index, item, why);
                    continue;
                }
            }
            match self.plan.mapping.apply(&item.event) {
                Mapped::Write(set) => {
                    if let Some(note) = ruled(&set) {
                        let note = format!(
                            "{note}, by version {} of the configuration",
                            self.plan.configuration
                        );
                        item.steps.push(self.step(StepKind::Mapped, note));
                    }
                    wanted.push((index, item, set));
                }
                Mapped::Skip { rule } => {
                    self.close(index, item, Status::Skipped, format!("filter: {rule}"))
                }
                Mapped::Hold { why } => self.hold(index, item, why),
            }
        }
        self.note_unmapped().await?;
        let parents = self
            .parents(wanted.iter().map(|(_, item, _)| &*item.event))
            .await?;
        let alone = wanted
            .iter()
            .zip(&parents)
            .filter(|(_, parent)| parent.is_none());
        let left_out = self
            .left_out(alone.map(|((_, item, _), _)| &*item.event))
            .await?;
        let mut with_parent = Vec::with_capacity(wanted.len());
        for ((index, item, set), parent) in wanted.into_iter().zip(parents) {
            let why = order_of(&item.event.record).and_then(|order| left_out.get(order));
            if let (None, Some(why)) = (&parent, why) {
                self.close(index, item, Status::Skipped, why.clone());
                continue;
            }
            if let Some(what) = self.awaited(&item.event).await? {
                self.fail(index, item, &Fault::Missing { what });
                continue;
            }
            let write = item.write(parent, set);
            with_parent.push((index, item, write));
        }
        Ok(with_parent)
    }

    /// Takes note of what tables were asked for in vain.
    async fn note_unmapped(&self) -> Result<(), LedgerError> {
        let unmapped = self.plan.mapping.take_unmapped();
        if unmapped.is_empty() {
            return Ok(());
        }
        let sighting = |one: mapping::Unmapped| Sighting {
            table: one.table,
            value: one.value,
            times: one.times,
        };
        let sightings: Vec<Sighting> = unmapped.into_iter().map(sighting).collect();
        let (ledger, now) = (&self.target.ledger, self.target.clock.now());
        ledger
            .note_unmapped(&self.plan.sync.merchant, now, &sightings)
            .await
    }

    async fn write(&mut self, mut items: Vec<(usize, Item, Write)>) {
        let most = self.target.sink.batch_size(self.plan.sync.kind).max(1);
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(most));
            let (heads, writes): (Vec<(usize, Item)>, Vec<Write>) = items
                .into_iter()
                .map(|(index, item, write)| ((index, item), write))
                .unzip();
            let begun = self.target.clock.now();
            let attempts = self.target.sink.write(&writes).await;
            let took = self.target.clock.now().duration_since(begun);
            let (merchant, sync) = (&self.plan.sync.merchant, &self.plan.sync.id);
            let took = std::time::Duration::try_from(took).unwrap_or_default();
            telemetry::metrics::write_took(merchant.as_str(), sync.as_str(), took);
            let answered = attempts.len();
            for ((index, item), attempt) in heads.into_iter().zip(attempts) {
                self.take(index, item, attempt);
            }
            if answered != writes.len() {
                // The claims of the others run out and are looked up then: nothing is taken as unwritten.
                warn!(target = %self.target.id, writes = writes.len(), answered, "the sink left writes without an answer");
            }
            items = rest;
        }
    }

    async fn record(&self) -> Result<(), LedgerError> {
        let sync = self.plan.reference();
        if !self.outcomes.is_empty() {
            let now = self.target.clock.now();
            let ledger = &self.target.ledger;
            let holder = &self.target.holder;
            ledger.record(&sync, holder, now, &self.outcomes).await?;
            self.count();
        }
        if !self.unclaimed.is_empty() {
            self.target
                .ledger
                .unclaim(&sync, &self.target.holder, &self.unclaimed)
                .await?;
        }
        Ok(())
    }

    fn count(&self) {
        let (merchant, sync) = (&self.plan.sync.merchant, &self.plan.sync.id);
        for status in Status::ALL {
            let records = self.outcomes.iter().filter(|one| one.status == status);
            let records = u64::try_from(records.count()).unwrap_or_default();
            if records > 0 {
                let (merchant, sync) = (merchant.as_str(), sync.as_str());
                telemetry::metrics::records_settled(merchant, sync, status.as_str(), records);
            }
        }
    }

    fn outcome(&self, item: Item) -> Outcome {
        Outcome {
            key: item.event.key(),
            number: item.event.record.number().to_owned(),
            revision: item.event.revision,
            status: Status::Queued,
            reason: None,
            actor: None,
            twin: None,
            waits_for: None,
            next_try: None,
            releases: Vec::new(),
            made_of: None,
            event: Bytes::from(codec::encode_event(&item.event)),
            steps: item.steps,
        }
    }

    fn step(&self, kind: StepKind, note: String) -> Step {
        Step {
            at: self.target.clock.now(),
            kind,
            note,
            exchange: None,
            push: None,
        }
    }

    fn settle(&mut self, index: usize, how: Settlement) {
        if let Some(place) = self.settlements.get_mut(index) {
            *place = how;
        }
    }
}

impl Item {
    fn write(&self, parent: Option<Twin>, set: Assignments) -> Write {
        let event = &self.event;
        let shown = self
            .lowered
            .as_ref()
            .map_or(event, |lowered| &lowered.event);
        Write {
            event: Arc::clone(shown),
            key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
            bound: self.bound.clone(),
            parent,
            set,
        }
    }
}

/// Which fields rules set; `None` when they set none.
fn ruled(set: &Assignments) -> Option<String> {
    let header = set.header.keys().cloned();
    let lines = set.lines.values().flat_map(|fields| fields.keys());
    let lines: BTreeSet<&String> = lines.collect();
    let lines = lines.into_iter().map(|field| format!("line: {field}"));
    let parts = set.parts.iter().flat_map(|(place, fields)| {
        let named = move |field| format!("{}: {field}", place.name());
        fields.keys().map(named)
    });
    let payments = set.payments.values().flat_map(|fields| fields.keys());
    let payments: BTreeSet<&String> = payments.collect();
    let payments = payments
        .into_iter()
        .map(|field| format!("payment: {field}"));
    let names: Vec<String> = header.chain(lines).chain(parts).chain(payments).collect();
    (!names.is_empty()).then(|| format!("set by rules: {}", names.join(", ")))
}

fn read_step(event: &Event) -> Step {
    let at: Timestamp = event.read_at;
    let mut note = format!(
        "read from {}, changed there at {}",
        event.connection, event.revision.at
    );
    if let Some(occasion) = &event.occasion {
        note.push_str("; ");
        note.push_str(occasion);
    }
    Step {
        at,
        kind: StepKind::Read,
        note,
        exchange: None,
        push: None,
    }
}
