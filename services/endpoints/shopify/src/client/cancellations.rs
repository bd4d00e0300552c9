//! Orders that are called off in the shop because they were elsewhere.
//!
//! Shopify cancels behind its answer (`orderCancel` gives a job): the order is read until it shows. Cancelling twice is refused and
//! gives nothing back twice, so that a repeat after an unknown outcome is harmless.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commerce::{Cancellation, ConnectionId, ExternalId};
use kit::{CallOff, Item, Looked, OfOrders, landed};
use ports::{Effect, Exchange, Fault, Lane, Standing, Twin, Write, Written};
use serde::Deserialize;
use serde_json::json;

use super::api::{Answer, Api};
use super::belonging::{gone, orders};
use super::documents::{CALL_OFF, CALLED_OFF, CALLING_OFF};
use super::pushed::Facts;
use super::twins::look_at_twins;
use crate::Settings;
use crate::map::{call_off, called_off, calling_off, gid};
use crate::wire::{CalledOff, Job, UserError};

/// Orders read with one request.
const ORDERS_PER_READ: usize = 50;

/// Rests before the looks whether the shop has done it.
const LOOKS: [Duration; 5] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// Calls orders off.
pub(super) struct Canceller {
    connection: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    order_cancel: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    job: Option<Job>,
    order_cancel_user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
struct Look {
    job: Option<Job>,
    order: Option<CalledOff>,
}

impl Canceller {
    pub(super) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            connection,
            settings,
            api,
        }
    }
}

#[async_trait]
impl OfOrders for Canceller {
    type Record = Cancellation;
    type Order = CalledOff;
    const AT_ONCE: usize = 4;
    const ANEW: bool = false;

    fn order_of(&self, write: &Write, record: &Cancellation) -> Option<ExternalId> {
        write.order_at(&record.order, &self.connection)
    }

    async fn read(
        &self,
        ids: BTreeSet<ExternalId>,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<CalledOff>> {
        orders(&self.api, CALLED_OFF, ORDERS_PER_READ, ids, exchanges).await
    }

    async fn settle(
        &self,
        id: &ExternalId,
        order: &mut Option<CalledOff>,
        (_, write, cancellation): &Item<'_, Cancellation>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let order = order.as_ref().ok_or_else(|| gone(id))?;
        let effect = match call_off(cancellation, order) {
            CallOff::Hold(why) => return Err(Fault::Held { why }),
            CallOff::Moot => Effect::Unchanged,
            CallOff::Cancel => {
                let gid = gid("Order", id).ok_or_else(|| gone(id))?;
                let job = self.ask(&gid, write, exchanges).await?;
                self.wait(&gid, &job, exchanges).await?;
                Effect::Updated
            }
        };
        Ok(Written {
            twin: twin(id, order),
            effect,
            discrepancy: None,
        })
    }

    /// Whether the shop has cancelled it by now.
    async fn landed(
        &self,
        id: &ExternalId,
        order: &CalledOff,
        _: &Item<'_, Cancellation>,
    ) -> Result<Option<Written>, Fault> {
        let is_off = order.cancelled_at.is_some();
        Ok(is_off.then(|| landed(twin(id, order))))
    }

    async fn look(
        &self,
        items: &[Item<'_, Cancellation>],
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let standing = |off: &Cancellation, orders: &[_]| Ok(called_off(off, orders));
        look_at_twins(&self.api, (CALLED_OFF, "Order"), items, standing).await
    }
}

impl Canceller {
    async fn ask(
        &self,
        order: &str,
        write: &Write,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Job, Fault> {
        let facts = Facts::Cancellation(order.to_owned());
        let variables = calling_off(order, write.key.as_str(), self.settings.cancellations);
        let (asked, exchange) = self
            .api
            .push::<Asked>(Lane::Orders, CALL_OFF, variables, &facts)
            .await;
        exchanges.push(exchange);
        let unclear = || Fault::Uncertain {
            why: "Shopify answered with neither a job nor an error".to_owned(),
        };
        let payload = asked?.order_cancel.ok_or_else(unclear)?;
        let errors = payload.order_cancel_user_errors;
        let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        if words.is_empty() {
            return payload.job.ok_or_else(unclear);
        }
        Err(Fault::Refused {
            why: words.join("; "),
        })
    }

    /// Looks until the shop has done what it accepted.
    async fn wait(
        &self,
        order: &str,
        job: &Job,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let uncertain = |why: String| Fault::Uncertain {
            why: format!("the shop accepted the cancellation, and {why}"),
        };
        for rest in LOOKS {
            self.api.rest(rest).await;
            let variables = json!({ "job": job.id, "order": order });
            let reply = self.api.query(Lane::Orders, CALLING_OFF, variables).await;
            let reply = reply.map_err(|failure| {
                exchanges.push(failure.exchange);
                uncertain(failure.fault.to_string())
            })?;
            let look = reply.json::<Answer<Look>>();
            exchanges.push(reply.exchange);
            let look = look.map_err(|fault| uncertain(fault.to_string()))?.data;
            if look.order.is_some_and(|order| order.cancelled_at.is_some()) {
                return Ok(());
            }
            if look.job.is_some_and(|job| job.done) {
                return Err(Fault::Refused {
                    why: "the shop accepted the cancellation and ended it without cancelling the order: look there what stands in its way (a payment under way, a return, a delivery)".to_owned(),
                });
            }
        }
        Err(uncertain("has not done it yet".to_owned()))
    }
}

fn twin(id: &ExternalId, order: &CalledOff) -> Twin {
    Twin {
        id: id.clone(),
        number: Some(order.name.clone()),
    }
}
