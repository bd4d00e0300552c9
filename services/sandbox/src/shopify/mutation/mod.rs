//! What clients may change.

mod activate;
mod beside;
mod cancel;
mod fulfil;
mod give_back;
mod price_lists;
mod prices;
mod products;
mod quantities;
mod webhooks;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::graphql::{Arguments, Field, GraphError};
use super::model::Store;

/// What a mutation did: enough to answer it, now and when its idempotency key comes again.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    /// `fulfillmentCreate` and `fulfillmentTrackingInfoUpdate`: order and fulfilment.
    Fulfilment {
        type_name: &'static str,
        made: Option<(usize, usize)>,
        errors: Vec<UserError>,
    },
    /// `inventorySetQuantities`.
    Quantities {
        group: Option<AdjustmentGroup>,
        errors: Vec<UserError>,
    },
    /// `inventoryActivate`: item and location.
    Level {
        made: Option<(usize, usize)>,
        errors: Vec<UserError>,
    },
    /// What changes products: the payload's and its errors' types, and the product where it is told.
    Catalogue {
        payload: &'static str,
        error: &'static str,
        product: Option<usize>,
        errors: Vec<UserError>,
    },
    /// Whatever sets prices: nothing but objections is asked for.
    Prices {
        type_name: &'static str,
        errors: Vec<UserError>,
    },
    /// `refundCreate`: order and refund.
    Refund {
        made: Option<(usize, usize)>,
        errors: Vec<UserError>,
    },
    /// `orderCancel`: place in the list of jobs.
    Job {
        job: Option<usize>,
        errors: Vec<UserError>,
    },
    /// `webhookSubscriptionCreate`: place in the list.
    Subscription {
        made: Option<usize>,
        errors: Vec<UserError>,
    },
}

impl Payload {
    pub(super) fn errors(&self) -> &[UserError] {
        match self {
            Self::Fulfilment { errors, .. }
            | Self::Quantities { errors, .. }
            | Self::Level { errors, .. }
            | Self::Catalogue { errors, .. }
            | Self::Prices { errors, .. }
            | Self::Job { errors, .. }
            | Self::Refund { errors, .. }
            | Self::Subscription { errors, .. } => errors,
        }
    }
}

/// Something the client did wrong, in a mutation's own answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserError {
    pub(super) field: Option<Vec<String>>,
    pub(super) message: String,
    pub(super) code: Option<&'static str>,
}

impl UserError {
    fn new(field: &[&str], message: impl Into<String>) -> Self {
        Self {
            field: Some(field.iter().map(|part| (*part).to_owned()).collect()),
            message: message.into(),
            code: None,
        }
    }

    fn coded(code: &'static str, field: &[&str], message: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            ..Self::new(field, message)
        }
    }
}

/// What a change of stock was.
#[derive(Clone, Debug)]
pub(super) struct AdjustmentGroup {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    pub(super) reason: String,
    pub(super) document: Option<String>,
    pub(super) changes: Vec<Change>,
}

#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) item: usize,
    pub(super) location: usize,
    pub(super) name: &'static str,
    pub(super) delta: i64,
    pub(super) after: i64,
}

/// Carries out one mutation.
pub(super) fn apply(
    store: &mut Store,
    field: &Field,
    variables: &Map<String, Json>,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let arguments = field.arguments(variables);
    match field.name.as_str() {
        "fulfillmentCreate" => fulfil::create(store, input(&arguments, "fulfillment")?, now),
        "fulfillmentTrackingInfoUpdate" => fulfil::track(store, &arguments, now),
        "productSet" => products::set(store, &arguments, now),
        "metafieldsSet" => beside::remember(store, &arguments),
        "metafieldDefinitionCreate" => beside::define(store, &arguments),
        "publishablePublish" => beside::publish(store, &arguments),
        "collectionUpdate" => beside::collect(store, &arguments),
        "productVariantsBulkUpdate" => prices::update_variants(store, &arguments),
        "priceListFixedPricesAdd"
        | "priceListFixedPricesDelete"
        | "quantityPricingByVariantUpdate" => price_lists::change(store, &field.name, &arguments),
        "orderCancel" => cancel::cancel(store, &arguments, now),
        "webhookSubscriptionCreate" => webhooks::subscribe(store, &arguments, now),
        // From 2026-04 these refuse to run without the directive, although the schema lets it be left out.
        "inventorySetQuantities" | "inventoryActivate" | "refundCreate" => {
            once(store, field, variables, &arguments, |store| {
                match field.name.as_str() {
                    "inventoryActivate" => activate::activate(store, &arguments, now),
                    "refundCreate" => give_back::refund(store, &input(&arguments, "input")?, now),
                    _ => quantities::set(store, &arguments, now),
                }
            })
        }
        other => Err(GraphError::new(format!(
            "the sandbox has no mutation {other}"
        ))),
    }
}

/// Carries out a mutation at most once for each idempotency key.
fn once(
    store: &mut Store,
    field: &Field,
    variables: &Map<String, Json>,
    arguments: &Arguments,
    run: impl FnOnce(&mut Store) -> Result<Payload, GraphError>,
) -> Result<Payload, GraphError> {
    let Some(key) = field
        .idempotency_key(variables)
        .filter(|key| !key.is_empty())
    else {
        return Err(GraphError::coded(
            "BAD_REQUEST",
            "The @idempotent directive is required for this mutation but was not provided.",
        ));
    };
    let asked = format!("{} {:?}", field.name, arguments.0);
    if let Some((before, payload)) = store.answered.get(&key) {
        let error = |code, message: &str| {
            let errors = vec![UserError {
                field: None,
                message: message.to_owned(),
                code: Some(code),
            }];
            match field.name.as_str() {
                "inventoryActivate" => Payload::Level { made: None, errors },
                "refundCreate" => Payload::Refund { made: None, errors },
                _ => Payload::Quantities {
                    group: None,
                    errors,
                },
            }
        };
        return Ok(if *before != asked {
            error(
                "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
                "The same idempotency key cannot be used with different operation parameters.",
            )
        } else if payload.errors().is_empty() {
            payload.clone()
        } else {
            error(
                "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
                "A previous request with this idempotency key failed. Retry with a new idempotency key.",
            )
        });
    }
    let payload = run(store)?;
    store.answered.insert(key, (asked, payload.clone()));
    Ok(payload)
}

/// Reads an input object. What the schema does not know is refused.
fn input<T: DeserializeOwned>(arguments: &Arguments, name: &str) -> Result<T, GraphError> {
    let value = arguments.get(name).cloned().unwrap_or_default();
    T::deserialize(&value).map_err(|error| {
        let problem = serde_json::json!([{ "path": [], "explanation": error.to_string() }]);
        GraphError::new(format!(
            "Variable ${name} was provided invalid value: {error}"
        ))
        .with("value", value.clone())
        .with("problems", problem)
    })
}
