//! Fulfilments into the shop.
//!
//! What tells the buyer (a note, a fulfilment of WooCommerce's own) is written first and bears the delivery's key; the mark in the order's meta
//! data, with the plugins' tracking numbers and the order's status, follows. Whoever finds no mark looks for the former before telling again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Fulfilment};
use http::Method;
use kit::{Item, Looked, OfOrders, Rest, external, look_at_orders};
use ports::{Effect, Exchange, Fault, Lane, Standing, Twin, Write, Written};
use serde_json::Value;

use super::belonging::{gone, orders, refunds_of, shop_order};
use super::pushed::{Facts, Telling, telling};
use crate::map::{self, KEY, Shipment, order_number};
use crate::wire;
use crate::{Settings, Tracking};

/// Tells deliveries.
pub(super) struct Deliveries {
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Rest,
}

#[async_trait]
impl OfOrders for Deliveries {
    type Record = Fulfilment;
    type Order = wire::Order;
    const AT_ONCE: usize = 1;
    const ANEW: bool = false;

    fn order_of(&self, write: &Write, delivery: &Fulfilment) -> Option<ExternalId> {
        shop_order(write, &delivery.order, &self.connection)
    }

    async fn read(
        &self,
        ids: BTreeSet<ExternalId>,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<wire::Order>> {
        orders(&self.api, ids, exchanges).await
    }

    async fn settle(
        &self,
        id: &ExternalId,
        order: &mut Option<wire::Order>,
        item: &Item<'_, Fulfilment>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let there = order.as_ref().ok_or_else(|| gone(id))?;
        let (written, now) = self.deliver(there, item, exchanges).await?;
        if now.is_some() {
            *order = now;
        }
        Ok(written)
    }

    /// What tells the buyer is looked at, too, where the mark is missing.
    async fn landed(
        &self,
        _: &ExternalId,
        order: &wire::Order,
        (_, write, delivery): &Item<'_, Fulfilment>,
    ) -> Result<Option<Written>, Fault> {
        let key = write.key.as_str();
        let shipment = map::plan(order, delivery, key, &BTreeMap::new())?;
        if shipment.is_told() {
            return written(order, key, Effect::AlreadyThere).map(Some);
        }
        let told = self.told(order, key, &shipment, &mut Vec::new()).await?;
        told.then(|| written(order, key, Effect::Unfinished))
            .transpose()
    }

    async fn look(&self, items: &[Item<'_, Fulfilment>]) -> Vec<(usize, Result<Standing, Fault>)> {
        let tracking = self.settings.fulfilments.tracking;
        let standing = |(_, write, delivery): &Item<'_, Fulfilment>, order: Option<&_>| {
            map::delivered(delivery, write.key.as_str(), order, tracking)
        };
        look_at_orders(self, items, standing).await
    }
}

impl Deliveries {
    async fn deliver(
        &self,
        order: &wire::Order,
        (_, write, delivery): &Item<'_, Fulfilment>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(Written, Option<wire::Order>), Fault> {
        let (key, settings) = (write.key.as_str(), &self.settings.fulfilments);
        let refunds = if settings.complete {
            refunds_of(&self.api, order, exchanges).await?
        } else {
            Vec::new()
        };
        let back = map::refunded_units(&refunds).map_err(|why| Fault::Unreadable {
            why: format!("a refund of order {}: {why}", order.id),
        })?;
        let shipment = map::plan(order, delivery, key, &back)?;
        if shipment.is_told() {
            let effect = if write.bound.is_some() {
                Effect::Unchanged
            } else {
                Effect::AlreadyThere
            };
            return Ok((written(order, key, effect)?, None));
        }
        let facts = |step| Facts::delivery(order, &back, step);
        if !self.told(order, key, &shipment, exchanges).await? {
            self.tell(order, (write, delivery), &shipment, facts, exchanges)
                .await?;
        }
        let (body, _) = telling(order, (write, delivery), &shipment, Telling::Mark, settings);
        let path = format!("orders/{}", order.id);
        let to = (Method::Put, path.as_str());
        let pushed = (&body, facts(Telling::Mark).stored());
        let now = self.api.push(Lane::Orders, to, &[], pushed, exchanges);
        let now: wire::Order = now.await?;
        let effect = if shipment.there.is_some() {
            Effect::Updated
        } else {
            Effect::Created
        };
        Ok((written(order, key, effect)?, Some(now)))
    }

    /// Whether an earlier attempt has told the buyer.
    async fn told(
        &self,
        order: &wire::Order,
        key: &str,
        shipment: &Shipment,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<bool, Fault> {
        match self.settings.fulfilments.tracking {
            Tracking::ShipmentTracking => Ok(false),
            Tracking::Note => {
                let path = format!("orders/{}/notes", order.id);
                let notes: Vec<wire::Note> =
                    self.api.read(Lane::Orders, &path, &[], exchanges).await?;
                let mark = map::note_mark(key, &shipment.mark);
                Ok(notes.iter().any(|note| note.note.0.contains(&mark)))
            }
            // A changed tracking number changes the fulfilment that is there, which may be done twice.
            Tracking::Fulfillments if shipment.there.is_some() => Ok(false),
            Tracking::Fulfillments => {
                let made = self.fulfillment(order, key, exchanges).await?;
                Ok(made.is_some())
            }
        }
    }

    async fn tell(
        &self,
        order: &wire::Order,
        (write, delivery): (&Write, &Fulfilment),
        shipment: &Shipment,
        facts: impl Fn(Telling) -> Facts,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let (step, list) = match self.settings.fulfilments.tracking {
            Tracking::ShipmentTracking => return Ok(()),
            Tracking::Note => (Telling::Note, "notes"),
            Tracking::Fulfillments => (Telling::Fulfillment, "fulfillments"),
        };
        let settings = &self.settings.fulfilments;
        let (body, notify) = telling(order, (write, delivery), shipment, step, settings);
        let facts = facts(step).stored();
        let base = format!("orders/{}/{list}", order.id);
        let (mut query, mut there) = (Vec::new(), None);
        if step == Telling::Fulfillment {
            query.push(("notify_customer", if notify { "true" } else { "false" }));
            if shipment.there.is_some() {
                there = self
                    .fulfillment(order, write.key.as_str(), exchanges)
                    .await?;
            }
        }
        let path = there.map(|id| format!("{base}/{id}"));
        let to = match &path {
            Some(path) => (Method::Put, path.as_str()),
            None => (Method::Post, base.as_str()),
        };
        let made = self
            .api
            .push(Lane::Orders, to, &query, (&body, facts), exchanges);
        made.await.map(|_: Value| ())
    }

    /// The number of WooCommerce's fulfilment that bears the key.
    async fn fulfillment(
        &self,
        order: &wire::Order,
        key: &str,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Option<u64>, Fault> {
        let path = format!("orders/{}/fulfillments", order.id);
        let all: Vec<wire::Fulfillment> =
            self.api.read(Lane::Orders, &path, &[], exchanges).await?;
        let bears = |meta: &wire::Meta| meta.key == KEY && meta.value.as_str() == Some(key);
        let mut ours = all.iter().filter(|one| one.meta_data.iter().any(bears));
        Ok(ours.next().map(|one| one.id))
    }
}

fn written(order: &wire::Order, key: &str, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&format!("{}/{key}", order.id))?,
            number: Some(order_number(order)),
        },
        effect,
        discrepancy: None,
    })
}
