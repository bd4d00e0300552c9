//! Webhooks. They bear no signature, and what they bring is an address to read news at, which somebody else may have made up: it is never asked.
//! They only wake the puller, which reads for itself.

use commerce::Kind;
use ports::{Doorbell, Fault, Knock};

use crate::wire::Webhook;

/// Tells what a webhook is about.
pub(crate) struct Bell;

impl Doorbell for Bell {
    fn answer(&self, knock: &Knock<'_>) -> Result<&'static [Kind], Fault> {
        let unknown = |why: String| Fault::Unreadable { why };
        let call: Webhook = serde_json::from_slice(knock.body)
            .map_err(|error| unknown(format!("a webhook without resource_type: {error}")))?;
        match call.resource_type.as_str() {
            "SHIP_NOTIFY" | "ITEM_SHIP_NOTIFY" | "FULFILLMENT_SHIPPED" | "FULFILLMENT_REJECTED" => {
                Ok(&[Kind::Fulfilment])
            }
            "ORDER_NOTIFY" | "ITEM_ORDER_NOTIFY" => Ok(&[]),
            other => Err(unknown(format!(
                "webhook '{other}' means nothing to Causeway"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_call_wakes_and_does_no_more() {
        let headers = BTreeMap::new();
        let answer = |body: &str| {
            Bell.answer(&Knock {
                headers: &headers,
                body: body.as_bytes(),
            })
        };
        let call = |kind: &str| {
            format!(
                r#"{{"resource_url": "https://elsewhere.example/", "resource_type": "{kind}"}}"#
            )
        };
        assert_eq!(
            answer(&call("SHIP_NOTIFY")),
            Ok([Kind::Fulfilment].as_slice())
        );
        assert_eq!(answer(&call("ORDER_NOTIFY")), Ok([].as_slice()));
        assert!(answer(&call("PARTY")).is_err());
        assert!(answer("{}").is_err());
    }
}
