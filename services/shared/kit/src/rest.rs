//! A REST API: records and lists as JSON, with the exchanges that are kept of asking for them.

use http::{Client, Failure, Method, Reply, Request};
use ports::{Exchange, Fault, Kept, Lane};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// Speaks to one account. Cheap to clone.
#[derive(Clone)]
pub struct Rest {
    http: Client,
    base: Url,
    bared: fn(Reply) -> Reply,
}

impl Rest {
    /// The API whose paths begin at `base`, which ends with a slash; `bared` takes away from a reply what is no JSON.
    #[must_use]
    pub fn new(http: Client, base: Url, bared: fn(Reply) -> Reply) -> Self {
        Self { http, base, bared }
    }

    /// The client that it speaks through.
    #[must_use]
    pub const fn http(&self) -> &Client {
        &self.http
    }

    /// Reads.
    ///
    /// # Errors
    /// The client's.
    pub async fn get(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Reply, Failure> {
        let reply = self.http.send(Request::get(self.url(path, query), lane));
        reply.await.map(self.bared)
    }

    /// Reads a record or a list.
    ///
    /// # Errors
    /// The client's; [`Fault::Unreadable`] for an answer that makes no sense.
    pub async fn list<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Fault> {
        self.get(lane, path, query).await?.json()
    }

    /// Reads a record or a list, and keeps the exchange.
    ///
    /// # Errors
    /// The client's; [`Fault::Unreadable`] for an answer that makes no sense.
    pub async fn read<T: DeserializeOwned>(
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
    ///
    /// # Errors
    /// The client's.
    pub async fn ask(&self, lane: Lane, path: &str, body: &'static str) -> Result<Reply, Fault> {
        let asked = Request::read(self.url(path, &[]), lane, body);
        Ok(self.http.send(asked).await.map(self.bared)?)
    }

    /// Writes what is no record's. An answer that cannot be understood leaves the outcome open.
    ///
    /// # Errors
    /// The client's; [`Fault::Uncertain`] for an answer that makes no sense.
    pub async fn write<T: DeserializeOwned>(
        &self,
        lane: Lane,
        to: (Method, &str),
        query: &[(&str, &str)],
        body: &(impl Serialize + Sync),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        let text = body_of(body)?;
        let (result, exchange) = self.send(lane, to, query, text).await;
        exchanges.push(exchange);
        result
    }

    /// Writes a record; `facts` are what the body was made from beside the record and the settings.
    ///
    /// # Errors
    /// As [`Rest::write`].
    pub async fn push<T: DeserializeOwned>(
        &self,
        lane: Lane,
        to: (Method, &str),
        query: &[(&str, &str)],
        (body, facts): (&(impl Serialize + Sync), Value),
        exchanges: &mut Vec<Exchange>,
    ) -> Result<T, Fault> {
        let text = body_of(body)?;
        let kept = Kept::of(text.as_bytes(), facts);
        let (result, mut exchange) = self.send(lane, to, query, text).await;
        exchange.kept = Some(kept);
        exchanges.push(exchange);
        result
    }

    async fn send<T: DeserializeOwned>(
        &self,
        lane: Lane,
        (method, path): (Method, &str),
        query: &[(&str, &str)],
        body: String,
    ) -> (Result<T, Fault>, Exchange) {
        let request = Request::write(method, self.url(path, query), lane, body);
        match self.http.send(request).await.map(self.bared) {
            Ok(reply) => {
                let read = reply.json().map_err(|fault| Fault::Uncertain {
                    why: fault.to_string(),
                });
                (read, reply.exchange)
            }
            Err(failure) => (Err(failure.fault), failure.exchange),
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

fn body_of(body: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(body).map_err(|error| Fault::Unreadable {
        why: format!("the request cannot be written as JSON: {error}"),
    })
}
