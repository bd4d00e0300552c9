//! Payloads for people.

use super::output::harmless;

/// Lays a JSON text out over lines. By its characters alone: reading its numbers could change an amount in the showing.
/// What is not JSON stays as it is.
pub(super) fn laid_out(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return harmless(text);
    }
    let mut laid = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    let mut characters = text.chars().filter(|c| !c.is_control()).peekable();
    while let Some(c) = characters.next() {
        if in_text {
            laid.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_text = true;
                laid.push(c);
            }
            '{' | '[' => {
                laid.push(c);
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    laid.push(close);
                } else {
                    depth += 1;
                    new_line(&mut laid, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut laid, depth);
                laid.push(c);
            }
            ',' => {
                laid.push(c);
                new_line(&mut laid, depth);
            }
            ':' => laid.push_str(": "),
            c if c.is_whitespace() => {}
            c => laid.push(c),
        }
    }
    harmless(&laid)
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// Each line moved to the right.
pub(super) fn indented(text: &str, by: usize) -> String {
    let margin = " ".repeat(by);
    let lines: Vec<String> = text.lines().map(|line| format!("{margin}{line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn amounts_are_shown_as_they_were_sent() {
        let sent =
            r#"{"total":19.90,"big":12345678901234567.89,"lines":[{"a":1e2},[]],"none":{ }}"#;
        let laid = laid_out(sent);
        assert_eq!(
            laid,
            "{\n  \"total\": 19.90,\n  \"big\": 12345678901234567.89,\n  \"lines\": [\n    {\n      \"a\": 1e2\n    },\n    []\n  ],\n  \"none\": {}\n}"
        );
    }

    #[test]
    fn texts_within_stay_as_they_are() {
        let sent = r#"{"a":"x, {y}: \"[z]\" \\","b":"\u001b[2J"}"#;
        let laid = laid_out(sent);
        assert_eq!(
            laid,
            "{\n  \"a\": \"x, {y}: \\\"[z]\\\" \\\\\",\n  \"b\": \"\\u001b[2J\"\n}"
        );
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        assert_eq!(laid_out("<order/>\nb"), "<order/>\nb");
        assert_eq!(laid_out(""), "");
    }
}
