//! Webhooks: they only wake the puller, which then reads for itself. So it does not matter that WooCommerce sends them late, several as one,
//! with the state at delivery, and under ids that are not unique.

use commerce::Kind;
use http::verify_signature;
use ports::{Doorbell, Fault, Knock, SecretRef};

/// Recognises the shop's calls.
pub(crate) struct Bell {
    secrets: Vec<SecretRef>,
}

impl Bell {
    pub(crate) const fn new(secrets: Vec<SecretRef>) -> Self {
        Self { secrets }
    }

    /// Whether one of the secrets made the signature over the raw body (WooCommerce, "Webhooks", X-WC-Webhook-Signature).
    fn verify(&self, knock: &Knock<'_>) -> Result<(), Fault> {
        let signature = knock.headers.get("x-wc-webhook-signature");
        verify_signature(&self.secrets, signature.map(String::as_str), knock.body)
    }
}

/// WooCommerce announces a new webhook by a form with its number, and nothing else; it wants to hear that somebody is there.
fn is_ping(knock: &Knock<'_>) -> bool {
    let unsigned = !knock
        .headers
        .keys()
        .any(|name| name.starts_with("x-wc-webhook-"));
    let number = knock.body.strip_prefix(b"webhook_id=");
    unsigned && number.is_some_and(|id| !id.is_empty() && id.iter().all(u8::is_ascii_digit))
}

impl Doorbell for Bell {
    fn answer(&self, knock: &Knock<'_>) -> Result<&'static [Kind], Fault> {
        if is_ping(knock) {
            return Ok(&[]);
        }
        self.verify(knock)?;
        let topic = knock
            .headers
            .get("x-wc-webhook-topic")
            .map_or("", String::as_str);
        let (about, what) = topic.split_once('.').unwrap_or((topic, ""));
        match about {
            // Deleted orders come to light in the trash. What is given back of an order is told as an update of it (WooCommerce's `WC_Webhook`, the
            // hooks of its topics: `woocommerce_order_refunded` is one of order.updated).
            "order" => Ok(&[Kind::Order, Kind::Refund]),
            "action" if what.contains("refund") => Ok(&[Kind::Refund]),
            // Nothing of these is read.
            "product" | "customer" | "coupon" | "action" => Ok(&[]),
            _ => Err(Fault::Unreadable {
                why: format!("webhook topic '{topic}' means nothing to Causeway"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    /// A reference to a secret in a file of its own.
    fn bell(name: &str, secret: &str) -> Bell {
        let file = format!("causeway-woocommerce-bell-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(file);
        std::fs::write(&path, secret).unwrap();
        Bell::new(vec![SecretRef::File(path)])
    }

    fn call(headers: &Value) -> BTreeMap<String, String> {
        let headers = headers.as_object().unwrap().iter();
        headers
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()))
            .collect()
    }

    #[test]
    fn every_recorded_post_is_recognised_and_no_altered_one() {
        let Some(contracts) = testkit::contracts() else {
            return;
        };
        let bell = bell("recorded", "whsec-local-only");
        let (mut signed, mut pings) = (0, 0);
        for entry in std::fs::read_dir(contracts.join("woocommerce/recorded")).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let Ok(case) = serde_json::from_str::<Value>(&text) else {
                continue;
            };
            let Some(body) = case["received"]["raw_body"].as_str() else {
                continue;
            };
            let headers = call(&case["received"]["headers"]);
            let answer = |body: &str| {
                let body = body.as_bytes();
                let headers = &headers;
                bell.answer(&Knock { headers, body })
            };
            let Some(topic) = headers.get("x-wc-webhook-topic") else {
                assert_eq!(answer(body), Ok([].as_slice()));
                let forged = answer("webhook_id=1&order=5");
                assert!(matches!(forged, Err(Fault::Unauthorized { .. })));
                pings += 1;
                continue;
            };
            let kinds: &[Kind] = match topic.starts_with("order.") {
                true => &[Kind::Order, Kind::Refund],
                false => &[],
            };
            assert_eq!(answer(body), Ok(kinds), "{topic}");
            let altered = answer(&format!("{body} "));
            assert!(
                matches!(altered, Err(Fault::Unauthorized { .. })),
                "{topic}"
            );
            signed += 1;
        }
        assert!(signed >= 5 && pings >= 1, "{signed} {pings}");
    }

    #[test]
    fn a_ping_with_a_topic_is_a_forgery() {
        let headers =
            BTreeMap::from([("x-wc-webhook-topic".to_owned(), "order.updated".to_owned())]);
        let answer = bell("ping", "s").answer(&Knock {
            headers: &headers,
            body: b"webhook_id=1",
        });
        assert!(matches!(answer, Err(Fault::Unauthorized { .. })));
    }
}
