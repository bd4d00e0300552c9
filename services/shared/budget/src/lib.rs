//! Leave to call: how many calls an account takes at once, how many points they may cost, how many a second.
//!
//! The rules ([`Governor`], [`CostBucket`], [`TokenBucket`]) are pure state machines: time is passed in. [`LocalBudget`] lets the calls of one
//! process wait for them. Where several processes share an account, each has [`SharedSlots`], and one [`Pool`] hands slots out to them.

mod allocator;
mod cost;
mod gate;
mod governor;
mod grant;
mod instant;
mod local;
mod pool;
mod rules;
mod shared;
mod tokens;

pub use allocator::{Allocator, Demand};
pub use cost::{CostBucket, CostSettings};
pub use governor::{Governor, SlotSettings, Ticket};
pub use grant::{Grant, Outcomes};
pub use local::{LocalBudget, Usage};
pub use pool::Pool;
pub use rules::Limits;
pub use shared::{SharedSettings, SharedSlots};
pub use tokens::{RateSettings, TokenBucket};
