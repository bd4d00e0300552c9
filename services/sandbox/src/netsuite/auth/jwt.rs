use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::netsuite::credentials::Credentials;

/// Seconds between `iat` and `exp` at most.
const LONGEST: i64 = 3600;
/// Seconds that clocks may differ.
const LEEWAY: i64 = 60;
const SCOPES: [&str; 3] = ["rest_webservices", "restlets", "suite_analytics"];

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    aud: Option<Value>,
    scope: Option<Value>,
    iat: Option<i64>,
    exp: Option<i64>,
}

/// Checks a client assertion (NetSuite help, "The Request Token Structure"). `audiences` are the names of the token endpoint.
/// Otherwise the error code of the token endpoint and the Login Audit Trail's word.
pub(super) fn verify(
    credentials: &Credentials,
    audiences: &[String],
    assertion: &str,
    now: Timestamp,
) -> Result<(), (&'static str, &'static str)> {
    let grant = |reason: &'static str| ("invalid_grant", reason);
    let (signed, signature) = assertion
        .rsplit_once('.')
        .ok_or(grant("MalformedAssertion"))?;
    let (header, claims) = signed.split_once('.').ok_or(grant("MalformedAssertion"))?;
    let decode = |text: &str| {
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| grant("MalformedAssertion"))
    };
    let header: Header =
        serde_json::from_slice(&decode(header)?).map_err(|_| grant("MalformedAssertion"))?;
    let claims: Claims =
        serde_json::from_slice(&decode(claims)?).map_err(|_| grant("MalformedAssertion"))?;
    let kid = header.kid.ok_or(grant("MissingKeyId"))?;
    if kid != credentials.certificate_id {
        return Err(grant("UnknownKeyId"));
    }
    match credentials
        .public_key
        .verify(&header.alg, signed.as_bytes(), &decode(signature)?)
    {
        None => return Err(grant("UnsupportedAlgo")),
        Some(false) => return Err(grant("SignatureValidation")),
        Some(true) => {}
    }
    if claims.iss.as_deref() != Some(&credentials.client_id) {
        return Err(("invalid_client", "IssuerMismatched"));
    }
    if !texts(claims.aud.as_ref())
        .iter()
        .any(|aud| audiences.contains(aud))
    {
        return Err(grant("AudienceMismatched"));
    }
    let now = now.as_second();
    match (claims.iat, claims.exp) {
        (Some(iat), Some(exp)) if exp - iat > LONGEST => Err(grant("TokenValidityTooBroad"))?,
        (Some(_), Some(exp)) if exp <= now => Err(grant("AssertionExpired"))?,
        (Some(iat), Some(_)) if iat > now + LEEWAY => Err(grant("IssuedInTheFuture"))?,
        (Some(_), Some(_)) => {}
        _ => Err(grant("MissingValidity"))?,
    }
    let scopes = texts(claims.scope.as_ref());
    if scopes.is_empty() || !scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
        return Err(("invalid_scope", "ScopeMismatched"));
    }
    Ok(())
}

/// A text, comma-joined texts, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => text
            .split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|entry| entry.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}
