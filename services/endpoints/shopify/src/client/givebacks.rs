//! Refunds into the shop, of what was given back elsewhere.
//!
//! Each is made under its own key, which stands in its note and is the idempotency key of the request (required by Shopify since
//! 2026-04): the same request twice makes one refund, and one that was made is found again.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, ExternalId, Refund};
use futures_util::{StreamExt, stream};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};
use serde::Deserialize;

use super::api::Api;
use super::belonging::{Found, gone, orders};
use super::documents::{GIVE_BACK, GIVEBACK_LINES, GIVEBACKS};
use super::pushed::Facts;
use crate::map::giveback::{discrepancy, input, made_under, once};
use crate::wire::{Given, OrderGivebacks, UserError};
use crate::{Refunds, Settings};

/// Orders read with one request.
const ORDERS_PER_READ: usize = 5;

/// Orders worked on at the same time.
const AT_ONCE: usize = 4;

/// Gives back.
pub(super) struct Repayer {
    connection: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
}

/// A write in its batch.
type Item<'a> = (usize, &'a Write, &'a Refund);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    refund_create: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    refund: Option<Given>,
    user_errors: Vec<UserError>,
}

impl Repayer {
    pub(super) fn new(connection: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            connection,
            settings,
            api,
        }
    }

    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut shared = Vec::new();
        let mut orders = self.read(items, &mut shared).await;
        let mut attempts = Vec::with_capacity(items.len());
        let mut by_order: BTreeMap<ExternalId, Vec<Item<'_>>> = BTreeMap::new();
        for item in items {
            match self.order_of(item) {
                Some(order) => by_order.entry(order).or_default().push(*item),
                None => attempts.push((item.0, Attempt::not_ours(item.1))),
            }
        }
        let mut work = Vec::with_capacity(by_order.len());
        for (id, items) in by_order {
            let order = orders.remove(&id).unwrap_or(Ok(None));
            work.push(self.give_all(id, order, items));
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

    /// Which of them the shop has, each compared with what it was meant to give back: one look at all their orders.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let orders = self.read(items, &mut Vec::new()).await;
        let landed = |item: &Item<'_>| {
            let order = self.order_of(item).and_then(|id| orders.get(&id));
            let found = match order {
                Some(Ok(Some(order))) => there(order, item).transpose(),
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(None)) | None => Ok(None),
            };
            (item.0, found)
        };
        items.iter().map(landed).collect()
    }

    fn order_of(&self, (_, write, refund): &Item<'_>) -> Option<ExternalId> {
        write.order_at(&refund.order, &self.connection)
    }

    /// All refunds of one order, one after the other, the order read anew before each but the first: each sees what the one before it left.
    async fn give_all(
        &self,
        id: ExternalId,
        order: Found<OrderGivebacks>,
        items: Vec<Item<'_>>,
    ) -> Vec<(usize, Attempt)> {
        let mut attempts = Vec::with_capacity(items.len());
        let mut order = Some(order);
        for item in items {
            let mut exchanges = Vec::new();
            let order = match order.take() {
                Some(order) => order,
                None => {
                    let mut fresh = self.read(&[item], &mut exchanges).await;
                    fresh.remove(&id).unwrap_or(Ok(None))
                }
            };
            let result = match order {
                Ok(Some(order)) => self.give(&order, &item, &mut exchanges).await,
                Ok(None) => Err(gone(&id)),
                Err(fault) => Err(fault),
            };
            attempts.push((item.0, Attempt { result, exchanges }));
        }
        attempts
    }

    async fn give(
        &self,
        order: &OrderGivebacks,
        item: &Item<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let (_, write, refund) = item;
        if let Some(written) = there(order, item) {
            return settled(written?, write);
        }
        if write.bound.is_some() {
            return Err(changed(refund, "the shop no longer shows that refund"));
        }
        self.are_apart()?;
        let key = write.key.as_str();
        let input = input(order, refund, key, &self.settings.givebacks)?;
        let hour = self.api.now().as_second() / 3600;
        let facts = Facts::Refund {
            order: Box::new(order.clone()),
            hour,
        };
        let (made, exchange) = self
            .api
            .push::<Made>(Lane::Orders, GIVE_BACK, once(key, input, hour), &facts)
            .await;
        exchanges.push(exchange);
        let given = accepted(made?.refund_create)?;
        Ok(Written {
            twin: twin(order, &given)?,
            effect: Effect::Created,
            discrepancy: discrepancy(&given, refund)?,
        })
    }

    fn are_apart(&self) -> Result<(), Fault> {
        match self.settings.refunds {
            Refunds::Separate => Ok(()),
            Refunds::Deducted => Err(Fault::Refused {
                why: "the shop's orders are read less what was refunded, so that this refund would come back as a change of its order: set 'refunds: separate' in the shop's connection".to_owned(),
            }),
        }
    }

    async fn read(
        &self,
        items: &[Item<'_>],
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Found<OrderGivebacks>> {
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let mut found: BTreeMap<_, Found<OrderGivebacks>> =
            orders(&self.api, GIVEBACKS, ORDERS_PER_READ, ids, exchanges).await;
        for order in found.values_mut() {
            let Ok(Some(there)) = order else {
                continue;
            };
            let (id, lines) = (&there.id, &mut there.line_items);
            let whole = self
                .api
                .complete(Lane::Orders, GIVEBACK_LINES, id, lines, exchanges)
                .await;
            if let Err(fault) = whole {
                *order = Err(fault);
            }
        }
        found
    }
}

/// The refund that an earlier attempt made, or that it is bound to.
fn there(order: &OrderGivebacks, (_, write, refund): &Item<'_>) -> Option<Result<Written, Fault>> {
    let bound = write.bound.as_ref().map(|twin| twin.id.as_str());
    let mut refunds = order.refunds.iter();
    let by_id = refunds.find(|one| Some(one.legacy_resource_id.as_str()) == bound);
    let given = made_under(order, write.key.as_str()).or(by_id)?;
    let written = || {
        Ok(Written {
            twin: twin(order, given)?,
            effect: Effect::AlreadyThere,
            discrepancy: discrepancy(given, refund)?,
        })
    };
    Some(written())
}

/// One that is there: fine while the totals are the same, else for a person, since money that went back stays there.
fn settled(written: Written, write: &Write) -> Result<Written, Fault> {
    match (&write.bound, written.discrepancy) {
        (None, discrepancy) => Ok(Written {
            discrepancy,
            ..written
        }),
        (Some(_), None) => Ok(Written {
            effect: Effect::Unchanged,
            discrepancy: None,
            ..written
        }),
        (Some(_), Some(why)) => Err(Fault::Held {
            why: format!(
                "the credit was changed after its money went back: {why}. Such changes are not carried over: give back in the shop what is missing, then mark this record as ignored"
            ),
        }),
    }
}

fn changed(refund: &Refund, what: &str) -> Fault {
    Fault::Held {
        why: format!(
            "{} was given back before, and {what}: look there, then mark this record as ignored",
            refund.number
        ),
    }
}

/// What a mutation made. An answer without a refund and without a reason says nothing about what happened.
fn accepted(payload: Option<Payload>) -> Result<Given, Fault> {
    let unclear = || Fault::Uncertain {
        why: "Shopify answered with neither a refund nor an error".to_owned(),
    };
    let payload = payload.ok_or_else(unclear)?;
    if payload.user_errors.is_empty() {
        return payload.refund.ok_or_else(unclear);
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

/// Refunds have no numbers of their own: which of the order's it is.
fn twin(order: &OrderGivebacks, given: &Given) -> Result<Twin, Fault> {
    let id = &given.legacy_resource_id;
    let mut refunds = order.refunds.iter();
    let place = refunds.position(|one| one.legacy_resource_id == *id);
    let place = place.unwrap_or(order.refunds.len());
    Ok(Twin {
        id: ExternalId::new(id).map_err(|error| Fault::Unreadable {
            why: error.to_string(),
        })?,
        number: Some(format!("{}-R{}", order.name, place + 1)),
    })
}
