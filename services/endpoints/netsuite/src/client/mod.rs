//! Talking to NetSuite: the record service and SuiteQL.

mod articles;
mod auth;
mod book;
mod changes;
mod checkup;
mod customers;
mod deposits;
mod facts;
mod judge;
mod lists;
mod orders;
mod payouts;
mod reader;
mod refunds;
mod register;
mod shipments;
mod tracking;
mod writer;

use std::sync::Arc;

use http::{Failure, Method, Request};
use jiff::Timestamp;
use ports::{ConfigError, Exchange, Fault, Kept, Lane};
use serde::de::DeserializeOwned;
use url::Url;

pub use auth::{Auth, Oauth2, Token};
pub(crate) use checkup::Checkup;
pub(crate) use lists::Lists;
pub(crate) use reader::Reader;
pub(crate) use writer::Writer;

use crate::Settings;
use crate::map::query::Query;
use crate::map::{Facts, typed};
use crate::wire::{Row, RowPage};

/// The most rows of one SuiteQL page (NetSuite help, "Executing SuiteQL Queries Through REST Web Services").
const PAGE: u32 = 1000;

/// One account's REST services. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Api {
    http: http::Client,
    base: Url,
}

/// One page of rows.
struct Rows {
    rows: Vec<Row>,
    more: bool,
    /// Rows of all pages, where NetSuite says.
    total: Option<u64>,
    /// NetSuite's own time, not later than the query's.
    server_time: Option<Timestamp>,
    our_time: Timestamp,
    exchange: Exchange,
}

/// What failed, and the requests made until then.
struct Trouble {
    fault: Fault,
    exchanges: Vec<Exchange>,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self {
            fault: failure.fault,
            exchanges: vec![failure.exchange],
        }
    }
}

/// What became of a request to create a record.
enum Creation {
    /// It was created; the id is missing where NetSuite did not name it.
    Created(Option<String>),
    /// NetSuite says that there is such a record already.
    Duplicate(Fault),
    /// It was not.
    Failed {
        fault: Fault,
        /// The fields NetSuite finds fault with.
        paths: Vec<String>,
    },
}

impl Api {
    /// Reads the account's address and credentials. Sends nothing.
    pub(crate) fn new(settings: &Settings, http: http::Client) -> Result<Self, ConfigError> {
        let base = base(settings)?;
        let account = auth::Account::new(&settings.account, &base, &settings.auth)?;
        Ok(Self {
            http: http.with_vendor(Arc::new(account)),
            base,
        })
    }

    fn url(&self, path: &str) -> Result<Url, Fault> {
        self.base.join(path).map_err(|error| Fault::Unreadable {
            why: format!("'{path}' makes no address: {error}"),
        })
    }

    /// One page of a query's rows.
    async fn page(
        &self,
        lane: Lane,
        query: &Query,
        limit: u32,
        offset: u32,
    ) -> Result<Rows, Trouble> {
        let request = self
            .question(lane, query, limit, offset)
            .map_err(|fault| Trouble {
                fault,
                exchanges: Vec::new(),
            })?;
        let reply = self.http.send(request).await?;
        match reply.json::<RowPage>() {
            Ok(page) => Ok(Rows {
                rows: page.items,
                more: page.has_more,
                total: page.total,
                server_time: reply
                    .date()
                    .map(|date| before(date, reply.exchange.took_ms)),
                our_time: reply.received_at,
                exchange: reply.exchange,
            }),
            Err(fault) => Err(Trouble {
                fault,
                exchanges: vec![reply.exchange],
            }),
        }
    }

    /// All rows of a query, page by page. The query has to be ordered by something unique.
    async fn all(&self, lane: Lane, query: &Query) -> Result<(Vec<Row>, Vec<Exchange>), Trouble> {
        let (mut rows, mut exchanges) = (Vec::new(), Vec::new());
        loop {
            let offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            match self.page(lane, query, PAGE, offset).await {
                Ok(page) => {
                    let empty = page.rows.is_empty();
                    rows.extend(page.rows);
                    exchanges.push(page.exchange);
                    if !page.more || empty {
                        return Ok((rows, exchanges));
                    }
                }
                Err(trouble) => {
                    exchanges.extend(trouble.exchanges);
                    return Err(Trouble {
                        fault: trouble.fault,
                        exchanges,
                    });
                }
            }
        }
    }

    /// All rows of a query in their typed form.
    async fn find<T: DeserializeOwned>(
        &self,
        lane: Lane,
        query: &Query,
    ) -> Result<(Vec<T>, Vec<Exchange>), Trouble> {
        let (rows, exchanges) = self.all(lane, query).await?;
        match rows.iter().map(typed).collect() {
            Ok(found) => Ok((found, exchanges)),
            Err(why) => Err(Trouble {
                fault: Fault::Unreadable {
                    why: format!("a row of a query's answer: {why}"),
                },
                exchanges,
            }),
        }
    }

    fn question(
        &self,
        lane: Lane,
        query: &Query,
        limit: u32,
        offset: u32,
    ) -> Result<Request, Fault> {
        let mut url = self.url("services/rest/query/v1/suiteql")?;
        url.query_pairs_mut()
            .append_pair("limit", &limit.to_string())
            .append_pair("offset", &offset.to_string());
        let body = serde_json::to_vec(query).map_err(|error| Fault::Unreadable {
            why: format!("the query cannot be written as JSON: {error}"),
        })?;
        // NetSuite refuses a query without it.
        Ok(Request::read(url, lane, body).header("prefer", "transient"))
    }

    /// Creates a record; `facts` are what its body was made from. A field that the account does not have is refused, not dropped.
    async fn create(
        &self,
        lane: Lane,
        record: &str,
        body: Vec<u8>,
        facts: &Facts,
    ) -> (Creation, Option<Exchange>) {
        let kept = Kept::of(&body, facts.stored());
        let url = match self.url(&format!("services/rest/record/v1/{record}")) {
            Ok(url) => url,
            Err(fault) => return (failed(fault), None),
        };
        let request = Request::write(Method::Post, url, lane, body)
            .header("x-netsuite-propertynamevalidation", "Error");
        match self.http.send(request).await {
            Ok(reply) => {
                let id = reply.headers.get("location").and_then(id_in);
                (Creation::Created(id), keeping(reply.exchange, kept))
            }
            Err(failure) => {
                let reply = failure.reply.as_deref();
                let refused = matches!(failure.fault, Fault::Refused { .. });
                let creation = if refused && reply.is_some_and(judge::is_duplicate) {
                    Creation::Duplicate(failure.fault)
                } else {
                    Creation::Failed {
                        paths: reply.map(judge::paths).unwrap_or_default(),
                        fault: failure.fault,
                    }
                };
                (creation, keeping(failure.exchange, kept))
            }
        }
    }
}

impl Api {
    /// Changes parts of a record; the sublists of `replace`, by comma, as a whole. `facts` are what the body was made from.
    async fn amend(
        &self,
        lane: Lane,
        path: &str,
        replace: Option<&str>,
        body: Vec<u8>,
        facts: &Facts,
    ) -> (Result<(), Fault>, Option<Exchange>) {
        let kept = Kept::of(&body, facts.stored());
        let mut url = match self.url(&format!("services/rest/record/v1/{path}")) {
            Ok(url) => url,
            Err(fault) => return (Err(fault), None),
        };
        if let Some(sublists) = replace {
            url.query_pairs_mut().append_pair("replace", sublists);
        }
        let request = Request::write(Method::Patch, url, lane, body)
            .header("x-netsuite-propertynamevalidation", "Error");
        match self.http.send(request).await {
            Ok(reply) => (Ok(()), keeping(reply.exchange, kept)),
            Err(failure) => (Err(failure.fault), keeping(failure.exchange, kept)),
        }
    }
}

fn keeping(exchange: Exchange, kept: Kept) -> Option<Exchange> {
    Some(Exchange {
        kept: Some(kept),
        ..exchange
    })
}

impl Api {
    /// Deletes a record.
    async fn remove(&self, lane: Lane, path: &str) -> (Result<(), Fault>, Option<Exchange>) {
        let url = match self.url(&format!("services/rest/record/v1/{path}")) {
            Ok(url) => url,
            Err(fault) => return (Err(fault), None),
        };
        let mut request = Request::write(Method::Delete, url, lane, Vec::new());
        request.body = None;
        match self.http.send(request).await {
            Ok(reply) => (Ok(()), Some(reply.exchange)),
            Err(failure) => (Err(failure.fault), Some(failure.exchange)),
        }
    }
}

const fn failed(fault: Fault) -> Creation {
    Creation::Failed {
        fault,
        paths: Vec::new(),
    }
}

fn before(date: Timestamp, took_ms: u64) -> Timestamp {
    let took = jiff::SignedDuration::from_millis(i64::try_from(took_ms).unwrap_or(i64::MAX));
    date.checked_sub(took).unwrap_or(date)
}

/// The id at the end of a `Location`.
fn id_in(location: &str) -> Option<String> {
    let last = location.trim_end_matches('/').rsplit('/').next()?;
    let id: String = last.chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

/// `https://<account>.suitetalk.api.netsuite.com/`: the account in lower case, with `-` for `_` (NetSuite help, "URLs for
/// Account-Specific Domains").
fn base(settings: &Settings) -> Result<Url, ConfigError> {
    let account = &settings.account;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if account.is_empty() || !account.chars().all(plain) {
        return Err(ConfigError {
            setting: "account".to_owned(),
            why: format!(
                "'{account}' is no account id: it looks like 1234567 or 1234567_SB1 (Setup > Company > Company Information)"
            ),
        });
    }
    let mut url = match &settings.url {
        Some(url) => url.clone(),
        None => {
            let host = account.to_ascii_lowercase().replace('_', "-");
            let text = format!("https://{host}.suitetalk.api.netsuite.com/");
            Url::parse(&text).map_err(|error| ConfigError {
                setting: "account".to_owned(),
                why: error.to_string(),
            })?
        }
    };
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() {
        return Err(ConfigError {
            setting: "url".to_owned(),
            why: "must be an address such as https://1234567-sb1.suitetalk.api.netsuite.com"
                .to_owned(),
        });
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}
