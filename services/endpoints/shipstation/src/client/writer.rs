//! Writes shipping orders: a hundred with one request. Each is an upsert by our key, so nothing is read before; only orders that ShipStation does
//! not take, and writes in doubt, are looked up.

use std::sync::Arc;

use async_trait::async_trait;
use commerce::{Kind, Record, ShippingOrder, ShippingState};
use http::{Method, part};
use kit::{Rest, external};
use ports::{
    Attempt, Effect, Exchange, Fault, Lane, Register, Sink, Twin, Write, Written, in_order,
};
use serde_json::Value;

use crate::Settings;
use crate::map::{agrees, body, items_agree, number};
use crate::wire::{Order, Orders, Saved, SavedOrder};

/// The most orders of one request (its documentation, "Create/Update Multiple Orders").
const BATCH: usize = 100;

/// The sink of shipping orders.
pub(crate) struct Writer {
    pub(crate) settings: Arc<Settings>,
    pub(crate) api: Rest,
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
        let mut done = Vec::with_capacity(writes.len());
        let mut ready = Vec::new();
        for (place, write) in writes.iter().enumerate() {
            match sent(write, &self.settings) {
                Ok((order, body)) => ready.push((place, write, order, body)),
                Err(fault) => done.push((place, Attempt::without_request(fault))),
            }
        }
        let bodies: Vec<Value> = ready.iter().map(|(.., body)| body.clone()).collect();
        let (rows, mut shared) = self.save(bodies).await;
        for ((place, write, order, _), (row, part)) in ready.into_iter().zip(rows) {
            let mut exchanges: Vec<Exchange> = std::mem::take(&mut shared);
            exchanges.extend(part);
            let result = match row {
                Some(Ok(row)) => self.outcome(write, order, &row, &mut exchanges).await,
                Some(Err(fault)) => Err(fault),
                None => Err(Fault::Uncertain {
                    why: "ShipStation's answer does not tell what became of the order".to_owned(),
                }),
            };
            done.push((place, Attempt { result, exchanges }));
        }
        in_order(done, writes.len(), || {
            Attempt::without_request(Fault::Unavailable {
                why: "the batch ended before its turn; nothing was written".to_owned(),
            })
        })
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
    /// Sends the orders together; where ShipStation refuses them as a whole, one by one, since one of them may be the cause. By their places,
    /// each with its part of the request; and the requests.
    async fn save(&self, bodies: Vec<Value>) -> (Vec<Row>, Vec<Exchange>) {
        let mut exchanges = Vec::new();
        if bodies.is_empty() {
            return (Vec::new(), exchanges);
        }
        let saved = self.send(&bodies, &mut exchanges).await;
        let refused = matches!(saved, Err(Fault::Refused { .. }));
        if bodies.len() == 1 || !refused {
            let rows = rows(&bodies, saved, &exchanges);
            return (rows, exchanges);
        }
        let mut all = Vec::with_capacity(bodies.len());
        for body in &bodies {
            let one = std::slice::from_ref(body);
            let saved = self.send(one, &mut exchanges).await;
            all.extend(rows(one, saved, &exchanges));
        }
        (all, exchanges)
    }

    async fn send(&self, bodies: &[Value], exchanges: &mut Vec<Exchange>) -> Result<Saved, Fault> {
        let to = (Method::Post, "orders/createorders");
        let sent = self.api.write(Lane::Orders, to, &[], &bodies, exchanges);
        sent.await
    }

    /// What a row of the answer means: within a success, single orders may be refused.
    async fn outcome(
        &self,
        write: &Write,
        order: &ShippingOrder,
        row: &SavedOrder,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Written, Fault> {
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
        let query = [("orderNumber", number), ("pageSize", "500")];
        let read = self.api.read(Lane::Orders, "orders", &query, exchanges);
        let page: Orders = read.await?;
        let ours = |there: &Order| there.order_key.as_deref() == Some(write.key.as_str());
        Ok(page.orders.into_iter().find(ours))
    }
}

/// What became of an order of a request, and its part of it.
type Row = (Option<Result<SavedOrder, Fault>>, Option<Exchange>);

/// The answer's rows by the orders' keys, each order with its part of the latest request.
fn rows(bodies: &[Value], saved: Result<Saved, Fault>, exchanges: &[Exchange]) -> Vec<Row> {
    let mut saved = saved.map(|saved| saved.results);
    let mut row_of = |body: &Value| match &mut saved {
        Err(fault) => Some(Err(fault.clone())),
        Ok(rows) => {
            let key = body.get("orderKey").and_then(Value::as_str);
            let place = rows
                .iter()
                .position(|row| row.order_key.as_deref() == key)?;
            Some(Ok(rows.swap_remove(place)))
        }
    };
    let part_of = |body: &Value| {
        let whole = exchanges.last()?;
        Some(part(whole, body.to_string().as_bytes(), Value::Null))
    };
    let rows = bodies.iter();
    rows.map(|body| (row_of(body), part_of(body))).collect()
}

/// The order of a write, and how it is sent.
fn sent<'a>(write: &'a Write, settings: &Settings) -> Result<(&'a ShippingOrder, Value), Fault> {
    let order = order_of(write)?;
    let body = body(order, &write.key, &write.set, settings)?;
    Ok((order, Value::Object(body)))
}

/// Makes an order's part of a past push anew: nothing is looked up for it.
pub(crate) fn remake(settings: &Settings, write: &Write) -> Result<Vec<u8>, Fault> {
    Ok(sent(write, settings)?.1.to_string().into_bytes())
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
    let id = external(&id.to_string())?;
    Ok(Written {
        twin: Twin {
            id,
            number: number.map(str::to_owned),
        },
        effect,
        discrepancy: None,
    })
}
