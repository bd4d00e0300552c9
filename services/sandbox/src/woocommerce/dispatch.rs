//! From a request to what the site does about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::store::Store;
use super::{Options, orders, products, refunds};

/// A refusal in WordPress' words.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) body: Json,
}

impl Problem {
    pub(super) fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            body: json!({ "code": code, "message": message, "data": { "status": status } }),
        }
    }

    pub(super) fn no_route() -> Self {
        Self::new(
            404,
            "rest_no_route",
            "No route was found matching the URL and request method.",
        )
    }
}

/// An answer, and of a list how many records there are in all and on how many pages.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Json,
    pub(super) totals: Option<(usize, usize)>,
}

impl Answer {
    pub(super) fn of(status: u16, body: Json) -> Self {
        Self {
            status,
            body,
            totals: None,
        }
    }
}

/// What is asked.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) path: Vec<&'a str>,
    pub(super) query: &'a BTreeMap<String, String>,
    pub(super) body: Json,
    pub(super) now: Timestamp,
}

impl Asked<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A time in the query. The site's own zone is UTC.
    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let civil = text.parse::<DateTime>();
        let zoned = civil.and_then(|civil| civil.to_zoned(TimeZone::UTC));
        zoned.map(|zoned| Some(zoned.timestamp())).map_err(|_| {
            let body = json!({ "code": "rest_invalid_param", "message": format!("Invalid parameter(s): {name}"),
                "data": { "status": 400, "params": { name: "Invalid date." },
                    "details": { name: { "code": "rest_invalid_date", "message": "Invalid date.", "data": null } } } });
            Problem { status: 400, body }
        })
    }

    /// The numbers of a list in the query; `None` where it is not given.
    pub(super) fn numbers(&self, name: &str) -> Option<Vec<u64>> {
        let text = self.text(name)?;
        Some(text.split(',').filter_map(|one| one.parse().ok()).collect())
    }

    /// The page of the list that is asked for.
    pub(super) fn page(&self, all: Vec<Json>) -> Result<Answer, Problem> {
        let number = |name: &str, usual: usize| {
            let text = self.text(name);
            text.and_then(|text| text.parse().ok()).unwrap_or(usual)
        };
        let (size, page) = (number("per_page", 10), number("page", 1));
        if !(1..=100).contains(&size) {
            let told = "per_page must be between 1 (inclusive) and 100 (inclusive)";
            let body = json!({ "code": "rest_invalid_param", "message": "Invalid parameter(s): per_page",
                "data": { "status": 400, "params": { "per_page": told },
                    "details": { "per_page": { "code": "rest_out_of_bounds", "message": told, "data": null } } } });
            return Err(Problem { status: 400, body });
        }
        let total = all.len();
        let some = all.into_iter().skip((page.max(1) - 1) * size).take(size);
        let some = some.map(|one| self.fields(one));
        Ok(Answer {
            status: 200,
            body: some.collect(),
            totals: Some((total, total.div_ceil(size))),
        })
    }

    /// A record with the fields that are asked for.
    pub(super) fn fields(&self, record: Json) -> Json {
        let (Some(wanted), Json::Object(all)) = (self.text("_fields"), &record) else {
            return record;
        };
        let wanted: Vec<&str> = wanted.split(',').collect();
        let some = all
            .iter()
            .filter(|(name, _)| wanted.contains(&name.as_str()));
        Json::Object(
            some.map(|(name, value)| (name.clone(), value.clone()))
                .collect::<Map<_, _>>(),
        )
    }
}

/// Does what is asked.
pub(super) fn dispatch(
    store: &mut Store,
    options: &Options,
    asked: &Asked<'_>,
) -> Result<Answer, Problem> {
    let id = |text: &str| text.parse::<u64>().map_err(|_| Problem::no_route());
    match (asked.method, asked.path.as_slice()) {
        ("GET", ["orders"]) => orders::list(store, asked),
        ("POST", ["orders", "batch"]) if asked.body == json!({}) => Ok(Answer::of(200, json!([]))),
        ("GET", ["orders", order]) => orders::one(store, id(order)?, asked),
        ("PUT", ["orders", order]) => orders::change(store, id(order)?, asked),
        ("GET", ["orders", order, "notes"]) => orders::notes(store, id(order)?),
        ("POST", ["orders", order, "notes"]) => orders::add_note(store, id(order)?, asked),
        (method, ["orders", order, "fulfillments", rest @ ..]) if options.fulfillments => {
            orders::fulfillments(store, id(order)?, (method, rest), asked)
        }
        ("GET", ["orders", order, "refunds"]) => refunds::list(store, Some(id(order)?), asked),
        ("POST", ["orders", order, "refunds"]) => {
            let made = refunds::create(store, id(order)?, &asked.body, asked.now)?;
            Ok(Answer::of(201, made))
        }
        ("GET", ["refunds"]) => refunds::list(store, None, asked),
        ("GET", ["products"]) => products::list(store, asked),
        ("POST", ["products"]) => products::create(store, asked),
        ("GET", ["products", "categories"]) => products::categories(store, asked),
        ("POST", ["products", "categories"]) => products::add_category(store, asked),
        ("POST", ["products", "batch"]) => products::batch(store, 0, asked),
        ("POST", ["products", product, "variations", "batch"]) => {
            products::batch(store, id(product)?, asked)
        }
        ("PUT", ["products", product]) => products::change(store, id(product)?, asked),
        ("GET", ["data", "currencies", "current"]) => Ok(Answer::of(
            200,
            json!({ "code": store.currency, "name": store.currency, "symbol": "$" }),
        )),
        ("GET", ["system_status"]) => {
            let environment =
                json!({ "home_url": "http://127.0.0.1", "version": "11.0.1", "wp_version": "7.1" });
            let status =
                json!({ "environment": environment, "settings": { "currency": store.currency } });
            Ok(Answer::of(200, asked.fields(status)))
        }
        _ => Err(Problem::no_route()),
    }
}
