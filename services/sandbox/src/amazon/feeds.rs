//! Feeds 2021-06-30: many submissions to listings at once, worked on behind the answer.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::Options;
use super::asked::{Answer, Answered, Asked, Problem, get, list, required, shown, text};
use super::books::{Books, later};
use super::submission::Issue;

const LISTINGS: &str = "JSON_LISTINGS_FEED";

#[derive(Debug)]
pub(super) struct Feed {
    pub(super) id: String,
    marketplaces: Vec<String>,
    input: String,
    created: Timestamp,
    /// When it ended, and the report on it; none where it was aborted.
    done: Option<(Timestamp, Option<String>)>,
}

pub(super) fn create(books: &mut Books, asked: &Asked<'_>) -> Answered {
    if required(&asked.body, "feedType")? != LISTINGS {
        return Err(Problem::invalid("The feed type is not supported."));
    }
    let marketplaces = list(&asked.body, "marketplaceIds").iter();
    let marketplaces: Vec<String> = marketplaces
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    if marketplaces.is_empty() {
        return Err(Problem::invalid("marketplaceIds is required."));
    }
    for id in &marketplaces {
        asked.marketplace(id)?;
    }
    let input = required(&asked.body, "inputFeedDocumentId")?;
    if !books.documents.contains_key(input) {
        return Err(Problem::invalid("inputFeedDocumentId is invalid."));
    }
    let id = (50_000_000 + books.number()).to_string();
    books.feeds.push(Feed {
        id: id.clone(),
        marketplaces,
        input: input.to_owned(),
        created: asked.now,
        done: None,
    });
    Ok(Answer::of(202, json!({ "feedId": id })))
}

pub(super) fn one(books: &Books, asked: &Asked<'_>) -> Answered {
    let feed = books.feeds.iter().find(|feed| feed.id == asked.name(0));
    let feed = feed.ok_or_else(|| Problem::not_found("The feed was not found."))?;
    Ok(Answer::ok(feed.shown(asked)))
}

pub(super) fn some(books: &Books, asked: &Asked<'_>) -> Answered {
    let types = asked.list("feedTypes");
    if types.is_empty() {
        return Err(Problem::invalid("feedTypes is required."));
    }
    let size = asked.number("pageSize", 1..=100, 10)?;
    let since = asked.time("createdSince")?.unwrap_or(Timestamp::MIN);
    let all = books.feeds.iter().rev();
    let fits = all.filter(|feed| types.contains(&LISTINGS) && feed.created >= since);
    let feeds: Vec<Json> = fits.take(size).map(|feed| feed.shown(asked)).collect();
    Ok(Answer::ok(json!({ "feeds": feeds })))
}

impl Feed {
    fn shown(&self, asked: &Asked<'_>) -> Json {
        let started = later(self.created, asked.options.feed_takes / 2);
        let status = match &self.done {
            Some((_, Some(_))) => "DONE",
            Some((_, None)) => "FATAL",
            None if started <= asked.now => "IN_PROGRESS",
            None => "IN_QUEUE",
        };
        let mut feed = json!({
            "feedId": self.id, "feedType": LISTINGS, "marketplaceIds": self.marketplaces, "createdTime": shown(self.created),
            "processingStatus": status,
        });
        let mut put = |name: &str, value: Json| {
            drop(
                feed.as_object_mut()
                    .map(|fields| fields.insert(name.to_owned(), value)),
            )
        };
        if status != "IN_QUEUE" {
            put("processingStartTime", json!(shown(started)));
        }
        if let Some((at, report)) = &self.done {
            put("processingEndTime", json!(shown(*at)));
            if let Some(report) = report {
                put("resultFeedDocumentId", json!(report));
            }
        }
        feed
    }
}

impl Books {
    /// Works on the feeds whose time has come.
    pub(super) fn work_on_feeds(&mut self, options: &Options, now: Timestamp) {
        let mut feeds = std::mem::take(&mut self.feeds);
        for feed in feeds.iter_mut().filter(|feed| feed.done.is_none()) {
            let due = later(feed.created, options.feed_takes);
            if due <= now {
                let report = self.work_on(feed, options, due);
                let report = report.map(|report| {
                    self.keep("application/json; charset=UTF-8", &report.to_string())
                });
                feed.done = Some((due, report));
            }
        }
        self.feeds = feeds;
    }

    /// Does what the messages say. Nothing for what is no feed of listings.
    fn work_on(&mut self, feed: &Feed, options: &Options, at: Timestamp) -> Option<Json> {
        let feed_body: Json = serde_json::from_slice(&self.content(&feed.input)?).ok()?;
        let header = get(&feed_body, "header");
        if text(header, "sellerId") != options.seller_id || text(header, "version") != "2.0" {
            return None;
        }
        let messages = get(&feed_body, "messages").as_array()?;
        let places: Vec<&str> = feed.marketplaces.iter().map(String::as_str).collect();
        let (mut issues, mut invalid, mut seen) = (Vec::new(), 0, Vec::new());
        for message in messages {
            let (id, sku) = (get(message, "messageId"), text(message, "sku"));
            let wrong = if id.as_u64().is_none_or(|id| id == 0) || seen.contains(&id) {
                vec![Issue::new(
                    "4000003",
                    "INVALID_ATTRIBUTE",
                    "messageId",
                    "'messageId' is missing or not unique.",
                )]
            } else {
                self.submit(message, &places, at)
            };
            seen.push(id);
            invalid += usize::from(!wrong.is_empty());
            issues.extend(wrong.iter().map(|issue| {
                json!({ "messageId": id, "sku": sku, "code": issue.code, "severity": "ERROR", "message": issue.message, "attributeName": issue.attribute })
            }));
        }
        let errors = issues.len();
        Some(json!({
            "header": { "sellerId": options.seller_id, "version": "2.0", "feedId": feed.id },
            "issues": issues,
            "summary": {
                "errors": errors, "warnings": 0, "messagesProcessed": messages.len(), "messagesAccepted": messages.len() - invalid,
                "messagesInvalid": invalid,
            },
        }))
    }

    fn submit(&mut self, message: &Json, places: &[&str], at: Timestamp) -> Vec<Issue> {
        let sku = text(message, "sku");
        let product_type = text(message, "productType");
        let Some(listing) = self.listings.get_mut(sku) else {
            let words = format!("The SKU '{sku}' is not known.");
            return vec![Issue::new("4000001", "INVALID_ATTRIBUTE", "sku", words)];
        };
        let mut changed = listing.clone();
        let issues = match text(message, "operationType") {
            "PATCH" => changed.patch(product_type, list(message, "patches"), places),
            "PARTIAL_UPDATE" => changed.set(product_type, get(message, "attributes"), places),
            operation => {
                let words =
                    format!("The operation type {operation} is not supported for this SKU.");
                vec![Issue::new(
                    "4000002",
                    "INVALID_ATTRIBUTE",
                    "operationType",
                    words,
                )]
            }
        };
        if issues.is_empty() {
            listing.become_now(changed, at);
        }
        issues
    }
}
