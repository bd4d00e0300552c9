//! Units of a listing in Amazon's warehouses.

use jiff::Timestamp;

use super::listing::Listing;

/// Units in Amazon's warehouses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) fulfillable: u32,
    pub(super) reserved: u32,
    pub(super) updated: Timestamp,
}

impl Listing {
    /// Units that Amazon has and that nobody waits for.
    pub(super) fn available(&self) -> u32 {
        self.kept.map_or(0, |kept| kept.fulfillable)
    }

    /// Takes units in that the seller sent.
    pub(super) fn take_in(&mut self, units: u32, now: Timestamp) {
        let kept = self.kept.get_or_insert(Kept {
            fulfillable: 0,
            reserved: 0,
            updated: now,
        });
        kept.fulfillable += units;
        kept.updated = now;
    }

    /// Sets units of Amazon's aside for an order.
    pub(super) fn reserve(&mut self, units: u32, now: Timestamp) {
        if let Some(kept) = &mut self.kept {
            let units = units.min(kept.fulfillable);
            kept.fulfillable -= units;
            kept.reserved += units;
            kept.updated = now;
        }
    }

    /// Gives units back that were set aside; what the seller keeps is the seller's to count.
    pub(super) fn release(&mut self, units: u32, now: Timestamp) {
        if let Some(kept) = &mut self.kept {
            let units = units.min(kept.reserved);
            kept.reserved -= units;
            kept.fulfillable += units;
            kept.updated = now;
        }
    }

    /// Units that were set aside leave.
    pub(super) fn leave(&mut self, units: u32, now: Timestamp) {
        if let Some(kept) = &mut self.kept {
            kept.reserved -= units.min(kept.reserved);
            kept.updated = now;
        }
    }
}
