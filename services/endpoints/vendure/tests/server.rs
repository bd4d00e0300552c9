//! A Vendure server that really runs: who may ask, and what its checkup says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use commerce::Kind;
use http::Request;
use ports::{Cursor, Fault, Lane, Severity};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use url::Url;

/// The Admin API, and a file with the password of its administrator.
fn server() -> Option<(Url, NamedTempFile)> {
    let url: Url = testkit::service("CAUSEWAY_TEST_VENDURE")?.parse().unwrap();
    let password = NamedTempFile::new().unwrap();
    std::fs::write(password.path(), url.password().unwrap()).unwrap();
    let mut bare = url.join("admin-api").unwrap();
    bare.set_password(None).unwrap();
    bare.set_username("").unwrap();
    Some((bare, password))
}

fn login(password: &NamedTempFile) -> Value {
    let password = format!("file:{}", password.path().display());
    json!({ "login": { "username": "superadmin", "password": password } })
}

#[tokio::test]
async fn the_checkup_finds_nothing_bad() {
    let Some((url, password)) = server() else {
        return;
    };
    let connected = common::connect(url.as_str(), &json!({ "auth": login(&password) }));
    let health = connected.probe.probe().await.unwrap();
    assert!(health.identity.contains("as superadmin"), "{health:?}");
    let good = |finding: &ports::Finding| finding.severity == Severity::Good;
    assert!(health.findings.iter().all(good), "{health:?}");
    assert_eq!(health.findings.len(), 4);
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_channel_are_told() {
    let Some((url, password)) = server() else {
        return;
    };
    let settings = json!({ "auth": login(&password), "channel": "nobody's" });
    for (settings, words) in [(json!({}), "auth.login"), (settings, "check 'channel'")] {
        let connected = common::connect(url.as_str(), &settings);
        let source = connected.source.unwrap();
        let page = source.page(Kind::Order, &Cursor::default()).await;
        let Err(Fault::Unauthorized { why }) = page else {
            panic!("{page:?}");
        };
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn an_api_key_serves_as_well_as_a_login() {
    let Some((url, password)) = server() else {
        return;
    };
    let secret = std::fs::read_to_string(password.path()).unwrap();
    let ask = async |session: Option<&str>, query: &str, variables: Value| {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::read(url.clone(), Lane::Orders, body);
        request = request.header("content-type", "application/json");
        if let Some(token) = session {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        common::client().send(request).await.unwrap()
    };
    let query =
        "mutation($p: String!) { login(username: \"superadmin\", password: $p) { __typename } }";
    let session = ask(None, query, json!({ "p": secret })).await;
    let session = session
        .headers
        .get("vendure-auth-token")
        .unwrap()
        .to_owned();
    let roles = ask(Some(&session), "{ roles { items { id code } } }", json!({})).await;
    let roles: Value = roles.json().unwrap();
    let roles = roles["data"]["roles"]["items"].as_array().unwrap().iter();
    let mut roles = roles.filter(|role| role["code"] == "__super_admin_role__");
    let input = json!({ "roleIds": [roles.next().unwrap()["id"]], "translations": [{ "languageCode": "en", "name": "causeway" }] });
    let query = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey } }";
    let made = ask(Some(&session), query, json!({ "input": input })).await;
    let made: Value = made.json().unwrap();
    let file = NamedTempFile::new().unwrap();
    let key = made["data"]["createApiKey"]["apiKey"].as_str();
    std::fs::write(file.path(), key.unwrap_or_else(|| panic!("{made:#}"))).unwrap();
    let auth = json!({ "api_key": format!("file:{}", file.path().display()) });
    let connected = common::connect(url.as_str(), &json!({ "auth": auth }));
    let health = connected.probe.probe().await.unwrap();
    assert!(health.identity.contains("API key"), "{health:?}");
    let source = connected.source.unwrap();
    source.page(Kind::Order, &Cursor::default()).await.unwrap();
}
