//! A request that did not do what it was meant to.

use ports::{Exchange, Fault};

use crate::reply::Reply;

/// What went wrong, with the exchange for the journey.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct Failure {
    /// The fault; its words are redacted.
    pub fault: Fault,
    /// The request and, when one came, the answer. Redacted.
    pub exchange: Exchange,
    /// The whole answer, when one came.
    pub reply: Option<Box<Reply>>,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        failure.fault
    }
}
