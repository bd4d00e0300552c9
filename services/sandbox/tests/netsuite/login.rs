use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use causeway_sandbox::netsuite::{Credentials, PublicKey};
use reqwest::{Method, RequestBuilder};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use serde_json::json;

use crate::lab::{Lab, RECORDS, der, facts};

const TIME_PATH: &str = "/services/rest/system/v1/serverTime";

#[tokio::test]
async fn an_assertion_is_traded_for_a_token_that_expires() {
    let lab =
        Lab::with(|options| options.netsuite.token_lifetime = std::time::Duration::from_secs(600))
            .await;
    let reply = lab.get(TIME_PATH).await;
    assert_eq!(
        (reply.status, &reply.body["serverTime"]),
        (200, &json!("2026-03-02T18:00:00.000Z"))
    );
    assert_eq!(reply.header("date"), "Mon, 02 Mar 2026 18:00:00 GMT");
    assert!(!reply.header("x-n-operationid").is_empty());

    lab.advance(600);
    let reply = lab.get(TIME_PATH).await;
    assert_eq!((reply.status, reply.error().0), (401, "INVALID_LOGIN"));
    assert!(
        reply
            .header("www-authenticate")
            .starts_with(r#"Bearer realm="1234567_SB1", error="invalid_token""#)
    );
    assert_eq!(lab.last_failure(), "AccessTokenExpired");

    let reply = lab.mint(&lab.assertion(|_, _| {})).await;
    assert_eq!(
        (&reply.body["expires_in"], &reply.body["token_type"]),
        (&json!(600), &json!("bearer"))
    );
}

#[tokio::test]
async fn a_spoilt_assertion_is_refused() {
    let lab = Lab::start().await;
    let now = lab.now();
    let cases = [
        (
            lab.assertion(|header, _| header["kid"] = json!("other")),
            400,
            "invalid_grant",
            "UnknownKeyId",
        ),
        (
            lab.assertion(|header, _| header["kid"] = json!(null)),
            400,
            "invalid_grant",
            "MissingKeyId",
        ),
        (
            lab.assertion(|header, _| header["alg"] = json!("RS256")),
            400,
            "invalid_grant",
            "UnsupportedAlgo",
        ),
        (
            lab.assertion(|header, _| header["alg"] = json!("none")),
            400,
            "invalid_grant",
            "UnsupportedAlgo",
        ),
        (
            lab.assertion(|_, claims| claims["iss"] = json!("other")),
            401,
            "invalid_client",
            "IssuerMismatched",
        ),
        (
            lab.assertion(|_, claims| claims["aud"] = json!("https://example.com")),
            400,
            "invalid_grant",
            "AudienceMismatched",
        ),
        (
            lab.assertion(|_, claims| claims["exp"] = json!(now)),
            400,
            "invalid_grant",
            "AssertionExpired",
        ),
        (
            lab.assertion(|_, claims| claims["exp"] = json!(now + 3601)),
            400,
            "invalid_grant",
            "TokenValidityTooBroad",
        ),
        (
            lab.assertion(|_, claims| claims["iat"] = json!(now + 120)),
            400,
            "invalid_grant",
            "IssuedInTheFuture",
        ),
        (
            lab.assertion(|_, claims| claims["iat"] = json!(null)),
            400,
            "invalid_grant",
            "MissingValidity",
        ),
        (
            lab.assertion(|_, claims| claims["scope"] = json!(["mcp"])),
            400,
            "invalid_scope",
            "ScopeMismatched",
        ),
        (
            "nonsense".to_owned(),
            400,
            "invalid_grant",
            "MalformedAssertion",
        ),
    ];
    for (assertion, status, error, reason) in cases {
        let reply = lab.mint(&assertion).await;
        assert_eq!(
            (reply.status, &reply.body, lab.last_failure().as_str()),
            (status, &json!({ "error": error }), reason)
        );
    }
    let mut forged = lab.assertion(|_, _| {});
    forged.replace_range(forged.len() - 4.., "AAAA");
    assert_eq!(lab.mint(&forged).await.body["error"], "invalid_grant");
    assert_eq!(lab.last_failure(), "SignatureValidation");
    let official =
        "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token";
    assert_eq!(
        lab.mint(&lab.assertion(|_, claims| claims["aud"] = json!(official)))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn ps256_is_taken_and_rs256_is_not() {
    let key = PublicKey::from_pem(include_str!("../keys/rsapub.pem")).unwrap();
    let lab = Lab::unlogged(|options| {
        options.netsuite.credentials = Credentials {
            public_key: key,
            ..Credentials::demo()
        }
    })
    .await;
    let pair = RsaKeyPair::from_pkcs8(&der(include_str!("../keys/rsa.pem"))).unwrap();
    let sign = |algorithm: &str, padding: &'static dyn RsaEncoding| {
        let assertion = lab.assertion(|header, _| header["alg"] = json!(algorithm));
        let signed = assertion.rsplit_once('.').unwrap().0.to_owned();
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(
            padding,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )
        .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    assert_eq!(lab.mint(&sign("PS256", &RSA_PSS_SHA256)).await.status, 200);
    assert_eq!(
        lab.mint(&sign("RS256", &RSA_PKCS1_SHA256)).await.status,
        400
    );
    assert_eq!(lab.last_failure(), "UnsupportedAlgo");
}

fn enc(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%2E", ".")
        .replace("%5F", "_")
        .replace("%7E", "~")
}

/// A request signed with the token credentials of the demonstration.
fn signed(
    lab: &Lab,
    path: &str,
    query: &[(&str, &str)],
    nonce: &str,
    at: i64,
    realm: &str,
    skip_query: bool,
) -> RequestBuilder {
    let keys = Credentials::demo().token;
    let oauth = [
        ("oauth_consumer_key", keys.consumer_key.as_str()),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", &at.to_string()),
        ("oauth_token", keys.token_id.as_str()),
        ("oauth_version", "1.0"),
    ];
    let mut pairs: Vec<String> = oauth
        .iter()
        .map(|(name, value)| format!("{}={}", enc(name), enc(value)))
        .collect();
    if !skip_query {
        pairs.extend(
            query
                .iter()
                .map(|(name, value)| format!("{}={}", enc(name), enc(value))),
        );
    }
    pairs.sort();
    let base = format!("GET&{}&{}", enc(&lab.url(path)), enc(&pairs.join("&")));
    let key = format!("{}&{}", enc(&keys.consumer_secret), enc(&keys.token_secret));
    let signature = STANDARD.encode(hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
        base.as_bytes(),
    ));
    let mut header = format!(r#"OAuth realm="{realm}""#);
    for (name, value) in oauth
        .iter()
        .chain(&[("oauth_signature", signature.as_str())])
    {
        header.push_str(&format!(r#",{name}="{}""#, enc(value)));
    }
    lab.client
        .request(Method::GET, lab.url(path))
        .query(query)
        .header("Authorization", header)
}

#[tokio::test]
async fn a_signature_covers_the_query_and_is_good_once() {
    let lab = Lab::start().await;
    let (path, realm, now) = (format!("{RECORDS}/customer"), "1234567_SB1", lab.now());
    let query = [
        ("q", r#"externalId IS "web order/1 é""#),
        ("limit", "100"),
        ("offset", "0"),
    ];
    assert_eq!(
        lab.send(signed(&lab, &path, &query, "nonce-1", now, realm, false))
            .await
            .status,
        200
    );

    let cases = [
        (
            signed(&lab, &path, &query, "nonce-1", now, realm, false),
            "nonce_used",
        ),
        (
            signed(&lab, &path, &query, "nonce-2", now, realm, true),
            "InvalidSignature",
        ),
        (
            signed(&lab, &path, &query, "nonce-3", now - 301, realm, false),
            "InvalidTimestamp",
        ),
        (
            signed(&lab, &path, &query, "nonce-4", now, "1234567_sb1", false),
            "permission_denied",
        ),
    ];
    for (request, reason) in cases {
        let reply = lab.send(request).await;
        assert_eq!(
            (reply.status, reply.error().0, lab.last_failure().as_str()),
            (401, "INVALID_LOGIN", reason)
        );
        assert!(
            reply
                .header("www-authenticate")
                .starts_with(r#"OAuth realm="1234567_SB1", error="token_rejected""#)
        );
    }
    // The fifth failure locks the user, for half an hour.
    lab.send(signed(&lab, &path, &query, "short", now, realm, false))
        .await;
    assert_eq!(lab.last_failure(), "nonce_rejected");
    assert_eq!(
        lab.send(signed(&lab, &path, &query, "nonce-5", now, realm, false))
            .await
            .status,
        401
    );
    assert_eq!(lab.last_failure(), "temporary_locked");
    lab.advance(1801);
    assert_eq!(
        lab.send(signed(
            &lab,
            &path,
            &query,
            "nonce-6",
            lab.now(),
            realm,
            false
        ))
        .await
        .status,
        200
    );
}

#[tokio::test]
async fn a_failed_login_reads_as_documented() {
    let lab = Lab::start().await;
    let reply = lab.send(lab.client.get(lab.url(TIME_PATH))).await;
    assert_eq!(
        (reply.status, reply.body["title"].as_str()),
        (401, Some("Unauthorized"))
    );
    let Some(facts) = facts("errors.json") else {
        return;
    };
    assert_eq!(reply.error().1, facts["errors"][0]["detail"]);
    assert_eq!(
        reply.body["type"],
        facts["shape"]["type_url_current"]["401"]
    );
    let mut members: Vec<_> = reply.body.as_object().unwrap().keys().cloned().collect();
    members.sort();
    let mut documented: Vec<_> = facts["shape"]["top"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    documented.sort();
    assert_eq!(members, documented);
}
