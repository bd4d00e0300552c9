//! Past pushes, made anew from what the ledger keeps.

use std::sync::Arc;

use commerce::TargetKey;
use mapping::Mapped;
use ports::ledger::RecordRef;
use ports::{Kept, Write};
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
    /// Makes every request anew that wrote something in a phase, as far as its record is still the one it was made from; by the configuration
    /// of then.
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
            let Some(event) = stored.and_then(|(_, event)| codec::decode_event(&event).ok()) else {
                continue;
            };
            for step in ledger.journey(&self.merchant, &record).await.unwrap() {
                let push = step.push.filter(|push| push.revision == event.revision);
                let Some((push, kept)) = push.and_then(|mut push| {
                    let kept = push.kept.take()?;
                    Some((push, kept))
                }) else {
                    continue;
                };
                let event = event.clone();
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

/// What the connection would send instead, where that is something else.
fn otherwise(connection: &Value, event: commerce::Event, kept: &Kept) -> Option<String> {
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
