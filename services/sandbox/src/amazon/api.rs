//! The address: one handler for all operations.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::Value as Json;

use super::asked::{Answer, Answered, Asked, Problem};
use super::books::Books;
use super::operation::{self, Operation};
use super::{
    Seller, documents, feeds, inventory, listings, orders, outbound, reports, sellers, token,
};
use crate::faults::Wording;

const TOKENS: &str = "/auth/o2/token";
const DOCUMENTS: &str = "/documents/";

pub(super) fn routes(seller: &Seller) -> Router {
    let mut router = Router::new().route(TOKENS, any(answer));
    let parts = [
        "orders",
        "listings",
        "feeds",
        "reports",
        "fba",
        "sellers",
        "documents",
    ];
    for part in parts {
        router = router.route(&format!("/{part}/{{*path}}"), any(answer));
    }
    router.with_state(seller.clone())
}

async fn answer(
    State(seller): State<Seller>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let _in_flight = seller.meter.request();
    let target = uri.path_and_query().map_or("", |both| both.as_str());
    let plan = seller.faults.plan(method.as_str(), target);
    let found = operation::find(method.as_str(), uri.path());
    let template = match &found {
        Some((plan, _)) => plan.path,
        None if uri.path().starts_with(DOCUMENTS) => "/documents/{id}",
        None => uri.path(),
    };
    let handle = async { handle(&seller, method.as_str(), &uri, &headers, &body) };
    let answer = plan.carry_out(&Words, handle).await;
    let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
    seller
        .meter
        .answered(method.as_str(), template, &answer, refused);
    answer
}

fn handle(seller: &Seller, method: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let now = seller.clock.now();
    let books = &mut *seller.books();
    if uri.path() == TOKENS {
        return respond(token::hand_out(books, &seller.options, body, now));
    }
    if uri.path().starts_with(DOCUMENTS) {
        return documents::serve(books, (method, uri), headers, body, now);
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Err(problem) = token::check(books, header("x-amz-access-token"), now) {
        return refuse(&problem);
    }
    let Some((plan, named)) = operation::find(method, uri.path()) else {
        return refuse(&Problem::not_found("No such operation."));
    };
    let is_free = |times| books.buckets.take(plan, times, now);
    let times = seller.options.usage_plan;
    let mut response = if times.is_none_or(is_free) {
        let asked = asked(seller, uri, named, (header("host"), body));
        let done = asked.and_then(|asked| dispatch(books, plan.operation, &asked));
        done.map_or_else(|problem| refuse(&problem), respond)
    } else {
        Words.refused()
    };
    let rate = times.map(|times| plan.rate(times).to_string());
    if let Some(rate) = rate.and_then(|rate| HeaderValue::from_str(&rate).ok()) {
        response
            .headers_mut()
            .insert("x-amzn-ratelimit-limit", rate);
    }
    response
}

fn asked<'a>(
    seller: &'a Seller,
    uri: &Uri,
    named: Vec<String>,
    (host, body): (Option<&str>, &[u8]),
) -> Result<Asked<'a>, Problem> {
    let mut query: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        // A list may be one parameter with commas, or several of the same name.
        let there = query.entry(name.into_owned()).or_default();
        if !there.is_empty() {
            there.push(',');
        }
        there.push_str(&value);
    }
    let body = if body.is_empty() {
        Json::Null
    } else {
        serde_json::from_slice(body).map_err(|_| Problem::invalid("The body is no JSON."))?
    };
    Ok(Asked {
        named,
        query,
        body,
        now: seller.clock.now(),
        host: host.unwrap_or_default().to_owned(),
        options: &seller.options,
    })
}

fn dispatch(books: &mut Books, operation: Operation, asked: &Asked<'_>) -> Answered {
    match operation {
        Operation::SearchOrders => orders::search(books, asked),
        Operation::GetOrder => orders::one(books, asked),
        Operation::ConfirmShipment => orders::confirm(books, asked),
        Operation::GetListing => listings::one(books, asked),
        Operation::PatchListing => listings::patch(books, asked),
        Operation::SearchListings => listings::search(books, asked),
        Operation::CreateFeedDocument => documents::create(books, asked),
        Operation::GetFeedDocument => documents::locate(books, "feedDocumentId", asked),
        Operation::CreateFeed => feeds::create(books, asked),
        Operation::GetFeed => feeds::one(books, asked),
        Operation::GetFeeds => feeds::some(books, asked),
        Operation::CreateReport => reports::create(),
        Operation::GetReport => reports::one(books, asked),
        Operation::GetReports => reports::some(books, asked),
        Operation::GetReportDocument => documents::locate(books, "reportDocumentId", asked),
        Operation::GetInventory => inventory::summaries(books, asked),
        Operation::CreateOutbound => outbound::create(books, asked),
        Operation::ListOutbound => outbound::some(books, asked),
        Operation::GetOutbound => outbound::one(books, asked),
        Operation::CancelOutbound => outbound::cancel(books, asked),
        Operation::GetTracking => outbound::tracking(books, asked),
        Operation::GetParticipations => Ok(sellers::participations(asked)),
    }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match answer.body {
        Some(body) => (status, axum::Json(body)).into_response(),
        None => status.into_response(),
    }
}

fn refuse(problem: &Problem) -> Response {
    respond(Answer::of(problem.status, problem.body()))
}

/// How the API words its refusals.
struct Words;

impl Wording for Words {
    fn refused(&self) -> Response {
        let words = "You exceeded your quota for the requested resource.";
        refuse(&Problem::new(429, "QuotaExceeded", words))
    }

    fn failed(&self) -> Response {
        let words = "We encountered an internal error. Please try again.";
        refuse(&Problem::new(500, "InternalFailure", words))
    }

    fn expired(&self) -> Response {
        refuse(&token::expired())
    }
}
