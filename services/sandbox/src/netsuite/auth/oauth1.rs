use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ring::hmac;
use url::form_urlencoded;

use super::House;

/// Seconds by which a timestamp may differ from the server's clock.
pub(super) const SKEW: i64 = 300;
const SHORTEST_NONCE: usize = 6;
/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Checks an `Authorization: OAuth …` header (RFC 5849, HMAC-SHA256 only). Returns the nonce and its timestamp, or the Login
/// Audit Trail's word for what is wrong.
pub(super) fn verify(
    house: House<'_>,
    method: &str,
    url: &str,
    query: &str,
    header: &str,
    now: Timestamp,
) -> Result<(String, i64), &'static str> {
    let given = parameters(header);
    let get = |name: &str| {
        given
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    };
    let need = |name: &str| get(name).ok_or("MissingTokenPassportRequiredFields");
    let keys = &house.credentials.token;
    let (nonce, stamp) = (need("oauth_nonce")?, need("oauth_timestamp")?);
    if need("oauth_signature_method")? != "HMAC-SHA256" {
        return Err("UnknownAlgorithm");
    }
    if get("oauth_version").is_some_and(|version| version != "1.0") {
        return Err("VersionRejected");
    }
    if need("realm")? != house.account {
        return Err("permission_denied");
    }
    if need("oauth_consumer_key")? != keys.consumer_key {
        return Err("consumer_key_unknown");
    }
    if need("oauth_token")? != keys.token_id {
        return Err("token_rejected");
    }
    let stamp: i64 = stamp.parse().map_err(|_| "InvalidTimestamp")?;
    if (now.as_second() - stamp).abs() > SKEW {
        return Err("InvalidTimestamp");
    }
    if nonce.len() < SHORTEST_NONCE {
        return Err("nonce_rejected");
    }
    let signature = STANDARD
        .decode(need("oauth_signature")?)
        .map_err(|_| "InvalidSignature")?;
    let key = format!(
        "{}&{}",
        encode(&keys.consumer_secret),
        encode(&keys.token_secret)
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let base = base_string(method, url, query, &given);
    hmac::verify(&key, base.as_bytes(), &signature).map_err(|_| "InvalidSignature")?;
    Ok((nonce.to_owned(), stamp))
}

/// What is signed: the OAuth parameters but the realm and the signature itself, and every parameter of the query.
fn base_string(method: &str, url: &str, query: &str, header: &BTreeMap<String, String>) -> String {
    let signed = header
        .iter()
        .filter(|(name, _)| !["realm", "oauth_signature"].contains(&name.as_str()));
    let mut pairs: Vec<(String, String)> = signed
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.extend(
        form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (encode(&name), encode(&value))),
    );
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!(
        "{}&{}&{}",
        method.to_ascii_uppercase(),
        encode(url),
        encode(&pairs.join("&"))
    )
}

fn parameters(header: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        percent_decode_str(text.trim().trim_matches('"'))
            .decode_utf8_lossy()
            .into_owned()
    };
    header
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), decode(value)))
        .collect()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::netsuite::credentials::{Credentials, TokenCredentials};

    #[test]
    fn the_published_signature_is_accepted() {
        // The sample of NetSuite help, "The Authorization Headers": its keys and its signature.
        let credentials = Credentials {
            token: TokenCredentials {
                consumer_key: "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4"
                    .to_owned(),
                consumer_secret: "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5"
                    .to_owned(),
                token_id: "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc"
                    .to_owned(),
                token_secret: "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295"
                    .to_owned(),
            },
            ..Credentials::demo()
        };
        let house = House {
            account: "123456",
            credentials: &credentials,
            token_lifetime: SignedDuration::from_hours(1),
            lock_after: 0,
        };
        let header = r#"realm="123456",oauth_consumer_key="ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",oauth_token="2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",oauth_signature_method="HMAC-SHA256",oauth_timestamp="1508242306",oauth_nonce="fjaLirsIcCGVZWzBX0pg",oauth_version="1.0",oauth_signature="B5OIWznZ2YP0OB7VrJrGkYsTh%2B8H%2B5T9Hag%2Bo92q0zY%3D""#;
        let url = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40";
        let then = Timestamp::from_second(1_508_242_306).unwrap();
        let verify = |method, query, at| verify(house, method, url, query, header, at);
        assert!(verify("GET", "", then).is_ok());
        assert_eq!(verify("GET", "limit=1", then), Err("InvalidSignature"));
        assert_eq!(verify("PUT", "", then), Err("InvalidSignature"));
        assert_eq!(
            verify("GET", "", then + SignedDuration::from_secs(301)),
            Err("InvalidTimestamp")
        );
    }
}
