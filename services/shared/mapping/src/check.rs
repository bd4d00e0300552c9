//! Does an expression name only what there is? Asked when rules are saved, because the language itself takes a misspelt field for
//! one that is empty, and a filter over it would leave out every order.

use std::collections::BTreeSet;

use ports::FieldType;
use rhai::{AST, ASTFlags, ASTNode, Dynamic, Engine, EvalAltResult, Expr, FnCallExpr, Scope};

use crate::compare::REFUSAL;
use crate::functions;
use crate::table::Tables;
use crate::typed::never_fits;

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Says whether a record is taken.
    Filter,
    /// Gives a field of that type its value.
    Value(FieldType),
}

/// Fields that lists and texts have in the language.
const OF_LISTS_AND_TEXTS: [&str; 2] = ["len", "is_empty"];

/// Names: every function, table and field. Returns whether the source's own document is used, of which nothing is known.
///
/// # Errors
/// The first name that does not exist, with what may have been meant.
pub(crate) fn names(ast: &AST, sample: &Scope<'_>, tables: &Tables) -> Result<bool, String> {
    let mut uses_source = false;
    let mut problem = None;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        let Some(ASTNode::Expr(expression)) = path.last() else {
            return true;
        };
        match expression {
            Expr::FnCall(call, ..) | Expr::MethodCall(call, ..) => {
                problem = function(call, tables).err();
            }
            Expr::Variable(..) => uses_source |= variable(expression) == Some("source"),
            _ => {}
        }
        problem.is_none()
    });
    if let Some(problem) = problem {
        return Err(problem);
    }
    let fields = Fields::of(sample, uses_source);
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Expr(expression)) = path.last()
            && !is_continuation(path)
        {
            problem = fields.chain(expression).err();
        }
        problem.is_none()
    });
    problem.map_or(Ok(uses_source), Err)
}

/// Types: what the expression comes to for a record in which nothing is missing.
///
/// # Errors
/// What it does to its operands, or comes to, that could not be right for any record.
pub(crate) fn trial(
    engine: &Engine,
    ast: &AST,
    sample: &Scope<'_>,
    purpose: Purpose,
) -> Result<(), String> {
    let value: Dynamic = match engine.eval_ast_with_scope(&mut sample.clone(), ast) {
        Ok(value) => value,
        Err(error) if is_wrong_for_all(error.unwrap_inner()) => return Err(error.to_string()),
        // About the sample's values, not about the expression: a table without that entry, a text that is no number.
        Err(_) => return Ok(()),
    };
    match purpose {
        Purpose::Filter if value.is_bool() => Ok(()),
        Purpose::Filter => Err(format!(
            "a filter is true or false, but this comes to a value of type {}",
            value.type_name()
        )),
        Purpose::Value(holds) => never_fits(&value, holds).map_or(Ok(()), Err),
    }
}

fn is_wrong_for_all(error: &EvalAltResult) -> bool {
    match error {
        EvalAltResult::ErrorFunctionNotFound(..)
        | EvalAltResult::ErrorMismatchDataType(..)
        | EvalAltResult::ErrorDataRace(..) => true,
        EvalAltResult::ErrorRuntime(why, ..) => why
            .as_immutable_string_ref()
            .is_ok_and(|why| why.starts_with(REFUSAL)),
        other => other.is_system_exception(),
    }
}

fn function(call: &FnCallExpr, tables: &Tables) -> Result<(), String> {
    let name = call.name.as_str();
    let is_operator = !name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if !is_operator && !functions::names().any(|known| known == name) {
        return Err(match functions::instead_of(name) {
            Some(ours) => format!("{name}(…) changes its text and gives nothing: use {ours}(…)"),
            None => with_suggestion(
                format!("there is no function '{name}'"),
                name,
                functions::names(),
            ),
        });
    }
    // As a function `lookup("table", key)`, as a method `"table".lookup(key)`: only the former names the table here.
    match (name, call.args.as_slice()) {
        ("lookup", [Expr::StringConstant(name, _), _]) => table(name, tables),
        _ => Ok(()),
    }
}

/// The tables that an expression names in its look-ups.
pub(crate) fn tables_of(ast: &AST) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Expr(Expr::FnCall(call, ..))) = path.last()
            && let ("lookup", [Expr::StringConstant(name, _), _]) =
                (call.name.as_str(), call.args.as_slice())
        {
            found.insert(name.to_string());
        }
        true
    });
    found
}

/// Whether there is a table of that name.
///
/// # Errors
/// That there is none, and which may have been meant.
pub(crate) fn table(name: &str, tables: &Tables) -> Result<(), String> {
    if tables.get(name).is_some() {
        return Ok(());
    }
    let problem = format!("there is no table '{name}'");
    Err(with_suggestion(problem, name, tables.names()))
}

/// The fields there are.
struct Fields<'a> {
    sample: &'a Scope<'a>,
    /// Every field of every group in the sample; `None` when a value may come from the source's own document.
    anywhere: Option<BTreeSet<String>>,
}

impl<'a> Fields<'a> {
    fn of(sample: &'a Scope<'a>, uses_source: bool) -> Self {
        let mut all = BTreeSet::new();
        for (_, _, value) in sample.iter_raw() {
            collect(value, &mut all);
        }
        Self {
            sample,
            anywhere: Some(all).filter(|_| !uses_source),
        }
    }

    /// Follows `a.b[c].d` from its beginning.
    fn chain(&self, start: &Expr) -> Result<(), String> {
        let Some((first, _)) = link(start) else {
            return Ok(());
        };
        let (mut path, mut value) = match variable(first) {
            Some("source") => return Ok(()),
            Some(name) => (name.to_owned(), self.sample.get(name).cloned()),
            None => ("it".to_owned(), None),
        };
        let mut at = Some(start);
        while let Some(here) = at {
            let Some((_, rest)) = link(here) else { break };
            let (member, next) = match link(rest) {
                Some((member, _)) if continues(here) => (member, Some(rest)),
                _ => (rest, None),
            };
            value = if matches!(here, Expr::Dot(..)) {
                self.member(value.as_ref(), member, &path)?
            } else {
                self.element(value.as_ref(), member, &path)?
            };
            if let Expr::Property(property, _) = member {
                path = format!("{path}.{}", property.2);
            }
            at = next;
        }
        Ok(())
    }

    fn member(
        &self,
        value: Option<&Dynamic>,
        member: &Expr,
        path: &str,
    ) -> Result<Option<Dynamic>, String> {
        match member {
            Expr::Property(property, _) => self.field(value, property.2.as_str(), path),
            _ => Ok(None),
        }
    }

    fn element(
        &self,
        value: Option<&Dynamic>,
        index: &Expr,
        path: &str,
    ) -> Result<Option<Dynamic>, String> {
        match (value, index) {
            (_, Expr::StringConstant(name, _)) => self.field(value, name, path),
            (Some(value), _) => Ok(value
                .as_array_ref()
                .ok()
                .and_then(|items| items.first().cloned())),
            (None, _) => Ok(None),
        }
    }

    fn field(
        &self,
        value: Option<&Dynamic>,
        name: &str,
        path: &str,
    ) -> Result<Option<Dynamic>, String> {
        let Some(value) = value else {
            return match &self.anywhere {
                Some(all) if !all.contains(name) && !OF_LISTS_AND_TEXTS.contains(&name) => {
                    Err(with_suggestion(
                        format!("nothing here has a field '{name}'"),
                        name,
                        all.iter().map(String::as_str),
                    ))
                }
                _ => Ok(None),
            };
        };
        if let Ok(map) = value.as_map_ref() {
            return map.get(name).cloned().map(Some).ok_or_else(|| {
                with_suggestion(
                    format!("{path} has no field '{name}'"),
                    name,
                    map.keys().map(|key| key.as_str()),
                )
            });
        }
        let counted = value.is_array() || value.is_string();
        if counted && OF_LISTS_AND_TEXTS.contains(&name) {
            return Ok(None);
        }
        let what = if value.is_array() {
            "is a list"
        } else {
            "is a single value"
        };
        Err(format!("{path} {what} and has no field '{name}'"))
    }
}

fn collect(value: &Dynamic, all: &mut BTreeSet<String>) {
    if let Ok(map) = value.as_map_ref() {
        for (name, value) in map.iter() {
            all.insert(name.to_string());
            collect(value, all);
        }
    } else if let Ok(items) = value.as_array_ref() {
        for item in items.iter() {
            collect(item, all);
        }
    }
}

fn variable(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Variable(named, ..) => Some(named.1.as_str()),
        _ => None,
    }
}

/// Both sides of `left.right` or `left[right]`.
fn link(expression: &Expr) -> Option<(&Expr, &Expr)> {
    match expression {
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => Some((&pair.lhs, &pair.rhs)),
        _ => None,
    }
}

/// Whether a link's right side goes on with the chain; in `a[b.c]` it is a chain of its own.
fn continues(expression: &Expr) -> bool {
    match expression {
        Expr::Dot(..) => true,
        Expr::Index(_, flags, _) => !flags.contains(ASTFlags::BREAK),
        _ => false,
    }
}

/// Whether the last expression of the path is the rest of a chain that began before it.
fn is_continuation(path: &[ASTNode<'_>]) -> bool {
    let [.., ASTNode::Expr(parent), ASTNode::Expr(this)] = path else {
        return false;
    };
    continues(parent) && link(parent).is_some_and(|(_, rest)| std::ptr::eq(rest, *this))
}

/// Adds the name that may have been meant.
pub(crate) fn with_suggestion<'a>(
    problem: String,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let nearest = known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    match nearest {
        Some((likeness, known)) if likeness > 0.75 => format!("{problem}; did you mean '{known}'?"),
        _ => problem,
    }
}
