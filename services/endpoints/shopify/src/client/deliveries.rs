//! Fulfilments into the shop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Fulfilment};
use kit::{Item, Looked, OfOrders, landed};
use ports::{Effect, Exchange, Fault, Lane, Standing, Write, Written};
use serde::Deserialize;
use serde_json::Value;

use super::api::Api;
use super::belonging::{gone, orders};
use super::documents::{
    DELIVERIES, FULFIL, FULFILLMENT_LINES, FULFILLMENT_ORDER_LINES, FULFILLMENT_ORDERS, PARCELS,
    TRACK,
};
use super::pushed::Facts;
use super::twins::look_at_twins;
use crate::Settings;
use crate::map::{self, Landed, Tracked};
use crate::wire::{OrderDeliveries, UserError};

/// Orders read at once.
const ORDERS_PER_READ: usize = 10;

pub(super) struct Deliveries {
    connection: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
}

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
}

#[async_trait]
impl OfOrders for Deliveries {
    type Record = Fulfilment;
    type Order = OrderDeliveries;
    const AT_ONCE: usize = 4;
    const ANEW: bool = false;

    fn order_of(&self, write: &Write, record: &Fulfilment) -> Option<ExternalId> {
        write.order_at(&record.order, &self.connection)
    }

    async fn read(
        &self,
        ids: BTreeSet<ExternalId>,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<OrderDeliveries>> {
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

    async fn settle(
        &self,
        id: &ExternalId,
        order: &mut Option<OrderDeliveries>,
        (_, write, delivery): &Item<'_, Fulfilment>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let order = order.as_mut().ok_or_else(|| gone(id))?;
        self.deliver(order, write, delivery, exchanges).await
    }

    /// The fulfilment of the order that an earlier attempt made, if it holds all of the delivery.
    async fn landed(
        &self,
        _: &ExternalId,
        order: &OrderDeliveries,
        (_, write, delivery): &Item<'_, Fulfilment>,
    ) -> Result<Option<Written>, Fault> {
        let found = match &write.bound {
            Some(bound) => {
                let plan = map::plan(order, delivery, Some(bound), None)?;
                (!plan.retrack).then_some(plan.there)
            }
            None => map::landed(order, delivery)?,
        };
        let twin = found.as_deref().map(map::twin).transpose()?;
        Ok(twin.map(landed))
    }

    async fn look(&self, items: &[Item<'_, Fulfilment>]) -> Vec<(usize, Result<Standing, Fault>)> {
        let standing = |delivery: &Fulfilment, there: &[_]| Ok(map::delivered(delivery, there));
        look_at_twins(&self.api, (PARCELS, "Fulfillment"), items, standing).await
    }
}

impl Deliveries {
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
