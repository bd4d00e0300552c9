//! Logs, traces and metrics, set up once per process: logs to stderr, traces by OTLP where a collector is named, metrics as Prometheus
//! text. Nothing here removes secrets: those are of a type that shows nothing, and exchanges are redacted where they are made.

pub mod metrics;
mod setup;
pub mod trace;

pub use setup::{Error, Options, Telemetry, init};
