//! Shopify's search language, as far as clients of orders and stock use it.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::shopify::graphql::GraphError;

/// A parsed search.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::shopify) enum Search {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Term(Term),
}

/// `field:>=value`, or a bare word with an empty field.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::shopify) struct Term {
    pub(in crate::shopify) field: String,
    comparison: Comparison,
    pub(in crate::shopify) value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Search {
    /// Reads a search. An empty one matches everything.
    pub(in crate::shopify) fn parse(text: &str) -> Result<Self, GraphError> {
        let mut words = Words { rest: text.trim() };
        let search = words.any()?;
        if words.rest.is_empty() {
            Ok(search)
        } else {
            Err(refused(text))
        }
    }

    /// Whether `holds` says so of the terms.
    pub(in crate::shopify) fn matches(
        &self,
        holds: &impl Fn(&Term) -> Result<bool, GraphError>,
    ) -> Result<bool, GraphError> {
        match self {
            Self::All(parts) => parts
                .iter()
                .try_fold(true, |all, part| Ok(all && part.matches(holds)?)),
            Self::Any(parts) => parts
                .iter()
                .try_fold(false, |any, part| Ok(any || part.matches(holds)?)),
            Self::Not(part) => Ok(!part.matches(holds)?),
            Self::Term(term) => holds(term),
        }
    }

    /// All terms, wherever they stand.
    pub(in crate::shopify) fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Term(term) => vec![term],
        }
    }

    /// The range outside which no value of `field` can match. Only an aid: what is inside still has to be checked.
    pub(in crate::shopify) fn range(&self, field: &str) -> (Timestamp, Timestamp) {
        let mut range = (Timestamp::MIN, Timestamp::MAX);
        let all = if let Self::All(parts) = self {
            parts.as_slice()
        } else {
            std::slice::from_ref(self)
        };
        for part in all {
            let Self::Term(term) = part else { continue };
            if let (true, Ok(at)) = (term.field == field, term.time()) {
                match term.comparison {
                    Comparison::AtLeast | Comparison::More => range.0 = range.0.max(at),
                    Comparison::AtMost | Comparison::Less => range.1 = range.1.min(at),
                    Comparison::Equal => {}
                }
            }
        }
        range
    }
}

impl Term {
    /// Compares the value as a point in time.
    pub(in crate::shopify) fn holds_time(&self, actual: Timestamp) -> Result<bool, GraphError> {
        Ok(self.holds(&actual, &self.time()?))
    }

    /// Compares the value as a number.
    pub(in crate::shopify) fn holds_number(&self, actual: u64) -> Result<bool, GraphError> {
        let wanted = self
            .value
            .rsplit('/')
            .next()
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| refused(&self.value))?;
        Ok(self.holds(&actual, &wanted))
    }

    /// Compares without regard to case; the value may list several texts with commas, or end in `*`.
    pub(in crate::shopify) fn holds_text(&self, actual: &str) -> bool {
        let actual = actual.to_lowercase();
        self.value
            .to_lowercase()
            .split(',')
            .any(|wanted| match wanted.strip_suffix('*') {
                Some(start) => actual.starts_with(start),
                None => actual == wanted.trim(),
            })
    }

    /// A field that the sandbox cannot search by. Shopify leaves such a term out with a warning that few clients read.
    pub(in crate::shopify) fn unknown(&self) -> GraphError {
        GraphError::coded(
            "BAD_REQUEST",
            format!("Invalid search field for this query: {}", self.field),
        )
    }

    fn holds<T: PartialOrd>(&self, actual: &T, wanted: &T) -> bool {
        match self.comparison {
            Comparison::Equal => actual == wanted,
            Comparison::Less => actual < wanted,
            Comparison::AtMost => actual <= wanted,
            Comparison::More => actual > wanted,
            Comparison::AtLeast => actual >= wanted,
        }
    }

    fn time(&self) -> Result<Timestamp, GraphError> {
        let utc = |time: DateTime| {
            time.to_zoned(TimeZone::UTC)
                .ok()
                .map(|zoned| zoned.timestamp())
        };
        let value = self.value.as_str();
        let time = value
            .parse()
            .ok()
            .or_else(|| utc(value.parse().ok()?))
            .or_else(|| {
                utc(value
                    .parse::<Date>()
                    .ok()?
                    .to_datetime(jiff::civil::Time::midnight()))
            });
        time.ok_or_else(|| {
            GraphError::coded(
                "BAD_REQUEST",
                format!(
                    "Invalid timestamp for query filter `{}`: {value}",
                    self.field
                ),
            )
        })
    }
}

fn refused(text: &str) -> GraphError {
    GraphError::coded("BAD_REQUEST", format!("Invalid search query: {text}"))
}

struct Words<'t> {
    rest: &'t str,
}

impl Words<'_> {
    fn any(&mut self) -> Result<Search, GraphError> {
        let mut parts = vec![self.all()?];
        while self.word("OR") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Search::Any(parts)
        })
    }

    fn all(&mut self) -> Result<Search, GraphError> {
        let mut parts = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with(')') || self.rest.starts_with("OR ") {
                break;
            }
            if !self.word("AND") {
                parts.push(self.one()?);
            }
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Search::All(parts)
        })
    }

    fn one(&mut self) -> Result<Search, GraphError> {
        if self.word("NOT") {
            return Ok(Search::Not(Box::new(self.one()?)));
        }
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            return Ok(Search::Not(Box::new(self.one()?)));
        }
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.rest = rest;
            let inner = self.any()?;
            self.rest = self
                .rest
                .trim_start()
                .strip_prefix(')')
                .ok_or_else(|| refused(self.rest))?;
            return Ok(inner);
        }
        let name = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        let (field, after) = self.rest.split_at(name);
        let Some(after) = after.strip_prefix(':') else {
            return Ok(Search::Term(Term {
                field: String::new(),
                comparison: Comparison::Equal,
                value: self.value()?,
            }));
        };
        let field = field.to_owned();
        self.rest = after.trim_start();
        let comparison = [
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            (">", Comparison::More),
            ("<", Comparison::Less),
            ("", Comparison::Equal),
        ]
        .into_iter()
        .find_map(|(sign, comparison)| self.rest.strip_prefix(sign).map(|rest| (comparison, rest)));
        let Some((comparison, rest)) = comparison else {
            return Err(refused(self.rest));
        };
        self.rest = rest;
        Ok(Search::Term(Term {
            field,
            comparison,
            value: self.value()?,
        }))
    }

    /// A quoted text or a word. `\` takes the next character as it is.
    fn value(&mut self) -> Result<String, GraphError> {
        let quote = self.rest.chars().next().filter(|c| *c == '\'' || *c == '"');
        let mut value = String::new();
        let mut letters = self.rest.char_indices().skip(usize::from(quote.is_some()));
        let mut closed = quote.is_none();
        let mut end = self.rest.len();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
                letter if Some(letter) == quote => {
                    (closed, end) = (true, at + 1);
                    break;
                }
                ' ' | ')' if quote.is_none() => {
                    end = at;
                    break;
                }
                letter => value.push(letter),
            }
        }
        if !closed || (value.is_empty() && quote.is_none()) {
            return Err(refused(self.rest));
        }
        self.rest = self.rest.get(end..).unwrap_or("");
        Ok(value)
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        match rest
            .strip_prefix(word)
            .filter(|rest| rest.starts_with([' ', '(']))
        {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, sku: &str, at: &str) -> bool {
        let at: Timestamp = at.parse().unwrap();
        let holds = |term: &Term| match term.field.as_str() {
            "sku" => Ok(term.holds_text(sku)),
            "updated_at" => term.holds_time(at),
            _ => Err(term.unknown()),
        };
        Search::parse(text).unwrap().matches(&holds).unwrap()
    }

    #[test]
    fn terms_are_joined_by_and_unless_or_stands_between() {
        let at = "2026-03-01T10:00:00Z";
        assert!(found("sku:A OR sku:'B C'", "b c", at));
        assert!(!found("sku:A sku:B", "A", at));
        assert!(found(
            "updated_at:>='2026-03-01T10:00:00Z' AND updated_at:<'2026-03-01T10:00:01Z' sku:a*",
            "abc",
            at
        ));
        assert!(!found("updated_at:>2026-03-01T10:00:00Z", "A", at));
        assert!(found("-sku:A (sku:B OR NOT sku:C)", "B", at));
        assert!(found("updated_at:<=2026-03-02", "A", at));
        assert!(found("", "A", at));
        assert!(found(r"sku:it\'s", "it's", at));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in ["sku:", "sku:'open", "(sku:A", "sku:A)"] {
            assert!(Search::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_narrows_what_must_hold() {
        let search = Search::parse("updated_at:>='2026-03-01T10:00:00Z' status:any").unwrap();
        assert_eq!(
            search.range("updated_at").0,
            "2026-03-01T10:00:00Z".parse().unwrap()
        );
        assert_eq!(
            Search::parse("updated_at:>2026-03-01 OR sku:a")
                .unwrap()
                .range("updated_at")
                .0,
            Timestamp::MIN
        );
    }
}
