//! Stock levels and prices. A look at the listings, twenty with a request, tells their product types and what stands; what differs is written, one by
//! one, or together as a feed. What Amazon has accepted it may still not apply: a second look tells what it says against it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use commerce::{Kind, Price, StockLevel};
use http::Method;
use ports::{Attempt, Effect, Exchange, Fault, Lane, Standing, Twin, Written};
use serde::Serialize;

use super::api::Api;
use super::orders::external;
use crate::Settings;
use crate::map::{self, Goal, Patch};
use crate::wire::{Issue, Listing, Listings, Submission};

/// SKUs of one search (Listings Items API, "searchListingsItems").
const AT_ONCE: usize = 20;
const SHOWN: &str = "summaries,attributes,fulfillmentAvailability,issues";

/// Writes levels and prices.
pub(super) struct Levels {
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

/// A level or a price in its batch.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Stock(&'a StockLevel),
    Price(&'a Price),
}

/// A change to be made.
pub(super) struct Change {
    pub(super) place: usize,
    pub(super) goal: Goal,
    pub(super) listing: Listing,
    pub(super) product_type: String,
}

type Found = BTreeMap<String, Listing>;

impl Item<'_> {
    pub(super) fn sku(&self) -> &str {
        match self {
            Self::Stock(level) => level.sku.as_str(),
            Self::Price(price) => price.sku.as_str(),
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::Stock(_) => Kind::Stock,
            Self::Price(_) => Kind::Price,
        }
    }
}

impl Levels {
    pub(super) async fn write(
        &self,
        lane: Lane,
        items: &[(usize, Item<'_>)],
    ) -> Vec<(usize, Attempt)> {
        let mut shared = Vec::new();
        let found = self.find(lane, items, &mut shared).await;
        let mut done: Vec<(usize, Attempt)> = Vec::with_capacity(items.len());
        let mut changes = Vec::new();
        for (place, item) in items {
            let result = match self.compare(*place, item, &found) {
                Ok(Err(change)) => {
                    changes.push(change);
                    continue;
                }
                Ok(Ok(written)) => Ok(written),
                Err(fault) => Err(fault),
            };
            done.push((*place, attempt(result, Vec::new())));
        }
        let many = usize::try_from(self.settings.feed_from.max(2)).unwrap_or(usize::MAX);
        // What is scarce does not wait for a feed.
        let mut changed = if changes.len() >= many && lane != Lane::Orders {
            self.feed(lane, &changes).await
        } else {
            self.one_by_one(lane, &changes).await
        };
        self.read_back(lane, &changes, &mut changed).await;
        done.extend(changed);
        done.sort_by_key(|(place, _)| *place);
        if let Some((_, first)) = done.first_mut() {
            first.exchanges.splice(0..0, shared);
        }
        done
    }

    pub(super) async fn locate(
        &self,
        lane: Lane,
        items: &[(usize, Item<'_>)],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let found = self.find(lane, items, &mut Vec::new()).await;
        let all = items.iter().map(|(place, item)| {
            let landed = match self.compare(*place, item, &found) {
                Ok(Ok(mut written)) => {
                    if written.effect == Effect::Unchanged {
                        written.effect = Effect::AlreadyThere;
                    }
                    Ok(Some(written))
                }
                Ok(Err(_)) => Ok(None),
                Err(fault) => Err(fault),
            };
            (*place, landed)
        });
        all.collect()
    }

    /// How they stand there.
    pub(super) async fn look(
        &self,
        items: &[(usize, Item<'_>)],
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let found = self.find(Lane::Bulk, items, &mut Vec::new()).await;
        let all = items.iter().map(|(place, item)| {
            let standing = match self.compare(*place, item, &found) {
                Ok(Ok(_)) => Ok(Standing::Held),
                Ok(Err(change)) => Ok(Standing::Differs {
                    what: change.goal.difference(&change.listing),
                }),
                Err(Fault::Missing { .. }) => Ok(Standing::Missing),
                Err(fault) => Err(fault),
            };
            (*place, standing)
        });
        all.collect()
    }

    /// What stands already, or the change that is needed.
    fn compare(
        &self,
        place: usize,
        item: &Item<'_>,
        found: &Result<Found, Fault>,
    ) -> Result<Result<Written, Change>, Fault> {
        let goal = match item {
            Item::Stock(level) => map::level(level, &self.settings)?,
            Item::Price(price) => map::price(price, &self.settings.prices)?,
        };
        let listing = found.as_ref().map_err(Clone::clone)?.get(item.sku());
        let listing = listing.ok_or_else(|| Fault::Missing {
            what: format!("item:{}", item.sku()),
        })?;
        if goal.is_amazons(listing) {
            let mut left = written(&listing.sku, Effect::NotOurs)?;
            left.discrepancy = Some(format!(
                "{} is kept by Amazon, which counts it itself",
                listing.sku
            ));
            return Ok(Ok(left));
        }
        if goal.stands_on(listing) {
            return Ok(Ok(written(&listing.sku, Effect::Unchanged)?));
        }
        let summaries = || listing.summaries.iter();
        let own = summaries().find(|one| goal.marketplace() == Some(one.marketplace_id.as_str()));
        let Some(summary) = own.or_else(|| summaries().next()) else {
            return Err(Fault::Held {
                why: format!(
                    "Amazon shows no product type of {}, without which its {} cannot be changed: complete the listing",
                    listing.sku,
                    item.kind()
                ),
            });
        };
        Ok(Err(Change {
            place,
            goal,
            listing: listing.clone(),
            product_type: summary.product_type.clone(),
        }))
    }

    async fn one_by_one(&self, lane: Lane, changes: &[Change]) -> Vec<(usize, Attempt)> {
        let mut all = Vec::with_capacity(changes.len());
        let mut halted: Option<Fault> = None;
        for change in changes {
            let mut exchanges = Vec::new();
            let result = match &halted {
                Some(fault) => Err(fault.clone()),
                None => self.patch(lane, change, &mut exchanges).await,
            };
            // What is refused for its rate is refused to the rest as well.
            if let Err(fault @ Fault::Throttled { .. }) = &result {
                halted = Some(fault.clone());
            }
            all.push((change.place, attempt(result, exchanges)));
        }
        all
    }

    async fn patch(
        &self,
        lane: Lane,
        change: &Change,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let body = Body {
            product_type: &change.product_type,
            patches: [change.goal.patch(&change.listing)],
        };
        let sku = &change.listing.sku;
        let path = [
            "listings",
            "2021-08-01",
            "items",
            &self.settings.seller,
            sku,
        ];
        let first = self.settings.marketplaces.first().map(String::as_str);
        let place = change.goal.marketplace().or(first).unwrap_or_default();
        let query = [("marketplaceIds", place)];
        let to = (Method::Patch, &path[..]);
        let reply = self.api.write(lane, to, &query, &body, exchanges).await?;
        let submission: Submission = reply.json().map_err(|fault| Fault::Uncertain {
            why: fault.to_string(),
        })?;
        if submission.status == "INVALID" {
            let why = errors(&submission.issues).unwrap_or_else(|| "it is invalid".to_owned());
            return Err(Fault::Refused { why });
        }
        written(sku, Effect::Updated)
    }

    /// What Amazon has against changes that it accepted and does not show.
    async fn read_back(&self, lane: Lane, changes: &[Change], done: &mut [(usize, Attempt)]) {
        let taken = changes.iter().zip(done.iter_mut());
        let mut taken: Vec<(&Change, &mut Attempt)> = taken
            .map(|(change, (_, attempt))| (change, attempt))
            .filter(|(_, attempt)| attempt.result.is_ok())
            .collect();
        let skus = taken.iter().map(|(change, _)| change.listing.sku.as_str());
        let skus: BTreeSet<&str> = skus.collect();
        let mut exchanges = Vec::new();
        let found = self.search(lane, skus, &mut exchanges).await;
        if let Some((_, first)) = taken.first_mut() {
            first.exchanges.append(&mut exchanges);
        }
        // Without an answer nothing is known against them.
        let found = found.unwrap_or_default();
        for (change, attempt) in taken {
            let now = found.get(&change.listing.sku);
            let now = now.filter(|now| !change.goal.stands_on(now));
            let against = now.and_then(|now| errors(&now.issues));
            if let Ok(written) = &mut attempt.result {
                written.discrepancy =
                    against.map(|why| format!("accepted, and not applied: {why}"));
            }
        }
    }

    /// The marketplaces whose offers and levels are written.
    pub(super) fn places(&self) -> Vec<&str> {
        let mut places: BTreeSet<&str> = self
            .settings
            .prices
            .lists
            .values()
            .map(String::as_str)
            .collect();
        places.extend(self.settings.marketplaces.first().map(String::as_str));
        places.into_iter().collect()
    }

    async fn find(
        &self,
        lane: Lane,
        items: &[(usize, Item<'_>)],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Found, Fault> {
        let skus = items.iter().map(|(_, item)| item.sku()).collect();
        self.search(lane, skus, exchanges).await
    }

    async fn search(
        &self,
        lane: Lane,
        skus: BTreeSet<&str>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Found, Fault> {
        let places = self.places();
        let places = places.join(",");
        // A comma parts one SKU from the next: what has one in it is asked for alone.
        let (alone, together): (Vec<&str>, Vec<&str>) =
            skus.into_iter().partition(|sku| sku.contains(','));
        let mut found = Found::new();
        let path = ["listings", "2021-08-01", "items", &self.settings.seller];
        for sku in alone {
            let query = [("marketplaceIds", places.as_str()), ("includedData", SHOWN)];
            let own = [path.as_slice(), &[sku]].concat();
            let listing = self.api.get(lane, &own, &query).await;
            match listing {
                Ok(reply) => {
                    let listing: Listing = reply.json()?;
                    exchanges.push(reply.exchange);
                    found.insert(listing.sku.clone(), listing);
                }
                Err(failure) => {
                    exchanges.push(failure.exchange);
                    if failure.reply.is_none_or(|reply| reply.status != 404) {
                        return Err(failure.fault);
                    }
                }
            }
        }
        for some in together.chunks(AT_ONCE) {
            let wanted = some.join(",");
            let query = [
                ("marketplaceIds", places.as_str()),
                ("identifiersType", "SKU"),
                ("identifiers", wanted.as_str()),
                ("includedData", SHOWN),
                ("pageSize", "20"),
            ];
            let page: Listings = self.api.read(lane, &path, &query, exchanges).await?;
            let listings = page.items.into_iter();
            found.extend(listings.map(|listing| (listing.sku.clone(), listing)));
        }
        Ok(found)
    }
}

/// A listing's change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    product_type: &'a str,
    patches: [Patch; 1],
}

/// What is wrong, in Amazon's words.
pub(super) fn errors(issues: &[Issue]) -> Option<String> {
    let bad = issues.iter().filter(|issue| issue.severity == "ERROR");
    let words: Vec<String> = bad
        .map(|issue| format!("{} ({})", issue.message, issue.code))
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

pub(super) const fn attempt(result: Result<Written, Fault>, exchanges: Vec<Exchange>) -> Attempt {
    Attempt { result, exchanges }
}

pub(super) fn written(sku: &str, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(sku)?,
            number: Some(sku.to_owned()),
        },
        effect,
        discrepancy: None,
    })
}
