//! The account's own pages under `/_sandbox/`.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Account;
use super::auth::LoginFailure;
use super::options::Settings;
use super::read::{self, View};
use super::schema;
use super::stock::Level;
use super::value::json_number;
use super::warehouse::Shift;

pub(super) fn routes(account: &Account) -> Router {
    Router::new()
        .route("/_sandbox/summary", get(summary))
        .route("/_sandbox/records/{type}", get(records))
        .route("/_sandbox/stock", get(stock).post(set_stock))
        .route("/_sandbox/login-audit", get(login_audit))
        .route("/_sandbox/revoke-tokens", post(revoke_tokens))
        .route("/_sandbox/settings", get(settings).post(set))
        .route("/_sandbox/ship", post(ship))
        .route("/_sandbox/count-stock", post(count_stock))
        .with_state(account.clone())
}

/// How many records of each type, and how far the orders have come.
async fn summary(State(account): State<Account>) -> Json<Value> {
    let mut statuses: HashMap<&str, u64> = HashMap::new();
    let mut total = Decimal::ZERO;
    for order in account.records("salesOrder") {
        *statuses
            .entry(order.kind.status_label(order.status))
            .or_default() += 1;
        total += order.number("total");
    }
    Json(
        json!({ "account": account.id(), "records": account.summary(), "sales_orders": statuses, "sales_order_total": json_number(total) }),
    )
}

/// Records of one type in full: `?limit=` (100) and `?offset=` (0).
async fn records(
    State(account): State<Account>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let kind = schema::record_type(&name).ok_or(StatusCode::NOT_FOUND)?;
    let get = |name: &str, default: usize| {
        query
            .get(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let view = View {
        base: "/services/rest/record/v1",
        expand: true,
    };
    let books = account.books.lock();
    let page = books
        .of_type(kind)
        .skip(get("offset", 0))
        .take(get("limit", 100));
    let items: Vec<Value> = page
        .map(|record| read::record(&books, record, view))
        .collect();
    Ok(Json(json!({ "total": books.count(kind), "items": items })))
}

async fn stock(State(account): State<Account>) -> Json<Value> {
    let books = account.books.lock();
    let level = |level: &Level| json!({ "on_hand": json_number(level.on_hand), "available": json_number(level.available()) });
    let mut all = serde_json::Map::new();
    for ((item, location), stored) in books.stock.levels() {
        let sku = books
            .get(schema::Space::Item, *item)
            .map(|item| item.label())
            .unwrap_or_default();
        let at = all.entry(sku).or_insert_with(|| json!({}));
        at[location.to_string()] = level(stored);
    }
    Json(Value::Object(all))
}

#[derive(Deserialize)]
struct OnHand {
    sku: String,
    location: u64,
    on_hand: Decimal,
}

async fn set_stock(State(account): State<Account>, Json(to): Json<OnHand>) -> StatusCode {
    if account.set_on_hand(&to.sku, to.location, to.on_hand) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn login_audit(State(account): State<Account>) -> Json<Vec<LoginFailure>> {
    Json(account.login_failures())
}

async fn revoke_tokens(State(account): State<Account>) -> StatusCode {
    account.revoke_tokens();
    StatusCode::NO_CONTENT
}

async fn settings(State(account): State<Account>) -> Json<Settings> {
    Json(account.settings())
}

/// Only the members to change.
async fn set(
    State(account): State<Account>,
    Json(changes): Json<serde_json::Map<String, Value>>,
) -> Result<Json<Settings>, (StatusCode, Json<Value>)> {
    let refuse = |error: serde_json::Error| {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": error.to_string() })),
        )
    };
    let mut merged = serde_json::to_value(account.settings()).map_err(refuse)?;
    if let Some(members) = merged.as_object_mut() {
        members.extend(changes);
    }
    let settings: Settings = serde_json::from_value(merged).map_err(refuse)?;
    account.set(settings.clone());
    Ok(Json(settings))
}

async fn ship(State(account): State<Account>, Json(shift): Json<Shift>) -> Json<Value> {
    Json(json!({ "fulfilments": account.ship_pending(shift) }))
}

#[derive(Deserialize)]
struct Places {
    places: u32,
}

async fn count_stock(State(account): State<Account>, Json(places): Json<Places>) -> Json<Value> {
    let counted = account.count_stock(places.places);
    let counted: Vec<Value> =
        counted.into_iter().map(|(sku, location, available)| json!({ "sku": sku, "location": location, "available": json_number(available) })).collect();
    Json(json!({ "counted": counted }))
}
