//! Variants: `productSet` takes them all or none, so that the shop's own are told along.

use std::collections::BTreeMap;

use commerce::{Product, Variant, Weight, WeightUnit};
use ports::Fault;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Input, Products, WithdrawnVariants};
use crate::wire::{self, ProductVariant, ShopWeight};

/// The most variants of a product (Shopify help, "Adding variants").
const MOST: usize = 2048;

/// The most options of a product.
const MOST_OPTIONS: usize = 3;

/// The option and value of a product without options.
const ALONE: (&str, &str) = ("Title", "Default Title");

/// One variant as it is to be.
struct Row<'a> {
    there: Option<&'a ProductVariant>,
    /// Absent for one that is the shop's own.
    wanted: Option<&'a Variant>,
    /// Values in the order of the options.
    values: Vec<String>,
}

/// Sets options and variants where they differ.
pub(super) fn set(
    product: &Product,
    shop: Option<&wire::Product>,
    settings: &Products,
    input: &mut Input,
) -> Result<(), Fault> {
    let there = shop.map_or(&[][..], |shop| shop.variants.nodes.as_slice());
    let options = options(product, shop)?;
    let rows = rows(product, there, &options, settings)?;
    check(&rows, &options)?;
    let removed = rows.iter().filter(|row| row.there.is_some()).count() != there.len();
    if !removed && !rows.iter().any(|row| differs(row, &options)) {
        return Ok(());
    }
    let dearest = there
        .iter()
        .filter_map(|one| one.price.parse::<Decimal>().ok());
    let dearest = dearest.max();
    let variants: Vec<Value> = rows
        .iter()
        .map(|row| variant(row, &options, dearest))
        .collect();
    input.insert("productOptions".to_owned(), option_list(&rows, &options));
    input.insert("variants".to_owned(), variants.into());
    Ok(())
}

/// The names of the options as the shop spells them, in the product's own order.
fn options(product: &Product, shop: Option<&wire::Product>) -> Result<Vec<String>, Fault> {
    if product.options.len() > MOST_OPTIONS {
        return Err(held(format!(
            "it has {} options ({}), Shopify takes {MOST_OPTIONS}: name fewer of them in the source's settings",
            product.options.len(),
            product.options.join(", ")
        )));
    }
    let theirs: Vec<&String> = shop
        .into_iter()
        .flat_map(|shop| &shop.options)
        .map(|option| &option.name)
        .collect();
    let is_alone = shop.is_some_and(stands_alone);
    if theirs.is_empty() || is_alone {
        return Ok(if product.options.is_empty() {
            vec![ALONE.0.to_owned()]
        } else {
            product.options.clone()
        });
    }
    let spelled = |name: &String| {
        let same = |their: &&&String| their.trim().to_lowercase() == name.trim().to_lowercase();
        theirs.iter().find(same).map(|their| (*their).clone())
    };
    let ours: Option<Vec<String>> = product.options.iter().map(spelled).collect();
    match ours {
        Some(ours) if ours.len() == theirs.len() => Ok(ours),
        _ => Err(held(format!(
            "its options are {}, but the shop's product has {}: rename, add or remove them on one side",
            listed(&product.options.iter().collect::<Vec<_>>()),
            listed(&theirs)
        ))),
    }
}

/// Whether it has no options of its own.
fn stands_alone(shop: &wire::Product) -> bool {
    let [variant] = shop.variants.nodes.as_slice() else {
        return false;
    };
    let mut values = variant.selected_options.iter();
    values.all(|one| (one.name.as_str(), one.value.as_str()) == ALONE)
}

/// Every variant that the product is to have: the shop's in their order, then the new ones.
fn rows<'a>(
    product: &'a Product,
    there: &'a [ProductVariant],
    options: &[String],
    settings: &Products,
) -> Result<Vec<Row<'a>>, Fault> {
    let mut open: Vec<(&Variant, Vec<String>)> = product
        .variants
        .iter()
        .map(|variant| (variant, values(variant)))
        .collect();
    let mut rows = Vec::with_capacity(open.len().max(there.len()));
    for one in there {
        let sku = sku(one);
        let own = values_of(one, options);
        let wanted = open
            .iter()
            .position(|(variant, _)| variant.sku.as_str() == sku);
        // One without an article of its own becomes that of the same values.
        let wanted = wanted.or_else(|| {
            let same = |(_, values): &(&Variant, Vec<String>)| own.as_ref() == Some(values);
            sku.is_empty().then(|| open.iter().position(same)).flatten()
        });
        if let Some(place) = wanted {
            let (variant, values) = open.remove(place);
            rows.push(Row {
                there: Some(one),
                wanted: Some(variant),
                values,
            });
            continue;
        }
        let is_withdrawn = product.withdrawn.iter().any(|gone| gone.as_str() == sku);
        if is_withdrawn && settings.withdrawn_variants == WithdrawnVariants::Remove {
            continue;
        }
        let Some(values) = own else {
            return Err(held(format!(
                "the shop's product has a variant with the SKU '{sku}' that is none of its articles and does not have its options {}: remove it there, or give it the SKU of one of them",
                options.join(", ")
            )));
        };
        rows.push(Row {
            there: Some(one),
            wanted: None,
            values,
        });
    }
    rows.extend(open.into_iter().map(|(variant, values)| Row {
        there: None,
        wanted: Some(variant),
        values,
    }));
    Ok(rows)
}

fn check(rows: &[Row<'_>], options: &[String]) -> Result<(), Fault> {
    if rows.len() > MOST {
        return Err(held(format!(
            "it has {} variants, Shopify takes {MOST}: offer fewer, or split it at the source",
            rows.len()
        )));
    }
    let mut by_values: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    for row in rows {
        if row.values.len() != options.len() {
            return Err(held(format!(
                "{} has {} values for the options {}",
                name(row),
                row.values.len(),
                options.join(", ")
            )));
        }
        let lower = row
            .values
            .iter()
            .map(|value| value.to_lowercase())
            .collect();
        if let Some(other) = by_values.insert(lower, name(row)) {
            return Err(held(format!(
                "{other} and {} are both {}: give each its own options, or remove one of them in the shop",
                name(row),
                row.values.join(" / ")
            )));
        }
    }
    Ok(())
}

fn differs(row: &Row<'_>, options: &[String]) -> bool {
    let Some(there) = row.there else {
        return true;
    };
    let Some(wanted) = row.wanted else {
        return false;
    };
    let barcode = there.barcode.as_deref().unwrap_or_default().trim();
    let weight = there.inventory_item.measurement.weight.as_ref();
    values_of(there, options).as_ref() != Some(&row.values)
        || sku(there) != wanted.sku.as_str()
        || wanted.barcode.as_ref().is_some_and(|own| own != barcode)
        || wanted
            .weight
            .is_some_and(|own| !weight.is_some_and(|there| is_same(own, there)))
}

fn variant(row: &Row<'_>, options: &[String], dearest: Option<Decimal>) -> Value {
    let mut fields = Map::new();
    if let Some(there) = row.there {
        fields.insert("id".to_owned(), there.id.as_str().into());
    }
    let values = options.iter().zip(&row.values);
    let values: Vec<Value> = values
        .map(|(option, value)| json!({ "optionName": option, "name": value }))
        .collect();
    fields.insert("optionValues".to_owned(), values.into());
    let Some(wanted) = row.wanted else {
        return Value::Object(fields);
    };
    fields.insert("sku".to_owned(), wanted.sku.as_str().into());
    if let Some(barcode) = &wanted.barcode {
        fields.insert("barcode".to_owned(), barcode.as_str().into());
    }
    let mut item = Map::new();
    if let Some(weight) = wanted.weight {
        let weight = json!({ "value": number(weight.value), "unit": unit(weight.unit) });
        item.insert("measurement".to_owned(), json!({ "weight": weight }));
    }
    if row.there.is_none() {
        item.insert("tracked".to_owned(), true.into());
        // Without a price it would be sold for nothing until somebody sets one: its dearest sister's is a safer beginning.
        let price = wanted.first_price.map(|price| price.amount).or(dearest);
        if let Some(price) = price {
            fields.insert("price".to_owned(), price.to_string().into());
        }
    }
    if !item.is_empty() {
        fields.insert("inventoryItem".to_owned(), Value::Object(item));
    }
    Value::Object(fields)
}

fn option_list(rows: &[Row<'_>], options: &[String]) -> Value {
    let list = options.iter().enumerate().map(|(place, name)| {
        let mut values: Vec<&String> = Vec::new();
        for value in rows.iter().filter_map(|row| row.values.get(place)) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let values: Vec<Value> = values
            .iter()
            .map(|value| json!({ "name": value }))
            .collect();
        json!({ "name": name, "values": values })
    });
    list.collect()
}

fn values(variant: &Variant) -> Vec<String> {
    if variant.values.is_empty() {
        vec![ALONE.1.to_owned()]
    } else {
        variant.values.clone()
    }
}

/// The values of a variant of the shop's; nothing where it has other options.
fn values_of(variant: &ProductVariant, options: &[String]) -> Option<Vec<String>> {
    let value = |option: &String| {
        let mut own = variant.selected_options.iter();
        own.find(|one| one.name == *option)
            .map(|one| one.value.clone())
    };
    options.iter().map(value).collect()
}

fn sku(variant: &ProductVariant) -> &str {
    variant.sku.as_deref().unwrap_or_default().trim()
}

fn name<'a>(row: &Row<'a>) -> &'a str {
    let there = row.there.map_or("a variant", sku);
    row.wanted.map_or(there, |wanted| wanted.sku.as_str())
}

fn is_same(own: Weight, there: &ShopWeight) -> bool {
    let text = there.value.to_string();
    let value = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
    unit(own.unit) == there.unit && value.is_ok_and(|value| value == own.value)
}

/// A JSON number by the decimal's own text.
fn number(value: Decimal) -> Value {
    serde_json::from_str(&value.normalize().to_string()).unwrap_or_default()
}

const fn unit(unit: WeightUnit) -> &'static str {
    match unit {
        WeightUnit::Gram => "GRAMS",
        WeightUnit::Kilogram => "KILOGRAMS",
        WeightUnit::Ounce => "OUNCES",
        WeightUnit::Pound => "POUNDS",
    }
}

fn listed(names: &[&String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    names.join(", ")
}

const fn held(why: String) -> Fault {
    Fault::Held { why }
}
