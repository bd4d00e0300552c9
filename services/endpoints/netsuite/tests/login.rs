//! Logging in: OAuth 2.0 tokens are asked for once and renewed when refused; token-based requests are signed anew each time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "test code"
)]

mod common;

use std::path::PathBuf;

use commerce::Kind;
use common::{Fake, Scripted};
use jiff::SignedDuration;
use ports::{Cursor, Fault};
use serde_json::{Value, json};

const NOW: &str = "2026-03-02T18:11:12Z";
const TOKEN: &str = "/services/rest/auth/oauth2/v1/token";
const STOCK: &str = "/services/rest/query/v1/suiteql?limit=1000&offset=0";

/// A key file that goes away with the test.
struct KeyFile(PathBuf);

impl KeyFile {
    fn new(name: &str) -> Self {
        let file = format!("causeway-netsuite-{name}-{}.pem", std::process::id());
        let path = std::env::temp_dir().join(file);
        let pem = rcgen::KeyPair::generate().unwrap().serialize_pem();
        std::fs::write(&path, pem).unwrap();
        Self(path)
    }

    fn settings(&self) -> Value {
        let key = format!("file:{}", self.0.display());
        json!({"auth": {"oauth2": {"client_id": "client", "certificate_id": "cert", "private_key": key}}})
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn answer(path: &str, status: u16, body: &Value) -> Scripted {
    Scripted {
        method: "POST".to_owned(),
        path: path.to_owned(),
        contains: Vec::new(),
        status,
        headers: Vec::new(),
        body: body.to_string(),
    }
}

fn token(name: &str, expires_in: &Value) -> Scripted {
    let body = json!({"access_token": name, "expires_in": expires_in, "token_type": "bearer"});
    answer(TOKEN, 200, &body)
}

fn rows() -> Scripted {
    answer(STOCK, 200, &json!({"items": [], "hasMore": false}))
}

fn refused() -> Scripted {
    let mut refused = answer(
        STOCK,
        401,
        &json!({"o:errorDetails": [{"detail": "Invalid login attempt.", "o:errorCode": "INVALID_LOGIN"}]}),
    );
    let challenge = "Bearer realm=\"1234567_SB1\", error=\"invalid_token\"";
    refused
        .headers
        .push(("www-authenticate".to_owned(), challenge.to_owned()));
    refused
}

fn bearers(fake: &Fake) -> Vec<String> {
    let asked = fake.asked();
    let queries = asked.iter().filter(|asked| asked.path == STOCK);
    queries
        .map(|asked| asked.header("authorization").unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn one_token_serves_all_who_wait() {
    let key = KeyFile::new("once");
    let script = vec![token("T1", &json!("3600")), rows(), rows(), rows()];
    let fake = Fake::start(script).await;
    let (http, _) = common::client(NOW);
    let connected = common::connect(&key.settings(), &fake.address, http);
    let source = connected.source.unwrap();
    let cursor = Cursor::default();
    let read = || source.page(Kind::Stock, &cursor);
    let (one, two, three) = tokio::join!(read(), read(), read());
    for page in [one, two, three] {
        page.unwrap();
    }
    fake.finish("one token");
    assert_eq!(bearers(&fake), ["Bearer T1"; 3]);
    let asked = fake.asked();
    let form = &asked.iter().find(|asked| asked.path == TOKEN).unwrap().body;
    assert!(
        form.starts_with("grant_type=client_credentials&client_assertion_type=urn%3Aietf"),
        "{form}"
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let key = KeyFile::new("renewed");
    let script = vec![
        token("T1", &json!(3600)),
        refused(),
        token("T2", &json!(3600)),
        rows(),
        refused(),
        token("T3", &json!(3600)),
        refused(),
    ];
    let fake = Fake::start(script).await;
    let (http, _) = common::client(NOW);
    let connected = common::connect(&key.settings(), &fake.address, http);
    let source = connected.source.unwrap();
    source.page(Kind::Stock, &Cursor::default()).await.unwrap();
    assert_eq!(bearers(&fake), ["Bearer T1", "Bearer T2"]);
    // A token that is refused although it is new ends it.
    let fault = source.page(Kind::Stock, &Cursor::default()).await;
    assert!(
        matches!(fault, Err(Fault::Unauthorized { .. })),
        "{fault:?}"
    );
    fake.finish("renewed");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let key = KeyFile::new("expires");
    let script = vec![
        token("T1", &json!(3600)),
        rows(),
        rows(),
        token("T2", &json!(3600)),
        rows(),
    ];
    let fake = Fake::start(script).await;
    let (http, clock) = common::client(NOW);
    let connected = common::connect(&key.settings(), &fake.address, http);
    let source = connected.source.unwrap();
    for minutes in [0, 58, 2] {
        *clock.0.lock().unwrap() += SignedDuration::from_mins(minutes);
        source.page(Kind::Stock, &Cursor::default()).await.unwrap();
    }
    assert_eq!(bearers(&fake), ["Bearer T1", "Bearer T1", "Bearer T2"]);
    fake.finish("expires");
}

#[tokio::test]
async fn a_refused_token_request_tells_the_causes() {
    let key = KeyFile::new("grant");
    let fake = Fake::start(vec![answer(TOKEN, 400, &json!({"error": "invalid_grant"}))]).await;
    let (http, _) = common::client(NOW);
    let connected = common::connect(&key.settings(), &fake.address, http);
    let fault = connected.probe.probe().await.unwrap_err();
    let text = fault.to_string();
    assert!(matches!(fault, Fault::Unauthorized { .. }), "{text}");
    for told in ["invalid_grant", "certificate id", "Login Audit Trail"] {
        assert!(text.contains(told), "{text}");
    }
    fake.finish("grant");
}

#[tokio::test]
async fn a_busy_token_endpoint_is_no_matter_of_credentials() {
    let key = KeyFile::new("busy");
    let fake = Fake::start(vec![
        answer(TOKEN, 429, &Value::Null),
        answer(TOKEN, 503, &Value::Null),
    ])
    .await;
    let (http, _) = common::client(NOW);
    let connected = common::connect(&key.settings(), &fake.address, http);
    let throttled = connected.probe.probe().await.unwrap_err();
    assert!(matches!(throttled, Fault::Throttled { .. }), "{throttled}");
    let unavailable = connected.probe.probe().await.unwrap_err();
    assert!(
        matches!(unavailable, Fault::Unavailable { .. }),
        "{unavailable}"
    );
}

#[tokio::test]
async fn signatures_are_never_reused() {
    let fake = Fake::start(vec![rows(), rows(), refused()]).await;
    let (http, _) = common::client(NOW);
    let connected = common::connect(&json!({}), &fake.address, http);
    let source = connected.source.unwrap();
    for _ in 0..2 {
        source.page(Kind::Stock, &Cursor::default()).await.unwrap();
    }
    let headers = bearers(&fake);
    assert!(
        headers[0].starts_with("OAuth realm=\"1234567_SB1\""),
        "{}",
        headers[0]
    );
    assert_ne!(headers[0], headers[1]);
    // A refusal is not tried again: five of them lock the user.
    let fault = source
        .page(Kind::Stock, &Cursor::default())
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::Unauthorized { .. }), "{fault}");
    fake.finish("signatures");
}
