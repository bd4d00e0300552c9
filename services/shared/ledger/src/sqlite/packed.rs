//! A batch as two parameters. SQLite has no arrays: the rows go in as one JSON text, which `jsonb_each` takes apart (`json_each` would
//! write every row as text again for every column read of it), and their blobs as one long blob, which `substr` takes apart, since
//! JSON has no bytes.

use serde::Serialize;

use crate::error::{Result, unreadable};

pub(super) fn json<T: Serialize>(rows: &[T]) -> Result<String> {
    serde_json::to_string(rows).map_err(|error| unreadable("a batch", error))
}

/// Blobs laid end to end.
#[derive(Default)]
pub(super) struct Blobs(pub(super) Vec<u8>);

/// Where a blob is, as `substr` counts: from 1.
#[derive(Serialize)]
pub(super) struct Span {
    start: usize,
    length: usize,
}

impl Blobs {
    pub(super) fn push(&mut self, blob: &[u8]) -> Span {
        let start = self.0.len() + 1;
        self.0.extend_from_slice(blob);
        Span {
            start,
            length: blob.len(),
        }
    }
}
