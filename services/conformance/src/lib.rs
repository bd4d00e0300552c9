//! The endpoint contract, clause by clause, checked against every endpoint in the sandbox.
//!
//! `services/endpoints/README.md` says what an endpoint must do; each of its clauses is a check in here, made for every kind of record that the
//! endpoint reads or writes. A new endpoint adds to `stand` how its stand-in is reached, and how something
//! happens there.

mod clause;
mod clock;
mod door;
mod reading;
mod report;
mod stage;
mod stand;
mod writing;

pub use clause::{Clause, Level, Subject, clauses};
pub use report::{Finding, Report, check, names, overview};
