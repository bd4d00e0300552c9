//! Fulfilments into the shop.
//!
//! What tells the buyer (a note, a fulfilment of WooCommerce's own) is written first and bears the delivery's key; the mark in the order's meta
//! data, with the plugins' tracking numbers and the order's status, follows. Whoever finds no mark looks for the former before telling again.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Fulfilment};
use http::Method;
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};
use serde_json::{Value, json};

use super::api::Api;
use super::belonging::{Found, gone, number, orders, refunds_of, shop_order};
use super::orders::external;
use crate::map::{self, KEY, Ruled, Shipment};
use crate::wire;
use crate::{Settings, Tracking};

/// Tells deliveries.
pub(super) struct Deliveries {
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

/// A write in its batch.
pub(super) type Item<'a> = (usize, &'a Write, &'a Fulfilment);

impl Deliveries {
    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut exchanges = Vec::new();
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let mut found = orders(&self.api, ids, &mut exchanges).await;
        let mut attempts = Vec::with_capacity(items.len());
        // One after the other: each sees what the one before it left of the order.
        for item in items {
            let Some(id) = self.order_of(item) else {
                attempts.push((item.0, Attempt::not_ours(item.1)));
                continue;
            };
            let order = found.remove(&id).unwrap_or(Ok(None));
            let (result, order) = self.settle(id, order, item, &mut exchanges).await;
            found.insert(id, order);
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

    /// Where an earlier attempt of each landed, if it did: one look at all their orders, and at what tells the buyer where a mark is missing.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let found = orders(&self.api, ids, &mut Vec::new()).await;
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let order = self.order_of(item).and_then(|id| found.get(&id));
            let landed = match order {
                Some(Ok(Some(order))) => self.landed(order, item).await,
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(None)) | None => Ok(None),
            };
            all.push((item.0, landed));
        }
        all
    }

    pub(super) fn order_of(&self, (_, write, delivery): &Item<'_>) -> Option<u64> {
        shop_order(write, &delivery.order, &self.connection)
    }

    async fn landed(
        &self,
        order: &wire::Order,
        (_, write, delivery): &Item<'_>,
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

    /// The outcome, and the order as it is then.
    async fn settle(
        &self,
        id: u64,
        order: Found,
        item: &Item<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> (Result<Written, Fault>, Found) {
        match order {
            Ok(Some(order)) => match self.deliver(&order, item, exchanges).await {
                Ok((written, now)) => (Ok(written), Ok(Some(now.unwrap_or(order)))),
                Err(fault) => (Err(fault), Ok(Some(order))),
            },
            Ok(None) => (Err(gone(id)), Ok(None)),
            Err(fault) => (Err(fault.clone()), Err(fault)),
        }
    }

    async fn deliver(
        &self,
        order: &wire::Order,
        (_, write, delivery): &Item<'_>,
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
        let ruled = Ruled::of(&write.set, settings.notify_customer);
        if !self.told(order, key, &shipment, exchanges).await? {
            self.tell(order, delivery, key, &shipment, &ruled, exchanges)
                .await?;
        }
        let beside = (settings.tracking == Tracking::ShipmentTracking).then(|| {
            let marks = (&shipment.mark, shipment.there.as_ref());
            map::tracking_items(order, delivery, key, marks, &ruled, &settings.carriers)
        });
        let body = map::put(order, key, &shipment, beside, settings.complete);
        let path = format!("orders/{}", order.id);
        let to = (Method::Put, path.as_str());
        let now: wire::Order = self
            .api
            .write(Lane::Orders, to, &[], &body, exchanges)
            .await?;
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
        delivery: &Fulfilment,
        key: &str,
        shipment: &Shipment,
        ruled: &Ruled,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let carriers = &self.settings.fulfilments.carriers;
        let mark = &shipment.mark;
        match self.settings.fulfilments.tracking {
            Tracking::ShipmentTracking => Ok(()),
            Tracking::Note => {
                let note = map::note(delivery, key, mark, ruled, carriers);
                let body = json!({ "note": note, "customer_note": ruled.notify });
                let path = format!("orders/{}/notes", order.id);
                let to = (Method::Post, path.as_str());
                let made = self.api.write(Lane::Orders, to, &[], &body, exchanges);
                made.await.map(|_: Value| ())
            }
            Tracking::Fulfillments => {
                let body = map::fulfillment(delivery, key, mark, ruled, carriers);
                let notify = [(
                    "notify_customer",
                    if ruled.notify { "true" } else { "false" },
                )];
                let base = format!("orders/{}/fulfillments", order.id);
                let there = match &shipment.there {
                    Some(_) => self.fulfillment(order, key, exchanges).await?,
                    None => None,
                };
                let path = there.map(|id| format!("{base}/{id}"));
                let to = match &path {
                    Some(path) => (Method::Put, path.as_str()),
                    None => (Method::Post, base.as_str()),
                };
                let made = self.api.write(Lane::Orders, to, &notify, &body, exchanges);
                made.await.map(|_: Value| ())
            }
        }
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
            number: Some(number(order)),
        },
        effect,
        discrepancy: None,
    })
}
