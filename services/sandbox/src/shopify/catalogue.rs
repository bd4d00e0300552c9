//! The shop's people at work on their products.

use super::inspect::{self, ProductView};
use super::model::product::Media;
use super::{Shop, to_second};

/// Something that is changed by hand in a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProductEdit {
    /// Another title.
    Title(String),
    /// Another description, in HTML.
    Description(String),
    /// Another `ProductStatus`.
    Status(&'static str),
    /// One more tag.
    Tag(String),
    /// One more picture, from this address.
    Picture(String),
    /// Out of all sales channels.
    Unpublish,
}

impl Shop {
    /// All products, in the order in which they were made.
    pub fn products(&self) -> Vec<ProductView> {
        let store = &self.state.lock().store;
        let view = |product| inspect::product(store, product);
        store.products.iter().map(view).collect()
    }

    /// The product that has this SKU.
    pub fn product(&self, sku: &str) -> Option<ProductView> {
        let has = |product: &ProductView| product.variants.iter().any(|one| one.sku == sku);
        self.products().into_iter().find(has)
    }

    /// Addresses of pictures, in the order in which the shop fetched them.
    pub fn fetched_pictures(&self) -> Vec<String> {
        self.state.lock().store.fetched.clone()
    }

    /// Changes the product (by global id) as a clerk would. `false` if there is no such product.
    pub fn edit_product(&self, id: &str, change: ProductEdit) -> bool {
        let now = self.clock.now();
        let store = &mut self.state.lock().store;
        let Some(place) = store.product_by_gid(id) else {
            return false;
        };
        let picture = match &change {
            ProductEdit::Picture(source) => Some(store.fetch(Media {
                id: 0,
                source: source.clone(),
                alt: None,
            })),
            _ => None,
        };
        let Some(product) = store.products.get_mut(place) else {
            return false;
        };
        match change {
            ProductEdit::Title(title) => product.title = title,
            ProductEdit::Description(html) => product.description = html,
            ProductEdit::Status(status) => status.clone_into(&mut product.status),
            ProductEdit::Tag(tag) => product.tags.push(tag),
            ProductEdit::Picture(_) => product.media.extend(picture),
            ProductEdit::Unpublish => product.published.clear(),
        }
        product.updated_at = to_second(now);
        true
    }
}
