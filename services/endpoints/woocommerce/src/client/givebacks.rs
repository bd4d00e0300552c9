//! Refunds into the shop, of what was given back elsewhere. Each bears its own key, by which it is found again: WooCommerce would take the same
//! refund twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, ExternalId, Refund};
use http::Method;
use kit::{Item, Looked, OfOrders, Rest, already, numbered};
use ports::{Effect, Exchange, Fault, Lane, Standing, Twin, Write, Written};

use super::api::{PAGE, PAGE_TEXT, listed};
use super::belonging::{gone, orders, refunds_of, shop_order};
use super::pushed::Facts;
use crate::Settings;
use crate::map::{discrepancy, giveback_body, made_under, order_number};
use crate::wire;

/// Gives back.
pub(super) struct Repayer {
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Rest,
}

#[async_trait]
impl OfOrders for Repayer {
    type Record = Refund;
    type Order = wire::Order;
    const AT_ONCE: usize = 1;
    const ANEW: bool = true;

    fn order_of(&self, write: &Write, refund: &Refund) -> Option<ExternalId> {
        shop_order(write, &refund.order, &self.connection)
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
        item: &Item<'_, Refund>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let (_, write, refund) = item;
        let order = order.as_ref().ok_or_else(|| gone(id))?;
        let refunds = refunds_of(&self.api, order, exchanges).await?;
        if let Some(written) = already(there(order, &refunds, item)?, write, refund)? {
            return Ok(written);
        }
        let key = write.key.as_str();
        let body = giveback_body(order, &refunds, refund, key, &self.settings.givebacks)?;
        let facts = Facts::refund(order, &refunds).stored();
        let path = format!("orders/{id}/refunds");
        let to = (Method::Post, path.as_str());
        let made = self
            .api
            .push(Lane::Orders, to, &[], (&body, facts), exchanges);
        let made: wire::Refund = made.await?;
        Ok(Written {
            twin: twin(order, &refunds, &made)?,
            effect: Effect::Created,
            discrepancy: discrepancy(&made, refund)?,
        })
    }

    /// Compared with what it was meant to give back.
    async fn landed(
        &self,
        _: &ExternalId,
        order: &wire::Order,
        item: &Item<'_, Refund>,
    ) -> Result<Option<Written>, Fault> {
        let refunds = refunds_of(&self.api, order, &mut Vec::new()).await?;
        there(order, &refunds, item)
    }

    /// By their own ids, a hundred with one request.
    async fn look(&self, items: &[Item<'_, Refund>]) -> Vec<(usize, Result<Standing, Fault>)> {
        let twin = |write: &Write| write.bound.as_ref()?.id.as_str().parse::<u64>().ok();
        let ids = items.iter().filter_map(|(_, write, _)| twin(write));
        let there = self.refunds(&ids.collect::<Vec<u64>>()).await;
        let standing = |(_, write, refund): &Item<'_, Refund>| {
            let all = there.as_ref().map_err(Clone::clone)?;
            let Some(made) = twin(write).and_then(|id| all.get(&id)) else {
                return Ok(Standing::Missing);
            };
            let what = discrepancy(made, refund)?;
            Ok(what.map_or(Standing::Held, |what| Standing::Differs { what }))
        };
        items.iter().map(|item| (item.0, standing(item))).collect()
    }
}

impl Repayer {
    async fn refunds(&self, ids: &[u64]) -> Result<BTreeMap<u64, wire::Refund>, Fault> {
        let mut all = BTreeMap::new();
        for some in ids.chunks(PAGE) {
            let include = listed(some);
            let query = [("include", include.as_str()), ("per_page", PAGE_TEXT)];
            let mut exchanges = Vec::new();
            let read = self.api.read(Lane::Bulk, "refunds", &query, &mut exchanges);
            let some: Vec<wire::Refund> = read.await?;
            all.extend(some.into_iter().map(|one| (one.id, one)));
        }
        Ok(all)
    }
}

/// The refund that an earlier attempt made, or that it is bound to.
fn there(
    order: &wire::Order,
    refunds: &[wire::Refund],
    (_, write, refund): &Item<'_, Refund>,
) -> Result<Option<Written>, Fault> {
    let bound = write.bound.as_ref().map(|twin| twin.id.as_str());
    let mut all = refunds.iter();
    let by_id = all.find(|one| Some(one.id.to_string().as_str()) == bound);
    let Some(made) = made_under(refunds, write.key.as_str()).or(by_id) else {
        return Ok(None);
    };
    Ok(Some(Written {
        twin: twin(order, refunds, made)?,
        effect: Effect::AlreadyThere,
        discrepancy: discrepancy(made, refund)?,
    }))
}

fn twin(order: &wire::Order, refunds: &[wire::Refund], made: &wire::Refund) -> Result<Twin, Fault> {
    let earlier = refunds.iter().filter(|one| one.id < made.id).count();
    numbered(&made.id.to_string(), &order_number(order), earlier)
}
