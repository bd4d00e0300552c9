//! `productSet` (Admin GraphQL reference, "productSet"): lists are replaced, all else is changed where it is given.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;
use serde_json::Number;

use super::{Arguments, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::Variant;
use crate::shopify::model::ids;
use crate::shopify::model::inventory::Level;
use crate::shopify::model::product::{ALONE, Media, Product, ProductOption, handle};
use crate::shopify::model::store::to_second;

const MOST_VARIANTS: usize = 2048;
const MOST_OPTIONS: usize = 3;
const STATUSES: [&str; 4] = ["ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Identifier {
    id: Option<String>,
    handle: Option<String>,
    custom_id: Option<CustomId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomId {
    namespace: String,
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetInput {
    title: Option<String>,
    description_html: Option<String>,
    vendor: Option<String>,
    product_type: Option<String>,
    handle: Option<String>,
    #[serde(rename = "redirectNewHandle")]
    _redirect_new_handle: Option<bool>,
    status: Option<String>,
    tags: Option<Vec<String>>,
    product_options: Option<Vec<OptionInput>>,
    variants: Option<Vec<VariantInput>>,
    files: Option<Vec<FileInput>>,
    metafields: Option<Vec<MetafieldInput>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionInput {
    name: String,
    #[serde(default)]
    values: Vec<OptionValueInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionValueInput {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VariantInput {
    id: Option<String>,
    option_values: Vec<VariantValueInput>,
    sku: Option<String>,
    barcode: Option<String>,
    price: Option<String>,
    inventory_item: Option<ItemInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VariantValueInput {
    option_name: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ItemInput {
    measurement: Option<MeasurementInput>,
    tracked: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasurementInput {
    weight: WeightInput,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightInput {
    unit: String,
    value: Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FileInput {
    id: Option<String>,
    original_source: Option<String>,
    alt: Option<String>,
    #[serde(rename = "contentType")]
    _content_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MetafieldInput {
    namespace: String,
    key: String,
    r#type: String,
    value: String,
}

/// Why a product was not set: code, field, message.
type Refusal = (&'static str, Vec<String>, String);

fn refused<T>(
    code: &'static str,
    field: &[&str],
    message: impl Into<String>,
) -> Result<T, Refusal> {
    let field = field.iter().map(|part| (*part).to_owned()).collect();
    Err((code, field, message.into()))
}

pub(super) fn set(
    store: &mut Store,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let asked: SetInput = input(arguments, "input")?;
    let identifier: Option<Identifier> = match arguments.get("identifier") {
        Some(_) => Some(input(arguments, "identifier")?),
        None => None,
    };
    let at = to_second(now);
    let done = find(store, identifier.as_ref(), &asked)
        .and_then(|place| change(store, place, asked, identifier.as_ref(), at));
    let (product, errors) = match done {
        Ok(place) => (Some(place), Vec::new()),
        Err((code, field, message)) => {
            let field: Vec<&str> = field.iter().map(String::as_str).collect();
            (None, vec![UserError::coded(code, &field, message)])
        }
    };
    Ok(Payload::Catalogue {
        payload: "ProductSetPayload",
        error: "ProductSetUserError",
        product,
        errors,
    })
}

/// The product that is meant; none where it has to be made.
fn find(
    store: &Store,
    identifier: Option<&Identifier>,
    asked: &SetInput,
) -> Result<Option<usize>, Refusal> {
    let Some(identifier) = identifier else {
        return Ok(None);
    };
    match identifier {
        Identifier {
            id: Some(id),
            handle: None,
            custom_id: None,
        } => match store.product_by_gid(id) {
            Some(place) => Ok(Some(place)),
            None => refused(
                "PRODUCT_DOES_NOT_EXIST",
                &["identifier", "id"],
                "Product does not exist",
            ),
        },
        Identifier {
            id: None,
            handle: Some(handle),
            custom_id: None,
        } => Ok(store.products.iter().position(|one| one.handle == *handle)),
        Identifier {
            id: None,
            handle: None,
            custom_id: Some(custom),
        } => {
            let name = (custom.namespace.clone(), custom.key.clone());
            if !store.definitions.contains(&name) {
                return refused(
                    "INVALID_METAFIELD",
                    &["identifier", "customId"],
                    "Metafield definition of type 'id' does not exist for the custom ID",
                );
            }
            let bears = |one: &MetafieldInput| {
                one.namespace == custom.namespace
                    && one.key == custom.key
                    && one.value == custom.value
            };
            let given = asked.metafields.as_ref();
            if given.is_some_and(|given| !given.iter().any(bears)) {
                return refused(
                    "METAFIELD_MISMATCH",
                    &["input", "metafields"],
                    "The input argument `metafields` (if present) must contain the `customId` value",
                );
            }
            Ok(store.product_by_metafield(&name, &custom.value))
        }
        _ => refused(
            "INVALID_INPUT",
            &["identifier"],
            "Exactly one identifier must be given",
        ),
    }
}

/// Works on copies: a product is set as a whole or not at all.
fn change(
    store: &mut Store,
    place: Option<usize>,
    asked: SetInput,
    identifier: Option<&Identifier>,
    at: Timestamp,
) -> Result<usize, Refusal> {
    let mut product = match place.and_then(|place| store.products.get(place)) {
        Some(product) => product.clone(),
        None => fresh(store, at),
    };
    let is_new = place.is_none();
    texts(store, &mut product, &asked, is_new)?;
    let custom = identifier.and_then(|identifier| identifier.custom_id.as_ref());
    if let Some(custom) = custom.filter(|_| is_new) {
        let name = (custom.namespace.clone(), custom.key.clone());
        let value = ("id".to_owned(), custom.value.clone());
        product.metafields.insert(name, value);
    }
    if let Some(metafields) = asked.metafields {
        let all = metafields.into_iter();
        product.metafields = all
            .map(|one| ((one.namespace, one.key), (one.r#type, one.value)))
            .collect();
    }
    let files = asked
        .files
        .map(|files| pictures(&product, files))
        .transpose()?;
    let variants = match (asked.product_options, asked.variants) {
        (Some(options), Some(variants)) => {
            product.options = options_of(options)?;
            Some(variants_of(store, &product, variants, at)?)
        }
        (None, Some(_)) => {
            return refused(
                "PRODUCT_OPTIONS_INPUT_MISSING",
                &["input"],
                "Must specify product options when updating variants.",
            );
        }
        (Some(_), None) => {
            return refused(
                "VARIANTS_INPUT_MISSING",
                &["input"],
                "Must specify variants when updating options.",
            );
        }
        (None, None) if is_new => Some(vec![blank(&product, vec![ALONE.1.to_owned()], at)]),
        (None, None) => None,
    };
    if let Some(files) = files {
        product.media = files.into_iter().map(|file| store.fetch(file)).collect();
    }
    product.updated_at = at;
    let index = product.index;
    if let Some(variants) = variants {
        keep(store, &mut product, variants, at);
    }
    if is_new {
        store.products.push(product);
    } else if let Some(slot) = store.products.get_mut(index) {
        *slot = product;
    }
    Ok(index)
}

fn fresh(store: &Store, at: Timestamp) -> Product {
    Product {
        index: store.products.len(),
        title: String::new(),
        handle: String::new(),
        description: String::new(),
        vendor: store.facts.name.clone(),
        product_type: String::new(),
        status: "ACTIVE".to_owned(),
        tags: Vec::new(),
        options: vec![ProductOption {
            name: ALONE.0.to_owned(),
            values: vec![ALONE.1.to_owned()],
        }],
        variants: Vec::new(),
        media: Vec::new(),
        metafields: BTreeMap::new(),
        published: std::collections::BTreeSet::new(),
        gift_card: false,
        created_at: at,
        updated_at: at,
    }
}

fn texts(
    store: &Store,
    product: &mut Product,
    asked: &SetInput,
    is_new: bool,
) -> Result<(), Refusal> {
    let given = asked.title.as_ref().map(|title| title.trim());
    if given.is_some_and(str::is_empty) || (is_new && given.is_none()) {
        return refused(
            "INVALID_PRODUCT",
            &["input", "title"],
            "Title can't be blank",
        );
    }
    if let Some(title) = given {
        title.clone_into(&mut product.title);
    }
    let is_free = |wanted: &str| {
        let mut others = store.products.iter();
        others.all(|one| one.index == product.index || one.handle != wanted)
    };
    match &asked.handle {
        Some(wanted) if !is_free(&handle(wanted)) => {
            return refused(
                "HANDLE_NOT_UNIQUE",
                &["input", "handle"],
                "Handle already in use. Please provide a new handle.",
            );
        }
        Some(wanted) => product.handle = handle(wanted),
        None if is_new => {
            let plain = handle(&product.title);
            let mut numbered = (1..).map(|number| format!("{plain}-{number}"));
            product.handle = if is_free(&plain) {
                plain.clone()
            } else {
                numbered.find(|wanted| is_free(wanted)).unwrap_or_default()
            };
        }
        None => {}
    }
    for (given, field) in [
        (&asked.description_html, &mut product.description),
        (&asked.vendor, &mut product.vendor),
        (&asked.product_type, &mut product.product_type),
    ] {
        if let Some(text) = given {
            text.clone_into(field);
        }
    }
    if let Some(status) = &asked.status {
        if !STATUSES.contains(&status.as_str()) {
            return refused(
                "INVALID_INPUT",
                &["input", "status"],
                "Status is not included in the list",
            );
        }
        product.status.clone_from(status);
    }
    if let Some(tags) = &asked.tags {
        let mut tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).collect();
        tags.sort_by_key(|tag| tag.to_lowercase());
        tags.dedup_by_key(|tag| tag.to_lowercase());
        product.tags = tags;
    }
    Ok(())
}

fn options_of(asked: Vec<OptionInput>) -> Result<Vec<ProductOption>, Refusal> {
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

fn variants_of(
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
fn blank(product: &Product, values: Vec<String>, at: Timestamp) -> Variant {
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
        grams: 0,
        gift_card: false,
        components: Vec::new(),
        created_at: at,
    }
}

/// Puts the variants into the shop's list; those that are not among them go. What is new is stocked, with nothing, at the first location.
fn keep(store: &mut Store, product: &mut Product, variants: Vec<Variant>, at: Timestamp) {
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

fn pictures(product: &Product, asked: Vec<FileInput>) -> Result<Vec<Media>, Refusal> {
    let picture = |(index, file): (usize, FileInput)| {
        let index = index.to_string();
        let field = ["input", "files", index.as_str()];
        match (file.id, file.original_source) {
            (Some(id), None) => {
                let number = ids::number("MediaImage", &id);
                let known = product.media.iter().find(|one| Some(one.id) == number);
                known.cloned().map_or_else(
                    || refused("INVALID_INPUT", &field, "File does not exist"),
                    Ok,
                )
            }
            (None, Some(source)) if source.starts_with("http") => Ok(Media {
                id: 0,
                source,
                alt: file.alt,
            }),
            _ => refused("INVALID_INPUT", &field, "The file's source is invalid"),
        }
    };
    asked.into_iter().enumerate().map(picture).collect()
}
