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
    let span: SignedDuration = text
        .parse()
        .map_err(|_| format!("'{text}' is not a span of time like 30s, 5m or 1h"))?;
    match Duration::try_from(span) {
        Ok(span) if span >= Duration::from_secs(1) => Ok(span),
        _ => Err(format!("'{text}' is shorter than a second")),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}
