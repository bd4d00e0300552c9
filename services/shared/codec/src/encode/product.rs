//! Products to messages.

use commerce::{Image, Product, Variant, Weight, WeightUnit};
use proto::events::v1 as wire;

use super::money;

pub(super) fn product(product: &Product) -> wire::Product {
    wire::Product {
        number: product.number.clone(),
        offered: product.offered,
        title: product.title.clone(),
        description: product.description.clone(),
        vendor: product.vendor.clone(),
        product_type: product.product_type.clone(),
        handle: product.handle.clone(),
        tags: product.tags.clone(),
        categories: product.categories.clone(),
        images: product.images.iter().map(image).collect(),
        options: product.options.clone(),
        variants: product.variants.iter().map(variant).collect(),
        withdrawn: product.withdrawn.iter().map(ToString::to_string).collect(),
    }
}

fn image(image: &Image) -> wire::ProductImage {
    wire::ProductImage {
        url: image.url.clone(),
        alt: image.alt.clone(),
    }
}

fn variant(variant: &Variant) -> wire::ProductVariant {
    wire::ProductVariant {
        sku: variant.sku.to_string(),
        values: variant.values.clone(),
        barcode: variant.barcode.clone(),
        weight: variant.weight.as_ref().map(weight),
        first_price: variant.first_price.map(money),
    }
}

pub(super) fn weight(weight: &Weight) -> wire::Weight {
    let unit = match weight.unit {
        WeightUnit::Gram => wire::WeightUnit::Gram,
        WeightUnit::Kilogram => wire::WeightUnit::Kilogram,
        WeightUnit::Ounce => wire::WeightUnit::Ounce,
        WeightUnit::Pound => wire::WeightUnit::Pound,
    };
    wire::Weight {
        value: weight.value.to_string(),
        unit: unit.into(),
    }
}
