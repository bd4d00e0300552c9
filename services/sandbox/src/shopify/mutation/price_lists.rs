use std::collections::BTreeSet;

use serde::Deserialize;

use super::prices::{minor, refuse_too_many};
use super::{Arguments, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::Variant;
use crate::shopify::model::ids;
use crate::shopify::model::prices::{Fixed, PriceList};

/// The most price breaks of a variant.
const MOST_BREAKS: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MoneyInput {
    amount: String,
    currency_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PriceInput {
    variant_id: String,
    price: MoneyInput,
    #[serde(default)]
    compare_at_price: Option<MoneyInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BreakInput {
    variant_id: String,
    minimum_quantity: i64,
    price: MoneyInput,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct QuantityInput {
    prices_to_add: Vec<PriceInput>,
    prices_to_delete_by_variant_id: Vec<String>,
    quantity_price_breaks_to_add: Vec<BreakInput>,
    quantity_price_breaks_to_delete: Vec<String>,
    #[serde(default)]
    quantity_price_breaks_to_delete_by_variant_id: Vec<String>,
    quantity_rules_to_add: Vec<serde_json::Value>,
    quantity_rules_to_delete_by_variant_id: Vec<String>,
}

/// One mutation on a copy of the list, which takes its place if there is nothing to object to.
struct Work<'s> {
    variants: &'s [Variant],
    list: PriceList,
    errors: Vec<UserError>,
    /// What the mutation's own error codes begin with, by what is done.
    codes: Codes,
}

#[derive(Clone, Copy)]
struct Codes {
    currency: &'static str,
    variant: &'static str,
    absent: &'static str,
    gift_card: &'static str,
}

const PLAIN: Codes = Codes {
    currency: "PRICE_LIST_CURRENCY_MISMATCH",
    variant: "VARIANT_NOT_FOUND",
    absent: "PRICE_NOT_FIXED",
    gift_card: "LOCAL_CURRENCY_GIFT_CARD_LIMIT_EXCEEDED",
};
const QUANTITY: Codes = Codes {
    currency: "PRICE_ADD_CURRENCY_MISMATCH",
    variant: "PRICE_ADD_VARIANT_NOT_FOUND",
    absent: "PRICE_DELETE_PRICE_NOT_FIXED",
    gift_card: "PRICE_ADD_LOCAL_CURRENCY_GIFT_CARD_LIMIT_EXCEEDED",
};

/// `priceListFixedPricesAdd`, `priceListFixedPricesDelete` and `quantityPricingByVariantUpdate`.
pub(super) fn change(
    store: &mut Store,
    mutation: &str,
    arguments: &Arguments,
) -> Result<Payload, GraphError> {
    let type_name = match mutation {
        "priceListFixedPricesAdd" => "PriceListFixedPricesAddPayload",
        "priceListFixedPricesDelete" => "PriceListFixedPricesDeletePayload",
        _ => "QuantityPricingByVariantUpdatePayload",
    };
    let id = arguments.text("priceListId");
    let id = id.and_then(|id| ids::number("PriceList", id));
    let place = store
        .price_lists
        .iter()
        .position(|list| Some(list.id) == id);
    let list = place.and_then(|place| store.price_lists.get(place).cloned());
    let (Some(place), Some(list)) = (place, list) else {
        let why = "Price list does not exist.";
        let errors = vec![UserError::coded(
            "PRICE_LIST_NOT_FOUND",
            &["priceListId"],
            why,
        )];
        return Ok(Payload::Prices { type_name, errors });
    };
    let mut work = Work {
        variants: &store.variants,
        list,
        errors: Vec::new(),
        codes: PLAIN,
    };
    match mutation {
        "priceListFixedPricesAdd" => {
            let prices: Vec<PriceInput> = input(arguments, "prices")?;
            refuse_too_many(prices.len())?;
            work.add(&prices, &["prices"]);
        }
        "priceListFixedPricesDelete" => {
            let variants: Vec<String> = input(arguments, "variantIds")?;
            refuse_too_many(variants.len())?;
            work.delete(&variants, &["variantIds"]);
        }
        _ => {
            work.codes = QUANTITY;
            work.quantities(&input(arguments, "input")?)?;
        }
    }
    let Work { list, errors, .. } = work;
    if errors.is_empty()
        && let Some(slot) = store.price_lists.get_mut(place)
    {
        *slot = list;
    }
    Ok(Payload::Prices { type_name, errors })
}

impl Work<'_> {
    fn variant(&self, id: &str) -> Option<&Variant> {
        let index = ids::number("ProductVariant", id).and_then(ids::variant_index);
        self.variants.get(index?)
    }

    fn object(&mut self, code: &'static str, path: &[&str], why: &str) {
        self.errors.push(UserError::coded(code, path, why));
    }

    /// Minor units of the list's currency.
    fn sum(&self, money: &MoneyInput) -> Option<i64> {
        let same = money.currency_code == self.list.currency.code;
        minor(&money.amount, self.list.currency).filter(|minor| same && *minor >= 0)
    }

    fn add(&mut self, prices: &[PriceInput], path: &[&str]) {
        for (place, price) in prices.iter().enumerate() {
            let number = place.to_string();
            let at = [path, &[number.as_str(), "variantId"]].concat();
            let Some((variant, gift_card)) = self
                .variant(&price.variant_id)
                .map(|variant| (variant.index, variant.gift_card))
            else {
                self.object(self.codes.variant, &at, "Variant not found.");
                continue;
            };
            if gift_card {
                let why = "The gift card's price exceeds the limit for its currency.";
                self.object(self.codes.gift_card, &at, why);
                continue;
            }
            let compare_at = price.compare_at_price.as_ref();
            let sums = (self.sum(&price.price), compare_at.map(|sum| self.sum(sum)));
            let (Some(amount), None | Some(Some(_))) = sums else {
                let why = "The price's currency must be the price list's.";
                self.object(self.codes.currency, &at, why);
                continue;
            };
            let fixed = self.list.fixed.entry(variant).or_default();
            fixed.price = amount;
            fixed.compare_at = sums.1.flatten();
        }
    }

    fn delete(&mut self, variants: &[String], path: &[&str]) {
        for (place, id) in variants.iter().enumerate() {
            let number = place.to_string();
            let at = [path, &[number.as_str()]].concat();
            let variant = self.variant(id).map(|variant| variant.index);
            match variant {
                None => self.object("VARIANT_NOT_FOUND", &at, "Variant not found."),
                Some(variant) if self.list.fixed.remove(&variant).is_none() => {
                    self.object(self.codes.absent, &at, "Only fixed prices can be deleted.");
                }
                Some(_) => {}
            }
        }
    }

    /// Deletions come first.
    fn quantities(&mut self, asked: &QuantityInput) -> Result<(), GraphError> {
        let unheard = asked.quantity_rules_to_add.len()
            + asked.quantity_rules_to_delete_by_variant_id.len()
            + asked.quantity_price_breaks_to_delete.len();
        if unheard > 0 {
            let why =
                "the sandbox keeps no quantity rules, and deletes price breaks by variant only";
            return Err(GraphError::new(why.to_owned()));
        }
        for id in &asked.quantity_price_breaks_to_delete_by_variant_id {
            let variant = self.variant(id).map(|variant| variant.index);
            if let Some(fixed) = variant.and_then(|variant| self.list.fixed.get_mut(&variant)) {
                fixed.breaks.clear();
            }
        }
        let gone = ["input", "pricesToDeleteByVariantId"];
        self.delete(&asked.prices_to_delete_by_variant_id, &gone);
        self.add(&asked.prices_to_add, &["input", "pricesToAdd"]);
        let mut seen = BTreeSet::new();
        for (place, step) in asked.quantity_price_breaks_to_add.iter().enumerate() {
            let number = place.to_string();
            let at = ["input", "quantityPriceBreaksToAdd", number.as_str()];
            let variant = self.variant(&step.variant_id).map(|variant| variant.index);
            let sum = self.sum(&step.price);
            let fixed = variant.and_then(|variant| self.list.fixed.get_mut(&variant));
            let code = match (fixed, sum) {
                (None, _) => "QUANTITY_PRICE_BREAK_ADD_PRICE_LIST_PRICE_NOT_FOUND",
                (_, None) => "QUANTITY_PRICE_BREAK_ADD_CURRENCY_MISMATCH",
                _ if !seen.insert((&step.variant_id, step.minimum_quantity)) => {
                    "QUANTITY_PRICE_BREAK_ADD_DUPLICATE_INPUT_FOR_VARIANT_AND_MIN"
                }
                _ if step.minimum_quantity < 2 => "QUANTITY_PRICE_BREAK_ADD_INVALID",
                (Some(Fixed { breaks, .. }), Some(sum)) => {
                    breaks.insert(step.minimum_quantity, sum);
                    if breaks.len() <= MOST_BREAKS {
                        continue;
                    }
                    "QUANTITY_PRICE_BREAK_ADD_LIMIT_EXCEEDED"
                }
            };
            self.object(code, &at, "Quantity price break cannot be added.");
        }
        Ok(())
    }
}
