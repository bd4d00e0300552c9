//! Which version of a record is the newer one.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The first sixteen bytes of the SHA-256 of a content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest of these parts; each is preceded by its length, so that shifting text between parts changes the digest.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut first = [0; 16];
        for (to, from) in first.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        Self(first)
    }

    /// Wraps stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// One version of a record: when its source last changed it, and what it says. Sources count in whole seconds or coarser,
/// so two versions may share a time; then a different content is a different version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Revision {
    /// The source's own time of the last change.
    pub at: Timestamp,
    /// Digest of what the target cares about in the normalized record.
    pub digest: Digest,
}

impl Revision {
    /// Whether a target that holds `done` has nothing to learn from `self`.
    #[must_use]
    pub fn is_stale_against(&self, done: &Self) -> bool {
        self.at < done.at || self == done
    }
}
