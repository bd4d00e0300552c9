//! Orders that are called off in the shop because they were elsewhere. What was deleted there, or lies in the trash, is off already.

use commerce::{Cancellation, ConnectionId};
use http::Method;
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};
use serde_json::json;

use super::api::Api;
use super::belonging::{Found, number, orders, shop_order};
use super::orders::external;
use crate::map::{CallOff, KEY, call_off};
use crate::wire;

/// Calls orders off.
pub(super) struct Canceller {
    pub(super) connection: ConnectionId,
    pub(super) api: Api,
}

/// A write in its batch.
pub(super) type Item<'a> = (usize, &'a Write, &'a Cancellation);

impl Canceller {
    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut exchanges = Vec::new();
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let found = orders(&self.api, ids, &mut exchanges).await;
        let mut attempts = Vec::with_capacity(items.len());
        for item in items {
            let (place, write, cancellation) = *item;
            let Some(id) = self.order_of(item) else {
                attempts.push((place, Attempt::not_ours(write)));
                continue;
            };
            let order = found.get(&id).cloned().unwrap_or(Ok(None));
            let result = self.settle(id, order, (write, cancellation), &mut exchanges);
            attempts.push((
                place,
                Attempt {
                    result: result.await,
                    exchanges: std::mem::take(&mut exchanges),
                },
            ));
        }
        attempts
    }

    /// Which of the orders the shop has cancelled by now: one look at all of them.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let found = orders(&self.api, ids, &mut Vec::new()).await;
        let landed = |item: &Item<'_>| {
            let order = self.order_of(item).and_then(|id| found.get(&id));
            let written = match order {
                Some(Ok(Some(order))) if order.status == "cancelled" => Ok(Some(order)),
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(_)) | None => Ok(None),
            };
            let written = written.and_then(|order| {
                order
                    .map(|order| written_as(order, Effect::AlreadyThere))
                    .transpose()
            });
            (item.0, written)
        };
        items.iter().map(landed).collect()
    }

    pub(super) fn order_of(&self, (_, write, cancellation): &Item<'_>) -> Option<u64> {
        shop_order(write, &cancellation.order, &self.connection)
    }

    async fn settle(
        &self,
        id: u64,
        order: Found,
        (write, cancellation): (&Write, &Cancellation),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let Some(order) = order? else {
            return Ok(Written {
                twin: Twin {
                    id: external(&id.to_string())?,
                    number: None,
                },
                effect: Effect::Unchanged,
                discrepancy: None,
            });
        };
        match call_off(cancellation, &order) {
            CallOff::Hold(why) => Err(Fault::Held { why }),
            CallOff::Moot => written_as(&order, Effect::Unchanged),
            CallOff::Cancel => {
                let body = json!({
                    "status": "cancelled",
                    "meta_data": [{ "key": KEY, "value": write.key }],
                });
                let path = format!("orders/{id}");
                let to = (Method::Put, path.as_str());
                let now: wire::Order = self
                    .api
                    .write(Lane::Orders, to, &[], &body, exchanges)
                    .await?;
                if now.status != "cancelled" {
                    return Err(Fault::Refused {
                        why: format!(
                            "the shop took the cancellation of {} and left it '{}': a plugin of the site stands in its way",
                            number(&order),
                            now.status
                        ),
                    });
                }
                written_as(&now, Effect::Updated)
            }
        }
    }
}

fn written_as(order: &wire::Order, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&order.id.to_string())?,
            number: Some(number(order)),
        },
        effect,
        discrepancy: None,
    })
}
