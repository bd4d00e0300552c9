//! The traits between Causeway's parts, and the words they speak in: what an endpoint offers, what the queue and the
//! ledger promise, how a failure is judged. Knows no driver: implementations live in `queue`, `ledger`, `http` and the
//! endpoints, and only the binary brings them together.

mod alarm;
mod budget;
mod clock;
mod endpoint;
mod exchange;
mod fault;
mod fields;
mod ladder;
pub mod ledger;
mod listing;
pub mod queue;
mod register;
mod secret;
mod sync;
mod write;

pub use alarm::{Alarm, LATEST_ALERTS, standing_alerts};
pub use budget::{Budget, Feedback, Lane, Permit};
pub use clock::{Clock, SystemClock};
pub use endpoint::{
    ConfigError, Connected, Cursor, Directory, Doorbell, Finding, Found, Health, Knock, Page,
    Probe, Severity, Sink, Source, Unreadable, Window,
};
pub use exchange::{Exchange, ExchangeReply};
pub use fault::{Actor, Fault, Verdict};
pub use fields::{FieldType, Fields, Place};
pub use ladder::{RUNGS, retry_delay};
pub use ledger::{Ledger, LedgerError, Status};
pub use listing::Listing;
pub use queue::{Consumer, Delivery, Publisher, Queue, QueueError, Settlement, Urgency};
pub use register::{Entry, Looks, Register, Span, Standing, Sums, Tally};
pub use secret::{Secret, SecretError, SecretRef};
pub use sync::{Audit, AuditCalls, Schedule, Sync, audit_is_due, is_state};
pub use write::{Assignments, Attempt, Effect, Kept, Twin, Write, Written, in_order};
