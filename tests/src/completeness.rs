//! What is missed on purpose, and what the comparisons find.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use commerce::{Event, ExternalId, TargetKey};
use mapping::Rules;
use ports::ledger::{Difference, Holder, RecordRef, Step, Stream};
use ports::{Assignments, AuditCalls, Clock as _, Write, standing_alerts};
use pusher::{Inspected, Inspector, Target};
use tokio_util::sync::CancellationToken;

use crate::incarnation::connect;
use crate::{Phase, World};

impl World {
    /// Moves a phase's cursor to now, past what nobody has read.
    pub async fn pass_by(&self, phase: Phase) {
        let (from, _) = phase.ends();
        let (id, connected) = connect(self, from);
        let stream = Stream {
            merchant: self.merchant.clone(),
            connection: id,
            kind: phase.kind(),
            backfill: None,
        };
        let ledger = self.ledger().await;
        let (now, holder) = (self.clock.now(), Holder("somebody".to_owned()));
        let cursor = connected.source.unwrap().cursor_at(phase.kind(), now);
        let time = Duration::from_secs(60);
        let lease = ledger.lease(&stream, &holder, time, now).await.unwrap();
        let lease = lease.expect("nobody reads at the moment");
        let moved = ledger.advance(&lease, &cursor, &[], time, now).await;
        ledger.release(&moved.unwrap()).await.unwrap();
    }

    /// What the audits have told to be missing, oldest first.
    pub async fn found_missing(&self) -> Vec<String> {
        let log = self.ledger().await.audit_log(&self.merchant, 1000).await;
        let missing = log.unwrap().into_iter().rev();
        missing
            .filter(|entry| entry.action == "missing")
            .map(|entry| entry.detail)
            .collect()
    }

    /// How many records of a phase say in their journey that they were read because they were missing.
    pub async fn read_as_missing(&self, phase: Phase) -> usize {
        let ledger = self.ledger().await;
        let mut told = 0;
        for row in self.records(phase).await {
            let record = RecordRef {
                sync: row.sync,
                key: row.key,
            };
            let journey = ledger.journey(&self.merchant, &record).await.unwrap();
            let missing = |step: &Step| step.note.contains("read again as missing-");
            told += usize::from(journey.iter().any(missing));
        }
        told
    }

    /// Writes a record under a key of ours that no ledger knows of: a copy of the phase's first.
    pub async fn write_unseen(&self, phase: Phase, id: &str) {
        let (from, to) = phase.ends();
        let source = connect(self, from).1.source.unwrap();
        let first = self.records(phase).await.remove(0).key.id;
        let event = source.one(phase.kind(), &first).await.unwrap().unwrap();
        let id = ExternalId::new(id).unwrap();
        let write = Write {
            key: TargetKey::of(&event.connection, phase.kind(), &id),
            event: Arc::new(Event {
                external_id: id,
                ..event
            }),
            bound: None,
            parent: None,
            set: Assignments::default(),
        };
        let sink = connect(self, to).1.sink.unwrap();
        let written = sink.write(&[write]).await.remove(0).result;
        assert_eq!(written.unwrap().discrepancy, None);
    }

    /// Standing alerts.
    pub async fn alerts(&self) -> Vec<String> {
        let log = self.ledger().await.audit_log(&self.merchant, 1000).await;
        let log = log.unwrap();
        let alerts = standing_alerts(&log).map(|alert| alert.detail.clone());
        alerts.collect()
    }

    /// Compares what a phase has written with what its target holds; each deviation as id, and in what.
    pub async fn inspect(&self, phase: Phase) -> Vec<(String, Difference)> {
        let sync = crate::incarnation::sync(self, phase);
        let (id, connected) = connect(self, sync.to.as_str());
        let ledger = self.ledger().await;
        let target = Target {
            merchant: self.merchant.clone(),
            id,
            sink: Arc::from(connected.sink.unwrap()),
            ledger: Arc::clone(&ledger),
            clock: Arc::new(self.clock.clone()),
            holder: Holder("inspector".to_owned()),
            claim: pusher::CLAIM,
        };
        let rules = mapping::Mapping::compile(&Rules::default(), &BTreeMap::new(), sync.kind);
        let inspected = Inspected {
            sync: sync.clone(),
            mapping: rules.unwrap(),
        };
        let calls = AuditCalls::default();
        calls.ask(sync.id.clone(), self.clock.now());
        let inspector = Inspector::of(&target, vec![inspected], calls).unwrap();
        inspector.round(&CancellationToken::new()).await.unwrap();
        let found = ledger.inspections(&self.merchant).await.unwrap();
        let found = found.into_iter().find(|one| one.sync == sync.id).unwrap();
        let told = found.deviations.into_iter();
        told.map(|one| (one.id.to_string(), one.what)).collect()
    }
}
