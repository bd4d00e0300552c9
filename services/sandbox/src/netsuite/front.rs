//! The way of a request: fault plan, login, slot, time, answer.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::DATE;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;

use super::account::{Account, capacity};
use super::auth::{self, Login};
use super::call::Call;
use super::paging::Paging;
use super::problem::{Problem, resource};
use super::{service, suiteql};
use crate::faults::Wording;
use crate::state::dawdle;

/// NetSuite help: a request is at most 104 MB.
const LARGEST: usize = 104 * 1024 * 1024;

pub(super) fn router(account: &Account) -> Router {
    Router::new().fallback(front).with_state(account.clone())
}

async fn front(State(account): State<Account>, request: Request) -> Response {
    // A task of its own: NetSuite finishes what it began, whether the caller is still there or not.
    let answered = tokio::spawn(async move { receive(account, request).await }).await;
    answered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn receive(account: Account, request: Request) -> Response {
    let _in_flight = account.meter.request();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let call = Call::parse(parts.uri.path());
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let plan = account.faults.plan(parts.method.as_str(), target);
    let words = Words(&account);
    let mut answer = plan
        .carry_out(&words, handle(&account, &call, &parts, body))
        .await;
    let refused = answer.extensions().get::<Refused>().is_some();
    account
        .meter
        .answered(parts.method.as_str(), &call.template(), &answer, refused);
    stamp(&account, &mut answer);
    answer
}

/// Marks an answer that turned the caller away as over the limit.
#[derive(Clone, Copy)]
struct Refused;

async fn handle(account: &Account, call: &Call, parts: &Parts, body: Bytes) -> Response {
    let settings = account.settings();
    let (now, house) = (account.clock.now(), account.house(settings.lock_after));
    if matches!(call, Call::Token) {
        return match parts.method {
            Method::POST => account.door.lock().token(house, parts, &body, now),
            _ => Problem::method_not_allowed().into_response(),
        };
    }
    let admitted = account.door.lock().admit(house, parts, now);
    if let Err(problem) = admitted {
        return problem.into_response();
    }
    let Some(_slot) = account.gate.enter(capacity(&settings), &account.meter) else {
        dawdle(std::time::Duration::from_millis(settings.refuse_ms)).await;
        return refuse(call);
    };
    let reading = parts.method == Method::GET || matches!(call, Call::SuiteQl);
    dawdle(account.duration(if reading {
        settings.read_ms
    } else {
        settings.save_ms
    }))
    .await;
    let query: HashMap<String, String> =
        form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes())
            .into_owned()
            .collect();
    let origin = format!("http://{}", auth::host(parts));
    let answer = match call {
        Call::SuiteQl => search(account, parts, &query, &body, &origin).await,
        Call::Restlet => Ok(service::restlet_error(
            "SSS_INVALID_SCRIPTLET_ID",
            "That Suitelet is invalid, disabled, or no longer exists.",
        )),
        call => {
            let request = service::Request {
                method: &parts.method,
                call,
                path: parts.uri.path(),
                origin: &origin,
                query: &query,
                headers: &parts.headers,
                body: &body,
                // A save is dated by its end, not its start.
                now: account.clock.now(),
                dates: account.fixed.dates,
            };
            service::answer(&mut account.books.lock(), &request)
        }
    };
    answer.unwrap_or_else(Problem::into_response)
}

fn refuse(call: &Call) -> Response {
    let mut answer = match call {
        // The same refusal has another face here.
        Call::Restlet => {
            service::restlet_error("SSS_REQUEST_LIMIT_EXCEEDED", "Request Limit Exceeded")
        }
        _ => Problem::concurrency().into_response(),
    };
    answer.extensions_mut().insert(Refused);
    answer
}

async fn search(
    account: &Account,
    parts: &Parts,
    query: &HashMap<String, String>,
    body: &[u8],
    origin: &str,
) -> Result<Response, Problem> {
    if parts.method != Method::POST {
        return Err(Problem::method_not_allowed());
    }
    let question = suiteql::read(&parts.headers, Paging::read(query)?, body)?;
    let url = format!("{origin}{}", suiteql::PATH);
    let (books, engine) = (account.books.clone(), account.engine.clone());
    // SQLite works on the thread it is called on.
    let answer = tokio::task::spawn_blocking(move || {
        let mut engine = engine.lock();
        let (changes, hidden) = {
            let mut books = books.lock();
            (
                books.take_changes(),
                suiteql::hidden(&books.settings.forbidden),
            )
        };
        if let Err(error) = engine.catch_up(changes) {
            tracing::error!(%error, "sandbox: the SuiteQL tables fell behind");
            return Err(Problem::unexpected("tables"));
        }
        suiteql::answer(&engine, &question, &url, &hidden)
    });
    let body = answer.await.map_err(|_| Problem::unexpected("query"))??;
    Ok(resource("collection", &body))
}

fn stamp(account: &Account, answer: &mut Response) {
    let date = account
        .clock
        .now()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let headers = answer.headers_mut();
    headers.extend(HeaderValue::try_from(date).ok().map(|date| (DATE, date)));
    let operation = HeaderValue::try_from(account.next_operation()).ok();
    headers.extend(operation.map(|id| (HeaderName::from_static("x-n-operationid"), id)));
}

/// How NetSuite words what the fault rules call for.
struct Words<'a>(&'a Account);

impl Wording for Words<'_> {
    fn refused(&self) -> Response {
        refuse(&Call::Unknown)
    }

    fn failed(&self) -> Response {
        Problem::unexpected(&self.0.next_operation()).into_response()
    }

    fn expired(&self) -> Response {
        Problem::login(self.0.id(), Login::Bearer).into_response()
    }
}
