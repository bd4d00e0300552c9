//! The Admin API of one server, in one channel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use commerce::{ConnectionId, OrderRef};
use http::{Client, Failure, Method, Reply, Request};
use ports::{Exchange, Fault, Lane, Write};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use super::auth::Vendure;
use super::documents::{Document, ORDERS};
use crate::Settings;
use crate::map::Digits;
use crate::wire::{Answer, Done, Order, Orders, Outcome};

/// Orders asked for with one request.
pub(super) const PAGE: usize = 50;

/// Speaks to one server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    url: Url,
    channel: Option<String>,
}

/// An order as the shop has it, `None` where it has none.
pub(super) type Found = Result<Option<(Order, Digits)>, Fault>;

impl Api {
    pub(crate) fn new(settings: &Settings, http: Client) -> Self {
        let vendor = Vendure::new(settings.url.clone(), settings.auth.clone());
        Self {
            http: http.with_vendor(Arc::new(vendor)),
            url: settings.url.clone(),
            channel: settings.channel.clone(),
        }
    }

    /// Reads.
    pub(super) async fn query(
        &self,
        lane: Lane,
        document: Document,
        variables: Value,
    ) -> Result<Reply, Failure> {
        let request = Request::read(self.url.clone(), lane, body(document, &variables));
        self.http.send(self.addressed(request)).await
    }

    /// Reads, and keeps the exchange.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        lane: Lane,
        document: Document,
        variables: Value,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        match self.query(lane, document, variables).await {
            Ok(reply) => {
                let read = reply.json::<Answer<T>>().map(|answer| answer.data);
                exchanges.push(reply.exchange);
                read
            }
            Err(failure) => {
                exchanges.push(failure.exchange);
                Err(failure.fault)
            }
        }
    }

    /// Writes. An answer that cannot be understood leaves the outcome open.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        lane: Lane,
        document: Document,
        variables: Value,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        let body = body(document, &variables);
        let request = Request::write(Method::Post, self.url.clone(), lane, body);
        match self.http.send(self.addressed(request)).await {
            Ok(reply) => {
                let read = reply.json::<Answer<Done<T>>>();
                exchanges.push(reply.exchange);
                read.map(|answer| answer.data.result)
                    .map_err(|fault| Fault::Uncertain {
                        why: fault.to_string(),
                    })
            }
            Err(failure) => {
                exchanges.push(failure.exchange);
                Err(failure.fault)
            }
        }
    }

    /// Writes what may be refused inside a success.
    pub(super) async fn change(
        &self,
        document: Document,
        variables: Value,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Outcome, Fault> {
        let sent = self.write(Lane::Orders, document, variables, exchanges);
        let outcome: Outcome = sent.await?;
        match &outcome.error_code {
            None => Ok(outcome),
            Some(code) => {
                let words = outcome
                    .transition_error
                    .as_ref()
                    .or(outcome.message.as_ref());
                let words = words.map_or("no reason given", String::as_str);
                Err(Fault::Refused {
                    why: format!("{words} ({code})"),
                })
            }
        }
    }

    /// Orders as they stand, by their ids.
    pub(super) async fn orders(
        &self,
        ids: impl Iterator<Item = String> + Send,
        exchanges: &mut Vec<Exchange>,
    ) -> BTreeMap<String, Found> {
        let ids: Vec<String> = ids.collect::<BTreeSet<_>>().into_iter().collect();
        let mut found: BTreeMap<String, Found> =
            ids.iter().map(|id| (id.clone(), Ok(None))).collect();
        for some in ids.chunks(PAGE) {
            let read = self
                .read(Lane::Orders, ORDERS, by_id(some), exchanges)
                .await;
            let page: Orders = match read {
                Ok(page) => page,
                Err(fault) => {
                    found.extend(some.iter().map(|id| (id.clone(), Err(fault.clone()))));
                    continue;
                }
            };
            let digits = Digits(page.global_settings.server_config.money_strategy_precision);
            for raw in &page.orders.items {
                match parse::<Order>(raw) {
                    Ok(order) => {
                        found.insert(order.id.clone(), Ok(Some((order, digits))));
                    }
                    Err(why) => {
                        let id = super::reader::head(raw).id;
                        let why = format!("order {id} of the shop: {why}");
                        found.insert(id, Err(Fault::Unreadable { why }));
                    }
                }
            }
        }
        found
    }

    fn addressed(&self, request: Request) -> Request {
        let request = request.header("content-type", "application/json");
        match &self.channel {
            Some(channel) => request.header("vendure-token", channel.clone()),
            None => request,
        }
    }
}

fn body(document: Document, variables: &Value) -> String {
    json!({ "query": document.text, "variables": variables }).to_string()
}

/// The variables of a look at these orders.
pub(super) fn by_id(ids: &[String]) -> Value {
    json!({ "options": { "take": PAGE, "filter": { "id": { "in": ids } } } })
}

/// Reads a record, or tells where it is not as it should be.
pub(super) fn parse<T: DeserializeOwned>(raw: &RawValue) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize(&mut json)
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))
}

/// The order's id at the shop; `None` for an order of somebody else's.
pub(super) fn shop_order(
    write: &Write,
    order: &OrderRef,
    connection: &ConnectionId,
) -> Option<String> {
    let id = write.order_at(order, connection)?;
    Some(id.as_str().to_owned())
}

/// The shop does not show the order.
pub(super) fn gone(id: &str) -> Fault {
    Fault::Refused {
        why: format!("the shop shows no order {id} in this channel"),
    }
}
