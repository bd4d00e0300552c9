//! What is changed beside products: their metafields, sales channels and collections.

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Arguments, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::{ids, product::CHANNELS};

/// Metafields that one call takes.
const MOST: usize = 25;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MetafieldInput {
    owner_id: String,
    namespace: String,
    key: String,
    r#type: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DefinitionInput {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    owner_type: String,
    namespace: String,
    key: String,
    r#type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PublicationInput {
    publication_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CollectionInput {
    id: String,
    #[serde(default)]
    sources_to_update: Vec<SourceInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SourceInput {
    condition: ConditionInput,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConditionInput {
    id: String,
    #[serde(default)]
    inclusion: InclusionInput,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InclusionInput {
    #[serde(default)]
    selections_to_add: Vec<SelectionInput>,
    #[serde(default)]
    selections_to_remove: Vec<SelectionInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SelectionInput {
    product_id: String,
}

fn answer(payload: &'static str, error: &'static str, errors: Vec<UserError>) -> Payload {
    Payload::Catalogue {
        payload,
        error,
        product: None,
        errors,
    }
}

/// All of them or none. A value of a type that is unique belongs to one product only.
pub(super) fn remember(store: &mut Store, arguments: &Arguments) -> Result<Payload, GraphError> {
    let asked: Vec<MetafieldInput> = input(arguments, "metafields")?;
    if asked.len() > MOST {
        return Err(GraphError::coded(
            "MAX_INPUT_SIZE_EXCEEDED",
            format!(
                "The input array size of {} is greater than the maximum allowed of {MOST}.",
                asked.len()
            ),
        ));
    }
    let mut errors = Vec::new();
    let mut places = Vec::new();
    for (index, field) in asked.iter().enumerate() {
        let place = store.product_by_gid(&field.owner_id);
        let at = index.to_string();
        let path = |name| ["metafields", at.as_str(), name];
        let Some(place) = place else {
            let message = "Owner does not exist.";
            errors.push(UserError::coded("INVALID", &path("ownerId"), message));
            continue;
        };
        let name = (field.namespace.clone(), field.key.clone());
        let taken = field.r#type == "id"
            && store
                .product_by_metafield(&name, &field.value)
                .is_some_and(|other| other != place);
        if taken {
            let message = "Value has already been taken.";
            errors.push(UserError::coded("TAKEN", &path("value"), message));
        }
        if field.r#type == "json" && serde_json::from_str::<Json>(&field.value).is_err() {
            let message = "Value is invalid JSON.";
            errors.push(UserError::coded("INVALID_VALUE", &path("value"), message));
        }
        places.push((place, name));
    }
    if errors.is_empty() {
        for ((place, name), field) in places.into_iter().zip(asked) {
            if let Some(product) = store.products.get_mut(place) {
                product.metafields.insert(name, (field.r#type, field.value));
            }
        }
    }
    Ok(answer(
        "MetafieldsSetPayload",
        "MetafieldsSetUserError",
        errors,
    ))
}

pub(super) fn define(store: &mut Store, arguments: &Arguments) -> Result<Payload, GraphError> {
    let asked: DefinitionInput = input(arguments, "definition")?;
    let mut errors = Vec::new();
    let name = (asked.namespace, asked.key);
    if asked.owner_type != "PRODUCT" || asked.r#type != "id" || asked.name.is_empty() {
        let message = "The sandbox defines ids of products only.";
        errors.push(UserError::coded("INVALID", &["definition"], message));
    } else if !store.definitions.insert(name) {
        let message = "Key is in use for Product metafields on the namespace.";
        errors.push(UserError::coded("TAKEN", &["definition", "key"], message));
    }
    let payload = "MetafieldDefinitionCreatePayload";
    Ok(answer(
        payload,
        "MetafieldDefinitionCreateUserError",
        errors,
    ))
}

pub(super) fn publish(store: &mut Store, arguments: &Arguments) -> Result<Payload, GraphError> {
    let asked: Vec<PublicationInput> = input(arguments, "input")?;
    let place = arguments.text("id").and_then(|id| store.product_by_gid(id));
    let mut errors = Vec::new();
    let mut places = Vec::new();
    for publication in &asked {
        let place = ids::number("Publication", &publication.publication_id);
        let place = place.and_then(ids::publication_index);
        match place.filter(|place| *place < CHANNELS.len()) {
            Some(place) => places.push(place),
            None => errors.push(UserError::new(
                &["input", "publicationId"],
                "Publication does not exist or is not publishable",
            )),
        }
    }
    match place.and_then(|place| store.products.get_mut(place)) {
        Some(product) if errors.is_empty() => product.published.extend(places),
        Some(_) => {}
        None => errors.push(UserError::new(&["id"], "Publishable does not exist")),
    }
    Ok(answer("PublishablePublishPayload", "UserError", errors))
}

pub(super) fn collect(store: &mut Store, arguments: &Arguments) -> Result<Payload, GraphError> {
    let asked: CollectionInput = input(arguments, "collection")?;
    let place = ids::number("Collection", &asked.id).and_then(ids::collection_index);
    let place = place.filter(|place| *place < store.collections.len());
    let mut errors = Vec::new();
    let Some(place) = place else {
        errors.push(UserError::new(
            &["collection", "id"],
            "Collection does not exist",
        ));
        return Ok(answer("CollectionUpdatePayload", "UserError", errors));
    };
    let mut refuse = |message: &str| {
        errors.push(UserError::new(&["collection", "sourcesToUpdate"], message));
        Vec::new()
    };
    let (mut joining, mut leaving) = (Vec::new(), Vec::new());
    for SourceInput { condition } in &asked.sources_to_update {
        if ids::number("CollectionConditionsSource", &condition.id) != Some(ids::source(place)) {
            refuse("Source does not exist");
            continue;
        }
        for (some, of) in [
            (&condition.inclusion.selections_to_add, &mut joining),
            (&condition.inclusion.selections_to_remove, &mut leaving),
        ] {
            let products = some.iter().map(|one| store.product_by_gid(&one.product_id));
            let products: Option<Vec<usize>> = products.collect();
            of.extend(products.unwrap_or_else(|| refuse("Product does not exist")));
        }
    }
    if errors.is_empty()
        && let Some(collection) = store.collections.get_mut(place)
    {
        collection.products.extend(joining);
        for product in leaving {
            collection.products.remove(&product);
        }
    }
    Ok(answer("CollectionUpdatePayload", "UserError", errors))
}
