//! What can go wrong with a call to another system, and what follows from it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a call to another system did not do what it was meant to. Exhaustive on purpose: every kind leads to exactly one [`Verdict`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum Fault {
    /// The other side asks for fewer calls. Nothing was done.
    #[error("throttled: {why}")]
    Throttled {
        /// How long it asks us to wait, where it says.
        after: Option<Duration>,
        /// Its words.
        why: String,
    },
    /// The other side could not be reached or could not work; nothing was written.
    #[error("unavailable: {why}")]
    Unavailable {
        /// What happened.
        why: String,
    },
    /// A write was sent and its outcome is not known. It must be looked up before any repeat.
    #[error("outcome unknown: {why}")]
    Uncertain {
        /// What happened.
        why: String,
    },
    /// The credentials are missing, wrong, expired or lack a right.
    #[error("not authorized: {why}")]
    Unauthorized {
        /// What is missing, as far as the other side says.
        why: String,
    },
    /// The record needs another record that is not there yet.
    #[error("waits for {what}")]
    Missing {
        /// The key it waits for, for instance `item:AB-12`.
        what: String,
    },
    /// A check or a rule wants a person before anything is written.
    #[error("held: {why}")]
    Held {
        /// What does not fit, and the choices.
        why: String,
    },
    /// The other side refuses this record for good, until somebody changes something.
    #[error("refused: {why}")]
    Refused {
        /// Its words.
        why: String,
    },
    /// The answer cannot be understood. Of a write, nothing was sent before this was clear.
    #[error("unreadable answer: {why}")]
    Unreadable {
        /// Where and what.
        why: String,
    },
    /// A dry run stopped before the first write; the request is in the attempt's exchanges.
    #[error("dry run: the request was not sent")]
    DryRun,
}

/// What to do about a [`Fault`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Try again later, by the ladder or after the other side's hint.
    Retry {
        /// The other side's hint.
        after: Option<Duration>,
    },
    /// Look the write up, then decide.
    Locate,
    /// Stop the connection's work and alert; deliveries go back uncounted.
    Pause,
    /// Park the record until that key arrives.
    Wait {
        /// The key.
        key: String,
    },
    /// Park the record for a person.
    Hold,
    /// Record the refusal; a person may retry.
    Fail,
}

/// Who has to act on a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Nobody: it will pass.
    Nobody,
    /// The merchant's operations people: data or mapping.
    Operations,
    /// The engineer who runs Causeway: credentials, rights, configuration.
    Engineer,
}

impl Fault {
    /// What follows from the fault.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Throttled { after, .. } => Verdict::Retry { after: *after },
            Self::Unavailable { .. } => Verdict::Retry { after: None },
            Self::Uncertain { .. } => Verdict::Locate,
            Self::Unauthorized { .. } => Verdict::Pause,
            Self::Missing { what } => Verdict::Wait { key: what.clone() },
            Self::Held { .. } => Verdict::Hold,
            Self::Refused { .. } | Self::Unreadable { .. } | Self::DryRun => Verdict::Fail,
        }
    }

    /// The fault and what to do about it, where it stops a connection's whole work.
    #[must_use]
    pub fn advice(&self) -> String {
        let what_to_do = match self {
            Self::Unauthorized { .. } => {
                "mend the credentials or their rights (`causeway check` says which); it goes on by itself then, nothing is lost"
            }
            _ => {
                "it is tried again every minute and goes on by itself when that is mended, nothing is lost"
            }
        };
        format!("{self}; {what_to_do}")
    }

    /// Who has to act.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        match self {
            Self::Throttled { .. }
            | Self::Unavailable { .. }
            | Self::Uncertain { .. }
            | Self::DryRun => Actor::Nobody,
            Self::Missing { .. } | Self::Held { .. } | Self::Refused { .. } => Actor::Operations,
            Self::Unauthorized { .. } | Self::Unreadable { .. } => Actor::Engineer,
        }
    }
}
