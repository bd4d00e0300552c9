//! `productSet`.

use ports::{Exchange, Fault, Lane};
use serde::Deserialize;

use crate::client::api::Api;
use crate::client::documents::SET_PRODUCT;
use crate::client::pushed::Facts;
use crate::map::{ProductInput, beside};
use crate::wire::{MediaRef, Nodes, UserError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetData {
    product_set: Option<Payload>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    product: Option<SetProduct>,
    user_errors: Vec<UserError>,
}

/// The product as it was set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetProduct {
    pub(super) id: String,
    pub(super) legacy_resource_id: String,
    pub(super) media: Nodes<MediaRef>,
}

/// Sets the product with that global id, or else the one that bears our key, which is made where there is none.
pub(super) async fn set(
    api: &Api,
    id: Option<&str>,
    key: &str,
    (input, facts): (&ProductInput, &Facts),
    exchanges: &mut Vec<Exchange>,
) -> Result<SetProduct, Fault> {
    let variables = beside::set(id, key, input);
    let (result, exchange) = api
        .push::<SetData>(Lane::Bulk, SET_PRODUCT, variables, facts)
        .await;
    exchanges.push(exchange);
    let payload = result?.product_set.ok_or_else(unclear)?;
    match (payload.user_errors.first(), payload.product) {
        (Some(_), _) => Err(refusal(&payload.user_errors)),
        (None, Some(product)) => Ok(product),
        (None, None) => Err(unclear()),
    }
}

fn unclear() -> Fault {
    Fault::Uncertain {
        why: "Shopify answered with neither a product nor an error".to_owned(),
    }
}

/// Shopify's objections, and what follows from them.
pub(super) fn refusal(errors: &[UserError]) -> Fault {
    let codes: Vec<&str> = errors
        .iter()
        .filter_map(|one| one.code.as_deref())
        .collect();
    let words: Vec<String> = errors
        .iter()
        .map(|error| {
            let field = error.field.as_ref().map(|field| field.join("."));
            field.map_or_else(
                || error.message.clone(),
                |field| format!("{} ({field})", error.message),
            )
        })
        .collect();
    let why = words.join("; ");
    let has = |some: &[&str]| codes.iter().any(|code| some.contains(code));
    if has(&["GENERIC_ERROR", "JOB_ERROR"]) {
        // Shopify says no more than that something went wrong on the way.
        return Fault::Uncertain { why };
    }
    if has(&["PRODUCT_DOES_NOT_EXIST", "PRODUCT_VARIANT_DOES_NOT_EXIST"]) {
        return Fault::Unavailable {
            why: format!("the product was changed in the shop at the same time: {why}"),
        };
    }
    if has(&[
        "HANDLE_NOT_UNIQUE",
        "OPTIONS_OVER_LIMIT",
        "OPTION_VALUES_OVER_LIMIT",
        "VARIANTS_OVER_LIMIT",
        "DUPLICATED_OPTION_NAME",
        "DUPLICATED_OPTION_VALUE",
        "INVALID_VARIANT",
    ]) {
        return Fault::Held {
            why: format!("Shopify does not take the product like this: {why}"),
        };
    }
    Fault::Refused { why }
}
