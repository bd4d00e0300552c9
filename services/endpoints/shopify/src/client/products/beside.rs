//! What stands beside products: our key's definition, sales channels, collections, and what is remembered of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use ports::{Exchange, Fault, Lane};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::look::read;
use super::set::refusal;
use super::{Progress, Shown};
use crate::client::api::Api;
use crate::client::documents::{
    COLLECT, COLLECTIONS, DEFINE_KEY, Document, KEY_DEFINITION, PUBLICATIONS, PUBLISH, REMEMBER,
};
use crate::client::pushed::{Facts, Step, part};
use crate::map::beside;
use crate::wire::{Collection, Nodes, Product, Publication, State, UserError};

/// Metafields that one call may set (Shopify help, `metafieldsSet`).
const METAFIELDS: usize = 25;

pub(super) struct Beside {
    api: Api,
    /// Set when the key is known to be defined.
    defined: OnceLock<()>,
    /// Global ids of what the sales channels show, by the channels' names.
    channels: OnceLock<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefinitionData {
    metafield_definition: Option<Value>,
}

#[derive(Deserialize)]
struct PublicationsData {
    publications: Nodes<Publication>,
}

#[derive(Deserialize)]
struct CollectionsData {
    nodes: Vec<Option<Collection>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Defined {
    metafield_definition_create: Option<Errors>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    publishable_publish: Option<Errors>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collected {
    collection_update: Option<Errors>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Remembered {
    metafields_set: Option<Errors>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Errors {
    user_errors: Vec<UserError>,
}

/// A metafield that is to be set.
struct Field {
    place: usize,
    value: Value,
    facts: Facts,
}

impl Beside {
    pub(super) const fn new(api: Api) -> Self {
        Self {
            api,
            defined: OnceLock::new(),
            channels: OnceLock::new(),
        }
    }

    /// Sees to it that our key is defined: only then are its values unique, and can products be found by it.
    pub(super) async fn define_key(&self, exchanges: &mut Vec<Exchange>) -> Result<(), Fault> {
        if self.defined.get().is_some() {
            return Ok(());
        }
        let found: DefinitionData = read(&self.api, KEY_DEFINITION, json!({}), exchanges).await?;
        if found.metafield_definition.is_none() {
            let made = self
                .mutate::<Defined>(DEFINE_KEY, json!({}), exchanges)
                .await;
            if matches!(made, Err(Fault::DryRun)) {
                // So that the product's own request is shown, too.
                return Ok(());
            }
            let made = made?;
            let errors = errors(made.metafield_definition_create)?;
            let taken = |error: &UserError| error.code.as_deref() == Some("TAKEN");
            if !errors.is_empty() && !errors.iter().all(taken) {
                return Err(refusal(&errors));
            }
        }
        self.defined.get_or_init(|| ());
        Ok(())
    }

    /// Shows a product in these sales channels.
    pub(super) async fn publish(
        &self,
        shown: &Shown,
        names: &[String],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let channels = self.channels(exchanges).await?;
        let variables = beside::published(&shown.id, names, channels)?;
        let known = channels.iter().filter(|(name, _)| names.contains(name));
        let facts = shown.facts(Step::Publish {
            id: shown.id.clone(),
            publications: known.map(|(a, b)| (a.clone(), b.clone())).collect(),
        });
        let push = self.api.push(Lane::Bulk, PUBLISH, variables, &facts);
        let (done, exchange) = push.await;
        exchanges.push(exchange);
        let done: Published = done?;
        settled(done.publishable_publish)
    }

    /// Puts products into their collections and takes them out of others: one call for each collection. Those that fail come back.
    pub(super) async fn collect(
        &self,
        shown: &[Shown],
        progress: &mut Progress,
    ) -> HashMap<usize, Fault> {
        let mut changes: BTreeMap<String, (Vec<&Shown>, Vec<&Shown>)> = BTreeMap::new();
        let gid = |number: &String| format!("gid://shopify/Collection/{number}");
        for one in shown {
            for number in &one.plan.join {
                changes.entry(gid(number)).or_default().0.push(one);
            }
            for number in &one.plan.leave {
                changes.entry(gid(number)).or_default().1.push(one);
            }
        }
        let mut failed = HashMap::new();
        if changes.is_empty() {
            return failed;
        }
        let ids: Vec<&String> = changes.keys().collect();
        let exchanges = &mut progress.shared;
        let read = read(&self.api, COLLECTIONS, json!({ "ids": ids }), exchanges).await;
        let read = read.map(|data: CollectionsData| data.nodes.into_iter().flatten().collect());
        let sources: Result<Vec<Collection>, Fault> = read;
        for (id, (joining, leaving)) in &changes {
            let done = match &sources {
                Ok(all) => {
                    let source = source_of(all, id);
                    let moves = (joining.as_slice(), leaving.as_slice());
                    self.collect_one(id, source, moves, progress).await
                }
                Err(fault) => Err(fault.clone()),
            };
            if let Err(fault) = done {
                let all = joining.iter().chain(leaving);
                failed.extend(all.map(|one| (one.place, fault.clone())));
            }
        }
        failed
    }

    async fn collect_one(
        &self,
        id: &str,
        source: Option<&str>,
        (joining, leaving): (&[&Shown], &[&Shown]),
        progress: &mut Progress,
    ) -> Result<(), Fault> {
        let Some(source) = source else {
            return Err(Fault::Held {
                why: format!(
                    "the shop has no collection {} that single products can be put into: correct the connection's table 'products.collections'",
                    crate::map::number(id)
                ),
            });
        };
        let ids =
            |some: &[&Shown]| -> Vec<String> { some.iter().map(|one| one.id.clone()).collect() };
        let (joining_ids, leaving_ids) = (ids(joining), ids(leaving));
        let [join, leave] = [&joining_ids, &leaving_ids]
            .map(|ids| ids.iter().map(String::as_str).collect::<Vec<_>>());
        let variables = beside::collected(id, source, (&join, &leave));
        let (done, exchange) = self.api.mutate(Lane::Bulk, COLLECT, variables).await;
        let joins = joining.iter().map(|one| (one, true));
        for (one, joins) in joins.chain(leaving.iter().map(|one| (one, false))) {
            let own = [one.id.as_str()];
            let moves = if joins {
                (&own[..], &[][..])
            } else {
                (&[][..], &own[..])
            };
            let facts = one.facts(Step::Collect {
                id: one.id.clone(),
                collection: id.to_owned(),
                source: source.to_owned(),
            });
            let alone = beside::collected(id, source, moves);
            let parts = progress.own.entry(one.place).or_default();
            parts.push(part(&exchange, &alone, &facts));
        }
        progress.shared.push(exchange);
        let done: Collected = done?;
        settled(done.collection_update)
    }

    /// Takes down what was put in. Those that fail come back.
    pub(super) async fn remember(
        &self,
        shown: &[Shown],
        progress: &mut Progress,
    ) -> HashMap<usize, Fault> {
        let mut fields = Vec::new();
        for one in shown {
            let id = || one.id.clone();
            if one.plan.adopt {
                fields.push(Field {
                    place: one.place,
                    value: beside::key(&one.id, &one.key),
                    facts: one.facts(Step::Key { id: id() }),
                });
            }
            if one.plan.remember {
                let media = one.media.clone();
                fields.push(Field {
                    place: one.place,
                    value: beside::state(&one.id, &one.plan.state),
                    facts: one.facts(Step::Remember { id: id(), media }),
                });
            }
        }
        self.put(&fields, progress).await
    }

    /// Takes down, for these products by place, what is about to be sent. Those that fail come back.
    pub(super) async fn announce(
        &self,
        announced: &[(usize, &Arc<Product>, &State)],
        progress: &mut Progress,
    ) -> HashMap<usize, Fault> {
        let field = |(place, shop, state): &(usize, &Arc<Product>, &State)| Field {
            place: *place,
            value: beside::state(&shop.id, state),
            facts: Facts::Product {
                shop: Some(Arc::clone(shop)),
                step: Step::Announce,
            },
        };
        let fields: Vec<Field> = announced.iter().map(field).collect();
        self.put(&fields, progress).await
    }

    async fn put(&self, fields: &[Field], progress: &mut Progress) -> HashMap<usize, Fault> {
        let mut failed = HashMap::new();
        for some in fields.chunks(METAFIELDS) {
            let values: Vec<Value> = some.iter().map(|field| field.value.clone()).collect();
            let variables = beside::remembered(&values);
            let (done, exchange) = self.api.mutate(Lane::Bulk, REMEMBER, variables).await;
            for field in some {
                let alone = beside::remembered(std::slice::from_ref(&field.value));
                let parts = progress.own.entry(field.place).or_default();
                parts.push(part(&exchange, &alone, &field.facts));
            }
            progress.shared.push(exchange);
            let done: Result<Remembered, Fault> = done;
            if let Err(fault) = done.and_then(|done| settled(done.metafields_set)) {
                failed.extend(some.iter().map(|field| (field.place, fault.clone())));
            }
        }
        failed
    }

    async fn channels(
        &self,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<&BTreeMap<String, String>, Fault> {
        if let Some(channels) = self.channels.get() {
            return Ok(channels);
        }
        let data: PublicationsData = read(&self.api, PUBLICATIONS, json!({}), exchanges).await?;
        let mut channels = BTreeMap::new();
        for publication in data.publications.nodes {
            let names = publication.channels.nodes.into_iter();
            channels.extend(names.map(|channel| (channel.name, publication.id.clone())));
        }
        Ok(self.channels.get_or_init(|| channels))
    }

    async fn mutate<T: DeserializeOwned>(
        &self,
        document: Document,
        variables: Value,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        let (result, exchange) = self.api.mutate(Lane::Bulk, document, variables).await;
        exchanges.push(exchange);
        result
    }
}

/// The part of a collection that single products can be put into.
fn source_of<'a>(collections: &'a [Collection], id: &str) -> Option<&'a str> {
    let collection = collections.iter().find(|one| one.id == id)?;
    collection
        .sources
        .iter()
        .find_map(|source| source.id.as_deref())
}

fn errors(payload: Option<Errors>) -> Result<Vec<UserError>, Fault> {
    let payload = payload.ok_or_else(|| Fault::Uncertain {
        why: "Shopify answered with neither a change nor an error".to_owned(),
    })?;
    Ok(payload.user_errors)
}

fn settled(payload: Option<Errors>) -> Result<(), Fault> {
    let errors = errors(payload)?;
    if errors.is_empty() {
        Ok(())
    } else {
        Err(refusal(&errors))
    }
}
