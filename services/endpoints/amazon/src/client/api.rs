//! The API of one account.

use std::io::Read as _;
use std::sync::{Arc, Mutex};

use flate2::read::MultiGzDecoder;
use http::{Client, Failure, Method, Reply, Request};
use ports::{ConfigError, Exchange, Fault, Lane};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::auth::Grant;
use super::vendor::{Amazon, Storage};
use crate::wire::Document;
use crate::{Region, Settings};

/// The most that a document may come to when it is unpacked.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Speaks to one account. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    pub(super) http: Client,
    storage: Client,
    base: Url,
}

/// What is asked beside the path.
pub(super) type Query<'a> = &'a [(&'a str, &'a str)];

impl Api {
    pub(crate) fn new(settings: &Settings, http: Client) -> Result<Self, ConfigError> {
        let base = match (&settings.url, settings.region) {
            (Some(url), _) => Ok(url.clone()),
            (None, Region::Na) => Url::parse("https://sellingpartnerapi-na.amazon.com/"),
            (None, Region::Eu) => Url::parse("https://sellingpartnerapi-eu.amazon.com/"),
            (None, Region::Fe) => Url::parse("https://sellingpartnerapi-fe.amazon.com/"),
        };
        let tokens = match &settings.auth.url {
            Some(url) => Ok(url.clone()),
            None => Url::parse("https://api.amazon.com/auth/o2/token"),
        };
        let grant = Grant {
            url: tokens.map_err(|error| wrong("auth.url", &error.to_string()))?,
            client_id: settings.auth.client_id.clone(),
            client_secret: settings.auth.client_secret.clone(),
            refresh_token: settings.auth.refresh_token.clone(),
            cached: Mutex::new(None),
        };
        let base = base.map_err(|error| wrong("url", &error.to_string()))?;
        if base.cannot_be_a_base() || !matches!(base.scheme(), "https" | "http") {
            return Err(wrong("url", "must be an http or https address"));
        }
        Ok(Self {
            storage: http.with_vendor(Arc::new(Storage)),
            http: http.with_vendor(Arc::new(Amazon { grant })),
            base,
        })
    }

    /// Reads.
    pub(super) async fn get(
        &self,
        lane: Lane,
        path: &[&str],
        query: Query<'_>,
    ) -> Result<Reply, Failure> {
        self.http
            .send(Request::get(self.url(path, query), lane))
            .await
    }

    /// Reads a record or a list, and keeps the exchange.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &[&str],
        query: Query<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        kept(self.get(lane, path, query).await, exchanges)?.json()
    }

    /// Writes; the reply as it came.
    pub(super) async fn write(
        &self,
        lane: Lane,
        (method, path): (Method, &[&str]),
        query: Query<'_>,
        body: &(impl Serialize + Sync),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Reply, Fault> {
        let body = serde_json::to_string(body).map_err(|error| Fault::Unreadable {
            why: format!("the request cannot be written as JSON: {error}"),
        })?;
        let request = Request::write(method, self.url(path, query), lane, body);
        kept(self.http.send(request).await, exchanges)
    }

    /// Puts a document where Amazon said.
    pub(super) async fn upload(
        &self,
        lane: Lane,
        to: &str,
        (content_type, body): (&str, String),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Fault> {
        let request = Request::write(Method::Put, address(to)?, lane, body)
            .header("content-type", content_type);
        kept(self.storage.send(request).await, exchanges).map(drop)
    }

    /// A document's bytes, unpacked.
    pub(super) async fn download(
        &self,
        lane: Lane,
        document: &Document,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Vec<u8>, Fault> {
        let request = Request::get(address(&document.url)?, lane);
        let reply = kept(self.storage.send(request).await, exchanges)?;
        if document.compression_algorithm.is_none() || !reply.body.starts_with(&[0x1f, 0x8b]) {
            return Ok(reply.body.to_vec());
        }
        let mut bytes = Vec::new();
        let mut unpacked = MultiGzDecoder::new(&*reply.body).take(MOST_BYTES);
        unpacked
            .read_to_end(&mut bytes)
            .map_err(|error| Fault::Unavailable {
                why: format!("a document cannot be unpacked: {error}"),
            })?;
        Ok(bytes)
    }

    fn url(&self, path: &[&str], query: Query<'_>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

fn wrong(setting: &str, why: &str) -> ConfigError {
    ConfigError {
        setting: setting.to_owned(),
        why: why.to_owned(),
    }
}

fn address(text: &str) -> Result<Url, Fault> {
    Url::parse(text).map_err(|error| Fault::Unreadable {
        why: format!("the address of a document: {error}"),
    })
}

fn kept(sent: Result<Reply, Failure>, exchanges: &mut Vec<Exchange>) -> Result<Reply, Fault> {
    match sent {
        Ok(reply) => {
            exchanges.push(reply.exchange.clone());
            Ok(reply)
        }
        Err(failure) => {
            exchanges.push(failure.exchange);
            Err(failure.fault)
        }
    }
}
