//! Cursors: what an endpoint remembers of its reading, as a small JSON text.

use ports::{Cursor, Fault};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a cursor remembers; `None` for one at the beginning.
///
/// # Errors
/// [`Fault::Unreadable`] for one that was made elsewhere.
pub fn state_of<T: DeserializeOwned>(cursor: &Cursor) -> Result<Option<T>, Fault> {
    if cursor.0.is_empty() {
        return Ok(None);
    }
    let read = serde_json::from_str(&cursor.0);
    read.map(Some).map_err(|error| Fault::Unreadable {
        why: format!("cursor {}: {error}", cursor.0),
    })
}

/// The cursor that remembers this.
pub fn cursor_of(state: &impl Serialize) -> Cursor {
    // A plain struct always serializes.
    Cursor(serde_json::to_string(state).unwrap_or_default())
}
