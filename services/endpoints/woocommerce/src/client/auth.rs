//! How a request shows that it may: Basic over https, the key in the query for hosts that take the header away, and OAuth 1.0a, with one leg
//! and HMAC-SHA256, over plain http, where WooCommerce takes nothing else (WooCommerce REST API, "Authentication").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ports::{Fault, SecretRef};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use url::Url;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Signs requests.
pub(super) struct Signer {
    pub(super) key: SecretRef,
    pub(super) secret: SecretRef,
    pub(super) in_query: bool,
}

impl Signer {
    /// Adds what shows that the request may, in place of what an earlier sending had.
    pub(super) fn sign(&self, request: &mut Request, now: Timestamp) -> Result<(), Fault> {
        let read = |reference: &SecretRef| {
            let secret = reference.resolve();
            secret.map_err(|error| Fault::Unauthorized {
                why: error.to_string(),
            })
        };
        let (key, secret) = (read(&self.key)?, read(&self.secret)?);
        let (key, secret) = (key.expose(), secret.expose());
        if request.url.scheme() == "http" {
            let nonce = nonce()?;
            let signed = signed(request, key, secret, &nonce, now.as_second());
            request.url = signed;
        } else if self.in_query {
            let mut query = request.url.query_pairs_mut();
            query.append_pair("consumer_key", key);
            query.append_pair("consumer_secret", secret);
        } else {
            let text = STANDARD.encode(format!("{key}:{secret}"));
            request.headers.retain(|(name, _)| *name != "authorization");
            request
                .headers
                .push(("authorization", format!("Basic {text}")));
        }
        Ok(())
    }
}

fn nonce() -> Result<String, Fault> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Fault::Unavailable {
            why: "the machine gives no random numbers to sign with".to_owned(),
        })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The request's address with its signature in the query.
fn signed(request: &Request, key: &str, secret: &str, nonce: &str, now: i64) -> Url {
    let own = [
        ("oauth_consumer_key", key.to_owned()),
        ("oauth_nonce", nonce.to_owned()),
        ("oauth_signature_method", "HMAC-SHA256".to_owned()),
        ("oauth_timestamp", now.to_string()),
        ("oauth_version", "1.0".to_owned()),
    ];
    let query = request.url.query_pairs();
    let mut pairs: Vec<(String, String)> = query
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .filter(|(name, _)| !name.starts_with("oauth_"))
        .collect();
    pairs.extend(own.map(|(name, value)| (name.to_owned(), value)));
    let mut encoded: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    encoded.sort();
    let mut address = request.url.clone();
    address.set_query(None);
    let text = format!(
        "{}&{}&{}",
        request.method.as_str(),
        escaped(address.as_str()),
        escaped(&encoded.join("&"))
    );
    let with = hmac::Key::new(
        hmac::HMAC_SHA256,
        format!("{}&", escaped(secret)).as_bytes(),
    );
    let signature = STANDARD.encode(hmac::sign(&with, text.as_bytes()));
    encoded.push(format!("oauth_signature={}", escaped(&signature)));
    address.set_query(Some(&encoded.join("&")));
    address
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use ports::Lane;

    use super::*;

    #[test]
    fn the_signature_is_that_of_rfc_5849() {
        let url = "http://shop.example/wp-json/wc/v3/orders?status=any&modified_after=2026-01-01T00:00:00&q=a%20b";
        let request = Request::get(url.parse().unwrap(), Lane::Orders);
        let url = signed(&request, "ck_1", "cs 2", "abc", 1_700_000_000);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let signature = &pairs
            .iter()
            .find(|(name, _)| name == "oauth_signature")
            .unwrap()
            .1;
        // By hand: method, address and the sorted parameters, each encoded once more.
        let base = "GET&http%3A%2F%2Fshop.example%2Fwp-json%2Fwc%2Fv3%2Forders&modified_after%3D2026-01-01T00%253A00%253A00%26oauth_consumer_key%3Dck_1%26oauth_nonce%3Dabc%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000%26oauth_version%3D1.0%26q%3Da%2520b%26status%3Dany";
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"cs%202&");
        assert_eq!(
            *signature,
            STANDARD.encode(hmac::sign(&key, base.as_bytes()))
        );
        assert!(pairs.contains(&("q".to_owned(), "a b".to_owned())));
    }
}
