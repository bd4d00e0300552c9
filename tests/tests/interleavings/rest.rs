//! Coming to rest.

use std::time::Duration;

use causeway_scenarios::{Phase, World, writes};

use crate::shelves::History;

/// What goes on at the same time, each answering the others.
pub(crate) const ALL: [Phase; 6] = [
    Phase::Orders,
    Phase::Refunds,
    Phase::Credits,
    Phase::Cancellations,
    Phase::Shipments,
    Phase::Stock,
];

/// The most turns until nothing moves: what happened on one side, and what the other makes of it.
const TURNS: usize = 3;

/// Lets all syncs read and write in turns until one makes no write.
pub(crate) async fn comes_to_rest(world: &mut World, shelves: &mut History) {
    for _ in 0..=TURNS {
        if turn(world, shelves).await == 0 {
            return;
        }
    }
    panic!("after {TURNS} turns something still moves");
}

/// One turn of all syncs; how many writes it made.
pub(crate) async fn turn(world: &mut World, shelves: &mut History) -> u64 {
    let before = writes(&world.sandbox);
    for phase in ALL {
        world.clock.pass(Duration::from_secs(90));
        world.run(phase, &[]).await;
        shelves.look(world);
    }
    writes(&world.sandbox) - before
}
