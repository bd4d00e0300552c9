//! Who may. Over plain http WooCommerce takes OAuth 1.0a alone, unless a proxy says that it ended TLS.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

use super::Options;
use super::dispatch::Problem;
use super::store::Store;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How far a signature's time may lie from the site's.
const MOST_SKEW: i64 = 15 * 60;

/// What WooCommerce says where it sees no key.
pub(super) fn nobody() -> Problem {
    Problem::new(
        401,
        "woocommerce_rest_cannot_view",
        "Sorry, you cannot list resources.",
    )
}

fn wrong(message: &str) -> Problem {
    Problem::new(401, "woocommerce_rest_authentication_error", message)
}

/// Lets the request pass, or says why not.
pub(super) fn check(
    options: &Options,
    store: &mut Store,
    (method, uri): (&str, &Uri),
    headers: &HeaderMap,
    query: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (key, secret) = (&options.consumer_key, &options.consumer_secret);
    if text("x-forwarded-proto") == Some("https") {
        let given = text("authorization").and_then(|value| value.strip_prefix("Basic "));
        let given = given.and_then(|value| STANDARD.decode(value).ok());
        let given = given.and_then(|value| String::from_utf8(value).ok());
        let in_query = query.get("consumer_key").zip(query.get("consumer_secret"));
        let given = given.or_else(|| in_query.map(|(key, secret)| format!("{key}:{secret}")));
        let given = given.ok_or_else(nobody)?;
        if given == format!("{key}:{secret}") {
            return may(options, method);
        }
        return Err(wrong("Consumer secret is invalid."));
    }
    let signature = query.get("oauth_signature").ok_or_else(nobody)?;
    if query.get("oauth_consumer_key") != Some(key) {
        return Err(wrong("Consumer key is invalid."));
    }
    let at: i64 = query
        .get("oauth_timestamp")
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    if (now.as_second() - at).abs() > MOST_SKEW {
        return Err(wrong("Invalid timestamp."));
    }
    let host = text("host").unwrap_or_default();
    if *signature
        != signed(
            method,
            &format!("http://{host}{}", uri.path()),
            query,
            secret,
        )
    {
        return Err(wrong(
            "Invalid signature - provided signature does not match.",
        ));
    }
    let nonce = query.get("oauth_nonce").cloned().unwrap_or_default();
    if !store.nonces.insert(nonce) {
        return Err(wrong("Invalid nonce - nonce has already been used."));
    }
    may(options, method)
}

fn may(options: &Options, method: &str) -> Result<(), Problem> {
    if method == "GET" || options.may_write {
        return Ok(());
    }
    Err(wrong(
        "The API key provided does not have write permissions.",
    ))
}

fn signed(method: &str, address: &str, query: &BTreeMap<String, String>, secret: &str) -> String {
    let escaped = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let mut pairs: Vec<String> = query
        .iter()
        .filter(|(name, _)| *name != "oauth_signature")
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    pairs.sort();
    let text = format!(
        "{method}&{}&{}",
        escaped(address),
        escaped(&pairs.join("&"))
    );
    let key = hmac::Key::new(
        hmac::HMAC_SHA256,
        format!("{}&", escaped(secret)).as_bytes(),
    );
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}
