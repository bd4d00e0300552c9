//! The `q` filter of collections (NetSuite help, "Record Collection Filtering").

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::options::DateFormat;
use super::problem::Problem;
use super::record::Record;
use super::schema::RecordType;
use super::value::Value;

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Test {
        field: String,
        test: Test,
        negated: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Empty,
    Is(String),
    Contain(String),
    StartWith(String),
    EndWith(String),
    Number(Compare, Decimal),
    Between(Decimal, Decimal),
    AnyOf(Vec<String>),
    Day(Compare, Date),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Compare {
    fn holds<T: Ord>(self, one: &T, other: &T) -> bool {
        match self {
            Self::Equal => one == other,
            Self::Less => one < other,
            Self::LessOrEqual => one <= other,
            Self::Greater => one > other,
            Self::GreaterOrEqual => one >= other,
        }
    }
}

impl Filter {
    pub(super) fn parse(text: &str, kind: &RecordType, dates: DateFormat) -> Result<Self, Problem> {
        let invalid = || Problem::parameter("q", format!("Invalid query parameter q: {text}"));
        let tokens = tokens(text).ok_or_else(invalid)?;
        let mut parser = Parser {
            tokens: &tokens,
            kind,
            dates,
        };
        let filter = parser.any().ok_or_else(invalid)?;
        if parser.tokens.is_empty() {
            Ok(filter)
        } else {
            Err(invalid())
        }
    }

    /// The external id, where the filter asks for exactly one.
    pub(super) fn external_id(&self) -> Option<&str> {
        match self {
            Self::Test {
                field,
                test: Test::Is(value),
                negated: false,
            } if field == "externalId" => Some(value),
            _ => None,
        }
    }

    pub(super) fn matches(&self, record: &Record, zone: &TimeZone) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.matches(record, zone)),
            Self::Any(filters) => filters.iter().any(|filter| filter.matches(record, zone)),
            Self::Test {
                field,
                test,
                negated,
            } => test.holds(&property(record, field), zone) != *negated,
        }
    }
}

fn property(record: &Record, field: &str) -> Option<Value> {
    match field {
        "id" => Some(Value::Text(record.id.to_string())),
        "externalId" => record.external_id.clone().map(Value::Text),
        "lastModifiedDate" => Some(Value::Instant(record.modified)),
        "createdDate" | "dateCreated" => Some(Value::Instant(record.created)),
        "status" => Some(Value::Text(record.status.to_owned())),
        name => record.get(name).cloned(),
    }
}

impl Test {
    fn holds(&self, value: &Option<Value>, zone: &TimeZone) -> bool {
        let Some(value) = value else {
            return *self == Self::Empty;
        };
        let text = match value {
            Value::Reference(reference) => reference.id.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            other => other.text().unwrap_or("").to_owned(),
        }
        .to_lowercase();
        match self {
            Self::Empty => text.is_empty(),
            Self::Is(given) => text == given.to_lowercase(),
            Self::Contain(given) => text.contains(&given.to_lowercase()),
            Self::StartWith(given) => text.starts_with(&given.to_lowercase()),
            Self::EndWith(given) => text.ends_with(&given.to_lowercase()),
            Self::AnyOf(given) => given.iter().any(|given| text == given.to_lowercase()),
            Self::Number(compare, given) => text
                .parse()
                .is_ok_and(|number: Decimal| compare.holds(&number, given)),
            Self::Between(least, most) => text
                .parse()
                .is_ok_and(|number: Decimal| *least <= number && number <= *most),
            Self::Day(compare, given) => match value {
                Value::Date(date) => compare.holds(date, given),
                Value::Instant(at) => compare.holds(&at.to_zoned(zone.clone()).date(), given),
                _ => false,
            },
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Open,
    Close,
    List(Vec<String>),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, rest.get(1..)?),
            ')' => (Token::Close, rest.get(1..)?),
            '"' => rest
                .get(1..)?
                .split_once('"')
                .map(|(inside, after)| (Token::Quoted(inside.to_owned()), after))?,
            '[' => rest.get(1..)?.split_once(']').map(|(inside, after)| {
                (
                    Token::List(
                        inside
                            .split(',')
                            .map(|part| part.trim().trim_matches('"').to_owned())
                            .collect(),
                    ),
                    after,
                )
            })?,
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || c == ')')
                    .unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                (Token::Word(word.to_owned()), after)
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    kind: &'a RecordType,
    dates: DateFormat,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        found && self.next().is_some()
    }

    fn any(&mut self) -> Option<Filter> {
        let mut parts = vec![self.all()?];
        while self.accept("OR") {
            parts.push(self.all()?);
        }
        if parts.len() == 1 {
            parts.pop()
        } else {
            Some(Filter::Any(parts))
        }
    }

    fn all(&mut self) -> Option<Filter> {
        let mut parts = vec![self.one()?];
        while self.accept("AND") {
            parts.push(self.one()?);
        }
        if parts.len() == 1 {
            parts.pop()
        } else {
            Some(Filter::All(parts))
        }
    }

    fn one(&mut self) -> Option<Filter> {
        let name = match self.next()? {
            Token::Open => {
                let inside = self.any()?;
                return (self.next()? == Token::Close).then_some(inside);
            }
            Token::Word(name) => name,
            _ => return None,
        };
        let lower = name.to_lowercase();
        let custom = self
            .kind
            .custom
            .is_some_and(|prefix| lower.starts_with(prefix));
        let field = if custom {
            lower
        } else {
            self.kind.field(&name)?.name.to_owned()
        };
        let Token::Word(operator) = self.next()? else {
            return None;
        };
        let operator = operator.to_uppercase();
        let (positive, negated) = operator
            .strip_suffix("_NOT")
            .map_or((operator.as_str(), false), |positive| (positive, true));
        Some(Filter::Test {
            field,
            test: self.test(positive)?,
            negated,
        })
    }

    fn test(&mut self, operator: &str) -> Option<Test> {
        let compare = match operator {
            "EQUAL" | "ON" => Compare::Equal,
            "LESS" | "BEFORE" => Compare::Less,
            "LESS_OR_EQUAL" | "ON_OR_BEFORE" => Compare::LessOrEqual,
            "GREATER" | "AFTER" => Compare::Greater,
            "GREATER_OR_EQUAL" | "ON_OR_AFTER" => Compare::GreaterOrEqual,
            "EMPTY" => return Some(Test::Empty),
            "IS" => return self.text().map(Test::Is),
            "CONTAIN" => return self.text().map(Test::Contain),
            "START_WITH" => return self.text().map(Test::StartWith),
            "ENDWITH" => return self.text().map(Test::EndWith),
            "ANY_OF" => return self.list().map(Test::AnyOf),
            "BETWEEN" => {
                let bounds = self.list()?;
                let [least, most] = bounds.as_slice() else {
                    return None;
                };
                return Some(Test::Between(least.parse().ok()?, most.parse().ok()?));
            }
            _ => return None,
        };
        let operand = self.text()?;
        match operator {
            "ON" | "BEFORE" | "AFTER" | "ON_OR_BEFORE" | "ON_OR_AFTER" => {
                Some(Test::Day(compare, self.dates.parse(&operand)?))
            }
            _ => Some(Test::Number(compare, operand.parse().ok()?)),
        }
    }

    fn text(&mut self) -> Option<String> {
        match self.next()? {
            Token::Word(text) | Token::Quoted(text) => Some(text),
            _ => None,
        }
    }

    fn list(&mut self) -> Option<Vec<String>> {
        match self.next()? {
            Token::List(list) => Some(list),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netsuite::schema::record_type;

    fn parse(text: &str) -> Result<Filter, Problem> {
        Filter::parse(
            text,
            record_type("customer").unwrap(),
            DateFormat::MonthDayYear,
        )
    }

    #[test]
    fn and_binds_before_or() {
        let filter =
            parse(r#"email START_WITH barbara AND companyname IS "Acme Ltd" OR id ANY_OF [1,2]"#)
                .unwrap();
        let Filter::Any(parts) = filter else {
            panic!("{filter:?}")
        };
        assert!(matches!(&parts[0], Filter::All(both) if both.len() == 2));
        assert_eq!(
            parts[1],
            Filter::Test {
                field: "id".into(),
                test: Test::AnyOf(vec!["1".into(), "2".into()]),
                negated: false
            }
        );
    }

    #[test]
    fn what_it_does_not_know_is_refused() {
        for text in [
            "",
            "email",
            "email ENDS_WITH x",
            "nonsense IS x",
            "(email IS x",
            "lastModifiedDate AFTER 2026-01-31",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(r#"lastModifiedDate ON_OR_AFTER "1/31/2026""#).is_ok());
    }
}
