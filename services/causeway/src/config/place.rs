//! Problems and where they are.

use std::fmt;

/// Something wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where, as a path (`syncs.orders.filter`); empty when only the line is known.
    pub(crate) path: String,
    /// The line, from 1, where known.
    pub(crate) line: Option<usize>,
    /// What is wrong and what would be right.
    pub(crate) why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.why)
    }
}

impl Problem {
    /// A problem at a path; the line is looked up in the text.
    pub(crate) fn at(path: impl Into<String>, why: impl fmt::Display, text: &str) -> Self {
        let path = path.into();
        Self {
            line: line_of(&path, text),
            path,
            why: with_suggestion(&why.to_string()),
        }
    }

    pub(super) fn of_yaml(error: &serde_saphyr::Error) -> Self {
        let line = error
            .location()
            .map(|place| usize::try_from(place.line()).unwrap_or_default());
        let message = error.to_string();
        let first = message
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        let why = without_place(first);
        Self {
            path: String::new(),
            line,
            why: with_suggestion(why),
        }
    }

    pub(super) fn of_toml(error: &toml::de::Error, text: &str) -> Self {
        let line = error.span().map(|span| {
            text.get(..span.start)
                .unwrap_or_default()
                .matches('\n')
                .count()
                + 1
        });
        Self {
            path: String::new(),
            line,
            why: with_suggestion(error.message()),
        }
    }
}

/// A parser's message without the place in front of it, which is told separately.
fn without_place(message: &str) -> &str {
    let place = |head: &str| head.starts_with("error") || head.starts_with("line ");
    match message.split_once(": ") {
        Some((head, rest)) if place(head) => rest,
        _ => message,
    }
}

/// Adds "did you mean" to a message of the form "unknown field `x`, expected one of `a`, `b`"; parsers differ in whether they quote the
/// names they know.
fn with_suggestion(message: &str) -> String {
    let unknown = message.split('`').nth(1).unwrap_or_default();
    let known = ["expected one of ", "expected "].into_iter();
    let known = known
        .filter_map(|word| message.split_once(word))
        .map(|(_, names)| names)
        .next();
    if unknown.is_empty() || !message.contains("unknown ") {
        return message.to_owned();
    }
    let names = known
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().trim_matches('`'));
    let near = names
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .min();
    match near {
        Some((distance, name)) if distance <= 3 => format!("{message}; did you mean `{name}`?"),
        _ => message.to_owned(),
    }
}

/// The line on which the path's deepest part that can be found stands. Follows indentation, which both people and programs keep.
fn line_of(path: &str, text: &str) -> Option<usize> {
    let mut found = None;
    let mut from = 0;
    let mut deeper_than: Option<usize> = None;
    let mut rest = Some(path);
    while let Some(path) = rest {
        let (part, after) = path
            .split_once('.')
            .map_or((path, None), |(part, after)| (part, Some(after)));
        let mut hit = None;
        for (number, line) in text.lines().enumerate().skip(from) {
            let body = line.trim_start();
            let indent = line.len() - body.len();
            if body.is_empty() || body.starts_with('#') {
                continue;
            }
            if deeper_than.is_some_and(|outer| indent <= outer) {
                break;
            }
            let key = body
                .trim_start_matches("- ")
                .split(':')
                .next()
                .unwrap_or_default()
                .trim_matches(['"', '\'']);
            // A field's name may have dots of its own (`department.id`).
            if key == part || key == path {
                hit = Some((number, indent));
                break;
            }
        }
        let Some((number, indent)) = hit else { break };
        found = Some(number + 1);
        from = number + 1;
        deeper_than = Some(indent);
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "connections:\n  shop:\n    endpoint: shopify\n    settings:\n      auth:\n        token: env:T\nsyncs:\n  shop:\n    kind: order\n";

    #[test]
    fn paths_find_their_lines() {
        assert_eq!(
            line_of("connections.shop.settings.auth.token", TEXT),
            Some(6)
        );
        assert_eq!(line_of("syncs.shop.kind", TEXT), Some(9));
        assert_eq!(
            line_of("connections.shop.settings.auth.absent", TEXT),
            Some(5)
        );
        assert_eq!(line_of("nowhere", TEXT), None);
        let dotted = format!("{TEXT}    set:\n      memo: x\n      department.id: x\n");
        assert_eq!(line_of("syncs.shop.set.department.id", &dotted), Some(12));
    }

    #[test]
    fn near_misses_are_suggested() {
        let told =
            with_suggestion("unknown field `filtr`, expected one of `kind`, `filter`, `from`");
        assert!(told.ends_with("did you mean `filter`?"), "{told}");
        let told = with_suggestion("unknown field `zzzzzzzz`, expected one of `kind`, `filter`");
        assert!(!told.contains("did you mean"), "{told}");
    }
}
