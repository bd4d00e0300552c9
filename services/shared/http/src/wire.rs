//! The one place that touches the HTTP library.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ports::Fault;
use reqwest::header::{HeaderName, HeaderValue};

use crate::client::Client;
use crate::reply::Headers;
use crate::request::{Intent, Method, Request};

/// The longest answer that is taken, decompressed. Longer ones are a mistake or an attack; no vendor sends pages of this size.
const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// An answer that came whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

/// No whole answer came.
pub(crate) enum Broken {
    /// Nothing was sent, and it may work later.
    NotConnected(String),
    /// Nothing was sent, since the request cannot be put on the wire.
    Unsendable(Fault),
    /// It was sent, or may have been.
    Lost(String),
    /// The answer is longer than we take.
    TooLong(String),
}

impl Broken {
    pub(crate) fn fault(self, intent: Intent) -> Fault {
        match (self, intent) {
            (Self::Unsendable(fault), _) => fault,
            (Self::NotConnected(why), _) | (Self::Lost(why), Intent::Read) => {
                Fault::Unavailable { why }
            }
            (Self::TooLong(why), Intent::Read) => Fault::Unreadable { why },
            (Self::Lost(why) | Self::TooLong(why), Intent::Write) => Fault::Uncertain { why },
        }
    }
}

/// Sends the request and reads the whole answer.
pub(crate) async fn send(
    client: &Client,
    request: &Request,
    timeout: Duration,
) -> Result<Answer, Broken> {
    let host = request.url.host_str().unwrap_or("no host");
    let outgoing = build(client, request, timeout)?;
    let mut response = client
        .wire
        .execute(outgoing)
        .await
        .map_err(|error| broken(error, host, timeout))?;
    let status = response.status().as_u16();
    let headers = Headers(std::mem::take(response.headers_mut()));
    let body = read(&mut response, host, timeout).await?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}

async fn read(
    response: &mut reqwest::Response,
    host: &str,
    timeout: Duration,
) -> Result<Bytes, Broken> {
    let status = response.status().as_u16();
    let mut whole = BytesMut::new();
    let mut next = async || {
        response.chunk().await.map_err(|error| {
            let how = if error.is_timeout() {
                format!("did not end within {} s", timeout.as_secs())
            } else {
                format!("broke off: {}", root_cause(&error))
            };
            Broken::Lost(format!("the answer of {host} (HTTP {status}) {how}"))
        })
    };
    let Some(first) = next().await? else {
        return Ok(Bytes::new());
    };
    // Most answers come in one piece, which is then taken as it is.
    let Some(second) = next().await? else {
        return Ok(first);
    };
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    while let Some(chunk) = next().await? {
        whole.extend_from_slice(&chunk);
        if whole.len() > LONGEST_BODY {
            return Err(Broken::TooLong(format!(
                "the answer of {host} (HTTP {status}) is longer than {LONGEST_BODY} bytes; ask for smaller pages"
            )));
        }
    }
    Ok(whole.freeze())
}

fn build(
    client: &Client,
    request: &Request,
    timeout: Duration,
) -> Result<reqwest::Request, Broken> {
    let mut outgoing = reqwest::Request::new(method(request.method), request.url.clone());
    *outgoing.timeout_mut() = Some(timeout);
    *outgoing.body_mut() = request.body.clone().map(reqwest::Body::from);
    let trace = client.trace.map(|headers| headers());
    let trace = trace
        .iter()
        .flatten()
        .filter(|(_, value)| !value.is_empty());
    for (name, value) in request.headers.iter().chain(trace) {
        let secret = client.redactor.is_secret(name);
        let pair = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(HeaderValue::from_str(value).ok());
        let Some((key, mut value)) = pair else {
            return Err(Broken::Unsendable(unsendable(name, secret)));
        };
        value.set_sensitive(secret);
        outgoing.headers_mut().insert(key, value);
    }
    Ok(outgoing)
}

fn unsendable(name: &str, secret: bool) -> Fault {
    let why = format!("header {name} has a value that HTTP cannot carry (a line break, perhaps)");
    if secret {
        return Fault::Unauthorized { why };
    }
    Fault::Refused { why }
}

fn broken(error: reqwest::Error, host: &str, timeout: Duration) -> Broken {
    let error = error.without_url();
    let cause = root_cause(&error);
    if error.is_connect() {
        return Broken::NotConnected(format!("cannot connect to {host}: {cause}"));
    }
    if error.is_builder() {
        let why = format!("the request to {host} cannot be made: {cause}");
        return Broken::Unsendable(Fault::Refused { why });
    }
    if error.is_timeout() {
        let seconds = timeout.as_secs();
        return Broken::Lost(format!("no answer from {host} within {seconds} s"));
    }
    Broken::Lost(format!(
        "the connection to {host} broke before an answer came: {cause}"
    ))
}

/// The innermost error's words: the outer ones only say that something failed.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

const fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
