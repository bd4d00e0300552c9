//! Fulfilments into their orders. What an order has been told it shows as packages, under numbers that are ours: telling one again is telling the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Fulfilment};
use http::Method;
use ports::{Attempt, Effect, Exchange, Fault, Lane, Standing, Twin, Write, Written};
use serde_json::json;

use super::api::Api;
use super::orders::{external, is_order, one, parse};
use crate::map::{Confirmed, packages, told};
use crate::{Settings, wire};

/// What is read of an order to be told of a delivery.
const READ: &str = "FULFILLMENT,PACKAGES";

/// Tells deliveries.
pub(super) struct Deliveries {
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

/// A write in its batch.
pub(super) type Item<'a> = (usize, &'a Write, &'a Fulfilment);

/// Orders of a batch as they were read; `None` where the account has none of that id.
type Known = BTreeMap<String, Option<wire::Order>>;

impl Deliveries {
    pub(super) async fn write(&self, items: &[Item<'_>]) -> Vec<(usize, Attempt)> {
        let (mut known, mut all) = (Known::new(), Vec::with_capacity(items.len()));
        let mut halted: Option<Fault> = None;
        for item in items {
            let Some(id) = self.order_of(item) else {
                all.push((item.0, Attempt::not_ours(item.1)));
                continue;
            };
            let mut exchanges = Vec::new();
            let result = match &halted {
                Some(fault) => Err(fault.clone()),
                None => self.deliver(&id, item, &mut known, &mut exchanges).await,
            };
            // What is refused for its rate is refused to the rest as well.
            if let Err(fault @ Fault::Throttled { .. }) = &result {
                halted = Some(fault.clone());
            }
            all.push((item.0, Attempt { result, exchanges }));
        }
        all
    }

    pub(super) async fn locate(
        &self,
        items: &[Item<'_>],
    ) -> Vec<(usize, Result<Option<Written>, Fault>)> {
        let (mut known, mut all) = (Known::new(), Vec::with_capacity(items.len()));
        for item in items {
            all.push((item.0, self.landed(item, &mut known).await));
        }
        all
    }

    /// How each stands in its order.
    pub(super) async fn look(&self, items: &[Item<'_>]) -> Vec<(usize, Result<Standing, Fault>)> {
        let found = self.locate(items).await.into_iter();
        let standing = |written: Option<Written>| match written {
            None => Standing::Missing,
            Some(there) if there.effect == Effect::AlreadyThere => Standing::Held,
            Some(_) => Standing::Differs {
                what: "some packages are told here only, or with another number".to_owned(),
            },
        };
        found
            .map(|(place, found)| (place, found.map(standing)))
            .collect()
    }

    fn order_of(&self, (_, write, delivery): &Item<'_>) -> Option<String> {
        let id = write.order_at(&delivery.order, &self.connection)?;
        is_order(id.as_str()).then(|| id.as_str().to_owned())
    }

    async fn landed(&self, item: &Item<'_>, known: &mut Known) -> Result<Option<Written>, Fault> {
        let Some(id) = self.order_of(item) else {
            return Ok(None);
        };
        let Some(order) = self.order(&id, known, &mut Vec::new()).await? else {
            return Ok(None);
        };
        let all = self.packages(item, &order)?;
        match told(&order, &all) {
            0 => Ok(None),
            some if some == all.len() => written(&order, item.1, Effect::AlreadyThere).map(Some),
            _ => written(&order, item.1, Effect::Unfinished).map(Some),
        }
    }

    async fn deliver(
        &self,
        id: &str,
        item: &Item<'_>,
        known: &mut Known,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let (_, write, _) = item;
        let Some(order) = self.order(id, known, exchanges).await? else {
            return Err(Fault::Refused {
                why: format!("Amazon shows no order {id}"),
            });
        };
        let fulfillment = order.fulfillment.clone().unwrap_or_default();
        if fulfillment.fulfilled_by.as_deref() == Some("AMAZON") {
            let mut ours = written(&order, write, Effect::NotOurs)?;
            ours.discrepancy = Some("Amazon sends this order itself".to_owned());
            return Ok(ours);
        }
        let all = self.packages(item, &order)?;
        let there = told(&order, &all);
        if there == all.len() {
            let effect = if write.bound.is_some() {
                Effect::Unchanged
            } else {
                Effect::AlreadyThere
            };
            return written(&order, write, effect);
        }
        if fulfillment.fulfillment_status == "CANCELLED" {
            return Err(Fault::Held {
                why: format!(
                    "order {id} is cancelled at Amazon, which takes no shipment of it any more: have the goods back, then ignore this record"
                ),
            });
        }
        for package in all
            .iter()
            .filter(|one| told(&order, std::slice::from_ref(*one)) == 0)
        {
            self.tell(id, &order, package, exchanges).await?;
        }
        // The order is another one now.
        known.remove(id);
        let effect = if write.bound.is_some() {
            Effect::Updated
        } else {
            Effect::Created
        };
        written(&order, write, effect)
    }

    async fn tell(
        &self,
        id: &str,
        order: &wire::Order,
        package: &Confirmed,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let first = self.settings.marketplaces.first();
        let marketplace = order.sales_channel.marketplace_id.as_ref().or(first);
        let body = json!({ "marketplaceId": marketplace, "packageDetail": package.detail });
        let path = ["orders", "v0", "orders", id, "shipmentConfirmation"];
        let to = (Method::Post, &path[..]);
        let sent = self.api.write(Lane::Orders, to, &[], &body, exchanges);
        sent.await.map(drop)
    }

    fn packages(
        &self,
        (_, write, delivery): &Item<'_>,
        order: &wire::Order,
    ) -> Result<Vec<Confirmed>, Fault> {
        let number = write.event.external_id.as_str();
        let settings = &self.settings.fulfilments;
        packages(
            delivery,
            write.key.as_str(),
            number,
            order,
            &write.set,
            settings,
        )
    }

    async fn order(
        &self,
        id: &str,
        known: &mut Known,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Option<wire::Order>, Fault> {
        if let Some(order) = known.get(id) {
            return Ok(order.clone());
        }
        let raw = one(&self.api, id, READ, exchanges).await?;
        let order = raw.map(|raw| parse(&raw)).transpose();
        let order = order.map_err(|why| Fault::Unreadable {
            why: format!("order {id} of Amazon: {why}"),
        })?;
        known.insert(id.to_owned(), order.clone());
        Ok(order)
    }
}

fn written(order: &wire::Order, write: &Write, effect: Effect) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: external(&format!("{}/{}", order.order_id, write.key))?,
            number: Some(order.order_id.clone()),
        },
        effect,
        discrepancy: None,
    })
}
