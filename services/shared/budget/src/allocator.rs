//! Who gets how many of an account's slots.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::instant::after;

/// What a worker wants and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Demand {
    /// Calls waiting, by lane in the order of [`ports::Lane::ALL`].
    pub waiting: [u32; 3],
    /// Calls running, by lane.
    pub running: [u32; 3],
    /// The slots it obeys as it says this.
    pub slots: u32,
    /// The number of the grant they came with; 0 when it has had none.
    pub serial: u64,
}

impl Demand {
    fn running(&self) -> u32 {
        self.running
            .iter()
            .fold(0, |sum, calls| sum.saturating_add(*calls))
    }
}

/// Hands slots out: lanes one after the other, within a lane evenly, what is left over evenly too, so that an idle worker can begin at
/// once. A slot taken from one worker is given to another only when the first has said that it is free.
#[derive(Debug)]
pub struct Allocator {
    /// How long a worker that is silent keeps its slots counted.
    keep: Duration,
    holders: BTreeMap<String, Holder>,
    serial: u64,
}

/// Slots for a worker, numbered.
type Numbered = (u64, u32);

#[derive(Debug)]
struct Holder {
    demand: Demand,
    /// When its slots are free if nothing more is heard of it.
    until: Timestamp,
    /// Grants it may not have heard of yet, and before them the one it obeys; the last is the one it should obey.
    sent: Vec<Numbered>,
}

impl Holder {
    /// Slots it may be using at this moment for all we know.
    fn committed(&self) -> u32 {
        let sent = self.sent.iter().map(|(_, slots)| *slots).max();
        sent.max(Some(self.demand.slots))
            .max(Some(self.demand.running()))
            .unwrap_or(0)
    }

    fn granted(&self) -> Option<Numbered> {
        self.sent.last().copied()
    }

    fn wants(&self, lane: usize) -> u32 {
        let of = |counts: &[u32; 3]| counts.get(lane).copied().unwrap_or(0);
        of(&self.demand.waiting).saturating_add(of(&self.demand.running))
    }
}

impl Allocator {
    /// An allocator that counts a silent worker's slots for that long: longer than the worker keeps its grant, by the longest call.
    #[must_use]
    pub const fn new(keep: Duration) -> Self {
        Self {
            keep,
            holders: BTreeMap::new(),
            serial: 0,
        }
    }

    /// A worker says what it wants and has.
    pub fn report(&mut self, now: Timestamp, holder: &str, demand: Demand) {
        let until = after(now, self.keep);
        let known = self.holders.entry(holder.to_owned());
        let known = known.or_insert(Holder {
            demand,
            until,
            sent: Vec::new(),
        });
        known.demand = demand;
        known.until = until;
        known.sent.retain(|(serial, _)| *serial >= demand.serial);
    }

    /// A worker's line broke: as a rule it is dead, and a live one is back within `spare`. Until then its slots count, no longer.
    pub fn cut_off(&mut self, now: Timestamp, holder: &str, spare: Duration) {
        if let Some(known) = self.holders.get_mut(holder) {
            known.until = known.until.min(after(now, spare));
        }
    }

    /// A worker has stopped in good order: its slots are free.
    pub fn leave(&mut self, holder: &str) {
        self.holders.remove(holder);
    }

    /// Calls running in all workers.
    #[must_use]
    pub fn running(&self) -> u32 {
        let running = self.holders.values().map(|holder| holder.demand.running());
        running.fold(0, u32::saturating_add)
    }

    /// Cuts the limit up anew: each worker's slots, with the number of the grant, by the worker's name. What is handed out, slots of silent
    /// workers and slots not yet given back included, never grows above the limit.
    pub fn grants(&mut self, now: Timestamp, limit: u32) -> BTreeMap<String, (u64, u32)> {
        self.holders.retain(|_, holder| now < holder.until);
        let committed = self.holders.values().map(Holder::committed);
        let mut free = limit.saturating_sub(committed.fold(0, u32::saturating_add));
        // Numbers go on rising when the process that counts them starts anew.
        let started = u64::try_from(now.as_millisecond()).unwrap_or(0);
        self.serial = self.serial.saturating_add(1).max(started);
        let targets = self.targets(limit);
        let mut grants = BTreeMap::new();
        for ((name, holder), target) in self.holders.iter_mut().zip(targets) {
            let held = holder.committed();
            let more = target.saturating_sub(held).min(free);
            free -= more;
            // What it has not given back yet can stay with it.
            let slots = target.min(held + more);
            let grant = match holder.granted() {
                Some(same) if same.1 == slots => same,
                _ => (self.serial, slots),
            };
            if holder.granted() != Some(grant) {
                holder.sent.push(grant);
            }
            grants.insert(name.clone(), grant);
        }
        grants
    }

    /// What each worker should have, in the order of the workers.
    fn targets(&self, limit: u32) -> Vec<u32> {
        let mut targets = vec![0; self.holders.len()];
        let mut left = limit;
        for lane in 0..3 {
            let wants = self.holders.values().map(|holder| holder.wants(lane));
            left = share(&mut targets, wants.collect(), left);
        }
        let anything = vec![u32::MAX; targets.len()];
        share(&mut targets, anything, left);
        targets
    }
}

/// Deals slots out one by one in turn to those who want more; returns what nobody wanted.
fn share(targets: &mut [u32], mut wants: Vec<u32>, mut left: u32) -> u32 {
    while left > 0 && wants.iter().any(|want| *want > 0) {
        for (target, want) in targets.iter_mut().zip(&mut wants) {
            if left > 0 && *want > 0 {
                *want -= 1;
                left -= 1;
                *target += 1;
            }
        }
    }
    left
}
