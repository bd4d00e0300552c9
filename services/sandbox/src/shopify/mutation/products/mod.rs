//! `productSet` (Admin GraphQL reference, "productSet"): lists are replaced, all else is changed where it is given.

mod input;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Arguments, GraphError, Payload, Store, UserError};
use crate::shopify::model::ids;
use crate::shopify::model::product::{ALONE, Media, Product, ProductOption, handle};
use crate::shopify::model::store::to_second;
use input::{FileInput, Identifier, MetafieldInput, SetInput};
use variants::{blank, keep, options_of, variants_of};

const STATUSES: [&str; 4] = ["ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"];

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
    let asked: SetInput = super::input(arguments, "input")?;
    let identifier: Option<Identifier> = match arguments.get("identifier") {
        Some(_) => Some(super::input(arguments, "identifier")?),
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
        published: BTreeSet::new(),
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
