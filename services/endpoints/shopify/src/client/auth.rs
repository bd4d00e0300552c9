//! Access tokens.

use std::sync::{Mutex, PoisonError};

use http::{Client, Method, Request};
use jiff::{SignedDuration, Timestamp};
use ports::{Fault, Lane, Secret, SecretError, SecretRef};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::Auth;

/// A token is renewed this long before it expires.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// Where a connection's access token comes from.
pub(super) enum Tokens {
    Fixed(SecretRef),
    Granted(Grant),
}

/// The client-credentials grant (Shopify help, "Using the client credentials grant").
pub(super) struct Grant {
    url: Url,
    client_id: String,
    client_secret: SecretRef,
    cached: Mutex<Option<(Secret, Timestamp)>>,
}

impl Tokens {
    pub(super) fn new(auth: &Auth, grants: Url) -> Self {
        match auth {
            Auth::Token { access_token } => Self::Fixed(access_token.clone()),
            Auth::ClientCredentials {
                client_id,
                client_secret,
            } => Self::Granted(Grant {
                url: grants,
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                cached: Mutex::new(None),
            }),
        }
    }

    /// A token that is valid now.
    pub(super) async fn token(&self, transport: &Client, lane: Lane) -> Result<Secret, Fault> {
        match self {
            // Read anew each time, so that a replaced file counts at once.
            Self::Fixed(reference) => reference.resolve().map_err(no_secret),
            Self::Granted(grant) => match grant.cached(transport.clock().now()) {
                Some(token) => Ok(token),
                None => grant.fetch(transport, lane).await,
            },
        }
    }

    /// Forgets what is cached; whether there is hope for another token.
    pub(super) fn forget(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Granted(grant) => grant.lock().take().is_some(),
        }
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    #[serde(default = "one_day")]
    expires_in: i64,
}

const fn one_day() -> i64 {
    86_400
}

impl Grant {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Secret, Timestamp)>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached(&self, now: Timestamp) -> Option<Secret> {
        let cached = self.lock();
        let (token, until) = cached.as_ref()?;
        (now < *until).then(|| token.clone())
    }

    async fn fetch(&self, transport: &Client, lane: Lane) -> Result<Secret, Fault> {
        let secret = self.client_secret.resolve().map_err(no_secret)?;
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", secret.expose())
            .finish();
        let mut request = Request::read(self.url.clone(), lane, form)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
        request.method = Method::Post;
        let reply = transport.send(request).await.map_err(|failure| {
            let status = failure.reply.as_ref().map(|reply| reply.status);
            match status {
                // Shopify answers 400 for an unknown app, a wrong secret and an app that is not installed.
                Some(400..=404) => Fault::Unauthorized {
                    why: format!("no access token: {}", failure.fault),
                },
                _ => failure.fault,
            }
        })?;
        let granted: Granted = reply.json()?;
        let token = Secret::new(granted.access_token);
        let lives = SignedDuration::from_secs(granted.expires_in.clamp(0, one_day()));
        let until = reply
            .received_at
            .saturating_add(lives - MARGIN)
            .unwrap_or(reply.received_at);
        *self.lock() = Some((token.clone(), until));
        Ok(token)
    }
}

fn no_secret(error: SecretError) -> Fault {
    Fault::Unauthorized {
        why: error.to_string(),
    }
}
