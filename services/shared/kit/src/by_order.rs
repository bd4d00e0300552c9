//! The way of records that belong to orders of the shop (deliveries, refunds, cancellations): their orders are read together, those of one
//! order are written one after the other, so that each sees what the one before it left, and several orders are worked on at a time.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use commerce::ExternalId;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use ports::{Attempt, Exchange, Fault, Standing, Write, Written};

use crate::desk::{Desk, Item};
use crate::record::IsRecord;

/// An order as the shop has it; `None` where it has none.
pub type Looked<T> = Result<Option<T>, Fault>;

/// Writes records of one kind that belong to orders.
#[async_trait]
pub trait OfOrders: Send + Sync {
    /// What it writes.
    type Record: IsRecord;
    /// What is read of an order for that.
    type Order: Clone + Send + Sync;
    /// Orders worked on at the same time.
    const AT_ONCE: usize;
    /// Whether an order is read anew before each of its records but the first.
    const ANEW: bool;

    /// The order's id at the shop; `None` for an order of somebody else's.
    fn order_of(&self, write: &Write, record: &Self::Record) -> Option<ExternalId>;
    /// Orders as they stand, with as few requests as their number allows.
    async fn read(
        &self,
        ids: BTreeSet<ExternalId>,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<Self::Order>>;
    /// Writes one record; the order is left as it is then.
    async fn settle(
        &self,
        id: &ExternalId,
        order: &mut Option<Self::Order>,
        item: &Item<'_, Self::Record>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault>;
    /// What an earlier attempt left of the record in its order.
    async fn landed(
        &self,
        id: &ExternalId,
        order: &Self::Order,
        item: &Item<'_, Self::Record>,
    ) -> Result<Option<Written>, Fault>;
    /// [`Desk::look`].
    async fn look(&self, items: &[Item<'_, Self::Record>])
    -> Vec<(usize, Result<Standing, Fault>)>;
}

/// A desk of records that belong to orders.
pub struct ByOrder<T>(
    /// What knows the shop.
    pub T,
);

impl<T: OfOrders> ByOrder<T> {
    async fn orders_of(
        &self,
        items: &[Item<'_, T::Record>],
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<ExternalId, Looked<T::Order>> {
        let ids = items.iter();
        let ids = ids.filter_map(|(_, write, record)| self.0.order_of(write, record));
        let ids: BTreeSet<ExternalId> = ids.collect();
        if ids.is_empty() {
            return BTreeMap::new();
        }
        self.0.read(ids, exchanges).await
    }

    /// All records of one order, one after the other.
    async fn settle_all(
        &self,
        id: ExternalId,
        first: Looked<T::Order>,
        items: Vec<Item<'_, T::Record>>,
    ) -> Vec<(usize, Attempt)> {
        let mut attempts = Vec::with_capacity(items.len());
        let mut order = first;
        for (nth, item) in items.iter().enumerate() {
            let mut exchanges = Vec::new();
            if T::ANEW && nth > 0 {
                let mut fresh = self
                    .orders_of(std::slice::from_ref(item), &mut exchanges)
                    .await;
                order = fresh.remove(&id).unwrap_or(Ok(None));
            }
            let result = match &mut order {
                Ok(order) => self.0.settle(&id, order, item, &mut exchanges).await,
                Err(fault) => Err(fault.clone()),
            };
            attempts.push((item.0, Attempt { result, exchanges }));
        }
        attempts
    }
}

#[async_trait]
impl<T: OfOrders> Desk for ByOrder<T> {
    type Record = T::Record;

    async fn write(&self, items: &[Item<'_, T::Record>]) -> Vec<(usize, Attempt)> {
        let mut attempts = Vec::with_capacity(items.len());
        let mut by_order: BTreeMap<ExternalId, Vec<Item<'_, T::Record>>> = BTreeMap::new();
        for item in items {
            match self.0.order_of(item.1, item.2) {
                Some(order) => by_order.entry(order).or_default().push(*item),
                None => attempts.push((item.0, Attempt::not_ours(item.1))),
            }
        }
        let mut shared = Vec::new();
        let mut orders = self.orders_of(items, &mut shared).await;
        let mut work = Vec::with_capacity(by_order.len());
        for (id, items) in by_order {
            let order = orders.remove(&id).unwrap_or(Ok(None));
            work.push(self.settle_all(id, order, items));
        }
        let work = stream::iter(work).buffer_unordered(T::AT_ONCE);
        let done: Vec<Vec<(usize, Attempt)>> = work.collect().await;
        attempts.extend(done.into_iter().flatten());
        attempts.sort_by_key(|(place, _)| *place);
        if let Some((_, first)) = attempts.first_mut() {
            first.exchanges.splice(0..0, shared);
        }
        attempts
    }

    /// One look at all their orders.
    async fn locate(
        &self,
        items: &[Item<'_, T::Record>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let orders = self.orders_of(items, &mut Vec::new()).await;
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let id = self.0.order_of(item.1, item.2);
            let landed = match id.and_then(|id| orders.get_key_value(&id)) {
                Some((id, Ok(Some(order)))) => self.0.landed(id, order, item).await,
                Some((_, Err(fault))) => Err(fault.clone()),
                Some((_, Ok(None))) | None => Ok(None),
            };
            all.push((item.0, landed));
        }
        all
    }

    async fn look(
        &self,
        items: &[Item<'_, T::Record>],
        _: Timestamp,
    ) -> Vec<(usize, Result<Standing, Fault>)> {
        self.0.look(items).await
    }
}

/// How records stand that their orders tell of.
pub async fn look_at_orders<T: OfOrders>(
    desk: &T,
    items: &[Item<'_, T::Record>],
    standing: impl Fn(&Item<'_, T::Record>, Option<&T::Order>) -> Standing,
) -> Vec<(usize, Result<Standing, Fault>)> {
    let id_of = |(_, write, record): &Item<'_, T::Record>| desk.order_of(write, record);
    let ids = items.iter().filter_map(id_of).collect();
    let orders = desk.read(ids, &mut Vec::new()).await;
    let stands = |item: &Item<'_, T::Record>| match id_of(item).and_then(|id| orders.get(&id)) {
        Some(Ok(order)) => Ok(standing(item, order.as_ref())),
        Some(Err(fault)) => Err(fault.clone()),
        None => Ok(standing(item, None)),
    };
    items.iter().map(|item| (item.0, stands(item))).collect()
}
