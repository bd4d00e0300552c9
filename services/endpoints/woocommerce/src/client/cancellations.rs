//! Orders that are called off in the shop because they were elsewhere. What was deleted there, or lies in the trash, is off already.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use commerce::{Cancellation, ConnectionId, ExternalId};
use http::Method;
use kit::{CallOff, Item, Looked, OfOrders, Rest, look_at_orders};
use ports::{Effect, Exchange, Fault, Lane, Standing, Twin, Write, Written};

use super::belonging::{orders, shop_order};
use super::pushed::Facts;
use crate::map::{call_off, called_off, calling_off, order_number};
use crate::wire;

/// Calls orders off.
pub(super) struct Canceller {
    pub(super) connection: ConnectionId,
    pub(super) api: Rest,
}

#[async_trait]
impl OfOrders for Canceller {
    type Record = Cancellation;
    type Order = wire::Order;
    const AT_ONCE: usize = 1;
    const ANEW: bool = false;

    fn order_of(&self, write: &Write, cancellation: &Cancellation) -> Option<ExternalId> {
        shop_order(write, &cancellation.order, &self.connection)
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
        (_, write, cancellation): &Item<'_, Cancellation>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let Some(there) = order.as_ref() else {
            return Ok(written(id, None, Effect::Unchanged));
        };
        match call_off(cancellation, there) {
            CallOff::Hold(why) => Err(Fault::Held { why }),
            CallOff::Moot => Ok(written(id, order.as_ref(), Effect::Unchanged)),
            CallOff::Cancel => {
                let body = calling_off(write.key.as_str());
                let path = format!("orders/{id}");
                let to = (Method::Put, path.as_str());
                let pushed = (&body, Facts::Cancellation.stored());
                let now = self.api.push(Lane::Orders, to, &[], pushed, exchanges);
                let now: wire::Order = now.await?;
                if now.status != "cancelled" {
                    return Err(Fault::Refused {
                        why: format!(
                            "the shop took the cancellation of {} and left it '{}': a plugin of the site stands in its way",
                            order_number(there),
                            now.status
                        ),
                    });
                }
                *order = Some(now);
                Ok(written(id, order.as_ref(), Effect::Updated))
            }
        }
    }

    /// Whether the shop has cancelled it by now.
    async fn landed(
        &self,
        id: &ExternalId,
        order: &wire::Order,
        _: &Item<'_, Cancellation>,
    ) -> Result<Option<Written>, Fault> {
        let is_off = order.status == "cancelled";
        Ok(is_off.then(|| written(id, Some(order), Effect::AlreadyThere)))
    }

    async fn look(
        &self,
        items: &[Item<'_, Cancellation>],
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        look_at_orders(self, items, |(_, _, off), order| called_off(off, order)).await
    }
}

fn written(id: &ExternalId, order: Option<&wire::Order>, effect: Effect) -> Written {
    Written {
        twin: Twin {
            id: id.clone(),
            number: order.map(order_number),
        },
        effect,
        discrepancy: None,
    }
}
