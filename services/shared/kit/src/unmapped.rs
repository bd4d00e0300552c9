//! Records of the other side that make no sense.

use std::fmt;

use commerce::MoneyError;

/// A record of the other side that makes no sense: where, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped(String);

impl Unmapped {
    /// For that reason.
    pub fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<MoneyError> for Unmapped {
    fn from(error: MoneyError) -> Self {
        Self::new(error)
    }
}

/// Names the part on the way up.
pub trait Within<T> {
    /// The same, with the part that it is about before the reason.
    ///
    /// # Errors
    /// The same one.
    fn within(self, part: impl fmt::Display) -> Result<T, Unmapped>;
}

impl<T, E: fmt::Display> Within<T> for Result<T, E> {
    fn within(self, part: impl fmt::Display) -> Result<T, Unmapped> {
        self.map_err(|error| Unmapped(format!("{part}: {error}")))
    }
}
