//! Items to products.

use std::collections::{BTreeSet, HashMap};

use commerce::{Image, Money, Product, Variant, Weight, WeightUnit};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::feed::{Read, decimal, external, instant, sku};
use super::settings::Products;
use crate::wire::Row;

/// First prices by item.
pub(crate) type FirstPrices = HashMap<String, Decimal>;

/// How an item stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Offered,
    Withdrawn,
    /// The shop is left as it is.
    Silence,
}

/// The product that these rows are: an item, and its children where it is a matrix item. Nothing where the item is to be left alone.
///
/// # Errors
/// What is wrong with which item.
pub(crate) fn product(
    rows: &[Row],
    prices: &FirstPrices,
    settings: &Products,
) -> Result<Option<Read<Product>>, String> {
    let (children, own): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| is_child(row));
    let Some(root) = own.first().copied() else {
        return Ok(None);
    };
    let standing = standing(root, settings);
    if standing == Standing::Silence {
        return Ok(None);
    }
    let is_matrix = !children.is_empty() || given(root, "matrix").as_deref() == Some("PARENT");
    let (mut offered, mut withdrawn) = (Vec::new(), Vec::new());
    if standing == Standing::Offered {
        for row in if is_matrix { &children } else { &own } {
            if self::standing(row, settings) == Standing::Withdrawn {
                withdrawn.extend(given(row, "sku").and_then(|text| sku(&text).ok()));
            } else {
                offered.push(*row);
            }
        }
    }
    let options = if is_matrix && !offered.is_empty() {
        options(&offered, settings)?
    } else {
        Vec::new()
    };
    let variant = |row: &&Row| variant(row, &options, prices, settings);
    let variants: Vec<Variant> = offered.iter().map(variant).collect::<Result<_, _>>()?;
    let at = rows.iter().filter_map(|row| given(row, "edited"));
    let at: Vec<Timestamp> = at.map(|text| instant(&text)).collect::<Result<_, _>>()?;
    let name = given(root, "name").unwrap_or_default();
    let name = name.rsplit(" : ").next().unwrap_or_default().to_owned();
    if variants.is_empty() {
        withdrawn.clear();
    }
    Ok(Some(Read {
        id: external(&item(root))?,
        at: at.into_iter().max().ok_or("it has no time of change")?,
        record: Product {
            offered: !variants.is_empty(),
            title: given(root, "title"),
            description: given(root, "description"),
            vendor: given(root, "vendor"),
            product_type: given(root, "product_type"),
            handle: given(root, "handle"),
            tags: words(root, "tags"),
            categories: words(root, "categories"),
            images: images(std::iter::once(root).chain(offered), settings)?,
            options: options.iter().map(|(_, name)| name.clone()).collect(),
            number: match variants.as_slice() {
                [one] if !is_matrix => one.sku.to_string(),
                _ => name,
            },
            variants,
            withdrawn,
        },
    }))
}

/// The product that an item belongs to: itself, or of a matrix item's child the parent.
pub(crate) fn product_of(row: &Row) -> Option<String> {
    given(row, if is_child(row) { "parent" } else { "item" })
}

fn is_child(row: &Row) -> bool {
    given(row, "matrix").as_deref() == Some("CHILD")
}

fn item(row: &Row) -> String {
    given(row, "item").unwrap_or_else(|| "?".to_owned())
}

fn standing(row: &Row, settings: &Products) -> Standing {
    let active = given(row, "inactive").as_deref() != Some("T");
    match (&settings.item_flag, given(row, "flag").as_deref()) {
        (None, _) | (_, Some("T")) if active => Standing::Offered,
        (None, _) | (_, Some(_)) => Standing::Withdrawn,
        (Some(_), None) if is_child(row) && !active => Standing::Withdrawn,
        (Some(_), None) => Standing::Silence,
    }
}

/// Those of the named options that the children have, by their place in the settings.
fn options(children: &[&Row], settings: &Products) -> Result<Vec<(usize, String)>, String> {
    let named = settings.options.iter().enumerate();
    let used = named.filter(|(place, _)| {
        let column = format!("option_{place}");
        children.iter().any(|row| given(row, &column).is_some())
    });
    let used: Vec<_> = used
        .map(|(place, option)| (place, option.name.clone()))
        .collect();
    if used.is_empty() {
        return Err(
            "it is a matrix item, but none of the fields that the connection names as 'products.options' is filled in its children: \
name the fields that hold their options"
                .to_owned(),
        );
    }
    Ok(used)
}

fn variant(
    row: &Row,
    options: &[(usize, String)],
    prices: &FirstPrices,
    settings: &Products,
) -> Result<Variant, String> {
    let item = item(row);
    let text = given(row, "sku")
        .ok_or_else(|| format!("item {item} has no SKU: fill the item's SKU field in NetSuite"))?;
    let value = |(place, name): &(usize, String)| {
        given(row, &format!("option_{place}")).ok_or_else(|| {
            format!("item {item} ({text}) has no {name}, by which the others differ: fill it in NetSuite")
        })
    };
    let first = settings.first_price.as_ref().zip(prices.get(&item));
    Ok(Variant {
        values: options.iter().map(value).collect::<Result<_, _>>()?,
        barcode: given(row, "barcode"),
        weight: weight(row)?,
        first_price: first.map(|(setting, price)| Money {
            amount: *price,
            currency: setting.currency,
        }),
        sku: sku(&text)?,
    })
}

/// A weight whose unit NetSuite does not tell says nothing.
fn weight(row: &Row) -> Result<Option<Weight>, String> {
    let Some((value, unit)) = given(row, "weight").zip(given(row, "unit")) else {
        return Ok(None);
    };
    let unit = match unit.as_str() {
        "1" => WeightUnit::Pound,
        "2" => WeightUnit::Ounce,
        "3" => WeightUnit::Kilogram,
        "4" => WeightUnit::Gram,
        other => return Err(format!("item {}: no unit of weight is {other}", item(row))),
    };
    let value =
        decimal(&value).map_err(|_| format!("item {}: '{value}' is no weight", item(row)))?;
    Ok(Some(Weight { value, unit }))
}

fn images<'a>(
    rows: impl Iterator<Item = &'a Row>,
    settings: &Products,
) -> Result<Vec<Image>, String> {
    let (mut images, mut seen) = (Vec::new(), BTreeSet::new());
    for row in rows {
        for (place, field) in settings.images.iter().enumerate() {
            let Some(url) = given(row, &format!("image_{place}")) else {
                continue;
            };
            if !["https://", "http://"]
                .iter()
                .any(|scheme| url.starts_with(scheme))
            {
                return Err(format!(
                    "item {}: the field {} holds '{url}', which is no web address that a shop could fetch a picture from",
                    item(row),
                    field.as_str()
                ));
            }
            if seen.insert(url.clone()) {
                images.push(Image { url, alt: None });
            }
        }
    }
    Ok(images)
}

fn words(row: &Row, column: &str) -> Vec<String> {
    let text = given(row, column).unwrap_or_default();
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let mut once = Vec::new();
    for word in words {
        if !once.iter().any(|other| other == word) {
            once.push(word.to_owned());
        }
    }
    once
}

/// What a column holds, unless that is nothing.
fn given(row: &Row, column: &str) -> Option<String> {
    let text = match row.get(column)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(set) => if *set { "T" } else { "F" }.to_owned(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
