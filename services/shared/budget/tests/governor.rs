//! The governor against a simulated account, in simulated time: how much of the account it uses, and how many calls it has refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use causeway_budget::{Governor, SlotSettings, Ticket};
use jiff::Timestamp;

/// An account with demand without end: how many of its slots are there for us depends on the time.
struct Account<C> {
    capacity: C,
    /// Milliseconds a call takes, at least and at most.
    takes: (u64, u64),
    /// Milliseconds a refusal takes.
    refuses_in: (u64, u64),
}

#[derive(Debug)]
struct Seen {
    /// Of 100,000 available slot milliseconds, how many were used.
    busy: u64,
    /// Of 100,000 calls, how many were refused.
    refused: u64,
    calls: u64,
    most_in_use: u32,
    limit: u32,
}

struct Call {
    ticket: Ticket,
    refused: bool,
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millisecond(i64::try_from(millis).unwrap()).unwrap()
}

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

impl<C: Fn(u64) -> u32> Account<C> {
    fn run(&self, settings: &SlotSettings, from: u64, until: u64) -> Seen {
        let mut governor = Governor::new(settings);
        let mut random = fastrand::Rng::with_seed(7);
        let mut ends: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
        let mut calls: Vec<Option<Call>> = Vec::new();
        let (mut now, mut accepted) = (0, 0_u32);
        let (mut used, mut available, mut refused, mut made, mut most) = (0, 0, 0, 0, 0);
        while now < until {
            while governor.in_use() < governor.allowed(at(now)) {
                let is_refused = accepted >= (self.capacity)(now);
                let (least, longest) = if is_refused {
                    self.refuses_in
                } else {
                    self.takes
                };
                accepted += u32::from(!is_refused);
                if now >= from {
                    made += 1;
                    refused += u64::from(is_refused);
                }
                ends.push(Reverse((now + random.u64(least..=longest), calls.len())));
                let ticket = governor.begin();
                calls.push(Some(Call {
                    ticket,
                    refused: is_refused,
                }));
                most = most.max(governor.in_use());
            }
            // While it rests, time goes on in small steps.
            let next = ends.peek().map_or(now + 100, |Reverse((end, _))| *end);
            if now >= from {
                let capacity = (self.capacity)(now);
                used += (next - now) * u64::from(accepted.min(capacity));
                available += (next - now) * u64::from(capacity);
            }
            now = next;
            if let Some(Reverse((_, call))) = ends.pop() {
                let call = calls[call].take().unwrap();
                accepted -= u32::from(!call.refused);
                governor.end(at(now), call.ticket, Some(call.refused));
            }
        }
        Seen {
            busy: (used * 100_000).checked_div(available).unwrap_or(0),
            refused: refused * 100_000 / made,
            calls: made,
            most_in_use: most,
            limit: governor.limit(),
        }
    }
}

fn account<C: Fn(u64) -> u32>(capacity: C) -> Account<C> {
    Account {
        capacity,
        takes: (500, 2_500),
        refuses_in: (200, 2_000),
    }
}

/// Slots begun with, unknown limit, no reserve.
fn unknown() -> SlotSettings {
    SlotSettings::default()
}

#[test]
fn a_steady_account_is_used_to_the_full_and_hardly_ever_refuses() {
    for capacity in [1, 2, 5, 15, 20] {
        let seen = account(|_| capacity).run(&unknown(), 0, 6 * HOUR);
        println!("{capacity}: {seen:?}");
        assert_eq!(seen.limit, capacity);
        assert!(seen.busy >= 99_000, "{capacity}: {seen:?}");
        assert!(seen.refused <= 100, "{capacity}: {seen:?}");
    }
}

#[test]
fn a_known_limit_is_never_exceeded_and_never_refused() {
    let settings = SlotSettings {
        limit: Some(15),
        ..unknown()
    };
    let seen = account(|_| 15).run(&settings, 0, HOUR);
    assert_eq!((seen.refused, seen.most_in_use), (0, 15));
    assert!(seen.busy >= 99_000, "{seen:?}");
}

#[test]
fn slots_that_another_integration_takes_and_returns_are_left_and_used_again() {
    // So many of so many go for twenty minutes of every hour; at most so many of 100,000 calls may be refused.
    for (slots, taken, refused) in [
        (20, 1, 100),
        (15, 1, 100),
        (15, 3, 100),
        (5, 1, 100),
        (15, 8, 200),
        (5, 3, 200),
    ] {
        let capacity = |now: u64| {
            let is_taken = (20 * MINUTE..40 * MINUTE).contains(&(now % HOUR));
            slots - taken * u32::from(is_taken)
        };
        let seen = account(capacity).run(&unknown(), 10 * MINUTE, 10 * HOUR);
        println!("{slots}-{taken}: {seen:?}");
        assert!(seen.busy >= 98_000, "{slots}-{taken}: {seen:?}");
        assert!(seen.refused < refused, "{slots}-{taken}: {seen:?}");
    }
}

#[test]
fn a_deep_fall_is_followed_with_few_refusals() {
    // From twenty slots to two at one stroke, as when a night job of the account begins.
    let capacity = |now| if now < HOUR { 20 } else { 2 };
    let seen = account(capacity).run(&unknown(), HOUR - 1, HOUR + 2 * MINUTE);
    println!("{seen:?}");
    assert_eq!(seen.limit, 2);
    let refusals = seen.refused * seen.calls / 100_000;
    assert!(refusals <= 45, "{seen:?}");
}

#[test]
fn a_raised_limit_is_found() {
    let capacity = |now| if now < 2 * HOUR { 5 } else { 15 };
    let seen = account(capacity).run(&unknown(), 0, 3 * HOUR);
    assert_eq!(seen.limit, 15);
}

#[test]
fn the_reserve_is_left_to_others() {
    let settings = SlotSettings {
        reserve: 2,
        ..unknown()
    };
    let seen = account(|_| 15).run(&settings, 10 * MINUTE, 3 * HOUR);
    println!("{seen:?}");
    assert_eq!(seen.limit, 13);
    // 13 of 15, but for the looks above.
    assert!((86_000..87_500).contains(&seen.busy), "{seen:?}");
    assert!(seen.refused < 100, "{seen:?}");
}

#[test]
fn a_full_account_is_not_hammered() {
    let seen = account(|_| 0).run(&unknown(), 0, HOUR);
    println!("{seen:?}");
    assert!(seen.calls < 200, "{seen:?}");
}

#[test]
fn without_use_it_does_not_grow() {
    let mut governor = Governor::new(&unknown());
    for second in 0..1000 {
        let ticket = governor.begin();
        governor.end(at(second * 1000), ticket, Some(false));
    }
    assert_eq!(governor.limit(), 2);
}

#[test]
fn a_dropped_call_teaches_nothing() {
    let mut governor = Governor::new(&unknown());
    for second in 0..1000 {
        let both = [governor.begin(), governor.begin()];
        for ticket in both {
            governor.end(at(second * 1000), ticket, None);
        }
    }
    assert_eq!((governor.limit(), governor.in_use()), (2, 0));
}

#[test]
fn a_rest_ends() {
    let mut governor = Governor::new(&unknown());
    governor.rest(at(0) + Duration::from_secs(5));
    assert_eq!(governor.allowed(at(4_999)), 0);
    assert_eq!(governor.allowed(at(5_000)), 2);
}
