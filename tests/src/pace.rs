//! How fast the world's time passes while somebody waits for what goes on in it.

use std::time::Duration;

use jiff::Timestamp;
use ports::{Clock as _, SystemClock};
use sandbox::{Meter, Sandbox};

use crate::incarnation::Incarnation;
use crate::{SimClock, World};

/// Time that passes at each look while nothing at all goes on: long rests are over soon, and no lease runs out.
const QUIET: Duration = Duration::from_secs(45);
/// Time that passes at each look while nothing is in hand.
const IDLE: Duration = Duration::from_secs(5);
/// Time that passes at each look while work is going on: far too little to run out of a claim.
pub(crate) const BUSY: Duration = Duration::from_millis(50);
/// Real time between two looks.
pub(crate) const LOOK: Duration = Duration::from_millis(4);
/// The most of the world's time that may pass.
const PATIENCE: Duration = Duration::from_secs(48 * 3600);

/// Lets time pass, the faster the less goes on.
pub(crate) struct Pace {
    begun: Timestamp,
    asked: u64,
}

impl Pace {
    pub(crate) fn new(clock: &SimClock) -> Self {
        Self {
            begun: clock.now(),
            asked: 0,
        }
    }

    /// Until the next look; what stands in the way is told when too much time has passed.
    pub(crate) async fn step(
        &mut self,
        world: &World,
        process: &Incarnation,
        left: impl Fn() -> String,
    ) {
        let (asked, in_flight) = asked(&world.sandbox);
        let moved = asked != std::mem::replace(&mut self.asked, asked);
        let time = if process.in_hand.count() > 0 {
            BUSY
        } else if moved || in_flight {
            IDLE
        } else {
            QUIET
        };
        world.clock.pass(time);
        assert!(
            world.clock.now() < self.begun + PATIENCE,
            "no end after {PATIENCE:?}:\n{}",
            left()
        );
        SystemClock.sleep(LOOK).await;
    }
}

/// How often both sides were asked something, and whether one of them is at it.
fn asked(sandbox: &Sandbox) -> (u64, bool) {
    let meters: [&Meter; 2] = [sandbox.netsuite().meter(), sandbox.shopify().meter()];
    let all = meters.map(Meter::read);
    let counts = all.iter().flat_map(|one| &one.requests);
    let asked = counts.flat_map(|one| one.statuses.values()).sum();
    (asked, all.iter().any(|one| one.in_flight.now > 0))
}
