//! Records of the shop by the ids of their twins, as many with one request as it takes.

use commerce::ExternalId;
use kit::Item;
use ports::{Fault, Lane, Standing, Write};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::api::{Answer, Api};
use super::documents::Document;
use super::judge::is_too_costly;
use crate::map::gid;

/// Records asked for by their ids with one request.
const IDS: usize = 100;

#[derive(Deserialize)]
struct NodesData {
    /// Null for one that is not there, and without fields for what is of another type.
    nodes: Vec<Option<Value>>,
}

/// How records stand by their twins that are there; a delivery can have several. A null stands for each that is not.
pub(super) async fn look_at_twins<R: Sync, T: DeserializeOwned>(
    api: &Api,
    (document, kind): (Document, &str),
    items: &[Item<'_, R>],
    standing: impl Fn(&R, &[Option<T>]) -> Result<Standing, Fault>,
) -> Vec<(usize, Result<Standing, Fault>)> {
    let twins: Vec<Vec<String>> = items
        .iter()
        .map(|(_, write, _)| gids(write, kind))
        .collect();
    let ids: Vec<String> = twins.iter().flatten().cloned().collect();
    let mut found = nodes(api, document, &ids).await.map(Vec::into_iter);
    let mut stands = |ids: &[String], record: &R| {
        let found = found.as_mut().map_err(|fault| fault.clone())?;
        let there = found.by_ref().take(ids.len());
        let there = there.map(|node| node.map(read).transpose());
        // All are taken before any is judged: the next record's follow.
        let there: Vec<Result<Option<T>, Fault>> = there.collect();
        let there: Result<Vec<Option<T>>, Fault> = there.into_iter().collect();
        standing(record, &there?)
    };
    let pairs = items.iter().zip(&twins);
    pairs
        .map(|((place, _, record), ids)| (*place, stands(ids, record)))
        .collect()
}

fn gids(write: &Write, kind: &str) -> Vec<String> {
    let twin = write.bound.as_ref().map(|twin| twin.id.as_str());
    let parts = twin.into_iter().flat_map(|twin| twin.split(','));
    parts
        .filter_map(|part| gid(kind, &ExternalId::new(part).ok()?))
        .collect()
}

fn read<T: DeserializeOwned>(node: Value) -> Result<T, Fault> {
    serde_json::from_value(node).map_err(|error| Fault::Unreadable {
        why: format!("a record that was looked up: {error}"),
    })
}

async fn nodes(api: &Api, document: Document, ids: &[String]) -> Result<Vec<Option<Value>>, Fault> {
    let mut all = Vec::with_capacity(ids.len());
    let (mut rest, mut size) = (ids, IDS);
    while !rest.is_empty() {
        let (some, more) = rest.split_at(size.min(rest.len()));
        let variables = json!({ "ids": some });
        let reply = match api.query(Lane::Bulk, document, variables).await {
            Ok(reply) => reply,
            Err(failure) if some.len() > 1 && is_too_costly(failure.reply.as_deref()) => {
                size = some.len() / 2;
                continue;
            }
            Err(failure) => return Err(failure.fault),
        };
        let nodes = reply.json::<Answer<NodesData>>()?.data.nodes;
        if nodes.len() != some.len() {
            return Err(Fault::Unreadable {
                why: format!(
                    "{} records were asked for, {} answered",
                    some.len(),
                    nodes.len()
                ),
            });
        }
        let is_there = |node: &Value| node.as_object().is_some_and(|fields| !fields.is_empty());
        all.extend(nodes.into_iter().map(|node| node.filter(is_there)));
        rest = more;
    }
    Ok(all)
}
