//! From an expression's text to something checked that can be evaluated.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::Kind;
use rhai::{AST, Dynamic, Engine, Scope};

use crate::check::{self, Purpose};
use crate::engine::{LONGEST_SOURCE, engine};
use crate::rules::RuleError;
use crate::sample::{self, NoSample};
use crate::table::Table;
use crate::view;

/// Compiles the expressions of one sync.
pub(crate) struct Compiler<'a> {
    engine: Engine,
    tables: &'a BTreeMap<String, Table>,
    header: Scope<'static>,
    line: Scope<'static>,
    uses_source: Cell<bool>,
}

impl<'a> Compiler<'a> {
    /// For records of a kind.
    pub(crate) fn new(tables: &'a BTreeMap<String, Table>, kind: Kind) -> Result<Self, RuleError> {
        let no_sample = |error: NoSample| RuleError {
            place: "rules".into(),
            why: error.to_string(),
        };
        let header = view::scope(&sample::record(kind).map_err(no_sample)?, Dynamic::UNIT);
        let mut line = header.clone();
        line.push_constant_dynamic("line", view::line_view(&sample::line().map_err(no_sample)?));
        Ok(Self {
            engine: engine(&Arc::new(tables.clone())),
            tables,
            header,
            line,
            uses_source: Cell::new(false),
        })
    }

    /// Compiles and checks one expression.
    pub(crate) fn compile(
        &self,
        place: String,
        text: &str,
        purpose: Purpose,
        with_line: bool,
    ) -> Result<AST, RuleError> {
        let sample = if with_line { &self.line } else { &self.header };
        self.checked(text, purpose, sample)
            .map_err(|why| RuleError { place, why })
    }

    fn checked(&self, text: &str, purpose: Purpose, sample: &Scope<'_>) -> Result<AST, String> {
        if text.len() > LONGEST_SOURCE {
            return Err(format!("longer than {LONGEST_SOURCE} bytes"));
        }
        let ast = self
            .engine
            .compile_expression_with_scope(sample, text)
            .map_err(|error| error.to_string())?;
        if check::names(&ast, sample, self.tables)? {
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
