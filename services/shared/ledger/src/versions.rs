//! Which versions of a batch's records stay: of each its newest, and all that requests were made of, so that these can be made anew.

use std::collections::BTreeMap;

use commerce::{MerchantId, RecordKey};
use ports::ledger::Outcome;

use crate::error::Result;
use crate::store::{Entry, Version, VersionStore};
use crate::time::micros;

/// The versions of a batch.
#[derive(Default)]
pub(crate) struct Versions {
    newest: BTreeMap<RecordKey, Version>,
    /// Those whose records had an event before the batch.
    replacing: Vec<RecordKey>,
    earlier: Vec<Version>,
}

impl Versions {
    /// Takes an outcome's version; `counts` says whether the outcome is the newest of its record. Both bodies are packed.
    pub(crate) fn take(
        &mut self,
        entry: &mut Entry,
        outcome: &Outcome,
        counts: bool,
        body: Option<Vec<u8>>,
        made_of: Option<Vec<u8>>,
    ) {
        let kept =
            |step: &ports::ledger::Step| step.push.as_ref().is_some_and(|p| p.kept.is_some());
        let version = |pushed, body| Version {
            record: entry.record.clone(),
            at: micros(outcome.revision.at),
            digest: outcome.revision.digest,
            pushed,
            body,
        };
        let pushed = outcome.steps.iter().any(kept);
        if let Some(made_of) = made_of.filter(|_| pushed) {
            self.earlier.push(version(true, made_of));
        }
        let Some(body) = body else { return };
        let version = version(pushed && outcome.made_of.is_none(), body);
        if counts || !entry.state.has_event {
            if entry.state.has_event {
                self.replacing.push(outcome.key.clone());
            }
            entry.state.has_event = true;
            let before = self.newest.insert(outcome.key.clone(), version);
            self.earlier.extend(before.filter(|before| before.pushed));
        } else if version.pushed {
            self.earlier.push(version);
        }
    }

    /// Stores them all. A batch of new records takes one statement, however it is about the others.
    pub(crate) async fn store<S: VersionStore>(
        self,
        tx: &mut S::Tx,
        merchant: &MerchantId,
    ) -> Result<()> {
        let replacing = self.replacing.iter();
        let replacing: Vec<&Version> = replacing.filter_map(|key| self.newest.get(key)).collect();
        if !replacing.is_empty() {
            S::put_aside(tx, merchant, &replacing).await?;
        }
        let newest: Vec<Version> = self.newest.into_values().collect();
        if !newest.is_empty() {
            S::keep_events(tx, merchant, &newest).await?;
        }
        if !self.earlier.is_empty() {
            S::keep_versions(tx, merchant, &self.earlier).await?;
        }
        Ok(())
    }
}
