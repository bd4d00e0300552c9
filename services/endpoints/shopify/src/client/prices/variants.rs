//! Prices of the variants themselves: one mutation for each product, several of them in one request.

use std::collections::BTreeMap;

use ports::Fault;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Change, LANE, Progress, sort};
use crate::client::api::Api;
use crate::client::documents::{MOST_PRODUCTS, set_prices};
use crate::wire::UserError;

/// The answer to one mutation of the request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<UserError>,
}

/// Sets the prices. Of a product all or nothing is set, so that a refusal leaves no doubt; the innocent go again.
pub(super) async fn set(
    api: &Api,
    changes: Vec<Change<'_>>,
    compare_at: bool,
    progress: &mut Progress,
) {
    let mut products: BTreeMap<String, Vec<Change<'_>>> = BTreeMap::new();
    for change in changes {
        let id = change.variant.product.id.clone();
        products.entry(id).or_default().push(change);
    }
    let mut waiting: Vec<Vec<Change<'_>>> = products.into_values().collect();
    // One that the whole request was refused with goes alone.
    let mut most = MOST_PRODUCTS;
    while !waiting.is_empty() {
        let call = waiting.split_off(waiting.len().saturating_sub(most));
        let document = set_prices(call.len());
        let (result, exchange) = api
            .mutate::<BTreeMap<String, Option<Payload>>>(
                LANE,
                document,
                variables(&call, compare_at),
            )
            .await;
        let changes = call.iter().flatten();
        let parts = changes.map(|change| (change, alone(change, compare_at)));
        progress.shared(exchange, &parts.collect::<Vec<_>>());
        let mut payloads = match result {
            Ok(payloads) => payloads,
            Err(Fault::Refused { .. }) if call.len() > 1 => {
                most = 1;
                waiting.extend(call);
                continue;
            }
            Err(fault) => {
                for change in call.iter().flatten() {
                    progress.outcomes.insert(change.write, Err(fault.clone()));
                }
                continue;
            }
        };
        for (place, changes) in call.into_iter().enumerate() {
            match payloads.remove(&format!("p{place}")).flatten() {
                Some(payload) if payload.user_errors.is_empty() => {
                    for change in changes {
                        progress.outcomes.insert(change.write, change.landed());
                    }
                }
                Some(payload) => {
                    let errors = payload.user_errors;
                    let again = sort::without_culprits(changes, &errors, culprit, progress);
                    waiting.extend(again);
                }
                None => {
                    for change in changes {
                        let why = "Shopify answered with neither a change nor an error".to_owned();
                        let fault = Fault::Uncertain { why };
                        progress.outcomes.insert(change.write, Err(fault));
                    }
                }
            }
        }
    }
}

/// As for a request of this change alone.
pub(super) fn alone(change: &Change<'_>, compare_at: bool) -> Value {
    variables(&[vec![change.clone()]], compare_at)
}

fn variables(call: &[Vec<Change<'_>>], compare_at: bool) -> Value {
    let mut variables = Map::new();
    for (place, changes) in call.iter().enumerate() {
        let product = changes.first().map(|change| &change.variant.product.id);
        let inputs: Vec<Value> = changes
            .iter()
            .map(|change| input(change, compare_at))
            .collect();
        variables.insert(format!("p{place}"), json!(product));
        variables.insert(format!("v{place}"), Value::Array(inputs));
    }
    Value::Object(variables)
}

fn input(change: &Change<'_>, compare_at: bool) -> Value {
    let text = |amount: rust_decimal::Decimal| amount.to_string();
    let (id, wanted) = (&change.variant.id, change.wanted.as_ref());
    let price = wanted.map(|wanted| text(wanted.price));
    if compare_at {
        let regular = wanted.and_then(|wanted| wanted.compare_at.map(text));
        json!({ "id": id, "price": price, "compareAtPrice": regular })
    } else {
        json!({ "id": id, "price": price })
    }
}

/// The variant that an error names: `["variants", "3", "price"]`.
fn culprit(error: &UserError) -> Option<usize> {
    let field = error.field.as_ref()?;
    let list = field.iter().position(|part| part == "variants")?;
    field.get(list + 1)?.parse().ok()
}
