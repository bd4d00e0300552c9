//! Waiting for leave: order, limits, cancellation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod support;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use causeway_budget::{
    CostSettings, Grant, Limits, LocalBudget, RateSettings, SharedSettings, SharedSlots,
    SlotSettings,
};
use ports::{Budget, Clock, Feedback, Lane, Permit};
use proptest::prelude::*;
use support::{ManualClock, settle};
use tokio::task::JoinHandle;

const SECOND: Duration = Duration::from_secs(1);

fn slots(limit: u32) -> Limits {
    Limits {
        slots: Some(SlotSettings {
            limit: Some(limit),
            start: limit,
            ..SlotSettings::default()
        }),
        ..Limits::default()
    }
}

type Served = (String, Box<dyn Permit>);

/// Whoever gets leave writes its name down and keeps the permit.
struct Line {
    budget: Arc<dyn Budget>,
    served: Arc<Mutex<Vec<Served>>>,
}

impl Line {
    fn new(budget: impl Budget + 'static) -> Self {
        Self {
            budget: Arc::new(budget),
            served: Arc::default(),
        }
    }

    async fn join(&self, name: &str, lane: Lane, points: u32) -> JoinHandle<()> {
        let (budget, served) = (Arc::clone(&self.budget), Arc::clone(&self.served));
        let name = name.to_owned();
        let task = tokio::spawn(async move {
            let permit = budget.acquire(lane, points).await;
            served.lock().unwrap().push((name, permit));
        });
        settle().await;
        task
    }

    fn names(&self) -> Vec<String> {
        let served = self.served.lock().unwrap();
        served.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The one served first is done.
    async fn finish_first(&self, feedback: Feedback) {
        let (_, permit) = self.served.lock().unwrap().remove(0);
        permit.finish(feedback);
        settle().await;
    }
}

#[tokio::test]
async fn lanes_are_served_in_order_and_each_first_come_first_served() {
    let line = Line::new(LocalBudget::new(&slots(1), ManualClock::new()));
    line.join("first", Lane::Bulk, 1).await;
    for (name, lane) in [
        ("bulk 1", Lane::Bulk),
        ("stock 1", Lane::Stock),
        ("order 1", Lane::Orders),
        ("bulk 2", Lane::Bulk),
        ("order 2", Lane::Orders),
    ] {
        line.join(name, lane, 1).await;
    }
    let mut order = Vec::new();
    while let [name] = line.names().as_slice() {
        order.push(name.clone());
        line.finish_first(Feedback::default()).await;
    }
    let expected = ["first", "order 1", "order 2", "stock 1", "bulk 1", "bulk 2"];
    assert_eq!(order, expected);
}

#[tokio::test]
async fn whoever_gives_up_waiting_leaves_no_gap_and_takes_no_slot() {
    let budget = LocalBudget::new(&slots(1), ManualClock::new());
    let line = Line::new(budget.clone());
    line.join("first", Lane::Orders, 1).await;
    let gone = line.join("gone", Lane::Orders, 1).await;
    line.join("next", Lane::Orders, 1).await;
    gone.abort();
    settle().await;
    assert_eq!(budget.usage().waiting, [1, 0, 0]);
    line.finish_first(Feedback::default()).await;
    assert_eq!(line.names(), ["next"]);
    line.served.lock().unwrap().clear();
    assert_eq!(budget.usage().running, [0, 0, 0]);
}

#[tokio::test]
async fn leave_given_to_a_call_that_is_gone_is_passed_on() {
    let budget = LocalBudget::new(&slots(1), ManualClock::new());
    let held = budget.acquire(Lane::Orders, 1).await;
    let mut gone = Box::pin(budget.acquire(Lane::Orders, 1));
    let mut next = Box::pin(budget.acquire(Lane::Orders, 1));
    for future in [&mut gone, &mut next] {
        assert!(futures_pending(future).await);
    }
    drop(held);
    // The leave is now with a future that will never be polled again.
    assert_eq!(budget.usage().running, [1, 0, 0]);
    drop(gone);
    let _permit = next.await;
    assert_eq!(budget.usage().running, [1, 0, 0]);
}

/// Polls once.
async fn futures_pending<F: Future + Unpin>(future: &mut F) -> bool {
    tokio::select! {
        biased;
        _ = future => false,
        () = std::future::ready(()) => true,
    }
}

#[tokio::test]
async fn a_wait_the_other_side_asks_for_is_kept() {
    let clock = ManualClock::new();
    let line = Line::new(LocalBudget::new(&slots(1), clock.clone()));
    line.join("throttled", Lane::Orders, 1).await;
    line.finish_first(Feedback {
        retry_after: Some(10 * SECOND),
        ..Feedback::default()
    })
    .await;
    line.join("waiting", Lane::Bulk, 1).await;
    line.join("before it", Lane::Orders, 1).await;
    clock.advance(10 * SECOND - Duration::from_millis(1)).await;
    assert!(line.names().is_empty());
    clock.advance(Duration::from_millis(1)).await;
    assert_eq!(line.names(), ["before it"]);
}

#[tokio::test]
async fn the_watch_on_the_clock_is_handed_on_when_its_keeper_goes() {
    let clock = ManualClock::new();
    let line = Line::new(LocalBudget::new(&slots(5), clock.clone()));
    line.join("throttled", Lane::Orders, 1).await;
    line.finish_first(Feedback {
        retry_after: Some(SECOND),
        ..Feedback::default()
    })
    .await;
    let keeper = line.join("keeper", Lane::Orders, 1).await;
    line.join("other", Lane::Orders, 1).await;
    keeper.abort();
    settle().await;
    clock.advance(SECOND).await;
    assert_eq!(line.names(), ["other"]);
}

#[tokio::test]
async fn points_are_waited_for_and_learnt_from_replies() {
    let clock = ManualClock::new();
    let limits = Limits {
        points: Some(CostSettings {
            maximum: 100,
            per_second: 10,
        }),
        ..Limits::default()
    };
    let line = Line::new(LocalBudget::new(&limits, clock.clone()));
    line.join("first", Lane::Orders, 80).await;
    line.join("second", Lane::Orders, 50).await;
    assert_eq!(line.names(), ["first"]);
    // The reply: a bucket of 200 with 30 in it, 5 a second. So 20 are missing.
    line.finish_first(Feedback {
        bucket: Some((30, 200, 5)),
        ..Feedback::default()
    })
    .await;
    clock.advance(SECOND * 4 - Duration::from_millis(1)).await;
    assert!(line.names().is_empty());
    // Cheaper, but behind.
    line.join("third", Lane::Stock, 1).await;
    assert!(line.names().is_empty());
    clock.advance(Duration::from_millis(1)).await;
    assert_eq!(line.names(), ["second"]);
    clock.advance(SECOND).await;
    assert_eq!(line.names(), ["second", "third"]);
}

#[tokio::test]
async fn a_call_that_costs_more_than_the_bucket_holds_waits_for_the_full_bucket() {
    let clock = ManualClock::new();
    let limits = Limits {
        points: Some(CostSettings {
            maximum: 100,
            per_second: 10,
        }),
        ..Limits::default()
    };
    let line = Line::new(LocalBudget::new(&limits, clock.clone()));
    line.join("small", Lane::Orders, 10).await;
    line.finish_first(Feedback {
        cost: Some(10),
        ..Feedback::default()
    })
    .await;
    line.join("huge", Lane::Orders, 5000).await;
    assert!(line.names().is_empty());
    clock.advance(SECOND).await;
    assert_eq!(line.names(), ["huge"]);
}

#[tokio::test]
async fn a_rate_allows_its_burst_and_then_its_pace() {
    let clock = ManualClock::new();
    let limits = Limits {
        rates: vec![RateSettings {
            calls: 2,
            seconds: 1,
            burst: 3,
        }],
        ..Limits::default()
    };
    let line = Line::new(LocalBudget::new(&limits, clock.clone()));
    for call in 0..6 {
        line.join(&call.to_string(), Lane::Orders, 1).await;
    }
    assert_eq!(line.names().len(), 3);
    clock.advance(SECOND / 2).await;
    assert_eq!(line.names().len(), 4);
    clock.advance(SECOND * 2).await;
    assert_eq!(line.names().len(), 6);
}

#[tokio::test]
async fn a_worker_keeps_its_grant_for_a_while_then_one_slot() {
    let clock = ManualClock::new();
    let budget = SharedSlots::new(
        &SharedSettings::default(),
        &Limits::default(),
        clock.clone(),
    );
    let line = Line::new(budget.clone());
    let grant = |slots, serial| Grant {
        slots,
        epoch: 1,
        serial,
    };
    for call in ["a", "b", "c", "d"] {
        line.join(call, Lane::Orders, 1).await;
    }
    assert_eq!(line.names(), ["a"], "one slot before the first grant");
    budget.set_grant(grant(3, 1));
    settle().await;
    assert_eq!(line.names(), ["a", "b", "c"]);
    let demand = budget.demand();
    assert_eq!((demand.waiting, demand.running), ([1, 0, 0], [3, 0, 0]));
    assert_eq!((demand.slots, demand.serial), (3, 1));

    clock.advance(Duration::from_secs(60)).await;
    assert_eq!(budget.demand().slots, 1);
    line.finish_first(Feedback::default()).await;
    line.finish_first(Feedback::default()).await;
    assert_eq!(line.names(), ["c"]);
    line.finish_first(Feedback::default()).await;
    assert_eq!(line.names(), ["d"]);
}

#[tokio::test]
async fn a_grant_of_nothing_ends_by_itself() {
    let clock = ManualClock::new();
    let budget = SharedSlots::new(
        &SharedSettings::default(),
        &Limits::default(),
        clock.clone(),
    );
    budget.set_grant(Grant::default());
    let line = Line::new(budget);
    line.join("a", Lane::Orders, 1).await;
    assert!(line.names().is_empty());
    clock.advance(Duration::from_secs(60)).await;
    assert_eq!(line.names(), ["a"]);
}

#[tokio::test]
async fn a_worker_says_what_its_calls_taught_under_the_present_grant_only() {
    let budget = SharedSlots::new(
        &SharedSettings::default(),
        &Limits::default(),
        ManualClock::new(),
    );
    let grant = |epoch| Grant {
        slots: 2,
        epoch,
        serial: u64::from(epoch),
    };
    budget.set_grant(grant(1));
    let old = budget.acquire(Lane::Orders, 1).await;
    budget.set_grant(grant(2));
    let full = budget.acquire(Lane::Orders, 1).await;
    old.finish(Feedback {
        refused: true,
        ..Feedback::default()
    });
    full.finish(Feedback::default());
    budget
        .acquire(Lane::Orders, 1)
        .await
        .finish(Feedback::default());
    let taught = budget.drain_feedback();
    assert_eq!((taught.epoch, taught.refused, taught.succeeded), (2, 0, 1));
    assert_eq!(budget.drain_feedback().succeeded, 0);
}

#[tokio::test]
async fn news_are_calls_that_have_to_wait_and_slots_that_fall_idle() {
    let budget = SharedSlots::new(
        &SharedSettings::default(),
        &Limits::default(),
        ManualClock::new(),
    );
    let line = Line::new(budget.clone());
    line.join("a", Lane::Orders, 1).await;
    let mut news = Box::pin(budget.news());
    assert!(futures_pending(&mut news).await);
    line.join("b", Lane::Orders, 1).await;
    news.await;

    // The slot goes from one call to the next: nothing to tell. Then it falls idle.
    let mut news = Box::pin(budget.news());
    line.finish_first(Feedback::default()).await;
    assert!(futures_pending(&mut news).await);
    line.finish_first(Feedback::default()).await;
    news.await;
}

/// One thing that happens to the line.
#[derive(Debug, Clone)]
enum Step {
    Join(Lane),
    Cancel(usize),
    Finish(usize, bool),
    Drop(usize),
    Advance(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_usize).prop_map(|lane| Step::Join(Lane::ALL[lane])),
        1 => any::<usize>().prop_map(Step::Cancel),
        2 => (any::<usize>(), prop::bool::weighted(0.1)).prop_map(|(at, refused)| Step::Finish(at, refused)),
        1 => any::<usize>().prop_map(Step::Drop),
        1 => (0..5_000_u64).prop_map(Step::Advance),
    ]
}

type Caller = (
    JoinHandle<()>,
    tokio::sync::mpsc::UnboundedSender<Option<Feedback>>,
);

async fn never_exceeds(limit: u32, steps: Vec<Step>) {
    let clock = ManualClock::new();
    let limits = Limits {
        rates: vec![RateSettings {
            calls: 5,
            seconds: 1,
            burst: 5,
        }],
        ..slots(limit)
    };
    let budget = LocalBudget::new(&limits, clock.clone());
    let running = Arc::new(AtomicU32::new(0));
    let mut callers: Vec<Caller> = Vec::new();
    for step in steps {
        match step {
            Step::Join(lane) => {
                let (end, mut ended) = tokio::sync::mpsc::unbounded_channel::<Option<Feedback>>();
                let (budget, running) = (budget.clone(), running.clone());
                let caller = tokio::spawn(async move {
                    let permit = budget.acquire(lane, 1).await;
                    let count = Running::begin(running);
                    assert!(count.0.load(Ordering::SeqCst) <= limit);
                    match ended.recv().await.flatten() {
                        Some(feedback) => {
                            drop(count);
                            permit.finish(feedback);
                        }
                        None => drop((count, permit)),
                    }
                });
                callers.push((caller, end));
            }
            Step::Cancel(at) if !callers.is_empty() => callers[at % callers.len()].0.abort(),
            Step::Finish(at, refused) if !callers.is_empty() => {
                let feedback = Feedback {
                    refused,
                    ..Feedback::default()
                };
                drop(callers[at % callers.len()].1.send(Some(feedback)));
            }
            Step::Drop(at) if !callers.is_empty() => {
                drop(callers[at % callers.len()].1.send(None));
            }
            Step::Advance(millis) => clock.advance(Duration::from_millis(millis)).await,
            Step::Cancel(_) | Step::Finish(..) | Step::Drop(_) => {}
        }
        settle().await;
        let usage = budget.usage();
        let counted: u32 = usage.running.iter().sum();
        assert_eq!(
            counted,
            running.load(Ordering::SeqCst),
            "every slot is accounted for"
        );
        callers.retain(|(caller, _)| !caller.is_finished());
    }
    // Everybody is told to go; in the end nothing is left.
    for (_, end) in &callers {
        drop(end.send(None));
    }
    for _ in 0..200 {
        clock.advance(Duration::from_secs(60)).await;
    }
    for (caller, _) in callers {
        let ended = caller.await;
        assert!(ended.is_ok() || ended.unwrap_err().is_cancelled());
    }
    assert_eq!(budget.usage().running, [0; 3]);
    assert_eq!(budget.usage().waiting, [0; 3]);
}

/// Counts itself while it lives, so that an aborted task is counted out too.
struct Running(Arc<AtomicU32>);

impl Running {
    fn begin(count: Arc<AtomicU32>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_more_run_than_may_whatever_is_cancelled_dropped_or_refused(
        limit in 1..5_u32,
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(never_exceeds(limit, steps));
    }
}

#[tokio::test]
async fn the_manual_clock_starts_at_the_epoch() {
    assert_eq!(ManualClock::new().now().as_second(), 0);
}
