//! What an item costs, list by list.

use commerce::{ExternalId, Price, PriceBreak};
use rust_decimal::Decimal;

use super::feed::{Read, Told, external, instant, sku};
use super::settings::{PriceList, Prices};
use crate::wire::PriceRow;

/// What one item's rows ask for it, on every list; nothing for an item without a SKU or without its flag. An item that has no price on
/// a list is told too, since it may have had one.
pub(crate) fn prices(rows: &[PriceRow], settings: &Prices) -> Vec<Told<Price>> {
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let flagged = settings.item_flag.is_none() || first.flag.as_deref() == Some("T");
    let Some(text) = first.sku.as_deref().filter(|_| flagged) else {
        return Vec::new();
    };
    let price = |name: &str, list: &PriceList, id: &ExternalId| {
        let regular = Ladder::of(rows, list.level.as_str(), list)?;
        let sale = match (&list.sale_level, &list.sale_field) {
            (Some(level), _) => Ladder::of(rows, level.as_str(), list)?.one,
            (None, Some(field)) => first.field(field.as_str()).map(amount).transpose()?,
            (None, None) => None,
        };
        let on_sale =
            |sale: &Decimal| *sale > Decimal::ZERO && regular.one.is_some_and(|one| *sale < one);
        let breaks = if list.quantity_breaks {
            regular.steps
        } else {
            Vec::new()
        };
        Ok(Read {
            id: id.clone(),
            at: instant(&first.changed)?,
            record: Price {
                sku: sku(text)?,
                list: external(name)?,
                currency: list.currency,
                regular: regular.one,
                sale: sale.filter(on_sale),
                breaks,
            },
        })
    };
    let lists = settings.lists.iter();
    let told = lists.filter_map(|(name, list)| {
        let id = external(&format!("{}-{name}", first.item)).ok()?;
        let read = price(name, list, &id);
        Some((id, read))
    });
    told.collect()
}

/// The prices of one level and currency by quantity.
struct Ladder {
    one: Option<Decimal>,
    steps: Vec<PriceBreak>,
}

impl Ladder {
    /// The price of one is that of the smallest quantity, which NetSuite writes as 0 or 1.
    fn of(rows: &[PriceRow], level: &str, list: &PriceList) -> Result<Self, String> {
        let mut steps: Vec<PriceBreak> = Vec::new();
        for row in rows {
            let here = row.price_level.as_deref() == Some(level)
                && row.currency.as_deref() == Some(list.currency.code());
            let Some(text) = row.amount.as_deref().filter(|_| here) else {
                continue;
            };
            let from = row.quantity.as_deref().map_or(Ok(Decimal::ZERO), amount)?;
            steps.push(PriceBreak {
                from: from.normalize(),
                amount: amount(text)?.normalize(),
            });
        }
        steps.sort_by_key(|step| step.from);
        steps.dedup_by_key(|step| step.from);
        let base = steps.iter().rposition(|step| step.from <= Decimal::ONE);
        let steps_above = steps.split_off(base.map_or(0, |base| base + 1));
        Ok(Self {
            one: steps.last().map(|step| step.amount),
            steps: steps_above,
        })
    }
}

fn amount(text: &str) -> Result<Decimal, String> {
    text.parse()
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| format!("'{text}' is no price"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(json: serde_json::Value) -> Prices {
        serde_json::from_value(json).unwrap()
    }

    fn row(level: &str, currency: &str, quantity: &str, amount: &str) -> PriceRow {
        serde_json::from_value(json!({
            "item": "7", "changed": "2026-03-02T10:00:00Z", "sku": "Tea : TEA-1", "flag": "T", "custitem_sale": "7.5",
            "price_level": level, "currency": currency, "quantity": quantity, "amount": amount,
        }))
        .unwrap()
    }

    fn rows() -> Vec<PriceRow> {
        vec![
            row("1", "EUR", "0", "10.00"),
            row("1", "EUR", "50", "8"),
            row("1", "EUR", "10", "9.125"),
            row("1", "USD", "1", "11"),
            row("7", "EUR", "0", "8.5"),
        ]
    }

    fn one(lists: serde_json::Value) -> Price {
        let told = prices(&rows(), &settings(json!({ "lists": { "web": lists } })));
        let [(_, read)] = <[_; 1]>::try_from(told).unwrap();
        read.unwrap().record
    }

    #[test]
    fn a_list_is_one_level_in_one_currency() {
        let text = |price: &Price| {
            let steps = price.breaks.iter();
            let steps: Vec<String> = steps.map(|s| format!("{}:{}", s.from, s.amount)).collect();
            let show = |amount: Option<Decimal>| amount.map_or("-".into(), |a| a.to_string());
            let (regular, sale) = (show(price.regular), show(price.sale));
            format!("{regular} {sale} {}", steps.join(","))
        };
        for (list, expected) in [
            (json!({"level": 1, "currency": "EUR"}), "10 - 10:9.125,50:8"),
            (
                json!({"level": 1, "currency": "EUR", "quantity_breaks": false}),
                "10 - ",
            ),
            (json!({"level": 1, "currency": "USD"}), "11 - "),
            (
                json!({"level": 1, "currency": "EUR", "sale_level": 7}),
                "10 8.5 10:9.125,50:8",
            ),
            (
                json!({"level": 1, "currency": "EUR", "sale_field": "custitem_sale"}),
                "10 7.5 10:9.125,50:8",
            ),
            // No sale: it costs no less.
            (
                json!({"level": 7, "currency": "EUR", "sale_level": 1}),
                "8.5 - ",
            ),
            // No price in that currency.
            (json!({"level": 7, "currency": "USD"}), "- - "),
        ] {
            assert_eq!(text(&one(list.clone())), expected, "{list}");
        }
        let price = one(json!({"level": 1, "currency": "EUR"}));
        assert_eq!((price.sku.as_str(), price.list.as_str()), ("TEA-1", "web"));
    }

    #[test]
    fn only_flagged_items_with_a_sku_are_told() {
        let lists =
            json!({"web": {"level": 1, "currency": "EUR"}, "us": {"level": 1, "currency": "USD"}});
        let all = settings(json!({ "lists": lists }));
        let flagged = settings(json!({ "lists": lists, "item_flag": "custitem_web" }));
        let ids = |rows: &[PriceRow], settings: &Prices| -> Vec<String> {
            prices(rows, settings)
                .into_iter()
                .map(|(id, _)| id.to_string())
                .collect()
        };
        assert_eq!(ids(&rows(), &flagged), ["7-us", "7-web"]);
        let mut unflagged = rows();
        unflagged[0].flag = Some("F".into());
        assert!(ids(&unflagged, &flagged).is_empty());
        assert_eq!(ids(&unflagged, &all).len(), 2);
        unflagged[0].sku = None;
        assert!(ids(&unflagged, &all).is_empty());
    }

    #[test]
    fn nonsense_is_told() {
        let told = prices(
            &[row("1", "EUR", "0", "ten")],
            &settings(json!({"lists": {"web": {"level": 1, "currency": "EUR"}}})),
        );
        assert!(
            told[0]
                .1
                .as_ref()
                .unwrap_err()
                .contains("'ten' is no price")
        );
    }
}
