//! What a variant is to cost.

use commerce::{Price, minor_units};
use ports::Fault;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::Prices;
use crate::wire::{FixedPrice, Variant};

/// Where a price goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place<'a> {
    /// On the variant itself.
    Variant,
    /// On the price list of that number.
    List(&'a str),
}

/// What is to stand there, in the minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) price: Decimal,
    /// The regular price beside a sale.
    pub(crate) compare_at: Option<Decimal>,
    /// Price by least quantity.
    pub(crate) breaks: Vec<(i64, Decimal)>,
}

/// Where the price goes, by the connection's tables.
///
/// # Errors
/// [`Fault::Held`] when they do not name its list.
pub(crate) fn place<'a>(price: &Price, settings: &'a Prices) -> Result<Place<'a>, Fault> {
    if settings.variants.as_deref() == Some(price.list.as_str()) {
        return Ok(Place::Variant);
    }
    let list = settings.lists.get(price.list.as_str());
    list.map(|number| Place::List(number))
        .ok_or_else(|| Fault::Held {
            why: format!(
                "the price list '{}' is neither the connection's setting 'prices.variants' nor in its table 'prices.lists': add it to one of them, or leave the list out where it is read",
                price.list
            ),
        })
}

/// What is to stand at the place; `None` where the list has no price for the article. Shopify keeps no more digits than the currency
/// has, so amounts are rounded half away from zero.
///
/// # Errors
/// [`Fault::Held`] for amounts that must not reach a shop by accident.
pub(crate) fn wanted(price: &Price, settings: &Prices) -> Result<Option<Wanted>, Fault> {
    let Some(regular) = price.regular else {
        return Ok(None);
    };
    let held = |why: String| Fault::Held { why };
    let digits = minor_units(price.currency);
    let amount = |amount: Decimal, of: &str| {
        let mut rounded =
            amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(digits);
        if rounded.is_zero() && settings.allow_zero {
            return Ok(rounded);
        }
        if rounded <= Decimal::ZERO {
            return Err(held(format!(
                "{of} of {} on the list '{}' comes to {rounded} {}: correct it at the source, or set 'prices.allow_zero' if it is meant to be free",
                price.sku,
                price.list,
                price.currency.code()
            )));
        }
        Ok(rounded)
    };
    let regular = amount(regular, "the price")?;
    let sale = price.sale.map(|sale| amount(sale, "the sale price"));
    let sale = sale.transpose()?;
    let mut breaks = Vec::with_capacity(price.breaks.len());
    for step in &price.breaks {
        let Some(from) = step.from.is_integer().then(|| step.from.to_i64()).flatten() else {
            return Err(held(format!(
                "the price of {} from {} on: Shopify takes whole quantities only",
                price.sku, step.from
            )));
        };
        breaks.push((from, amount(step.amount, "a quantity's price")?));
    }
    Ok(Some(Wanted {
        price: sale.unwrap_or(regular),
        compare_at: sale.map(|_| regular).filter(|_| settings.compare_at),
        breaks,
    }))
}

/// Whether the amounts are in the currency that the place keeps.
///
/// # Errors
/// [`Fault::Held`] where they are not: an amount is never sent as if it were of another currency.
pub(crate) fn same_currency(price: &Price, theirs: &str, whose: &str) -> Result<(), Fault> {
    let ours = price.currency.code();
    if ours == theirs {
        return Ok(());
    }
    Err(Fault::Held {
        why: format!(
            "the list '{}' is in {ours} and {whose} in {theirs}: read a price list of that currency for it",
            price.list
        ),
    })
}

impl Wanted {
    /// Whether the variant costs that already. Quantities have no prices there.
    pub(crate) fn stands_on(&self, variant: &Variant, settings: &Prices) -> bool {
        let compare_at = variant.compare_at_price.as_deref().and_then(read);
        read(&variant.price) == Some(self.price)
            && (!settings.compare_at || compare_at == self.compare_at)
    }

    /// Whether the price list has that already.
    pub(crate) fn stands_in(&self, there: &FixedPrice) -> bool {
        let compare_at = there.compare_at_price.as_ref();
        let breaks = &there.quantity_price_breaks;
        let steps = breaks.nodes.iter();
        let mut steps: Vec<(i64, Option<Decimal>)> = steps
            .map(|step| (step.minimum_quantity, read(&step.price.amount)))
            .collect();
        steps.sort_unstable();
        let ours = self.breaks.iter();
        read(&there.price.amount) == Some(self.price)
            && compare_at.and_then(|sum| read(&sum.amount)) == self.compare_at
            && !breaks.page_info.has_next_page
            && steps
                .iter()
                .copied()
                .eq(ours.map(|(from, amount)| (*from, Some(*amount))))
    }
}

fn read(amount: &str) -> Option<Decimal> {
    Decimal::from_str_exact(amount).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(json: serde_json::Value) -> Prices {
        serde_json::from_value(json).unwrap()
    }

    fn price(json: serde_json::Value) -> Price {
        let mut all = json!({"sku": "TEA", "list": "retail", "currency": "EUR", "regular": null, "sale": null, "breaks": []});
        for (name, value) in json.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn amounts_are_what_the_currency_can_say() {
        let plain = settings(json!({}));
        for (given, expected) in [
            (json!({"regular": "12.5"}), "12.50 None"),
            (json!({"regular": "12.345"}), "12.35 None"),
            (
                json!({"regular": "12.5", "sale": "9.999"}),
                "10.00 Some(12.50)",
            ),
            (json!({"regular": "1250.5", "currency": "JPY"}), "1251 None"),
            (
                json!({"regular": "1.2345", "currency": "KWD"}),
                "1.235 None",
            ),
        ] {
            let wanted = wanted(&price(given.clone()), &plain).unwrap().unwrap();
            assert_eq!(
                format!("{} {:?}", wanted.price, wanted.compare_at),
                expected,
                "{given}"
            );
        }
        let sale = price(json!({"regular": "12.5", "sale": "9"}));
        let left = settings(json!({"compare_at": false}));
        let wanted = wanted(&sale, &left).unwrap().unwrap();
        assert_eq!(
            (wanted.price.to_string().as_str(), wanted.compare_at),
            ("9.00", None)
        );
    }

    #[test]
    fn nothing_is_given_away_by_accident() {
        let careful = settings(json!({}));
        let generous = settings(json!({"allow_zero": true}));
        for given in [
            json!({"regular": "0"}),
            json!({"regular": "0.004"}),
            json!({"regular": "5", "breaks": [{"from": "10", "amount": "0"}]}),
        ] {
            let fault = wanted(&price(given.clone()), &careful).unwrap_err();
            assert!(fault.to_string().contains("allow_zero"), "{given}: {fault}");
            assert!(wanted(&price(given), &generous).unwrap().is_some());
        }
        for given in [
            json!({"regular": "-1"}),
            json!({"regular": "5", "breaks": [{"from": "2.5", "amount": "4"}]}),
        ] {
            assert!(matches!(
                wanted(&price(given), &generous),
                Err(Fault::Held { .. })
            ));
        }
        assert_eq!(wanted(&price(json!({})), &generous).unwrap(), None);
    }

    #[test]
    fn a_list_goes_where_the_tables_say() {
        let tables = settings(json!({"variants": "retail", "lists": {"b2b": "24"}}));
        let to = |list: &str| price(json!({ "list": list }));
        assert_eq!(place(&to("retail"), &tables), Ok(Place::Variant));
        assert_eq!(place(&to("b2b"), &tables), Ok(Place::List("24")));
        let fault = place(&to("outlet"), &tables).unwrap_err();
        assert!(fault.to_string().contains("'outlet'"), "{fault}");
        let fault = same_currency(&to("b2b"), "USD", "the shop").unwrap_err();
        assert!(
            fault.to_string().contains("in EUR and the shop in USD"),
            "{fault}"
        );
    }
}
