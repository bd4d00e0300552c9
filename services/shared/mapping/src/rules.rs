//! Rules as written, and rules ready to be applied.

use std::collections::BTreeMap;

use commerce::{Event, Kind, Record};
use ports::Assignments;
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Purpose;
use crate::compile::Compiler;
use crate::convert::to_json;
use crate::functions::HOLD;
use crate::table::Table;
use crate::view;

/// A sync's rules as written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Only records for which this is true are taken; the others are `skipped`. Example: `order.total > 0 && !order.test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Fields of the target record: field name and the expression for its value. `()` sets nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// Fields of the target record's lines (orders only); the line is `line`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_lines: BTreeMap<String, String>,
}

/// An expression that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct RuleError {
    /// Where in the rules (`filter`, `set.memo`).
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// What the rules say about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapped {
    /// Write it, with these fields set.
    Write(Assignments),
    /// Leave it out; the rule that says so.
    Skip {
        /// The filter.
        rule: String,
    },
    /// Ask a person.
    Hold {
        /// Which rule, and why.
        why: String,
    },
}

/// Rules ready to be applied: checked, compiled, cheap to share.
pub struct Mapping {
    engine: Engine,
    filter: Option<(String, AST)>,
    set: Vec<(String, AST)>,
    set_lines: Vec<(String, AST)>,
    uses_source: bool,
}

impl Mapping {
    /// Checks and compiles rules for records of a kind.
    ///
    /// # Errors
    /// [`RuleError`] naming the first expression that does not parse, is too long, uses an unknown name (of a field, function or
    /// table), mixes types, or does not fit the kind.
    pub fn compile(
        rules: &Rules,
        tables: &BTreeMap<String, Table>,
        kind: Kind,
    ) -> Result<Self, RuleError> {
        if kind != Kind::Order && !rules.set_lines.is_empty() {
            return Err(RuleError {
                place: "set_lines".into(),
                why: format!("a {kind} has no lines to set"),
            });
        }
        let compiler = Compiler::new(tables, kind)?;
        let filter = match &rules.filter {
            Some(text) => {
                let ast = compiler.compile("filter".into(), text, Purpose::Filter, false)?;
                Some((text.clone(), ast))
            }
            None => None,
        };
        let all = |prefix: &str, fields: &BTreeMap<String, String>, with_line: bool| {
            let one = |(name, text): (&String, &String)| {
                let place = format!("{prefix}.{name}");
                let ast = compiler.compile(place, text, Purpose::Value, with_line)?;
                Ok((name.clone(), ast))
            };
            fields
                .iter()
                .map(one)
                .collect::<Result<Vec<_>, RuleError>>()
        };
        let set = all("set", &rules.set, false)?;
        let set_lines = all("set_lines", &rules.set_lines, true)?;
        Ok(Self {
            uses_source: compiler.uses_source(),
            engine: compiler.into_engine(),
            filter,
            set,
            set_lines,
        })
    }

    /// What the rules say about this record.
    #[must_use]
    pub fn apply(&self, event: &Event) -> Mapped {
        if self.filter.is_none() && self.set.is_empty() && self.set_lines.is_empty() {
            return Mapped::Write(Assignments::default());
        }
        let source = if self.uses_source {
            view::source(event)
        } else {
            Dynamic::UNIT
        };
        let mut scope = view::scope(&event.record, source);
        match self.decide(&mut scope, event) {
            Ok(mapped) => mapped,
            Err(why) => Mapped::Hold { why },
        }
    }

    fn decide(&self, scope: &mut Scope<'_>, event: &Event) -> Result<Mapped, String> {
        if let Some((text, filter)) = &self.filter {
            let taken = self
                .engine
                .eval_ast_with_scope::<bool>(scope, filter)
                .map_err(|error| told("filter", &error))?;
            if !taken {
                return Ok(Mapped::Skip { rule: text.clone() });
            }
        }
        let mut assignments = Assignments::default();
        for (name, expression) in &self.set {
            if let Some(value) = self.value(scope, &format!("set.{name}"), expression)? {
                assignments.header.insert(name.clone(), value);
            }
        }
        if let (Record::Order(order), false) = (&event.record, self.set_lines.is_empty()) {
            let outer = scope.len();
            for line in &order.lines {
                scope.push_constant("line", view::line_view(line));
                let mut fields = BTreeMap::new();
                for (name, expression) in &self.set_lines {
                    if let Some(value) =
                        self.value(scope, &format!("set_lines.{name}"), expression)?
                    {
                        fields.insert(name.clone(), value);
                    }
                }
                assignments.lines.insert(line.id.clone(), fields);
                scope.rewind(outer);
            }
        }
        Ok(Mapped::Write(assignments))
    }

    fn value(
        &self,
        scope: &mut Scope<'_>,
        place: &str,
        expression: &AST,
    ) -> Result<Option<serde_json::Value>, String> {
        let value: Dynamic = self
            .engine
            .eval_ast_with_scope(scope, expression)
            .map_err(|error| told(place, &error))?;
        to_json(&value).map_err(|kind| format!("{place}: a value of type {kind} cannot be set"))
    }
}

fn told(place: &str, error: &EvalAltResult) -> String {
    let text = error.unwrap_inner().to_string();
    match text.split_once(HOLD) {
        Some((_, why)) => format!("{place}: {why}"),
        None => format!("{place}: {error}"),
    }
}
