//! Comma-separated values (RFC 4180).

/// One line of fields, with its end.
pub(super) fn line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.into_iter().map(field).collect();
    format!("{}\r\n", fields.join(","))
}

/// Quoted where it has to be. A text that a spreadsheet would take for a formula gets an apostrophe in front: reasons and numbers
/// hold what strangers wrote.
fn field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn fields_come_back_as_they_were() {
        assert_eq!(line(["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(
            line(["a,b", "say \"x\"", "1\n2"]),
            "\"a,b\",\"say \"\"x\"\"\",\"1\n2\"\r\n"
        );
    }

    #[test]
    fn nothing_is_a_formula() {
        assert_eq!(
            line(["=1+1", "@SUM(A1)", "#1001"]),
            "'=1+1,'@SUM(A1),#1001\r\n"
        );
    }
}
