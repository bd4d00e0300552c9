//! What an answer means: with GraphQL most failures come with status 200.

use std::time::Duration;

use http::{Intent, Judgement, Reply, Request, by_status};
use ports::{Fault, Feedback};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Number;

use crate::wire::{Cost, Envelope, Errors, GraphError};

/// Judges a reply of the GraphQL endpoint.
pub(super) fn judge(request: &Request, reply: &Reply) -> Judgement {
    if let Some(fault) = by_meaning(request, reply) {
        return Judgement {
            fault: Some(fault),
            feedback: Feedback {
                refused: reply.status == 429,
                retry_after: reply.retry_after(),
                ..Feedback::default()
            },
        };
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(&reply.body) else {
        return Judgement {
            fault: Some(unclear(
                request,
                "the answer is no GraphQL answer".to_owned(),
            )),
            feedback: Feedback::default(),
        };
    };
    let errors = list(envelope.errors);
    let cost = envelope.extensions.cost.as_ref();
    let fault = match errors.first() {
        None if envelope.data.is_none() => Some(unclear(
            request,
            "the answer holds neither data nor errors".to_owned(),
        )),
        None => None,
        Some(_) => Some(worst(request, &errors, cost)),
    };
    let throttled = matches!(fault, Some(Fault::Throttled { .. }));
    let after = match &fault {
        Some(Fault::Throttled { after, .. }) => *after,
        _ => None,
    };
    Judgement {
        fault,
        feedback: Feedback {
            refused: throttled,
            retry_after: after,
            cost: cost.and_then(|cost| whole(cost.actual_query_cost.as_ref()?)),
            bucket: cost.and_then(bucket),
        },
    }
}

/// Whether the query costs more than a single query may (`MAX_COST_EXCEEDED`): a smaller one would do.
pub(super) fn is_too_costly(reply: Option<&Reply>) -> bool {
    let envelope = reply.and_then(|reply| serde_json::from_slice::<Envelope<'_>>(&reply.body).ok());
    envelope.is_some_and(|envelope| {
        let errors = list(envelope.errors);
        errors
            .iter()
            .any(|error| code(error) == "MAX_COST_EXCEEDED")
    })
}

/// The bucket as (available, of, refilled a second).
pub(super) fn bucket(cost: &Cost) -> Option<(u32, u32, u32)> {
    let status = &cost.throttle_status;
    Some((
        whole(&status.currently_available)?,
        whole(&status.maximum_available)?,
        whole(&status.restore_rate)?,
    ))
}

/// Statuses that mean something of their own at Shopify (Shopify help, "Response status and error codes").
fn by_meaning(request: &Request, reply: &Reply) -> Option<Fault> {
    let unauthorized = |why: &str| {
        Some(Fault::Unauthorized {
            why: format!("HTTP {}: {why}", reply.status),
        })
    };
    match reply.status {
        401 => unauthorized(
            "Shopify does not know the access token: it was revoked, has expired, or belongs to another shop",
        ),
        402 => unauthorized("the shop is frozen until its bill is paid"),
        403 => unauthorized(
            "Shopify forbids the call: the app lacks the right, or the shop is closed to it",
        ),
        404 => unauthorized("there is no such shop or API address: check the setting 'shop'"),
        423 => unauthorized("the shop is locked; Shopify's support unlocks it"),
        430 => Some(Fault::Throttled {
            after: reply.retry_after(),
            why: "HTTP 430: Shopify takes the calls for an attack".to_owned(),
        }),
        _ => by_status(request, reply),
    }
}

/// The one fault that stands for all errors: that which forbids to go on, before that which passes.
fn worst(request: &Request, errors: &[GraphError], cost: Option<&Cost>) -> Fault {
    let with = |codes: &[&str]| errors.iter().find(|error| codes.contains(&code(error)));
    if let Some(error) = with(&["ACCESS_DENIED"]) {
        let words = &error.message;
        let why = match &error.extensions.required_access {
            Some(access) if !words.contains(access.as_str()) => {
                format!("{words}; required access: {access}")
            }
            _ => words.clone(),
        };
        return Fault::Unauthorized { why };
    }
    if let Some(error) = with(&["SHOP_INACTIVE", "UNAUTHORIZED"]) {
        return Fault::Unauthorized {
            why: error.message.clone(),
        };
    }
    if let Some(error) = with(&["THROTTLED"]) {
        return Fault::Throttled {
            after: cost.and_then(refill),
            why: error.message.clone(),
        };
    }
    if let Some(error) = with(&["INTERNAL_SERVER_ERROR", "TIMEOUT"]) {
        return unclear(request, error.message.clone());
    }
    let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    Fault::Refused {
        why: words.join("; "),
    }
}

/// Nothing is known of what happened: of a write that is an uncertain outcome.
fn unclear(request: &Request, why: String) -> Fault {
    match request.intent {
        Intent::Write => Fault::Uncertain { why },
        Intent::Read => Fault::Unavailable { why },
    }
}

/// How long until the bucket holds what the query asked for.
fn refill(cost: &Cost) -> Option<Duration> {
    let asked = whole(cost.requested_query_cost.as_ref()?)?;
    let (available, _, rate) = bucket(cost)?;
    let seconds = asked.saturating_sub(available).checked_div(rate)?;
    Some(Duration::from_secs(u64::from(seconds) + 1))
}

fn list(errors: Errors) -> Vec<GraphError> {
    let text = match errors {
        Errors::List(list) => return list,
        Errors::Text(text) => text,
        Errors::Other(serde_json::Value::Null) => return Vec::new(),
        Errors::Other(other) => other.to_string(),
    };
    vec![GraphError {
        message: text,
        extensions: crate::wire::ErrorDetails::default(),
    }]
}

fn code(error: &GraphError) -> &str {
    error.extensions.code.as_deref().unwrap_or_default()
}

/// Points are written as decimals (`1000.0`).
fn whole(number: &Number) -> Option<u32> {
    let text = number.to_string();
    let value = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
    value.ok()?.max(Decimal::ZERO).to_u32()
}

#[cfg(test)]
mod tests;
