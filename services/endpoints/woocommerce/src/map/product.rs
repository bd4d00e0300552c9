//! Products: one article is a simple product, several are a variable one with its variations.
//!
//! What was written last is remembered as a digest in the product's meta data: WordPress changes texts on their way in, so that what stands there
//! cannot be compared with what was sent.

use std::collections::BTreeMap;

use commerce::{Digest, Image, Product, Sku, Variant, Weight, WeightUnit as Unit, minor_units};
use ports::Fault;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::meta;
use crate::wire::Article;
use crate::{NewProducts, Products, WeightUnit};

/// The digest of what was written.
const STATE: &str = "_causeway_product";
/// The digest of the pictures that were given: WordPress fetches each again that it is given again.
const PICTURES: &str = "_causeway_pictures";
/// That it was taken out of the shop because it is not offered.
const WITHDRAWN: &str = "_causeway_withdrawn";

/// What is there of a product.
pub(crate) struct There<'a> {
    /// The product itself.
    pub(crate) product: Option<&'a Article>,
    /// Articles by SKU.
    pub(crate) articles: &'a BTreeMap<String, Article>,
    /// Numbers of the shop's categories, by name.
    pub(crate) categories: &'a BTreeMap<String, u64>,
}

/// What has to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// The product.
    pub(crate) product: Value,
    /// Its variations that are to be made.
    pub(crate) create: Vec<Value>,
    /// Its variations that are to be changed, with their ids.
    pub(crate) update: Vec<Value>,
    /// What is written last, when all the rest stands.
    pub(crate) state: Value,
}

/// Whether what was written last is what is to stand there.
pub(crate) fn stands(article: &Article, digest: &str) -> bool {
    meta(&article.meta_data, STATE).and_then(Value::as_str) == Some(digest)
}

/// The SKU of the product itself.
pub(crate) fn own_sku(product: &Product) -> String {
    let number = product.number.trim();
    match product.variants.as_slice() {
        [only] if product.options.is_empty() => only.sku.to_string(),
        // WooCommerce takes each SKU once.
        several if several.iter().any(|one| one.sku.as_str() == number) => format!("{number}-all"),
        _ => number.to_owned(),
    }
}

/// What has to be written for the product of that digest.
///
/// # Errors
/// [`Fault::Held`] where the shop has an article of its SKUs that is none of this product's.
pub(crate) fn plan(
    product: &Product,
    digest: &str,
    there: &There<'_>,
    settings: &Products,
) -> Result<Plan, Fault> {
    let variable = !product.options.is_empty() || product.variants.len() > 1;
    let kind = if variable { "variable" } else { "simple" };
    if let Some(article) = there.product
        && product.offered
        && article.kind.0 != kind
    {
        return Err(held(format!(
            "{} is a {kind} product here and a {} one in the shop: take it out there, or change what it is there",
            product.number, article.kind.0
        )));
    }
    let mut body = texts(product, there)?;
    let mut marks = vec![(STATE, json!(digest))];
    body.extend(offer(product, there.product, settings, &mut marks));
    let pictures = pictures_digest(&product.images);
    let known = there
        .product
        .and_then(|article| meta(&article.meta_data, PICTURES));
    if !product.images.is_empty() && known.and_then(Value::as_str) != Some(pictures.as_str()) {
        let images = product.images.iter();
        let images = images
            .map(|image| json!({ "src": image.url, "alt": image.alt.clone().unwrap_or_default() }));
        body.insert("images".to_owned(), images.collect());
        marks.push((PICTURES, json!(pictures)));
    }
    if there.product.is_none() {
        body.insert("type".to_owned(), json!(kind));
        body.insert("sku".to_owned(), json!(own_sku(product)));
    }
    let (mut create, mut update) = (Vec::new(), Vec::new());
    if variable {
        body.insert("attributes".to_owned(), attributes(product, there.product));
        for variant in &product.variants {
            let fields = variation(product, variant, settings);
            match member(variant.sku.as_str(), there)? {
                Some(id) => update.push(with(fields, "id", json!(id))),
                None => create.push(with_price(fields, variant)),
            }
        }
        for sku in &product.withdrawn {
            update.extend(withdrawn(sku, there)?);
        }
    } else if let Some(variant) = product.variants.first() {
        body.extend(measures(variant, settings));
        if there.product.is_none() {
            let priced = with_price(Value::Object(Map::new()), variant);
            body.extend(priced.as_object().cloned().unwrap_or_default());
        }
    }
    let marks = marks
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }));
    let state = json!({ "meta_data": marks.collect::<Vec<_>>() });
    Ok(Plan {
        product: Value::Object(body),
        create,
        update,
        state,
    })
}

/// What is absent was not given: the shop keeps what it has.
fn texts(product: &Product, there: &There<'_>) -> Result<Map<String, Value>, Fault> {
    let mut body = Map::new();
    let texts = [
        ("name", &product.title),
        ("description", &product.description),
        ("slug", &product.handle),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body.insert(name.to_owned(), json!(text));
        }
    }
    if there.product.is_none() {
        body.entry("name").or_insert_with(|| json!(product.number));
    }
    let mut categories = Vec::with_capacity(product.categories.len());
    for name in &product.categories {
        let Some(id) = there.categories.get(name) else {
            return Err(held(format!(
                "the shop has no category '{name}': make it there, or set 'products.create_categories'"
            )));
        };
        categories.push(json!({ "id": id }));
    }
    if !categories.is_empty() {
        body.insert("categories".to_owned(), Value::Array(categories));
    }
    Ok(body)
}

/// Whether it is shown. What the shop's people took out stays out.
fn offer(
    product: &Product,
    there: Option<&Article>,
    settings: &Products,
    marks: &mut Vec<(&'static str, Value)>,
) -> Option<(String, Value)> {
    let withdrawn = there.and_then(|article| meta(&article.meta_data, WITHDRAWN));
    let is_ours = withdrawn.and_then(Value::as_str) == Some("yes");
    let status = match (there, product.offered) {
        (_, false) => {
            marks.push((WITHDRAWN, json!("yes")));
            "draft"
        }
        (Some(_), true) if is_ours => {
            marks.push((WITHDRAWN, json!("no")));
            "publish"
        }
        (Some(_), true) => return None,
        (None, true) if settings.new == NewProducts::Publish => "publish",
        (None, true) => "draft",
    };
    Some(("status".to_owned(), json!(status)))
}

/// The product's attributes: ours in place of those of the same names, beside all others.
fn attributes(product: &Product, there: Option<&Article>) -> Value {
    let named = |attribute: &&Value| {
        let name = attribute
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        !product.options.iter().any(|option| option == name)
    };
    let others = there.iter().flat_map(|article| &article.attributes);
    let mut all: Vec<Value> = others.filter(named).cloned().collect();
    for (place, option) in product.options.iter().enumerate() {
        let mut values: Vec<&String> = Vec::new();
        for variant in &product.variants {
            if let Some(value) = variant.values.get(place)
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        all.push(json!({ "name": option, "visible": true, "variation": true, "options": values }));
    }
    Value::Array(all)
}

fn variation(product: &Product, variant: &Variant, settings: &Products) -> Value {
    let pairs = product.options.iter().zip(&variant.values);
    let pairs = pairs.map(|(name, value)| json!({ "name": name, "option": value }));
    let mut fields = Map::new();
    fields.insert("sku".to_owned(), json!(variant.sku));
    fields.insert("attributes".to_owned(), pairs.collect());
    fields.insert("status".to_owned(), json!("publish"));
    fields.extend(measures(variant, settings));
    Value::Object(fields)
}

fn measures(variant: &Variant, settings: &Products) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(barcode) = &variant.barcode {
        fields.insert("global_unique_id".to_owned(), json!(barcode));
    }
    if let Some(weight) = variant
        .weight
        .and_then(|weight| converted(weight, settings.weight_unit))
    {
        fields.insert("weight".to_owned(), json!(weight.normalize().to_string()));
    }
    fields
}

fn converted(weight: Weight, unit: WeightUnit) -> Option<Decimal> {
    let grams = weight.value.checked_mul(match weight.unit {
        Unit::Gram => Decimal::ONE,
        Unit::Kilogram => Decimal::ONE_THOUSAND,
        Unit::Ounce => Decimal::new(28_349_523_125, 9),
        Unit::Pound => Decimal::new(45_359_237, 5),
    })?;
    let one = match unit {
        WeightUnit::G => Decimal::ONE,
        WeightUnit::Kg => Decimal::ONE_THOUSAND,
        WeightUnit::Oz => Decimal::new(28_349_523_125, 9),
        WeightUnit::Lbs => Decimal::new(45_359_237, 5),
    };
    Some(grams.checked_div(one)?.round_dp(4))
}

/// The variation of that SKU, if it is there.
fn member(sku: &str, there: &There<'_>) -> Result<Option<u64>, Fault> {
    let Some(article) = there.articles.get(sku) else {
        return Ok(None);
    };
    if there
        .product
        .is_some_and(|product| product.id == article.parent_id)
    {
        return Ok(Some(article.id));
    }
    Err(held(format!(
        "the shop's product {} bears the SKU {sku} already and is none of this product's: take it out there, or give it another SKU",
        article.id
    )))
}

fn withdrawn(sku: &Sku, there: &There<'_>) -> Result<Option<Value>, Fault> {
    if !there.articles.contains_key(sku.as_str()) {
        return Ok(None);
    }
    let id = member(sku.as_str(), there)?;
    Ok(id.map(|id| json!({ "id": id, "status": "private" })))
}

fn with(mut fields: Value, name: &str, value: Value) -> Value {
    if let Some(fields) = fields.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
    fields
}

fn with_price(fields: Value, variant: &Variant) -> Value {
    match variant.first_price {
        Some(price) => {
            let mut amount = price.rounded().amount;
            amount.rescale(minor_units(price.currency));
            with(fields, "regular_price", json!(amount.to_string()))
        }
        None => fields,
    }
}

fn pictures_digest(images: &[Image]) -> String {
    let all: Vec<Digest> = images.iter().map(Image::digest).collect();
    Digest::of(all.iter().map(|one| one.as_bytes().as_slice())).to_string()
}

fn held(why: String) -> Fault {
    Fault::Held { why }
}
