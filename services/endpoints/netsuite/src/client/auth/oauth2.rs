//! OAuth 2.0 client credentials (NetSuite help, "OAuth 2.0 Client Credentials Flow"): a token is asked for once, kept till shortly
//! before it expires, and asked for anew when NetSuite no longer takes it.

use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use http::{Client, Failure, Intent, Method, Request};
use jiff::{SignedDuration, Timestamp};
use ports::{Fault, Lane};
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded::Serializer;

use super::jwt::{Claims, Key};
use super::{Oauth2, nonce};
use crate::wire::{TokenRefusal, TokenReply};

/// How far our clock may be ahead of NetSuite's, which refuses what was issued in its future.
const CLOCKS_S: i64 = 300;

/// How long an assertion is good for, in seconds. NetSuite allows an hour.
const ASSERTION_S: i64 = 600;
/// A token is renewed so long before it expires: requests under way still arrive with a good one.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// Assumed where the reply's `expires_in` makes no sense.
const SHORT_LIFE: Duration = Duration::from_secs(300);

/// The connection's access tokens.
pub(super) struct Tokens {
    client_id: String,
    certificate_id: String,
    key: Key,
    url: Url,
    /// Locked while a token is asked for, so that one request serves all who wait.
    current: Mutex<Option<Issued>>,
    /// The last token that NetSuite refused. Kept for good: a late refusal must not look like one of a newer token.
    rejected: StdMutex<Option<String>>,
}

struct Issued {
    token: String,
    renew_at: Timestamp,
}

impl Tokens {
    pub(super) fn new(settings: &Oauth2, key: Key, url: Url) -> Self {
        Self {
            client_id: settings.client_id.clone(),
            certificate_id: settings.certificate_id.clone(),
            key,
            url,
            current: Mutex::new(None),
            rejected: StdMutex::new(None),
        }
    }

    /// A good token.
    pub(super) async fn current(&self, lane: Lane, transport: &Client) -> Result<String, Fault> {
        let mut current = self.current.lock().await;
        let now = transport.clock().now();
        if let Some(issued) = current.as_ref()
            && issued.renew_at > now
            && !self.is_rejected(&issued.token)
        {
            return Ok(issued.token.clone());
        }
        *current = None;
        let issued = self.issue(now, lane, transport).await?;
        let token = issued.token.clone();
        *current = Some(issued);
        Ok(token)
    }

    /// NetSuite refused that token.
    pub(super) fn reject(&self, token: &str) {
        *self.rejected.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.to_owned());
    }

    /// Whether a token was refused: then another may be had.
    pub(super) fn any_rejected(&self) -> bool {
        self.rejected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn is_rejected(&self, token: &str) -> bool {
        let rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        rejected.as_deref() == Some(token)
    }

    async fn issue(&self, now: Timestamp, lane: Lane, transport: &Client) -> Result<Issued, Fault> {
        let request = self.request(now.as_second(), lane)?;
        let reply = transport
            .send(request)
            .await
            .map_err(|failure| told(&failure))?;
        let granted: TokenReply = reply.json()?;
        let seconds = granted.expires_in.trim().parse().map(Duration::from_secs);
        let life = SignedDuration::try_from(seconds.unwrap_or(SHORT_LIFE)).unwrap_or(MARGIN);
        // A life shorter than the margin is used by half.
        let used = (life - MARGIN).max(life / 2);
        Ok(Issued {
            token: granted.access_token,
            renew_at: now.checked_add(used).unwrap_or(now),
        })
    }

    fn request(&self, now: i64, lane: Lane) -> Result<Request, Fault> {
        let jti = nonce()?;
        let claims = Claims {
            iss: &self.client_id,
            scope: ["rest_webservices"],
            aud: self.url.as_str(),
            iat: now - CLOCKS_S,
            exp: now + ASSERTION_S,
            jti: &jti,
        };
        let assertion = self.key.assertion(&self.certificate_id, &claims);
        let assertion = assertion.ok_or_else(|| Fault::Unavailable {
            why: "the token request could not be signed: the system gives no random numbers"
                .to_owned(),
        })?;
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", &assertion)
            .finish();
        Ok(Request {
            method: Method::Post,
            url: self.url.clone(),
            headers: vec![(
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: Some(form.into()),
            lane,
            // Another token does no harm.
            intent: Intent::Read,
            points: 1,
        })
    }
}

/// What a refusal of the token request means (NetSuite help, "OAuth 2.0 Error Messages"). The true reason stands in the account alone.
fn told(failure: &Failure) -> Fault {
    let refused = matches!(
        failure.fault,
        Fault::Refused { .. } | Fault::Unauthorized { .. }
    );
    let reply = failure.reply.as_ref().filter(|_| refused);
    let Some(reply) = reply else {
        return failure.fault.clone();
    };
    let code = reply.json::<TokenRefusal>().map_or_else(
        |_| format!("HTTP {}", reply.status),
        |refusal| refusal.error,
    );
    let cause = match code.as_str() {
        "invalid_grant" => {
            "the certificate id is not the one of the M2M setup page, the private key does not belong to that certificate, the certificate was revoked or has expired, this machine's clock is wrong, or 'account'/'url' names another account"
        }
        "invalid_client" => {
            "the client id is wrong, or the integration record is disabled or does not allow the client credentials grant"
        }
        "invalid_scope" => "the integration record does not allow the scope REST Web Services",
        _ => "check client_id, certificate_id, private_key and account",
    };
    Fault::Unauthorized {
        why: format!(
            "NetSuite refused the token request ({code}): {cause}. The account's Login Audit Trail (Setup > Users/Roles > User Management > View Login Audit Trail) tells the reason"
        ),
    }
}
