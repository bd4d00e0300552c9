//! The REST API of one site.

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use http::{Client, Reply};
use kit::Rest;
use ports::ConfigError;

use super::auth::Signer;
use super::body::json_within;
use super::vendor::Woo;
use crate::Settings;

/// The most records that the API gives on a page, and takes in a batch.
pub(super) const PAGE: usize = 100;
/// The size of a page as the API takes it.
pub(super) const PAGE_TEXT: &str = "100";

/// The API of the site.
pub(crate) fn api(settings: &Settings, http: Client) -> Result<Rest, ConfigError> {
    let wrong = |why: String| ConfigError {
        setting: "url".to_owned(),
        why,
    };
    let mut site = settings.url.clone();
    if site.cannot_be_a_base() || !matches!(site.scheme(), "https" | "http") {
        return Err(wrong("must be the site's http or https address".to_owned()));
    }
    // Without it the last part of the path would be replaced.
    if !site.path().ends_with('/') {
        site.set_path(&format!("{}/", settings.url.path()));
    }
    let base = site.join("wp-json/wc/v3/");
    let base = base.map_err(|error| wrong(error.to_string()))?;
    let signer = Signer {
        key: settings.auth.consumer_key.clone(),
        secret: settings.auth.consumer_secret.clone(),
        in_query: settings.auth.in_query,
    };
    let http = http.with_vendor(Arc::new(Woo { signer }));
    Ok(Rest::new(http, base, bared))
}

/// The reply with nothing but its JSON. A list of nothing may come without a body, or as `null`.
fn bared(mut reply: Reply) -> Reply {
    if reply.status == 204 || reply.body.trim_ascii() == b"null" {
        reply.body = Bytes::from_static(b"[]");
    }
    if let Some(range) = json_within(&reply.body) {
        reply.body = reply.body.slice(range);
    }
    reply
}

/// A list of numbers as the API takes it.
pub(super) fn listed(ids: &[impl Display]) -> String {
    let all: Vec<String> = ids.iter().map(ToString::to_string).collect();
    all.join(",")
}
