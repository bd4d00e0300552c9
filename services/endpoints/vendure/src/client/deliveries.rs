//! Fulfilments into the shop. The method of each bears the delivery's key: it is there from the first moment.

use std::sync::Arc;

use commerce::{ConnectionId, Fulfilment};
use ports::{Attempt, Effect, Exchange, Fault, Twin, Write, Written};
use serde_json::{Value, json};

use super::api::{Api, Found, gone, shop_order};
use super::documents::{FULFIL, MOVE};
use super::reader::external;
use crate::Settings;
use crate::map::{Delivery, plan};
use crate::wire::{Fulfillment, Order, Units};

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
        let mut found = self.api.orders(ids, &mut exchanges).await;
        let mut attempts = Vec::with_capacity(items.len());
        // One after the other: each sees what the one before it left of the order.
        for item in items {
            let Some(id) = self.order_of(item) else {
                attempts.push((item.0, Attempt::not_ours(item.1)));
                continue;
            };
            let result = match found.get_mut(&id) {
                Some(Ok(Some((order, _)))) => self.deliver(order, item, &mut exchanges).await,
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(None)) | None => Err(gone(&id)),
            };
            let exchanges = std::mem::take(&mut exchanges);
            attempts.push((item.0, Attempt { result, exchanges }));
        }
        attempts
    }

    /// Where an earlier attempt of each landed, if it did: one look at all their orders.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let found = self.api.orders(ids, &mut Vec::new()).await;
        let landed = |item: &Item<'_>| match self.order_of(item).and_then(|id| found.get(&id)) {
            Some(found) => self.landed(found, item),
            None => Ok(None),
        };
        items.iter().map(|item| (item.0, landed(item))).collect()
    }

    fn order_of(&self, (_, write, delivery): &Item<'_>) -> Option<String> {
        shop_order(write, &delivery.order, &self.connection)
    }

    fn landed(
        &self,
        found: &Found,
        (_, write, delivery): &Item<'_>,
    ) -> Result<Option<Written>, Fault> {
        let Some((order, _)) = found.as_ref().map_err(Clone::clone)? else {
            return Ok(None);
        };
        match plan(order, delivery, write.key.as_str()) {
            Ok(Delivery::Told { id, differs }) if self.is_far_enough(order, &id) => {
                written(order, &id, Effect::AlreadyThere, differs).map(Some)
            }
            Ok(Delivery::Told { id, .. } | Delivery::Begun { id }) => {
                written(order, &id, Effect::Unfinished, None).map(Some)
            }
            Ok(Delivery::New { .. }) | Err(Fault::Held { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn deliver(
        &self,
        order: &mut Order,
        (_, write, delivery): &Item<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        match plan(order, delivery, write.key.as_str())? {
            Delivery::Told { id, differs } if self.is_far_enough(order, &id) => {
                let effect = if write.bound.is_some() {
                    Effect::Unchanged
                } else {
                    Effect::AlreadyThere
                };
                written(order, &id, effect, differs)
            }
            Delivery::Told { id, differs } => {
                self.advance(&id, "Delivered", exchanges).await?;
                written(order, &id, Effect::Updated, differs)
            }
            Delivery::Begun { id } => {
                self.send_off(&id, exchanges).await?;
                written(order, &id, Effect::Updated, None)
            }
            Delivery::New {
                lines,
                method,
                tracking,
            } => {
                let made = self.make(&lines, &method, &tracking, exchanges).await?;
                order
                    .fulfillments
                    .get_or_insert_default()
                    .push(Fulfillment {
                        id: made.clone(),
                        state: "Pending".to_owned(),
                        method,
                        tracking_code: Some(tracking),
                        lines,
                    });
                // What follows may be repeated: the fulfilment is found by its key.
                self.send_off(&made, exchanges).await?;
                written(order, &made, Effect::Created, None)
            }
        }
    }

    async fn make(
        &self,
        lines: &[Units],
        method: &str,
        tracking: &str,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<String, Fault> {
        let units = |units: &Units| json!({ "orderLineId": units.order_line_id, "quantity": units.quantity });
        let handler = json!({
            "code": self.settings.fulfilments.handler,
            "arguments": [
                { "name": "method", "value": method },
                { "name": "trackingCode", "value": tracking },
            ],
        });
        let input = json!({
            "lines": lines.iter().map(units).collect::<Vec<Value>>(),
            "handler": handler,
        });
        let made = self
            .api
            .change(FULFIL, json!({ "input": input }), exchanges)
            .await?;
        made.id.ok_or_else(|| Fault::Uncertain {
            why: "the shop made a fulfilment and does not say which".to_owned(),
        })
    }

    async fn send_off(&self, id: &str, exchanges: &mut Vec<Exchange>) -> Result<(), Fault> {
        self.advance(id, "Shipped", exchanges).await?;
        if self.settings.fulfilments.delivered {
            self.advance(id, "Delivered", exchanges).await?;
        }
        Ok(())
    }

    async fn advance(
        &self,
        id: &str,
        state: &str,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let variables = json!({ "id": id, "state": state });
        self.api.change(MOVE, variables, exchanges).await.map(drop)
    }

    /// Whether the fulfilment stands where it is to stand; one that the shop's people moved further does.
    fn is_far_enough(&self, order: &Order, id: &str) -> bool {
        let mut all = order.fulfillments.iter().flatten();
        let state = all.find(|one| one.id == id).map(|one| one.state.as_str());
        !self.settings.fulfilments.delivered || state != Some("Shipped")
    }
}

fn written(
    order: &Order,
    id: &str,
    effect: Effect,
    discrepancy: Option<String>,
) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(id)?,
            number: Some(order.code.clone()),
        },
        effect,
        discrepancy,
    })
}
