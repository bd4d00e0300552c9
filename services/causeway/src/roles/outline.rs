//! Reads configurations for the control service.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{Event, SyncId, TargetKey};
use control::{Outline, Reader, Remade, Remaker, flatten};
use mapping::{Mapped, Mapping, Table};
use ports::{Kept, Write};
use serde_json::Value;

use crate::config::{self, Config};

/// The binary's grammar of configurations, as control sees it.
pub(crate) struct OutlineReader;

impl Reader for OutlineReader {
    fn read(&self, text: &str) -> Result<Outline, Vec<String>> {
        let config = config::read(text).map_err(told)?;
        let values = config::values(text).map_err(|problem| vec![problem.to_string()])?;
        let values = flatten(&values);
        let pools = config
            .connections
            .iter()
            .filter_map(|(id, one)| Some((id.clone(), (one.endpoint.limits)(&one.settings).ok()?)))
            .collect();
        let syncs = config.syncs.into_iter().map(|one| one.sync).collect();
        Ok(Outline {
            merchant: config.merchant,
            syncs,
            values,
            pools,
        })
    }

    fn mappings(&self, text: &str) -> Result<BTreeMap<SyncId, Mapping>, Vec<String>> {
        let config = config::read(text).map_err(told)?;
        let mut mappings = BTreeMap::new();
        for one in &config.syncs {
            let sync = &one.sync;
            let mapping = config
                .mapping(one)
                .map_err(|error| vec![format!("syncs.{}.{error}", sync.id)])?;
            mappings.insert(sync.id.clone(), mapping);
        }
        Ok(mappings)
    }

    fn tables(&self, text: &str) -> Result<BTreeMap<String, Table>, Vec<String>> {
        Ok(config::read(text).map_err(told)?.tables)
    }

    fn remaker(&self, text: &str) -> Result<Box<dyn Remaker>, Vec<String>> {
        let mappings = self.mappings(text)?;
        let config = config::read(text).map_err(told)?;
        Ok(Box::new(Remake { config, mappings }))
    }
}

/// Makes requests anew as one version of the configuration has them.
struct Remake {
    config: Config,
    mappings: BTreeMap<SyncId, Mapping>,
}

impl Remaker for Remake {
    fn remake(&self, sync: &SyncId, event: Event, facts: &Value) -> Result<Remade, String> {
        let mut syncs = self.config.syncs.iter();
        let found = syncs
            .find(|one| one.sync.id == *sync)
            .and_then(|one| self.config.connections.get(&one.sync.to))
            .zip(self.mappings.get(sync));
        let (target, mapping) = found.ok_or_else(|| format!("it had no sync '{sync}'"))?;
        let set = match mapping.apply(&event) {
            Mapped::Write(set) => set,
            Mapped::Skip { rule } => {
                return Err(format!("it would be skipped, by the filter: {rule}"));
            }
            Mapped::Hold { why } => return Err(format!("it would be held: {why}")),
        };
        let write = Write {
            key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
            event: Arc::new(event),
            bound: None,
            parent: None,
            set,
        };
        // Where nothing is kept, there are no facts to come here with.
        let remake = target.endpoint.remake;
        let remake =
            remake.ok_or_else(|| format!("{} makes no request anew", target.endpoint.name))?;
        let body = remake(&target.settings, &write, facts).map_err(|fault| fault.to_string())?;
        Ok(Remade {
            digest: Kept::digest_of(&body),
            shown: http::redacted(&body),
        })
    }
}

fn told(problems: Vec<config::Problem>) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
