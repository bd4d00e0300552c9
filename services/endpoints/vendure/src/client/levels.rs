//! Stock levels into the shop: one look finds the variants of a batch with what they have, one request writes those that differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use commerce::StockLevel;
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Written};
use serde_json::{Value, json};

use super::api::Api;
use super::documents::{ARTICLES, SET_LEVELS};
use super::reader::external;
use crate::Settings;
use crate::map::{Goal, goal};
use crate::wire::{Article, Articles};

/// The most variants that the server gives with one request, unless it is set otherwise.
const MOST: usize = 1000;

/// Writes levels.
pub(super) struct Levels {
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

/// A level in its batch.
pub(super) type Item<'a> = (usize, &'a StockLevel);

/// The variants that bear a SKU.
type Found = Result<HashMap<String, Vec<Article>>, Fault>;

/// A change of one variant, with the places in the batch that it answers.
struct Change {
    levels: Vec<Value>,
    places: Vec<(usize, Written)>,
}

impl Levels {
    pub(super) async fn write(&self, lane: Lane, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut exchanges = Vec::new();
        let found = self.look_up(lane, items, &mut exchanges).await;
        let mut done: Vec<(usize, Result<Written, Fault>)> = Vec::with_capacity(items.len());
        let mut changes: BTreeMap<String, Change> = BTreeMap::new();
        for (place, level) in items {
            match self.compare(level, &found) {
                Ok((article, goal)) if goal.stands_on(article) => {
                    done.push((*place, written(article, Effect::Unchanged)));
                }
                Ok((article, goal)) => match written(article, Effect::Updated) {
                    Ok(written) => {
                        let change = changes.entry(article.id.clone()).or_insert_with(|| Change {
                            levels: Vec::new(),
                            places: Vec::new(),
                        });
                        change.levels.push(json!({
                            "stockLocationId": goal.location,
                            "stockOnHand": goal.on_hand(article),
                        }));
                        change.places.push((*place, written));
                    }
                    Err(fault) => done.push((*place, Err(fault))),
                },
                Err(fault) => done.push((*place, Err(fault))),
            }
        }
        if !changes.is_empty() {
            done.extend(self.send(lane, &changes, &mut exchanges).await);
        }
        done.sort_by_key(|(place, _)| *place);
        let attempts = done.into_iter().map(|(place, result)| {
            let exchanges = std::mem::take(&mut exchanges);
            (place, Attempt { result, exchanges })
        });
        attempts.collect()
    }

    /// Which of them stand in the shop.
    pub(super) async fn locate(
        &self,
        lane: Lane,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let found = self.look_up(lane, items, &mut Vec::new()).await;
        let landed = |level: &StockLevel| {
            let (article, goal) = self.compare(level, &found)?;
            let stands = goal.stands_on(article);
            stands
                .then(|| written(article, Effect::AlreadyThere))
                .transpose()
        };
        items
            .iter()
            .map(|(place, level)| (*place, landed(level)))
            .collect()
    }

    async fn look_up(
        &self,
        lane: Lane,
        items: &[Item<'_>],
        exchanges: &mut Vec<Exchange>,
    ) -> Found {
        if items.is_empty() {
            return Ok(HashMap::new());
        }
        let skus: BTreeSet<&str> = items.iter().map(|(_, level)| level.sku.as_str()).collect();
        let options = json!({ "take": MOST, "filter": { "sku": { "in": skus } } });
        let variables = json!({ "options": options });
        let found: Articles = self.api.read(lane, ARTICLES, variables, exchanges).await?;
        let mut by_sku: HashMap<String, Vec<Article>> = HashMap::new();
        for article in found.product_variants.items {
            by_sku.entry(article.sku.clone()).or_default().push(article);
        }
        Ok(by_sku)
    }

    /// The one variant of that SKU, and what is to be of it.
    fn compare<'a>(
        &self,
        level: &StockLevel,
        found: &'a Found,
    ) -> Result<(&'a Article, Goal), Fault> {
        let goal = goal(level, &self.settings.stock_locations)?;
        let sku = level.sku.as_str();
        let all = found.as_ref().map_err(Clone::clone)?;
        match all.get(sku).map(Vec::as_slice) {
            Some([one]) => Ok((one, goal)),
            None | Some([]) => Err(Fault::Missing {
                what: format!("item:{sku}"),
            }),
            Some(several) => Err(Fault::Held {
                why: format!(
                    "{} variants in the shop bear the SKU {sku}: which one's stock is meant cannot be told; give each its own",
                    several.len()
                ),
            }),
        }
    }

    /// All changes with one request. The server makes all of them or none: where it refuses, each is tried by itself.
    async fn send(
        &self,
        lane: Lane,
        changes: &BTreeMap<String, Change>,
        exchanges: &mut Vec<Exchange>,
    ) -> Vec<(usize, Result<Written, Fault>)> {
        let all: Vec<(&String, &Change)> = changes.iter().collect();
        let together = self.set(lane, &all, exchanges).await;
        if !matches!(together, Err(Fault::Refused { .. })) || all.len() == 1 {
            return answers(&all, &together);
        }
        let mut done = Vec::new();
        for one in &all {
            let one = std::slice::from_ref(one);
            let alone = self.set(lane, one, exchanges).await;
            done.extend(answers(one, &alone));
        }
        done
    }

    async fn set(
        &self,
        lane: Lane,
        changes: &[(&String, &Change)],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let input = changes
            .iter()
            .map(|(id, change)| json!({ "id": id, "stockLevels": change.levels }));
        let variables = json!({ "input": input.collect::<Vec<Value>>() });
        let now: Vec<Option<Article>> = self
            .api
            .write(lane, SET_LEVELS, variables, exchanges)
            .await?;
        let is_there = |id: &str| now.iter().flatten().any(|article| article.id == id);
        if changes.iter().all(|(id, _)| is_there(id)) {
            return Ok(());
        }
        Err(Fault::Uncertain {
            why: "the shop's answer leaves out some of the variants".to_owned(),
        })
    }
}

fn answers(
    changes: &[(&String, &Change)],
    result: &Result<(), Fault>,
) -> Vec<(usize, Result<Written, Fault>)> {
    let places = changes.iter().flat_map(|(_, change)| &change.places);
    let answer = |written: &Written| result.clone().map(|()| written.clone());
    places
        .map(|(place, written)| (*place, answer(written)))
        .collect()
}

fn written(article: &Article, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&article.id)?,
            number: Some(article.sku.clone()),
        },
        effect,
        discrepancy: None,
    })
}
