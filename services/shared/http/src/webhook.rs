//! Webhooks whose bodies are signed with a shared secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ports::{Fault, SecretRef};
use ring::hmac;

/// Whether one of the secrets made the signature: HMAC-SHA256 over the raw body, in base64. More than one counts while secrets are exchanged.
///
/// # Errors
/// [`Fault::Unauthorized`] where none did, where there is no signature, and where a secret cannot be read.
pub fn verify_signature(
    secrets: &[SecretRef],
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), Fault> {
    let signature = signature.and_then(|text| STANDARD.decode(text.trim()).ok());
    let Some(signature) = signature else {
        return Err(unauthorized("the call bears no signature"));
    };
    let mut unread = None;
    for reference in secrets {
        let secret = match reference.resolve() {
            Ok(secret) => secret,
            // The other secret may still be the right one.
            Err(error) => {
                unread = Some(error);
                continue;
            }
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        // Compares in constant time.
        if hmac::verify(&key, body, &signature).is_ok() {
            return Ok(());
        }
    }
    Err(match unread {
        Some(error) => unauthorized(&format!("the signature cannot be checked: {error}")),
        None if secrets.is_empty() => {
            unauthorized("the connection has no 'webhook_secrets' to check the signature with")
        }
        None => unauthorized("the signature is not the shop's"),
    })
}

fn unauthorized(why: &str) -> Fault {
    Fault::Unauthorized {
        why: format!("webhook: {why}"),
    }
}
