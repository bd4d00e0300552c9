use super::super::graphql::Arguments;
use super::super::model::ids::{self, gid};
use super::super::model::product::{CHANNELS, Collection, Media, Product, ProductOption};
use super::{Node, Thing, Value};

pub(super) fn product<'s>(
    node: Node<'s>,
    product: &'s Product,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    let store = node.store;
    match name {
        "id" => gid("Product", product.id()).into(),
        "legacyResourceId" => product.id().to_string().into(),
        "title" => (&product.title).into(),
        "handle" => (&product.handle).into(),
        "descriptionHtml" => (&product.description).into(),
        "vendor" => (&product.vendor).into(),
        "productType" => (&product.product_type).into(),
        "status" => product.status.as_str().into(),
        "tags" => Value::Texts(product.tags.iter().map(|tag| tag.as_str().into()).collect()),
        "isGiftCard" => product.gift_card.into(),
        "createdAt" => product.created_at.into(),
        "updatedAt" => product.updated_at.into(),
        "options" => {
            node.many((0..product.options.len()).map(|place| Thing::Option(product, place)))
        }
        "variants" => {
            let variants = product.variants.iter();
            node.many(
                variants
                    .filter_map(|place| store.variants.get(*place))
                    .map(Thing::Variant),
            )
        }
        "media" => node.many(product.media.iter().map(Thing::Media)),
        "metafield" => {
            let name = ["namespace", "key"]
                .map(|name| arguments.text(name).unwrap_or_default().to_owned());
            let found = product.metafields.get_key_value(&name.into());
            node.maybe(found.map(|(name, value)| Thing::Metafield(product, name, value)))
        }
        _ => Value::Null,
    }
}

pub(super) fn option<'s>(product: &'s Product, place: usize, name: &str) -> Value<'s> {
    let Some(ProductOption { name: own, values }) = product.options.get(place) else {
        return Value::Null;
    };
    match name {
        "id" => gid("ProductOption", product.id() * 10 + place as u64).into(),
        "name" => own.into(),
        "position" => (place + 1).into(),
        _ => Value::Texts(values.iter().map(|value| value.as_str().into()).collect()),
    }
}

pub(super) fn media<'s>(media: &'s Media, name: &str) -> Value<'s> {
    match name {
        "id" => gid("MediaImage", media.id).into(),
        "alt" => media.alt.as_ref().into(),
        // Shopify fetches pictures when it has time; they have their ids at once.
        _ => "PROCESSING".into(),
    }
}

pub(super) fn metafield<'s>(
    product: &'s Product,
    (namespace, key): &'s (String, String),
    (kind, value): &'s (String, String),
    name: &str,
) -> Value<'s> {
    let place = product
        .metafields
        .keys()
        .position(|(_, other)| other == key);
    match name {
        "id" => gid(
            "Metafield",
            product.id() * 100 + place.unwrap_or_default() as u64,
        )
        .into(),
        "namespace" => namespace.into(),
        "key" => key.into(),
        "type" => kind.into(),
        _ => value.into(),
    }
}

pub(super) fn publication<'s>(node: Node<'s>, place: usize, name: &str) -> Value<'s> {
    match name {
        "id" => gid("Publication", ids::publication(place)).into(),
        "autoPublish" => false.into(),
        _ => node.many([Thing::SalesChannel(place)]),
    }
}

pub(super) fn channel<'s>(place: usize, name: &str) -> Value<'s> {
    let title = CHANNELS.get(place).copied().unwrap_or_default();
    match name {
        "id" => gid("Channel", ids::publication(place)).into(),
        "name" => title.into(),
        _ => title.to_lowercase().replace(' ', "-").into(),
    }
}

pub(super) fn collection<'s>(
    node: Node<'s>,
    place: usize,
    collection: &'s Collection,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => gid("Collection", ids::collection(place)).into(),
        "title" => collection.title.into(),
        _ => node.many([Thing::CollectionSource(place, collection)]),
    }
}

pub(super) fn source<'s>(place: usize, collection: &'s Collection, name: &str) -> Value<'s> {
    match name {
        "id" => gid("CollectionConditionsSource", ids::source(place)).into(),
        _ => collection.title.into(),
    }
}
