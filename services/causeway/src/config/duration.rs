//! Spans of time as people write them: `30s`, `5m`, `1h 30m`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Reads a span of a second or more.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let days = text.trim().strip_suffix('d');
    let span = match days.and_then(|days| days.trim().parse::<u32>().ok()) {
        Some(days) => Ok(SignedDuration::from_hours(24 * i64::from(days))),
        None => text.parse(),
    };
    let span =
        span.map_err(|_| format!("'{text}' is not a span of time like 30s, 5m, 1h or 7d"))?;
    match Duration::try_from(span) {
        Ok(span) if span >= Duration::from_secs(1) => Ok(span),
        _ => Err(format!("'{text}' is shorter than a second")),
    }
}

pub(super) fn deserialize_some<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    deserialize(deserializer).map(Some)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}
