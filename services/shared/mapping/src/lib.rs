//! The user's rules: which records a sync takes, and what it sets on the target's own fields.
//!
//! Rules are expressions over the normalized record (and, as `source`, over the storefront's own document). Pure: no clock, no input or output, bounded in
//! time, memory and depth; money is decimal. An expression that does not parse, or names something unknown, is refused when it
//! is saved, not when an order meets it.

mod check;
mod compare;
mod compile;
mod convert;
mod engine;
mod functions;
mod names;
mod rule;
mod rules;
mod sample;
mod table;
mod typed;
mod view;

pub use names::with_ids;
pub use rule::{Choice, Rule};
pub use rules::{Mapped, Mapping, Origin, Reference, RuleError, Rules, TargetFields};
pub use table::{Found, OnUnmapped, Table, Unmapped};
