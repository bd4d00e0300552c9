//! Orders that are called off in the shop because they were elsewhere.
//!
//! Shopify cancels behind its answer (`orderCancel` gives a job): the order is read until it shows. Cancelling twice is refused and
//! gives nothing back twice, so that a repeat after an unknown outcome is harmless.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use commerce::{Cancellation, ConnectionId, ExternalId};
use futures_util::{StreamExt, stream};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};
use serde::Deserialize;
use serde_json::json;

use super::api::{Answer, Api};
use super::belonging::{Found, gone, orders};
use super::documents::{CALL_OFF, CALLED_OFF, CALLING_OFF};
use super::pushed::Facts;
use crate::Settings;
use crate::map::{CallOff, call_off, calling_off, gid};
use crate::wire::{CalledOff, Job, UserError};

/// Orders read with one request.
const ORDERS_PER_READ: usize = 50;

/// Orders worked on at the same time.
const AT_ONCE: usize = 4;

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

/// A write in its batch.
type Item<'a> = (usize, &'a Write, &'a Cancellation);

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

    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut shared = Vec::new();
        let orders = self.read(items, &mut shared).await;
        let mut attempts = Vec::with_capacity(items.len());
        let mut work = Vec::new();
        for (place, write, cancellation) in items.iter().copied() {
            let Some(id) = self.order_of(write, cancellation) else {
                attempts.push((place, Attempt::not_ours(write)));
                continue;
            };
            let order = orders.get(&id).cloned().unwrap_or(Ok(None));
            work.push(async move {
                let mut exchanges = Vec::new();
                let result = self
                    .settle(&id, order, (write, cancellation), &mut exchanges)
                    .await;
                (place, Attempt { result, exchanges })
            });
        }
        let mut work = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(attempt) = work.next().await {
            attempts.push(attempt);
        }
        attempts.sort_by_key(|(place, _)| *place);
        if let Some((_, first)) = attempts.first_mut() {
            first.exchanges.splice(0..0, shared);
        }
        attempts
    }

    /// Which of the orders the shop has cancelled by now: one look at all of them.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Twin>, Fault>)> {
        let orders = self.read(items, &mut Vec::new()).await;
        let landed = |(place, write, cancellation): &Item<'_>| {
            let id = self.order_of(write, cancellation);
            let order = id.and_then(|id| Some((orders.get(&id)?, id)));
            let found = match order {
                Some((Ok(Some(order)), id)) if order.cancelled_at.is_some() => {
                    Ok(Some(twin(&id, order)))
                }
                Some((Err(fault), _)) => Err(fault.clone()),
                Some((Ok(_), _)) | None => Ok(None),
            };
            (*place, found)
        };
        items.iter().map(landed).collect()
    }

    fn order_of(&self, write: &Write, cancellation: &Cancellation) -> Option<ExternalId> {
        write.order_at(&cancellation.order, &self.connection)
    }

    async fn settle(
        &self,
        id: &ExternalId,
        order: Found<CalledOff>,
        (write, cancellation): (&Write, &Cancellation),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let order = order?.ok_or_else(|| gone(id))?;
        let effect = match call_off(cancellation, &order) {
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
            twin: twin(id, &order),
            effect,
            discrepancy: None,
        })
    }

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

    async fn read(
        &self,
        items: &[Item<'_>],
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Found<CalledOff>> {
        let ids = items.iter();
        let ids = ids.filter_map(|(_, write, cancellation)| self.order_of(write, cancellation));
        orders(&self.api, CALLED_OFF, ORDERS_PER_READ, ids, exchanges).await
    }
}

fn twin(id: &ExternalId, order: &CalledOff) -> Twin {
    Twin {
        id: id.clone(),
        number: Some(order.name.clone()),
    }
}
