//! Dates and waiting times in headers.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Longer waits are not believed: they would silence a connection for what is most likely a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads an HTTP date (RFC 9110, section 5.6.7: the preferred form, `Sun, 06 Nov 1994 08:49:37 GMT`).
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

/// Reads `Retry-After`: a date, or seconds. Some vendors write the seconds as a decimal (`2.0`); a part of a second is rounded up.
pub(crate) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = match seconds(text) {
        Some(seconds) => Duration::from_secs(seconds),
        None => {
            let wait = parse(text)?.duration_since(now);
            Duration::try_from(wait).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

fn seconds(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rounded_up = u64::from(part.bytes().any(|byte| byte != b'0'));
    whole.parse::<u64>().ok()?.checked_add(rounded_up)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_WAIT, parse, retry_after};
    use jiff::Timestamp;
    use std::time::Duration;

    #[test]
    fn an_http_date_is_read() {
        let expected: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(expected));
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn retry_after_is_seconds_decimals_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let after = |text| retry_after(text, now);
        assert_eq!(after("5"), Some(Duration::from_secs(5)));
        assert_eq!(after("2.0"), Some(Duration::from_secs(2)));
        assert_eq!(after("0.5"), Some(Duration::from_secs(1)));
        assert_eq!(
            after("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Duration::from_secs(30))
        );
        // A date in the past asks for no wait.
        assert_eq!(after("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(after("99999999999"), Some(LONGEST_WAIT));
        assert_eq!(after("soon"), None);
        assert_eq!(after("-3"), None);
    }
}
