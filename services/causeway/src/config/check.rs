//! Does the configuration hold together?

use std::collections::BTreeMap;

use commerce::{ConnectionId, Kind, MerchantId, SyncId};
use mapping::{Mapping, RuleError, Rules, Table};
use ports::queue::Route;
use ports::{Schedule, Sync};
use serde_json::Value;

use super::file::{File, SyncEntry};
use super::listed;
use super::names::{Mention, Names, Reading};
use super::place::Problem;

/// A configuration that holds together, names aside that nobody looked up yet: other ids stand in for them.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// The configuration.
    pub(crate) config: Config,
    /// The places that name an entry of an account's list, by id or name.
    pub(crate) mentions: Vec<Mention>,
}

impl Draft {
    /// The names that nobody looked up yet.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|one| one.id.is_none())
    }

    /// What the others stand for.
    pub(crate) fn known(&self) -> Names {
        let mut names = Names::default();
        for one in self.mentions.iter().filter(|one| one.is_name()) {
            if let Some(id) = &one.id {
                names.insert(one, id);
            }
        }
        names
    }
}

/// A configuration that holds together.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Whose.
    pub(crate) merchant: MerchantId,
    /// Its accounts.
    pub(crate) connections: BTreeMap<ConnectionId, ConnectionConfig>,
    /// Its syncs.
    pub(crate) syncs: Vec<SyncConfig>,
    /// Its look-ups, as written.
    pub(crate) tables: BTreeMap<String, Table>,
}

/// One account.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionConfig {
    /// What kind of system.
    pub(crate) endpoint: &'static endpoints::Endpoint,
    /// The endpoint's own settings, checked, with ids in the place of names.
    pub(crate) settings: Value,
}

/// One sync with its rules.
#[derive(Debug, Clone)]
pub(crate) struct SyncConfig {
    /// The sync.
    pub(crate) sync: Sync,
    /// Its rules, known to compile.
    pub(crate) rules: Rules,
    /// The look-ups, with the target's ids.
    tables: BTreeMap<String, Table>,
}

impl Config {
    /// The routes its syncs need.
    pub(crate) fn routes(&self) -> Vec<Route> {
        let route = |one: &SyncConfig| Route {
            merchant: self.merchant.clone(),
            from: one.sync.from.clone(),
            kind: one.sync.kind,
            to: one.sync.to.clone(),
        };
        self.syncs.iter().map(route).collect()
    }

    /// A sync's rules, ready to be applied.
    ///
    /// # Errors
    /// As [`Mapping::compile_for`]; none for a configuration that was checked.
    pub(crate) fn mapping(&self, one: &SyncConfig) -> Result<Mapping, RuleError> {
        let target = self.connections.get(&one.sync.to);
        compile(&one.rules, &one.tables, one.sync.kind, target)
    }
}

fn compile(
    rules: &Rules,
    tables: &BTreeMap<String, Table>,
    kind: Kind,
    target: Option<&ConnectionConfig>,
) -> Result<Mapping, RuleError> {
    let Some(target) = target else {
        return Mapping::compile(rules, tables, kind);
    };
    let fields = target.endpoint.fields;
    Mapping::compile_for(rules, tables, kind, &|place| fields(kind, place))
}

pub(super) fn check(file: File, text: &str) -> Result<Draft, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut reading = Reading::new(&file.names);
    let connections = connections(&file, text, &mut reading, &mut problems);
    let mut syncs: Vec<SyncConfig> = Vec::new();
    for (id, entry) in &file.syncs {
        let path = format!("syncs.{id}");
        check_ends(entry, &path, &connections, text, &mut problems);
        let target = connections.get(&entry.to);
        let rules = entry.rules();
        let ids = match compile(&rules, &file.tables, entry.kind, target) {
            Ok(mapping) => reading.ids(&path, &entry.to, mapping.references()),
            Err(error) => Err((format!("{path}.{}", error.place), error.why)),
        };
        let ids = ids.unwrap_or_else(|(path, why)| {
            problems.push(Problem::at(path, why, text));
            BTreeMap::new()
        });
        let (rules, tables) = mapping::with_ids(&rules, &file.tables, &ids);
        let twin = syncs.iter().find(|one| {
            (one.sync.kind, &one.sync.from, &one.sync.to) == (entry.kind, &entry.from, &entry.to)
        });
        if let Some(twin) = twin {
            let why = format!(
                "sync '{}' already takes {} from {} to {}",
                twin.sync.id, entry.kind, entry.from, entry.to
            );
            problems.push(Problem::at(path, why, text));
        }
        syncs.push(SyncConfig {
            sync: sync(&file.merchant, id, entry),
            rules,
            tables,
        });
    }
    if problems.is_empty() {
        let mentions = reading.mentions();
        let config = Config {
            merchant: file.merchant,
            connections,
            syncs,
            tables: file.tables,
        };
        Ok(Draft { config, mentions })
    } else {
        Err(problems)
    }
}

fn connections(
    file: &File,
    text: &str,
    reading: &mut Reading<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<ConnectionId, ConnectionConfig> {
    let mut checked = BTreeMap::new();
    for (id, entry) in &file.connections {
        let Some(endpoint) = endpoints::find(&entry.endpoint) else {
            let names: Vec<&str> = endpoints::ALL.iter().map(|one| one.name).collect();
            let why = format!(
                "there is no endpoint '{}'; there are: {}",
                entry.endpoint,
                names.join(", ")
            );
            problems.push(Problem::at(format!("connections.{id}.endpoint"), why, text));
            continue;
        };
        let place = format!("connections.{id}.settings");
        let mut settings = entry.settings.clone();
        listed::visit(
            &(endpoint.schema)(),
            &mut settings,
            &mut |list, path, value| {
                let written = match &*value {
                    Value::String(text) => text.trim().to_owned(),
                    Value::Number(number) => number.to_string(),
                    _ => return,
                };
                if !written.is_empty() {
                    let id = reading.id(&format!("{place}.{path}"), id, list, &written);
                    *value = Value::String(id);
                }
            },
        );
        if let Err(error) = (endpoint.check)(&settings) {
            let path = if error.setting.is_empty() || error.setting == "." {
                place
            } else {
                format!("{place}.{}", error.setting)
            };
            problems.push(Problem::at(path, error.why, text));
        }
        checked.insert(id.clone(), ConnectionConfig { endpoint, settings });
    }
    checked
}

fn check_ends(
    entry: &SyncEntry,
    path: &str,
    connections: &BTreeMap<ConnectionId, ConnectionConfig>,
    text: &str,
    problems: &mut Vec<Problem>,
) {
    let mut end = |name: &str,
                   id: &ConnectionId,
                   can: fn(&endpoints::Endpoint) -> &'static [Kind],
                   verb: &str| {
        match connections.get(id) {
            None => {
                let why = format!("there is no connection '{id}'");
                problems.push(Problem::at(format!("{path}.{name}"), why, text));
            }
            Some(connection) if !can(connection.endpoint).contains(&entry.kind) => {
                let why = format!("{} cannot {verb} {}", connection.endpoint.name, entry.kind);
                problems.push(Problem::at(format!("{path}.{name}"), why, text));
            }
            Some(_) => {}
        }
    };
    end(
        "from",
        &entry.from,
        |endpoint| endpoint.reads,
        "be read for",
    );
    end("to", &entry.to, |endpoint| endpoint.writes, "be written");
}

fn sync(merchant: &MerchantId, id: &SyncId, entry: &SyncEntry) -> Sync {
    Sync {
        merchant: merchant.clone(),
        id: id.clone(),
        kind: entry.kind,
        from: entry.from.clone(),
        to: entry.to.clone(),
        schedule: Schedule {
            every: entry.every,
            audit: entry.audit.audit(),
        },
        paused: false,
    }
}
