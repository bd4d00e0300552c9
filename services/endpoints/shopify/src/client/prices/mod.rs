//! Prices into the shop: one look at the variants, one at each price list, then only what differs.

mod lists;
mod sort;
mod variants;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use commerce::{ExternalId, Price};
use jiff::Timestamp;
use kit::{Desk, attempts, landed};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Standing, Twin, Written};
use serde::Deserialize;
use serde_json::Value;

use super::api::{Answer, Api};
use super::documents::{SHOP_CURRENCY, VARIANTS};
use super::pushed::{Facts, part};
use super::skus;
use crate::Settings;
use crate::map::{self, Place, Wanted};
use crate::wire::Variant;
use lists::Fixed;

/// Catalogue goes behind everything else.
const LANE: Lane = Lane::Bulk;

pub(super) struct Prices {
    settings: Arc<Settings>,
    api: Api,
    /// The shop's currency, once it was asked for: it does not change while a shop sells.
    currency: OnceLock<String>,
}

/// A write in its batch.
type Item<'a> = kit::Item<'a, Price>;

/// A price that the shop does not have yet.
#[derive(Debug, Clone)]
struct Change<'a> {
    write: usize,
    price: &'a Price,
    variant: Variant,
    place: Place<'a>,
    /// Nothing where the fixed price is to go.
    wanted: Option<Wanted>,
    /// Whether quantities have prices there now.
    tiered: bool,
}

enum Compared<'a> {
    Same(Written),
    Other(Box<Change<'a>>),
}

/// A batch on its way.
#[derive(Default)]
struct Progress {
    outcomes: HashMap<usize, Result<Written, Fault>>,
    exchanges: Vec<Exchange>,
    /// Each write's own parts of those.
    own: HashMap<usize, Vec<Exchange>>,
}

impl Progress {
    /// Notes a request with the parts of it that belong to these changes, as they would be alone.
    fn shared(&mut self, exchange: Exchange, parts: &[(&Change<'_>, Value)]) {
        for (change, alone) in parts {
            let facts = Facts::Price {
                variant: Box::new(change.variant.clone()),
                tiered: change.tiered,
            };
            let own = self.own.entry(change.write).or_default();
            own.push(part(&exchange, alone, &facts));
        }
        self.exchanges.push(exchange);
    }
}

/// The variables that the request for this price would have without others.
///
/// # Errors
/// [`Fault::Held`] where the settings have no place for it.
pub(super) fn alone(
    price: &Price,
    variant: &Variant,
    tiered: bool,
    settings: &crate::Prices,
) -> Result<Value, Fault> {
    let place = map::place(price, settings)?;
    let change = Change {
        write: 0,
        price,
        variant: variant.clone(),
        place,
        wanted: map::wanted(price, settings)?,
        tiered,
    };
    Ok(match place {
        Place::Variant => variants::alone(&change, settings.compare_at),
        Place::List(number) => lists::alone(&change, number),
    })
}

impl Prices {
    pub(super) const fn new(settings: Arc<Settings>, api: Api) -> Self {
        Self {
            settings,
            api,
            currency: OnceLock::new(),
        }
    }
}

#[async_trait]
impl Desk for Prices {
    type Record = Price;

    fn batch_size(&self) -> usize {
        250
    }

    fn most_shown(&self) -> usize {
        250
    }

    async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut progress = Progress::default();
        let mut rest: Vec<Item<'_>> = items.to_vec();
        // Two prices of one SKU and list would overwrite each other in one call.
        while !rest.is_empty() {
            let mut once = HashSet::new();
            let (round, later): (Vec<_>, Vec<_>) = rest
                .into_iter()
                .partition(|(_, _, price)| once.insert((&price.sku, &price.list)));
            self.round(&round, &mut progress).await;
            rest = later;
        }
        let places = items.iter().map(|(place, ..)| *place);
        attempts(places, progress.outcomes, progress.exchanges, progress.own)
    }

    /// Where the shop shows each price already.
    async fn locate(&self, items: &[Item<'_>]) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let compared = self.compare(items, &mut Vec::new()).await;
        let shown = |compared| match compared {
            Ok(Compared::Same(written)) => Ok(Some(landed(written.twin))),
            Ok(Compared::Other(_)) => Ok(None),
            Err(fault) => Err(fault),
        };
        compared
            .into_iter()
            .map(|(write, compared)| (write, shown(compared)))
            .collect()
    }

    /// How each price stands.
    async fn look(
        &self,
        items: &[Item<'_>],
        _: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let compared = self.compare(items, &mut Vec::new()).await;
        let standing = |compared| match compared {
            Compared::Same(_) => Standing::Held,
            Compared::Other(change) => Standing::Differs {
                what: change.told(),
            },
        };
        compared
            .into_iter()
            .map(|(write, compared)| (write, compared.map(standing)))
            .collect()
    }
}

impl Prices {
    async fn round(&self, items: &[Item<'_>], progress: &mut Progress) {
        let compared = self.compare(items, &mut progress.exchanges).await;
        let mut on_variants = Vec::new();
        let mut on_lists: BTreeMap<&str, Vec<Change<'_>>> = BTreeMap::new();
        for (write, compared) in compared {
            match compared {
                Ok(Compared::Other(change)) => match change.place {
                    Place::Variant => on_variants.push(*change),
                    Place::List(number) => on_lists.entry(number).or_default().push(*change),
                },
                Ok(Compared::Same(written)) => {
                    progress.outcomes.insert(write, Ok(written));
                }
                Err(fault) => {
                    progress.outcomes.insert(write, Err(fault));
                }
            }
        }
        let compare_at = self.settings.prices.compare_at;
        variants::set(&self.api, on_variants, compare_at, progress).await;
        for (number, changes) in on_lists {
            lists::set(&self.api, number, changes, progress).await;
        }
    }

    /// What the shop has of each, beside what it should have.
    async fn compare<'a>(
        &'a self,
        items: &[Item<'a>],
        exchanges: &mut Vec<Exchange>,
    ) -> Vec<(usize, Result<Compared<'a>, Fault>)> {
        let skus = items.iter().map(|(_, _, price)| price.sku.as_str());
        let found = skus::find::<Variant>(&self.api, LANE, VARIANTS, skus, exchanges).await;
        let mut compared = Vec::with_capacity(items.len());
        let mut places: BTreeMap<Place<'_>, Vec<(usize, &Price, Variant)>> = BTreeMap::new();
        for (write, _, price) in items {
            let aimed = map::place(price, &self.settings.prices).and_then(|place| {
                let found = found.as_ref().map_err(Fault::clone)?;
                let variant = found.one(price.sku.as_str(), "price", skus::CALLED)?;
                Ok((place, variant.clone()))
            });
            match aimed {
                Ok((place, variant)) => {
                    places
                        .entry(place)
                        .or_default()
                        .push((*write, *price, variant));
                }
                Err(fault) => compared.push((*write, Err(fault))),
            }
        }
        for (place, aimed) in places {
            let there = self.there(place, &aimed, exchanges).await;
            for (write, price, variant) in aimed {
                let one = match &there {
                    Ok(there) => self.differs(write, price, variant, place, there),
                    Err(fault) => Err(fault.clone()),
                };
                compared.push((write, one));
            }
        }
        compared
    }

    /// What a place has, and in which currency. Variants were found with their prices.
    async fn there(
        &self,
        place: Place<'_>,
        aimed: &[(usize, &Price, Variant)],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Fixed, Fault> {
        match place {
            Place::Variant => Ok(Fixed::none(self.currency(exchanges).await?)),
            Place::List(number) => {
                let variants = aimed.iter().map(|(_, _, variant)| variant);
                lists::read(&self.api, number, variants, exchanges).await
            }
        }
    }

    fn differs<'a>(
        &self,
        write: usize,
        price: &'a Price,
        variant: Variant,
        place: Place<'a>,
        there: &Fixed,
    ) -> Result<Compared<'a>, Fault> {
        let settings = &self.settings.prices;
        let whose = match place {
            Place::Variant => "the shop".to_owned(),
            Place::List(number) => format!("the shop's price list {number}"),
        };
        map::same_currency(price, &there.currency, &whose)?;
        let wanted = map::wanted(price, settings)?;
        let fixed = there.prices.get(&variant.id);
        let same = match (place, &wanted, fixed) {
            (Place::Variant, Some(wanted), _) => wanted.stands_on(&variant, settings),
            (Place::Variant, None, _) => {
                return Err(Fault::Held {
                    why: format!(
                        "the list '{}' has no price for {}, and a variant in Shopify always bears one: give it a price",
                        price.list, price.sku
                    ),
                });
            }
            (Place::List(_), Some(wanted), Some(fixed)) => wanted.stands_in(fixed),
            (Place::List(_), Some(_), None) => false,
            (Place::List(_), None, fixed) => fixed.is_none(),
        };
        if same {
            let twin = twin(&variant, place, price)?;
            return Ok(Compared::Same(written(twin, Effect::Unchanged)));
        }
        if wanted.is_none() && !settings.remove_missing {
            return Err(Fault::Held {
                why: format!(
                    "the list '{}' has no price for {} any more, and {whose} still has one: give it a price, or set 'prices.remove_missing'",
                    price.list, price.sku
                ),
            });
        }
        let tiered = fixed.is_some_and(|fixed| !fixed.quantity_price_breaks.nodes.is_empty());
        Ok(Compared::Other(Box::new(Change {
            write,
            price,
            variant,
            place,
            wanted,
            tiered,
        })))
    }

    async fn currency(&self, exchanges: &mut Vec<Exchange>) -> Result<String, Fault> {
        if let Some(known) = self.currency.get() {
            return Ok(known.clone());
        }
        let reply = self.api.query(LANE, SHOP_CURRENCY, Value::Null).await;
        let reply = reply.map_err(|failure| {
            exchanges.push(failure.exchange);
            failure.fault
        })?;
        let read = reply.json::<Answer<ShopData>>();
        exchanges.push(reply.exchange);
        let code = read?.data.shop.currency_code;
        Ok(self.currency.get_or_init(|| code).clone())
    }
}

#[derive(Deserialize)]
struct ShopData {
    shop: Shop,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shop {
    currency_code: String,
}

impl Change<'_> {
    /// Both prices.
    fn told(&self) -> String {
        let ours = match &self.wanted {
            Some(wanted) => match wanted.compare_at {
                Some(regular) => format!("{} instead of {regular}", wanted.price),
                None => wanted.price.to_string(),
            },
            None => "no price".to_owned(),
        };
        match (self.place, &self.variant.compare_at_price) {
            (Place::Variant, Some(regular)) => {
                format!(
                    "{ours} here, {} instead of {regular} there",
                    self.variant.price
                )
            }
            (Place::Variant, None) => format!("{ours} here, {} there", self.variant.price),
            (Place::List(number), _) => {
                format!("{ours} here, another or none on the price list {number}")
            }
        }
    }

    fn landed(&self) -> Result<Written, Fault> {
        let twin = twin(&self.variant, self.place, self.price)?;
        Ok(written(twin, Effect::Updated))
    }
}

const fn written(twin: Twin, effect: Effect) -> Written {
    Written {
        twin,
        effect,
        discrepancy: None,
    }
}

/// A price's id: the variant, and the price list where it is on one.
fn twin(variant: &Variant, place: Place<'_>, price: &Price) -> Result<Twin, Fault> {
    let number = &variant.legacy_resource_id;
    let id = match place {
        Place::Variant => number.clone(),
        Place::List(list) => format!("{number}@{list}"),
    };
    let id = ExternalId::new(id).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })?;
    Ok(Twin {
        id,
        number: Some(price.sku.to_string()),
    })
}
