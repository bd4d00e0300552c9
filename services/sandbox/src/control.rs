//! The part of `/_sandbox/` that every server has: counters and faults.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::faults::{Faults, Rule};
use crate::meter::{Meter, Requests};

#[derive(Clone)]
struct Control {
    meter: Meter,
    faults: Faults,
}

/// `GET /_sandbox/requests`, `GET` and `POST /_sandbox/faults` (a JSON list of rules), `POST /_sandbox/reset-counters`.
pub(crate) fn routes(meter: &Meter, faults: &Faults) -> Router {
    Router::new()
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/faults", get(rules).post(set_rules))
        .route("/_sandbox/reset-counters", post(reset))
        .with_state(Control {
            meter: meter.clone(),
            faults: faults.clone(),
        })
}

async fn requests(State(control): State<Control>) -> Json<Requests> {
    Json(control.meter.read())
}

async fn rules(State(control): State<Control>) -> Json<Vec<Rule>> {
    Json(control.faults.rules())
}

async fn set_rules(State(control): State<Control>, Json(rules): Json<Vec<Rule>>) -> StatusCode {
    control.faults.set(rules);
    StatusCode::NO_CONTENT
}

async fn reset(State(control): State<Control>) -> StatusCode {
    control.meter.reset();
    StatusCode::NO_CONTENT
}
