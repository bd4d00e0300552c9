//! What ids of accounts' lists are called, for people: beside the ids wherever differences and requests are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use commerce::ConnectionId;
use ports::{Listing, Place};
use proto::control::v1::{Change, GetConfigurationRequest};
use serde_json::Value;
use tokio::time::timeout;

use super::connect::Control;
use crate::config::{self, Config, Draft};
use crate::lookup;

/// A name is a courtesy: nobody waits for it longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The lists of configurations' accounts, read once each where this process has the credentials; else the names that the configurations
/// themselves say. What neither tells stays a plain id.
pub(crate) struct Called {
    drafts: Vec<Draft>,
    lists: BTreeMap<(ConnectionId, String), Vec<Listing>>,
    silent: BTreeSet<ConnectionId>,
}

impl Called {
    /// By these configurations; one that makes no sense says nothing.
    pub(crate) fn by<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let drafts = texts
            .into_iter()
            .filter_map(|text| config::draft(text).ok());
        Self {
            drafts: drafts.collect(),
            lists: BTreeMap::new(),
            silent: BTreeSet::new(),
        }
    }

    /// By the active configuration, and one that is to follow it.
    pub(super) async fn with_active(control: &mut Control, text: Option<&str>) -> Self {
        let active = control.get_configuration(GetConfigurationRequest { version: 0 });
        let active = active.await.map(|active| active.into_inner().text);
        let active = active.unwrap_or_default();
        Self::by(text.into_iter().chain([active.as_str()]))
    }

    /// Adds names to differences between two configurations.
    pub(super) async fn settings(&mut self, changes: &mut [Change]) {
        for change in changes {
            for text in [&mut change.before, &mut change.after] {
                let Some((connection, list)) = self.mentioned(&change.path, text) else {
                    continue;
                };
                if let Some(name) = self.name(&connection, &list, text).await {
                    *text = format!("{text} ({name})");
                }
            }
        }
    }

    /// Adds names to differences between what two configurations set on a sync's record.
    pub(super) async fn fields(&mut self, sync: &str, changes: &mut [Change]) {
        for change in changes {
            let field = change.path.rsplit(": ").next().unwrap_or_default();
            let Some((connection, list)) = self.listed(sync, field) else {
                continue;
            };
            for text in [&mut change.before, &mut change.after] {
                let value = serde_json::from_str(text).ok();
                let Some(id) = value.as_ref().and_then(id) else {
                    continue;
                };
                if let Some(name) = self.name(&connection, &list, &id).await {
                    *text = format!("{id} ({name})");
                }
            }
        }
    }

    /// The ids in the body of a request of a sync, by field, with what they are called.
    pub(super) async fn body(&mut self, sync: &str, body: &str) -> Vec<String> {
        let mut ids = BTreeSet::new();
        if let Ok(body) = serde_json::from_str(body) {
            collect(&body, &mut ids);
        }
        let mut told = Vec::new();
        for (field, id) in ids {
            if let Some((connection, list)) = self.listed(sync, &field)
                && let Some(name) = self.name(&connection, &list, &id).await
            {
                told.push(format!("{field}: {id} ({name})"));
            }
        }
        told
    }

    /// The list that a configuration's place holds this id of.
    fn mentioned(&self, path: &str, id: &str) -> Option<(ConnectionId, String)> {
        let mut mentions = self.drafts.iter().flat_map(|draft| &draft.mentions);
        let found = mentions.find(|one| {
            let below = path.strip_prefix(&one.path);
            let here = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            here && one.text == id && !one.is_name()
        })?;
        Some((found.connection.clone(), found.list.clone()))
    }

    /// The list that a field of a sync's records holds ids of.
    fn listed(&self, sync: &str, field: &str) -> Option<(ConnectionId, String)> {
        self.drafts.iter().find_map(|draft| {
            let mut syncs = draft.config.syncs.iter();
            let sync = &syncs.find(|one| one.sync.id.as_str() == sync)?.sync;
            let fields = draft.config.connections.get(&sync.to)?.endpoint.fields;
            let places = Place::ALL.into_iter();
            let ids = places.filter_map(|place| fields(sync.kind, place));
            let mut ids = ids.flat_map(|fields| fields.id);
            let (_, list) = ids.find(|(name, list)| *name == field && !list.is_empty())?;
            Some((sync.to.clone(), (*list).to_owned()))
        })
    }

    async fn name(&mut self, connection: &ConnectionId, list: &str, id: &str) -> Option<String> {
        let key = (connection.clone(), list.to_owned());
        if !self.lists.contains_key(&key) {
            let entries = self.entries(connection, list).await;
            self.lists.insert(key.clone(), entries);
        }
        let mut entries = self.lists.get(&key)?.iter();
        let entry = entries.find(|entry| entry.id == id)?;
        Some(entry.name.clone())
    }

    async fn entries(&mut self, connection: &ConnectionId, list: &str) -> Vec<Listing> {
        let here = self.drafts.iter().map(|draft| &draft.config);
        let mut here = here.filter(|config| config.connections.contains_key(connection));
        if let Some(config) = here.next()
            && !self.silent.contains(connection)
        {
            match read(config, connection, list).await {
                Some(entries) => return entries,
                None => self.silent.insert(connection.clone()),
            };
        }
        let known = self.drafts.iter().map(Draft::known);
        let known = known.flat_map(|names| names.entries(connection, list));
        known.collect()
    }
}

async fn read(config: &Config, connection: &ConnectionId, list: &str) -> Option<Vec<Listing>> {
    let directory = lookup::directory(config, connection).ok()?;
    timeout(PATIENCE, directory.list(list)).await.ok()?.ok()
}

/// Every `"field": {"id": …}`.
fn collect(value: &Value, into: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                match id(value) {
                    Some(id) => {
                        into.insert((field.clone(), id));
                    }
                    None => collect(value, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The id that a reference names and nothing else.
fn id(value: &Value) -> Option<String> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    match fields.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
