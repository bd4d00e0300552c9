//! Messages to products.

use commerce::{Image, Product, Variant, Weight, WeightUnit};
use proto::events::v1 as wire;

use super::value::{decimal, money, sku, unknown};
use crate::error::{DecodeError, Within, each};

pub(super) fn product(product: wire::Product) -> Result<Product, DecodeError> {
    Ok(Product {
        number: product.number,
        offered: product.offered,
        title: product.title,
        description: product.description,
        vendor: product.vendor,
        product_type: product.product_type,
        handle: product.handle,
        tags: product.tags,
        categories: product.categories,
        images: product.images.into_iter().map(image).collect(),
        options: product.options,
        variants: each("variants", product.variants, variant)?,
        withdrawn: each("withdrawn", product.withdrawn, |text| sku(&text))?,
    })
}

fn image(image: wire::ProductImage) -> Image {
    Image {
        url: image.url,
        alt: image.alt,
    }
}

fn variant(variant: wire::ProductVariant) -> Result<Variant, DecodeError> {
    let price = variant.first_price.as_ref().map(money).transpose();
    Ok(Variant {
        sku: sku(&variant.sku).within("sku")?,
        values: variant.values,
        barcode: variant.barcode,
        weight: variant.weight.map(weight).transpose().within("weight")?,
        first_price: price.within("first_price")?,
    })
}

pub(super) fn weight(weight: wire::Weight) -> Result<Weight, DecodeError> {
    let unit = match wire::WeightUnit::try_from(weight.unit) {
        Ok(wire::WeightUnit::Gram) => WeightUnit::Gram,
        Ok(wire::WeightUnit::Kilogram) => WeightUnit::Kilogram,
        Ok(wire::WeightUnit::Ounce) => WeightUnit::Ounce,
        Ok(wire::WeightUnit::Pound) => WeightUnit::Pound,
        Ok(wire::WeightUnit::Unspecified) | Err(_) => {
            return Err(unknown("weight unit", weight.unit)).within("unit");
        }
    };
    Ok(Weight {
        value: decimal(&weight.value).within("value")?,
        unit,
    })
}
