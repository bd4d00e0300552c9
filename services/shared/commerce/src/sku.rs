//! Stock keeping units.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A stock keeping unit: the name under which shop and NetSuite know the same article. Compared as written; never empty,
/// never with blanks around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

/// A text that cannot be a SKU: it is empty or only blanks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a SKU must not be empty")]
pub struct SkuError;

impl Sku {
    /// Trims and wraps a SKU.
    ///
    /// # Errors
    /// [`SkuError`] when nothing is left.
    pub fn new(text: impl AsRef<str>) -> Result<Self, SkuError> {
        let trimmed = text.as_ref().trim();
        if trimmed.is_empty() {
            Err(SkuError)
        } else {
            Ok(Self(trimmed.to_owned()))
        }
    }

    /// The SKU as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Sku {
    type Error = SkuError;
    fn try_from(value: String) -> Result<Self, SkuError> {
        Self::new(value)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}
