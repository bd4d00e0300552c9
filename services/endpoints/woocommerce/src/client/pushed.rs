//! What requests that write are made from, so that they can be made anew: of a request that writes one record its whole body; of one that
//! many records share the record's own part.

use std::collections::BTreeMap;

use commerce::{Fulfilment, LineId, Price, Product, Refund, StockLevel};
use http::part;
use kit::record_of;
use ports::{Exchange, Fault, Write};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::api::PAGE;
use crate::map::{
    self, FULFILMENT_FIELDS, Ruled, Shipment, There, calling_off, giveback_body, level,
    plan_product, wanted,
};
use crate::wire::{Article, Order, Refund as Given};
use crate::{Fulfilments, Settings, Tracking};

/// What went into a request beside the record, its rules and the settings, by what it wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Facts {
    /// What tells a delivery.
    Delivery {
        order: Box<Order>,
        /// Units that refunds took back.
        back: BTreeMap<LineId, Decimal>,
        step: Telling,
    },
    /// An order called off.
    Cancellation,
    /// Money given back.
    Refund {
        order: Box<Order>,
        refunds: Vec<Given>,
    },
    /// A level among others.
    Level {
        /// Number of the article.
        article: u64,
    },
    /// A price among others.
    Price { article: u64, currency: String },
    /// A part of a product.
    Product {
        /// As the shop had it.
        shop: Option<Box<Article>>,
        /// The articles of its SKUs that the shop had.
        articles: BTreeMap<String, Article>,
        categories: BTreeMap<String, u64>,
        step: Step,
    },
}

/// A request of those that tell a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Telling {
    Note,
    Fulfillment,
    /// The mark in the order's meta data, with the plugins' tracking numbers and the status.
    Mark,
}

/// Which part of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// The product itself.
    Set,
    /// A batch of its variations, counted from zero.
    Vary(usize),
    /// What is remembered last.
    State,
}

impl Facts {
    /// Of a delivery.
    pub(super) fn delivery(order: &Order, back: &BTreeMap<LineId, Decimal>, step: Telling) -> Self {
        Self::Delivery {
            order: Box::new(without_people(order)),
            back: back.clone(),
            step,
        }
    }

    /// Of a refund.
    pub(super) fn refund(order: &Order, refunds: &[Given]) -> Self {
        Self::Refund {
            order: Box::new(without_people(order)),
            refunds: refunds.to_vec(),
        }
    }

    /// As they are stored.
    pub(super) fn stored(&self) -> Value {
        // Plain texts and numbers always serialize; without them the push would only not be remade.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What is needed of an order: nothing of its buyer, and of its meta data what is ours or the plugins'.
fn without_people(order: &Order) -> Order {
    let mut kept = Order {
        billing: None,
        shipping: None,
        customer_id: Default::default(),
        customer_note: Default::default(),
        ..order.clone()
    };
    let ours = |key: &str| map::is_mark(key) || map::is_mark_of_plugins(key);
    kept.meta_data.retain(|meta| ours(&meta.key));
    kept
}

/// The body that tells a delivery in this way, and whether the buyer is told.
pub(super) fn telling(
    order: &Order,
    (write, delivery): (&Write, &Fulfilment),
    shipment: &Shipment,
    step: Telling,
    settings: &Fulfilments,
) -> (Value, bool) {
    let (key, carriers) = (write.key.as_str(), &settings.carriers);
    let ruled = Ruled::of(&write.set, FULFILMENT_FIELDS, settings.notify_customer);
    let mark = &shipment.mark;
    let body = match step {
        Telling::Note => {
            let note = map::note(delivery, key, mark, &ruled, carriers);
            json!({ "note": note, "customer_note": ruled.notify })
        }
        Telling::Fulfillment => map::fulfillment(delivery, key, mark, &ruled, carriers),
        Telling::Mark => {
            let beside = (settings.tracking == Tracking::ShipmentTracking).then(|| {
                let marks = (mark, shipment.there.as_ref());
                map::tracking_items(order, delivery, key, marks, &ruled, carriers)
            });
            map::put(order, key, shipment, beside, settings.complete)
        }
    };
    (body, ruled.notify)
}

/// The bodies of the batches of a product's variations.
pub(super) fn batches(create: &[Value], update: &[Value]) -> Vec<Value> {
    let creates = create.chunks(PAGE).map(|some| json!({ "create": some }));
    let updates = update.chunks(PAGE).map(|some| json!({ "update": some }));
    creates.chain(updates).collect()
}

/// The change of an article by its number, as it stands in a batch.
pub(super) fn change_of(article: u64, mut change: Value) -> Value {
    if let Some(fields) = change.as_object_mut() {
        fields.insert("id".to_owned(), json!(article));
    }
    change
}

/// A record's part of a request that many share.
pub(super) fn part_of(whole: &Exchange, change: &Value, facts: &Facts) -> Exchange {
    part(whole, change.to_string().as_bytes(), facts.stored())
}

/// Makes the body of a past push anew, or the record's part of it.
pub(crate) fn remake(settings: &Settings, write: &Write, facts: &Value) -> Result<Vec<u8>, Fault> {
    let facts: Facts = Deserialize::deserialize(facts).map_err(|error| Fault::Unreadable {
        why: format!("what was kept of the push: {error}"),
    })?;
    let key = write.key.as_str();
    let body = match &facts {
        Facts::Delivery { order, back, step } => {
            let delivery: &Fulfilment = record_of(write)?;
            let shipment = map::plan(order, delivery, key, back)?;
            let of = (write, delivery);
            telling(order, of, &shipment, *step, &settings.fulfilments).0
        }
        Facts::Cancellation => calling_off(key),
        Facts::Refund { order, refunds } => {
            let refund: &Refund = record_of(write)?;
            let body = giveback_body(order, refunds, refund, key, &settings.givebacks)?;
            return written(&body);
        }
        Facts::Level { article } => {
            let one: &StockLevel = record_of(write)?;
            change_of(*article, level(one, &settings.stock)?.change())
        }
        Facts::Price { article, currency } => {
            let price: &Price = record_of(write)?;
            change_of(
                *article,
                wanted(price, currency, &settings.prices)?.change(),
            )
        }
        Facts::Product {
            shop,
            articles,
            categories,
            step,
        } => {
            let product: &Product = record_of(write)?;
            let there = There {
                product: shop.as_deref(),
                articles,
                categories,
            };
            let digest = write.event.revision.digest.to_string();
            let plan = plan_product(product, &digest, &there, &settings.products)?;
            match step {
                Step::Set => plan.product,
                Step::State => plan.state,
                Step::Vary(nth) => {
                    let mut batches = batches(&plan.create, &plan.update).into_iter();
                    batches.nth(*nth).ok_or_else(|| Fault::Held {
                        why: "it would have fewer variations".to_owned(),
                    })?
                }
            }
        }
    };
    written(&body)
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(body).map_err(|error| Fault::Unreadable {
        why: format!("the request cannot be written as JSON: {error}"),
    })
}
