//! Refunds into the shop, of what was given back elsewhere.
//!
//! Each is made under its own key, which stands in its note and is the idempotency key of the request (required by Shopify since
//! 2026-04): the same request twice makes one refund, and one that was made is found again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Refund};
use kit::{Item, Looked, OfOrders, already, numbered};
use ports::{Effect, Exchange, Fault, Lane, Standing, Twin, Write, Written};
use serde::Deserialize;

use super::api::Api;
use super::belonging::{gone, orders};
use super::documents::{GIVE_BACK, GIVEBACK_LINES, GIVEBACKS, GIVEN};
use super::pushed::Facts;
use super::twins::look_at_twins;
use crate::map::giveback::{discrepancy, input, made_under, once};
use crate::map::given_back;
use crate::wire::{Given, OrderGivebacks, UserError};
use crate::{Refunds, Settings};

/// Orders read with one request.
const ORDERS_PER_READ: usize = 5;

/// Gives back.
pub(super) struct Repayer {
    connection: ConnectionId,
    settings: Arc<Settings>,
    api: Api,
}

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
}

#[async_trait]
impl OfOrders for Repayer {
    type Record = Refund;
    type Order = OrderGivebacks;
    const AT_ONCE: usize = 4;
    const ANEW: bool = true;

    fn order_of(&self, write: &Write, record: &Refund) -> Option<ExternalId> {
        write.order_at(&record.order, &self.connection)
    }

    async fn read(
        &self,
        ids: BTreeSet<ExternalId>,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<OrderGivebacks>> {
        let mut found: BTreeMap<_, Looked<OrderGivebacks>> =
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

    async fn settle(
        &self,
        id: &ExternalId,
        order: &mut Option<OrderGivebacks>,
        item: &Item<'_, Refund>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let order = order.as_ref().ok_or_else(|| gone(id))?;
        self.give(order, item, exchanges).await
    }

    /// Compared with what it was meant to give back.
    async fn landed(
        &self,
        _: &ExternalId,
        order: &OrderGivebacks,
        item: &Item<'_, Refund>,
    ) -> Result<Option<Written>, Fault> {
        there(order, item)
    }

    async fn look(&self, items: &[Item<'_, Refund>]) -> Vec<(usize, Result<Standing, Fault>)> {
        look_at_twins(&self.api, (GIVEN, "Refund"), items, given_back).await
    }
}

impl Repayer {
    async fn give(
        &self,
        order: &OrderGivebacks,
        item: &Item<'_, Refund>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let (_, write, refund) = item;
        if let Some(written) = already(there(order, item)?, write, refund)? {
            return Ok(written);
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
}

/// The refund that an earlier attempt made, or that it is bound to.
fn there(
    order: &OrderGivebacks,
    (_, write, refund): &Item<'_, Refund>,
) -> Result<Option<Written>, Fault> {
    let bound = write.bound.as_ref().map(|twin| twin.id.as_str());
    let mut refunds = order.refunds.iter();
    let by_id = refunds.find(|one| Some(one.legacy_resource_id.as_str()) == bound);
    let Some(given) = made_under(order, write.key.as_str()).or(by_id) else {
        return Ok(None);
    };
    Ok(Some(Written {
        twin: twin(order, given)?,
        effect: Effect::AlreadyThere,
        discrepancy: discrepancy(given, refund)?,
    }))
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

fn twin(order: &OrderGivebacks, given: &Given) -> Result<Twin, Fault> {
    let id = &given.legacy_resource_id;
    let mut refunds = order.refunds.iter();
    let before = refunds.position(|one| one.legacy_resource_id == *id);
    numbered(id, &order.name, before.unwrap_or(order.refunds.len()))
}
