//! What each vendor adds: credentials, and the judgement of its answers.

use async_trait::async_trait;
use ports::{Fault, Feedback};

use crate::client::Client;
use crate::reply::Reply;
use crate::request::{Intent, Request};

/// The vendor at the other end of a connection.
#[async_trait]
pub trait Vendor: Send + Sync {
    /// Adds credentials. Called anew for each sending, when the budget's leave is already there: a signature is never old.
    /// May itself ask for a token through `transport`, which skips the vendor and uses the leave that the request has.
    async fn authorize(&self, request: &mut Request, transport: &Client) -> Result<(), Fault>;

    /// What a reply means, and what it teaches the budget: a success status can still be a failure.
    fn judge(&self, request: &Request, reply: &Reply) -> Judgement;

    /// The credentials were refused (the judgement was [`Fault::Unauthorized`]): forget what is cached. `true` when new ones
    /// can be had: the request is then sent once more.
    fn refused(&self) -> bool;

    /// Names of headers, body fields and query parameters whose values must never be kept, besides the common ones.
    fn secret_names(&self) -> &[&str];
}

/// What a reply means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// What went wrong; `None` when the request did what it was meant to.
    pub fault: Option<Fault>,
    /// What the budget learns from it.
    pub feedback: Feedback,
}

impl Judgement {
    /// By status alone: [`by_status`], and a refusal for too many calls on 429.
    #[must_use]
    pub fn by_status(request: &Request, reply: &Reply) -> Self {
        Self {
            fault: by_status(request, reply),
            feedback: Feedback {
                refused: reply.status == 429,
                retry_after: reply.retry_after(),
                ..Feedback::default()
            },
        }
    }
}

/// What a status means where a vendor says nothing else: 2xx is fine; 401 and 403 are unauthorized; 408, 425 and 429 throttled, with
/// the reply's `Retry-After`; other 4xx and 3xx (no redirect is followed) refused; 5xx unavailable for a read and uncertain for a write.
#[must_use]
pub fn by_status(request: &Request, reply: &Reply) -> Option<Fault> {
    let why = || words(reply);
    match (reply.status, request.intent) {
        (200..=299, _) => None,
        (401 | 403, _) => Some(Fault::Unauthorized { why: why() }),
        (408 | 425 | 429, _) => Some(Fault::Throttled {
            after: reply.retry_after(),
            why: why(),
        }),
        (500.., Intent::Read) => Some(Fault::Unavailable { why: why() }),
        (500.., Intent::Write) => Some(Fault::Uncertain { why: why() }),
        (300..=399, _) => Some(Fault::Refused { why: moved(reply) }),
        _ => Some(Fault::Refused { why: why() }),
    }
}

/// How much of an answer's body goes into a fault; the whole is in the exchange.
const QUOTED_CHARS: usize = 300;

/// The status and the beginning of the (redacted) body, on one line.
fn words(reply: &Reply) -> String {
    let body = reply
        .exchange
        .reply
        .as_ref()
        .map_or("", |kept| kept.body.as_str());
    let words: Vec<&str> = body.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(QUOTED_CHARS) {
        _ if line.is_empty() => format!("HTTP {}", reply.status),
        Some((cut, _)) => format!("HTTP {}: {}…", reply.status, line.get(..cut).unwrap_or("")),
        None => format!("HTTP {}: {line}", reply.status),
    }
}

fn moved(reply: &Reply) -> String {
    let to = reply.headers.get("location").unwrap_or("elsewhere");
    format!(
        "HTTP {}: redirected to {to}; redirects are not followed, set the address it names in the connection's settings",
        reply.status
    )
}
