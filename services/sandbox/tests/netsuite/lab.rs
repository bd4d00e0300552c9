use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use causeway_sandbox::netsuite::{Account, Settings};
use causeway_sandbox::{Clock, Options, Sandbox};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

pub(crate) const TOKEN_PATH: &str = "/services/rest/auth/oauth2/v1/token";
pub(crate) const RECORDS: &str = "/services/rest/record/v1";
/// Monday, 10:00 in Los Angeles.
pub(crate) const START: &str = "2026-03-02T18:00:00Z";

/// A sandbox with a clock that moves by hand, and a client that is logged in.
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) token: String,
    seconds: Arc<AtomicI64>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The id in `Location`, after checking that this is how a save is answered.
    pub(crate) fn saved(&self) -> u64 {
        assert_eq!((self.status, &self.body), (204, &Value::Null), "{self:?}");
        self.header("location")
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Code and text of an error, after checking its shape.
    pub(crate) fn error(&self) -> (&str, &str) {
        assert!(self.status >= 400, "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        assert!(
            self.header("content-type")
                .starts_with("application/vnd.oracle.resource+json; type=error"),
            "{self:?}"
        );
        let detail = &self.body["o:errorDetails"][0];
        (
            detail["o:errorCode"].as_str().unwrap_or(""),
            detail["detail"].as_str().unwrap(),
        )
    }
}

impl Lab {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let mut lab = Self::unlogged(change).await;
        let reply = lab.mint(&lab.assertion(|_, _| {})).await;
        lab.token = reply.body["access_token"].as_str().unwrap().to_owned();
        lab
    }

    /// For an account with other credentials than the demonstration's.
    pub(crate) async fn unlogged(change: impl FnOnce(&mut Options)) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let seconds = Arc::new(AtomicI64::new(
            START.parse::<Timestamp>().unwrap().as_second(),
        ));
        let read = Arc::clone(&seconds);
        let clock =
            Clock::new(move || Timestamp::from_second(read.load(Ordering::SeqCst)).unwrap());
        let mut options = Options {
            clock,
            seed: 7,
            ..Options::default()
        };
        change(&mut options);
        let sandbox = Sandbox::start(options).await.unwrap();
        let client = Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self {
            sandbox,
            client,
            token: String::new(),
            seconds,
        }
    }

    pub(crate) fn account(&self) -> &Account {
        self.sandbox.netsuite()
    }

    pub(crate) fn now(&self) -> i64 {
        self.seconds.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.account().settings();
        change(&mut settings);
        self.account().set(settings);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!(
            "{}{path}",
            self.sandbox.netsuite_url().as_str().trim_end_matches('/')
        )
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, self.url(path))
            .bearer_auth(&self.token)
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap()
        };
        Reply {
            status,
            headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(body))
            .await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// Rows of a query.
    pub(crate) async fn query(&self, q: &str, params: &[&str]) -> Vec<Value> {
        let reply = self.ask(q, params, "").await;
        assert_eq!(reply.status, 200, "{q}: {reply:?}");
        reply.body["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn ask(&self, q: &str, params: &[&str], paging: &str) -> Reply {
        let request = self.request(
            Method::POST,
            &format!("/services/rest/query/v1/suiteql{paging}"),
        );
        self.send(
            request
                .header("Prefer", "transient")
                .json(&json!({ "q": q, "params": params })),
        )
        .await
    }

    /// A customer, whose internal id is returned.
    pub(crate) async fn customer(&self, external_id: &str) -> u64 {
        self.post(&format!("{RECORDS}/customer"), &customer(external_id))
            .await
            .saved()
    }

    /// An order of this customer with these lines, whose internal id is returned.
    pub(crate) async fn order(&self, external_id: &str, customer: u64, lines: Value) -> u64 {
        self.post(
            &format!("{RECORDS}/salesOrder"),
            &order(external_id, customer, lines),
        )
        .await
        .saved()
    }

    /// A client assertion; `change` may spoil header and claims.
    pub(crate) fn assertion(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let demo = causeway_sandbox::netsuite::Credentials::demo();
        let mut header = json!({ "typ": "JWT", "alg": "ES256", "kid": demo.certificate_id });
        let mut claims = json!({
            "iss": demo.client_id,
            "scope": ["rest_webservices"],
            "aud": self.url(TOKEN_PATH),
            "iat": self.now(),
            "exp": self.now() + 300,
        });
        change(&mut header, &mut claims);
        let signed = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let der = der(demo.private_key_pem.as_ref().unwrap());
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &SystemRandom::new())
                .unwrap();
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) async fn mint(&self, assertion: &str) -> Reply {
        let form = [
            ("grant_type", "client_credentials"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
        ];
        self.send(self.client.post(self.url(TOKEN_PATH)).form(&form))
            .await
    }

    /// Why the last login failed, from the audit trail.
    pub(crate) fn last_failure(&self) -> String {
        self.account()
            .login_failures()
            .last()
            .map(|failure| failure.reason.clone())
            .unwrap_or_default()
    }

    /// Internal ids of two plain items and a kit.
    pub(crate) fn items(&self) -> (u64, u64, u64) {
        let kit = self.account().records("kitItem")[0].id;
        (1001, 1002, kit)
    }
}

pub(crate) fn der(pem: &str) -> Vec<u8> {
    let text: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    STANDARD.decode(text).unwrap()
}

pub(crate) fn customer(external_id: &str) -> Value {
    json!({
        "externalId": external_id, "isPerson": true, "firstName": "Ada", "lastName": "Byron", "email": "ada@example.com",
        "subsidiary": { "id": "1" },
        "addressBook": { "items": [{ "label": "ship", "defaultShipping": true, "addressBookAddress": {
            "addressee": "Ada Byron", "addr1": "1 Main St", "city": "Austin", "state": "TX", "zip": "78701", "country": { "id": "US" } } }] },
    })
}

pub(crate) fn order(external_id: &str, customer: u64, lines: Value) -> Value {
    json!({
        "externalId": external_id, "entity": { "id": customer.to_string() }, "tranDate": "2026-03-02", "otherRefNum": "#1001",
        "orderStatus": { "id": "B" }, "location": { "id": "1" }, "currency": { "id": "1" },
        "shippingAddress": { "addressee": "Ada Byron", "city": "Austin", "country": { "id": "US" } },
        "item": { "items": lines },
    })
}

/// A line with a price of its own.
pub(crate) fn line(item: u64, quantity: u32, rate: &str) -> Value {
    let rate: serde_json::Number = serde_json::from_str(rate).unwrap();
    json!({ "item": { "id": item.to_string() }, "quantity": quantity, "price": { "id": "-1" }, "rate": rate })
}

/// A file of published facts about NetSuite, where they are at hand.
pub(crate) fn facts(name: &str) -> Option<Value> {
    let file = testkit::contracts()?.join("netsuite/facts").join(name);
    let text = std::fs::read_to_string(file).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}
