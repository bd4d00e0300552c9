//! What an article is to cost.

use commerce::{Price, minor_units};
use ports::Fault;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::Prices;
use crate::wire::Article;

/// What is to stand at an article, as the API writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    regular: Decimal,
    sale: Option<Decimal>,
}

/// The prices of an article, rounded half away from zero to the currency's digits.
///
/// # Errors
/// [`Fault::Held`] for another list or currency than the shop's, and for amounts that must not reach a shop by accident.
pub(crate) fn wanted(price: &Price, shop: &str, settings: &Prices) -> Result<Wanted, Fault> {
    let held = |why: String| Err(Fault::Held { why });
    let (sku, list, code) = (&price.sku, &price.list, price.currency.code());
    if settings.list.as_deref() != Some(list.as_str()) {
        return held(format!(
            "the price list '{list}' is not the connection's setting 'prices.list': set it, or leave the list out where it is read"
        ));
    }
    if code != shop {
        return held(format!(
            "the list '{list}' is in {code} and the shop in {shop}: read a price list of that currency for it"
        ));
    }
    if !price.breaks.is_empty() {
        return held(format!(
            "{sku} has other prices from certain quantities on, and WooCommerce knows none: leave them out where prices are read"
        ));
    }
    let Some(regular) = price.regular else {
        return held(format!(
            "the list '{list}' has no price for {sku} any more: give it one, or take the article out of the shop"
        ));
    };
    let digits = minor_units(price.currency);
    let rounded = |amount: Decimal| {
        let mut amount =
            amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
        amount.rescale(digits);
        amount
    };
    let (regular, sale) = (rounded(regular), price.sale.map(rounded));
    for amount in [Some(regular), sale].into_iter().flatten() {
        let free = amount.is_zero() && settings.allow_zero;
        if amount <= Decimal::ZERO && !free {
            return held(format!(
                "a price of {sku} on the list '{list}' comes to {amount} {code}: correct it at the source, or set 'prices.allow_zero' if it is meant to be free"
            ));
        }
    }
    Ok(Wanted { regular, sale })
}

impl Wanted {
    /// Whether the article costs that already.
    pub(crate) fn stands_on(&self, article: &Article) -> bool {
        read(&article.regular_price) == Some(self.regular) && read(&article.sale_price) == self.sale
    }

    /// The change of the article.
    pub(crate) fn change(&self) -> Value {
        let sale = self.sale.map(|sale| sale.to_string()).unwrap_or_default();
        json!({ "regular_price": self.regular.to_string(), "sale_price": sale })
    }

    /// The prices in words.
    pub(crate) fn words(&self) -> String {
        match self.sale {
            Some(sale) => format!("{sale} instead of {}", self.regular),
            None => self.regular.to_string(),
        }
    }
}

fn read(amount: &Value) -> Option<Decimal> {
    Decimal::from_str_exact(amount.as_str()?.trim()).ok()
}
