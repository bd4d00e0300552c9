//! Names of an account's lists in the place of ids, and the ids they stand for.

use std::collections::{BTreeMap, BTreeSet};

use commerce::ConnectionId;
use mapping::{Origin, Reference};
use ports::Listing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What names stand for: by connection, list and name, the id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(with = "BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>")]
pub(crate) struct Names(BTreeMap<ConnectionId, BTreeMap<String, BTreeMap<String, String>>>);

impl Names {
    /// The id, where the name was looked up.
    pub(crate) fn id(&self, connection: &ConnectionId, list: &str, name: &str) -> Option<&str> {
        let id = self.0.get(connection)?.get(list)?.get(name)?;
        Some(id)
    }

    /// Notes what a name stands for.
    pub(crate) fn insert(&mut self, mention: &Mention, id: &str) {
        let lists = self.0.entry(mention.connection.clone()).or_default();
        let names = lists.entry(mention.list.clone()).or_default();
        names.insert(mention.text.clone(), id.to_owned());
    }

    /// What is known of a list.
    pub(crate) fn entries(&self, connection: &ConnectionId, list: &str) -> Vec<Listing> {
        let lists = self.0.get(connection);
        let names = lists
            .and_then(|lists| lists.get(list))
            .into_iter()
            .flatten();
        let entry = |(name, id): (&String, &String)| Listing {
            id: id.clone(),
            name: name.clone(),
        };
        names.map(entry).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A place of the configuration that names an entry of one of an account's lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mention {
    /// Where (`syncs.orders.set.location`).
    pub(crate) path: String,
    /// The account.
    pub(crate) connection: ConnectionId,
    /// The list (`locations`).
    pub(crate) list: String,
    /// The id or name, as written.
    pub(crate) text: String,
    /// The id; `None` for a name that was not looked up yet.
    pub(crate) id: Option<String>,
}

impl Mention {
    /// Whether a name is written.
    pub(crate) fn is_name(&self) -> bool {
        !Listing::is_id(&self.text)
    }
}

/// Puts ids in the place of names while a configuration is read.
pub(super) struct Reading<'a> {
    known: &'a Names,
    mentions: BTreeSet<Mention>,
    unknown: BTreeMap<(ConnectionId, String, String), u64>,
}

/// Ids that stand in for those that are not known yet, while all else is checked: as long as an id can be, and no account has come that far.
const STAND_INS: u64 = 900_000_000_000_000_000;

impl<'a> Reading<'a> {
    pub(super) fn new(known: &'a Names) -> Self {
        Self {
            known,
            mentions: BTreeSet::new(),
            unknown: BTreeMap::new(),
        }
    }

    /// The id that a text stands for; one that stands in for it where nobody looked it up.
    pub(super) fn id(
        &mut self,
        path: &str,
        connection: &ConnectionId,
        list: &str,
        text: &str,
    ) -> String {
        let known = if Listing::is_id(text) {
            Some(text)
        } else {
            self.known.id(connection, list, text)
        };
        let id = known.map(str::to_owned);
        self.mentions.insert(Mention {
            path: path.to_owned(),
            connection: connection.clone(),
            list: list.to_owned(),
            text: text.to_owned(),
            id: id.clone(),
        });
        id.unwrap_or_else(|| {
            let next = STAND_INS.saturating_add(self.unknown.len().try_into().unwrap_or(u64::MAX));
            let key = (connection.clone(), list.to_owned(), text.to_owned());
            self.unknown.entry(key).or_insert(next).to_string()
        })
    }

    /// The ids for what a sync's rules and tables name in the target's lists.
    ///
    /// # Errors
    /// The path of a table's value that would have to be two ids at once, and why.
    pub(super) fn ids(
        &mut self,
        sync: &str,
        target: &ConnectionId,
        references: Vec<Reference>,
    ) -> Result<BTreeMap<(Origin, String), String>, (String, String)> {
        let mut ids = BTreeMap::new();
        let mut lists = BTreeMap::new();
        for one in references {
            let path = path(sync, &one.place);
            let id = self.id(&path, target, one.list, &one.id);
            if Listing::is_id(&one.id) {
                continue;
            }
            let key = (one.place, one.id);
            if let Some(other) = lists.insert(key.clone(), one.list) {
                let why = format!(
                    "'{}' is looked for among {other} and among {}: write ids, or give each field a table of its own",
                    key.1, one.list
                );
                return Err((path, why));
            }
            ids.insert(key, id);
        }
        Ok(ids)
    }

    /// All that was named.
    pub(super) fn mentions(self) -> Vec<Mention> {
        self.mentions.into_iter().collect()
    }
}

/// Where a reference of a sync's rules stands in the file.
fn path(sync: &str, origin: &Origin) -> String {
    match origin {
        Origin::Rule(rule) => format!("{sync}.{rule}"),
        Origin::Table(table, Some(value)) => format!("tables.{table}.entries.{value}"),
        Origin::Table(table, None) => format!("tables.{table}.unmapped"),
    }
}
