//! What the shop holds of what was written to it. It sums nothing up, so records are shown to it: as many with one request as it takes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use commerce::Kind;
use jiff::Timestamp;
use ports::{Fault, Lane, Looks, Standing, Write, in_order};

use super::api::{PAGE, listed};
use super::belonging::{Found, orders};
use super::givebacks;
use super::orders::PAGE_TEXT;
use super::writer::{Sorted, Writer, not_written, sorted};
use crate::map::{called_off, delivered, discrepancy};
use crate::wire;

#[async_trait]
impl Looks for Writer {
    fn most(&self, kind: Kind) -> usize {
        match kind {
            Kind::Product => 20,
            _ => PAGE,
        }
    }

    async fn look(&self, writes: &[Write], settled: Timestamp) -> Vec<Result<Standing, Fault>> {
        let batch = sorted(writes);
        let mut all = Vec::with_capacity(writes.len());
        let ids = self.orders_of(&batch);
        let found = orders(&self.api, ids.into_iter(), &mut Vec::new()).await;
        let tracking = self.settings.fulfilments.tracking;
        for item in &batch.parcels {
            let (place, write, delivery) = item;
            let order = of(self.deliveries.order_of(item), &found);
            let key = write.key.as_str();
            let standing = order.map(|order| delivered(delivery, key, order, tracking));
            all.push((*place, standing));
        }
        for item in &batch.called_off {
            let order = of(self.canceller.order_of(item), &found);
            all.push((item.0, order.map(|order| called_off(item.2, order))));
        }
        if !batch.back.is_empty() {
            all.extend(self.given_back(&batch.back).await);
        }
        if !batch.levels.is_empty() {
            all.extend(self.levels.look(&batch.levels, settled).await);
        }
        if !batch.products.is_empty() {
            all.extend(self.products.look(&batch.products).await);
        }
        in_order(all, writes.len(), || Err(not_written()))
    }
}

impl Writer {
    /// The orders that deliveries and cancellations belong to.
    fn orders_of(&self, batch: &Sorted<'_>) -> Vec<u64> {
        let parcels = batch.parcels.iter();
        let parcels = parcels.filter_map(|item| self.deliveries.order_of(item));
        let off = batch.called_off.iter();
        let off = off.filter_map(|item| self.canceller.order_of(item));
        parcels.chain(off).collect()
    }

    /// Refunds by their own ids.
    async fn given_back(
        &self,
        items: &[givebacks::Item<'_>],
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        let twin = |write: &Write| write.bound.as_ref()?.id.as_str().parse::<u64>().ok();
        let ids: Vec<u64> = items
            .iter()
            .filter_map(|(_, write, _)| twin(write))
            .collect();
        let mut there: Result<BTreeMap<u64, wire::Refund>, Fault> = Ok(BTreeMap::new());
        for some in ids.chunks(PAGE) {
            let include = listed(some);
            let query = [("include", include.as_str()), ("per_page", PAGE_TEXT)];
            let mut exchanges = Vec::new();
            let read = self.api.read(Lane::Bulk, "refunds", &query, &mut exchanges);
            let some: Result<Vec<wire::Refund>, Fault> = read.await;
            match (&mut there, some) {
                (Ok(all), Ok(some)) => all.extend(some.into_iter().map(|one| (one.id, one))),
                (slot, Err(fault)) => *slot = Err(fault),
                (Err(_), Ok(_)) => {}
            }
        }
        let standing = |(_, write, refund): &givebacks::Item<'_>| {
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

fn of(id: Option<u64>, found: &BTreeMap<u64, Found>) -> Result<Option<&wire::Order>, Fault> {
    match id.and_then(|id| found.get(&id)) {
        Some(Ok(order)) => Ok(order.as_ref()),
        Some(Err(fault)) => Err(fault.clone()),
        None => Ok(None),
    }
}
