//! ShipStation as the HTTP client's vendor.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Client, Judgement, Reply, Request, Vendor, by_status};
use ports::{Fault, Feedback, SecretError, SecretRef};

/// The longest that a reply may keep us silent: the window is a minute.
const WINDOW: u64 = 60;

/// Credentials, and what replies mean.
pub(super) struct ShipStation {
    pub(super) key: SecretRef,
    pub(super) secret: SecretRef,
}

#[async_trait]
impl Vendor for ShipStation {
    async fn authorize(&self, request: &mut Request, _: &Client) -> Result<(), Fault> {
        let unread = |error: SecretError| Fault::Unauthorized {
            why: error.to_string(),
        };
        // Read anew each time, so that a replaced file counts at once.
        let key = self.key.resolve().map_err(unread)?;
        let secret = self.secret.resolve().map_err(unread)?;
        let pair = STANDARD.encode(format!("{}:{}", key.expose(), secret.expose()));
        request.headers.retain(|(name, _)| *name != "authorization");
        request
            .headers
            .push(("authorization", format!("Basic {pair}")));
        Ok(())
    }

    /// What is left of the minute is in every reply (its documentation, "API Rate Limits"): with nothing left, nothing is asked until it is over.
    fn judge(&self, request: &Request, reply: &Reply) -> Judgement {
        let number = |name: &str| reply.headers.get(name)?.trim().parse::<u64>().ok();
        let reset =
            number("x-rate-limit-reset").map(|wait| Duration::from_secs(wait.clamp(1, WINDOW)));
        let refused = reply.status == 429;
        let used_up = refused || number("x-rate-limit-remaining") == Some(0);
        let wait = reply.retry_after().or(reset).filter(|_| used_up);
        let fault = match by_status(request, reply) {
            Some(Fault::Throttled { why, after }) => Some(Fault::Throttled {
                after: after.or(wait),
                why,
            }),
            other => other,
        };
        Judgement {
            fault,
            feedback: Feedback {
                refused,
                retry_after: wait,
                ..Feedback::default()
            },
        }
    }

    fn refused(&self) -> bool {
        false
    }

    fn secret_names(&self) -> &[&str] {
        &[]
    }
}
