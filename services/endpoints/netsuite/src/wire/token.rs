//! Answers to a token request.

use serde::Deserialize;

use super::rows::text;

/// A granted token.
#[derive(Deserialize)]
pub(crate) struct TokenReply {
    pub(crate) access_token: String,
    /// Seconds; some accounts send a text.
    #[serde(deserialize_with = "text")]
    pub(crate) expires_in: String,
}

/// A refused one.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenRefusal {
    pub(crate) error: String,
}
