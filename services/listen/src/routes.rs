//! Which address leads where.

use std::sync::Arc;

use axum::error_handling::HandleErrorLayer;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{BoxError, Router};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::answer::{Hooks, hook};
use crate::tally::Tally;
use crate::{Limits, Listen};

/// Prometheus' text format.
const METRICS: &str = "text/plain; version=0.0.4";

pub(crate) fn routes(listen: Listen, stop: CancellationToken) -> Router {
    let Listen {
        doorbells,
        ring,
        metrics,
        limits,
    } = listen;
    let tally = Arc::new(Tally::new(doorbells.keys()));
    let hooks = Arc::new(Hooks {
        doorbells,
        ring,
        tally: Arc::clone(&tally),
    });
    let ready = move || async move {
        if stop.is_cancelled() {
            (StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
        } else {
            (StatusCode::OK, "ready\n")
        }
    };
    let metrics = move || async move {
        let text = format!("{}{}", metrics(), tally.text());
        ([(CONTENT_TYPE, METRICS)], text)
    };
    hooks_within(limits, hooks)
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(CatchPanicLayer::new())
}

/// A flood of webhooks is shed here and leaves the probes alone.
fn hooks_within(limits: Limits, hooks: Arc<Hooks>) -> Router {
    let bounded = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(|_: BoxError| async {
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")]).into_response()
        }))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(limits.in_flight))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            limits.patience,
        ));
    Router::new()
        .route("/hooks/{connection}", post(hook))
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(bounded)
        .with_state(hooks)
}
