//! The shop's own pages under `/_sandbox/`.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::{Edit, FulfilmentView, OrderView, PayoutView, Settings, Shop, StockView, Summary};

/// `GET /_sandbox/orders?last=n` (100 unless asked otherwise), `fulfilments`, `inventory`, `summary`; `GET` and `POST`
/// `/_sandbox/settings`; `POST /_sandbox/new-orders` with `{"count": n}`, which returns global ids; `POST /_sandbox/orders` with one
/// order, which returns its global id, see [`Shop::put_order`]; `GET` and `POST /_sandbox/payouts`, which pays out all that moved and returns a global id; `POST /_sandbox/edit-order` with `{"id": …, "edit": {"quantity": {"line": 0,
/// "units": 2}}}`, see [`Edit`], and `POST /_sandbox/cancel-order` with `{"id": …}`, which answer 409 to what the shop does not allow.
pub(super) fn routes(shop: &Shop) -> Router {
    Router::new()
        .route("/_sandbox/orders", get(orders).post(put_order))
        .route("/_sandbox/fulfilments", get(fulfilments))
        .route("/_sandbox/inventory", get(inventory))
        .route("/_sandbox/summary", get(summary))
        .route("/_sandbox/settings", get(settings).post(set_settings))
        .route("/_sandbox/new-orders", post(new_orders))
        .route("/_sandbox/payouts", get(payouts).post(pay_out))
        .route("/_sandbox/edit-order", post(edit_order))
        .route("/_sandbox/cancel-order", post(cancel_order))
        .with_state(shop.clone())
}

#[derive(Deserialize)]
struct Last {
    #[serde(default)]
    last: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    count: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edited {
    id: String,
    edit: Edit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancelled {
    id: String,
}

async fn orders(
    State(shop): State<Shop>,
    Query(Last { last }): Query<Last>,
) -> Json<Vec<OrderView>> {
    let mut orders = shop.orders();
    let first = orders.len().saturating_sub(last.unwrap_or(100));
    Json(orders.split_off(first))
}

async fn fulfilments(State(shop): State<Shop>) -> Json<Vec<FulfilmentView>> {
    Json(shop.fulfilments())
}

async fn inventory(State(shop): State<Shop>) -> Json<Vec<StockView>> {
    Json(shop.inventory())
}

async fn payouts(State(shop): State<Shop>) -> Json<Vec<PayoutView>> {
    Json(shop.payouts())
}

async fn pay_out(State(shop): State<Shop>) -> Json<String> {
    Json(shop.pay_out(&[], "PAID"))
}

async fn summary(State(shop): State<Shop>) -> Json<Summary> {
    Json(shop.summary())
}

async fn settings(State(shop): State<Shop>) -> Json<Settings> {
    Json(shop.settings())
}

async fn set_settings(State(shop): State<Shop>, Json(settings): Json<Settings>) -> StatusCode {
    shop.set_settings(settings);
    StatusCode::NO_CONTENT
}

async fn new_orders(
    State(shop): State<Shop>,
    Json(Count { count }): Json<Count>,
) -> Json<Vec<String>> {
    Json(shop.create_orders(count))
}

async fn put_order(
    State(shop): State<Shop>,
    Json(order): Json<serde_json::Value>,
) -> Result<Json<String>, (StatusCode, String)> {
    let put = shop.put_order(order).map(Json);
    put.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

async fn edit_order(
    State(shop): State<Shop>,
    Json(Edited { id, edit }): Json<Edited>,
) -> StatusCode {
    done(shop.edit_order(&id, &edit))
}

async fn cancel_order(
    State(shop): State<Shop>,
    Json(Cancelled { id }): Json<Cancelled>,
) -> StatusCode {
    done(shop.cancel_order(&id))
}

const fn done(done: bool) -> StatusCode {
    if done {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CONFLICT
    }
}
