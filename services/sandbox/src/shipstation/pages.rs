//! The account's own pages under `/_sandbox/`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Account, OrderView, ShipmentView, Units};

/// `GET /_sandbox/orders` and `shipments`; `POST /_sandbox/ship` with `{"order": 10001, "units": [{"line": "1", "quantity": 2}], "cost": "7.90"}`,
/// which returns the shipment's id, and `POST /_sandbox/void` with `{"shipment": …}`; 409 for what cannot be done.
pub(super) fn routes(account: &Account) -> Router {
    Router::new()
        .route("/_sandbox/orders", get(orders))
        .route("/_sandbox/shipments", get(shipments))
        .route("/_sandbox/ship", post(ship))
        .route("/_sandbox/void", post(void))
        .with_state(account.clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parcel {
    order: u64,
    units: Vec<Units>,
    cost: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    shipment: u64,
}

async fn orders(State(account): State<Account>) -> Json<Vec<OrderView>> {
    Json(account.orders())
}

async fn shipments(State(account): State<Account>) -> Json<Vec<ShipmentView>> {
    Json(account.shipments())
}

async fn ship(
    State(account): State<Account>,
    Json(parcel): Json<Parcel>,
) -> Result<Json<u64>, StatusCode> {
    let shipped = account.ship(parcel.order, &parcel.units, parcel.cost);
    shipped.map(Json).ok_or(StatusCode::CONFLICT)
}

async fn void(State(account): State<Account>, Json(label): Json<Label>) -> StatusCode {
    if account.void(label.shipment) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CONFLICT
    }
}
