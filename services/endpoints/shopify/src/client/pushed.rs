//! What requests that write are made from, so that they can be made anew: of a request that writes one record its whole body; of one that
//! many records share the variables that it would have for that record alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{Fulfilment, Refund};
use kit::record_of;
use ports::{Exchange, Fault, Twin, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::body;
use super::documents::{CALL_OFF, Document, FULFIL, GIVE_BACK, PUBLISH, SET_PRODUCT, TRACK};
use super::prices::alone as price_alone;
use crate::Settings;
use crate::map::giveback;
use crate::map::{self, Change, beside};
use crate::wire;

/// What went into a request beside the record, its rules and the settings, by what it wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Facts {
    /// A fulfilment of a delivery.
    Fulfilment {
        /// The order as it stood before any of them was made.
        order: Box<wire::OrderDeliveries>,
        bound: Option<Twin>,
        /// Which of those that were missing it is.
        shipment: usize,
    },
    /// Other tracking numbers of a fulfilment, by its global id.
    Tracking(String),
    /// An order called off, by its global id.
    Cancellation(String),
    /// Money given back.
    Refund {
        order: Box<wire::OrderGivebacks>,
        /// The hour of its idempotency key, since 1970.
        hour: i64,
    },
    /// A level among others.
    Level {
        /// Global id of the inventory item.
        item: String,
        /// What was there.
        from: i64,
    },
    /// A price among others.
    Price {
        variant: Box<wire::Variant>,
        /// Whether quantities had prices there.
        tiered: bool,
    },
    /// A part of a product.
    Product {
        /// As the shop had it.
        shop: Option<Arc<wire::Product>>,
        step: Step,
    },
}

/// Which part of a product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// What is remembered before pictures change, among others.
    Announce,
    /// The product itself.
    Set,
    /// Its sales channels: what shows it, by the channels' names.
    Publish {
        id: String,
        publications: BTreeMap<String, String>,
    },
    /// A collection that it is put into or taken out of, among others.
    Collect {
        id: String,
        collection: String,
        source: String,
    },
    /// Our key on a product that was there before us, among others.
    Key { id: String },
    /// What is remembered in the end, among others.
    Remember {
        id: String,
        /// What our pictures became, where they were sent.
        media: Option<Vec<String>>,
    },
}

impl Facts {
    /// As they are stored.
    pub(super) fn stored(&self) -> Value {
        // Plain texts and numbers always serialize; without them the push would only not be remade.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// A record's part of a request that many share, by the variables that it would have for that record alone.
pub(super) fn part(whole: &Exchange, variables: &Value, facts: &Facts) -> Exchange {
    http::part(whole, variables.to_string().as_bytes(), facts.stored())
}

/// Makes the body of a past push anew, or the record's part of it.
pub(crate) fn remake(settings: &Settings, write: &Write, facts: &Value) -> Result<Vec<u8>, Fault> {
    let facts: Facts = Deserialize::deserialize(facts).map_err(|error| Fault::Unreadable {
        why: format!("what was kept of the push: {error}"),
    })?;
    let whole = |document: Document, variables| Ok(body(document, variables).into_bytes());
    match &facts {
        Facts::Fulfilment {
            order,
            bound,
            shipment,
        } => {
            let delivery: &Fulfilment = record_of(write)?;
            let preferred = map::preferred(delivery, &settings.locations);
            let plan = map::plan(order, delivery, bound.as_ref(), preferred)?;
            let shipment = plan.missing.get(*shipment);
            let shipment = shipment.ok_or_else(|| without("it would be no fulfilment more"))?;
            let tracked = map::Tracked::of(delivery, &write.set, settings);
            whole(FULFIL, map::fulfilment(shipment, tracked))
        }
        Facts::Tracking(fulfilment) => {
            let tracked = map::Tracked::of(record_of(write)?, &write.set, settings);
            whole(TRACK, map::retracking(fulfilment, tracked))
        }
        Facts::Cancellation(order) => {
            let key = write.key.as_str();
            whole(
                CALL_OFF,
                map::calling_off(order, key, settings.cancellations),
            )
        }
        Facts::Refund { order, hour } => {
            let (refund, key) = (record_of::<Refund>(write)?, write.key.as_str());
            let input = giveback::input(order, refund, key, &settings.givebacks)?;
            whole(GIVE_BACK, giveback::once(key, input, *hour))
        }
        Facts::Level { item, from } => {
            let change = Change {
                write: 0,
                item: item.clone(),
                target: map::target(record_of(write)?, &settings.locations)?,
                from: *from,
            };
            part_of(map::set_levels(&[change]))
        }
        Facts::Price { variant, tiered } => {
            let alone = price_alone(record_of(write)?, variant, *tiered, &settings.prices);
            part_of(alone?)
        }
        Facts::Product { shop, step } => remake_product(settings, write, shop.as_deref(), step),
    }
}

fn remake_product(
    settings: &Settings,
    write: &Write,
    shop: Option<&wire::Product>,
    step: &Step,
) -> Result<Vec<u8>, Fault> {
    let (key, settings) = (write.key.as_str(), &settings.products);
    let product = map::assigned(record_of(write)?, &write.set.header)?;
    let mut plan = map::plan_product(&product, key, shop, settings)?;
    let there = shop.map(|shop| shop.id.as_str());
    match step {
        Step::Announce => {
            let announced = plan.announced.zip(there);
            let (state, id) = announced.ok_or_else(|| without("no pictures would change"))?;
            part_of(beside::remembered(&[beside::state(id, &state)]))
        }
        Step::Set if plan.input.is_empty() => Err(without("nothing of it would be set")),
        Step::Set => {
            let variables = beside::set(there, key, &plan.input);
            Ok(body(SET_PRODUCT, variables).into_bytes())
        }
        Step::Publish { id, publications } if plan.publish => {
            let shown = beside::published(id, &settings.publish_to, publications)?;
            Ok(body(PUBLISH, shown).into_bytes())
        }
        Step::Publish { .. } => Err(without("it would not be shown in more sales channels")),
        Step::Collect {
            id,
            collection,
            source,
        } => {
            let is_it = |number: &String| map::number(collection) == number.as_str();
            let (ids, none) = (&[id.as_str()][..], &[][..]);
            let moves = if plan.join.iter().any(is_it) {
                (ids, none)
            } else if plan.leave.iter().any(is_it) {
                (none, ids)
            } else {
                return Err(without("its collections would stay as they are"));
            };
            part_of(beside::collected(collection, source, moves))
        }
        Step::Key { id } if plan.adopt => part_of(beside::remembered(&[beside::key(id, key)])),
        Step::Key { .. } => Err(without("it would not get our key")),
        Step::Remember { id, media } => {
            if let Some(media) = media {
                map::remember(&mut plan.state, media);
            }
            part_of(beside::remembered(&[beside::state(id, &plan.state)]))
        }
    }
}

fn part_of(variables: Value) -> Result<Vec<u8>, Fault> {
    Ok(variables.to_string().into_bytes())
}

fn without(why: &str) -> Fault {
    Fault::Held {
        why: why.to_owned(),
    }
}
