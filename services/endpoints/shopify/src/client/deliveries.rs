//! Fulfilments into the shop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use commerce::{ConnectionId, ExternalId, Fulfilment};
use futures_util::{StreamExt, stream};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};
use serde::Deserialize;
use serde_json::Value;

use super::api::Api;
use super::belonging::{Found, gone, orders};
use super::documents::{
    DELIVERIES, FULFIL, FULFILLMENT_LINES, FULFILLMENT_ORDER_LINES, FULFILLMENT_ORDERS, TRACK,
};
use super::pushed::Facts;
use crate::Settings;
use crate::map::{self, Landed, Tracked};
use crate::wire::{OrderDeliveries, UserError};

/// Orders read at once.
const ORDERS_PER_READ: usize = 10;

/// Orders worked on at the same time.
const AT_ONCE: usize = 4;

pub(super) struct Deliveries {
    connection: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
}

/// A write in its batch.
type Item<'a> = (usize, &'a Write, &'a Fulfilment);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    fulfillment_create: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tracking {
    fulfillment_tracking_info_update: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    fulfillment: Option<Made>,
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: String,
    #[serde(default)]
    legacy_resource_id: String,
    #[serde(default)]
    name: String,
}

impl Deliveries {
    pub(super) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            connection,
            settings,
            api,
        }
    }

    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut attempts = Vec::with_capacity(items.len());
        let mut by_order: BTreeMap<ExternalId, Vec<Item<'_>>> = BTreeMap::new();
        for item in items {
            match self.order_of(item.1, item.2) {
                Some(order) => by_order.entry(order).or_default().push(*item),
                None => attempts.push((item.0, Attempt::not_ours(item.1))),
            }
        }
        let ids: Vec<ExternalId> = by_order.keys().cloned().collect();
        let mut shared = Vec::new();
        let mut orders = self.read(&ids, &mut shared).await;
        let mut work = Vec::with_capacity(by_order.len());
        for (id, items) in by_order {
            let order = orders.remove(&id).unwrap_or(Ok(None));
            work.push(self.deliver_all(id, order, items));
        }
        let done: Vec<Vec<(usize, Attempt)>> =
            stream::iter(work).buffer_unordered(AT_ONCE).collect().await;
        attempts.extend(done.into_iter().flatten());
        attempts.sort_by_key(|(place, _)| *place);
        if let Some((_, first)) = attempts.first_mut() {
            first.exchanges.splice(0..0, shared);
        }
        attempts
    }

    /// Where an earlier attempt of each landed, if it did: one look at all their orders.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Twin>, Fault>)> {
        let order_of = |(_, write, delivery): &Item<'_>| self.order_of(write, delivery);
        let ids: BTreeSet<ExternalId> = items.iter().filter_map(order_of).collect();
        let ids: Vec<ExternalId> = ids.into_iter().collect();
        let orders = self.read(&ids, &mut Vec::new()).await;
        let landed = |item: &Item<'_>| {
            let order = order_of(item).and_then(|id| orders.get(&id));
            let (place, write, delivery) = item;
            let found = match order {
                Some(Ok(Some(order))) => there(order, write, delivery),
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(None)) | None => Ok(None),
            };
            (*place, found)
        };
        items.iter().map(landed).collect()
    }

    fn order_of(&self, write: &Write, delivery: &Fulfilment) -> Option<ExternalId> {
        write.order_at(&delivery.order, &self.connection)
    }

    /// All deliveries of one order, one after the other: each sees what the one before it left.
    async fn deliver_all(
        &self,
        id: ExternalId,
        order: Found<OrderDeliveries>,
        items: Vec<Item<'_>>,
    ) -> Vec<(usize, Attempt)> {
        let mut attempts = Vec::with_capacity(items.len());
        let mut order = match order {
            Ok(Some(order)) => order,
            Ok(None) => {
                let refuse = |(place, ..): &Item<'_>| (*place, Attempt::without_request(gone(&id)));
                return items.iter().map(refuse).collect();
            }
            Err(fault) => {
                let fail =
                    |(place, ..): &Item<'_>| (*place, Attempt::without_request(fault.clone()));
                return items.iter().map(fail).collect();
            }
        };
        for (place, write, delivery) in items {
            let mut exchanges = Vec::new();
            let result = self
                .deliver(&mut order, write, delivery, &mut exchanges)
                .await;
            attempts.push((place, Attempt { result, exchanges }));
        }
        attempts
    }

    async fn deliver(
        &self,
        order: &mut OrderDeliveries,
        write: &Write,
        delivery: &Fulfilment,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let preferred = map::preferred(delivery, &self.settings.locations);
        let plan = map::plan(order, delivery, write.bound.as_ref(), preferred)?;
        let mut there = plan.there;
        let tracked = Tracked::of(delivery, &write.set, &self.settings);
        let effect = match (plan.missing.is_empty(), plan.retrack, &write.bound) {
            (false, ..) => {
                let before = Box::new(order.clone());
                for (place, shipment) in plan.missing.iter().enumerate() {
                    let facts = Facts::Fulfilment {
                        order: before.clone(),
                        bound: write.bound.clone(),
                        shipment: place,
                    };
                    let variables = map::fulfilment(shipment, tracked.clone());
                    let made = self.create(variables, &facts, exchanges).await?;
                    map::after_creation(order, shipment, delivery, &made, self.api.now());
                    there.push(made);
                }
                Effect::Created
            }
            (true, true, _) => {
                for landed in &there {
                    self.track(landed, tracked.clone(), exchanges).await?;
                }
                Effect::Updated
            }
            (true, false, Some(_)) => Effect::Unchanged,
            (true, false, None) => Effect::AlreadyThere,
        };
        Ok(Written {
            twin: map::twin(&there)?,
            effect,
            discrepancy: None,
        })
    }

    async fn create(
        &self,
        variables: Value,
        facts: &Facts,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Landed, Fault> {
        let (result, exchange) = self
            .api
            .push::<Created>(Lane::Orders, FULFIL, variables, facts)
            .await;
        exchanges.push(exchange);
        let made = accepted(result?.fulfillment_create)?;
        Ok(Landed {
            gid: made.id,
            id: made.legacy_resource_id,
            name: made.name,
        })
    }

    async fn track(
        &self,
        landed: &Landed,
        tracked: Tracked,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let facts = Facts::Tracking(landed.gid.clone());
        let variables = map::retracking(&landed.gid, tracked);
        let (result, exchange) = self
            .api
            .push::<Tracking>(Lane::Orders, TRACK, variables, &facts)
            .await;
        exchanges.push(exchange);
        accepted(result?.fulfillment_tracking_info_update).map(|_| ())
    }

    async fn read(
        &self,
        ids: &[ExternalId],
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Found<OrderDeliveries>> {
        let ids = ids.iter().cloned();
        let mut found = orders(&self.api, DELIVERIES, ORDERS_PER_READ, ids, exchanges).await;
        for order in found.values_mut() {
            if let Ok(Some(there)) = order
                && let Err(fault) = self.complete(there, exchanges).await
            {
                *order = Err(fault);
            }
        }
        found
    }

    /// Reads on in lists that did not fit.
    async fn complete(
        &self,
        order: &mut OrderDeliveries,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let lane = Lane::Orders;
        let orders = &mut order.fulfillment_orders;
        self.api
            .complete(lane, FULFILLMENT_ORDERS, &order.id, orders, exchanges)
            .await?;
        for source in &mut orders.nodes {
            let lines = &mut source.line_items;
            self.api
                .complete(lane, FULFILLMENT_ORDER_LINES, &source.id, lines, exchanges)
                .await?;
        }
        for delivered in &mut order.fulfillments {
            let lines = &mut delivered.fulfillment_line_items;
            self.api
                .complete(lane, FULFILLMENT_LINES, &delivered.id, lines, exchanges)
                .await?;
        }
        Ok(())
    }
}

/// The fulfilment of the order that an earlier attempt made, if it holds all of the delivery.
fn there(
    order: &OrderDeliveries,
    write: &Write,
    delivery: &Fulfilment,
) -> Result<Option<Twin>, Fault> {
    let found = match &write.bound {
        Some(bound) => {
            let plan = map::plan(order, delivery, Some(bound), None)?;
            (!plan.retrack).then_some(plan.there)
        }
        None => map::landed(order, delivery)?,
    };
    found.as_deref().map(map::twin).transpose()
}

/// What a mutation made. An answer without a record and without a reason says nothing about what happened.
fn accepted(payload: Option<Payload>) -> Result<Made, Fault> {
    let unclear = || Fault::Uncertain {
        why: "Shopify answered with neither a fulfilment nor an error".to_owned(),
    };
    let payload = payload.ok_or_else(unclear)?;
    if payload.user_errors.is_empty() {
        return payload.fulfillment.ok_or_else(unclear);
    }
    let words: Vec<&str> = payload
        .user_errors
        .iter()
        .map(|error| error.message.as_str())
        .collect();
    Err(Fault::Refused {
        why: words.join("; "),
    })
}
