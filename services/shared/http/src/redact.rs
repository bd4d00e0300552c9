//! Keeps credentials out of everything that is kept.
//!
//! Bodies are searched as text, not parsed: a body that was cut or is no JSON is redacted all the same, and the usual body, without a
//! secret's name in it, costs one pass.

use std::borrow::Cow;

use ports::Fault;
use regex::{Regex, RegexBuilder};
use url::Url;

use crate::request::Request;

/// What stands in a secret's place.
const GONE: &str = "…";

/// Names whose values are never kept, whatever the vendor: of headers, body fields and query parameters. Case does not matter.
const COMMON: [&str; 34] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-shopify-access-token",
    "x-api-key",
    "api_key",
    "apikey",
    "api_secret",
    "access_token",
    "accesstoken",
    "refresh_token",
    "refreshtoken",
    "id_token",
    "token",
    "token_secret",
    "tokensecret",
    "oauth_token",
    "oauth_signature",
    "client_secret",
    "clientsecret",
    "client_assertion",
    "assertion",
    "consumer_secret",
    "consumer_key",
    "private_key",
    "privatekey",
    "secret",
    "password",
    "passwd",
    "hmac",
    "cardnumber",
    "ccnumber",
    "cvv",
];

/// A credential shorter than this is not searched for in bodies: it would be found everywhere.
const SHORTEST_CREDENTIAL: usize = 8;

/// Knows the names of the secrets of one vendor.
#[derive(Debug)]
pub(crate) struct Redactor {
    /// A secret's name as a whole word, a closing quote if it has one, and the sign between name and value.
    named: Option<Regex>,
    names: Vec<String>,
}

impl Redactor {
    pub(crate) fn new(more: &[&str]) -> Self {
        let names: Vec<String> = COMMON
            .iter()
            .chain(more)
            .map(|name| name.to_ascii_lowercase())
            .collect();
        let alternatives: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        let pattern = format!(
            r#"(?-u:\b)(?:{})(?-u:\b)\\?["']?[ \t\r\n]*[:=][ \t\r\n]*"#,
            alternatives.join("|")
        );
        let named = RegexBuilder::new(&pattern)
            .case_insensitive(true)
            .unicode(false)
            .build();
        Self {
            named: named.ok(),
            names,
        }
    }

    /// Whether values under that name are secret.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|secret| secret.eq_ignore_ascii_case(name))
    }

    /// The credentials a signed request carries in its headers, for a body that plays them back.
    pub(crate) fn credentials(&self, request: &Request) -> Vec<String> {
        let secret = request
            .headers
            .iter()
            .filter(|(name, _)| self.is_secret(name));
        // `Bearer abc`: a body that names the token names it without the scheme.
        secret
            .map(|(_, value)| {
                value
                    .split_once(' ')
                    .map_or(value.as_str(), |(_, rest)| rest)
            })
            .filter(|value| value.len() >= SHORTEST_CREDENTIAL)
            .map(str::to_owned)
            .collect()
    }

    /// The text without secrets.
    pub(crate) fn text(&self, text: &str, credentials: &[String]) -> String {
        let mut text = self.without_named(text);
        for credential in credentials {
            if text.contains(credential.as_str()) {
                text = Cow::Owned(text.replace(credential.as_str(), GONE));
            }
        }
        text.into_owned()
    }

    /// The address without a user, a password and the values of secret parameters.
    pub(crate) fn url(&self, url: &Url) -> String {
        if url.username().is_empty() && url.password().is_none() {
            return self.without_named(url.as_str()).into_owned();
        }
        let mut url = url.clone();
        // Both only fail for addresses that cannot have either.
        let _cannot_have_one = url.set_username("").and(url.set_password(None));
        self.without_named(url.as_str()).into_owned()
    }

    /// The fault with redacted words.
    pub(crate) fn fault(&self, mut fault: Fault, credentials: &[String]) -> Fault {
        match &mut fault {
            Fault::Throttled { why, .. }
            | Fault::Unavailable { why }
            | Fault::Uncertain { why }
            | Fault::Unauthorized { why }
            | Fault::Held { why }
            | Fault::Refused { why }
            | Fault::Unreadable { why } => *why = self.text(why, credentials),
            Fault::Missing { .. } | Fault::DryRun => {}
        }
        fault
    }

    fn without_named<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(named) = &self.named else {
            // Cannot happen with escaped names; if it did, nothing would be safe to keep.
            return Cow::Borrowed(GONE);
        };
        let mut kept = String::new();
        let mut rest = text;
        while let Some(found) = named.find(rest) {
            let (name, value) = rest.split_at(found.end());
            kept.push_str(name);
            rest = skip_value(value, &mut kept);
        }
        if kept.is_empty() {
            return Cow::Borrowed(text);
        }
        kept.push_str(rest);
        Cow::Owned(kept)
    }
}

/// Writes the mark for the value at the beginning of the text, in the value's own quotes, and returns what follows the value.
fn skip_value<'a>(text: &'a str, kept: &mut String) -> &'a str {
    // JSON within a JSON string has its quotes escaped.
    for quote in ["\\\"", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(quote) {
            kept.push_str(quote);
            kept.push_str(GONE);
            let end = end_of_quoted(inner, quote);
            return inner.get(end..).unwrap_or_default();
        }
    }
    kept.push_str(GONE);
    let end = match text.as_bytes().first() {
        Some(b'{' | b'[') => end_of_nested(text),
        _ => text
            .find(['&', ',', ';', '}', ']', '"', '<', '\n', '\\'])
            .unwrap_or(text.len()),
    };
    text.get(end..).unwrap_or_default()
}

/// Where the closing quote begins; the whole text when it is missing (a body that was cut).
fn end_of_quoted(inner: &str, quote: &str) -> usize {
    if quote.len() > 1 {
        return inner.find(quote).unwrap_or(inner.len());
    }
    let mut escaped = false;
    inner
        .char_indices()
        .find(|(_, sign)| {
            let closes = !escaped && quote.starts_with(*sign);
            escaped = *sign == '\\' && !escaped;
            closes
        })
        .map_or(inner.len(), |(at, _)| at)
}

/// Where an object or a list ends; the whole text when its end is missing.
fn end_of_nested(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            '{' | '[' if !in_string => depth += 1,
            '}' | ']' if !in_string => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::Redactor;
    use crate::request::Request;
    use ports::Lane;

    fn redacted(text: &str) -> String {
        Redactor::new(&["shpat"]).text(text, &[])
    }

    #[test]
    fn json_fields_lose_their_values_and_nothing_else() {
        assert_eq!(
            redacted(r#"{"access_token": "a\"b","expires_in":3600,"Client_Secret":"x"}"#),
            r#"{"access_token": "…","expires_in":3600,"Client_Secret":"…"}"#
        );
        assert_eq!(
            redacted(r#"{"password":1234,"a":[{"secret":{"k":["}"]},"b":2}]}"#),
            r#"{"password":…,"a":[{"secret":…,"b":2}]}"#
        );
    }

    #[test]
    fn forms_queries_and_texts_too() {
        assert_eq!(
            redacted("grant_type=x&client_secret=a%20b&scope=y"),
            "grant_type=x&client_secret=…&scope=y"
        );
        assert_eq!(redacted("shpat=1&x=2"), "shpat=…&x=2");
        assert_eq!(
            redacted("Authorization: Bearer abc\nx: 1"),
            "Authorization: …\nx: 1"
        );
        assert_eq!(
            redacted(r#"{"q":"{\"token\":\"abc\",\"x\":1}"}"#),
            r#"{"q":"{\"token\":\"…\",\"x\":1}"}"#
        );
    }

    #[test]
    fn a_body_that_was_cut_within_a_secret_shows_none_of_it() {
        assert_eq!(
            redacted(r#"{"access_token":"abcdef"#),
            r#"{"access_token":"…"#
        );
        assert_eq!(redacted(r#"{"secret":{"a":"abc"#), r#"{"secret":…"#);
    }

    #[test]
    fn similar_names_and_ordinary_texts_are_left_alone() {
        for text in [
            r#"{"next_token":"a","tokens":"b","name":"secret","note":"my password"}"#,
            "",
            "Geheimnis ü",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn the_address_loses_its_user_and_secret_parameters() {
        let url = "https://me:pw@host/a?consumer_key=k&page=2&ACCESS_TOKEN=t#f";
        let url = url.parse().unwrap();
        assert_eq!(
            Redactor::new(&[]).url(&url),
            "https://host/a?consumer_key=…&page=2&ACCESS_TOKEN=…"
        );
    }

    #[test]
    fn a_credential_played_back_is_removed_wherever_it_stands() {
        let redactor = Redactor::new(&[]);
        let request = Request::get("https://host/".parse().unwrap(), Lane::Bulk)
            .header("Authorization", "Bearer tok_123456")
            .header("x-other", "harmless");
        let credentials = redactor.credentials(&request);
        assert_eq!(
            redactor.text("no such token as tok_123456 for harmless", &credentials),
            "no such token as … for harmless"
        );
    }
}
