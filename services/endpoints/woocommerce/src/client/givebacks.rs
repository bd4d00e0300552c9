//! Refunds into the shop, of what was given back elsewhere. Each bears its own key, by which it is found again: WooCommerce would take the same
//! refund twice.

use std::sync::Arc;

use commerce::{ConnectionId, Refund};
use http::Method;
use ports::{Attempt, Effect, Exchange, Fault, Lane, Twin, Write, Written};

use super::api::Api;
use super::belonging::{Found, gone, number, orders, refunds_of, shop_order};
use super::orders::external;
use crate::Settings;
use crate::map::{discrepancy, giveback_body, made_under};
use crate::wire;

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
            let mut found = orders(&self.api, std::iter::once(id), &mut exchanges).await;
            let order = found.remove(&id).unwrap_or(Ok(None));
            let result = self.give(id, order, item, &mut exchanges).await;
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
        let found = orders(&self.api, ids, &mut Vec::new()).await;
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let order = self.order_of(item).and_then(|id| found.get(&id));
            let landed = match order {
                Some(Ok(Some(order))) => {
                    let refunds = refunds_of(&self.api, order, &mut Vec::new()).await;
                    refunds.and_then(|refunds| there(order, &refunds, item).transpose())
                }
                Some(Err(fault)) => Err(fault.clone()),
                Some(Ok(None)) | None => Ok(None),
            };
            all.push((item.0, landed));
        }
        all
    }

    fn order_of(&self, (_, write, refund): &Item<'_>) -> Option<u64> {
        shop_order(write, &refund.order, &self.connection)
    }

    async fn give(
        &self,
        id: u64,
        order: Found,
        item: &Item<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let (_, write, refund) = item;
        let order = order?.ok_or_else(|| gone(id))?;
        let refunds = refunds_of(&self.api, &order, exchanges).await?;
        if let Some(written) = there(&order, &refunds, item) {
            return settled(written?, write);
        }
        if write.bound.is_some() {
            return Err(Fault::Held {
                why: format!(
                    "{} was given back before, and the shop no longer shows that refund: look there, then mark this record as ignored",
                    refund.number
                ),
            });
        }
        let key = write.key.as_str();
        let body = giveback_body(&order, &refunds, refund, key, &self.settings.givebacks)?;
        let path = format!("orders/{id}/refunds");
        let to = (Method::Post, path.as_str());
        let made: wire::Refund = self
            .api
            .write(Lane::Orders, to, &[], &body, exchanges)
            .await?;
        Ok(Written {
            twin: twin(&order, &refunds, &made)?,
            effect: Effect::Created,
            discrepancy: discrepancy(&made, refund)?,
        })
    }
}

/// The refund that an earlier attempt made, or that it is bound to.
fn there(
    order: &wire::Order,
    refunds: &[wire::Refund],
    (_, write, refund): &Item<'_>,
) -> Option<Result<Written, Fault>> {
    let bound = write.bound.as_ref().map(|twin| twin.id.as_str());
    let mut all = refunds.iter();
    let by_id = all.find(|one| Some(one.id.to_string().as_str()) == bound);
    let made = made_under(refunds, write.key.as_str()).or(by_id)?;
    let written = || {
        Ok(Written {
            twin: twin(order, refunds, made)?,
            effect: Effect::AlreadyThere,
            discrepancy: discrepancy(made, refund)?,
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

/// Refunds have no numbers of their own: which of the order's it is.
fn twin(order: &wire::Order, refunds: &[wire::Refund], made: &wire::Refund) -> Result<Twin, Fault> {
    let earlier = refunds.iter().filter(|one| one.id < made.id).count();
    Ok(Twin {
        id: external(&made.id.to_string())?,
        number: Some(format!("{}-R{}", number(order), earlier + 1)),
    })
}
