//! Rust source without its comments and literals, as far as a rule about words needs it.

/// The source with every comment and every string or character literal blanked; lines stay.
pub(crate) fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let hidden = hidden(rest);
        let shown = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let taken = hidden.max(shown).max(next.len_utf8());
        let (token, after) = rest.split_at(taken);
        if hidden > 0 {
            code.extend(token.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            code.push_str(token);
        }
        rest = after;
    }
    code
}

/// The identifiers, keywords and numbers of blanked source.
pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !is_word(c))
        .filter(|word| !word.is_empty())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the comment or literal that `text` begins with; 0 if it begins with neither.
fn hidden(text: &str) -> usize {
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        block_comment(text)
    } else if text.starts_with('"') {
        quoted(text, '"')
    } else if text.starts_with('\'') {
        character(text)
    } else {
        raw_string(text)
    }
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// From one quote to the next that no backslash escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// A character literal, and not the lifetime that begins like one.
fn character(text: &str) -> usize {
    let mut after = text.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(text, '\''),
        _ => 0,
    }
}

/// `r"…"`, `r#"…"#` and the like, also of bytes.
fn raw_string(text: &str) -> usize {
    let Some(start) = ["r", "br", "cr"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
    else {
        return 0;
    };
    let inner = start.trim_start_matches('#');
    let Some(inner) = inner.strip_prefix('"') else {
        return 0;
    };
    let hashes = start.len() - inner.len() - 1;
    let end = format!("\"{}", "#".repeat(hashes));
    let begun = text.len() - inner.len();
    inner
        .find(&end)
        .map_or(text.len(), |at| begun + at + end.len())
}

#[test]
fn comments_and_literals_are_blanked_and_code_is_kept() {
    let source = r####"
let a: &'static str = "f64 \" // f64"; // f64
let b = r#"f64 " f64"#; /* f64 /* f64 */ f64 */ let c = 'f'; let d = '\''; let e = b"f64";
fn f<'a>(g: &'a f32, r#type: u8) {} let h = "f64
f64"; let bar = br"\"; done"####;
    let code = code(source);
    let found: Vec<&str> = words(&code).collect();
    assert_eq!(code.lines().count(), source.lines().count());
    assert_eq!(
        found.join(" "),
        "let a static str let b let c let d let e b fn f a g a f32 r type u8 let h let bar done"
    );
}
