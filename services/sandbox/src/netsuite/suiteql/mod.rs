//! `POST /services/rest/query/v1/suiteql` (NetSuite help, "Executing SuiteQL Queries Through REST Web Services").

mod engine;
mod functions;
mod lines;
mod lists;
mod masters;
mod moment;
mod rows;
mod tables;
mod transactions;
mod translate;

use axum::http::HeaderMap;
use rusqlite::types::Value as Sql;
use serde::Deserialize;
use serde_json::Value as Json;

use super::problem::Problem;
pub(super) use engine::{Engine, Page};

pub(super) const PATH: &str = "/services/rest/query/v1/suiteql";
/// Rows a query gives out at most, over all pages.
const MOST: usize = 100_000;

#[derive(Deserialize)]
struct Body {
    q: String,
    #[serde(default)]
    params: Vec<Json>,
}

/// A query as it was asked.
#[derive(Debug)]
pub(super) struct Question {
    text: String,
    params: Vec<Sql>,
    limit: usize,
    offset: usize,
}

pub(super) fn read(
    headers: &HeaderMap,
    paging: super::paging::Paging,
    body: &[u8],
) -> Result<Question, Problem> {
    let transient = headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok());
    if !transient
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case("transient"))
    {
        return Err(Problem::header(
            "Prefer",
            "The required request header 'Prefer' is missing or has an invalid value. Use 'Prefer: transient'.",
        ));
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| Problem::malformed())?;
    let params = body
        .params
        .iter()
        .map(parameter)
        .collect::<Option<_>>()
        .ok_or_else(Problem::malformed)?;
    Ok(Question {
        text: body.q,
        params,
        limit: paging.limit,
        offset: paging.offset,
    })
}

fn parameter(value: &Json) -> Option<Sql> {
    match value {
        Json::Null => Some(Sql::Null),
        Json::String(text) => Some(Sql::Text(text.clone())),
        Json::Number(number) => number
            .as_i64()
            .map(Sql::Integer)
            .or_else(|| number.to_string().parse().ok().map(Sql::Real)),
        _ => None,
    }
}

/// Answers from tables that are up to date. `hidden` are tables the role may not see.
pub(super) fn answer(
    engine: &Engine,
    question: &Question,
    url: &str,
    hidden: &[String],
) -> Result<Json, Problem> {
    let Question {
        text,
        params,
        limit,
        offset,
    } = question;
    let Page { items, total } = engine
        .run(text, params.clone(), *limit, *offset, hidden)
        .map_err(|explanation| {
            Problem::parameter(
                "q",
                format!(
                    "Invalid search query. Detailed unprocessed description follows. {explanation}"
                ),
            )
        })?;
    let total = total.min(MOST);
    Ok(super::paging::page(
        url,
        super::paging::Paging {
            limit: *limit,
            offset: *offset,
        },
        items,
        total,
    ))
}

/// The names a forbidden record type has in queries.
pub(super) fn hidden(forbidden: &[String]) -> Vec<String> {
    forbidden.iter().map(|name| name.to_lowercase()).collect()
}
