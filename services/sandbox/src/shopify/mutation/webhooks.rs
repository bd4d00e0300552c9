use jiff::Timestamp;
use serde::Deserialize;

use super::{Arguments, GraphError, Payload, Store, UserError, input};
use crate::shopify::model::store::{Subscription, to_second};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionInput {
    #[serde(default)]
    uri: Option<String>,
    #[serde(default)]
    callback_url: Option<String>,
}

/// Notes where to send what. The sandbox sends nothing by itself.
pub(super) fn subscribe(
    store: &mut Store,
    arguments: &Arguments,
    now: Timestamp,
) -> Result<Payload, GraphError> {
    let asked: SubscriptionInput = input(arguments, "webhookSubscription")?;
    let refuse = |message: &str| {
        Ok(Payload::Subscription {
            made: None,
            errors: vec![UserError::new(&["webhookSubscription", "uri"], message)],
        })
    };
    let Some(uri) = asked.uri.or(asked.callback_url) else {
        return refuse("Address can't be blank");
    };
    let topic = arguments.text("topic").unwrap_or_default().to_owned();
    if store
        .subscriptions
        .iter()
        .any(|known| known.topic == topic && known.uri == uri)
    {
        return refuse("Address for this topic has already been taken");
    }
    let place = store.subscriptions.len();
    store.subscriptions.push(Subscription {
        id: 1_400_000_000_001 + place as u64,
        topic,
        uri,
        at: to_second(now),
    });
    Ok(Payload::Subscription {
        made: Some(place),
        errors: Vec::new(),
    })
}
