//! Token-based authentication: OAuth 1.0a with HMAC-SHA256 (RFC 5849; NetSuite help, "The Signature for Web Services and RESTlets").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ports::Secret;
use ring::hmac;
use url::Url;

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Signs requests.
pub(super) struct Signer {
    /// The account id, upper case.
    pub(super) realm: String,
    pub(super) consumer_key: String,
    pub(super) consumer_secret: Secret,
    pub(super) token_id: String,
    pub(super) token_secret: Secret,
}

impl Signer {
    /// The `Authorization` header of one sending. The body is not signed; the query is.
    pub(super) fn header(&self, method: Method, url: &Url, nonce: &str, timestamp: i64) -> String {
        let timestamp = timestamp.to_string();
        let mut parameters = vec![
            ("oauth_consumer_key", self.consumer_key.as_str()),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", &timestamp),
            ("oauth_token", &self.token_id),
            ("oauth_version", "1.0"),
        ];
        let signature = self.signature(method, url, &parameters);
        parameters.push(("oauth_signature", &signature));
        let shown: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)))
            .collect();
        format!("OAuth realm=\"{}\", {}", self.realm, shown.join(", "))
    }

    fn signature(&self, method: Method, url: &Url, parameters: &[(&str, &str)]) -> String {
        let secrets = [&self.consumer_secret, &self.token_secret];
        let key = secrets.map(|secret| encoded(secret.expose())).join("&");
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let text = base_string(method, url, parameters);
        STANDARD.encode(hmac::sign(&key, text.as_bytes()))
    }
}

/// Method, address without its query, and all parameters sorted by their encoded form.
fn base_string(method: Method, url: &Url, parameters: &[(&str, &str)]) -> String {
    let query = url
        .query_pairs()
        .map(|(name, value)| (encoded(&name), encoded(&value)));
    let own = parameters
        .iter()
        .map(|(name, value)| (encoded(name), encoded(value)));
    let mut pairs: Vec<(String, String)> = query.chain(own).collect();
    pairs.sort();
    let joined: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut address = url.clone();
    address.set_query(None);
    address.set_fragment(None);
    format!(
        "{}&{}&{}",
        method.as_str(),
        encoded(address.as_str()),
        encoded(&joined.join("&"))
    )
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn published_signatures_are_met() {
        let Some(contracts) = testkit::contracts() else {
            return;
        };
        let text = std::fs::read_to_string(contracts.join("netsuite/facts/tba-vectors.json"));
        let facts: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let key = |name: &str| facts["keys"][name].as_str().unwrap().to_owned();
        let signer = Signer {
            realm: "123456".to_owned(),
            consumer_key: key("consumer_key"),
            consumer_secret: Secret::new(key("consumer_secret")),
            token_id: key("token"),
            token_secret: Secret::new(key("token_secret")),
        };
        let mut met = 0;
        for vector in facts["vectors"].as_array().unwrap() {
            let Some(url) = vector["url"].as_str() else {
                continue;
            };
            let mut url = Url::parse(url).unwrap();
            for pair in vector["query"].as_array().unwrap() {
                url.query_pairs_mut()
                    .append_pair(pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            }
            let method = match vector["method"].as_str().unwrap() {
                "GET" => Method::Get,
                "PUT" => Method::Put,
                _ => Method::Post,
            };
            let timestamp = key("timestamp").parse().unwrap();
            let header = signer.header(method, &url, &key("nonce"), timestamp);
            let signature = encoded(vector["signature"].as_str().unwrap());
            assert!(
                header.contains(&format!("oauth_signature=\"{signature}\"")),
                "{}: {header}",
                vector["name"]
            );
            met += 1;
        }
        assert!(met >= 6, "only {met} vectors");
    }

    #[test]
    fn the_header_names_the_realm_and_no_secret() {
        let signer = Signer {
            realm: "1234567_SB1".to_owned(),
            consumer_key: "key".to_owned(),
            consumer_secret: Secret::new("hidden one"),
            token_id: "token".to_owned(),
            token_secret: Secret::new("hidden two"),
        };
        let url = Url::parse("https://x.example/a?b=c d").unwrap();
        let header = signer.header(Method::Get, &url, "nonce", 1);
        assert!(header.starts_with("OAuth realm=\"1234567_SB1\", oauth_consumer_key=\"key\""));
        assert!(!header.contains("hidden"));
        let other = signer.header(Method::Get, &url, "another", 1);
        assert_ne!(header, other);
    }
}
