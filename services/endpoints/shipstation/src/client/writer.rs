//! Writes shipping orders: a hundred with one request. Each is an upsert by our key, so nothing is read before; only orders that ShipStation does
//! not take, and writes in doubt, are looked up.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ExternalId, Kind, Record, ShippingOrder, ShippingState};
use ports::{Attempt, Effect, Exchange, Fault, Lane, Register, Sink, Twin, Write, Written};
use serde_json::Value;

use super::Api;
use crate::Settings;
use crate::map::{agrees, body, items_agree, number};
use crate::wire::{Order, Orders, Saved, SavedOrder};

/// The most orders of one request (its documentation, "Create/Update Multiple Orders").
const BATCH: usize = 100;

/// The sink of shipping orders.
pub(crate) struct Writer {
    pub(crate) settings: Arc<Settings>,
    pub(crate) api: Api,
}

#[async_trait]
impl Sink for Writer {
    fn kinds(&self) -> &[Kind] {
        crate::WRITES
    }

    fn batch_size(&self, _: Kind) -> usize {
        BATCH
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let mut attempts: Vec<Option<Attempt>> = Vec::with_capacity(writes.len());
        let (mut ready, mut bodies) = (Vec::new(), Vec::new());
        for (place, write) in writes.iter().enumerate() {
            match self.body(write) {
                Ok(body) => {
                    ready.push(place);
                    bodies.push(body);
                    attempts.push(None);
                }
                Err(fault) => attempts.push(Some(Attempt::without_request(fault))),
            }
        }
        let (mut saved, mut exchanges) = self.save(bodies).await;
        for (nth, place) in ready.iter().enumerate() {
            let (Some(write), Some(slot)) = (writes.get(*place), attempts.get_mut(*place)) else {
                continue;
            };
            let mut own: Vec<Exchange> = std::mem::take(&mut exchanges);
            let result = match saved.get_mut(nth).and_then(Option::take) {
                Some(Ok(row)) => self.outcome(write, &row, &mut own).await,
                Some(Err(fault)) => Err(fault),
                None => Err(Fault::Uncertain {
                    why: "ShipStation's answer does not tell what became of the order".to_owned(),
                }),
            };
            *slot = Some(Attempt {
                result,
                exchanges: own,
            });
        }
        let lost = || {
            Attempt::without_request(Fault::Unavailable {
                why: "the batch ended before its turn; nothing was written".to_owned(),
            })
        };
        attempts
            .into_iter()
            .map(|one| one.unwrap_or_else(lost))
            .collect()
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let mut answers = Vec::with_capacity(writes.len());
        for write in writes {
            let answer = match order_of(write) {
                Ok(order) => self.located(write, order).await,
                Err(fault) => Err(fault),
            };
            answers.push(answer);
        }
        answers
    }

    fn register(&self, _: Kind) -> Option<Register<'_>> {
        None
    }
}

impl Writer {
    fn body(&self, write: &Write) -> Result<Value, Fault> {
        let order = order_of(write)?;
        body(order, &write.key, &write.set, &self.settings).map(Value::Object)
    }

    /// Sends the orders together; where ShipStation refuses them as a whole, one by one, since one of them may be the cause. By their places.
    async fn save(
        &self,
        bodies: Vec<Value>,
    ) -> (Vec<Option<Result<SavedOrder, Fault>>>, Vec<Exchange>) {
        let keys: Vec<Option<String>> = bodies
            .iter()
            .map(|body| body.get("orderKey")?.as_str().map(str::to_owned))
            .collect();
        if bodies.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let alone = bodies.len() == 1;
        let whole = Value::Array(bodies);
        let (answer, exchange) = self.api.write::<Saved>("orders/createorders", &whole).await;
        let mut exchanges: Vec<Exchange> = exchange.into_iter().collect();
        let fault = match answer {
            Ok(saved) => {
                let results = saved.results.into_iter();
                let mut by_key: HashMap<Option<String>, SavedOrder> =
                    results.map(|row| (row.order_key.clone(), row)).collect();
                let rows = keys.iter().map(|key| by_key.remove(key).map(Ok));
                return (rows.collect(), exchanges);
            }
            Err(fault) => fault,
        };
        let Value::Array(bodies) = whole else {
            return (Vec::new(), exchanges);
        };
        if alone || !matches!(fault, Fault::Refused { .. }) {
            return (
                bodies.iter().map(|_| Some(Err(fault.clone()))).collect(),
                exchanges,
            );
        }
        let mut rows = Vec::with_capacity(bodies.len());
        for body in bodies {
            let one = Value::Array(vec![body]);
            let (answer, exchange) = self.api.write::<Saved>("orders/createorders", &one).await;
            exchanges.extend(exchange);
            rows.push(
                answer
                    .map(|saved| saved.results.into_iter().next())
                    .transpose(),
            );
        }
        (rows, exchanges)
    }

    /// What a row of the answer means: within a success, single orders may be refused.
    async fn outcome(
        &self,
        write: &Write,
        row: &SavedOrder,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
        let order = order_of(write)?;
        if let (true, Some(id)) = (row.success, row.order_id) {
            let number = row.order_number.clone();
            // The answer does not tell whether the order was there before.
            return written(id, number.as_deref(), Effect::Updated);
        }
        let words = row.error_message.clone();
        let words = words.unwrap_or_else(|| "ShipStation gives no reason".to_owned());
        match self.find(write, order, exchanges).await? {
            Some(there) if agrees(order, &there) => {
                written(there.order_id, Some(&there.order_number), Effect::Unchanged)
            }
            Some(there) if is_locked(&there) => Err(locked(order, &there)),
            _ => Err(Fault::Refused { why: words }),
        }
    }

    async fn located(
        &self,
        write: &Write,
        order: &ShippingOrder,
    ) -> Result<Option<Written>, Fault> {
        let there = self.find(write, order, &mut Vec::new()).await?;
        let answer = there.map(|there| {
            let effect = if agrees(order, &there) {
                Effect::AlreadyThere
            } else {
                Effect::Unfinished
            };
            written(there.order_id, Some(&there.order_number), effect)
        });
        answer.transpose()
    }

    /// The order under our key. The API finds none by its key, but by how its number begins.
    async fn find(
        &self,
        write: &Write,
        order: &ShippingOrder,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Option<Order>, Fault> {
        let number = number(order, &self.settings);
        let query = [
            ("orderNumber", number.to_owned()),
            ("pageSize", "500".to_owned()),
        ];
        let reply = self.api.get(Lane::Orders, "orders", &query).await;
        let reply = reply.map_err(|failure| failure.fault)?;
        let page: Orders = reply.json()?;
        exchanges.push(reply.exchange);
        let ours = |there: &Order| there.order_key.as_deref() == Some(write.key.as_str());
        Ok(page.orders.into_iter().find(ours))
    }
}

fn order_of(write: &Write) -> Result<&ShippingOrder, Fault> {
    match &write.event.record {
        Record::ShippingOrder(order) => Ok(order),
        other => Err(Fault::Refused {
            why: format!(
                "ShipStation takes shipping orders, not records of kind {}: correct the sync",
                other.kind()
            ),
        }),
    }
}

/// Orders that the API no longer changes.
fn is_locked(there: &Order) -> bool {
    matches!(there.order_status.as_str(), "shipped" | "cancelled")
}

fn locked(order: &ShippingOrder, there: &Order) -> Fault {
    let (status, number) = (&there.order_status, &there.order_number);
    let choices = match (order.state, status.as_str()) {
        (ShippingState::Cancelled, "shipped") => {
            "it is called off and has left: have the goods back, or ignore this record"
        }
        (_, "cancelled") => "restore it in ShipStation and retry, or ignore this record",
        _ if items_agree(order, there) => {
            "where it goes, or whether it may, has changed since it left: see to the parcel, then ignore this record"
        }
        _ => {
            "what is to be sent has changed since it left: send the difference by hand, or have it back, then ignore this record"
        }
    };
    Fault::Held {
        why: format!(
            "order {number} is {status} in ShipStation, which changes it no more; {choices}. Nothing was written"
        ),
    }
}

fn written(id: u64, number: Option<&str>, effect: Effect) -> Result<Written, Fault> {
    let id = ExternalId::new(id.to_string()).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })?;
    Ok(Written {
        twin: Twin {
            id,
            number: number.map(str::to_owned),
        },
        effect,
        discrepancy: None,
    })
}
