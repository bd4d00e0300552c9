//! The V1 API.

use std::collections::HashMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Account;
use super::model::pacific;
use crate::faults::Wording;

/// The most orders of one request.
const BATCH: usize = 100;
/// The largest request that is read.
const LARGEST: usize = 16 * 1024 * 1024;

type Asked = HashMap<String, String>;

pub(super) fn routes(account: &Account) -> Router {
    Router::new()
        .route("/orders/createorders", post(create_orders))
        .route("/orders", get(orders))
        .route("/orders/{id}", get(order))
        .route("/shipments", get(shipments))
        .route("/fulfillments", get(fulfillments))
        .route("/stores", get(stores))
        .route("/warehouses", get(warehouses))
        .layer(middleware::from_fn_with_state(account.clone(), gate))
        .with_state(account.clone())
}

/// Counts, lets in, and goes wrong.
async fn gate(State(account): State<Account>, request: Request, next: Next) -> Response {
    let _in_flight = account.meter.request();
    let method = request.method().as_str().to_owned();
    let target = request.uri().to_string();
    let path = request.uri().path().to_owned();
    let plan = account.faults.plan(&method, &target);
    // The body is taken first: a connection that is cut in the middle of it would be no answer at all.
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap_or_default();
    let request = Request::from_parts(head, Body::from(body));
    let asked = account.clone();
    let handle = async move {
        if !authorized(&asked, &request) {
            return Words.expired();
        }
        let Some((limit, left, reset)) = asked.room() else {
            return next.run(request).await;
        };
        let mut answer = if left == 0 {
            Words.refused()
        } else {
            next.run(request).await
        };
        let rest = [
            ("x-rate-limit-limit", limit),
            ("x-rate-limit-remaining", left.saturating_sub(1)),
            ("x-rate-limit-reset", reset),
        ];
        for (name, number) in rest {
            answer.headers_mut().insert(name, HeaderValue::from(number));
        }
        answer
    };
    let answer = plan.carry_out(&Words, handle).await;
    let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
    let numbered = path
        .strip_prefix("/orders/")
        .is_some_and(|id| id.parse::<u64>().is_ok());
    let template = if numbered {
        "/orders/{id}"
    } else {
        path.as_str()
    };
    account.meter.answered(&method, template, &answer, refused);
    answer
}

fn authorized(account: &Account, request: &Request) -> bool {
    let (key, secret) = &account.options.credentials;
    let expected = format!("Basic {}", STANDARD.encode(format!("{key}:{secret}")));
    let given = request.headers().get("authorization");
    given.is_some_and(|given| given.as_bytes() == expected.as_bytes())
}

impl Account {
    /// The limit, what is left of it, and the seconds until the window is over; nothing where there is no limit.
    fn room(&self) -> Option<(u32, u32, u32)> {
        let limit = self.options.per_minute?;
        let now = self.clock.now();
        let mut books = self.books.lock();
        let window = SignedDuration::from_mins(1);
        while books
            .asked
            .front()
            .is_some_and(|at| now.duration_since(*at) >= window)
        {
            books.asked.pop_front();
        }
        let used = u32::try_from(books.asked.len()).unwrap_or(u32::MAX);
        let left = limit.saturating_sub(used);
        if left > 0 {
            books.asked.push_back(now);
        }
        let first = books.asked.front().copied().unwrap_or(now);
        let reset = window.as_secs() - now.duration_since(first).as_secs();
        Some((limit, left, u32::try_from(reset.max(1)).unwrap_or(60)))
    }
}

struct Words;

impl Wording for Words {
    fn refused(&self) -> Response {
        let mut answer = said(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
        answer
            .headers_mut()
            .insert("x-rate-limit-reset", HeaderValue::from(20));
        answer
    }

    fn failed(&self) -> Response {
        said(StatusCode::INTERNAL_SERVER_ERROR, "An error has occurred.")
    }

    fn expired(&self) -> Response {
        said(
            StatusCode::UNAUTHORIZED,
            "Authorization has been denied for this request.",
        )
    }
}

fn said(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "Message": words }))).into_response()
}

async fn create_orders(State(account): State<Account>, body: Bytes) -> Response {
    let Ok(Value::Array(orders)) = serde_json::from_slice::<Value>(&body) else {
        return said(StatusCode::BAD_REQUEST, "The request is invalid.");
    };
    let orders: Option<Vec<_>> = orders.iter().map(Value::as_object).collect();
    let Some(orders) = orders.filter(|orders| orders.len() <= BATCH) else {
        return said(StatusCode::BAD_REQUEST, "The request is invalid.");
    };
    let now = account.clock.now();
    let mut books = account.books.lock();
    let results: Vec<Value> = orders.iter().map(|order| books.save(order, now)).collect();
    let failed = |result: &Value| result.get("success") != Some(&Value::Bool(true));
    let errors = results.iter().any(failed);
    Json(json!({ "hasErrors": errors, "results": results })).into_response()
}

async fn order(State(account): State<Account>, Path(id): Path<u64>) -> Response {
    match account.books.lock().order(id) {
        Some(order) => Json(order.shown()).into_response(),
        None => said(StatusCode::NOT_FOUND, "The order was not found."),
    }
}

async fn orders(State(account): State<Account>, Query(asked): Query<Asked>) -> Response {
    let books = account.books.lock();
    let begins = asked
        .get("orderNumber")
        .map(String::as_str)
        .unwrap_or_default();
    let orders = books
        .orders
        .iter()
        .filter(|order| order.number.starts_with(begins));
    let rows = orders.map(|order| (order.made, order.shown()));
    page("orders", rows.collect(), &asked)
}

async fn shipments(State(account): State<Account>, Query(asked): Query<Asked>) -> Response {
    let books = account.books.lock();
    let with_items = asked
        .get("includeShipmentItems")
        .is_some_and(|text| text == "true");
    let mut rows = Vec::new();
    for one in &books.shipments {
        let Some(order) = books.order(one.order) else {
            continue;
        };
        let store = order
            .body
            .get("advancedOptions")
            .and_then(|options| options.get("storeId"));
        let fits = within(one.made, "createDate", &asked)
            && is(&asked, "orderId", &one.order.to_string())
            && is(&asked, "orderNumber", &order.number)
            && is(
                &asked,
                "storeId",
                &store.map(Value::to_string).unwrap_or_default(),
            );
        let voids = asked.contains_key("voidDateStart") || asked.contains_key("voidDateEnd");
        let fits = fits && (!voids || one.voided.is_some_and(|at| within(at, "voidDate", &asked)));
        if fits {
            rows.push((one.made, one.shown(order, with_items)));
        }
    }
    page("shipments", rows, &asked)
}

async fn fulfillments(State(account): State<Account>, Query(asked): Query<Asked>) -> Response {
    let books = account.books.lock();
    let mut rows = Vec::new();
    for one in &books.marked {
        let fits = within(one.made, "createDate", &asked)
            && is(&asked, "fulfillmentId", &one.id.to_string())
            && is(&asked, "orderId", &one.order.to_string());
        if let Some(order) = books.order(one.order).filter(|_| fits) {
            rows.push((one.made, one.shown(order)));
        }
    }
    page("fulfillments", rows, &asked)
}

async fn stores() -> Response {
    Json(json!([{ "storeId": 26815, "storeName": "Manual Orders", "active": true }]))
        .into_response()
}

async fn warehouses() -> Response {
    Json(json!([{ "warehouseId": 16079, "warehouseName": "Main warehouse", "isDefault": true }]))
        .into_response()
}

/// Whether a filter that is given has that value.
fn is(asked: &Asked, name: &str, value: &str) -> bool {
    asked.get(name).is_none_or(|wanted| wanted == value)
}

/// Whether the wall clock's time lies within a filter: it shows an hour of each autumn twice, and so does the filter.
fn within(at: Timestamp, name: &str, asked: &Asked) -> bool {
    let shown = pacific().to_datetime(at);
    let limit = |end: &str| asked.get(&format!("{name}{end}"))?.parse::<DateTime>().ok();
    limit("Start").is_none_or(|from| from <= shown) && limit("End").is_none_or(|to| shown <= to)
}

fn page(name: &str, mut rows: Vec<(Timestamp, Value)>, asked: &Asked) -> Response {
    let number = |name: &str, usual: usize| {
        asked
            .get(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    rows.sort_by_key(|(at, _)| pacific().to_datetime(*at));
    if asked.get("sortDir").is_some_and(|way| way == "DESC") {
        rows.reverse();
    }
    let (total, at, size) = (
        rows.len(),
        number("page", 1).max(1),
        number("pageSize", 100).clamp(1, 500),
    );
    let shown = rows
        .into_iter()
        .map(|(_, row)| row)
        .skip((at - 1) * size)
        .take(size);
    let shown: Vec<Value> = shown.collect();
    Json(json!({ name: shown, "total": total, "page": at, "pages": total.div_ceil(size) }))
        .into_response()
}
