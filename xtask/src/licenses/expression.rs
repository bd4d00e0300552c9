//! Licence expressions as crates write them: SPDX, and `/` for `OR` in older ones.

/// A parsed licence expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// One licence, with its `WITH` exception if it has one.
    License(String),
    Either(Box<Expression>, Box<Expression>),
    Both(Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Reads an expression. `AND` binds closer than `OR`. The error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let spaced = text
            .replace('/', " OR ")
            .replace('(', " ( ")
            .replace(')', " ) ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let (expression, rest) = either(&words)?;
        if let Some(word) = rest.first() {
            return Err(format!("`{word}` is not expected there"));
        }
        Ok(expression)
    }

    /// Whether some choice the licence offers asks for allowed licences only.
    pub(super) fn allowed_by(&self, allowed: &[&str]) -> bool {
        match self {
            Self::License(license) => allowed.contains(&license.as_str()),
            Self::Either(left, right) => left.allowed_by(allowed) || right.allowed_by(allowed),
            Self::Both(left, right) => left.allowed_by(allowed) && right.allowed_by(allowed),
        }
    }
}

/// What was read, and the words after it.
type Read<'a> = Result<(Expression, &'a [&'a str]), String>;

fn either<'a>(words: &'a [&'a str]) -> Read<'a> {
    let (left, rest) = both(words)?;
    match rest {
        ["OR", rest @ ..] => {
            let (right, rest) = either(rest)?;
            Ok((Expression::Either(left.into(), right.into()), rest))
        }
        rest => Ok((left, rest)),
    }
}

fn both<'a>(words: &'a [&'a str]) -> Read<'a> {
    let (left, rest) = license(words)?;
    match rest {
        ["AND", rest @ ..] => {
            let (right, rest) = both(rest)?;
            Ok((Expression::Both(left.into(), right.into()), rest))
        }
        rest => Ok((left, rest)),
    }
}

fn license<'a>(words: &'a [&'a str]) -> Read<'a> {
    match words {
        ["(", rest @ ..] => match either(rest)? {
            (expression, [")", rest @ ..]) => Ok((expression, rest)),
            _ => Err("a bracket is not closed".to_owned()),
        },
        [] | ["OR" | "AND" | "WITH" | ")", ..] => Err("a licence is missing".to_owned()),
        [license, "WITH", exception, rest @ ..] => {
            let license = format!("{license} WITH {exception}");
            Ok((Expression::License(license), rest))
        }
        [license, rest @ ..] => Ok((Expression::License((*license).to_owned()), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    fn allowed(text: &str) -> bool {
        Expression::parse(text)
            .unwrap()
            .allowed_by(&["MIT", "ISC", "A WITH B"])
    }

    #[test]
    fn or_needs_one_side_and_and_needs_both() {
        assert!(allowed("MIT"));
        assert!(allowed("GPL-3.0 OR MIT"));
        assert!(allowed("MIT AND ISC"));
        assert!(!allowed("MIT AND GPL-3.0"));
        assert!(!allowed("GPL-3.0"));
    }

    #[test]
    fn and_binds_closer_than_or_and_brackets_bind_closest() {
        assert!(allowed("MIT OR ISC AND GPL-3.0"));
        assert!(!allowed("(MIT OR ISC) AND GPL-3.0"));
        assert!(allowed("(GPL-3.0 OR MIT) AND (ISC OR GPL-3.0)"));
    }

    #[test]
    fn the_old_slash_means_or() {
        assert!(allowed("MIT/GPL-3.0"));
        assert!(allowed("GPL-3.0 / MIT"));
    }

    #[test]
    fn a_with_exception_belongs_to_its_licence() {
        assert!(allowed("A WITH B OR GPL-3.0"));
        assert!(!allowed("A OR GPL-3.0"));
        assert!(!allowed("MIT WITH C"));
    }

    #[test]
    fn nonsense_is_an_error() {
        for text in ["", "MIT OR", "OR MIT", "(MIT", "MIT)", "MIT ISC", "WITH"] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }
}
