//! The seller's own pages under `/_sandbox/`.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use super::{Basket, Canceller, OutboundView, Seller};

/// `GET /_sandbox/orders`, `levels` (what the seller offers, by SKU) and `outbound`; `POST /_sandbox/place` with a basket such as
/// `{"marketplace": "ATVPDKIKX0DER", "by": "merchant", "units": [["LAM-0001", 2]], "pending": false}`, which returns the order's id,
/// `create-orders` with `{"count": 5}`, `cancel` with `{"order": "…", "by": "buyer"}`, `ask-to-cancel` with `{"order": "…", "why": "…"}`,
/// `ship-by-amazon` with `{"order": "…"}`, `refund` with `{"order": "…", "line": 0, "units": 1}`, `settle`, which returns the reports' ids, and
/// `ship-outbound` with `{"order": "…"}`; 409 for what cannot be done.
pub(super) fn routes(seller: &Seller) -> Router {
    Router::new()
        .route("/_sandbox/orders", get(orders))
        .route("/_sandbox/levels", get(levels))
        .route("/_sandbox/outbound", get(outbound))
        .route("/_sandbox/place", post(place))
        .route("/_sandbox/create-orders", post(create_orders))
        .route("/_sandbox/cancel", post(cancel))
        .route("/_sandbox/ask-to-cancel", post(ask_to_cancel))
        .route("/_sandbox/ship-by-amazon", post(ship_by_amazon))
        .route("/_sandbox/refund", post(refund))
        .route("/_sandbox/settle", post(settle))
        .route("/_sandbox/ship-outbound", post(ship_outbound))
        .with_state(seller.clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    count: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    order: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Called {
    order: String,
    by: Canceller,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unwanted {
    order: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Back {
    order: String,
    line: usize,
    units: u32,
}

fn done(is_done: bool) -> StatusCode {
    if is_done {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CONFLICT
    }
}

async fn orders(State(seller): State<Seller>) -> Json<Vec<Value>> {
    Json(seller.orders())
}

async fn levels(State(seller): State<Seller>) -> Json<BTreeMap<String, i64>> {
    Json(seller.levels())
}

async fn outbound(State(seller): State<Seller>) -> Json<Vec<OutboundView>> {
    Json(seller.outbound())
}

async fn place(
    State(seller): State<Seller>,
    Json(basket): Json<Basket>,
) -> Result<Json<String>, StatusCode> {
    let placed = seller.place(&basket);
    placed.map(Json).ok_or(StatusCode::CONFLICT)
}

async fn create_orders(
    State(seller): State<Seller>,
    Json(asked): Json<Count>,
) -> Json<Vec<String>> {
    Json(seller.create_orders(asked.count))
}

async fn cancel(State(seller): State<Seller>, Json(asked): Json<Called>) -> StatusCode {
    done(seller.cancel(&asked.order, asked.by))
}

async fn ask_to_cancel(State(seller): State<Seller>, Json(asked): Json<Unwanted>) -> StatusCode {
    done(seller.ask_to_cancel(&asked.order, &asked.why))
}

async fn ship_by_amazon(State(seller): State<Seller>, Json(asked): Json<Named>) -> StatusCode {
    done(seller.ship_by_amazon(&asked.order))
}

async fn refund(
    State(seller): State<Seller>,
    Json(asked): Json<Back>,
) -> Result<Json<String>, StatusCode> {
    let made = seller.refund(&asked.order, asked.line, asked.units);
    made.map(Json).ok_or(StatusCode::CONFLICT)
}

async fn settle(State(seller): State<Seller>) -> Json<Vec<String>> {
    Json(seller.settle())
}

async fn ship_outbound(
    State(seller): State<Seller>,
    Json(asked): Json<Named>,
) -> Result<Json<u32>, StatusCode> {
    let shipped = seller.ship_outbound(&asked.order, &[]);
    shipped.map(Json).ok_or(StatusCode::CONFLICT)
}
