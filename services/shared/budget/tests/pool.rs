//! Slots shared by several workers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use causeway_budget::{Allocator, Demand, Outcomes, Pool, SlotSettings};
use jiff::Timestamp;
use proptest::prelude::*;

const KEEP: Duration = Duration::from_secs(60);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Orders and bulk calls waiting.
fn wants(orders: u32, bulk: u32) -> Demand {
    Demand {
        waiting: [orders, 0, bulk],
        ..Demand::default()
    }
}

fn granted(allocator: &mut Allocator, now: i64, limit: u32) -> Vec<u32> {
    let grants = allocator.grants(at(now), limit);
    grants.into_values().map(|(_, slots)| slots).collect()
}

#[test]
fn lanes_come_one_after_the_other() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "backfill", wants(0, 100));
    allocator.report(at(0), "orders", wants(4, 0));
    assert_eq!(granted(&mut allocator, 0, 5), [1, 4]);
}

#[test]
fn within_a_lane_all_get_the_same() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "a", wants(100, 0));
    allocator.report(at(0), "b", wants(1, 0));
    allocator.report(at(0), "c", wants(100, 0));
    assert_eq!(granted(&mut allocator, 0, 9), [4, 1, 4]);
}

#[test]
fn what_nobody_wants_stands_ready_evenly() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "a", wants(2, 0));
    allocator.report(at(0), "b", wants(0, 0));
    assert_eq!(granted(&mut allocator, 0, 6), [4, 2]);
}

#[test]
fn a_slot_moves_only_when_it_is_free() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "a", wants(5, 0));
    let grants = allocator.grants(at(0), 5);
    assert_eq!(grants["a"].1, 5);
    let busy = Demand {
        running: [5, 0, 0],
        slots: 5,
        serial: grants["a"].0,
        ..Demand::default()
    };
    allocator.report(at(1), "a", busy);
    allocator.report(at(1), "b", wants(5, 0));
    let grants = allocator.grants(at(1), 5);
    assert_eq!((grants["a"].1, grants["b"].1), (3, 0));
    // It obeys, and two of its calls have ended.
    let obeys = Demand {
        running: [3, 0, 0],
        slots: 3,
        serial: grants["a"].0,
        ..Demand::default()
    };
    allocator.report(at(2), "a", obeys);
    assert_eq!(granted(&mut allocator, 2, 5), [3, 2]);
}

#[test]
fn a_grant_that_may_still_be_on_its_way_is_counted() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "a", wants(5, 0));
    allocator.grants(at(0), 5);
    // Taken back before the worker has said a word: it may have all five.
    allocator.report(at(1), "a", wants(0, 0));
    allocator.report(at(1), "b", wants(5, 0));
    assert_eq!(granted(&mut allocator, 1, 5), [0, 0]);
}

#[test]
fn a_worker_that_vanished_keeps_its_slots_until_its_grant_has_expired() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "gone", wants(5, 0));
    allocator.grants(at(0), 5);
    allocator.report(at(59), "there", wants(5, 0));
    let grants = allocator.grants(at(59), 5);
    assert_eq!(grants["there"].1, 0);
    let grants = allocator.grants(at(60), 5);
    assert_eq!(grants.len(), 1);
    assert_eq!(grants["there"].1, 5);
}

#[test]
fn a_worker_that_leaves_in_good_order_frees_its_slots_at_once() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "gone", wants(5, 0));
    allocator.grants(at(0), 5);
    allocator.leave("gone");
    allocator.report(at(1), "there", wants(5, 0));
    assert_eq!(granted(&mut allocator, 1, 5), [5]);
}

#[test]
fn a_worker_whose_line_broke_keeps_its_slots_as_long_as_a_live_one_needs_to_come_back() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "dead", wants(5, 0));
    allocator.grants(at(0), 5);
    allocator.cut_off(at(1), "dead", Duration::from_secs(15));
    allocator.report(at(15), "successor", wants(5, 0));
    assert_eq!(granted(&mut allocator, 15, 5).last(), Some(&0));
    assert_eq!(granted(&mut allocator, 16, 5), [5]);
}

#[test]
fn a_worker_that_is_back_after_its_line_broke_keeps_its_slots() {
    let mut allocator = Allocator::new(KEEP);
    allocator.report(at(0), "back", wants(5, 0));
    allocator.grants(at(0), 5);
    allocator.cut_off(at(1), "back", Duration::from_secs(15));
    allocator.report(at(7), "back", wants(5, 5));
    assert_eq!(granted(&mut allocator, 20, 5), [5]);
}

/// A worker that uses all it has, over a line that loses and delays messages but keeps their order.
#[derive(Debug, Default)]
struct Worker {
    wants: u32,
    running: u32,
    slots: u32,
    serial: u64,
    /// Grants on their way to it.
    line: Vec<(u64, u32)>,
}

#[derive(Debug, Clone)]
enum Step {
    Want(usize, u32),
    Hear(usize),
    Finish(usize),
    Report(usize),
    Grant,
    Limit(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3_usize, 0..8_u32).prop_map(|(who, wants)| Step::Want(who, wants)),
        (0..3_usize).prop_map(Step::Hear),
        (0..3_usize).prop_map(Step::Finish),
        (0..3_usize).prop_map(Step::Report),
        Just(Step::Grant),
        (1..8_u32).prop_map(Step::Limit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn workers_together_never_exceed_the_limit(steps in prop::collection::vec(step(), 1..120)) {
        let mut allocator = Allocator::new(KEEP);
        let mut workers: Vec<Worker> = (0..3).map(|_| Worker::default()).collect();
        let mut limit = 5;
        // After the limit has fallen, those that run may still run, but no new call may begin above it.
        let mut most = limit;
        for step in steps {
            match step {
                Step::Want(who, wants) => workers[who].wants = wants,
                Step::Hear(who) if !workers[who].line.is_empty() => {
                    let (serial, slots) = workers[who].line.remove(0);
                    workers[who].serial = serial;
                    workers[who].slots = slots;
                }
                Step::Finish(who) => workers[who].running = workers[who].running.saturating_sub(1),
                Step::Report(who) => {
                    let worker = &workers[who];
                    let demand = Demand {
                        waiting: [worker.wants, 0, 0],
                        running: [worker.running, 0, 0],
                        slots: worker.slots,
                        serial: worker.serial,
                    };
                    allocator.report(at(0), &who.to_string(), demand);
                }
                Step::Grant => {
                    let grants: BTreeMap<_, _> = allocator.grants(at(0), limit);
                    let sum: u32 = grants.values().map(|(_, slots)| slots).sum();
                    prop_assert!(sum <= limit);
                    for (who, grant) in grants {
                        workers[who.parse::<usize>().unwrap()].line.push(grant);
                    }
                }
                Step::Limit(new) => {
                    limit = new;
                    most = most.max(new);
                }
                Step::Hear(_) => {}
            }
            for worker in &mut workers {
                worker.running = worker.running.max(worker.slots.min(worker.wants));
            }
            let running: u32 = workers.iter().map(|worker| worker.running).sum();
            prop_assert!(running <= most, "{running} of {most}: {workers:?}");
        }
    }
}

/// Reports of one worker that uses all it is granted, against an account that takes so many.
fn live_with(pool: &mut Pool, capacity: u32, seconds: std::ops::Range<i64>) -> u32 {
    let mut demand = wants(100, 0);
    let mut outcomes = Outcomes::default();
    let mut refusals = 0;
    for second in seconds {
        pool.report(at(second), "worker", demand, outcomes);
        let grant = pool.grants(at(second))["worker"];
        demand = Demand {
            running: [grant.slots, 0, 0],
            slots: grant.slots,
            serial: grant.serial,
            ..wants(100, 0)
        };
        let refused = grant.slots.saturating_sub(capacity);
        refusals += refused;
        outcomes = Outcomes {
            epoch: grant.epoch,
            succeeded: grant.slots.min(capacity),
            refused,
            retry_after: None,
        };
    }
    refusals
}

#[test]
fn a_pool_finds_the_limit_of_an_account_and_stays_there() {
    let mut pool = Pool::new(&SlotSettings::default(), KEEP);
    let refusals = live_with(&mut pool, 7, 0..10_000);
    assert_eq!(pool.usage(), (7, 7));
    // Of 70,000 calls.
    assert!(refusals < 70, "{refusals}");
    live_with(&mut pool, 4, 10_000..10_100);
    assert_eq!(pool.usage().0, 4);
    live_with(&mut pool, 9, 10_100..11_000);
    assert_eq!(pool.usage().0, 9);
}

#[test]
fn a_pool_goes_on_from_what_workers_obey_of_the_one_before() {
    let settings = SlotSettings::default();
    let mut before = Pool::new(&settings, KEEP);
    before.report(at(10), "a", wants(9, 0), Outcomes::default());
    let serial = before.grants(at(10))["a"].serial;
    let obeys = |slots| Demand {
        running: [slots, 0, 0],
        slots,
        serial,
        ..wants(9, 0)
    };

    let mut pool = Pool::new(&settings, KEEP);
    pool.report(at(20), "a", obeys(8), Outcomes::default());
    let grants = pool.grants(at(20));
    assert_eq!(grants["a"].slots, 8);
    pool.report(at(21), "b", obeys(7), Outcomes::default());
    assert_eq!(pool.usage().0, 15);
    // What it granted itself is no news to it, and nothing is inherited against better knowledge.
    let own = Demand {
        serial: grants["a"].serial,
        ..obeys(8)
    };
    let refused = Outcomes {
        epoch: pool.grants(at(21))["a"].epoch,
        refused: 1,
        ..Outcomes::default()
    };
    pool.report(at(22), "a", own, refused);
    assert_eq!(pool.usage().0, 14);
    pool.report(at(23), "c", obeys(5), Outcomes::default());
    assert_eq!(pool.usage().0, 14);
}

#[test]
fn a_wait_that_one_worker_was_asked_for_holds_for_all() {
    let mut pool = Pool::new(&SlotSettings::default(), KEEP);
    pool.report(at(0), "other", wants(5, 0), Outcomes::default());
    let asked = Outcomes {
        retry_after: Some(Duration::from_secs(5)),
        ..Outcomes::default()
    };
    pool.report(at(0), "worker", wants(5, 0), asked);
    assert!(pool.grants(at(0)).values().all(|grant| grant.slots == 0));
    assert_eq!(
        pool.grants(at(5))
            .values()
            .map(|grant| grant.slots)
            .sum::<u32>(),
        2
    );
}
