use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;

use super::{Arguments, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::ids;
use crate::shopify::money::Currency;

/// The most inputs of one list.
const MOST: usize = 250;

/// What a client may set of a variant here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct VariantInput {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    price: Option<String>,
    /// Left out it stays; null empties it.
    #[serde(default, deserialize_with = "given")]
    compare_at_price: Option<Option<String>>,
}

fn given<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// One variant's new amounts, by its place.
struct Asked {
    variant: usize,
    price: Option<i64>,
    compare_at: Option<Option<i64>>,
}

/// `productVariantsBulkUpdate`: of one product, all or nothing unless partial updates are allowed.
pub(super) fn update_variants(
    store: &mut Store,
    arguments: &Arguments,
) -> Result<Payload, GraphError> {
    let inputs: Vec<VariantInput> = input(arguments, "variants")?;
    refuse_too_many(inputs.len())?;
    let product = arguments
        .text("productId")
        .and_then(|id| ids::number("Product", id))
        .and_then(ids::product_index)
        .filter(|product| *product < store.variants.len());
    let refused = |errors| Payload::Prices {
        type_name: "ProductVariantsBulkUpdatePayload",
        errors,
    };
    let Some(product) = product else {
        let why = "Product does not exist";
        let error = UserError::coded("PRODUCT_DOES_NOT_EXIST", &["productId"], why);
        return Ok(refused(vec![error]));
    };
    if store.suspended.contains(&product) {
        let why = "Product is suspended";
        let error = UserError::coded("PRODUCT_SUSPENDED", &["productId"], why);
        return Ok(refused(vec![error]));
    }
    let currency = store.facts.currency;
    let mut errors = Vec::new();
    let mut asked = Vec::new();
    for (place, one) in inputs.iter().enumerate() {
        match check(one, product, currency) {
            Ok(change) => asked.push(change),
            Err((field, code, why)) => {
                let path = ["variants", &place.to_string(), field];
                errors.push(UserError::coded(code, &path, why));
            }
        }
    }
    if errors.is_empty() || arguments.flag("allowPartialUpdates") {
        for change in asked {
            let Some(variant) = store.variants.get_mut(change.variant) else {
                continue;
            };
            if let Some(price) = change.price {
                variant.set_price(price, currency);
            }
            if let Some(compare_at) = change.compare_at {
                variant.compare_at = compare_at;
            }
        }
    }
    Ok(refused(errors))
}

type Refusal = (&'static str, &'static str, &'static str);

fn check(asked: &VariantInput, product: usize, currency: Currency) -> Result<Asked, Refusal> {
    let Some(id) = &asked.id else {
        let why = "Product variant is missing ID attribute";
        return Err(("id", "PRODUCT_VARIANT_ID_MISSING", why));
    };
    // Every product has one variant, which has its place.
    let variant = ids::number("ProductVariant", id).and_then(ids::variant_index);
    let Some(variant) = variant.filter(|variant| *variant == product) else {
        let why = "Product variant does not exist";
        return Err(("id", "PRODUCT_VARIANT_DOES_NOT_EXIST", why));
    };
    let amount = |text: &str, field: &'static str| {
        let minor = minor(text, currency).ok_or((field, "INVALID_INPUT", "Price is invalid"))?;
        if minor < 0 {
            let why = "Price must be greater than or equal to 0";
            return Err((field, "NEGATIVE_PRICE_VALUE", why));
        }
        Ok(minor)
    };
    let price = asked.price.as_deref();
    let compare_at = asked.compare_at_price.as_ref();
    Ok(Asked {
        variant,
        price: price.map(|text| amount(text, "price")).transpose()?,
        compare_at: compare_at
            .map(|text| {
                let text = text.as_deref();
                text.map(|text| amount(text, "compareAtPrice")).transpose()
            })
            .transpose()?,
    })
}

/// Minor units of a decimal text, rounded half away from zero.
pub(super) fn minor(text: &str, currency: Currency) -> Option<i64> {
    let amount: Decimal = text.parse().ok()?;
    let scaled = amount.checked_mul(Decimal::from(10i64.pow(currency.exponent)))?;
    let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    scaled.round_dp_with_strategy(0, strategy).to_i64()
}

pub(super) fn refuse_too_many(inputs: usize) -> Result<(), GraphError> {
    if inputs > MOST {
        let message = format!(
            "The input array size of {inputs} is greater than the maximum allowed of {MOST}."
        );
        return Err(GraphError::coded("MAX_INPUT_SIZE_EXCEEDED", message));
    }
    Ok(())
}
