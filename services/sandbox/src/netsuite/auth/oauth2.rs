use std::collections::HashMap;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use serde_json::json;
use url::form_urlencoded;

use super::{Door, House, Login, jwt};
use crate::netsuite::credentials::random_text;

pub(in crate::netsuite) const PATH: &str = "/services/rest/auth/oauth2/v1/token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Trades a client assertion for an access token (NetSuite help, "POST Request to the Token Endpoint").
pub(super) fn token(
    door: &mut Door,
    house: House<'_>,
    host: &str,
    body: &[u8],
    now: Timestamp,
) -> Response {
    match grant(door, house, host, body, now) {
        Ok(answer) => answer,
        Err((error, reason)) => {
            door.note(Login::Bearer, reason, now);
            refusal(house.account, error)
        }
    }
}

fn grant(
    door: &mut Door,
    house: House<'_>,
    host: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Response, (&'static str, &'static str)> {
    let form: HashMap<_, _> = form_urlencoded::parse(body).collect();
    let get = |name: &str| form.get(name).map(AsRef::as_ref);
    match get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(("unsupported_grant_type", "UnsupportedGrant")),
        None => return Err(("invalid_request", "MissingGrant")),
    }
    if get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(("invalid_request", "WrongAssertionType"));
    }
    let assertion = get("client_assertion").ok_or(("invalid_request", "MissingAssertion"))?;
    jwt::verify(
        house.credentials,
        &audiences(house.account, host),
        assertion,
        now,
    )?;
    let token =
        random_text(&SystemRandom::new()).map_err(|_| ("invalid_request", "NoRandomness"))?;
    door.tokens.retain(|_, expiry| *expiry > now);
    door.tokens
        .insert(token.clone(), now + house.token_lifetime);
    let answer = json!({ "access_token": token, "expires_in": house.token_lifetime.as_secs(), "token_type": "bearer" });
    Ok(Json(answer).into_response())
}

/// Where the caller reached us, and the name Oracle would give this account's endpoint.
fn audiences(account: &str, host: &str) -> [String; 2] {
    let official = format!(
        "https://{}.suitetalk.api.netsuite.com{PATH}",
        account.to_lowercase().replace('_', "-")
    );
    [format!("http://{host}{PATH}"), official]
}

fn refusal(account: &str, error: &'static str) -> Response {
    let body = Json(json!({ "error": error }));
    if error == "invalid_client" {
        return (
            StatusCode::UNAUTHORIZED,
            [(WWW_AUTHENTICATE, format!(r#"Basic realm="{account}""#))],
            body,
        )
            .into_response();
    }
    (StatusCode::BAD_REQUEST, body).into_response()
}
