//! The zone in which the integration user's session prints and compares times.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// What the session's own clock tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// How far the session's clock is from UTC at present; `None` when it fits no time zone.
    pub(crate) offset: Option<Offset>,
}

impl Session {
    /// Compares the session's local time (`YYYY-MM-DD HH24:MI:SS`) with the server's.
    pub(crate) fn new(local: &str, server_time: Option<Timestamp>) -> Self {
        Self {
            offset: server_time.and_then(|now| offset(local, now)),
        }
    }

    /// The zone; UTC where nothing better is known.
    pub(crate) fn zone(&self) -> TimeZone {
        self.offset.map_or(TimeZone::UTC, TimeZone::fixed)
    }
}

/// Offsets are whole quarters of an hour; what is left over is the time the request took.
fn offset(local: &str, now: Timestamp) -> Option<Offset> {
    let local: DateTime = local.parse().ok()?;
    let as_utc = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let seconds = as_utc.duration_since(now).as_secs();
    let quarters = seconds.checked_add(450)?.div_euclid(900);
    let rounded = quarters.checked_mul(900)?;
    if seconds.abs_diff(rounded) > 180 || !(-12 * 3600..=14 * 3600).contains(&rounded) {
        return None;
    }
    Offset::from_seconds(i32::try_from(rounded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_is_read_off_the_two_clocks() {
        let now: Timestamp = "2026-03-02T18:11:12Z".parse().unwrap();
        for (local, seconds) in [
            ("2026-03-02 10:11:10", Some(-8 * 3600)),
            ("2026-03-02 23:41:12", Some(5 * 3600 + 1800)),
            ("2026-03-02 18:11:12", Some(0)),
            ("2026-03-03 08:11:30", Some(14 * 3600)),
            ("2026-03-09 10:11:10", None),
            ("2026-03-02 10:18:00", None),
            ("3/2/2026", None),
        ] {
            let found = Session::new(local, Some(now)).offset;
            assert_eq!(found.map(|offset| offset.seconds()), seconds, "{local}");
        }
        assert_eq!(
            Session::new("2026-03-02 10:11:10", None).zone(),
            TimeZone::UTC
        );
    }
}
