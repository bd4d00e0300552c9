//! Stock levels into the shop: one look at what is there, one call for all that differs.

mod look;
mod set;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use commerce::{Digest, ExternalId, StockLevel};
use jiff::Timestamp;
use kit::{Desk, attempts, landed};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Standing, Twin, Written};

use super::api::Api;
use super::skus::{CALLED, Found};
use crate::Settings;
use crate::map::{self, Change, Target};
use crate::wire::InventoryItem;
use look::{place, quantity};
use set::Group;

/// Levels that one call may set (Shopify help, "API limits": input arrays).
const MOST_PER_CALL: usize = 250;

pub(super) struct Stock {
    settings: Arc<Settings>,
    api: Api,
    /// Calls made so far.
    calls: AtomicU64,
}

/// A write in its batch.
type Item<'a> = kit::Item<'a, StockLevel>;

/// A write and where it goes.
#[derive(Clone)]
struct Aimed<'a> {
    write: usize,
    level: &'a StockLevel,
    target: Target,
}

/// A batch on its way.
struct Progress {
    lane: Lane,
    outcomes: HashMap<usize, Result<Written, Fault>>,
    exchanges: Vec<Exchange>,
    /// Each write's own parts of those.
    own: HashMap<usize, Vec<Exchange>>,
}

/// What is nearly sold out goes before what is not.
fn lane(items: &[Item<'_>]) -> Lane {
    if items.iter().all(|(_, _, level)| level.scarce) {
        Lane::Orders
    } else {
        Lane::Stock
    }
}

impl Stock {
    pub(super) fn new(settings: Arc<Settings>, api: Api) -> Self {
        Self {
            settings,
            api,
            calls: AtomicU64::new(0),
        }
    }
}

#[async_trait]
impl Desk for Stock {
    type Record = StockLevel;

    fn batch_size(&self) -> usize {
        250
    }

    fn most_shown(&self) -> usize {
        250
    }

    async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut progress = Progress {
            lane: lane(items),
            outcomes: HashMap::new(),
            exchanges: Vec::new(),
            own: HashMap::new(),
        };
        let mut rest: Vec<Aimed<'_>> = Vec::with_capacity(items.len());
        for (write, _, level) in items {
            match map::target(level, &self.settings.locations) {
                Ok(target) => rest.push(Aimed {
                    write: *write,
                    level,
                    target,
                }),
                Err(fault) => {
                    progress.outcomes.insert(*write, Err(fault));
                }
            }
        }
        // Two versions of one level cannot share a call: Shopify takes each place once.
        while !rest.is_empty() {
            let mut places = HashSet::new();
            let (round, later): (Vec<_>, Vec<_>) = rest.into_iter().partition(|aimed| {
                places.insert((aimed.level.sku.clone(), aimed.target.location.clone()))
            });
            self.round(&round, &mut progress).await;
            rest = later;
        }
        let places = items.iter().map(|(place, ..)| *place);
        attempts(places, progress.outcomes, progress.exchanges, progress.own)
    }

    /// Where the shop shows each level already: one look for all.
    async fn locate(&self, items: &[Item<'_>]) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let levels: Vec<&StockLevel> = items.iter().map(|(_, _, level)| *level).collect();
        let found = look::look(&self.api, lane(items), &levels, &mut Vec::new()).await;
        let shown = |(write, _, level): &Item<'_>| {
            let shown = found
                .as_ref()
                .map_err(Fault::clone)
                .and_then(|found| self.shown(found, level))
                .map(|twin| twin.map(landed));
            (*write, shown)
        };
        items.iter().map(shown).collect()
    }

    /// How each level stands: one look for all, behind everything else.
    async fn look(
        &self,
        items: &[Item<'_>],
        settled: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let levels: Vec<&StockLevel> = items.iter().map(|(_, _, level)| *level).collect();
        let found = look::look(&self.api, Lane::Bulk, &levels, &mut Vec::new()).await;
        let standing = |level: &StockLevel| {
            let target = map::target(level, &self.settings.locations)?;
            let found = found.as_ref().map_err(Fault::clone)?;
            let item = found.one(level.sku.as_str(), "stock", CALLED)?;
            let there = quantity(item, &target).map(|there| (there.quantity, there.updated_at));
            Ok(map::level_standing(target.units, there, settled))
        };
        let each = items.iter();
        each.map(|(write, _, level)| (*write, standing(level)))
            .collect()
    }
}

impl Stock {
    fn shown(
        &self,
        found: &Found<InventoryItem>,
        level: &StockLevel,
    ) -> Result<Option<Twin>, Fault> {
        let target = map::target(level, &self.settings.locations)?;
        let item = found.one(level.sku.as_str(), "stock", CALLED)?;
        let there = place(item, &target).is_some_and(|units| units == target.units);
        there.then(|| twin(item, &target, level)).transpose()
    }

    /// An idempotency key. Shopify answers a known key with what it answered before and does nothing, even where the level has moved
    /// in between, so each call has its own: compare-and-set already makes a repeat harmless. Only a call that is sent again because
    /// its credentials had expired keeps its key.
    fn key(&self, group: &Group) -> String {
        let call = self.calls.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let now = self.api.now().as_nanosecond().to_be_bytes();
        let changes = format!("{:?}", group.changes);
        Digest::of([now.as_slice(), &call, changes.as_bytes()]).to_string()
    }

    async fn round(&self, round: &[Aimed<'_>], progress: &mut Progress) {
        let changes = self.changes(round, progress).await;
        let mut groups: Vec<Group> = changes
            .chunks(MOST_PER_CALL)
            .map(|changes| Group::new(changes.to_vec()))
            .collect();
        while let Some(group) = groups.pop() {
            let errors = match set::set(&self.api, &group, &self.key(&group), progress).await {
                Ok(errors) => errors,
                Err(fault) => {
                    for change in &group.changes {
                        progress.outcomes.insert(change.write, Err(fault.clone()));
                    }
                    continue;
                }
            };
            if errors.is_empty() {
                for change in group.changes {
                    progress
                        .outcomes
                        .insert(change.write, written(&change, round));
                }
                continue;
            }
            let sorted = group.sort(&errors);
            for (write, fault) in sorted.failed {
                progress.outcomes.insert(write, Err(fault));
            }
            groups.extend(sorted.again);
            let stale: Vec<Aimed<'_>> = round
                .iter()
                .filter(|aimed| sorted.stale.contains(&aimed.write))
                .cloned()
                .collect();
            if !stale.is_empty() {
                let changes = self.changes(&stale, progress).await;
                groups.extend((!changes.is_empty()).then(|| Group::read_again(changes)));
            }
        }
    }

    /// What has to change, after a look at what is there. What has not, or cannot, gets its outcome at once.
    async fn changes(&self, round: &[Aimed<'_>], progress: &mut Progress) -> Vec<Change> {
        let levels: Vec<&StockLevel> = round.iter().map(|aimed| aimed.level).collect();
        let found = look::look(&self.api, progress.lane, &levels, &mut progress.exchanges).await;
        let mut changes = Vec::with_capacity(round.len());
        for aimed in round {
            let compared = match &found {
                Ok(found) => compare(found, aimed),
                Err(fault) => Err(fault.clone()),
            };
            match compared {
                Ok(Compared::Other(change)) => changes.push(change),
                Ok(Compared::Same(written)) => {
                    progress.outcomes.insert(aimed.write, Ok(written));
                }
                Err(fault) => {
                    progress.outcomes.insert(aimed.write, Err(fault));
                }
            }
        }
        changes
    }
}

enum Compared {
    Same(Written),
    Other(Change),
}

fn compare(found: &Found<InventoryItem>, aimed: &Aimed<'_>) -> Result<Compared, Fault> {
    let (level, target) = (aimed.level, &aimed.target);
    let item = found.one(level.sku.as_str(), "stock", CALLED)?;
    let Some(units) = place(item, target) else {
        // The shop itself knows how many of a bundle it can sell.
        if item.tracked == Some(false) {
            return Ok(Compared::Same(Written {
                twin: twin(item, target, level)?,
                effect: Effect::NotOurs,
                discrepancy: None,
            }));
        }
        return Err(not_stocked(level.sku.as_str(), &target.location));
    };
    if units == target.units {
        return Ok(Compared::Same(Written {
            twin: twin(item, target, level)?,
            effect: Effect::Unchanged,
            discrepancy: None,
        }));
    }
    Ok(Compared::Other(Change {
        write: aimed.write,
        item: item.id.clone(),
        target: target.clone(),
        from: units,
    }))
}

fn written(change: &Change, round: &[Aimed<'_>]) -> Result<Written, Fault> {
    let aimed = round.iter().find(|aimed| aimed.write == change.write);
    let number = map::number(&change.item);
    Ok(Written {
        twin: Twin {
            id: twin_id(number, &change.target)?,
            number: aimed.map(|aimed| aimed.level.sku.to_string()),
        },
        effect: Effect::Updated,
        discrepancy: None,
    })
}

fn twin(item: &InventoryItem, target: &Target, level: &StockLevel) -> Result<Twin, Fault> {
    Ok(Twin {
        id: twin_id(&item.legacy_resource_id, target)?,
        number: Some(level.sku.to_string()),
    })
}

/// A level's id: item and location.
fn twin_id(item: &str, target: &Target) -> Result<ExternalId, Fault> {
    ExternalId::new(format!("{item}@{}", target.location)).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })
}

fn not_stocked(sku: &str, location: &str) -> Fault {
    Fault::Held {
        why: format!(
            "{sku} is not stocked at the Shopify location {location}: stock it there in the Shopify admin, then retry"
        ),
    }
}
