//! Spans of time as people write them: `30s`, `5m`, `1h 30m`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let span: SignedDuration = text.parse().map_err(|_| {
        D::Error::custom(format!("'{text}' is not a span of time like 30s, 5m or 1h"))
    })?;
    match Duration::try_from(span) {
        Ok(span) if span >= Duration::from_secs(1) => Ok(span),
        _ => Err(D::Error::custom(format!(
            "'{text}' is shorter than a second"
        ))),
    }
}
