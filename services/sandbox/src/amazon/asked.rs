//! What is asked, and what is answered.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::Options;
use super::market::Marketplace;

/// A refusal in the API's words.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: u16,
    code: &'static str,
    message: String,
    details: &'static str,
}

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: "",
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidInput", message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "NotFound", message)
    }

    pub(super) fn unauthorized(details: &'static str) -> Self {
        Self {
            details,
            ..Self::new(
                403,
                "Unauthorized",
                "Access to requested resource is denied.",
            )
        }
    }

    pub(super) fn body(&self) -> Json {
        json!({ "errors": [{ "code": self.code, "message": self.message, "details": self.details }] })
    }
}

/// A status and, where there is one, a body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Json>,
}

impl Answer {
    pub(super) fn of(status: u16, body: Json) -> Self {
        Self {
            status,
            body: Some(body),
        }
    }

    pub(super) fn ok(body: Json) -> Self {
        Self::of(200, body)
    }

    pub(super) fn nothing() -> Self {
        Self {
            status: 204,
            body: None,
        }
    }
}

pub(super) type Answered = Result<Answer, Problem>;

/// A request to one operation.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// What stands in the path where the operation's has a placeholder.
    pub(super) named: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    /// Null where there is none.
    pub(super) body: Json,
    pub(super) now: Timestamp,
    /// The server as the caller names it, for addresses in answers.
    pub(super) host: String,
    pub(super) options: &'a Options,
}

impl Asked<'_> {
    /// The path's placeholder of that place.
    pub(super) fn name(&self, place: usize) -> &str {
        self.named
            .get(place)
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// A parameter that is given and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let text = self.query.get(name).map(String::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// The parts of a list in the query; empty where it is not given.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let text = self.text(name).into_iter();
        text.flat_map(|text| text.split(',')).collect()
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let parsed = self.text(name).map(str::parse).transpose();
        parsed.map_err(|_| Problem::invalid(format!("{name} is not an ISO 8601 date-time.")))
    }

    pub(super) fn number(
        &self,
        name: &str,
        allowed: RangeInclusive<usize>,
        usual: usize,
    ) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(usual);
        };
        let number = text.parse().ok().filter(|number| allowed.contains(number));
        number.ok_or_else(|| {
            let (from, to) = allowed.into_inner();
            Problem::invalid(format!("{name} must be between {from} and {to}."))
        })
    }

    /// A marketplace that the seller sells in.
    pub(super) fn marketplace(&self, id: &str) -> Result<&'static Marketplace, Problem> {
        let sells = self.options.marketplaces.iter().any(|one| one == id);
        let found = Marketplace::find(id).filter(|_| sells);
        found.ok_or_else(|| Problem::invalid(format!("Marketplace {id} is invalid.")))
    }

    /// The marketplaces of a required parameter.
    pub(super) fn marketplaces(&self) -> Result<Vec<&'static Marketplace>, Problem> {
        let ids = self.list("marketplaceIds");
        if ids.is_empty() {
            return Err(Problem::invalid("marketplaceIds is required."));
        }
        ids.into_iter().map(|id| self.marketplace(id)).collect()
    }
}

/// The field of that name, or null.
pub(super) fn get<'a>(value: &'a Json, name: &str) -> &'a Json {
    value.get(name).unwrap_or(&Json::Null)
}

/// The text of that name, or an empty one.
pub(super) fn text<'a>(value: &'a Json, name: &str) -> &'a str {
    get(value, name).as_str().unwrap_or_default()
}

/// A text that has to be there.
pub(super) fn required<'a>(value: &'a Json, name: &str) -> Result<&'a str, Problem> {
    let text = text(value, name);
    if text.is_empty() {
        return Err(Problem::invalid(format!("{name} is required.")));
    }
    Ok(text)
}

/// The values of the list of that name.
pub(super) fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    get(value, name)
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A time as the API writes it.
pub(super) fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
