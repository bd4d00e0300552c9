//! What came back.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use ports::{Exchange, Fault};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::date;
use crate::request::Intent;

/// An answer that came whole.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: Headers,
    /// Its body, decompressed.
    pub body: Bytes,
    /// When its last byte was here.
    pub received_at: Timestamp,
    /// Whether the request could change anything.
    pub intent: Intent,
    /// The exchange for the journey, redacted.
    pub exchange: Exchange,
}

impl Reply {
    /// Whether the status is one of 200 to 299.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    /// [`Fault::Unreadable`] with the path into the JSON and what was expected there, for JSON that is not what was agreed. For a body
    /// that is no JSON at all, cut off or mangled on its way: [`Fault::Unavailable`] of a read, [`Fault::Uncertain`] of a write.
    /// Values are left out: they stand, redacted, in the exchange.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let why = self.unreadable::<T>(&error);
            match (error.classify(), self.intent) {
                (Category::Data, _) => Fault::Unreadable { why },
                (Category::Syntax | Category::Eof | Category::Io, Intent::Read) => {
                    Fault::Unavailable { why }
                }
                (Category::Syntax | Category::Eof | Category::Io, Intent::Write) => {
                    Fault::Uncertain { why }
                }
            }
        })
    }

    /// Reads once more for the path, which is only worth its price when something is wrong.
    fn unreadable<T: DeserializeOwned>(&self, error: &serde_json::Error) -> String {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let (path, what) = match serde_path_to_error::deserialize::<_, T>(&mut json) {
            Err(error) => (error.path().to_string(), error.inner().to_string()),
            Ok(_) => (".".to_owned(), error.to_string()),
        };
        format!(
            "body of HTTP {}, at {path}: {}",
            self.status,
            without_values(&what)
        )
    }

    /// The other side's time, from its `Date` header.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        date::parse(self.headers.get("date")?)
    }

    /// How long the other side asks us to wait (`Retry-After`: seconds, whole or decimal, or a date), at most a day.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        date::retry_after(self.headers.get("retry-after")?, self.received_at)
    }
}

/// The body may hold a token: only its length is shown, with the redacted exchange beside it.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("received_at", &self.received_at)
            .field("exchange", &self.exchange)
            .finish()
    }
}

/// The headers of an answer.
#[derive(Clone, Default)]
pub struct Headers(pub(crate) HeaderMap);

impl Headers {
    /// The first value under that name, whatever its case; `None` too when the value is not text.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }
}

/// For fakes of a reply. Pairs that are no headers are left out.
impl<'a> FromIterator<(&'a str, &'a str)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let valid = pairs.into_iter().filter_map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value).ok()?))
        });
        Self(valid.collect())
    }
}

/// Values may be credentials (`Set-Cookie`): only names are shown.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// A deserializer's message without the values it quotes: `string "…", expected u32`.
fn without_values(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut parts = message.split('"');
    kept.push_str(parts.next().unwrap_or_default());
    if let Some(last) = parts.next_back() {
        kept.push_str("\"…\"");
        kept.push_str(last);
    }
    kept
}
