//! Times as ShipStation has them: of the Pacific coast, without an offset, in replies and in questions (its documentation, "DateTime Format and Time
//! Zone"). In the hour that comes twice each autumn they do not tell which round it is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The zone of all times.
pub(crate) fn zone() -> TimeZone {
    // The zones are compiled in.
    TimeZone::get("America/Los_Angeles").unwrap_or(TimeZone::UTC)
}

/// The instant that a text tells; of an hour's two rounds the first.
///
/// # Errors
/// The text, where it is no time.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let local: DateTime = text
        .parse()
        .map_err(|error| format!("'{text}' is no time: {error}"))?;
    let zoned = local.to_zoned(zone());
    zoned
        .map(|at| at.timestamp())
        .map_err(|error| format!("'{text}' is no time: {error}"))
}

/// The text from which on everything that happened since is found: where the clock goes back within the next hour, what it shows then.
pub(crate) fn since(at: Timestamp) -> String {
    let zone = zone();
    let shown = zone.to_datetime(at);
    let turn = zone.following(at).next().map(|turn| turn.timestamp());
    let near = turn.filter(|turn| turn.duration_since(at) <= SignedDuration::from_hours(1));
    let then = near.map(|turn| zone.to_datetime(turn));
    text(then.map_or(shown, |then| then.min(shown)))
}

/// The text up to which everything that happened before is found, likewise.
pub(crate) fn until(at: Timestamp) -> String {
    let zone = zone();
    let shown = zone.to_datetime(at);
    let turn = zone.preceding(at).next().map(|turn| turn.timestamp());
    let near = turn.filter(|turn| at.duration_since(*turn) <= SignedDuration::from_hours(1));
    let before = near.and_then(|turn| turn.checked_sub(SignedDuration::from_secs(1)).ok());
    let then = before.map(|before| zone.to_datetime(before));
    text(then.map_or(shown, |then| then.max(shown)))
}

fn text(shown: DateTime) -> String {
    shown.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_of_the_pacific_coast() {
        for (shown, meant) in [
            ("2026-03-02T03:00:00.6270000", "2026-03-02T11:00:00.627Z"),
            ("2026-07-02T03:00:00.0000000", "2026-07-02T10:00:00Z"),
            ("2026-07-02", "2026-07-02T07:00:00Z"),
            // An hour that does not come is taken as the next, one that comes twice as its first round.
            ("2026-03-08T02:30:00", "2026-03-08T10:30:00Z"),
            ("2026-11-01T01:30:00", "2026-11-01T08:30:00Z"),
        ] {
            assert_eq!(instant(shown).unwrap(), at(meant), "{shown}");
        }
        assert!(instant("yesterday").is_err());
    }

    #[test]
    fn a_question_leaves_out_nothing_of_the_hour_that_comes_twice() {
        assert_eq!(since(at("2026-07-02T10:00:00Z")), "2026-07-02 03:00:00");
        // 01:50 in its first round: ten minutes later the clock shows 01:00 again.
        assert_eq!(since(at("2026-11-01T08:50:00Z")), "2026-11-01 01:00:00");
        assert_eq!(since(at("2026-11-01T09:50:00Z")), "2026-11-01 01:50:00");
        // In spring it only jumps ahead.
        assert_eq!(since(at("2026-03-08T09:50:00Z")), "2026-03-08 01:50:00");
        assert_eq!(until(at("2026-11-01T09:20:00Z")), "2026-11-01 01:59:59");
        assert_eq!(until(at("2026-11-01T08:20:00Z")), "2026-11-01 01:20:00");
    }
}
