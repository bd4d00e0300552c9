//! The GraphQL endpoint.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{Client, Failure, Method, Reply, Request};
use ports::{ConfigError, Exchange, Fault, Kept, Lane};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use url::Url;

use super::API_VERSION;
use super::auth::Tokens;
use super::documents::Document;
use super::pushed::Facts;
use super::vendor::Shopify;
use crate::Settings;
use crate::wire::Connection;

/// Speaks to one shop. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    url: Url,
}

/// An answer's data, as the caller wants it.
#[derive(Deserialize)]
pub(super) struct Answer<T> {
    pub(super) data: T,
}

/// One record's list, read on: `node { rest }`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct Node<T> {
    node: Option<Rest<T>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct Rest<T> {
    rest: Connection<T>,
}

impl Api {
    pub(crate) fn new(settings: &Settings, http: Client) -> Result<Self, ConfigError> {
        let base = base(settings)?;
        let at = |path: &str| {
            base.join(path).map_err(|error| ConfigError {
                setting: "shop".to_owned(),
                why: error.to_string(),
            })
        };
        let tokens = Tokens::new(&settings.auth, at("admin/oauth/access_token")?);
        Ok(Self {
            url: at(&format!("admin/api/{API_VERSION}/graphql.json"))?,
            http: http.with_vendor(Arc::new(Shopify { tokens })),
        })
    }

    /// Reads.
    pub(super) async fn query(
        &self,
        lane: Lane,
        document: Document,
        variables: Value,
    ) -> Result<Reply, Failure> {
        let request = Request::read(self.url.clone(), lane, body(document, variables));
        self.http.send(request.points(document.points)).await
    }

    /// Writes. An answer that cannot be understood leaves the outcome open.
    pub(super) async fn mutate<T: DeserializeOwned>(
        &self,
        lane: Lane,
        document: Document,
        variables: Value,
    ) -> (Result<T, Fault>, Exchange) {
        let request = Request::write(
            Method::Post,
            self.url.clone(),
            lane,
            body(document, variables),
        );
        match self.http.send(request.points(document.points)).await {
            Ok(reply) => {
                let read = reply.json::<Answer<T>>().map(|answer| answer.data);
                let result = read.map_err(|fault| Fault::Uncertain {
                    why: fault.to_string(),
                });
                (result, reply.exchange)
            }
            Err(failure) => (Err(failure.fault), failure.exchange),
        }
    }

    /// Writes a single record; `facts` are what the variables were made from.
    pub(super) async fn push<T: DeserializeOwned>(
        &self,
        lane: Lane,
        document: Document,
        variables: Value,
        facts: &Facts,
    ) -> (Result<T, Fault>, Exchange) {
        let sent = body(document, variables.clone());
        let (result, mut exchange) = self.mutate(lane, document, variables).await;
        exchange.kept = Some(Kept::of(sent.as_bytes(), facts.stored()));
        (result, exchange)
    }

    /// Reads a record's list to its end, if it has not ended yet. Adds the exchanges to those given.
    pub(super) async fn complete<T: DeserializeOwned>(
        &self,
        lane: Lane,
        document: Document,
        id: &str,
        list: &mut Connection<T>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        while list.page_info.has_next_page {
            let variables = json!({ "id": id, "after": list.page_info.end_cursor });
            let reply = self
                .query(lane, document, variables)
                .await
                .map_err(|failure| {
                    exchanges.push(failure.exchange);
                    failure.fault
                })?;
            let answer: Answer<Node<T>> = reply.json()?;
            exchanges.push(reply.exchange);
            let Some(node) = answer.data.node else {
                return Err(Fault::Unavailable {
                    why: format!("{id} was there a moment ago and is no more"),
                });
            };
            if node.rest.page_info.end_cursor == list.page_info.end_cursor {
                return Err(Fault::Unreadable {
                    why: format!("the list of {id} does not move on"),
                });
            }
            list.nodes.extend(node.rest.nodes);
            list.page_info = node.rest.page_info;
        }
        Ok(())
    }

    /// A record's JSON with these of its lists read to their ends. What they hold stays text: of a long record they are almost all of it.
    pub(super) async fn completed(
        &self,
        lane: Lane,
        text: &str,
        lists: &[(&str, Document)],
    ) -> Result<String, Fault> {
        let foreign = |error: serde_json::Error| Fault::Unreadable {
            why: error.to_string(),
        };
        let mut record: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(text).map_err(foreign)?;
        let id = record.get("id");
        let id = id.and_then(|id| serde_json::from_str::<String>(id.get()).ok());
        let id = id.unwrap_or_default();
        for (field, document) in lists {
            let Some(slot) = record.get_mut(*field) else {
                continue;
            };
            let mut list: Connection<Box<RawValue>> =
                serde_json::from_str(slot.get()).map_err(foreign)?;
            self.complete(lane, *document, &id, &mut list, &mut Vec::new())
                .await?;
            *slot = serde_json::value::to_raw_value(&list).map_err(foreign)?;
        }
        serde_json::to_string(&record).map_err(foreign)
    }

    pub(super) async fn rest(&self, time: std::time::Duration) {
        self.http.clock().sleep(time).await;
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.http.clock().now()
    }
}

/// A request's body.
pub(super) fn body(document: Document, variables: Value) -> String {
    json!({ "query": document.text, "variables": variables }).to_string()
}

fn base(settings: &Settings) -> Result<Url, ConfigError> {
    let wrong = |setting: &str, why: &str| ConfigError {
        setting: setting.to_owned(),
        why: why.to_owned(),
    };
    match (&settings.shop, &settings.url) {
        (Some(_), Some(_)) => Err(wrong("url", "give 'shop' or 'url', not both")),
        (None, None) => Err(wrong(
            "shop",
            "give the shop's permanent name, as in <shop>.myshopify.com",
        )),
        (None, Some(url)) => {
            if url.cannot_be_a_base() || !matches!(url.scheme(), "https" | "http") {
                return Err(wrong("url", "must be an http or https address"));
            }
            let mut base = url.clone();
            // Without it the last part of the path would be replaced.
            if !base.path().ends_with('/') {
                base.set_path(&format!("{}/", url.path()));
            }
            Ok(base)
        }
        (Some(shop), None) => {
            let name = shop.strip_suffix(".myshopify.com").unwrap_or(shop);
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !is_name {
                return Err(wrong(
                    "shop",
                    "must be the shop's permanent name, as in <shop>.myshopify.com",
                ));
            }
            Url::parse(&format!("https://{name}.myshopify.com/"))
                .map_err(|error| wrong("shop", &error.to_string()))
        }
    }
}
