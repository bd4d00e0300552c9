//! What a clause of the contract is.

use commerce::Kind;
use futures_util::future::BoxFuture;

use crate::stage::Stage;
use crate::{door, reading, writing};

/// How binding a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// An endpoint that breaks it is not let in.
    Must,
    /// An endpoint that breaks it says why.
    Should,
}

/// What a clause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Settings, probe and webhooks: checked once.
    Door,
    /// Reading: checked for every kind that is read.
    Reading,
    /// Writing: checked for every kind that is written.
    Writing,
}

/// Makes a check: nothing, or why the clause is broken.
pub(crate) type Check = for<'a> fn(&'a mut Stage, Kind) -> BoxFuture<'a, Checked>;
/// What a check found: nothing, or why the clause is broken, in words.
pub(crate) type Checked = Result<(), String>;

/// A clause of the contract.
#[derive(Debug)]
pub struct Clause {
    /// Its name, as the contract has it.
    pub name: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What it is about.
    pub subject: Subject,
    pub(crate) check: Check,
}

impl Clause {
    pub(crate) const fn must(name: &'static str, subject: Subject, check: Check) -> Self {
        Self {
            name,
            level: Level::Must,
            subject,
            check,
        }
    }

    pub(crate) const fn should(name: &'static str, subject: Subject, check: Check) -> Self {
        Self {
            name,
            level: Level::Should,
            subject,
            check,
        }
    }
}

/// Every clause, in the order of the contract.
pub fn clauses() -> impl Iterator<Item = &'static Clause> {
    door::CLAUSES
        .iter()
        .chain(reading::CLAUSES)
        .chain(writing::CLAUSES)
}
