//! The key that a refund was made under, at the end of its note: the shop keeps no other field of ours.

use commerce::Refund;

/// The most characters of the merchant's own words that are kept.
const WORDS: usize = 200;

/// The note of a refund made under this key.
pub(crate) fn note(refund: &Refund, key: &str) -> String {
    let words = refund.note.as_deref().map(str::trim).unwrap_or_default();
    let words: String = words.chars().take(WORDS).collect();
    let mut note = refund.number.clone();
    if !words.is_empty() {
        note.push_str(": ");
        note.push_str(&words);
    }
    format!("{note} [{key}]")
}

/// The key at the end of a note.
pub(crate) fn key_in(note: &str) -> Option<&str> {
    let (_, key) = note.trim_end().strip_suffix(']')?.rsplit_once('[')?;
    key.contains("-refund-").then_some(key)
}
