//! Any sequence of claims, outcomes, crashes and second thoughts gets the answers of a few lines of arithmetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    dead_code,
    reason = "test code"
)]

#[path = "suite/build.rs"]
mod build;

use std::collections::{BTreeMap, BTreeSet};

use build::*;
use ports::Status;
use ports::ledger::Claim;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A version as (time, content).
type Version = (i64, u8);

#[derive(Debug, Clone)]
enum Op {
    Wait(i64),
    Claim {
        who: u8,
        wanted: Vec<(u8, Version)>,
    },
    Record {
        who: u8,
        id: u8,
        version: Version,
        status: Status,
    },
    Unclaim {
        who: u8,
        id: u8,
    },
    Requeue(u8),
    Ignore(u8),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let version = (0..4i64, 0..2u8);
    let status = prop::sample::select(vec![
        Status::Synced,
        Status::Retrying,
        Status::Uncertain,
        Status::Failed,
        Status::Held,
        Status::Skipped,
    ]);
    let op = prop_oneof![
        2 => (1..70i64).prop_map(Op::Wait),
        6 => (0..3u8, prop::collection::vec((0..2u8, version.clone()), 1..4))
            .prop_map(|(who, wanted)| Op::Claim { who, wanted }),
        6 => (0..3u8, 0..2u8, version, status)
            .prop_map(|(who, id, version, status)| Op::Record { who, id, version, status }),
        1 => (0..3u8, 0..2u8).prop_map(|(who, id)| Op::Unclaim { who, id }),
        1 => (0..2u8).prop_map(Op::Requeue),
        1 => (0..2u8).prop_map(Op::Ignore),
    ];
    prop::collection::vec(op, 1..40)
}

/// What a record comes to, told as a history rather than as the ledger keeps it.
#[derive(Default)]
struct Model {
    status: Option<Status>,
    seen: Option<Version>,
    /// The newest version with an outcome.
    done: Option<Version>,
    /// That outcome says the target holds it, and nothing doubtful came after.
    proven: bool,
    /// A person opened it again.
    reopened: bool,
    claim: Option<(u8, i64)>,
    uncertain: bool,
    /// The contents that open writes would bring.
    open: BTreeSet<u8>,
    failures: u32,
    has_event: bool,
}

impl Model {
    fn see(&mut self, version: Version) {
        let known = self
            .seen
            .is_some_and(|seen| version.0 < seen.0 || version == seen);
        if known || self.status == Some(Status::Ignored) {
            return;
        }
        self.seen = Some(version);
        let at_target = self.proven && self.done.is_some_and(|done| done.1 == version.1);
        if !at_target {
            self.status = Some(Status::Queued);
            self.failures = 0;
        }
    }

    fn claim(&mut self, who: u8, version: Version, now: i64) -> Claim {
        if self.seen.is_none() {
            self.see(version);
        }
        if self.status == Some(Status::Ignored) {
            return Claim::Ignored;
        }
        if let Some(done) = self.done
            && (version.0 < done.0 || (version == done && !self.reopened))
        {
            return Claim::Stale;
        }
        if let Some((_, until)) = self.claim
            && now < until
        {
            return Claim::Busy { until: at(until) };
        }
        self.see(version);
        if self.claim.is_some() {
            self.uncertain = true;
            self.failures += 1;
        }
        if self.uncertain {
            self.proven = false;
        }
        if let Some(done) = self.done
            && self.proven
            && version.0 > done.0
            && version.1 == done.1
        {
            self.done = Some(version);
            if self.seen == Some(version) {
                self.status = Some(Status::Unchanged);
            }
            return Claim::Unchanged;
        }
        self.claim = Some((who, now + 60));
        self.open.insert(version.1);
        if self.uncertain && self.open.len() == 1 {
            uncertain(self.failures)
        } else if self.uncertain {
            uncertain_which(self.failures)
        } else {
            write(self.failures)
        }
    }

    fn record(&mut self, who: u8, version: Version, status: Status) {
        if self.seen.is_none_or(|seen| version.0 > seen.0) {
            self.see(version);
        }
        if self.claim.is_some_and(|(holder, _)| holder == who) {
            self.claim = None;
        }
        if status == Status::Uncertain {
            self.uncertain = true;
            self.open.insert(version.1);
        } else if self.claim.is_none() {
            self.uncertain = false;
            self.open.clear();
        }
        let open = matches!(status, Status::Retrying | Status::Uncertain);
        let success = status == Status::Synced;
        let counts = match self.done {
            None => true,
            Some(done) if done != version => version.0 >= done.0,
            Some(_) => self.reopened || success || (!self.proven && !open),
        };
        self.has_event = true;
        if !counts {
            return;
        }
        if open {
            self.proven = false;
        } else {
            self.done = Some(version);
            self.proven = success;
            self.reopened = false;
        }
        if self.seen == Some(version) && self.status != Some(Status::Ignored) {
            self.status = Some(status);
            self.failures += u32::from(open || status == Status::Failed);
        }
    }

    fn requeue(&mut self, now: i64) {
        let busy = self.claim.is_some_and(|(_, until)| now < until);
        let fine = matches!(self.status, Some(Status::Synced | Status::Unchanged));
        if !self.has_event || busy || fine {
            return;
        }
        if self.status == Some(Status::Ignored) && self.done.is_some() {
            self.seen = self.done;
        }
        if self.done == self.seen {
            self.reopened = true;
            self.proven = false;
        }
        self.failures = 0;
        self.status = Some(Status::Queued);
    }
}

/// A record of this history: all histories share one ledger.
fn record_name(history: u32, id: u8) -> String {
    format!("{history}-{id}")
}

fn revision((time, content): Version) -> commerce::Revision {
    version(time, &content.to_string())
}

async fn compare(ledger: &Any, history: u32, ops: Vec<Op>) {
    let name = |id: u8| record_name(history, id);
    let mut model: BTreeMap<u8, Model> = BTreeMap::new();
    let mut now = 0;
    for (n, op) in ops.iter().enumerate() {
        match op {
            Op::Wait(seconds) => now += seconds,
            Op::Claim { who, wanted } => {
                let requests: Vec<_> = wanted
                    .iter()
                    .map(|(id, version)| request(&name(*id), revision(*version)))
                    .collect();
                let claims = ledger
                    .claim(&sync(), &holder(&who.to_string()), TTL, at(now), &requests)
                    .await
                    .unwrap();
                let mut expected = vec![Claim::Stale; wanted.len()];
                for id in 0..2u8 {
                    let newest = (0..wanted.len())
                        .filter(|i| wanted[*i].0 == id)
                        .max_by_key(|i| (wanted[*i].1.0, *i));
                    if let Some(i) = newest {
                        expected[i] = model.entry(id).or_default().claim(*who, wanted[i].1, now);
                    }
                }
                assert_eq!(claims, expected, "step {n} of {ops:#?}");
            }
            Op::Record {
                who,
                id,
                version,
                status,
            } => {
                let outcome = outcome(&name(*id), revision(*version), *status);
                store(ledger, &who.to_string(), now, &[outcome]).await;
                model
                    .entry(*id)
                    .or_default()
                    .record(*who, *version, *status);
            }
            Op::Unclaim { who, id } => {
                ledger
                    .unclaim(&sync(), &holder(&who.to_string()), &[key(&name(*id))])
                    .await
                    .unwrap();
                if let Some(record) = model.get_mut(id)
                    && record.claim.is_some_and(|(holder, _)| holder == *who)
                {
                    record.claim = None;
                    if !record.uncertain {
                        record.open.clear();
                    }
                }
            }
            Op::Requeue(id) => {
                ledger
                    .requeue(&merchant(), &named(&[&name(*id)]), "ann", at(now))
                    .await
                    .unwrap();
                if let Some(record) = model.get_mut(id) {
                    record.requeue(now);
                }
            }
            Op::Ignore(id) => {
                ledger
                    .ignore(&merchant(), &named(&[&name(*id)]), "ann", at(now))
                    .await
                    .unwrap();
                if let Some(record) = model.get_mut(id) {
                    record.status = Some(Status::Ignored);
                }
            }
        }
        for (id, record) in &model {
            let row = row(ledger, &name(*id)).await;
            assert_eq!(
                Some(row.status),
                record.status,
                "after step {n} of {ops:#?}"
            );
            assert_eq!(row.attempts, record.failures, "after step {n} of {ops:#?}");
            assert_eq!(
                row.revision,
                revision(record.seen.unwrap()),
                "after step {n} of {ops:#?}"
            );
        }
    }
}

#[test]
fn any_history_gets_the_models_answers() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let ledger = runtime
        .block_on(causeway_ledger::open("sqlite::memory:"))
        .unwrap();
    let history = std::cell::Cell::new(0);
    let config = Config {
        cases: 100,
        failure_persistence: None,
        ..Config::default()
    };
    // The same histories in every run.
    let dice = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, dice)
        .run(&ops(), |ops| {
            history.set(history.get() + 1);
            runtime.block_on(compare(&ledger, history.get(), ops));
            Ok(())
        })
        .unwrap();
}
