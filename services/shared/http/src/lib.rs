//! The one HTTP client through which endpoints speak: it waits for the account's budget, has the vendor sign each sending,
//! classifies what went wrong, keeps a redacted exchange for the journey, carries the trace on, and holds writes back in a dry run.
//!
//! How a failure on the way is judged: when nothing was sent (name resolution, connect, TLS), [`ports::Fault::Unavailable`];
//! when the request was sent and no whole answer came (time-out, cut, half an answer), [`ports::Fault::Uncertain`] for an
//! [`Intent::Write`] and `Unavailable` for an [`Intent::Read`]. Nothing is repeated in here, but for one re-authorization.

mod client;
mod date;
mod exchange;
mod failure;
mod redact;
mod reply;
mod request;
mod send;
mod vendor;
mod webhook;
mod wire;

pub use client::{Client, ClientError, Observer, Options, TraceHeaders};
pub use exchange::{part, redacted};
pub use failure::Failure;
pub use reply::{Headers, Reply};
pub use request::{Intent, Method, Request};
pub use vendor::{Judgement, Vendor, by_status};
pub use webhook::verify_signature;
