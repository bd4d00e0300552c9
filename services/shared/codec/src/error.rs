//! Where a message does not make sense.

use std::fmt;

/// A message that is no event this version understands: where in it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    why: String,
}

impl DecodeError {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            why: why.into(),
        }
    }

    /// The field, from the message's root: `order.lines[2].amount`. Empty when the bytes as a whole are no message.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    fn below(mut self, segment: &str) -> Self {
        if !self.path.is_empty() {
            self.path.insert(0, '.');
        }
        self.path.insert_str(0, segment);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.why)
        } else {
            write!(f, "{}: {}", self.path, self.why)
        }
    }
}

impl std::error::Error for DecodeError {}

/// Names the field on the way up, so that the good case pays nothing for it.
pub(crate) trait Within<T> {
    fn within(self, field: &str) -> Result<T, DecodeError>;
}

impl<T> Within<T> for Result<T, DecodeError> {
    fn within(self, field: &str) -> Self {
        self.map_err(|error| error.below(field))
    }
}

/// Decodes a repeated field, naming the element that fails.
pub(crate) fn each<T, U>(
    field: &str,
    items: Vec<T>,
    decode: impl Fn(T) -> Result<U, DecodeError>,
) -> Result<Vec<U>, DecodeError> {
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            decode(item).map_err(|error| error.below(&format!("{field}[{index}]")))
        })
        .collect()
}
