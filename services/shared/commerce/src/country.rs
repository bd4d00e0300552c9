//! Countries by ISO 3166-1.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A country by its ISO 3166-1 two-letter code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// A text that is no ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an ISO 3166-1 alpha-2 country code")]
pub struct CountryError(String);

impl Country {
    /// The country of that code, in either case.
    ///
    /// # Errors
    /// [`CountryError`] when ISO 3166-1 has no such code.
    pub fn new(code: &str) -> Result<Self, CountryError> {
        let upper = code.trim().to_ascii_uppercase();
        let known = rust_iso3166::from_alpha2(&upper).is_some();
        match (known, upper.as_bytes()) {
            (true, &[first, second]) => Ok(Self([first, second])),
            _ => Err(CountryError(code.to_owned())),
        }
    }

    /// The two-letter code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;
    fn try_from(value: String) -> Result<Self, CountryError> {
        Self::new(&value)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.as_str().to_owned()
    }
}
