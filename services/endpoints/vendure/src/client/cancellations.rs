//! Orders that are called off in the shop because they were elsewhere.

use commerce::{Cancellation, ConnectionId};
use ports::{Attempt, Effect, Exchange, Fault, Twin, Write, Written};
use serde_json::json;

use super::api::{Api, Found, gone, shop_order};
use super::documents::CALL_OFF;
use super::reader::external;
use crate::map::{CallOff, call_off, marked};
use crate::wire::Order;

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
        let found = self.api.orders(ids, &mut exchanges).await;
        let mut attempts = Vec::with_capacity(items.len());
        for item in items {
            let (place, write, cancellation) = *item;
            let Some(id) = self.order_of(item) else {
                attempts.push((place, Attempt::not_ours(write)));
                continue;
            };
            let result = match found.get(&id) {
                Some(Ok(Some((order, _)))) => {
                    let what = (write, cancellation);
                    self.settle(order, what, &mut exchanges).await
                }
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(None)) | None => Err(gone(&id)),
            };
            let exchanges = std::mem::take(&mut exchanges);
            attempts.push((place, Attempt { result, exchanges }));
        }
        attempts
    }

    /// Which of the orders the shop has cancelled by now: one look at all of them.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let found = self.api.orders(ids, &mut Vec::new()).await;
        let landed = |found: &Found| match found {
            Ok(Some((order, _))) if order.state == "Cancelled" => {
                written(order, Effect::AlreadyThere).map(Some)
            }
            Ok(_) => Ok(None),
            Err(fault) => Err(fault.clone()),
        };
        let look = |item: &Item<'_>| {
            let found = self.order_of(item).and_then(|id| found.get(&id));
            (item.0, found.map_or(Ok(None), landed))
        };
        items.iter().map(look).collect()
    }

    fn order_of(&self, (_, write, cancellation): &Item<'_>) -> Option<String> {
        shop_order(write, &cancellation.order, &self.connection)
    }

    async fn settle(
        &self,
        order: &Order,
        (write, cancellation): (&Write, &Cancellation),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        match call_off(cancellation, order) {
            CallOff::Hold(why) => Err(Fault::Held { why }),
            CallOff::Moot => written(order, Effect::Unchanged),
            CallOff::Cancel => {
                let input = json!({
                    "orderId": order.id,
                    "cancelShipping": true,
                    "reason": marked(&cancellation.number, write.key.as_str()),
                });
                let sent = self
                    .api
                    .change(CALL_OFF, json!({ "input": input }), exchanges);
                let now = sent.await?.state.unwrap_or_default();
                if now != "Cancelled" {
                    return Err(Fault::Refused {
                        why: format!(
                            "the shop took the cancellation of {} and left it '{now}': look at it there",
                            order.code
                        ),
                    });
                }
                written(order, Effect::Updated)
            }
        }
    }
}

fn written(order: &Order, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&order.id)?,
            number: Some(order.code.clone()),
        },
        effect,
        discrepancy: None,
    })
}
