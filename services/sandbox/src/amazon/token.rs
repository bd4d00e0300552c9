//! Login with Amazon: access tokens for a refresh token.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use super::Options;
use super::asked::{Answer, Problem};
use super::books::Books;

fn refused(status: u16, error: &str, description: &str) -> Answer {
    Answer::of(
        status,
        json!({ "error": error, "error_description": description }),
    )
}

/// Hands out an access token.
pub(super) fn hand_out(
    books: &mut Books,
    options: &Options,
    form: &[u8],
    now: Timestamp,
) -> Answer {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(form).into_owned().collect();
    for name in ["grant_type", "client_id", "client_secret", "refresh_token"] {
        if form.get(name).is_none_or(String::is_empty) {
            let words = format!("The request is missing a required parameter : {name}");
            return refused(400, "invalid_request", &words);
        }
    }
    let is = |name: &str, expected: &str| form.get(name).is_some_and(|given| given == expected);
    if !is("grant_type", "refresh_token") {
        let words = "The authorization grant type is not supported by the authorization server";
        return refused(400, "unsupported_grant_type", words);
    }
    if !is("client_id", &options.client_id) || !is("client_secret", &options.client_secret) {
        return refused(401, "invalid_client", "Client authentication failed");
    }
    if !is("refresh_token", &options.refresh_token) {
        let words = "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.";
        return refused(400, "invalid_grant", words);
    }
    let token = format!("Atza|{:016x}{:016x}", books.rng.u64(..), books.rng.u64(..));
    let lifetime = SignedDuration::try_from(options.token_lifetime).unwrap_or(SignedDuration::MAX);
    let until = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
    books.tokens.retain(|_, until| *until > now);
    books.tokens.insert(token.clone(), until);
    let body: Json = json!({
        "access_token": token, "refresh_token": options.refresh_token, "token_type": "bearer", "expires_in": lifetime.as_secs(),
    });
    Answer::ok(body)
}

/// Whether an access token lets its bearer in.
pub(super) fn check(books: &Books, given: Option<&str>, now: Timestamp) -> Result<(), Problem> {
    let given = given
        .ok_or_else(|| Problem::unauthorized("Access token is missing in the request header."))?;
    match books.tokens.get(given) {
        Some(until) if *until > now => Ok(()),
        Some(_) => Err(expired()),
        None => Err(Problem::unauthorized(
            "The access token you provided is revoked, malformed or invalid.",
        )),
    }
}

/// What is said to the bearer of an old one.
pub(super) fn expired() -> Problem {
    Problem::unauthorized("The access token you provided has expired.")
}
