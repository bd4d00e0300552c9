//! Login with Amazon: the seller's refresh token comes to access tokens that live for an hour.

use std::sync::{Mutex, PoisonError};

use http::{Client, Request};
use jiff::{SignedDuration, Timestamp};
use ports::{Fault, Lane, Secret, SecretError, SecretRef};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::wire::Granted;

/// A token is renewed this long before it expires.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// What tokens live at most.
const DAY: i64 = 86_400;

/// Where access tokens come from.
pub(super) struct Grant {
    pub(super) url: Url,
    pub(super) client_id: String,
    pub(super) client_secret: SecretRef,
    pub(super) refresh_token: SecretRef,
    pub(super) cached: Mutex<Option<(Secret, Timestamp)>>,
}

impl Grant {
    /// A token that is valid now.
    pub(super) async fn token(&self, transport: &Client, lane: Lane) -> Result<Secret, Fault> {
        let now = transport.clock().now();
        let cached = self.lock().clone();
        if let Some((token, _)) = cached.filter(|(_, until)| now < *until) {
            return Ok(token);
        }
        // Read anew each time, so that a replaced file counts at once.
        let secret = self.client_secret.resolve().map_err(no_secret)?;
        let refresh = self.refresh_token.resolve().map_err(no_secret)?;
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", refresh.expose())
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", secret.expose())
            .finish();
        let request = Request::read(self.url.clone(), lane, form)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
        let reply = transport.send(request).await.map_err(|failure| {
            // An unknown application, a wrong secret and a withdrawn token are all answered so.
            match failure.reply.as_ref().map(|reply| reply.status) {
                Some(400..=404) => Fault::Unauthorized {
                    why: format!("Login with Amazon gives no token: {}", failure.fault),
                },
                _ => failure.fault,
            }
        })?;
        let granted: Granted = reply.json()?;
        let token = Secret::new(granted.access_token);
        let lives = SignedDuration::from_secs(granted.expires_in.clamp(0, DAY));
        let until = reply.received_at.saturating_add(lives - MARGIN);
        *self.lock() = Some((token.clone(), until.unwrap_or(reply.received_at)));
        Ok(token)
    }

    /// Forgets what is cached; whether there is hope for another token.
    pub(super) fn forget(&self) -> bool {
        self.lock().take().is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Secret, Timestamp)>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_secret(error: SecretError) -> Fault {
    Fault::Unauthorized {
        why: error.to_string(),
    }
}
