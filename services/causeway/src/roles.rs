//! The roles a process can play.

mod assemble;
mod budgets;
mod gauges;
mod line;
mod outline;
mod rehearsals;
mod tenure;
mod worker;

pub(crate) use assemble::{Part, client, connect};
pub(crate) use budgets::Budgets;
pub(crate) use gauges::{watch_backlog, watch_slots};
pub(crate) use line::Line;
pub(crate) use outline::OutlineReader;
pub(crate) use rehearsals::{Answers, Rehearsals, answered};
pub(crate) use tenure::Tenure;
pub(crate) use worker::Worker;
