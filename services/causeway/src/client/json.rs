//! Answers for programs: field names are those of the control schema, times are RFC 3339.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proto::control::v1::{
    AuditEntry, Backfill, BuriedMessage, Change, Exchange, GetRecordResponse, Inspection,
    Reconciliation, RecordRow, StatusResponse, Step, SyncStatus, UnmappedValue, WorkerStatus,
};
use serde_json::{Value, json};

use super::time;

pub(super) fn at(at: Option<&prost_types::Timestamp>) -> Value {
    time::read(at).map_or(Value::Null, |at| at.to_string().into())
}

pub(super) fn changes(changes: &[Change]) -> Value {
    let one = |change: &Change| json!({"path": change.path, "before": change.before, "after": change.after});
    changes.iter().map(one).collect()
}

pub(super) fn status(status: &StatusResponse) -> Value {
    json!({
        "syncs": status.syncs.iter().map(sync).collect::<Value>(),
        "workers": status.workers.iter().map(worker).collect::<Value>(),
        "queues": status.queues.iter()
            .map(|queue| json!({"queue": queue.queue, "ready": queue.ready, "resting": queue.resting}))
            .collect::<Value>(),
        "at": at(status.at.as_ref()),
        "backfills": status.backfills.iter().map(backfill).collect::<Value>(),
        "alerts": status.alerts.iter().map(audit_entry).collect::<Value>(),
    })
}

fn sync(sync: &SyncStatus) -> Value {
    let records: std::collections::BTreeMap<_, _> = sync.records.iter().collect();
    json!({
        "sync": sync.sync,
        "kind": sync.kind,
        "from": sync.from,
        "to": sync.to,
        "paused": sync.paused,
        "every_seconds": time::duration(sync.every).as_secs(),
        "records": records,
        "oldest_unfinished": at(sync.oldest_unfinished.as_ref()),
        "last_success": at(sync.last_success.as_ref()),
        "checked_at": at(sync.checked_at.as_ref()),
    })
}

fn worker(worker: &WorkerStatus) -> Value {
    let grants: Value = worker
        .grants
        .iter()
        .map(|grant| {
            json!({
                "connection": grant.connection,
                "slots": grant.slots,
                "in_use": grant.in_use,
                "waiting": grant.waiting,
            })
        })
        .collect();
    json!({
        "worker": worker.worker,
        "role": worker.role,
        "connections": worker.connections,
        "heard_at": at(worker.heard_at.as_ref()),
        "grants": grants,
    })
}

pub(super) fn record_row(row: &RecordRow) -> Value {
    let name = row.name.clone().unwrap_or_default();
    json!({
        "name": {"sync": name.sync, "kind": name.kind, "id": name.id},
        "number": row.number,
        "status": row.status,
        "reason": row.reason,
        "actor": row.actor,
        "twin_id": row.twin_id,
        "twin_number": row.twin_number,
        "attempts": row.attempts,
        "next_try": at(row.next_try.as_ref()),
        "revision_at": at(row.revision_at.as_ref()),
        "first_seen": at(row.first_seen.as_ref()),
        "changed_at": at(row.changed_at.as_ref()),
    })
}

/// A record with its journey. Payloads stay texts, as in the schema: read as numbers, amounts could change.
pub(super) fn record(answer: &GetRecordResponse) -> Value {
    json!({
        "record": answer.record.as_ref().map(record_row),
        "journey": answer.journey.iter().map(step).collect::<Value>(),
        "record_json": answer.record_json,
        "source_json": answer.source_json,
    })
}

fn step(step: &Step) -> Value {
    json!({
        "at": at(step.at.as_ref()),
        "kind": step.kind,
        "note": step.note,
        "configuration": (step.configuration != 0).then_some(step.configuration),
        "exchange": step.exchange.as_ref().map(exchange),
    })
}

pub(super) fn exchange(exchange: &Exchange) -> Value {
    json!({
        "method": exchange.method,
        "url": exchange.url,
        "request": exchange.request,
        "status": exchange.status,
        "reply": exchange.reply,
        "reference": exchange.reference,
        "took_ms": exchange.took_ms,
        "error": exchange.error,
    })
}

pub(super) fn backfill(backfill: &Backfill) -> Value {
    json!({
        "id": backfill.id,
        "connection": backfill.connection,
        "kind": backfill.kind,
        "state": backfill.state,
        "published": backfill.published,
        "expected": backfill.expected,
    })
}

/// The body in Base64, as protobuf's own JSON has bytes.
pub(super) fn buried(message: &BuriedMessage) -> Value {
    json!({
        "id": message.id,
        "queue": message.queue,
        "why": message.why,
        "at": at(message.at.as_ref()),
        "body": BASE64_STANDARD.encode(&message.body),
    })
}

pub(super) fn reconciliation(found: &Reconciliation) -> Value {
    let missing = found
        .missing
        .iter()
        .map(|one| json!({"id": one.id, "since": at(one.since.as_ref())}));
    json!({
        "sync": found.sync,
        "from": at(found.from.as_ref()),
        "to": at(found.to.as_ref()),
        "at": at(found.at.as_ref()),
        "at_source": found.at_source,
        "missing": missing.collect::<Value>(),
    })
}

pub(super) fn inspection(found: &Inspection) -> Value {
    let deviations = found.deviations.iter().map(|one| {
        json!({
            "id": one.id,
            "twin": one.twin,
            "difference": one.difference,
            "ours": one.ours,
            "theirs": one.theirs,
            "what": one.what,
            "since": at(one.since.as_ref()),
        })
    });
    json!({
        "sync": found.sync,
        "from": at(found.from.as_ref()),
        "to": at(found.to.as_ref()),
        "at": at(found.at.as_ref()),
        "expected": found.expected,
        "deviations": deviations.collect::<Value>(),
    })
}

pub(super) fn audit_entry(entry: &AuditEntry) -> Value {
    json!({"at": at(entry.at.as_ref()), "by": entry.by, "action": entry.action, "detail": entry.detail})
}

pub(super) fn unmapped(found: &UnmappedValue) -> Value {
    json!({
        "table": found.table,
        "value": found.value,
        "times": found.times,
        "first_seen": at(found.first_seen.as_ref()),
        "last_seen": at(found.last_seen.as_ref()),
        "policy": found.policy,
        "default": (found.policy == "default").then_some(&found.default),
    })
}
