//! Products into the shop: two looks at what is there, one `productSet` for each that differs, then what stands beside products for
//! all of the batch.
//!
//! A new product is set under our key, a metafield whose values are unique in the shop, so that a repeated creation meets the product
//! that is there instead of making another.

mod beside;
mod look;
mod set;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ExternalId, Product};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use kit::{Desk, attempts, landed};
use ports::{Attempt, Effect, Exchange, Fault, Standing, Twin, Write, Written};

use super::api::Api;
use super::pushed::{Facts, Step};
use crate::Settings;
use crate::map::{self, ProductPlan};
use crate::wire;
use beside::Beside;

/// Products set at the same time.
const AT_ONCE: usize = 3;

pub(super) struct Products {
    settings: Arc<Settings>,
    api: Api,
    beside: Beside,
}

/// A write in its batch.
type Item<'a> = kit::Item<'a, Product>;

/// A write with what is to be done for it.
struct Planned<'a> {
    place: usize,
    write: &'a Write,
    product: Product,
    shop: Option<Arc<wire::Product>>,
    plan: ProductPlan,
}

/// A product that the shop has, on its way through what stands beside it.
struct Shown {
    place: usize,
    /// Global id.
    id: String,
    twin: Twin,
    effect: Effect,
    key: String,
    plan: ProductPlan,
    /// As the shop had it.
    before: Option<Arc<wire::Product>>,
    /// What our pictures became, where they were sent.
    media: Option<Vec<String>>,
}

impl Shown {
    fn facts(&self, step: Step) -> Facts {
        let shop = self.before.clone();
        Facts::Product { shop, step }
    }
}

/// Each write's own requests, and its parts of shared ones.
type Own = HashMap<usize, Vec<Exchange>>;

/// A batch on its way.
#[derive(Default)]
struct Progress {
    outcomes: HashMap<usize, Result<Written, Fault>>,
    shared: Vec<Exchange>,
    own: Own,
}

impl Products {
    pub(super) fn new(settings: Arc<Settings>, api: Api) -> Self {
        Self {
            beside: Beside::new(api.clone()),
            settings,
            api,
        }
    }
}

#[async_trait]
impl Desk for Products {
    type Record = Product;

    fn batch_size(&self) -> usize {
        10
    }

    fn most_shown(&self) -> usize {
        10
    }

    async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut progress = Progress::default();
        if let Err(fault) = self.beside.define_key(&mut progress.shared).await {
            let failed = items.iter().map(|(place, ..)| (*place, Err(fault.clone())));
            progress.outcomes.extend(failed);
        } else {
            let mut planned = self.plans(items, &mut progress).await;
            self.announce(&mut planned, &mut progress).await;
            let shown = self.set_all(planned, &mut progress).await;
            self.finish(shown, &mut progress).await;
        }
        let places = items.iter().map(|(place, ..)| *place);
        attempts(places, progress.outcomes, progress.shared, progress.own)
    }

    /// Where the shop has each product already, as the source has it.
    async fn locate(&self, items: &[Item<'_>]) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let mut exchanges = Vec::new();
        let found = look::by_key(&self.api, items, &mut exchanges).await;
        let located = |((place, write, product), shop): (&Item<'_>, Result<_, Fault>)| {
            let twin = shop.and_then(|shop: Option<wire::Product>| match shop {
                Some(shop) => {
                    let plan = self.plan(write, product, Some(&shop))?.1;
                    plan.is_done().then(|| twin(&shop).map(landed)).transpose()
                }
                None => Ok(None),
            });
            (*place, twin)
        };
        items.iter().zip(found).map(located).collect()
    }

    /// How each product stands, by its id there.
    async fn look(
        &self,
        items: &[Item<'_>],
        _: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let found = look::by_twin(&self.api, items, &mut Vec::new()).await;
        let standing = |(_, write, product): &Item<'_>, shop: Option<&wire::Product>| match shop {
            Some(shop) => {
                let (_, plan) = self.plan(write, product, Some(shop))?;
                Ok(map::product_standing(&plan))
            }
            None if product.offered => Ok(Standing::Missing),
            None => Ok(Standing::Held),
        };
        let each = items.iter().map(|item| {
            let found = found.as_ref().map_err(Fault::clone);
            let looked = found.and_then(|found| standing(item, look::twin_in(found, item)));
            (item.0, looked)
        });
        each.collect()
    }
}

impl Products {
    fn plan(
        &self,
        write: &Write,
        product: &Product,
        shop: Option<&wire::Product>,
    ) -> Result<(Product, ProductPlan), Fault> {
        let product = map::assigned(product, &write.set.header)?;
        let key = write.key.as_str();
        let other = shop.and_then(|shop| shop.key.as_ref());
        if let Some(other) = other.filter(|other| other.value != key) {
            return Err(Fault::Held {
                why: format!(
                    "its articles are in a product of the shop that belongs to another one ({}): give the articles their own SKUs, or remove the other",
                    other.value
                ),
            });
        }
        let plan = map::plan_product(&product, key, shop, &self.settings.products)?;
        Ok((product, plan))
    }

    /// What is to be done for each. What needs nothing, or cannot be, gets its outcome at once.
    async fn plans<'a>(&self, items: &[Item<'a>], progress: &mut Progress) -> Vec<Planned<'a>> {
        let found = look::look(&self.api, items, &mut progress.shared).await;
        let (mut planned, mut adopted) = (Vec::with_capacity(items.len()), HashSet::new());
        for ((place, write, product), shop) in items.iter().zip(found) {
            let planning = shop.and_then(|shop| {
                let (product, plan) = self.plan(write, product, shop.as_ref())?;
                Ok((product, plan, shop))
            });
            match planning {
                Ok((product, _, None)) if !product.offered => {
                    progress.outcomes.insert(*place, gone(write));
                }
                Ok((_, plan, Some(shop))) if plan.adopt && !adopted.insert(shop.id.clone()) => {
                    progress.outcomes.insert(*place, Err(shared(&shop)));
                }
                Ok((_, plan, Some(shop))) if plan.is_done() => {
                    let same = twin(&shop).map(|twin| written(twin, Effect::Unchanged));
                    progress.outcomes.insert(*place, same);
                }
                Ok((product, plan, shop)) => planned.push(Planned {
                    place: *place,
                    write,
                    product,
                    shop: shop.map(Arc::new),
                    plan,
                }),
                Err(fault) => {
                    progress.outcomes.insert(*place, Err(fault));
                }
            }
        }
        planned
    }

    /// Has the shop remember which pictures are about to change; what cannot be announced is not sent.
    async fn announce(&self, planned: &mut Vec<Planned<'_>>, progress: &mut Progress) {
        let announced: Vec<_> = planned
            .iter()
            .filter_map(|one| {
                let state = one.plan.announced.as_ref()?;
                Some((one.place, one.shop.as_ref()?, state))
            })
            .collect();
        let failed = self.beside.announce(&announced, progress).await;
        planned.retain(|one| !failed.contains_key(&one.place));
        let failed = failed.into_iter().map(|(place, fault)| (place, Err(fault)));
        progress.outcomes.extend(failed);
    }

    /// Sets what differs, product by product.
    async fn set_all(&self, planned: Vec<Planned<'_>>, progress: &mut Progress) -> Vec<Shown> {
        let mut work = Vec::with_capacity(planned.len());
        for planned in planned {
            work.push(self.set(planned));
        }
        let done: Vec<_> = stream::iter(work).buffered(AT_ONCE).collect().await;
        let mut shown = Vec::with_capacity(done.len());
        for (place, done, exchanges) in done {
            progress.own.entry(place).or_default().extend(exchanges);
            match done {
                Ok(one) => shown.push(one),
                Err(fault) => {
                    progress.outcomes.insert(place, Err(fault));
                }
            }
        }
        shown
    }

    async fn set(&self, planned: Planned<'_>) -> (usize, Result<Shown, Fault>, Vec<Exchange>) {
        let (place, mut exchanges) = (planned.place, Vec::new());
        let done = self.set_one(planned, &mut exchanges).await;
        (place, done, exchanges)
    }

    async fn set_one(
        &self,
        planned: Planned<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Shown, Fault> {
        let Planned {
            place,
            write,
            product,
            shop,
            mut plan,
        } = planned;
        let key = write.key.to_string();
        let effect = match (&shop, plan.input.is_empty() && plan.is_shown()) {
            (None, _) => Effect::Created,
            (Some(_), true) => Effect::AlreadyThere,
            (Some(_), false) => Effect::Updated,
        };
        let mut media = None;
        let (id, twin) = match &shop {
            Some(shop) if plan.input.is_empty() => (shop.id.clone(), twin(shop)?),
            shop => {
                let of = shop.as_ref().map(|shop| shop.id.as_str());
                let input = std::mem::take(&mut plan.input);
                let sent_pictures = input.contains_key("files");
                let facts = Facts::Product {
                    shop: shop.clone(),
                    step: Step::Set,
                };
                let set = set::set(&self.api, of, &key, (&input, &facts), exchanges).await?;
                if sent_pictures {
                    let ids: Vec<String> = set.media.nodes.into_iter().map(|one| one.id).collect();
                    map::remember(&mut plan.state, &ids);
                    media = Some(ids);
                }
                (set.id, named(&set.legacy_resource_id, product.number)?)
            }
        };
        Ok(Shown {
            place,
            id,
            twin,
            effect,
            key,
            plan,
            before: shop,
            media,
        })
    }

    /// Sales channels, collections, and what is remembered: the last, so that what fails before is done again.
    async fn finish(&self, shown: Vec<Shown>, progress: &mut Progress) {
        let mut rest = Vec::with_capacity(shown.len());
        for one in shown {
            let mut exchanges = Vec::new();
            let names = &self.settings.products.publish_to;
            let told = if one.plan.publish {
                self.beside.publish(&one, names, &mut exchanges).await
            } else {
                Ok(())
            };
            progress.own.entry(one.place).or_default().extend(exchanges);
            match told {
                Ok(()) => rest.push(one),
                Err(fault) => {
                    progress.outcomes.insert(one.place, Err(fault));
                }
            }
        }
        let failed = self.beside.collect(&rest, progress).await;
        rest.retain(|one| !failed.contains_key(&one.place));
        let failed = failed.into_iter().map(|(place, fault)| (place, Err(fault)));
        progress.outcomes.extend(failed);
        let mut failed = self.beside.remember(&rest, progress).await;
        for one in rest {
            let outcome = match failed.remove(&one.place) {
                Some(fault) => Err(fault),
                None => Ok(written(one.twin, one.effect)),
            };
            progress.outcomes.insert(one.place, outcome);
        }
    }
}

/// Two products of the source that have the same articles.
fn shared(shop: &wire::Product) -> Fault {
    Fault::Held {
        why: format!(
            "another product has articles of the same product of the shop ({}): give the articles their own SKUs",
            shop.handle
        ),
    }
}

/// What is not offered any more, and the shop has not any more.
fn gone(write: &Write) -> Result<Written, Fault> {
    let twin = write.bound.clone().ok_or_else(|| Fault::Held {
        why: "it is not offered, and the shop has nothing of it".to_owned(),
    })?;
    Ok(written(twin, Effect::Unchanged))
}

const fn written(twin: Twin, effect: Effect) -> Written {
    Written {
        twin,
        effect,
        discrepancy: None,
    }
}

fn twin(shop: &wire::Product) -> Result<Twin, Fault> {
    named(&shop.legacy_resource_id, shop.handle.clone())
}

fn named(id: &str, number: String) -> Result<Twin, Fault> {
    let id = ExternalId::new(id).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })?;
    Ok(Twin {
        id,
        number: Some(number),
    })
}
