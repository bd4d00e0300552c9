//! Records that belong to an order of the shop: which one, and what is told where there is none.

use std::collections::{BTreeMap, BTreeSet};

use commerce::ExternalId;
use kit::{Looked, parse};
use ports::{Exchange, Fault, Lane};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::documents::Document;
use super::judge::is_too_costly;
use crate::map::gid;

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Option<Box<RawValue>>>,
}

/// The shop does not show the order.
pub(super) fn gone(id: &ExternalId) -> Fault {
    Fault::Refused {
        why: format!(
            "the shop shows no order {id}: it was deleted, or is older than 60 days and the app lacks the scope read_all_orders"
        ),
    }
}

/// Orders as they stand: `at_once` with one request, fewer where that costs too much.
pub(super) async fn orders<T: DeserializeOwned>(
    api: &Api,
    document: Document,
    at_once: usize,
    ids: BTreeSet<ExternalId>,
    exchanges: &mut Vec<Exchange>,
) -> BTreeMap<ExternalId, Looked<T>> {
    let mut found = BTreeMap::new();
    let mut known = Vec::new();
    for id in ids {
        match gid("Order", &id) {
            Some(gid) => known.push((id, gid)),
            None => {
                found.insert(id, Ok(None));
            }
        }
    }
    let (mut rest, mut size) = (known.as_slice(), at_once);
    while !rest.is_empty() {
        let (some, more) = rest.split_at(size.min(rest.len()));
        let gids: Vec<&str> = some.iter().map(|(_, gid)| gid.as_str()).collect();
        let variables = json!({ "ids": gids });
        let nodes = match api.query(Lane::Orders, document, variables).await {
            Err(failure) if some.len() > 1 && is_too_costly(failure.reply.as_deref()) => {
                size = some.len() / 2;
                continue;
            }
            Err(failure) => {
                exchanges.push(failure.exchange);
                Err(failure.fault)
            }
            Ok(reply) => {
                let nodes = reply.json::<Answer<Nodes>>();
                exchanges.push(reply.exchange);
                nodes.map(|answer| answer.data.nodes)
            }
        };
        let mut nodes = nodes.map(Vec::into_iter);
        for (id, _) in some {
            let order = match &mut nodes {
                Ok(nodes) => read(nodes.next().flatten()),
                Err(fault) => Err(fault.clone()),
            };
            found.insert(id.clone(), order);
        }
        rest = more;
    }
    found
}

fn read<T: DeserializeOwned>(node: Option<Box<RawValue>>) -> Looked<T> {
    let order = node.map(|node| parse(node.get())).transpose();
    order.map_err(|why| Fault::Unreadable {
        why: format!("an order of the shop: {why}"),
    })
}
