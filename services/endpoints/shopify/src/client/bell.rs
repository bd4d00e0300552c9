//! Webhooks: they only wake the puller, which then reads for itself.

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

    /// Whether one of the secrets made the signature (Shopify help, "Verify webhooks": HMAC-SHA256 over the raw body, base64).
    fn verify(&self, knock: &Knock<'_>) -> Result<(), Fault> {
        let signature = knock.headers.get("x-shopify-hmac-sha256");
        verify_signature(&self.secrets, signature.map(String::as_str), knock.body)
    }
}

impl Doorbell for Bell {
    fn answer(&self, knock: &Knock<'_>) -> Result<&'static [Kind], Fault> {
        self.verify(knock)?;
        let topic = knock
            .headers
            .get("x-shopify-topic")
            .map_or("", String::as_str);
        let (about, what) = topic.split_once('/').unwrap_or((topic, ""));
        match about {
            "orders" | "order_transactions" => Ok(&[Kind::Order]),
            "refunds" => Ok(&[Kind::Refund]),
            // Every app must take these; Causeway keeps nothing of them to act on. Who is gone is nowhere taken away.
            "customers" if matches!(what, "redact" | "data_request" | "delete") => Ok(&[]),
            "companies" if what == "delete" => Ok(&[]),
            "shop" | "app" => Ok(&[]),
            "customers"
            | "customers_email_marketing_consent"
            | "customer.tags_added"
            | "customer.tags_removed" => Ok(&[Kind::Customer]),
            "companies" | "company_contacts" | "company_locations" => Ok(&[Kind::Company]),
            _ => Err(Fault::Unreadable {
                why: format!("webhook topic '{topic}' means nothing to Causeway"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ring::hmac;

    use super::*;

    /// References to secrets in files of their own.
    fn bell(name: &str, secrets: &[&str]) -> Bell {
        let folder =
            std::env::temp_dir().join(format!("causeway-bell-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let reference = |(index, secret): (usize, &&str)| {
            let path = folder.join(index.to_string());
            let mut file = std::fs::File::create(&path).unwrap();
            writeln!(file, "{secret}").unwrap();
            SecretRef::File(path)
        };
        Bell::new(secrets.iter().enumerate().map(reference).collect())
    }

    fn call(secret: &str, topic: &str, body: &[u8]) -> BTreeMap<String, String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signature = STANDARD.encode(hmac::sign(&key, body));
        BTreeMap::from([
            ("x-shopify-hmac-sha256".to_owned(), signature),
            ("x-shopify-topic".to_owned(), topic.to_owned()),
        ])
    }

    #[test]
    fn the_new_and_the_old_secret_count() {
        let bell = bell("two", &["new", "old"]);
        for secret in ["new", "old"] {
            let headers = call(secret, "orders/updated", b"{}");
            let knock = Knock {
                headers: &headers,
                body: b"{}",
            };
            assert_eq!(bell.answer(&knock), Ok([Kind::Order].as_slice()));
        }
    }

    #[test]
    fn forged_changed_and_unsigned_calls_are_refused() {
        let bell = bell("forged", &["new"]);
        let forged = call("guess", "orders/create", b"{}");
        let signed = call("new", "orders/create", b"{}");
        let unsigned = BTreeMap::from([("x-shopify-topic".to_owned(), "orders/create".to_owned())]);
        for (headers, body) in [
            (&forged, b"{}".as_slice()),
            (&signed, b"{} "),
            (&unsigned, b"{}"),
        ] {
            let answer = bell.answer(&Knock { headers, body });
            assert!(
                matches!(answer, Err(Fault::Unauthorized { .. })),
                "{answer:?}"
            );
        }
    }

    #[test]
    fn a_missing_secret_is_named() {
        let bell = Bell::new(vec![SecretRef::Env("CAUSEWAY_NO_SUCH_VARIABLE".into())]);
        let headers = call("x", "orders/create", b"{}");
        let answer = bell.answer(&Knock {
            headers: &headers,
            body: b"{}",
        });
        assert!(
            matches!(answer, Err(Fault::Unauthorized { why }) if why.contains("CAUSEWAY_NO_SUCH_VARIABLE"))
        );
    }

    #[test]
    fn topics_wake_what_they_are_about() {
        let bell = bell("topics", &["s"]);
        let answer = |topic: &str| {
            let headers = call("s", topic, b"");
            bell.answer(&Knock {
                headers: &headers,
                body: b"",
            })
        };
        assert_eq!(answer("orders/updated"), Ok([Kind::Order].as_slice()));
        assert_eq!(answer("refunds/create"), Ok([Kind::Refund].as_slice()));
        for topic in [
            "customers/redact",
            "customers/data_request",
            "customers/delete",
        ] {
            assert_eq!(answer(topic), Ok([].as_slice()), "{topic}");
        }
        for topic in ["customers/create", "customers/update", "customers/merge"] {
            assert_eq!(answer(topic), Ok([Kind::Customer].as_slice()), "{topic}");
        }
        for topic in [
            "companies/create",
            "company_contacts/update",
            "company_locations/update",
        ] {
            assert_eq!(answer(topic), Ok([Kind::Company].as_slice()), "{topic}");
        }
        assert!(matches!(
            answer("themes/publish"),
            Err(Fault::Unreadable { .. })
        ));
        assert!(matches!(answer(""), Err(Fault::Unreadable { .. })));
    }
}
