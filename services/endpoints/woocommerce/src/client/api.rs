//! The REST API of one site.

use std::sync::Arc;

use http::{Client, Failure, Method, Reply, Request};
use ports::{ConfigError, Exchange, Fault, Lane};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::auth::Signer;
use super::body::json_within;
use super::vendor::Woo;
use crate::Settings;

/// The most records that the API gives on a page, and takes in a batch.
pub(super) const PAGE: usize = 100;

/// Speaks to one site. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: Client,
    base: Url,
}

impl Api {
    pub(crate) fn new(settings: &Settings, http: Client) -> Result<Self, ConfigError> {
        let wrong = |why: String| ConfigError {
            setting: "url".to_owned(),
            why,
        };
        let mut site = settings.url.clone();
        if site.cannot_be_a_base() || !matches!(site.scheme(), "https" | "http") {
            return Err(wrong("must be the site's http or https address".to_owned()));
        }
        // Without it the last part of the path would be replaced.
        if !site.path().ends_with('/') {
            site.set_path(&format!("{}/", settings.url.path()));
        }
        let base = site.join("wp-json/wc/v3/");
        let signer = Signer {
            key: settings.auth.consumer_key.clone(),
            secret: settings.auth.consumer_secret.clone(),
            in_query: settings.auth.in_query,
        };
        Ok(Self {
            base: base.map_err(|error| wrong(error.to_string()))?,
            http: http.with_vendor(Arc::new(Woo { signer })),
        })
    }

    /// Reads.
    pub(super) async fn get(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Reply, Failure> {
        let reply = self.http.send(Request::get(self.url(path, query), lane));
        reply.await.map(bared)
    }

    /// Reads a record or a list, and keeps the exchange.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        match self.get(lane, path, query).await {
            Ok(reply) => {
                let read = reply.json();
                exchanges.push(reply.exchange);
                read
            }
            Err(failure) => {
                exchanges.push(failure.exchange);
                Err(failure.fault)
            }
        }
    }

    /// Sends a body that changes nothing.
    pub(super) async fn ask(
        &self,
        lane: Lane,
        path: &str,
        body: &'static str,
    ) -> Result<Reply, Fault> {
        let reply = self
            .http
            .send(Request::read(self.url(path, &[]), lane, body));
        Ok(reply.await.map(bared)?)
    }

    /// Writes. An answer that cannot be understood leaves the outcome open.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        lane: Lane,
        (method, path): (Method, &str),
        query: &[(&str, &str)],
        body: &(impl Serialize + Sync),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        let url = self.url(path, query);
        let body = serde_json::to_string(body).map_err(|error| Fault::Unreadable {
            why: format!("the request cannot be written as JSON: {error}"),
        })?;
        let request = Request::write(method, url, lane, body);
        match self.http.send(request).await.map(bared) {
            Ok(reply) => {
                let read = reply.json().map_err(|fault| Fault::Uncertain {
                    why: fault.to_string(),
                });
                exchanges.push(reply.exchange);
                read
            }
            Err(failure) => {
                exchanges.push(failure.exchange);
                Err(failure.fault)
            }
        }
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// The reply with nothing but its JSON.
fn bared(mut reply: Reply) -> Reply {
    if let Some(range) = json_within(&reply.body) {
        reply.body = reply.body.slice(range);
    }
    reply
}

/// A list of numbers as the API takes it.
pub(super) fn listed(ids: &[u64]) -> String {
    let all: Vec<String> = ids.iter().map(ToString::to_string).collect();
    all.join(",")
}
