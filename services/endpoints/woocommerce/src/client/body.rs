//! JSON among other things. PHP prints warnings and themes print blank lines and byte order marks into answers, before the JSON or behind it.

use std::ops::Range;

use serde_json::value::RawValue;

/// Where the warnings may end: each bracket of theirs is a place where JSON could begin.
const MOST_BRACKETS: usize = 200;

/// Where the JSON stands in a body that is not JSON as a whole; `None` where there is none, or nothing but JSON.
pub(super) fn json_within(body: &[u8]) -> Option<Range<usize>> {
    let begins = body.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let ends = body.iter().rposition(|byte| !byte.is_ascii_whitespace())?;
    let plain = matches!(
        (body.get(begins), body.get(ends)),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    );
    if plain {
        return None;
    }
    // What begins as JSON and does not end so has something behind it, or was cut: a part of it is no answer.
    if matches!(body.get(begins), Some(b'{' | b'[')) {
        return Some(begins..whole(body, begins)?);
    }
    let brackets = body.iter().enumerate();
    let brackets = brackets.filter(|(_, byte)| matches!(byte, b'{' | b'['));
    brackets
        .take(MOST_BRACKETS)
        .find_map(|(start, _)| Some(start..whole(body, start)?))
}

/// Where the JSON ends that begins there, if it is a record or a list of records and nothing but markup follows.
fn whole(body: &[u8], start: usize) -> Option<usize> {
    let rest = body.get(start..)?;
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
    let text = values.next()?.ok()?.get();
    let inner = text.strip_prefix('[').map(str::trim_start);
    let is_list = inner.is_some_and(|inner| inner.starts_with(['{', ']']));
    if !is_list && !text.starts_with('{') {
        return None;
    }
    let length = values.byte_offset();
    let behind = rest.get(length..)?;
    let next = behind.iter().find(|byte| !byte.is_ascii_whitespace());
    next.is_none_or(|byte| *byte == b'<')
        .then(|| start.saturating_add(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Option<&str> {
        body.get(json_within(body.as_bytes())?)
    }

    #[test]
    fn json_is_found_among_warnings() {
        let notice =
            "<br />\n<b>Notice</b>: Undefined array key [0] in {closure} on line 3<br />\n";
        for (before, json, behind) in [
            (notice, r#"[{"id":1}]"#, ""),
            ("\u{feff}", r#"{"id":1}"#, ""),
            ("", r#"{"id":1}"#, "\n<!-- cached -->"),
            (notice, "[]", "<br />"),
        ] {
            let body = format!("{before}{json}{behind}");
            assert_eq!(found(&body), Some(json), "{body}");
        }
    }

    #[test]
    fn plain_json_and_no_json_are_left_alone() {
        for body in [
            r#" {"id":1} "#,
            "[]",
            "<html>{ color: red }</html>",
            "",
            "[{\"id\":1",
            r#"[{"id":1,"to":{"id":2}"#,
        ] {
            assert_eq!(found(body), None, "{body}");
        }
    }
}
