//! Secrets are references in every file and message; they become values only in the role that needs them.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where a secret is kept: `env:NAME` or `file:/path`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SecretRef {
    /// In an environment variable.
    Env(String),
    /// In a file; one trailing line break is not part of it.
    File(PathBuf),
}

/// A secret that could not be found or a reference that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not a reference. The text itself is not shown: it may be the secret.
    #[error("a secret must be a reference: env:NAME or file:/path, never the secret itself")]
    NotAReference,
    /// The variable is not set.
    #[error("environment variable {0} is not set")]
    NoVariable(String),
    /// The file cannot be read.
    #[error("secret file {path}: {why}")]
    NoFile {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

/// A secret's value: never shown, never serialized.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for the one line that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretRef {
    /// Reads the secret.
    ///
    /// # Errors
    /// [`SecretError::NoVariable`] or [`SecretError::NoFile`].
    pub fn resolve(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Env(name) => std::env::var(name)
                .map(Secret)
                .map_err(|_| SecretError::NoVariable(name.clone())),
            Self::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| SecretError::NoFile {
                    path: path.clone(),
                    why: error.to_string(),
                })?;
                let value = text
                    .strip_suffix('\n')
                    .map_or(text.as_str(), |cut| cut.strip_suffix('\r').unwrap_or(cut));
                Ok(Secret(value.to_owned()))
            }
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = SecretError;
    fn try_from(text: String) -> Result<Self, SecretError> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Err(SecretError::NotAReference),
        }
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        match reference {
            SecretRef::Env(name) => format!("env:{name}"),
            SecretRef::File(path) => format!("file:{}", path.display()),
        }
    }
}
