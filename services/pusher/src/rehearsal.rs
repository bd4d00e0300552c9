//! What would be sent for a record, without sending it: the way of a batch without claim and outcome.

use std::sync::Arc;

use commerce::{Event, ExternalId, Kind, TargetKey};
use mapping::Mapped;
use ports::{Attempt, LedgerError, Twin, Write};

use crate::batch::parent_of;
use crate::check::{Checked, check, origin};
use crate::{Plan, Target};

/// What would become of a record.
pub enum Rehearsed {
    /// It would be left out, for this reason.
    Skipped(String),
    /// It would be held, for this reason.
    Held(String),
    /// It was handed to the sink: its requests until the first that would write, and what it said.
    Handed(Box<Attempt>),
}

/// Lets a record go the way of those that are written. The target's sink has to be one of a dry run.
///
/// # Errors
/// [`LedgerError`]: the record's parent could not be looked up.
pub async fn rehearse(
    target: &Target,
    plan: &Plan,
    event: Event,
    bound: Option<Twin>,
) -> Result<Rehearsed, LedgerError> {
    if let Some(id) = origin(&event, &target.id) {
        let why = format!("it was made from {id} of {}", target.id);
        return Ok(Rehearsed::Skipped(why));
    }
    match check(&event, bound.is_none(), plan.mapping.rounding()) {
        Checked::Fine | Checked::Rounded(_) => {}
        Checked::Skip(rule) => return Ok(Rehearsed::Skipped(rule.to_owned())),
        Checked::Hold(why) => return Ok(Rehearsed::Held(why)),
    }
    let mapped = plan.mapping.apply(&event);
    // Nothing of a dry run is counted among what tables were asked for in vain.
    drop(plan.mapping.take_unmapped());
    let set = match mapped {
        Mapped::Write(set) => set,
        Mapped::Skip { rule } => return Ok(Rehearsed::Skipped(format!("filter: {rule}"))),
        Mapped::Hold { why } => return Ok(Rehearsed::Held(why)),
    };
    let parent = match parent_of(&event) {
        Some(id) => parent(target, plan, id).await?,
        None => None,
    };
    let write = Write {
        key: TargetKey::of(&event.connection, event.kind(), &event.external_id),
        event: Arc::new(event),
        bound,
        parent,
        set,
    };
    let mut attempts = target.sink.write(std::slice::from_ref(&write)).await;
    Ok(match attempts.pop() {
        Some(attempt) => Rehearsed::Handed(Box::new(attempt)),
        None => Rehearsed::Held("the target's sink gave no answer".to_owned()),
    })
}

async fn parent(target: &Target, plan: &Plan, id: ExternalId) -> Result<Option<Twin>, LedgerError> {
    let (here, there) = (&plan.sync.from, &plan.sync.to);
    let twins = target
        .ledger
        .twins(&target.merchant, Kind::Order, here, there, &[id])
        .await?;
    Ok(twins.into_iter().next().flatten())
}
