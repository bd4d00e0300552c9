//! Requests to ShipStation's V1 API.

mod bell;
mod checkup;
mod cursor;
mod reader;
mod vendor;
mod writer;

use std::sync::Arc;

use kit::Rest;
use ports::ConfigError;
use url::Url;

pub(crate) use bell::Bell;
pub(crate) use checkup::Checkup;
pub(crate) use reader::Reader;
pub(crate) use writer::{Writer, remake};

use crate::Settings;
use vendor::ShipStation;

/// The API of one account.
pub(crate) fn api(settings: &Settings, http: http::Client) -> Result<Rest, ConfigError> {
    let wrong = |why: String| ConfigError {
        setting: "url".to_owned(),
        why,
    };
    let base = match &settings.url {
        Some(url) => url.clone(),
        None => Url::parse("https://ssapi.shipstation.com/")
            .map_err(|error| wrong(error.to_string()))?,
    };
    if !matches!(base.scheme(), "http" | "https") || !base.path().ends_with('/') {
        let example = "must be an address such as https://ssapi.shipstation.com/";
        return Err(wrong(example.to_owned()));
    }
    let vendor = ShipStation {
        key: settings.api_key.clone(),
        secret: settings.api_secret.clone(),
    };
    Ok(Rest::new(
        http.with_vendor(Arc::new(vendor)),
        base,
        |reply| reply,
    ))
}
