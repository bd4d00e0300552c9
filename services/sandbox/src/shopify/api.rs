//! The vendor's two addresses: the GraphQL Admin API and the token endpoint.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::graphql::{Execution, GraphError, Operation, OperationKind, Value};
use super::mutation;
use super::resolve::Node;
use super::{Shop, State as ShopState, VERSION};
use crate::faults::Wording;
use crate::state::dawdle;

const PATH: &str = "/admin/api/{version}/graphql.json";
const TOKEN_PATH: &str = "/admin/oauth/access_token";
const RATE_LIMITS: &str = "https://shopify.dev/api/usage/rate-limits";

pub(super) fn routes(shop: &Shop) -> Router {
    Router::new()
        .route(PATH, post(graphql))
        .route(TOKEN_PATH, post(token))
        .with_state(shop.clone())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Map<String, Json>>,
}

async fn graphql(
    State(shop): State<Shop>,
    Path(version): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let _in_flight = shop.meter.request();
    let (root, answer) = respond(&shop, &version, &headers, &body).await;
    let throttled = answer.extensions().get::<Throttled>().is_some();
    shop.meter
        .answered("POST", &format!("{PATH}#{root}"), &answer, throttled);
    answer
}

/// Marks an answer that turned the caller away for lack of points, since its status is 200.
#[derive(Clone, Copy)]
struct Throttled;

/// The root fields' names, and the answer.
async fn respond(
    shop: &Shop,
    version: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> (String, Response) {
    // Versions are compared as text, as their form allows; what is newer than ours does not exist.
    if version > VERSION {
        return (
            String::new(),
            answer(StatusCode::NOT_FOUND, &json!({ "errors": "Not Found" })),
        );
    }
    let Ok(request) = serde_json::from_slice::<Request>(body) else {
        let problem = json!({ "errors": { "query": "Required parameter missing or invalid" } });
        return (String::new(), answer(StatusCode::BAD_REQUEST, &problem));
    };
    let wording = |requested| Words {
        shop: shop.clone(),
        requested,
    };
    let (operations, index) = match shop
        .documents
        .operation(&request.query, request.operation_name.as_deref())
    {
        Ok(found) => found,
        Err(_) if !authorized(shop, headers) => return (String::new(), wording(0).expired()),
        Err(errors) => return (String::new(), answer(StatusCode::OK, &errors_body(&errors))),
    };
    let Some(operation) = operations.get(index) else {
        return (String::new(), wording(0).failed());
    };
    let root = operation
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect::<Vec<_>>()
        .join(",");
    let execution = Execution::new(operation, request.variables.unwrap_or_default());
    let requested = execution
        .as_ref()
        .map_or(0, |execution| execution.requested_cost(operation));
    let plan = shop
        .faults
        .plan("POST", &format!("/admin/api/{version}/graphql.json#{root}"));
    let handle = async {
        if !authorized(shop, headers) {
            return wording(0).expired();
        }
        match execution {
            Ok(execution) => execute(shop, operation, execution, requested).await,
            Err(error) => answer(StatusCode::OK, &errors_body(&[error])),
        }
    };
    (root, plan.carry_out(&wording(requested), handle).await)
}

async fn execute(
    shop: &Shop,
    operation: &Operation,
    execution: Execution,
    requested: u64,
) -> Response {
    let settings = shop.settings();
    let reads = operation.kind == OperationKind::Query;
    dawdle(Duration::from_millis(if reads {
        settings.read_delay_ms
    } else {
        settings.write_delay_ms
    }))
    .await;
    let now = shop.clock.now();
    let mut state = shop.state.lock();
    if requested > settings.max_query_cost {
        let message = format!(
            "Query cost is {requested}, which exceeds the single query max cost {}.",
            settings.max_query_cost
        );
        let error = GraphError::coded("MAX_COST_EXCEEDED", message)
            .with("cost", requested)
            .with("maxCost", settings.max_query_cost);
        return answer(
            StatusCode::OK,
            &errors_body(&[error.with("documentation", RATE_LIMITS)]),
        );
    }
    if !state.budget.take(requested, now) {
        let status = state.budget.status();
        return throttled(requested, &status);
    }
    let (data, spent) = match run(&mut state, operation, execution, now) {
        Ok((data, spent)) => (Ok(data), spent),
        Err(error) => (Err(error), 1),
    };
    let spent = (spent + if reads { 0 } else { 10 }).clamp(1, requested.max(1));
    state.budget.give_back(requested - spent.min(requested));
    let extensions = json!({ "cost": { "requestedQueryCost": requested, "actualQueryCost": spent, "throttleStatus": state.budget.status() } });
    drop(state);
    match data {
        Ok(data) => {
            let tail = format!(",\"extensions\":{extensions}}}");
            let body = [b"{\"data\":".as_slice(), &data, tail.as_bytes()].concat();
            raw_answer(StatusCode::OK, body)
        }
        Err(error) => answer(
            StatusCode::OK,
            &json!({ "data": null, "errors": [error.to_json()], "extensions": extensions }),
        ),
    }
}

/// Mutations are carried out one after the other, then all are answered.
fn run(
    state: &mut ShopState,
    operation: &Operation,
    execution: Execution,
    now: Timestamp,
) -> Result<(Vec<u8>, u64), GraphError> {
    let store = &mut state.store;
    store.work_off(now);
    store.index.catch_up(now);
    if operation.kind == OperationKind::Query {
        let root = Node::query(store);
        return execution.run(&operation.fields, |_, field, arguments| {
            root.resolve_root(&field.name, arguments)
        });
    }
    let payloads = operation
        .fields
        .iter()
        .map(|field| mutation::apply(store, field, execution.variables(), now));
    let payloads = payloads.collect::<Result<Vec<_>, _>>()?;
    let store = &*store;
    execution.run(&operation.fields, |index, _, _| {
        Ok(payloads.get(index).map_or(Value::Null, |payload| {
            Value::Object(Node::payload(store, payload))
        }))
    })
}

fn authorized(shop: &Shop, headers: &HeaderMap) -> bool {
    let Some(given) = headers
        .get("x-shopify-access-token")
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    if shop.options.access_token.as_deref() == Some(given) {
        return true;
    }
    let now = shop.clock.now();
    shop.state
        .lock()
        .tokens
        .get(given)
        .is_some_and(|ends| now < *ends)
}

#[derive(Deserialize)]
struct Grant {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    grant_type: String,
}

/// The client-credentials grant, as a form or as JSON.
async fn token(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> Response {
    let _in_flight = shop.meter.request();
    let wording = Words {
        shop: shop.clone(),
        requested: 0,
    };
    let plan = shop.faults.plan("POST", TOKEN_PATH);
    let answer = plan
        .carry_out(&wording, async { grant(&shop, &headers, &body) })
        .await;
    shop.meter.answered("POST", TOKEN_PATH, &answer, false);
    answer
}

fn grant(shop: &Shop, headers: &HeaderMap, body: &[u8]) -> Response {
    let refuse = |error: &str, description: &str| {
        answer(
            StatusCode::BAD_REQUEST,
            &json!({ "error": error, "error_description": description }),
        )
    };
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let asked = if is_json {
        serde_json::from_slice(body).ok()
    } else {
        read_form(body)
    };
    let Some(Grant {
        client_id,
        client_secret,
        grant_type,
    }) = asked
    else {
        return refuse("invalid_request", "The request could not be read.");
    };
    if grant_type != "client_credentials" {
        return refuse(
            "unsupported_grant_type",
            "Only client_credentials is supported.",
        );
    }
    if client_id != shop.options.client_id {
        return refuse(
            "application_cannot_be_found",
            "The application could not be found.",
        );
    }
    if client_secret != shop.options.client_secret {
        return refuse("invalid_client", "The client secret is invalid.");
    }
    let now = shop.clock.now();
    let ends = now
        .saturating_add(shop.options.token_lifetime)
        .unwrap_or(now);
    let mut state = shop.state.lock();
    let number = state.tokens.len() as u64;
    let token = format!(
        "shpat_{:032x}",
        u128::from(fastrand::Rng::with_seed(state.seed ^ number).u64(..)) << 64
            | u128::from(number)
    );
    state.tokens.insert(token.clone(), ends);
    let lifetime = shop.options.token_lifetime.as_secs().saturating_sub(1);
    answer(
        StatusCode::OK,
        &json!({ "access_token": token, "scope": shop.options.scopes.join(","), "expires_in": lifetime }),
    )
}

fn read_form(body: &[u8]) -> Option<Grant> {
    let fields: Map<String, Json> = url::form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), Json::from(value.into_owned())))
        .collect();
    serde_json::from_value(Json::Object(fields)).ok()
}

/// How Shopify words its refusals.
struct Words {
    shop: Shop,
    requested: u64,
}

impl Wording for Words {
    fn refused(&self) -> Response {
        let status = self.shop.state.lock().budget.status();
        throttled(self.requested, &status)
    }

    fn failed(&self) -> Response {
        answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({ "errors": "Internal Server Error" }),
        )
    }

    fn expired(&self) -> Response {
        let message =
            "[API] Invalid API key or access token (unrecognized login or wrong password)";
        answer(StatusCode::UNAUTHORIZED, &json!({ "errors": message }))
    }
}

fn throttled(requested: u64, status: &Json) -> Response {
    let error = GraphError::coded("THROTTLED", "Throttled").with("documentation", RATE_LIMITS);
    let cost = json!({ "requestedQueryCost": requested, "actualQueryCost": null, "throttleStatus": status });
    let mut response = answer(
        StatusCode::OK,
        &json!({ "errors": [error.to_json()], "extensions": { "cost": cost } }),
    );
    response.extensions_mut().insert(Throttled);
    response
}

fn errors_body(errors: &[GraphError]) -> Json {
    json!({ "errors": errors.iter().map(GraphError::to_json).collect::<Vec<_>>() })
}

fn answer(status: StatusCode, body: &Json) -> Response {
    raw_answer(status, body.to_string().into_bytes())
}

fn raw_answer(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    headers.insert("x-shopify-api-version", HeaderValue::from_static(VERSION));
    response
}
