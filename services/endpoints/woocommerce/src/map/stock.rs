//! Stock levels.

use commerce::StockLevel;
use ports::Fault;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use crate::Stock;
use crate::wire::Article;

/// What is to be of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level(pub(crate) i64);

/// Whole units that can be sold: of a fraction of a unit nothing can be, and of what is promised and not there neither.
///
/// # Errors
/// [`Fault::Held`] for another location than the shop's.
pub(crate) fn level(level: &StockLevel, settings: &Stock) -> Result<Level, Fault> {
    if settings.location.as_deref() != Some(level.location.as_str()) {
        return Err(Fault::Held {
            why: format!(
                "WooCommerce has one level of an article, and this is the one of location {}: name the location or pool of the shop in the connection's setting 'stock.location', and leave the others out of the sync",
                level.location
            ),
        });
    }
    let units = level.available.floor().max(Decimal::ZERO);
    Ok(Level(units.to_i64().unwrap_or(i64::MAX)))
}

impl Level {
    /// Whether the shop shows that already.
    pub(crate) fn stands_on(self, article: &Article) -> bool {
        article.manage_stock == Value::Bool(true) && shown(article) == Some(self.0)
    }

    /// The change of the article.
    pub(crate) fn change(self) -> Value {
        json!({ "manage_stock": true, "stock_quantity": self.0 })
    }
}

/// The units that the shop shows, where it counts any.
pub(crate) fn shown(article: &Article) -> Option<i64> {
    let quantity = match &article.stock_quantity {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let quantity = Decimal::from_str_exact(&quantity).ok()?;
    quantity.floor().to_i64()
}
