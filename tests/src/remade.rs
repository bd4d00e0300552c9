//! Past pushes, made anew from what the ledger keeps.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use commerce::{Event, Revision, TargetKey};
use mapping::Mapped;
use ports::ledger::{Holder, Outcome, Push, RecordRef, RecordRow, Step, StepKind};
use ports::{Clock as _, Kept, Status, Write};
use serde_json::Value;

use crate::incarnation::mapping;
use crate::{Phase, World};

/// What became of the requests of a phase.
#[derive(Debug, Default)]
pub struct Remade {
    /// Those that are the same byte for byte.
    pub same: usize,
    /// Those that are not, in words.
    pub differing: Vec<String>,
}

impl World {
    /// Makes every request anew that wrote something in a phase, of whichever version of its record, by the configuration of then.
    pub async fn remade(&self, phase: Phase) -> Remade {
        self.remade_by(phase, |_| {}).await
    }

    /// As [`World::remade`], by configurations with this change.
    pub async fn remade_by(&self, phase: Phase, change: impl Fn(&mut Value)) -> Remade {
        let mut versions = self.versions.clone();
        versions.iter_mut().for_each(change);
        let ledger = self.ledger().await;
        let mut remade = Remade::default();
        for row in self.records(phase).await {
            let record = RecordRef {
                sync: row.sync.clone(),
                key: row.key.clone(),
            };
            let stored = ledger.record_of(&self.merchant, &record).await.unwrap();
            let mut made_of = ledger.replaced(&self.merchant, &record).await.unwrap();
            made_of.extend(stored.map(|(_, event)| event));
            let made_of: Vec<Event> = made_of
                .iter()
                .filter_map(|event| codec::decode_event(event).ok())
                .collect();
            for step in ledger.journey(&self.merchant, &record).await.unwrap() {
                let Some((push, kept)) = step.push.and_then(|mut push| {
                    let kept = push.kept.take()?;
                    Some((push, kept))
                }) else {
                    continue;
                };
                let its_own = |event: &&Event| event.revision == push.revision;
                let Some(event) = made_of.iter().find(its_own).cloned() else {
                    let lost = format!("{} {}: its version is not kept", row.sync, row.number);
                    remade.differing.push(lost);
                    continue;
                };
                let event = event.withholding(push.withheld.unwrap_or_default());
                let version = usize::try_from(push.configuration).unwrap() - 1;
                let endpoint = &versions[version]["connections"][phase.ends().1];
                let told = otherwise(endpoint, event, &kept);
                match told {
                    None => remade.same += 1,
                    Some(told) => {
                        let sent = step.exchange.map(|exchange| exchange.request);
                        let sent = sent.unwrap_or_default();
                        let what = format!("{} {}: {sent}\n{told}", row.sync, row.number);
                        remade.differing.push(what);
                    }
                }
            }
        }
        remade
    }
}

impl World {
    /// Of how many versions of the record with this number requests were made.
    pub async fn versions_pushed(&self, phase: Phase, number: &str) -> usize {
        let (_, pushes) = self.pushes(phase, number).await;
        let revisions: HashSet<Revision> = pushes.iter().map(|push| push.revision).collect();
        revisions.len()
    }

    /// Notes, of the first version of the record with this number, a request that it never made.
    pub async fn plant_a_push(&self, phase: Phase, number: &str) {
        let (row, pushes) = self.pushes(phase, number).await;
        let mut push = pushes.into_iter().next().unwrap();
        let facts = push.kept.map(|kept| kept.facts).unwrap();
        push.kept = Some(Kept::of(b"{}", facts));
        let now = self.clock.now();
        let planted = Outcome {
            key: row.key,
            number: row.number,
            revision: push.revision,
            status: Status::Synced,
            reason: None,
            actor: None,
            twin: None,
            waits_for: None,
            next_try: None,
            releases: Vec::new(),
            made_of: None,
            event: Bytes::new(),
            steps: vec![Step {
                at: now,
                kind: StepKind::Written,
                note: "planted".to_owned(),
                exchange: None,
                push: Some(push),
            }],
        };
        let sync = phase.sync(&self.merchant);
        let nobody = Holder("nobody".to_owned());
        let ledger = self.ledger().await;
        ledger
            .record(&sync, &nobody, now, &[planted])
            .await
            .unwrap();
    }

    /// The record with this number, and its pushes that something is kept of, the first one first.
    async fn pushes(&self, phase: Phase, number: &str) -> (RecordRow, Vec<Push>) {
        let mut rows = self.records(phase).await.into_iter();
        let row = rows.find(|row| row.number == number).unwrap();
        let record = RecordRef {
            sync: row.sync.clone(),
            key: row.key.clone(),
        };
        let journey = self.ledger().await.journey(&self.merchant, &record).await;
        let pushes = journey.unwrap().into_iter().filter_map(|step| step.push);
        let pushes = pushes.filter(|push| push.kept.is_some()).collect();
        (row, pushes)
    }
}

/// What the connection would send instead, where that is something else.
fn otherwise(connection: &Value, event: Event, kept: &Kept) -> Option<String> {
    let Mapped::Write(set) = mapping(event.kind()).apply(&event) else {
        return Some("it would not be written".to_owned());
    };
    let write = Write {
        key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
        event: Arc::new(event),
        bound: None,
        parent: None,
        set,
    };
    let endpoint = endpoints::find(connection["endpoint"].as_str().unwrap()).unwrap();
    match endpoint.remake.unwrap()(&connection["settings"], &write, &kept.facts) {
        Ok(body) if Kept::digest_of(&body) == kept.digest => None,
        Ok(body) => Some(String::from_utf8(body).unwrap()),
        Err(fault) => Some(fault.to_string()),
    }
}
