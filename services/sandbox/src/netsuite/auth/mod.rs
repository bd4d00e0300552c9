//! Who is calling: access tokens of OAuth 2.0, or the signatures of token-based authentication.

mod jwt;
mod oauth1;
mod oauth2;

pub(super) use oauth2::PATH as TOKEN_PATH;

use std::collections::{HashMap, VecDeque};

use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::credentials::Credentials;
use super::problem::Problem;

/// Which way a caller tried to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Login {
    /// OAuth 1.0a signature.
    Token,
    /// OAuth 2.0 access token or assertion.
    Bearer,
}

/// A failed login, as the account's Login Audit Trail tells it to the administrator; callers never see the reason.
#[derive(Clone, Debug, Serialize)]
pub struct LoginFailure {
    /// When.
    pub at: Timestamp,
    /// `token` for a signature, `bearer` for an access token or an assertion.
    pub login: String,
    /// The trail's word for it: `InvalidSignature`, `nonce_used`, `InvalidTimestamp` …
    pub reason: String,
}

const TRAIL: usize = 1000;
const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(30);

/// Everything about logins that changes.
#[derive(Debug, Default)]
pub(super) struct Door {
    tokens: HashMap<String, Timestamp>,
    nonces: HashMap<(String, i64), ()>,
    failures_in_a_row: u32,
    locked_until: Option<Timestamp>,
    trail: VecDeque<LoginFailure>,
}

/// What does not change.
#[derive(Clone, Copy, Debug)]
pub(super) struct House<'a> {
    pub(super) account: &'a str,
    pub(super) credentials: &'a Credentials,
    pub(super) token_lifetime: SignedDuration,
    pub(super) lock_after: u32,
}

impl Door {
    /// Lets a request in or words the refusal.
    pub(super) fn admit(
        &mut self,
        house: House<'_>,
        request: &Parts,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let header = request
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let (login, checked) = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                (Login::Bearer, self.bearer(token.trim(), now))
            }
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("oauth") => {
                (Login::Token, self.signature(house, request, rest, now))
            }
            _ => (Login::Bearer, Err("MissingCredentials")),
        };
        checked.map_err(|reason| {
            self.note(login, reason, now);
            Problem::login(house.account, login)
        })
    }

    /// Answers `POST /services/rest/auth/oauth2/v1/token`.
    pub(super) fn token(
        &mut self,
        house: House<'_>,
        request: &Parts,
        body: &[u8],
        now: Timestamp,
    ) -> Response {
        oauth2::token(self, house, host(request), body, now)
    }

    /// Forgets every access token, as a revocation would.
    pub(super) fn revoke_tokens(&mut self) {
        self.tokens.clear();
    }

    pub(super) fn trail(&self) -> Vec<LoginFailure> {
        self.trail.iter().cloned().collect()
    }

    fn bearer(&mut self, token: &str, now: Timestamp) -> Result<(), &'static str> {
        match self.tokens.get(token) {
            Some(expiry) if *expiry > now => Ok(()),
            Some(_) => {
                self.tokens.remove(token);
                Err("AccessTokenExpired")
            }
            None => Err("AccessTokenUnknown"),
        }
    }

    fn signature(
        &mut self,
        house: House<'_>,
        request: &Parts,
        header: &str,
        now: Timestamp,
    ) -> Result<(), &'static str> {
        if self.locked_until.is_some_and(|until| until > now) {
            return Err("temporary_locked");
        }
        let url = format!("http://{}{}", host(request), request.uri.path());
        let query = request.uri.query().unwrap_or("");
        let checked = oauth1::verify(house, request.method.as_str(), &url, query, header, now)
            .and_then(|once| match self.nonces.insert(once, ()) {
                None => Ok(()),
                Some(()) => Err("nonce_used"),
            });
        if checked.is_ok() {
            self.failures_in_a_row = 0;
            self.locked_until = None;
            self.forget_old_nonces(now);
        } else {
            self.failures_in_a_row += 1;
            if house.lock_after > 0 && self.failures_in_a_row >= house.lock_after {
                self.failures_in_a_row = 0;
                self.locked_until = Some(now + LOCKED_FOR);
            }
        }
        checked
    }

    /// A nonce outside the window would be refused for its timestamp anyway.
    fn forget_old_nonces(&mut self, now: Timestamp) {
        if self.nonces.len() > 100_000 {
            let oldest = now.as_second() - oauth1::SKEW;
            self.nonces.retain(|(_, at), ()| *at >= oldest);
        }
    }

    fn note(&mut self, login: Login, reason: &'static str, at: Timestamp) {
        if self.trail.len() == TRAIL {
            self.trail.pop_front();
        }
        let login = match login {
            Login::Token => "token",
            Login::Bearer => "bearer",
        };
        self.trail.push_back(LoginFailure {
            at,
            login: login.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

/// The host the caller thinks it speaks to: what it signed.
pub(super) fn host(request: &Parts) -> &str {
    request
        .headers
        .get(HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("localhost")
}
