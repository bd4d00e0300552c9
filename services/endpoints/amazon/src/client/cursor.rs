//! Where reading orders goes on: a search by the time of the last change, and how far it has come.

use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault};
use serde::{Deserialize, Serialize};

/// A token is good for a day (Orders API v2026-01-01, "searchOrders"); one that is nearly as old is not tried.
const TOKEN_LIVES: SignedDuration = SignedDuration::from_hours(23);
/// Amazon keeps no order for longer than two years.
const BEGINNING: SignedDuration = SignedDuration::from_hours(24 * 730);

/// A search, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Orders changed since then; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    /// The next page of a search that goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
}

/// A page of a search that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    text: String,
    /// When the search began.
    began: Timestamp,
    /// Until when it tells changes, as far as Amazon said.
    until: Option<Timestamp>,
}

impl Place {
    pub(super) const fn at(from: Timestamp) -> Self {
        Self {
            from: Some(from),
            token: None,
        }
    }

    pub(super) fn read(cursor: &Cursor) -> Result<Self, Fault> {
        if cursor.0.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(&cursor.0).map_err(|error| Fault::Unreadable {
            why: format!("the stored cursor is not one of Amazon's: {error}"),
        })
    }

    pub(super) fn write(&self) -> Cursor {
        // A plain struct always serializes.
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }

    /// The start of the search: a page's token is good for the very search that it goes on.
    pub(super) fn since(&self, now: Timestamp) -> Timestamp {
        let began = self.page(now).map_or(now, |page| page.began);
        let beginning = began.checked_sub(BEGINNING).unwrap_or(began);
        self.from.unwrap_or(beginning).clamp(beginning, began)
    }

    /// The page's token, as long as it is good.
    pub(super) fn token(&self, now: Timestamp) -> Option<&str> {
        self.page(now).map(|page| page.text.as_str())
    }

    fn page(&self, now: Timestamp) -> Option<&Token> {
        let token = self.token.as_ref()?;
        (now.duration_since(token.began) < TOKEN_LIVES).then_some(token)
    }

    /// The same search from its start.
    pub(super) fn anew(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The place after a page, and whether there is more to be read at once.
    pub(super) fn next(
        self,
        next: Option<String>,
        until: Option<Timestamp>,
        now: Timestamp,
        overlap: SignedDuration,
    ) -> (Self, bool) {
        let (began, told) = match self.token {
            Some(token) => (token.began, token.until.or(until)),
            None => (now, until),
        };
        if let Some(text) = next {
            let token = Token {
                text,
                began,
                until: told,
            };
            let token = Some(token);
            return (
                Self {
                    from: self.from,
                    token,
                },
                true,
            );
        }
        // Amazon shows changes two minutes late.
        let usual = began.checked_sub(SignedDuration::from_mins(2));
        let until = told.or(usual.ok()).unwrap_or(began).min(began);
        let back = until.checked_sub(overlap).ok();
        let from = self.from.max(back);
        (Self { from, token: None }, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + 60 * minute).unwrap()
    }

    #[test]
    fn a_search_ends_where_amazon_says_and_the_next_one_reaches_back() {
        let (page, more) = Place::at(at(0)).next(Some("t".into()), Some(at(98)), at(100), OVERLAP);
        assert_eq!((page.token(at(101)), more), (Some("t"), true));
        assert_eq!(Place::read(&page.write()).unwrap(), page);
        let (next, more) = page.next(None, Some(at(99)), at(103), OVERLAP);
        assert_eq!((next, more), (Place::at(at(93)), false));
    }

    #[test]
    fn the_pages_of_the_first_search_ask_for_the_same_time() {
        let first = Place::default();
        let since = first.since(at(100));
        let (page, _) = first.next(Some("t".into()), None, at(100), OVERLAP);
        let page = Place::read(&page.write()).unwrap();
        assert_eq!(page.since(at(101)), since);
        // With the token too old, it is another search.
        assert!(page.since(at(100 + 24 * 60)) > since);
    }

    #[test]
    fn an_old_token_is_not_used_and_time_never_goes_back() {
        let (page, _) = Place::at(at(0)).next(Some("t".into()), None, at(100), OVERLAP);
        assert_eq!(page.token(at(100 + 24 * 60)), None);
        let (next, _) = Place::at(at(90)).next(None, Some(at(91)), at(93), OVERLAP);
        assert_eq!(next, Place::at(at(90)));
    }
}
