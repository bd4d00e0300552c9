//! Remembers which events were published lately, so that the overlap of two reads is not published twice by the same process.

use std::collections::{HashSet, VecDeque};

use commerce::EventId;

/// A bounded set of event ids that forgets the oldest. Only saves work: a repeat that slips through is recognised by its claim.
#[derive(Debug)]
pub(crate) struct Recent {
    capacity: usize,
    order: VecDeque<EventId>,
    known: HashSet<EventId>,
}

impl Recent {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity,
            order: VecDeque::new(),
            known: HashSet::new(),
        }
    }

    pub(crate) fn contains(&self, id: EventId) -> bool {
        self.known.contains(&id)
    }

    /// To be called once the queue has confirmed the event.
    pub(crate) fn insert(&mut self, id: EventId) {
        if !self.known.insert(id) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_the_oldest_beyond_its_capacity() {
        let ids: Vec<EventId> = (0..4).map(|n| EventId::from_bytes([n; 16])).collect();
        let mut recent = Recent::with_capacity(3);
        ids.iter().for_each(|id| recent.insert(*id));
        recent.insert(ids[3]);
        assert!(!recent.contains(ids[0]));
        assert!(ids[1..].iter().all(|id| recent.contains(*id)));
    }
}
