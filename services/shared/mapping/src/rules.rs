//! Rules as written, and rules ready to be applied.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use commerce::{Event, Kind, LineId};
use ports::{Assignments, FieldType, Fields, Place};
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::{self, Purpose};
use crate::compile::Compiler;
use crate::functions::{self, HOLD};
use crate::rule::Rule;
use crate::table::{Table, Tables, Unmapped};
use crate::typed::typed;
use crate::view;

/// A sync's rules as written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Only records for which this is true are taken; the others are `skipped`. Example: `order.total > 0 && !order.test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Fields of the target record and what gives them their value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Rule>,
    /// Fields of the target record's lines; the line is `line`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_lines: BTreeMap<String, Rule>,
    /// Fields of what goes along with the target record: `customer` (as `customer`), `billing_address` and `shipping_address` (as `address`), `payment` (each, as
    /// `payment`); with customers and companies of their own each
    /// `address` of their book (as `address`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, BTreeMap<String, Rule>>")]
    pub set_on: BTreeMap<Place, BTreeMap<String, Rule>>,
    /// Of orders and refunds: how far the stated total may lie from what the lines come to, for the difference to become a line of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub rounding: Option<Decimal>,
}

/// A rule that cannot be used.
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

/// An id, or a name in its place ([`crate::with_ids`]), that rules may set, of a list of the target's account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Where it stands: under the sync (`set.location`), or in a table.
    pub place: Origin,
    /// The account's list.
    pub list: &'static str,
    /// The id or name as it is written.
    pub id: String,
}

/// Where a [`Reference`] stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In a rule (`set.location`).
    Rule(String),
    /// In a table: its name, and the value whose entry it is; `None` for the table's default.
    Table(String, Option<String>),
}

/// The fields that the target's record has in a place; `None` where it has no such place.
pub type TargetFields<'a> = &'a dyn Fn(Place) -> Option<&'static Fields>;

/// Rules ready to be applied: checked, compiled, cheap to share.
pub struct Mapping {
    engine: Engine,
    tables: Arc<Tables>,
    filter: Option<(String, AST)>,
    targets: BTreeMap<Place, Vec<Target>>,
    uses_source: bool,
    rounding: Option<Decimal>,
}

/// A field to be set.
pub(crate) struct Target {
    /// The field's name.
    pub(crate) name: String,
    /// Where the rule stands (`set.memo`).
    pub(crate) rule: String,
    pub(crate) holds: FieldType,
    /// The first whose condition holds counts.
    pub(crate) choices: Vec<Compiled>,
}

/// One choice of a rule.
pub(crate) struct Compiled {
    pub(crate) when: Option<AST>,
    pub(crate) gives: Gives,
}

/// Where a value comes from.
pub(crate) enum Gives {
    /// It is the same for all records.
    Fixed(Option<Value>),
    /// An expression.
    Expression(AST),
    /// A table, asked for what the expression comes to.
    Table(String, AST),
}

impl Mapping {
    /// Checks and compiles rules for records of a kind, whose target may have any field.
    ///
    /// # Errors
    /// [`RuleError`] naming the first rule that does not parse, is too long, uses an unknown name (of a field, function or
    /// table), mixes types, or does not fit the kind.
    pub fn compile(
        rules: &Rules,
        tables: &BTreeMap<String, Table>,
        kind: Kind,
    ) -> Result<Self, RuleError> {
        Self::build(rules, tables, kind, None)
    }

    /// As [`Mapping::compile`], for a target with these fields.
    ///
    /// # Errors
    /// As there; and a field that the target does not have, or that could never take what the rule gives.
    pub fn compile_for(
        rules: &Rules,
        tables: &BTreeMap<String, Table>,
        kind: Kind,
        fields: TargetFields<'_>,
    ) -> Result<Self, RuleError> {
        Self::build(rules, tables, kind, Some(fields))
    }

    fn build(
        rules: &Rules,
        tables: &BTreeMap<String, Table>,
        kind: Kind,
        fields: Option<TargetFields<'_>>,
    ) -> Result<Self, RuleError> {
        let tables = Arc::new(Tables::new(tables));
        let compiler = Compiler::new(&tables, kind, fields)?;
        let filter = match &rules.filter {
            Some(text) => {
                let ast = compiler.expression("filter", text, Purpose::Filter, Place::Record)?;
                Some((text.clone(), ast))
            }
            None => None,
        };
        let mut targets = BTreeMap::new();
        let mut add = |place: Place, prefix: &str, rules: &BTreeMap<String, Rule>| {
            if !rules.is_empty() {
                targets.insert(place, compiler.targets(place, prefix, rules)?);
            }
            Ok(())
        };
        add(Place::Record, "set", &rules.set)?;
        add(Place::Line, "set_lines", &rules.set_lines)?;
        for (place, rules) in &rules.set_on {
            let prefix = format!("set_on.{}", place.name());
            let instead = match place {
                Place::Record => "set",
                Place::Line => "set_lines",
                _ => {
                    add(*place, &prefix, rules)?;
                    continue;
                }
            };
            return Err(RuleError {
                place: prefix,
                why: format!("write these rules under '{instead}'"),
            });
        }
        if let Some(most) = rules.rounding {
            rounds(most, kind, fields)?;
        }
        // Trying the rules out asked the tables, too.
        tables.take();
        Ok(Self {
            uses_source: compiler.uses_source(),
            engine: compiler.into_engine(),
            tables,
            filter,
            targets,
            rounding: rules.rounding,
        })
    }

    /// What the rules say about this record.
    #[must_use]
    pub fn apply(&self, event: &Event) -> Mapped {
        if self.filter.is_none() && self.targets.is_empty() {
            return Mapped::Write(self.nothing());
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

    /// The values that tables were asked for in vain since the last call, by all who share these rules.
    #[must_use]
    pub fn take_unmapped(&self) -> Vec<Unmapped> {
        self.tables.take()
    }

    /// The ids of the target's lists that these rules and the tables they use may set, as far as they are written down.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let mut found = BTreeSet::new();
        for target in self.targets.values().flatten() {
            let FieldType::Id(list) = target.holds else {
                continue;
            };
            for choice in &target.choices {
                match &choice.gives {
                    _ if list.is_empty() => {}
                    Gives::Fixed(value) => {
                        let id = value.as_ref().and_then(|value| value.get("id")?.as_str());
                        found.extend(id.map(|id| Reference {
                            place: Origin::Rule(target.rule.clone()),
                            list,
                            id: id.to_owned(),
                        }));
                    }
                    Gives::Table(table, _) => found.extend(self.tables.references(table, list)),
                    Gives::Expression(ast) => {
                        for table in check::tables_of(ast) {
                            found.extend(self.tables.references(&table, list));
                        }
                    }
                }
            }
        }
        found.into_iter().collect()
    }

    /// How far a stated total may lie from what the lines come to, for a rounding line to make good the difference.
    #[must_use]
    pub const fn rounding(&self) -> Option<Decimal> {
        self.rounding
    }

    fn nothing(&self) -> Assignments {
        Assignments {
            rounding: self.rounding,
            ..Assignments::default()
        }
    }

    fn decide(&self, scope: &mut Scope<'_>, event: &Event) -> Result<Mapped, String> {
        if let Some((text, filter)) = &self.filter
            && !self.holds("filter", scope, filter)?
        {
            return Ok(Mapped::Skip { rule: text.clone() });
        }
        let mut assignments = self.nothing();
        for (place, targets) in &self.targets {
            for (line, name, item) in view::items(&event.record, *place) {
                let outer = scope.len();
                if let Some(item) = item {
                    scope.push_constant(name, item);
                }
                let fields = self.fields(scope, targets)?;
                scope.rewind(outer);
                put(&mut assignments, *place, line, fields);
            }
        }
        Ok(Mapped::Write(assignments))
    }

    fn fields(
        &self,
        scope: &mut Scope<'_>,
        targets: &[Target],
    ) -> Result<BTreeMap<String, Value>, String> {
        let mut fields = BTreeMap::new();
        for target in targets {
            if let Some(value) = self.value(scope, target)? {
                fields.insert(target.name.clone(), value);
            }
        }
        Ok(fields)
    }

    fn value(&self, scope: &mut Scope<'_>, target: &Target) -> Result<Option<Value>, String> {
        for choice in &target.choices {
            if let Some(when) = &choice.when
                && !self.holds(&target.rule, scope, when)?
            {
                continue;
            }
            let given = match &choice.gives {
                Gives::Fixed(value) => return Ok(value.clone()),
                Gives::Expression(ast) => self.evaluate(&target.rule, scope, ast)?,
                Gives::Table(table, of) => {
                    let key = self.evaluate(&target.rule, scope, of)?;
                    functions::look_up(&self.tables, table, &key)
                        .map_err(|error| told(&target.rule, &error))?
                }
            };
            return typed(&given, target.holds).map_err(|why| format!("{}: {why}", target.rule));
        }
        Ok(None)
    }

    fn holds(&self, rule: &str, scope: &mut Scope<'_>, condition: &AST) -> Result<bool, String> {
        let value = self.evaluate(rule, scope, condition)?;
        value.as_bool().map_err(|kind| {
            format!(
                "{rule}: a condition is true or false, but this comes to a value of type {kind}"
            )
        })
    }

    fn evaluate(&self, rule: &str, scope: &mut Scope<'_>, ast: &AST) -> Result<Dynamic, String> {
        self.engine
            .eval_ast_with_scope(scope, ast)
            .map_err(|error| told(rule, &error))
    }
}

/// Only what has a total and lines can have a rounding line.
fn rounds(most: Decimal, kind: Kind, fields: Option<TargetFields<'_>>) -> Result<(), RuleError> {
    let has_total = matches!(kind, Kind::Order | Kind::Refund);
    let takes_lines = fields.is_none_or(|fields| fields(Place::Line).is_some());
    let why = if !has_total {
        format!("a {kind} has no total to be rounded")
    } else if !takes_lines {
        format!("the target makes no lines of a {kind}")
    } else if most.is_sign_negative() {
        "must not be negative".to_owned()
    } else {
        return Ok(());
    };
    Err(RuleError {
        place: "rounding".to_owned(),
        why,
    })
}

fn put(
    assignments: &mut Assignments,
    place: Place,
    line: Option<LineId>,
    fields: BTreeMap<String, Value>,
) {
    match (place, line) {
        (Place::Record, _) => assignments.header = fields,
        (Place::Payment, Some(payment)) => {
            assignments.payments.insert(payment, fields);
        }
        (_, Some(line)) => {
            assignments.lines.insert(line, fields);
        }
        (_, None) if !fields.is_empty() => {
            assignments.parts.insert(place, fields);
        }
        (_, None) => {}
    }
}

fn told(place: &str, error: &EvalAltResult) -> String {
    let text = error.unwrap_inner().to_string();
    match text.split_once(HOLD) {
        Some((_, why)) => format!("{place}: {why}"),
        None => format!("{place}: {error}"),
    }
}
