//! What is counted and measured, by name. Before [`init`](crate::init) nothing is recorded. In the text every name begins with `causeway_`.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, MeterProvider};

/// Bounds, in seconds, for calls that take from a moment to the longest time-out.
const SECONDS: [f64; 12] = [
    0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0, 120.0,
];

static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();

struct Instruments {
    events_published: Counter<u64>,
    records_settled: Counter<u64>,
    write_duration: Histogram<f64>,
    level_age: Histogram<f64>,
    http_requests: Counter<u64>,
    queue_depth: Gauge<u64>,
    oldest_unfinished: Gauge<u64>,
    missing: Gauge<u64>,
    oldest_missing: Gauge<u64>,
    deviations: Gauge<u64>,
    slots_in_use: Gauge<u64>,
    slots_granted: Gauge<u64>,
}

pub(crate) fn install(meters: &impl MeterProvider) {
    let meter = meters.meter("causeway");
    let counter = |name, what| meter.u64_counter(name).with_description(what).build();
    let gauge = |name, what| meter.u64_gauge(name).with_description(what).build();
    let instruments = Instruments {
        events_published: counter("events_published", "Events confirmed by the queue."),
        records_settled: counter("records_settled", "Records by the status they came to."),
        level_age: meter
            .f64_histogram("level_age_seconds")
            .with_description("How old a stock level is when its target shows it.")
            .with_boundaries(SECONDS.to_vec())
            .build(),
        write_duration: meter
            .f64_histogram("write_duration_seconds")
            .with_description("Time from a record's claim to its recorded outcome.")
            .with_boundaries(SECONDS.to_vec())
            .build(),
        http_requests: counter(
            "http_requests",
            "Requests to the other side, by HTTP status.",
        ),
        queue_depth: gauge("queue_depth", "Messages ready in a queue."),
        oldest_unfinished: gauge(
            "oldest_unfinished_seconds",
            "Age of the oldest record that still has work to do.",
        ),
        missing: gauge(
            "missing_records",
            "Records that the source has and Causeway has never heard of.",
        ),
        oldest_missing: gauge(
            "oldest_missing_seconds",
            "Time since the longest missing record was found missing.",
        ),
        deviations: gauge(
            "target_deviations",
            "Records that a target lacks, has beyond what was written, or shows with another amount.",
        ),
        slots_in_use: gauge(
            "slots_in_use",
            "Calls of this process running against an account.",
        ),
        slots_granted: gauge(
            "slots_granted",
            "Calls of this process that may run against an account at once.",
        ),
    };
    // A second set-up in one process is refused before it comes here.
    let _first = INSTRUMENTS.set(instruments);
}

fn label(name: &'static str, value: &str) -> KeyValue {
    KeyValue::new(name, value.to_owned())
}

/// Counts events that the queue has confirmed: `causeway_events_published_total{merchant,connection,kind}`.
pub fn events_published(merchant: &str, connection: &str, kind: &str, count: u64) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [
            label("merchant", merchant),
            label("connection", connection),
            label("kind", kind),
        ];
        of.events_published.add(count, &labels);
    }
}

/// Counts records by the status they came to: `causeway_records_settled_total{merchant,sync,status}`.
pub fn records_settled(merchant: &str, sync: &str, status: &str, count: u64) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [
            label("merchant", merchant),
            label("sync", sync),
            label("status", status),
        ];
        of.records_settled.add(count, &labels);
    }
}

/// Measures a write, from claim to recorded outcome: `causeway_write_duration_seconds{merchant,sync}`.
pub fn write_took(merchant: &str, sync: &str, took: Duration) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [label("merchant", merchant), label("sync", sync)];
        of.write_duration.record(took.as_secs_f64(), &labels);
    }
}

/// Measures how old a stock level is when its target shows it, since it was read: `causeway_level_age_seconds{merchant,sync}`. No more of an
/// article can be oversold than the shop sells of it in that time, and before its orders are read.
pub fn level_age(merchant: &str, sync: &str, age: Duration) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [label("merchant", merchant), label("sync", sync)];
        of.level_age.record(age.as_secs_f64(), &labels);
    }
}

/// Counts a request: `causeway_http_requests_total{merchant,connection,status}`; the status is 0 when no answer came.
pub fn http_request(merchant: &str, connection: &str, status: u16) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [
            label("merchant", merchant),
            label("connection", connection),
            KeyValue::new("status", i64::from(status)),
        ];
        of.http_requests.add(1, &labels);
    }
}

/// How many messages are ready in a queue now: `causeway_queue_depth{merchant,queue}`.
pub fn queue_depth(merchant: &str, queue: &str, messages: u64) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [label("merchant", merchant), label("queue", queue)];
        of.queue_depth.record(messages, &labels);
    }
}

/// How old the oldest record is that still has work to do, zero when there is none: `causeway_oldest_unfinished_seconds{merchant,sync}`.
pub fn oldest_unfinished(merchant: &str, sync: &str, age: Duration) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [label("merchant", merchant), label("sync", sync)];
        of.oldest_unfinished.record(age.as_secs(), &labels);
    }
}

/// How many records the source has and the ledger has never heard of, and for how long the first of them has been known to be missing, zero when
/// there is none: `causeway_missing_records{merchant,sync}` and `causeway_oldest_missing_seconds{merchant,sync}`.
pub fn missing(merchant: &str, sync: &str, records: u64, age: Duration) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [label("merchant", merchant), label("sync", sync)];
        of.missing.record(records, &labels);
        of.oldest_missing.record(age.as_secs(), &labels);
    }
}

/// How many records a target does not hold as they were written, by how it differs (`missing`, `extra`, `amount`):
/// `causeway_target_deviations{merchant,sync,difference}`.
pub fn deviations(merchant: &str, sync: &str, difference: &'static str, records: u64) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [
            label("merchant", merchant),
            label("sync", sync),
            label("difference", difference),
        ];
        of.deviations.record(records, &labels);
    }
}

/// How this process uses an account's slots now, to be added up over processes: `causeway_slots_in_use{account}` and `causeway_slots_granted{account}`.
pub fn slots(account: &str, in_use: u32, granted: u32) {
    if let Some(of) = INSTRUMENTS.get() {
        let labels = [label("account", account)];
        of.slots_in_use.record(u64::from(in_use), &labels);
        of.slots_granted.record(u64::from(granted), &labels);
    }
}
