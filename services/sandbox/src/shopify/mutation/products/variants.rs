//! Options and variants, which are given together or not at all.

use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::input::{OptionInput, VariantInput, VariantValueInput};
use super::{Refusal, refused};
use crate::shopify::model::inventory::Level;
use crate::shopify::model::product::{Product, ProductOption};
use crate::shopify::model::{Store, Variant, ids};

const MOST_VARIANTS: usize = 2048;
const MOST_OPTIONS: usize = 3;

pub(super) fn options_of(asked: Vec<OptionInput>) -> Result<Vec<ProductOption>, Refusal> {
    let field = ["input", "productOptions"];
    if asked.len() > MOST_OPTIONS {
        return refused(
            "OPTIONS_OVER_LIMIT",
            &field,
            "Can only specify a maximum of 3 options",
        );
    }
    let mut options: Vec<ProductOption> = Vec::new();
    for option in asked {
        if option.values.is_empty() {
            let message = "Each option must have at least one option value specified.";
            return refused("OPTION_VALUES_MISSING", &field, message);
        }
        if options.iter().any(|other| other.name == option.name) {
            return refused("DUPLICATED_OPTION_NAME", &field, "Duplicated option name.");
        }
        let values: Vec<String> = option.values.into_iter().map(|value| value.name).collect();
        let mut lower: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
        lower.sort();
        lower.dedup();
        if lower.len() != values.len() {
            return refused(
                "DUPLICATED_OPTION_VALUE",
                &field,
                "Duplicated option value.",
            );
        }
        options.push(ProductOption {
            name: option.name,
            values,
        });
    }
    Ok(options)
}

pub(super) fn variants_of(
    store: &Store,
    product: &Product,
    asked: Vec<VariantInput>,
    at: Timestamp,
) -> Result<Vec<Variant>, Refusal> {
    if asked.len() > MOST_VARIANTS {
        let message = "Number of product variants exceeds shop limit.";
        return refused("VARIANTS_OVER_LIMIT", &["input", "variants"], message);
    }
    if asked.is_empty() {
        let message = "A product must have at least one variant";
        return refused("INVALID_PRODUCT", &["input", "variants"], message);
    }
    let mut variants: Vec<Variant> = Vec::with_capacity(asked.len());
    for (index, one) in asked.into_iter().enumerate() {
        let at_index = index.to_string();
        let field = ["input", "variants", at_index.as_str()];
        let values = values_of(product, &one.option_values).map_err(|(code, message)| {
            (
                code,
                field.iter().map(|part| (*part).to_owned()).collect(),
                message,
            )
        })?;
        if variants.iter().any(|other| other.values == values) {
            let message = format!("The variant '{}' already exists.", values.join(" / "));
            return refused("INVALID_VARIANT", &field, message);
        }
        let own = |place: &&usize| {
            let place = **place;
            let known = store.variants.get(place);
            match &one.id {
                Some(id) => ids::number("ProductVariant", id) == Some(ids::variant(place)),
                None => known.is_some_and(|known| known.values == values),
            }
        };
        let known = product.variants.iter().find(own);
        let mut variant = match (known.and_then(|place| store.variants.get(*place)), &one.id) {
            (Some(known), _) => known.clone(),
            (None, Some(_)) => {
                let message = "Product variant does not exist";
                return refused("PRODUCT_VARIANT_DOES_NOT_EXIST", &field, message);
            }
            (None, None) => blank(product, Vec::new(), at),
        };
        variant.values = values;
        fill(&mut variant, one).or_else(|message| refused("INVALID_VARIANT", &field, message))?;
        variants.push(variant);
    }
    Ok(variants)
}

fn values_of(
    product: &Product,
    given: &[VariantValueInput],
) -> Result<Vec<String>, (&'static str, String)> {
    for one in given {
        let Some(option) = product
            .options
            .iter()
            .find(|option| option.name == one.option_name)
        else {
            return Err((
                "OPTION_DOES_NOT_EXIST",
                format!("Option {} does not exist", one.option_name),
            ));
        };
        if !option.values.contains(&one.name) {
            return Err((
                "OPTION_VALUE_DOES_NOT_EXIST",
                format!("Option value {} does not exist", one.name),
            ));
        }
    }
    let value = |option: &ProductOption| {
        let mut given = given.iter();
        let found = given.find(|one| one.option_name == option.name)?;
        Some(found.name.clone())
    };
    let values: Option<Vec<String>> = product.options.iter().map(value).collect();
    values.ok_or_else(|| {
        (
            "INVALID_VARIANT",
            "A value is required for every option".to_owned(),
        )
    })
}

fn fill(variant: &mut Variant, asked: VariantInput) -> Result<(), String> {
    if let Some(sku) = asked.sku {
        variant.sku = sku;
    }
    if let Some(barcode) = asked.barcode {
        variant.barcode = (!barcode.is_empty()).then_some(barcode);
    }
    if let Some(price) = asked.price {
        let cents = price
            .parse::<Decimal>()
            .ok()
            .filter(|price| !price.is_sign_negative());
        let cents = cents.and_then(|price| (price * Decimal::ONE_HUNDRED).round().to_i64());
        variant.cents = cents.ok_or("Price must be greater than or equal to 0")?;
    }
    if let Some(item) = asked.inventory_item {
        if let Some(tracked) = item.tracked {
            variant.tracked = tracked;
        }
        if let Some(weight) = item.measurement.map(|measurement| measurement.weight) {
            if !["GRAMS", "KILOGRAMS", "OUNCES", "POUNDS"].contains(&weight.unit.as_str()) {
                return Err("Weight unit is invalid".to_owned());
            }
            variant.weight = (weight.value.to_string(), weight.unit);
        }
    }
    Ok(())
}

/// A variant that is not in the list yet.
pub(super) fn blank(product: &Product, values: Vec<String>, at: Timestamp) -> Variant {
    Variant {
        index: usize::MAX,
        product: product.index,
        values,
        gone: false,
        tracked: false,
        weight: ("0.0".to_owned(), "KILOGRAMS".to_owned()),
        sku: String::new(),
        title: product.title.clone(),
        barcode: None,
        cents: 0,
        set: None,
        compare_at: None,
        grams: 0,
        gift_card: false,
        components: Vec::new(),
        created_at: at,
    }
}

/// Puts the variants into the shop's list; those that are not among them go. What is new is stocked, with nothing, at the first location.
pub(super) fn keep(
    store: &mut Store,
    product: &mut Product,
    variants: Vec<Variant>,
    at: Timestamp,
) {
    let mut places = Vec::with_capacity(variants.len());
    for mut variant in variants {
        variant.title.clone_from(&product.title);
        if let Some(slot) = store.variants.get_mut(variant.index) {
            places.push(variant.index);
            *slot = variant;
            continue;
        }
        variant.index = store.variants.len();
        places.push(variant.index);
        if variant.tracked {
            let level = Level {
                available: 0,
                committed: 0,
                created_at: at,
                updated_at: at,
            };
            store.inventory.insert(variant.index, 0, level);
        }
        store.variants.push(variant);
    }
    for place in &product.variants {
        if let Some(variant) = store.variants.get_mut(*place)
            && !places.contains(place)
        {
            variant.gone = true;
        }
    }
    product.variants = places;
}
