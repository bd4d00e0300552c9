//! Looks up in the accounts which ids the names in a configuration stand for.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use commerce::ConnectionId;
use ports::{Clock, Directory, Listing, SystemClock};

use crate::config::{self, Config, Draft, Mention, Names, Problem};
use crate::roles::{Budgets, client, connect};

/// The text with what its names stand for; as it is, where it says so itself or has none. `before` is what they stood for until now.
///
/// # Errors
/// Every problem of the configuration, or every name that cannot be looked up.
pub(crate) async fn resolved(text: &str, before: &Names) -> Result<String, Vec<Problem>> {
    let draft = config::draft(text)?;
    let names = names(&draft, before, text).await?;
    Ok(match names {
        Some(names) => config::with_names(text, &names),
        None => text.to_owned(),
    })
}

/// Reads a configuration file, its names looked up.
///
/// # Errors
/// The file cannot be read; else as [`resolved`].
pub(crate) async fn read_file(path: &Path) -> anyhow::Result<Config> {
    let text = config::text(path)?;
    let told = |problems: Vec<Problem>| config::told(path, &problems);
    let text = resolved(&text, &Names::default()).await.map_err(told)?;
    config::read(&text).map_err(told)
}

/// The lists of a connection's account.
///
/// # Errors
/// No such connection, one without lists, or a secret that is not here.
pub(crate) fn directory(config: &Config, id: &ConnectionId) -> anyhow::Result<Box<dyn Directory>> {
    let connection = config
        .connections
        .get(id)
        .with_context(|| format!("there is no connection '{id}' in the file"))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let budgets = Budgets::alone(Arc::clone(&clock));
    let client = client(&config.merchant, id, connection, &budgets, &clock)?;
    connect(config, id, connection, client)?
        .directory
        .with_context(|| format!("{} has no lists to be read", connection.endpoint.name))
}

/// What all names of a draft stand for; `None` where nothing had to be looked up.
async fn names(draft: &Draft, before: &Names, text: &str) -> Result<Option<Names>, Vec<Problem>> {
    let mut unknown: BTreeMap<&ConnectionId, Vec<&Mention>> = BTreeMap::new();
    for one in draft.unknown() {
        unknown.entry(&one.connection).or_default().push(one);
    }
    if unknown.is_empty() {
        return Ok(None);
    }
    let mut names = draft.known();
    let mut problems = Vec::new();
    for (connection, mentions) in unknown {
        let directory = directory(&draft.config, connection);
        for one in mentions {
            let id = match &directory {
                Ok(directory) => id(&**directory, one, before).await,
                Err(error) => Err(format!(
                    "{error:#}. `causeway resolve` looks names up where the credentials are"
                )),
            };
            match id {
                Ok(id) => names.insert(one, &id),
                Err(why) => {
                    let why = format!("'{}' was not found: {why}", one.text);
                    problems.push(Problem::at(&one.path, why, text));
                }
            }
        }
    }
    if problems.is_empty() {
        Ok(Some(names))
    } else {
        Err(problems)
    }
}

async fn id(directory: &dyn Directory, one: &Mention, before: &Names) -> Result<String, String> {
    let entries = directory.list(&one.list).await;
    let entries = entries.map_err(|fault| fault.to_string())?;
    let found = Listing::named(&one.text, &one.list, &entries);
    found.map(|entry| entry.id.clone()).map_err(|why| {
        let until_now = before.id(&one.connection, &one.list, &one.text);
        match until_now.and_then(|id| entries.iter().find(|entry| entry.id == id)) {
            Some(entry) => format!(
                "{why}. Until now it stood for {}, which is called '{}' today",
                entry.id, entry.name
            ),
            None => why,
        }
    })
}
