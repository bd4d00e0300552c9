//! What the shop holds of what was written to it. It sums nothing up, so records are shown to it: as many with one request as it takes.

use async_trait::async_trait;
use commerce::{ExternalId, Kind};
use jiff::Timestamp;
use ports::{Fault, Lane, Looks, Standing, Write, in_order};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::api::{Answer, Api};
use super::documents::{CALLED_OFF, Document, GIVEN, PARCELS};
use super::judge::is_too_costly;
use super::writer::{Writer, no_orders, sorted};
use crate::map::{self, gid};

/// Records asked for by their ids with one request.
const IDS: usize = 100;
/// Articles asked for with one request.
const ARTICLES: usize = 250;
/// Products, which are read with all their variants.
const PRODUCTS: usize = 10;

#[async_trait]
impl Looks for Writer {
    fn most(&self, kind: Kind) -> usize {
        match kind {
            Kind::Stock | Kind::Price => ARTICLES,
            Kind::Product => PRODUCTS,
            Kind::Fulfilment
            | Kind::Refund
            | Kind::Cancellation
            | Kind::Order
            | Kind::Customer
            | Kind::Company
            | Kind::Payout
            | Kind::ShippingOrder => IDS,
        }
    }

    async fn look(&self, writes: &[Write], settled: Timestamp) -> Vec<Result<Standing, Fault>> {
        let batch = sorted(writes);
        let mut all = Vec::with_capacity(writes.len());
        if !batch.parcels.is_empty() {
            let twins = batch.parcels.iter().map(|(_, write, _)| *write);
            let there = by_twin(&self.api, PARCELS, "Fulfillment", twins).await;
            for ((at, _, delivery), there) in batch.parcels.iter().zip(there) {
                all.push((*at, there.map(|there| map::delivered(delivery, &there))));
            }
        }
        if !batch.called_off.is_empty() {
            let twins = batch.called_off.iter().map(|(_, write, _)| *write);
            let there = by_twin(&self.api, CALLED_OFF, "Order", twins).await;
            for ((at, _, off), orders) in batch.called_off.iter().zip(there) {
                all.push((*at, orders.map(|orders| map::called_off(off, &orders))));
            }
        }
        if !batch.back.is_empty() {
            let twins = batch.back.iter().map(|(_, write, _)| *write);
            let there = by_twin(&self.api, GIVEN, "Refund", twins).await;
            for ((at, _, refund), given) in batch.back.iter().zip(there) {
                let standing = given.and_then(|given| map::given_back(refund, &given));
                all.push((*at, standing));
            }
        }
        if !batch.levels.is_empty() {
            all.extend(self.stock.look(&batch.levels, settled).await);
        }
        if !batch.products.is_empty() {
            all.extend(self.products.look(&batch.products).await);
        }
        if !batch.prices.is_empty() {
            all.extend(self.prices.look(&batch.prices).await);
        }
        in_order(all, writes.len(), || Err(no_orders()))
    }
}

#[derive(Deserialize)]
struct NodesData {
    /// Null for one that is not there, and without fields for what is of another type.
    nodes: Vec<Option<Value>>,
}

/// For each write, its twins that are there; a delivery can have several. A null stands for each that is not.
async fn by_twin<T: DeserializeOwned>(
    api: &Api,
    document: Document,
    kind: &str,
    writes: impl Iterator<Item = &Write>,
) -> Vec<Result<Vec<Option<T>>, Fault>> {
    let twins: Vec<Vec<String>> = writes.map(|write| gids(write, kind)).collect();
    let ids: Vec<String> = twins.iter().flatten().cloned().collect();
    match nodes(api, document, &ids).await {
        Ok(found) => {
            let mut found = found.into_iter();
            let each = twins.iter().map(|ids| {
                let there = found.by_ref().take(ids.len());
                there.map(|node| node.map(read).transpose()).collect()
            });
            each.collect()
        }
        Err(fault) => twins.iter().map(|_| Err(fault.clone())).collect(),
    }
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
