//! The site's address: one handler for all of the API.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, DATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::{Value as Json, json};

use super::dispatch::{Answer, Asked, Problem, dispatch};
use super::{Shop, auth};
use crate::faults::Wording;

const BASE: &str = "/wp-json/wc/v3/";
const NOTICE: &str = "<br />\n<b>Deprecated</b>:  Creation of dynamic property {x} is deprecated in [0] on line <b>3</b><br />\n";

pub(super) fn routes(shop: &Shop) -> Router {
    Router::new()
        .route("/wp-json/wc/v3/{*path}", any(answer))
        .with_state(shop.clone())
}

async fn answer(
    State(shop): State<Shop>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let _in_flight = shop.meter.request();
    let target = uri.path_and_query().map_or("", |both| both.as_str());
    let plan = shop.faults.plan(method.as_str(), target);
    let handle = async { handle(&shop, method.as_str(), &uri, &headers, &body) };
    let answer = plan.carry_out(&Words, handle).await;
    let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
    let template = template(uri.path());
    shop.meter
        .answered(method.as_str(), &template, &answer, refused);
    answer
}

/// The path with ids replaced.
fn template(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let is_id = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_id { "{id}" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn handle(shop: &Shop, method: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let now = shop.clock.now();
    let store = &mut shop.state.lock();
    let checked = auth::check(&shop.options, store, (method, uri), headers, &query, now);
    let done = checked.and_then(|()| {
        let path = uri.path().strip_prefix(BASE).unwrap_or_default();
        let body = if body.is_empty() {
            Json::Null
        } else {
            serde_json::from_slice(body)
                .map_err(|_| Problem::new(400, "rest_invalid_json", "Invalid JSON body passed."))?
        };
        let asked = Asked {
            method,
            path: path.split('/').collect(),
            query: &query,
            body,
            now,
        };
        dispatch(store, &shop.options, &asked)
    });
    let answer = done.unwrap_or_else(|problem| Answer::of(problem.status, problem.body));
    let mut text = answer.body.to_string();
    if shop.options.notices {
        text.insert_str(0, NOTICE);
    }
    let mut response = with_type(answer.status, text, "application/json; charset=UTF-8");
    let head = response.headers_mut();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        head.insert(DATE, date);
    }
    if let Some((records, pages)) = answer.totals {
        head.insert("x-wp-total", HeaderValue::from(records));
        head.insert("x-wp-totalpages", HeaderValue::from(pages));
    }
    response
}

fn with_type(status: u16, body: String, kind: &'static str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body).into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// How the host, PHP and WooCommerce word their refusals.
struct Words;

impl Wording for Words {
    fn refused(&self) -> Response {
        let page =
            "<html><head><title>429 Too Many Requests</title></head><body>Slow down</body></html>";
        with_type(429, page.to_owned(), "text/html")
    }

    fn failed(&self) -> Response {
        let words = "<p>There has been a critical error on this website.</p>";
        let body =
            json!({ "code": "internal_server_error", "message": words, "data": { "status": 500 } });
        with_type(500, body.to_string(), "application/json; charset=UTF-8")
    }

    fn expired(&self) -> Response {
        let problem = auth::nobody();
        with_type(
            problem.status,
            problem.body.to_string(),
            "application/json; charset=UTF-8",
        )
    }
}
