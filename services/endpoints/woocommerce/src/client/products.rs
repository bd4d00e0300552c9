//! Products into the shop: the product, then its variations, and last the mark that all of it stands. A repeat after an unknown outcome finds by
//! SKU what is there, and goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::Product;
use http::Method;
use jiff::Timestamp;
use kit::{Desk, Rest, external};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Standing, Twin, Written};
use serde_json::json;

use super::api::{PAGE, PAGE_TEXT, listed};
use super::articles::{PRODUCTS, find};
use super::pushed::{Facts, Step, batches};
use crate::Settings;
use crate::map::{There, own_sku, plan_product, product_stands};
use crate::wire::{Article, Batch, Category};

/// Writes products.
pub(super) struct Products {
    pub(super) settings: Arc<Settings>,
    pub(super) api: Rest,
}

type Item<'a> = kit::Item<'a, Product>;

/// What the shop has of a batch: articles by SKU, and the products of all of them by id.
struct Shop {
    articles: BTreeMap<String, Article>,
    products: BTreeMap<u64, Article>,
}

#[async_trait]
impl Desk for Products {
    type Record = Product;

    fn batch_size(&self) -> usize {
        10
    }

    fn most_shown(&self) -> usize {
        20
    }

    async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut exchanges = Vec::new();
        let shop = self.look_up(items, &mut exchanges).await;
        let categories = match &shop {
            Ok(_) => self.categories(items, &mut exchanges).await,
            Err(fault) => Err(fault.clone()),
        };
        let mut attempts = Vec::with_capacity(items.len());
        for item in items {
            let result = match (&shop, &categories) {
                (Ok(shop), Ok(categories)) => {
                    self.set(item, shop, categories, &mut exchanges).await
                }
                (Err(fault), _) | (_, Err(fault)) => Err(fault.clone()),
            };
            attempts.push((
                item.0,
                Attempt {
                    result,
                    exchanges: std::mem::take(&mut exchanges),
                },
            ));
        }
        attempts
    }

    /// Which of them stand in the shop as they were written.
    async fn locate(&self, items: &[Item<'_>]) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let shop = self.look_up(items, &mut Vec::new()).await;
        let landed = |item: &Item<'_>| {
            let shop = shop.as_ref().map_err(Clone::clone)?;
            let there = shop.product(item);
            let stands = there.filter(|there| product_stands(there, &digest(item)));
            stands
                .map(|there| written(item.2, there, Effect::AlreadyThere))
                .transpose()
        };
        items.iter().map(|item| (item.0, landed(item))).collect()
    }

    /// How they stand there.
    async fn look(
        &self,
        items: &[Item<'_>],
        _: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let shop = self.look_up(items, &mut Vec::new()).await;
        let standing = |item: &Item<'_>| {
            let shop = shop.as_ref().map_err(Clone::clone)?;
            Ok(match shop.product(item) {
                None => Standing::Missing,
                Some(there) if !product_stands(there, &digest(item)) => Standing::Differs {
                    what: "another version is there".to_owned(),
                },
                Some(there) if !item.2.offered && there.status.0 == "publish" => {
                    Standing::Differs {
                        what: "not offered here, shown there".to_owned(),
                    }
                }
                Some(_) => Standing::Held,
            })
        };
        items.iter().map(|item| (item.0, standing(item))).collect()
    }
}

impl Products {
    async fn set(
        &self,
        item: &Item<'_>,
        shop: &Shop,
        categories: &BTreeMap<String, u64>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let (_, write, product) = item;
        let there = shop.product(item);
        let digest = digest(item);
        if let Some(there) = there.filter(|there| product_stands(there, &digest)) {
            let effect = if write.bound.is_some() {
                Effect::Unchanged
            } else {
                Effect::AlreadyThere
            };
            return written(product, there, effect);
        }
        let known = There {
            product: there,
            articles: &shop.articles,
            categories,
        };
        let plan = plan_product(product, &digest, &known, &self.settings.products)?;
        let facts = |step| {
            let facts = Facts::Product {
                shop: there.cloned().map(Box::new),
                articles: shop.of(product),
                categories: categories.clone(),
                step,
            };
            facts.stored()
        };
        let path = there.map(|there| format!("products/{}", there.id));
        let to = match &path {
            Some(path) => (Method::Put, path.as_str()),
            None => (Method::Post, "products"),
        };
        let (api, lane) = (&self.api, Lane::Bulk);
        let pushed = (&plan.product, facts(Step::Set));
        let now: Article = api.push(lane, to, &[], pushed, exchanges).await?;
        let path = format!("products/{}/variations/batch", now.id);
        let batches = batches(&plan.create, &plan.update);
        for (nth, body) in batches.iter().enumerate() {
            let to = (Method::Post, path.as_str());
            let pushed = (body, facts(Step::Vary(nth)));
            all_taken(&api.push(lane, to, &[], pushed, exchanges).await?)?;
        }
        let path = format!("products/{}", now.id);
        let to = (Method::Put, path.as_str());
        let pushed = (&plan.state, facts(Step::State));
        let now: Article = api.push(lane, to, &[], pushed, exchanges).await?;
        let effect = if there.is_some() {
            Effect::Updated
        } else {
            Effect::Created
        };
        written(product, &now, effect)
    }

    async fn look_up(
        &self,
        items: &[Item<'_>],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Shop, Fault> {
        let own: Vec<String> = items
            .iter()
            .map(|(_, _, product)| own_sku(product))
            .collect();
        let mut skus: BTreeSet<&str> = items
            .iter()
            .flat_map(|(_, _, product)| skus_of(product))
            .collect();
        skus.extend(own.iter().map(String::as_str));
        let found = find(&self.api, Lane::Bulk, skus, PRODUCTS, exchanges).await?;
        let (mut articles, mut products) = (BTreeMap::new(), BTreeMap::new());
        let mut wanted: Vec<u64> = items
            .iter()
            .filter_map(|(_, write, _)| write.bound.as_ref()?.id.as_str().parse().ok())
            .collect();
        for (sku, article) in found.all() {
            if article.kind.0 == "variation" {
                wanted.push(article.parent_id);
            } else {
                products.insert(article.id, article.clone());
            }
            articles.insert(sku.clone(), article.clone());
        }
        wanted.retain(|id| !products.contains_key(id));
        wanted.sort_unstable();
        wanted.dedup();
        for some in wanted.chunks(PAGE) {
            let include = listed(some);
            let query = [
                ("include", include.as_str()),
                ("per_page", PAGE_TEXT),
                ("_fields", PRODUCTS),
            ];
            let read = self.api.read(Lane::Bulk, "products", &query, exchanges);
            let some: Vec<Article> = read.await?;
            products.extend(some.into_iter().map(|one| (one.id, one)));
        }
        Ok(Shop { articles, products })
    }

    /// The shop's categories by name, with those that are made.
    async fn categories(
        &self,
        items: &[Item<'_>],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<BTreeMap<String, u64>, Fault> {
        let mut known = BTreeMap::new();
        let wanted = items.iter().flat_map(|(_, _, product)| &product.categories);
        let wanted: BTreeSet<&String> = wanted.collect();
        if wanted.is_empty() {
            return Ok(known);
        }
        let path = "products/categories";
        for page in 1_u64.. {
            let page = page.to_string();
            let query = [
                ("per_page", PAGE_TEXT),
                ("page", page.as_str()),
                ("_fields", "id,name"),
            ];
            let some: Vec<Category> = self.api.read(Lane::Bulk, path, &query, exchanges).await?;
            let full = some.len() >= PAGE;
            known.extend(some.into_iter().map(|one| (one.name.0, one.id)));
            if !full {
                break;
            }
        }
        if self.settings.products.create_categories {
            for name in wanted {
                if !known.contains_key(name) {
                    let (to, body) = ((Method::Post, path), json!({ "name": name }));
                    let made: Category = self
                        .api
                        .write(Lane::Bulk, to, &[], &body, exchanges)
                        .await?;
                    known.insert(name.clone(), made.id);
                }
            }
        }
        Ok(known)
    }
}

impl Shop {
    /// The articles of a product's SKUs.
    fn of(&self, product: &Product) -> BTreeMap<String, Article> {
        let (own, mut skus) = (own_sku(product), skus_of(product));
        skus.insert(&own);
        let known = skus.into_iter().filter_map(|sku| {
            let article = self.articles.get(sku)?;
            Some((sku.to_owned(), article.clone()))
        });
        known.collect()
    }

    /// The product that a write is about: its twin, else the one of its SKU, else the one that has any of its variations.
    fn product(&self, (_, write, product): &Item<'_>) -> Option<&Article> {
        let bound = write.bound.as_ref();
        let bound = bound.and_then(|twin| twin.id.as_str().parse::<u64>().ok());
        let by_sku = || self.by_sku(&own_sku(product));
        let mut variants = product.variants.iter();
        let by_variant = || variants.find_map(|variant| self.by_sku(variant.sku.as_str()));
        bound
            .and_then(|id| self.products.get(&id))
            .or_else(by_sku)
            .or_else(by_variant)
    }

    fn by_sku(&self, sku: &str) -> Option<&Article> {
        let article = self.articles.get(sku)?;
        let id = if article.kind.0 == "variation" {
            article.parent_id
        } else {
            article.id
        };
        self.products.get(&id)
    }
}

/// That every variation of a batch was taken.
fn all_taken(done: &Batch) -> Result<(), Fault> {
    let all = done.create.iter().chain(&done.update);
    let refused: Vec<String> = all
        .filter_map(|one| one.error.as_ref())
        .map(|problem| format!("{} ({})", problem.message.0, problem.code.0))
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Fault::Refused {
        why: format!("variations: {}", refused.join("; ")),
    })
}

fn skus_of(product: &Product) -> BTreeSet<&str> {
    let variants = product.variants.iter().map(|variant| variant.sku.as_str());
    let withdrawn = product.withdrawn.iter().map(|sku| sku.as_str());
    variants.chain(withdrawn).collect()
}

fn digest((_, write, _): &Item<'_>) -> String {
    write.event.revision.digest.to_string()
}

fn written(product: &Product, there: &Article, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&there.id.to_string())?,
            number: Some(product.number.clone()),
        },
        effect,
        discrepancy: None,
    })
}
