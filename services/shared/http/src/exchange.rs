//! Makes the exchange that is kept for the journey.

use std::borrow::Cow;

use ports::{Exchange, ExchangeReply, Kept};

use crate::client::Options;
use crate::redact::Redactor;
use crate::reply::Headers;
use crate::request::Request;

/// How far beyond the kept length a body is looked at, so that a credential across the cut is still recognised.
const MARGIN: usize = 4 * 1024;

/// Headers in which vendors name a request, for their support to find it.
const REFERENCES: [&str; 4] = [
    "x-n-operationid",
    "x-request-id",
    "x-amzn-requestid",
    "request-id",
];

/// A body as exchanges show it, in full length.
#[must_use]
pub fn redacted(body: &[u8]) -> String {
    Redactor::new(&[]).text(&as_text(body), &[])
}

/// A record's own part of a request that many share, as an exchange of its own: where it went and what became of it, without the answer's
/// body, which stands with the whole.
#[must_use]
pub fn part(whole: &Exchange, body: &[u8], facts: serde_json::Value) -> Exchange {
    let keeper = Keeper {
        redactor: &Redactor::new(&[]),
        kept_bytes: Options::default().kept_body_bytes,
        credentials: &[],
    };
    Exchange {
        request: keeper.body(body),
        reply: whole.reply.as_ref().map(|reply| ExchangeReply {
            body: String::new(),
            ..reply.clone()
        }),
        kept: Some(Kept::of(body, facts)),
        ..whole.clone()
    }
}

/// Makes exchanges of one request.
pub(crate) struct Keeper<'a> {
    pub(crate) redactor: &'a Redactor,
    pub(crate) kept_bytes: usize,
    pub(crate) credentials: &'a [String],
}

impl Keeper<'_> {
    /// The exchange while no answer is there.
    pub(crate) fn request(&self, request: &Request) -> Exchange {
        Exchange {
            method: request.method.as_str().to_owned(),
            url: self.redactor.url(&request.url),
            request: self.body(request.body.as_deref().unwrap_or_default()),
            reply: None,
            took_ms: 0,
            error: None,
            kept: None,
        }
    }

    /// What came back.
    pub(crate) fn reply(&self, status: u16, headers: &Headers, body: &[u8]) -> ExchangeReply {
        ExchangeReply {
            status,
            body: self.body(body),
            reference: REFERENCES
                .iter()
                .find_map(|name| headers.get(name))
                .map(|reference| self.redactor.text(reference, self.credentials)),
        }
    }

    /// A body as text, redacted, then cut.
    fn body(&self, body: &[u8]) -> String {
        let looked_at = body
            .get(..self.kept_bytes.saturating_add(MARGIN))
            .unwrap_or(body);
        let mut text = self.redactor.text(&as_text(looked_at), self.credentials);
        if body.len() > self.kept_bytes {
            text.truncate(text.floor_char_boundary(self.kept_bytes));
            text.push_str(&format!("… (cut; {} bytes in all)", body.len()));
        }
        text
    }
}

/// Bytes as text that every database takes.
fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if text.contains('\0') {
        return Cow::Owned(text.replace('\0', "\u{fffd}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Keeper;
    use crate::redact::Redactor;

    fn kept(body: &[u8], kept_bytes: usize) -> String {
        let keeper = Keeper {
            redactor: &Redactor::new(&[]),
            kept_bytes,
            credentials: &["tok_123456".to_owned()],
        };
        keeper.body(body)
    }

    #[test]
    fn a_long_body_is_cut_on_a_character_and_says_so() {
        assert_eq!(kept("aüb".as_bytes(), 2), "a… (cut; 4 bytes in all)");
        assert_eq!(kept(b"abcd", 4), "abcd");
    }

    #[test]
    fn a_secret_across_the_cut_is_gone() {
        assert_eq!(
            kept(b"id tok_123456 end", 6),
            "id …… (cut; 17 bytes in all)"
        );
        assert_eq!(
            kept(br#"{"token":"abcdefghij"}"#, 14),
            "{\"token\":\"…\"… (cut; 22 bytes in all)"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_readable() {
        assert_eq!(kept(b"a\0\xffb", 10), "a\u{fffd}\u{fffd}b");
    }
}
