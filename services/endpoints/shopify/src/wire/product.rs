//! Products.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::Connection;

/// A product as the shop shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) legacy_resource_id: String,
    pub(crate) title: String,
    pub(crate) description_html: String,
    pub(crate) handle: String,
    pub(crate) vendor: String,
    pub(crate) product_type: String,
    /// `ACTIVE`, `DRAFT`, `ARCHIVED` or `UNLISTED`.
    pub(crate) status: String,
    pub(crate) tags: Vec<String>,
    pub(crate) options: Vec<ProductOption>,
    /// Our key, where we wrote it.
    pub(crate) key: Option<Metafield>,
    /// What we remember of our last writing.
    pub(crate) state: Option<Metafield>,
    pub(crate) variants: Connection<ProductVariant>,
    pub(crate) media: Nodes<MediaRef>,
}

/// The first page of a list that is never longer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Nodes<T> {
    pub(crate) nodes: Vec<T>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProductOption {
    pub(crate) name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Metafield {
    pub(crate) value: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MediaRef {
    pub(crate) id: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductVariant {
    pub(crate) id: String,
    pub(crate) sku: Option<String>,
    pub(crate) barcode: Option<String>,
    /// Decimal text, in the shop's currency.
    pub(crate) price: String,
    pub(crate) selected_options: Vec<SelectedOption>,
    pub(crate) inventory_item: VariantItem,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SelectedOption {
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct VariantItem {
    pub(crate) measurement: Measurement,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measurement {
    pub(crate) weight: Option<ShopWeight>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ShopWeight {
    /// `GRAMS`, `KILOGRAMS`, `OUNCES` or `POUNDS`.
    pub(crate) unit: String,
    pub(crate) value: Number,
}

/// What we remember of a product's last writing, in a metafield of it: so that what the shop's people add stays theirs, and what we
/// put in and comes away again is taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// Pictures, in our order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) images: Vec<Picture>,
    /// A change of them that was sent, until it is taken down what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sent: Option<Sent>,
    /// Tags that we gave it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    /// Numbers of the collections that we put it into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) collections: Vec<String>,
    /// The sales channels that the connection names have been told of it.
    pub(crate) published: bool,
    /// Its status before it was taken out of the shop by us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) withdrawn_from: Option<String>,
}

/// Pictures on their way into a product. The shop does not tell who put a picture in: without this, those of a change whose answer was
/// lost would pass for the shop's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// As they shall be, the new ones without an id.
    pub(crate) images: Vec<Picture>,
    /// The shop's ids of all that was there before.
    pub(crate) before: Vec<String>,
}

/// One of our pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Picture {
    /// Digest of where it came from.
    pub(crate) of: String,
    /// The shop's id of it; absent where the shop had pictures of its own before us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<String>,
}

/// A sales channel's list of what it shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Publication {
    pub(crate) id: String,
    pub(crate) channels: Nodes<Channel>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) name: String,
}

/// A collection with the sources that say what is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub(crate) id: String,
    pub(crate) sources: Vec<CollectionSource>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CollectionSource {
    /// Of a source to which single products can be added.
    #[serde(default)]
    pub(crate) id: Option<String>,
}
