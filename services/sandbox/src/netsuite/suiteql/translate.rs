//! From SuiteQL, a dialect of Oracle's SQL, to SQLite's.

/// A query SQLite can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) sql: String,
    /// Names of the tables it reads, lower case.
    pub(super) tables: Vec<String>,
}

/// Ending of the hidden columns that hold the label `BUILTIN.DF` asks for.
pub(super) const LABEL: &str = "__df";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// Anything else: text and quoted names with their quotes, numbers, symbols.
    Other(String),
}

/// `None` for what SuiteQL does not do.
pub(super) fn translate(text: &str) -> Option<Query> {
    let tokens = tokens(text)?;
    let mut output: Vec<String> = Vec::new();
    let mut tables = Vec::new();
    let (mut table_next, mut in_from) = (false, false);
    let mut offset = None;
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        let (name, word) = match token {
            Token::Word(name) => (name, name.to_uppercase()),
            Token::Other(text) => {
                table_next = (table_next && text == "(") || (in_from && text == ",");
                // Oracle divides 7 by 2 and gets 3.5.
                output.push(if text == "/" {
                    "* 1.0 /".to_owned()
                } else {
                    text.clone()
                });
                place += 1;
                continue;
            }
        };
        if output.iter().all(|text| text == "(") && word != "SELECT" {
            return None;
        }
        let after = tokens.get(place + 1..).unwrap_or(&[]);
        let mut taken = 1;
        match word.as_str() {
            "LIMIT" | "ROWNUM" => return None,
            "FROM" | "JOIN" => (table_next, in_from) = (true, true),
            // In a query within the query, a comma parts columns again.
            "SELECT" | "WHERE" | "ON" | "GROUP" | "ORDER" | "HAVING" | "UNION" | "FETCH" => {
                in_from = false
            }
            _ => {}
        }
        match (word.as_str(), after) {
            (
                "BUILTIN",
                [
                    Token::Other(dot),
                    Token::Word(df),
                    Token::Other(open),
                    rest @ ..,
                ],
            ) if dot == "." && df.eq_ignore_ascii_case("DF") && open == "(" => {
                let (column, length) = column(rest)?;
                output.push(format!("{column}{LABEL}"));
                taken = 4 + length;
            }
            ("SYSDATE" | "SYSTIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIMESTAMP", after) => {
                // Date arithmetic has no counterpart here; better refused than wrong.
                if matches!(after.first(), Some(Token::Other(sign)) if sign == "-" || sign == "+") {
                    return None;
                }
                output.push("SYSDATE()".to_owned());
            }
            ("OFFSET", [Token::Other(number), Token::Word(_), ..]) => {
                offset = Some(number.clone());
                taken = 3;
            }
            (
                "FETCH",
                [
                    Token::Word(_),
                    Token::Other(number),
                    Token::Word(_),
                    Token::Word(only),
                    ..,
                ],
            ) if only.eq_ignore_ascii_case("ONLY") => {
                output.push(format!("LIMIT {number}"));
                output.extend(offset.take().map(|offset| format!("OFFSET {offset}")));
                taken = 5;
            }
            _ => {
                if table_next && !["SELECT", "FROM", "JOIN"].contains(&word.as_str()) {
                    tables.push(name.to_lowercase());
                }
                // A key word of SQLite's, and a name here.
                output.push(if word == "TRANSACTION" {
                    "\"transaction\"".to_owned()
                } else {
                    name.clone()
                });
            }
        }
        if !["FROM", "JOIN"].contains(&word.as_str()) {
            table_next = false;
        }
        place += taken;
    }
    output.extend(offset.map(|offset| format!("LIMIT -1 OFFSET {offset}")));
    (!output.is_empty()).then(|| Query {
        sql: output.join(" "),
        tables,
    })
}

/// `[alias.]column)` and how many tokens that is.
fn column(tokens: &[Token]) -> Option<(String, usize)> {
    match tokens {
        [Token::Word(column), Token::Other(close), ..] if close == ")" => Some((column.clone(), 2)),
        [
            Token::Word(table),
            Token::Other(dot),
            Token::Word(column),
            Token::Other(close),
            ..,
        ] if dot == "." && close == ")" => {
            let table = if table.eq_ignore_ascii_case("transaction") {
                "\"transaction\""
            } else {
                table
            };
            Some((format!("{table}.{column}"), 4))
        }
        _ => None,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted(rest, first)?,
            '-' if rest.starts_with("--") => {
                rest = rest
                    .split_once('\n')
                    .map_or("", |(_, after)| after)
                    .trim_start();
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.split_once("*/")?.1.trim_start();
                continue;
            }
            ';' => return None,
            _ if first.is_alphabetic() || first == '_' => {
                end(rest, |c| c.is_alphanumeric() || c == '_' || c == '$')
            }
            _ if first.is_ascii_digit() => end(rest, |c| c.is_ascii_digit() || c == '.'),
            _ if ["||", "<>", "!=", "<=", ">="]
                .iter()
                .any(|symbol| rest.starts_with(symbol)) =>
            {
                2
            }
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(length)?;
        let word = first.is_alphabetic() || first == '_';
        tokens.push(if word {
            Token::Word(token.to_owned())
        } else {
            Token::Other(token.to_owned())
        });
        rest = after.trim_start();
    }
    Some(tokens)
}

fn end(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Length of the quoted text in front, its quotes included; a doubled quote stands for one.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut from = 1;
    loop {
        let close = from + text.get(from..)?.find(quote)?;
        if text.get(close + 1..)?.starts_with(quote) {
            from = close + 2;
        } else {
            return Some(close + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_rewritten() {
        let query = translate(
            "SELECT t.id, BUILTIN.DF(t.status) AS label FROM transaction t, customer c -- all\nWHERE t.memo = 'it''s LIMIT' AND t.createddate < SYSDATE FETCH FIRST 5 ROWS ONLY",
        )
        .unwrap();
        assert_eq!(query.tables, ["transaction", "customer"]);
        assert_eq!(
            query.sql,
            "SELECT t . id , t.status__df AS label FROM \"transaction\" t , customer c WHERE t . memo = 'it''s LIMIT' AND t . createddate < SYSDATE() LIMIT 5"
        );
    }

    #[test]
    fn the_columns_of_a_query_within_a_query_are_no_tables() {
        let query = translate(
            "SELECT m.a FROM (SELECT i.id AS a, i.itemid FROM item i) m JOIN location l ON l.id = m.a",
        );
        assert_eq!(query.unwrap().tables, ["item", "location"]);
    }

    #[test]
    fn what_suiteql_does_not_do_is_refused() {
        for text in [
            "SELECT id FROM item LIMIT 5",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "DELETE FROM item",
            "SELECT 1; SELECT 2",
            "SELECT 'x",
            "SELECT id FROM item WHERE lastmodifieddate > SYSDATE - 1",
            "",
        ] {
            assert_eq!(translate(text), None, "{text}");
        }
    }
}
