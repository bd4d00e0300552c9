//! Refunds into the shop, of what was given back elsewhere. The reason of each bears its key, by which it is found again: Vendure would take the
//! same refund twice.

use std::sync::Arc;

use commerce::{ConnectionId, Refund, Side};
use ports::{Attempt, Effect, Exchange, Fault, Twin, Write, Written};
use serde_json::json;

use super::api::{Api, Found, gone, shop_order};
use super::documents::GIVE_BACK;
use super::reader::external;
use crate::Settings;
use crate::map::{Digits, Given, given_under, remainder};
use crate::wire::Order;

/// Gives back.
pub(super) struct Repayer {
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

/// A write in its batch.
pub(super) type Item<'a> = (usize, &'a Write, &'a Refund);

impl Repayer {
    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let mut attempts = Vec::with_capacity(items.len());
        // One after the other, each with its order as it is then: refunds of one order see each other.
        for item in items {
            let Some(id) = self.order_of(item) else {
                attempts.push((item.0, Attempt::not_ours(item.1)));
                continue;
            };
            let mut exchanges = Vec::new();
            let wanted = std::iter::once(id.clone());
            let mut found = self.api.orders(wanted, &mut exchanges).await;
            let result = match found.remove(&id) {
                Some(Ok(Some((order, digits)))) => {
                    self.give(&order, digits, item, &mut exchanges).await
                }
                Some(Err(fault)) => Err(fault),
                Some(Ok(None)) | None => Err(gone(&id)),
            };
            attempts.push((item.0, Attempt { result, exchanges }));
        }
        attempts
    }

    /// Which of them the shop has, each compared with what it was meant to give back.
    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let ids = items.iter().filter_map(|item| self.order_of(item));
        let found = self.api.orders(ids, &mut Vec::new()).await;
        let landed = |found: &Found, (_, write, refund): &Item<'_>| match found {
            Ok(Some((order, digits))) => given_under(order, write.key.as_str())
                .map(|given| {
                    // One that was to go back by several payments and has gone by some of them is gone on with.
                    if is_short(&given, refund, *digits) {
                        written(order, &given.id, Effect::Unfinished, None)
                    } else {
                        let what = discrepancy(&given, refund, *digits);
                        written(order, &given.id, Effect::AlreadyThere, what)
                    }
                })
                .transpose(),
            Ok(None) => Ok(None),
            Err(fault) => Err(fault.clone()),
        };
        let look = |item: &Item<'_>| {
            let found = self.order_of(item).and_then(|id| found.get(&id));
            (item.0, found.map_or(Ok(None), |found| landed(found, item)))
        };
        items.iter().map(look).collect()
    }

    fn order_of(&self, (_, write, refund): &Item<'_>) -> Option<String> {
        shop_order(write, &refund.order, &self.connection)
    }

    async fn give(
        &self,
        order: &Order,
        digits: Digits,
        (_, write, refund): &Item<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let key = write.key.as_str();
        let there = given_under(order, key);
        let whole = there
            .as_ref()
            .filter(|given| !is_short(given, refund, digits));
        if let Some(given) = whole {
            let what = discrepancy(given, refund, digits);
            return match (&write.bound, what) {
                (None, what) => written(order, &given.id, Effect::AlreadyThere, what),
                (Some(_), None) => written(order, &given.id, Effect::Unchanged, None),
                (Some(_), Some(why)) => Err(changed(&why)),
            };
        }
        if write.bound.is_some() {
            return Err(changed(&format!(
                "the shop shows less of {} than was written, or nothing",
                refund.number
            )));
        }
        if !self.settings.givebacks.through_handler {
            return Err(Fault::Held {
                why: format!(
                    "{} gives back of {}, and Vendure knows no refund that is only noted: its payment handler would send the money. Choices: set 'givebacks.through_handler' and retry; or give back in the shop by hand and mark this record as ignored",
                    refund.number, order.code
                ),
            });
        }
        let mut total = there.as_ref().map_or(0, |given| given.total);
        let mut first = there.map(|given| given.id);
        for input in remainder(order, refund, key, digits)? {
            let made = self
                .api
                .change(GIVE_BACK, json!({ "input": input }), exchanges)
                .await?;
            if made.state.as_deref() == Some("Failed") {
                return Err(Fault::Refused {
                    why: format!(
                        "the payment handler of {} failed to give back: look at the order's refunds in the shop",
                        order.code
                    ),
                });
            }
            total = total.saturating_add(made.total.unwrap_or_default());
            first = first.or(made.id);
        }
        let id = first.unwrap_or_default();
        let given = Given { id, total };
        let what = discrepancy(&given, refund, digits);
        written(order, &given.id, Effect::Created, what)
    }
}

fn is_short(given: &Given, refund: &Refund, digits: Digits) -> bool {
    let wanted = digits.units(refund.total.on(Side::Shop));
    wanted.is_some_and(|wanted| given.total < wanted)
}

fn discrepancy(given: &Given, refund: &Refund, digits: Digits) -> Option<String> {
    let wanted = refund.total.on(Side::Shop);
    let there = digits.of(given.total, wanted.currency);
    (there != wanted.rounded()).then(|| {
        format!(
            "the shop gave back {there}, and {} says {wanted}",
            refund.number
        )
    })
}

/// Money that went back stays there.
fn changed(why: &str) -> Fault {
    Fault::Held {
        why: format!(
            "the credit was changed after its money went back: {why}. Such changes are not carried over: give back in the shop what is missing, then mark this record as ignored"
        ),
    }
}

fn written(
    order: &Order,
    refund: &str,
    effect: Effect,
    discrepancy: Option<String>,
) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&format!("{}.{refund}", order.id))?,
            number: Some(order.code.clone()),
        },
        effect,
        discrepancy,
    })
}
