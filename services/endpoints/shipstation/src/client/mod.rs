//! Requests to ShipStation's V1 API.

mod bell;
mod checkup;
mod cursor;
mod reader;
mod vendor;
mod writer;

use std::sync::Arc;

use http::{Failure, Method, Reply, Request};
use ports::{ConfigError, Exchange, Fault, Lane};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

pub(crate) use bell::Bell;
pub(crate) use checkup::Checkup;
pub(crate) use reader::Reader;
pub(crate) use writer::Writer;

use crate::Settings;
use vendor::ShipStation;

/// Speaks to one account. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: http::Client,
    base: Url,
}

impl Api {
    pub(crate) fn new(settings: &Settings, http: http::Client) -> Result<Self, ConfigError> {
        let wrong = |why: String| ConfigError {
            setting: "url".to_owned(),
            why,
        };
        let base = match &settings.url {
            Some(url) => url.clone(),
            None => Url::parse("https://ssapi.shipstation.com/")
                .map_err(|error| wrong(error.to_string()))?,
        };
        if !matches!(base.scheme(), "http" | "https") || !base.path().ends_with('/') {
            let example = "must be an address such as https://ssapi.shipstation.com/";
            return Err(wrong(example.to_owned()));
        }
        let vendor = ShipStation {
            key: settings.api_key.clone(),
            secret: settings.api_secret.clone(),
        };
        Ok(Self {
            http: http.with_vendor(Arc::new(vendor)),
            base,
        })
    }

    fn url(&self, path: &str) -> Result<Url, Fault> {
        self.base.join(path).map_err(|error| Fault::Unreadable {
            why: format!("'{path}' makes no address: {error}"),
        })
    }

    async fn get(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Reply, Failure> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.http.send(Request::get(url, lane)).await
    }

    /// Reads a list or a record.
    async fn read<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Fault> {
        let reply = self.get(lane, path, query).await;
        reply.map_err(|failure| failure.fault)?.json()
    }

    /// Writes. An answer that cannot be understood leaves the outcome open.
    async fn write<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> (Result<T, Fault>, Option<Exchange>) {
        let url = match self.url(path) {
            Ok(url) => url,
            Err(fault) => return (Err(fault), None),
        };
        let request = Request::write(Method::Post, url, Lane::Orders, body.to_string());
        match self.http.send(request).await {
            Ok(reply) => {
                let read = reply.json::<T>();
                let result = read.map_err(|fault| Fault::Uncertain {
                    why: fault.to_string(),
                });
                (result, Some(reply.exchange))
            }
            Err(failure) => (Err(failure.fault), Some(failure.exchange)),
        }
    }
}
