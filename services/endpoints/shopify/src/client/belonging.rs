//! Records that belong to an order of the shop: which one, and what is told where there is none.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{ConnectionId, ExternalId, Kind, OrderRef, TargetKey};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::documents::Document;
use super::judge::is_too_costly;
use super::orders::parse;
use crate::map::gid;

/// An order as the shop has it; `None` where it has none.
pub(super) type Found<T> = Result<Option<T>, Fault>;

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Option<Box<RawValue>>>,
}

/// The order's id at the shop: its proven twin, else what Causeway's own key says. `None` for an order of somebody else's.
pub(super) fn shop_order(
    write: &Write,
    order: &OrderRef,
    connection: &ConnectionId,
) -> Option<ExternalId> {
    let own = |key: &String| TargetKey::source_id(key, connection, Kind::Order);
    match &write.parent {
        Some(twin) => Some(twin.id.clone()),
        None => order.key.as_ref().and_then(own),
    }
}

/// A record of an order that did not come from this shop.
pub(super) fn not_ours(write: &Write) -> Attempt {
    Attempt {
        result: Ok(Written {
            twin: Twin {
                id: write.event.external_id.clone(),
                number: None,
            },
            effect: Effect::NotOurs,
            discrepancy: None,
        }),
        exchanges: Vec::new(),
    }
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
    ids: impl Iterator<Item = ExternalId> + Send,
    exchanges: &mut Vec<Exchange>,
) -> BTreeMap<ExternalId, Found<T>> {
    let mut found = BTreeMap::new();
    let mut known = Vec::new();
    for id in ids.collect::<BTreeSet<_>>() {
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

fn read<T: DeserializeOwned>(node: Option<Box<RawValue>>) -> Found<T> {
    let order = node.map(|node| parse(node.get())).transpose();
    order.map_err(|why| Fault::Unreadable {
        why: format!("an order of the shop: {why}"),
    })
}
