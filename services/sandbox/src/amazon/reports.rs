//! Reports 2021-06-30: what Amazon settles by itself cannot be asked for, only looked up.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value as Json, json};

use super::asked::{Answer, Answered, Asked, Problem, shown};
use super::books::Books;

const SETTLEMENT: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";

#[derive(Debug)]
pub(super) struct Report {
    pub(super) id: String,
    pub(super) marketplace: &'static str,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) document: String,
}

impl Report {
    fn shown(&self) -> Json {
        json!({
            "reportId": self.id, "reportType": SETTLEMENT, "marketplaceIds": [self.marketplace], "dataStartTime": shown(self.start),
            "dataEndTime": shown(self.end), "createdTime": shown(self.end), "processingStatus": "DONE", "processingStartTime": shown(self.end),
            "processingEndTime": shown(self.end), "reportDocumentId": self.document,
        })
    }
}

pub(super) fn create() -> Answered {
    let words = "The report type cannot be requested: settlement reports are made by Amazon.";
    Err(Problem::invalid(words))
}

pub(super) fn one(books: &Books, asked: &Asked<'_>) -> Answered {
    let found = books
        .reports
        .iter()
        .find(|report| report.id == asked.name(0));
    let found = found.ok_or_else(|| Problem::not_found("The report was not found."))?;
    Ok(Answer::ok(found.shown()))
}

/// The newest first. A token is all that is asked beside nothing else; it remembers what was.
pub(super) fn some(books: &Books, asked: &Asked<'_>) -> Answered {
    let (window, from, size, places) = match asked.text("nextToken") {
        Some(_) if asked.query.len() > 1 => {
            return Err(Problem::invalid("nextToken must be the only parameter."));
        }
        Some(token) => {
            let parts = || {
                let mut parts = token.split('/');
                let since: Timestamp = parts.next()?.parse().ok()?;
                let until: Timestamp = parts.next()?.parse().ok()?;
                let from: usize = parts.next()?.parse().ok()?;
                let size: usize = parts.next()?.parse().ok()?;
                let places = parts.filter(|id| !id.is_empty()).collect();
                Some(((since, until), from, size, places))
            };
            parts().ok_or_else(|| Problem::invalid("nextToken is invalid."))?
        }
        None => {
            if asked.list("reportTypes") != [SETTLEMENT] {
                return Err(Problem::invalid("reportTypes is missing or not supported."));
            }
            let oldest = asked.now - (90 * 24).hours();
            let since = asked.time("createdSince")?.unwrap_or(oldest).max(oldest);
            let until = asked.time("createdUntil")?.unwrap_or(asked.now);
            let statuses = asked.list("processingStatuses");
            if !statuses.is_empty() && !statuses.contains(&"DONE") {
                return Ok(Answer::ok(json!({ "reports": [] })));
            }
            let size = asked.number("pageSize", 1..=100, 10)?;
            ((since, until), 0, size, asked.list("marketplaceIds"))
        }
    };
    let (since, until) = window;
    let fits = |report: &&_| {
        let report: &Report = report;
        let there = places.is_empty() || places.contains(&report.marketplace);
        since <= report.end && report.end <= until && there
    };
    let found: Vec<&Report> = books.reports.iter().rev().filter(fits).collect();
    let page: Vec<Json> = found
        .iter()
        .skip(from)
        .take(size)
        .map(|report| report.shown())
        .collect();
    let mut body = json!({ "reports": page });
    if let Some(fields) = body.as_object_mut().filter(|_| from + size < found.len()) {
        let token = format!(
            "{since}/{until}/{}/{size}/{}",
            from + size,
            places.join("/")
        );
        fields.insert("nextToken".to_owned(), json!(token));
    }
    Ok(Answer::ok(body))
}
