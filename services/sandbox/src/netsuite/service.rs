//! What the account answers to the record and system services.

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::books::Books;
use super::call::Call;
use super::draft::UnknownNames;
use super::filter::Filter;
use super::options::DateFormat;
use super::paging::{self, Paging};
use super::problem::{Problem, resource, saved};
use super::read::{self, View};
use super::record::Record;
use super::save::{self, Manner, Saved, find};
use super::schema::{self, RecordType};
use super::transform::transform;

/// A request to the record or the system service, let in and read.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'a Method,
    pub(super) call: &'a Call,
    pub(super) path: &'a str,
    /// `http://host`
    pub(super) origin: &'a str,
    pub(super) query: &'a HashMap<String, String>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) now: Timestamp,
    pub(super) dates: DateFormat,
}

pub(super) fn answer(books: &mut Books, request: &Request<'_>) -> Result<Response, Problem> {
    if let Some(name) = request.call.types().into_iter().find(|name| {
        books
            .settings
            .forbidden
            .iter()
            .any(|kind| kind.eq_ignore_ascii_case(name))
    }) {
        return Err(Problem::forbidden(name));
    }
    match (request.call, request.method.as_str()) {
        (Call::ServerTime, "GET") => {
            let now = request.now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
            Ok(resource("singular", &json!({ "serverTime": now })))
        }
        (Call::GovernanceLimits, "GET") => {
            let limit = books.settings.concurrency;
            let body = json!({ "accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit, "integrationLimitType": "None" });
            Ok(resource("singular", &body))
        }
        (Call::Collection(kind), "GET") => collection(books, kind, request),
        (Call::Collection(kind), "POST") => {
            let body = request.object()?;
            let done = save::create(books, kind, &body, &request.manner()?)?;
            Ok(request.saved(done))
        }
        (Call::Record(kind, id), "GET") => {
            let record = find(books, kind, id, request.path)?;
            Ok(resource(
                "singular",
                &read::record(books, record, request.view(&request.base())),
            ))
        }
        (Call::Record(kind, id), "PATCH") => {
            let (body, manner) = (request.object()?, request.manner()?);
            let old = find(books, kind, id, request.path)?.clone();
            let done = save::update(books, &old, &body, &manner)?;
            Ok(request.saved(done))
        }
        (Call::Record(kind, id), "PUT") => {
            let (body, manner) = (request.object()?, request.manner()?);
            let external_id = id
                .strip_prefix("eid:")
                .ok_or_else(|| Problem::invalid_id(id))?;
            let done = save::upsert(books, kind, external_id, &body, &manner)?;
            Ok(request.saved(done))
        }
        (Call::Record(kind, id), "DELETE") => {
            let old = find(books, kind, id, request.path)?.clone();
            save::delete(books, &old, request.now)?;
            Ok(saved(None))
        }
        (Call::Sublist(kind, id, name), "GET") => sublist(books, kind, id, name, None, request),
        (Call::Line(kind, id, name, line), "GET") => {
            sublist(books, kind, id, name, Some(line), request)
        }
        (Call::Transform(kind, id, target), "POST") => {
            let target =
                schema::record_type(target).ok_or_else(|| Problem::no_such_type(target))?;
            let (body, manner) = (request.object()?, request.manner()?);
            let source = find(books, kind, id, request.path)?.clone();
            let done = transform(books, &source, target, &body, &manner)?;
            Ok(request.saved(done))
        }
        (Call::UnknownType(name), _) => Err(Problem::no_such_type(name)),
        (Call::Unknown, _) => Err(Problem::no_such_resource()),
        _ => Err(Problem::method_not_allowed()),
    }
}

fn collection(
    books: &Books,
    kind: &'static RecordType,
    request: &Request<'_>,
) -> Result<Response, Problem> {
    let paging = Paging::read(request.query)?;
    let filter = request
        .query
        .get("q")
        .map(|q| Filter::parse(q, kind, request.dates))
        .transpose()?;
    let base = request.base();
    let matches = |record: &Record| {
        filter
            .as_ref()
            .is_none_or(|filter| filter.matches(record, &books.zone))
    };
    let mut total = 0;
    let mut items = Vec::new();
    let mut visit = |record: &Record| {
        if std::ptr::eq(record.kind, kind) && matches(record) {
            if total >= paging.offset && items.len() < paging.limit {
                items.push(read::entry(&base, record));
            }
            total += 1;
        }
    };
    match filter.as_ref().and_then(Filter::external_id) {
        Some(external_id) => books
            .by_external(kind.space, external_id)
            .into_iter()
            .for_each(|record| visit(record)),
        None => books.of_type(kind).for_each(|record| visit(record)),
    }
    let url = format!("{base}/{}", kind.name);
    Ok(resource(
        "collection",
        &paging::page(&url, paging, items, total),
    ))
}

fn sublist(
    books: &Books,
    kind: &'static RecordType,
    id: &str,
    name: &str,
    line: Option<&str>,
    request: &Request<'_>,
) -> Result<Response, Problem> {
    let record = find(books, kind, id, request.path)?;
    let sublist = kind.sublist(name).ok_or_else(Problem::no_such_resource)?;
    let base = request.base();
    let view = request.view(&base);
    let items = read::sublist_items(books, record, sublist, view);
    let url = format!("{}/{}", read::url(&base, record), sublist.name);
    let Some(line) = line else {
        let shown = items.into_iter().map(|(key, item)| {
            (
                key,
                if view.expand {
                    item
                } else {
                    read::stub(&format!("{url}/{key}"))
                },
            )
        });
        return Ok(resource(
            "collection",
            &read::collection(&url, shown.collect()),
        ));
    };
    let found = items.into_iter().find(|(key, _)| key.to_string() == line);
    let (_, item) = found.ok_or_else(|| Problem::no_such_record(request.path))?;
    Ok(resource("singular", &item))
}

impl Request<'_> {
    fn base(&self) -> String {
        format!("{}/services/rest/record/v1", self.origin)
    }

    fn view<'a>(&self, base: &'a str) -> View<'a> {
        View {
            base,
            expand: self
                .query
                .get("expandSubResources")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        }
    }

    fn object(&self) -> Result<Map<String, Json>, Problem> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(self.body) {
            Ok(Json::Object(object)) => Ok(object),
            _ => Err(Problem::malformed()),
        }
    }

    fn manner(&self) -> Result<Manner, Problem> {
        let name = "X-NetSuite-PropertyNameValidation";
        let unknown = match self
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("").to_lowercase())
            .as_deref()
        {
            None | Some("warning") => UnknownNames::Warn,
            Some("error") => UnknownNames::Refuse,
            Some("ignore") => UnknownNames::Ignore,
            Some(_) => {
                return Err(Problem::header(
                    name,
                    format!("Invalid value of the header {name}. Use Error, Warning or Ignore."),
                ));
            }
        };
        let replace = self.query.get("replace").map(|names| {
            names
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect()
        });
        Ok(Manner {
            unknown,
            replace: replace.unwrap_or_default(),
            now: self.now,
        })
    }

    fn saved(&self, done: Saved) -> Response {
        let mut response = saved(Some(format!(
            "{}/{}/{}",
            self.base(),
            done.kind.name,
            done.id
        )));
        let warn = self
            .headers
            .get("X-NetSuite-PropertyNameValidation")
            .is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"warning"));
        if warn && !done.unknown.is_empty() {
            let text = format!(
                "Unknown properties were ignored: {}",
                done.unknown.join(", ")
            );
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert("X-NetSuite-Warning", value);
            }
        }
        response
    }
}

/// What a RESTlet deployment answers: there is none here, but its errors are its own.
pub(super) fn restlet_error(code: &str, message: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": message } });
    (axum::http::StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}
