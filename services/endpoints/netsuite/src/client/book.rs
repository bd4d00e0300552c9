//! The attempts of a batch as they come about.

use ports::{Attempt, Exchange, Fault};

use super::Trouble;

/// The attempts of a batch as they fill.
pub(super) struct Book {
    slots: Vec<Slot>,
}

#[derive(Default)]
struct Slot {
    result: Option<Result<ports::Written, Fault>>,
    exchanges: Vec<Exchange>,
}

impl Book {
    pub(super) fn new(count: usize) -> Self {
        Self {
            slots: std::iter::repeat_with(Slot::default).take(count).collect(),
        }
    }

    pub(super) fn end(&mut self, place: usize, result: Result<ports::Written, Fault>) {
        if let Some(slot) = self.slots.get_mut(place) {
            slot.result = Some(result);
        }
    }

    /// How it ended so far.
    pub(super) fn result(&self, place: usize) -> Option<&Result<ports::Written, Fault>> {
        self.slots.get(place)?.result.as_ref()
    }

    pub(super) fn note(&mut self, place: usize, exchanges: impl IntoIterator<Item = Exchange>) {
        if let Some(slot) = self.slots.get_mut(place) {
            slot.exchanges.extend(exchanges);
        }
    }

    /// A request that all of these depend on failed. It only read: nothing was written for any of them.
    pub(super) fn end_all(&mut self, places: &[usize], trouble: Trouble) {
        if let Some(first) = places.first() {
            self.note(*first, trouble.exchanges);
        }
        for place in places {
            self.end(*place, Err(trouble.fault.clone()));
        }
    }

    /// As [`Book::end_all`], for those of them that have not ended yet.
    pub(super) fn end_open(&mut self, places: &[usize], trouble: Trouble) {
        let open = |place: &&usize| {
            let slot = self.slots.get(**place);
            slot.is_some_and(|slot| slot.result.is_none())
        };
        let open: Vec<usize> = places.iter().filter(open).copied().collect();
        self.end_all(&open, trouble);
    }

    pub(super) fn into_attempts(self) -> Vec<Attempt> {
        let slots = self.slots.into_iter();
        slots
            .map(|slot| Attempt {
                result: slot.result.unwrap_or_else(|| {
                    Err(Fault::Unavailable {
                        why: "the batch ended before its turn; nothing was written".to_owned(),
                    })
                }),
                exchanges: slot.exchanges,
            })
            .collect()
    }
}
