//! Times as people write and read them.

use std::time::Duration;

use anyhow::bail;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock as _, SystemClock};

/// The present instant.
pub(super) fn now() -> Timestamp {
    SystemClock.now()
}

/// A wire time; `None` where there is none or it is none.
pub(super) fn read(at: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
}

/// A time for the wire.
pub(super) fn wire(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}

/// How long ago, or how long until, in the largest unit that fits: `40 s`, `3 min`, `5 h`, `12 d`.
pub(super) fn span(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// How long ago, `-` for never.
pub(super) fn age(at: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    read(at).map_or_else(|| "-".to_owned(), |at| span(at, now))
}

/// A point in time: `2026-03-01T12:00:00Z`, `2026-03-01 12:00` or `2026-03-01` (UTC), or a span before now: `2h`, `3d`.
pub(super) fn point(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let civil = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(DateTime::from));
    if let Ok(civil) = civil {
        return Ok(civil.to_zoned(TimeZone::UTC)?.timestamp());
    }
    match before(text).and_then(|span| now.checked_sub(span).ok()) {
        Some(at) => Ok(at),
        None => bail!(
            "'{text}' is not a point in time: write 2026-03-01, 2026-03-01T12:00:00Z, or 2h or 3d for as long before now"
        ),
    }
}

fn before(text: &str) -> Option<SignedDuration> {
    let span = match text.trim().strip_suffix('d') {
        // A span of clock time knows no days, since days differ in length; in UTC they do not.
        Some(days) => SignedDuration::from_hours(days.trim().parse::<i64>().ok()?.checked_mul(24)?),
        None => text.parse().ok()?,
    };
    (span >= SignedDuration::ZERO).then_some(span)
}

/// A wire duration; absent and negative count as none at all.
pub(super) fn duration(span: Option<prost_types::Duration>) -> Duration {
    span.and_then(|span| Duration::try_from(span).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn spans_are_told_in_the_largest_unit_that_fits() {
        let start = at("2026-03-01T00:00:00Z");
        let after = |seconds| span(start, start + SignedDuration::from_secs(seconds));
        assert_eq!(after(0), "0 s");
        assert_eq!(after(59), "59 s");
        assert_eq!(after(60), "1 min");
        assert_eq!(after(3_600), "1 h");
        assert_eq!(after(47 * 3_600), "47 h");
        assert_eq!(after(49 * 3_600), "2 d");
        assert_eq!(after(-5), "0 s");
    }

    #[test]
    fn points_in_time_are_understood_as_people_write_them() {
        let now = at("2026-03-10T12:00:00Z");
        let read = |text| point(text, now).unwrap();
        assert_eq!(
            read("2026-03-01T12:00:00+01:00"),
            at("2026-03-01T11:00:00Z")
        );
        assert_eq!(read("2026-03-01T12:00"), at("2026-03-01T12:00:00Z"));
        assert_eq!(read("2026-03-01 12:00"), at("2026-03-01T12:00:00Z"));
        assert_eq!(read("2026-03-01"), at("2026-03-01T00:00:00Z"));
        assert_eq!(read("90m"), at("2026-03-10T10:30:00Z"));
        assert_eq!(read("3d"), at("2026-03-07T12:00:00Z"));
    }

    #[test]
    fn nonsense_is_refused() {
        let now = at("2026-03-10T12:00:00Z");
        for text in [
            "",
            "yesterday",
            "-3d",
            "-1h",
            "99999999999999d",
            "2026-13-01",
        ] {
            assert!(point(text, now).is_err(), "{text}");
        }
    }
}
