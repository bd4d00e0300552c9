//! Dates as SuiteQL has them: wall-clock time of the session, to the second, without a zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Sets a date apart from text that looks like one: a bare literal never equals a date, and `TO_CHAR` gives plain text.
const MARK: char = '\u{1}';
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// How a date is stored: sorts as text in the order of time.
pub(super) fn store(at: DateTime) -> String {
    format!("{MARK}{}", at.strftime("%Y-%m-%d %H:%M:%S"))
}

pub(super) fn store_instant(at: Timestamp, zone: &TimeZone) -> String {
    store(at.to_zoned(zone.clone()).datetime())
}

pub(super) fn store_date(date: Date) -> String {
    store(date.at(0, 0, 0, 0))
}

/// The date, where the text is one.
pub(super) fn load(text: &str) -> Option<DateTime> {
    text.strip_prefix(MARK)
        .and_then(|text| DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok())
}

/// From the session's wall clock to UTC. The hour that comes twice in autumn is taken for the earlier one: precision the
/// wall clock does not have.
pub(super) fn to_utc(local: DateTime, zone: &TimeZone) -> Option<DateTime> {
    let at = zone.to_ambiguous_timestamp(local).compatible().ok()?;
    Some(at.to_zoned(TimeZone::UTC).datetime())
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Year,
    Month,
    MonthName,
    Day,
    Hour24,
    Hour12,
    Meridiem,
    Minute,
    Second,
    Fraction,
    Literal(String),
}

const CODES: [(&str, Piece); 13] = [
    ("YYYY", Piece::Year),
    ("MON", Piece::MonthName),
    ("MM", Piece::Month),
    ("MI", Piece::Minute),
    ("DD", Piece::Day),
    ("HH24", Piece::Hour24),
    ("HH12", Piece::Hour12),
    ("HH", Piece::Hour12),
    ("AM", Piece::Meridiem),
    ("PM", Piece::Meridiem),
    ("SS", Piece::Second),
    ("FF3", Piece::Fraction),
    ("FF", Piece::Fraction),
];

/// An Oracle format model, such as `YYYY-MM-DD"T"HH24:MI:SS`.
fn pieces(mask: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = mask;
    'next: while let Some(first) = rest.chars().next() {
        if first == '"' {
            let (literal, after) = rest.get(1..)?.split_once('"')?;
            pieces.push(Piece::Literal(literal.to_owned()));
            rest = after;
            continue;
        }
        for (code, piece) in &CODES {
            if rest
                .get(..code.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(code))
            {
                pieces.push(piece.clone());
                rest = rest.get(code.len()..)?;
                continue 'next;
            }
        }
        if first.is_alphanumeric() {
            return None;
        }
        pieces.push(Piece::Literal(first.to_string()));
        rest = rest.get(first.len_utf8()..)?;
    }
    Some(pieces)
}

/// `TO_CHAR`. `None` for a format model Oracle would refuse.
pub(super) fn print(at: DateTime, mask: &str) -> Option<String> {
    let hour12 = match at.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let month = usize::try_from(at.month() - 1)
        .ok()
        .and_then(|month| MONTHS.get(month))?;
    let text = pieces(mask)?.into_iter().map(|piece| match piece {
        Piece::Year => format!("{:04}", at.year()),
        Piece::Month => format!("{:02}", at.month()),
        Piece::MonthName => (*month).to_owned(),
        Piece::Day => format!("{:02}", at.day()),
        Piece::Hour24 => format!("{:02}", at.hour()),
        Piece::Hour12 => format!("{hour12:02}"),
        Piece::Meridiem => if at.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        Piece::Minute => format!("{:02}", at.minute()),
        Piece::Second => format!("{:02}", at.second()),
        Piece::Fraction => "000".to_owned(),
        Piece::Literal(text) => text,
    });
    Some(text.collect())
}

/// `TO_DATE` and `TO_TIMESTAMP`: the whole text has to fit the format model. Fractions of a second are read and dropped.
pub(super) fn parse(text: &str, mask: &str) -> Option<DateTime> {
    let (mut date, mut time, mut afternoon) = ((0i16, 1i8, 1i8), (0i8, 0i8, 0i8), None);
    let mut rest = text.trim();
    for piece in pieces(mask)? {
        let mut digits = |most: usize| -> Option<i16> {
            let end = rest
                .bytes()
                .take(most)
                .take_while(u8::is_ascii_digit)
                .count();
            let (number, after) = rest.split_at_checked(end)?;
            rest = after;
            number.parse().ok()
        };
        let mut two = || digits(2).and_then(|number| i8::try_from(number).ok());
        match piece {
            Piece::Year => date.0 = digits(4)?,
            Piece::Month => date.1 = two()?,
            Piece::Day => date.2 = two()?,
            Piece::Hour24 | Piece::Hour12 => time.0 = two()?,
            Piece::Minute => time.1 = two()?,
            Piece::Second => time.2 = two()?,
            Piece::Fraction => drop(digits(4)?),
            Piece::MonthName => {
                let (name, after) = rest.split_at_checked(3)?;
                let place = MONTHS
                    .iter()
                    .position(|month| month.eq_ignore_ascii_case(name))?;
                date.1 = i8::try_from(place).ok()? + 1;
                rest = after;
            }
            Piece::Meridiem => {
                let (name, after) = rest.split_at_checked(2)?;
                afternoon = Some(name.eq_ignore_ascii_case("PM"));
                rest = after;
            }
            Piece::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
        }
    }
    if let Some(afternoon) = afternoon {
        time.0 = time.0 % 12 + if afternoon { 12 } else { 0 };
    }
    let date = Date::new(date.0, date.1, date.2).ok()?;
    let time = jiff::civil::Time::new(time.0, time.1, time.2, 0).ok()?;
    rest.is_empty().then(|| date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_models_work_both_ways() {
        let at = "2026-03-02T17:11:12".parse::<DateTime>().unwrap();
        assert_eq!(
            print(at, r#"YYYY-MM-DD"T"HH24:MI:SS"Z""#).unwrap(),
            "2026-03-02T17:11:12Z"
        );
        assert_eq!(
            print(at, "DD-MON-YYYY HH:MI AM").unwrap(),
            "02-MAR-2026 05:11 PM"
        );
        assert_eq!(
            parse("2026-03-02 17:11:12", "YYYY-MM-DD HH24:MI:SS"),
            Some(at)
        );
        assert_eq!(
            parse("3/2/2026", "MM/DD/YYYY"),
            Some("2026-03-02T00:00:00".parse().unwrap())
        );
        assert_eq!(parse("2026-03-02 17:11:12", "YYYY-MM-DD"), None);
        assert_eq!(print(at, "QQQ"), None);
    }

    #[test]
    fn the_session_zone_makes_a_difference() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let at: Timestamp = "2026-07-01T03:00:00Z".parse().unwrap();
        let stored = store_instant(at, &zone);
        let local = load(&stored).unwrap();
        assert_eq!(local.to_string(), "2026-06-30T20:00:00");
        assert_eq!(
            to_utc(local, &zone).unwrap().to_string(),
            "2026-07-01T03:00:00"
        );
        assert_eq!(load("2026-06-30 20:00:00"), None);
    }
}
