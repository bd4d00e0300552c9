//! What is asked.

use std::fmt;

use bytes::Bytes;
use ports::Lane;
use url::Url;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or asks a question that is too long for an address.
    Post,
    /// Creates or replaces under a known key.
    Put,
    /// Changes parts.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as HTTP writes it, for instance in a signature.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Whether a request can change anything on the other side: decides what a lost answer means and what a dry run sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// It changes nothing, whatever its method.
    Read,
    /// It may change something.
    Write,
}

/// One request, before it is signed.
#[derive(Clone)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its address, query included.
    pub url: Url,
    /// Its headers; of two with the same name the later one counts.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: Option<Bytes>,
    /// The lane in which it waits for the budget.
    pub lane: Lane,
    /// Whether it can change anything.
    pub intent: Intent,
    /// What it is expected to cost, in the vendor's points; 1 where points mean nothing.
    pub points: u32,
}

impl Request {
    /// A `GET` that reads.
    #[must_use]
    pub const fn get(url: Url, lane: Lane) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: Vec::new(),
            body: None,
            lane,
            intent: Intent::Read,
            points: 1,
        }
    }

    /// A `POST` of JSON that only reads (a query language, a search).
    #[must_use]
    pub fn read(url: Url, lane: Lane, json: impl Into<Bytes>) -> Self {
        Self {
            method: Method::Post,
            body: Some(json.into()),
            ..Self::get(url, lane)
        }
        .header("content-type", "application/json")
    }

    /// A request that may change something, with a JSON body.
    #[must_use]
    pub fn write(method: Method, url: Url, lane: Lane, json: impl Into<Bytes>) -> Self {
        Self {
            method,
            body: Some(json.into()),
            intent: Intent::Write,
            ..Self::get(url, lane)
        }
        .header("content-type", "application/json")
    }

    /// The request with one more header; it replaces an earlier one of that name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers
            .retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self.headers.push((name, value.into()));
        self
    }

    /// The request with its expected cost in the vendor's points.
    #[must_use]
    pub const fn points(mut self, points: u32) -> Self {
        self.points = points;
        self
    }
}

/// Header values, the query and the body may hold credentials: none of them is shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("path", &self.url.path())
            .field("headers", &names)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("lane", &self.lane)
            .field("intent", &self.intent)
            .field("points", &self.points)
            .finish()
    }
}
