//! The expression engine with every limit set.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{Engine, OptimizationLevel};

use crate::table::Table;
use crate::{compare, functions};

/// Longest expression, in bytes.
pub(crate) const LONGEST_SOURCE: usize = 4_096;

/// An engine for expressions only: no statements, no loops, no modules, no clock, exact decimals.
pub(crate) fn engine(tables: &Arc<BTreeMap<String, Table>>) -> Engine {
    let mut engine = Engine::new();
    engine
        .set_strict_variables(true)
        // With the fast path on, "119.97" > 1000 is quietly false; off, our own comparison is heard.
        .set_fast_operators(false)
        // Records are constants of the scope: folding would compute with the empty ones of the check.
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(20_000)
        .set_max_call_levels(8)
        .set_max_expr_depths(64, 32)
        .set_max_string_size(65_536)
        .set_max_array_size(10_000)
        .set_max_map_size(10_000)
        .set_max_variables(32);
    for symbol in [
        "eval", "import", "export", "print", "debug", "loop", "while", "do", "for", "fn",
    ] {
        engine.disable_symbol(symbol);
    }
    compare::register(&mut engine);
    functions::register(&mut engine, tables);
    engine
}
