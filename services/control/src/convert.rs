//! Between the control schema's messages and our own types.

use std::time::Duration;

use commerce::{ExternalId, Kind, RecordKey, SyncId};
use jiff::Timestamp;
use ports::ledger::{
    AuditEntry, Backfill, BackfillState, Deviation, Difference, Inspection, Reconciliation,
    RecordRef, RecordRow, Step,
};
use ports::{LedgerError, QueueError};
use proto::control::v1 as wire;
use rust_decimal::Decimal;
use tonic::Status;

pub(crate) fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}

pub(crate) fn instant(at: &prost_types::Timestamp) -> Result<Timestamp, Status> {
    Timestamp::new(at.seconds, at.nanos)
        .map_err(|error| Status::invalid_argument(format!("not a time: {error}")))
}

/// How often a watcher is told: a tenth of a second to a minute, a second when it does not say.
pub(crate) fn interval(wanted: Option<prost_types::Duration>) -> Result<Duration, Status> {
    let Some(wanted) = wanted else {
        return Ok(Duration::from_secs(1));
    };
    let wanted = Duration::try_from(wanted)
        .map_err(|_| Status::invalid_argument("interval: must not be negative"))?;
    Ok(wanted.clamp(Duration::from_millis(100), Duration::from_secs(60)))
}

pub(crate) fn duration(span: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(span.subsec_nanos()).unwrap_or_default(),
    }
}

/// The ledger's troubles, as a caller should take them.
pub(crate) fn of_ledger(error: LedgerError) -> Status {
    match error {
        LedgerError::Unavailable(_) | LedgerError::Fenced(_) => {
            Status::unavailable(error.to_string())
        }
        LedgerError::Data(_) | LedgerError::Configuration(_) => Status::internal(error.to_string()),
    }
}

/// The queue's troubles, as a caller should take them.
pub(crate) fn of_queue(error: QueueError) -> Status {
    match error {
        QueueError::Unavailable(_) => Status::unavailable(error.to_string()),
        QueueError::Unroutable(_) | QueueError::Configuration(_) => {
            Status::failed_precondition(error.to_string())
        }
    }
}

pub(crate) fn sync_id(text: &str) -> Result<SyncId, Status> {
    SyncId::new(text).map_err(|error| Status::invalid_argument(error.to_string()))
}

pub(crate) fn record_ref(name: &wire::RecordName) -> Result<RecordRef, Status> {
    let kind = Kind::parse(&name.kind).ok_or_else(|| {
        Status::invalid_argument(format!("'{}' is not a kind of record", name.kind))
    })?;
    let id = ExternalId::new(name.id.clone())
        .map_err(|error| Status::invalid_argument(error.to_string()))?;
    Ok(RecordRef {
        sync: sync_id(&name.sync)?,
        key: RecordKey { kind, id },
    })
}

pub(crate) fn record_row(row: RecordRow) -> wire::RecordRow {
    let (twin_id, twin_number) = row.twin.map_or_else(Default::default, |twin| {
        (twin.id.to_string(), twin.number.unwrap_or_default())
    });
    wire::RecordRow {
        name: Some(wire::RecordName {
            sync: row.sync.to_string(),
            kind: row.key.kind.to_string(),
            id: row.key.id.to_string(),
        }),
        number: row.number,
        status: row.status.as_str().to_owned(),
        reason: row.reason.unwrap_or_default(),
        actor: row.actor.map_or("", actor).to_owned(),
        twin_id,
        twin_number,
        attempts: row.attempts,
        next_try: row.next_try.map(timestamp),
        revision_at: Some(timestamp(row.revision.at)),
        first_seen: Some(timestamp(row.first_seen)),
        changed_at: Some(timestamp(row.changed_at)),
    }
}

const fn actor(actor: ports::Actor) -> &'static str {
    match actor {
        ports::Actor::Nobody => "nobody",
        ports::Actor::Operations => "operations",
        ports::Actor::Engineer => "engineer",
    }
}

pub(crate) fn step(step: Step) -> wire::Step {
    wire::Step {
        at: Some(timestamp(step.at)),
        kind: step_kind(step.kind).to_owned(),
        note: step.note,
        configuration: step.push.map_or(0, |push| push.configuration),
        exchange: step.exchange.map(exchange),
    }
}

const fn step_kind(kind: ports::ledger::StepKind) -> &'static str {
    use ports::ledger::StepKind;
    match kind {
        StepKind::Read => "read",
        StepKind::Mapped => "mapped",
        StepKind::Checked => "checked",
        StepKind::Located => "located",
        StepKind::Written => "written",
        StepKind::Settled => "settled",
        StepKind::Person => "person",
    }
}

/// Exchanges as they are shown.
#[must_use]
pub fn exchanges(all: Vec<ports::Exchange>) -> Vec<wire::Exchange> {
    all.into_iter().map(exchange).collect()
}

fn exchange(exchange: ports::Exchange) -> wire::Exchange {
    let (status, reply, reference) = exchange.reply.map_or_else(Default::default, |reply| {
        (
            u32::from(reply.status),
            reply.body,
            reply.reference.unwrap_or_default(),
        )
    });
    wire::Exchange {
        method: exchange.method,
        url: exchange.url,
        request: exchange.request,
        status,
        reply,
        reference,
        took_ms: exchange.took_ms,
        error: exchange.error.unwrap_or_default(),
    }
}

pub(crate) fn backfill(job: Backfill) -> wire::Backfill {
    wire::Backfill {
        id: job.id,
        connection: job.connection.to_string(),
        kind: job.kind.to_string(),
        state: match job.state {
            BackfillState::Running => "running",
            BackfillState::Finished => "finished",
            BackfillState::Cancelled => "cancelled",
        }
        .to_owned(),
        published: job.published,
        expected: job.expected,
    }
}

pub(crate) fn reconciliation(found: Reconciliation) -> wire::Reconciliation {
    wire::Reconciliation {
        sync: found.sync.to_string(),
        from: Some(timestamp(found.window.from)),
        to: Some(timestamp(found.window.to)),
        at: Some(timestamp(found.at)),
        at_source: found.at_source,
        missing: found
            .missing
            .into_iter()
            .map(|one| wire::MissingRecord {
                id: one.id.to_string(),
                since: Some(timestamp(one.since)),
            })
            .collect(),
    }
}

pub(crate) fn inspection(found: Inspection) -> wire::Inspection {
    wire::Inspection {
        sync: found.sync.to_string(),
        from: Some(timestamp(found.window.from)),
        to: Some(timestamp(found.window.to)),
        at: Some(timestamp(found.at)),
        expected: found.expected,
        deviations: found.deviations.into_iter().map(deviation).collect(),
    }
}

fn deviation(one: Deviation) -> wire::Deviation {
    let difference = one.what.as_str().to_owned();
    let (ours, theirs, what) = match one.what {
        Difference::Missing | Difference::Extra => (None, None, String::new()),
        Difference::Amount { ours, theirs } => (Some(ours), theirs, String::new()),
        Difference::Content { what } => (None, None, what),
    };
    let text = |amount: Option<_>| amount.map(|amount: Decimal| amount.to_string());
    wire::Deviation {
        id: one.id.to_string(),
        twin: one.twin.to_string(),
        difference,
        ours: text(ours).unwrap_or_default(),
        theirs: text(theirs).unwrap_or_default(),
        since: Some(timestamp(one.since)),
        what,
    }
}

pub(crate) fn audit(entry: AuditEntry) -> wire::AuditEntry {
    wire::AuditEntry {
        at: Some(timestamp(entry.at)),
        by: entry.by,
        action: entry.action,
        detail: entry.detail,
    }
}
