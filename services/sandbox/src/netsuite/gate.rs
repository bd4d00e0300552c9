use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::meter::{InFlight, Meter};

/// The account's slots: one pool for all integrations; who comes too late is refused at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<AtomicU32>);

/// A slot, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    gate: Gate,
    _counted: InFlight,
}

impl Gate {
    /// Takes one of `capacity` slots.
    pub(super) fn enter(&self, capacity: u32, meter: &Meter) -> Option<Slot> {
        let taken = |now: u32| (now < capacity).then_some(now + 1);
        self.0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, taken)
            .ok()?;
        Some(Slot {
            gate: self.clone(),
            _counted: meter.slot(),
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.gate.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn whoever_comes_too_late_is_turned_away() {
        let (gate, meter) = (Gate::default(), Meter::new(Clock::system()));
        let (one, two) = (gate.enter(2, &meter), gate.enter(2, &meter));
        assert!(one.is_some() && two.is_some() && gate.enter(2, &meter).is_none());
        drop(one);
        assert!(gate.enter(2, &meter).is_some());
        // A slot given to another integration is missed at once, and nobody is thrown out for it.
        assert!(gate.enter(1, &meter).is_none());
        assert_eq!(meter.read().slots.most, 2);
    }
}
