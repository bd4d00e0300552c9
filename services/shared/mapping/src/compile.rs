//! From a rule's text to something checked that can be evaluated.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{Kind, Record};
use ports::{FieldType, Place};
use rhai::{AST, Dynamic, Engine, Scope};
use serde_json::Value;

use crate::check::{self, Purpose, with_suggestion};
use crate::convert::from_json;
use crate::engine::{LONGEST_SOURCE, engine};
use crate::rule::{Choice, Rule};
use crate::rules::{Compiled, Gives, RuleError, Target, TargetFields};
use crate::sample::{self, NoSample};
use crate::table::Tables;
use crate::typed::typed;
use crate::view;

/// Compiles the rules of one sync.
pub(crate) struct Compiler<'a> {
    engine: Engine,
    tables: Arc<Tables>,
    kind: Kind,
    sample: Record,
    fields: Option<TargetFields<'a>>,
    uses_source: Cell<bool>,
}

impl<'a> Compiler<'a> {
    /// For records of a kind; without `fields`, for a target that may have any.
    pub(crate) fn new(
        tables: &Arc<Tables>,
        kind: Kind,
        fields: Option<TargetFields<'a>>,
    ) -> Result<Self, RuleError> {
        let no_sample = |error: NoSample| RuleError {
            place: "rules".into(),
            why: error.to_string(),
        };
        Ok(Self {
            engine: engine(tables),
            tables: Arc::clone(tables),
            kind,
            sample: sample::record(kind).map_err(no_sample)?,
            fields,
            uses_source: Cell::new(false),
        })
    }

    /// Compiles the rules of one place.
    pub(crate) fn targets(
        &self,
        place: Place,
        prefix: &str,
        rules: &BTreeMap<String, Rule>,
    ) -> Result<Vec<Target>, RuleError> {
        if view::items(&self.sample, place).is_empty() {
            let why = match place {
                Place::Line => format!("a {} has no lines to set", self.kind),
                _ => format!("a {} has no {}", self.kind, place.name()),
            };
            return Err(RuleError {
                place: prefix.to_owned(),
                why,
            });
        }
        let one = |(name, rule): (&String, &Rule)| {
            let at = format!("{prefix}.{name}");
            let holds = self.holds(place, name).map_err(|why| RuleError {
                place: at.clone(),
                why,
            })?;
            let choices = rule.choices();
            let choices = choices
                .iter()
                .map(|choice| self.choice(&at, choice, holds, place));
            Ok(Target {
                name: name.clone(),
                choices: choices.collect::<Result<_, RuleError>>()?,
                rule: at,
                holds,
            })
        };
        rules.iter().map(one).collect()
    }

    /// What the target's field holds.
    fn holds(&self, place: Place, name: &str) -> Result<FieldType, String> {
        let Some(fields) = self.fields else {
            return Ok(FieldType::Any);
        };
        let fields = fields(place).ok_or_else(|| {
            let what = match place {
                Place::Record => "field",
                Place::Line => "field of a line",
                _ => place.name(),
            };
            format!("the target takes no {what} of a {} from rules", self.kind)
        })?;
        fields.find(name).ok_or_else(|| {
            let head = name.split('.').next().unwrap_or_default();
            let begin = match fields.custom {
                Some(prefix) => format!("; custom fields begin with '{prefix}' here"),
                None => String::new(),
            };
            let problem = format!("the target has no field '{name}' here{begin}");
            with_suggestion(problem, head, fields.names())
        })
    }

    fn choice(
        &self,
        at: &str,
        choice: &Choice,
        holds: FieldType,
        place: Place,
    ) -> Result<Compiled, RuleError> {
        let wrong = |why: String| RuleError {
            place: at.to_owned(),
            why,
        };
        let when = choice
            .when
            .as_ref()
            .map(|text| self.expression(at, text, Purpose::Filter, place));
        let value = |text: &str| self.expression(at, text, Purpose::Value(holds), place);
        let key = |text: &str| self.expression(at, text, Purpose::Value(FieldType::Any), place);
        let parts = (
            &choice.value,
            &choice.field,
            &choice.expression,
            &choice.table,
            &choice.of,
        );
        let gives = match parts {
            (Some(fixed), None, None, None, None) => {
                Gives::Fixed(fixed_value(fixed, holds).map_err(wrong)?)
            }
            (None, Some(field), None, None, None) => {
                Gives::Expression(value(&path(field).map_err(wrong)?)?)
            }
            (None, None, Some(text), None, None) => Gives::Expression(value(text)?),
            (None, None, None, Some(table), Some(of)) => {
                check::table(table, &self.tables).map_err(wrong)?;
                Gives::Table(table.clone(), key(of)?)
            }
            (.., Some(_), None) => return Err(wrong("'table' needs 'of': the expression to look up in it".to_owned())),
            _ => return Err(wrong(
                "a rule in parts has exactly one of 'value', 'field', 'expression' and 'table' (with 'of')".to_owned(),
            )),
        };
        Ok(Compiled {
            when: when.transpose()?,
            gives,
        })
    }

    /// Compiles and checks one expression.
    pub(crate) fn expression(
        &self,
        at: &str,
        text: &str,
        purpose: Purpose,
        place: Place,
    ) -> Result<AST, RuleError> {
        let mut sample = view::scope(&self.sample, Dynamic::UNIT);
        if let Some((_, name, Some(item))) = view::items(&self.sample, place).into_iter().next() {
            sample.push_constant_dynamic(name, item);
        }
        self.checked(text, purpose, &sample)
            .map_err(|why| RuleError {
                place: at.to_owned(),
                why,
            })
    }

    fn checked(&self, text: &str, purpose: Purpose, sample: &Scope<'_>) -> Result<AST, String> {
        if text.len() > LONGEST_SOURCE {
            return Err(format!("longer than {LONGEST_SOURCE} bytes"));
        }
        let ast = self
            .engine
            .compile_expression_with_scope(sample, text)
            .map_err(|error| error.to_string())?;
        if check::names(&ast, sample, &self.tables)? {
            self.uses_source.set(true);
        } else {
            check::trial(&self.engine, &ast, sample, purpose)?;
        }
        Ok(ast)
    }

    /// Whether any expression so far uses the source's own document.
    pub(crate) fn uses_source(&self) -> bool {
        self.uses_source.get()
    }

    /// The engine that evaluates what was compiled.
    pub(crate) fn into_engine(self) -> Engine {
        self.engine
    }
}

fn fixed_value(value: &Value, holds: FieldType) -> Result<Option<Value>, String> {
    if has_fraction(value) {
        return Err(
            "a number with a fraction: write it in quotes, so that it stays exact".to_owned(),
        );
    }
    typed(&from_json(value), holds)
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(fields) => fields.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// A field's path as an expression that comes to nothing where something on the way is not there.
fn path(field: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']');
    let begins = field.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || !field.chars().all(plain) {
        return Err(format!(
            "'{field}' is no field: write a path like order.customer.email, or use 'expression'"
        ));
    }
    Ok(field.replace('.', "?.").replace('[', "?["))
}
