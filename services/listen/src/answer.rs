//! What a webhook is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use commerce::ConnectionId;
use ports::{Doorbell, Fault, Knock};
use tracing::{debug, info, warn};

use crate::Ring;
use crate::tally::{Fate, Tally};

/// What anybody who is turned away gets to read: it must not tell which door was nearly the right one.
const TURNED_AWAY: &str = "not accepted\n";

/// What answering needs.
pub(crate) struct Hooks {
    pub(crate) doorbells: BTreeMap<ConnectionId, Arc<dyn Doorbell>>,
    pub(crate) ring: Ring,
    pub(crate) tally: Arc<Tally>,
}

/// `POST /hooks/<connection>`.
pub(crate) async fn hook(
    State(hooks): State<Arc<Hooks>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    // Before the body is read: strangers shall not make us hold one.
    let found = path
        .ok()
        .and_then(|Path(name)| ConnectionId::new(name).ok())
        .and_then(|id| hooks.doorbells.get_key_value(&id));
    let Some((connection, doorbell)) = found else {
        hooks.tally.count_unknown();
        return (StatusCode::NOT_FOUND, TURNED_AWAY).into_response();
    };
    let headers = plain(request.headers());
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejection) => {
            info!(connection = %connection, why = %rejection.body_text(), "webhook's body could not be read");
            return (rejection.status(), TURNED_AWAY).into_response();
        }
    };
    let knock = Knock {
        headers: &headers,
        body: &body,
    };
    let fate = match doorbell.answer(&knock) {
        Ok([]) => Fate::Idle,
        Ok(kinds) => {
            debug!(connection = %connection, kinds = ?kinds, "webhook");
            (hooks.ring)(connection, kinds);
            Fate::Rung
        }
        Err(Fault::Unauthorized { why }) => {
            info!(connection = %connection, why, "webhook turned away");
            Fate::Forged
        }
        // Whatever it is, sending it again would not make it better; the schedule finds what it was about.
        Err(fault) => {
            warn!(connection = %connection, why = %fault, "webhook not understood; the schedule will find the change");
            Fate::Unreadable
        }
    };
    hooks.tally.count(connection, fate);
    match fate {
        Fate::Forged => (StatusCode::UNAUTHORIZED, TURNED_AWAY).into_response(),
        Fate::Rung | Fate::Idle | Fate::Unreadable => StatusCode::OK.into_response(),
    }
}

/// Headers by lower-case name. A header sent twice is joined by a comma (RFC 9110, section 5.3), so that a second signature
/// spoils the first instead of one of the two being chosen.
fn plain(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        all.entry(name.as_str().to_owned())
            .and_modify(|seen| {
                seen.push_str(", ");
                seen.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    all
}
