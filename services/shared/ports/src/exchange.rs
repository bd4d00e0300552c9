//! One request and its answer, as kept for the journey.

use serde::{Deserialize, Serialize};

use crate::write::Kept;

/// A request and what came back, with credentials already removed and bodies cut to a bounded length: safe to store and show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// `GET`, `POST` …
    pub method: String,
    /// The address, without secrets in its query.
    pub url: String,
    /// The request's body, empty when it had none.
    pub request: String,
    /// The answer; `None` when none came, or when the request was not sent (dry run).
    pub reply: Option<ExchangeReply>,
    /// Milliseconds from sending to the last byte.
    pub took_ms: u64,
    /// What went wrong on the way, when something did.
    pub error: Option<String>,
    /// What its body can be made anew from, where it wrote something. The journey keeps it beside the exchange.
    #[serde(skip)]
    pub kept: Option<Kept>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeReply {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// The other side's name for the request (`X-N-OperationId`, `X-Request-Id`), which its support asks for.
    pub reference: Option<String>,
}
