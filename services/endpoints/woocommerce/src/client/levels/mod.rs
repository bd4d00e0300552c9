//! Stock levels and prices into the shop: one look finds the articles of a batch with what they have, and what differs is written, up to a
//! hundred articles with a request. The variations of each product are a batch of their own, since the API has it so.

mod desks;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use commerce::{Price, StockLevel};
use http::Method;
use jiff::Timestamp;
use kit::{Rest, external};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Standing, Twin, Written};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::PAGE;
use super::articles::{Articles, LEVELS, find};
use super::pushed::{Facts, change_of, part_of};
use crate::Settings;
use crate::map::{Level, Wanted, instant, level, shown, wanted};
use crate::wire::{Article, Batch};
pub(super) use desks::{PriceDesk, StockDesk};

/// Writes levels and prices.
pub(super) struct Levels {
    settings: Arc<Settings>,
    api: Rest,
    /// The shop's currency, read once.
    currency: OnceLock<String>,
}

/// A level or a price in its batch.
#[derive(Clone, Copy)]
enum Item<'a> {
    Stock(&'a StockLevel),
    Price(&'a Price),
}

/// Whether a write landed.
type Located = Result<Option<Written>, Fault>;

/// An article that has to change: the place of the write, the change as it stands in a batch, what it is made from, what it comes to.
type Change = (usize, Value, Facts, Written);

/// What is to stand at an article.
enum Goal {
    Level(Level),
    Price(Wanted),
}

#[derive(Deserialize)]
struct Currency {
    code: String,
}

impl Item<'_> {
    fn sku(&self) -> &str {
        match self {
            Self::Stock(level) => level.sku.as_str(),
            Self::Price(price) => price.sku.as_str(),
        }
    }
}

impl Goal {
    fn stands_on(&self, article: &Article) -> bool {
        match self {
            Self::Level(level) => level.stands_on(article),
            Self::Price(wanted) => wanted.stands_on(article),
        }
    }

    fn change(&self) -> Value {
        match self {
            Self::Level(level) => level.change(),
            Self::Price(wanted) => wanted.change(),
        }
    }
}

impl Levels {
    pub(super) fn new(settings: Arc<Settings>, api: Rest) -> Self {
        Self {
            settings,
            api,
            currency: OnceLock::new(),
        }
    }

    async fn write(&self, lane: Lane, items: &[(usize, Item<'_>)]) -> Vec<(usize, Attempt)> {
        let mut exchanges = Vec::new();
        let found = self.look_up(lane, items, &mut exchanges).await;
        let mut done: Vec<(usize, Result<Written, Fault>)> = Vec::with_capacity(items.len());
        let mut changes: BTreeMap<u64, Vec<Change>> = BTreeMap::new();
        for (place, item) in items {
            let compared = self.compare(item, &found, &mut exchanges).await;
            let compared = compared.and_then(|(article, change)| {
                let effect = match &change {
                    Some(_) => Effect::Updated,
                    None if self.is_left_out(item, &article) => Effect::NotOurs,
                    None => Effect::Unchanged,
                };
                let written = written(item, &article, effect)?;
                Ok((group_of(&article), change, written))
            });
            match compared {
                Ok((group, Some((change, facts)), written)) => {
                    let group = changes.entry(group).or_default();
                    group.push((*place, change, facts, written));
                }
                Ok((_, None, written)) => done.push((*place, Ok(written))),
                Err(fault) => done.push((*place, Err(fault))),
            }
        }
        let mut parts: BTreeMap<usize, Exchange> = BTreeMap::new();
        for (parent, group) in changes {
            for some in group.chunks(PAGE) {
                done.extend(self.send(lane, parent, some, &mut exchanges).await);
                let whole = exchanges.last();
                parts.extend(some.iter().filter_map(|(place, change, facts, _)| {
                    Some((*place, part_of(whole?, change, facts)))
                }));
            }
        }
        done.sort_by_key(|(place, _)| *place);
        let attempt = |(place, result)| {
            let mut exchanges = std::mem::take(&mut exchanges);
            exchanges.extend(parts.remove(&place));
            (place, Attempt { result, exchanges })
        };
        done.into_iter().map(attempt).collect()
    }

    /// Which of them stand in the shop.
    async fn locate(
        &self,
        lane: Lane,
        items: &[(usize, Item<'_>)],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let mut exchanges = Vec::new();
        let found = self.look_up(lane, items, &mut exchanges).await;
        let mut all = Vec::with_capacity(items.len());
        for (place, item) in items {
            let landed = match self.compare(item, &found, &mut exchanges).await {
                Ok((article, None)) => written(item, &article, Effect::AlreadyThere).map(Some),
                Ok((_, Some(_))) => Ok(None),
                Err(fault) => Err(fault),
            };
            all.push((*place, landed));
        }
        all
    }

    /// How they stand there.
    async fn look(
        &self,
        items: &[(usize, Item<'_>)],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let mut exchanges = Vec::new();
        let found = self.look_up(Lane::Bulk, items, &mut exchanges).await;
        let mut all = Vec::with_capacity(items.len());
        for (place, item) in items {
            let standing = match self.compare(item, &found, &mut exchanges).await {
                Ok((_, None)) => Ok(Standing::Held),
                Ok((article, Some(_))) => Ok(self.differs(item, &article, settled).await),
                Err(Fault::Missing { .. }) => Ok(Standing::Missing),
                Err(fault) => Err(fault),
            };
            all.push((*place, standing));
        }
        all
    }

    async fn differs(&self, item: &Item<'_>, article: &Article, settled: Timestamp) -> Standing {
        let moved = article.date_modified_gmt.as_deref();
        let moved = moved.and_then(|at| instant(at).ok());
        // Sold or changed a moment ago: the other side hears of it, and answers with a level of its own.
        if matches!(item, Item::Stock(_)) && moved.is_some_and(|at| at >= settled) {
            return Standing::Held;
        }
        let goal = self.goal(item, &mut Vec::new()).await;
        let what = match goal {
            Ok(Goal::Level(level)) => {
                let there = shown(article);
                let there = there.map_or_else(|| "none".to_owned(), |units| units.to_string());
                format!("{} units here, {there} there", level.0)
            }
            Ok(Goal::Price(wanted)) => format!(
                "{} here, {} and {} there",
                wanted.words(),
                article.regular_price,
                article.sale_price
            ),
            Err(fault) => fault.to_string(),
        };
        Standing::Differs { what }
    }

    async fn look_up(
        &self,
        lane: Lane,
        items: &[(usize, Item<'_>)],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Articles, Fault> {
        let skus = items.iter().map(|(_, item)| item.sku()).collect();
        find(&self.api, lane, skus, LEVELS, exchanges).await
    }

    /// The article, and how it has to change; nothing where it stands.
    async fn compare(
        &self,
        item: &Item<'_>,
        found: &Result<Articles, Fault>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(Article, Option<(Value, Facts)>), Fault> {
        let goal = self.goal(item, exchanges).await?;
        let articles = found.as_ref().map_err(Clone::clone)?;
        let what = match item {
            Item::Stock(_) => "stock",
            Item::Price(_) => "price",
        };
        let found = articles.one(item.sku(), what, "articles in the shop")?;
        if goal.stands_on(found) || self.is_left_out(item, found) {
            return Ok((found.clone(), None));
        }
        let article = found.id;
        let facts = match item {
            Item::Stock(_) => Facts::Level { article },
            Item::Price(_) => Facts::Price {
                article,
                currency: self.shop_currency(exchanges).await?,
            },
        };
        let change = change_of(article, goal.change());
        Ok((found.clone(), Some((change, facts))))
    }

    /// Levels of articles whose stock the shop does not count, and is not to.
    fn is_left_out(&self, item: &Item<'_>, article: &Article) -> bool {
        let counted = article.manage_stock == Value::Bool(true);
        matches!(item, Item::Stock(_)) && !self.settings.stock.manage && !counted
    }

    async fn goal(&self, item: &Item<'_>, exchanges: &mut Vec<Exchange>) -> Result<Goal, Fault> {
        match item {
            Item::Stock(one) => level(one, &self.settings.stock).map(Goal::Level),
            Item::Price(price) => {
                let shop = self.shop_currency(exchanges).await?;
                wanted(price, &shop, &self.settings.prices).map(Goal::Price)
            }
        }
    }

    async fn shop_currency(&self, exchanges: &mut Vec<Exchange>) -> Result<String, Fault> {
        if let Some(known) = self.currency.get() {
            return Ok(known.clone());
        }
        let path = "data/currencies/current";
        let now: Currency = self.api.read(Lane::Bulk, path, &[], exchanges).await?;
        Ok(self.currency.get_or_init(|| now.code).clone())
    }

    /// A batch of one product's variations, or of products that have none (`parent` is zero).
    async fn send(
        &self,
        lane: Lane,
        parent: u64,
        some: &[Change],
        exchanges: &mut Vec<Exchange>,
    ) -> Vec<(usize, Result<Written, Fault>)> {
        let path = if parent == 0 {
            "products/batch".to_owned()
        } else {
            format!("products/{parent}/variations/batch")
        };
        let items = some.iter().map(|(_, change, ..)| change.clone());
        let body = json!({ "update": items.collect::<Vec<Value>>() });
        let to = (Method::Post, path.as_str());
        let sent = self.api.write(lane, to, &[], &body, exchanges).await;
        let batch: Batch = match sent {
            Ok(batch) => batch,
            Err(fault) => {
                let failed = some.iter().map(|(place, ..)| (*place, Err(fault.clone())));
                return failed.collect();
            }
        };
        let answers = some.iter().map(|(place, change, _, written)| {
            let id = change
                .get("id")
                .map(ToString::to_string)
                .unwrap_or_default();
            let answer = batch.update.iter().find(|one| one.id.0 == id);
            let result = match answer.map(|one| &one.error) {
                Some(None) => Ok(written.clone()),
                Some(Some(problem)) => Err(Fault::Refused {
                    why: format!("{} ({})", problem.message.0, problem.code.0),
                }),
                None => Err(Fault::Uncertain {
                    why: format!("the shop's answer says nothing of article {id}"),
                }),
            };
            (*place, result)
        });
        answers.collect()
    }
}

fn group_of(article: &Article) -> u64 {
    if article.kind.0 == "variation" {
        article.parent_id
    } else {
        0
    }
}

fn written(item: &Item<'_>, article: &Article, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&article.id.to_string())?,
            number: Some(item.sku().to_owned()),
        },
        effect,
        discrepancy: None,
    })
}
