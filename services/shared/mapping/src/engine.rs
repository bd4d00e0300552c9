//! The expression engine with every limit set.

use std::sync::Arc;

use rhai::{Dynamic, Engine, OptimizationLevel};

use crate::table::Tables;
use crate::{compare, functions};

/// Longest expression, in bytes.
pub(crate) const LONGEST_SOURCE: usize = 4_096;

/// An engine for expressions only: no statements, no loops, no modules, no clock, exact decimals.
pub(crate) fn engine(tables: &Arc<Tables>) -> Engine {
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
    read_captured_records(&mut engine);
    compare::register(&mut engine);
    functions::register(&mut engine, tables);
    engine
}

/// A closure that captures the record turns it into a shared value, which the list function running that closure keeps locked:
/// `order.lines.filter(|l| l.amount < order.total)` would wait for itself, and fails. Reading a copy outside closures leaves it unlocked.
#[allow(
    deprecated,
    reason = "the library marks this function as volatile in this way; it is not going away"
)]
fn read_captured_records(engine: &mut Engine) {
    engine.on_var(|name, _, context| {
        if context.call_level() > 0 {
            return Ok(None);
        }
        let value = context.scope().get(name).filter(|value| value.is_shared());
        Ok(value.map(Dynamic::flatten_clone))
    });
}
