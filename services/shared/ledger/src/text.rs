//! Text from other systems, made fit for a database: one odd value must not make a whole batch fail.

use std::borrow::Cow;

/// PostgreSQL indexes no more than about 2,700 bytes; no number or key that people use comes near this.
const INDEXED_BYTES: usize = 400;

/// PostgreSQL stores every character but NUL.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// As [`storable`], and short enough for an index. Stored and searched values both go through here, some of them twice.
pub(crate) fn indexable(text: &str) -> String {
    let mut text = storable(text).into_owned();
    text.truncate(text.floor_char_boundary(INDEXED_BYTES));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_text_becomes_storable() {
        assert_eq!(storable("a\0b"), "a\u{fffd}b");
        assert_eq!(indexable("#1001"), "#1001");
        let long = "é".repeat(300);
        assert_eq!(indexable(&long), "é".repeat(200));
        let once = indexable(&"\0".repeat(300));
        assert_eq!(indexable(&once), once, "what was stored is found");
    }
}
