//! Many changes as one feed (`JSON_LISTINGS_FEED`): a document is made room for, put there, handed in, and asked for until it is worked through; its
//! report names the messages that were refused.

use std::time::Duration;

use http::Method;
use ports::{Attempt, Effect, Exchange, Fault, Lane};
use serde::Serialize;
use serde_json::json;

use super::levels::{Change, Levels, attempt, errors, written};
use crate::map::Patch;
use crate::wire::{Document, Feed, FeedReport, Issue, MadeFeed};

/// Looks at a feed, and the wait before each: some minutes in all. What is not done by then is looked up later.
const WAITS: [u64; 8] = [5, 10, 15, 30, 60, 60, 60, 60];
const CONTENT: &str = "application/json; charset=UTF-8";

/// A feed's document.
#[derive(Serialize)]
struct Listings<'a> {
    header: serde_json::Value,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    message_id: u64,
    sku: &'a str,
    operation_type: &'static str,
    product_type: &'a str,
    patches: [Patch; 1],
}

impl Levels {
    pub(super) async fn feed(&self, lane: Lane, changes: &[Change]) -> Vec<(usize, Attempt)> {
        let mut exchanges = Vec::new();
        let report = self.fed(lane, changes, &mut exchanges).await;
        let all = (1_u64..).zip(changes).map(|(message, change)| {
            let result = match &report {
                Err(fault) => Err(fault.clone()),
                Ok(report) => {
                    let own = report.issues.iter();
                    let own = own.filter(|issue| issue.message_id == Some(message));
                    let own: Vec<Issue> = own.cloned().collect();
                    match errors(&own) {
                        Some(why) => Err(Fault::Refused { why }),
                        None => written(&change.listing.sku, Effect::Updated),
                    }
                }
            };
            (
                change.place,
                attempt(result, std::mem::take(&mut exchanges)),
            )
        });
        all.collect()
    }

    async fn fed(
        &self,
        lane: Lane,
        changes: &[Change],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<FeedReport, Fault> {
        let room = json!({ "contentType": CONTENT });
        let to = (Method::Post, &["feeds", "2021-06-30", "documents"][..]);
        let made = self.api.write(lane, to, &[], &room, exchanges).await;
        // Room that nobody uses changes nothing.
        let room: Document = made.map_err(nothing_yet)?.json().map_err(nothing_yet)?;
        let document = (CONTENT, self.document(changes)?);
        let put = self.api.upload(lane, &room.url, document, exchanges).await;
        put.map_err(nothing_yet)?;
        let feed = json!({
            "feedType": "JSON_LISTINGS_FEED", "marketplaceIds": self.places(), "inputFeedDocumentId": room.feed_document_id,
        });
        let to = (Method::Post, &["feeds", "2021-06-30", "feeds"][..]);
        let made = self.api.write(lane, to, &[], &feed, exchanges).await?;
        let made: MadeFeed = made.json().map_err(|fault| uncertain(&fault.to_string()))?;
        self.worked_through(lane, &made.feed_id, exchanges).await
    }

    fn document(&self, changes: &[Change]) -> Result<String, Fault> {
        let messages = (1_u64..).zip(changes).map(|(message_id, change)| Message {
            message_id,
            sku: &change.listing.sku,
            operation_type: "PATCH",
            product_type: &change.product_type,
            patches: [change.goal.patch(&change.listing)],
        });
        let document = Listings {
            header: json!({ "sellerId": self.settings.seller, "version": "2.0", "issueLocale": "en_US" }),
            messages: messages.collect(),
        };
        serde_json::to_string(&document).map_err(|error| Fault::Unreadable {
            why: format!("the feed cannot be written as JSON: {error}"),
        })
    }

    /// The feed's report, once there is one. From here on the outcome of what fails is open.
    async fn worked_through(
        &self,
        lane: Lane,
        id: &str,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<FeedReport, Fault> {
        let path = ["feeds", "2021-06-30", "feeds", id];
        for wait in WAITS {
            let clock = self.api.http.clock();
            clock.sleep(Duration::from_secs(wait)).await;
            let feed = self.api.read(lane, &path, &[], exchanges).await;
            let feed: Feed = match feed {
                Ok(feed) => feed,
                Err(Fault::Throttled { .. } | Fault::Unavailable { .. }) => continue,
                Err(fault) => return Err(uncertain(&format!("feed {id}: {fault}"))),
            };
            match feed.processing_status.as_str() {
                "IN_QUEUE" | "IN_PROGRESS" => {}
                // One that is called off or broke down as a whole has changed nothing.
                status @ ("CANCELLED" | "FATAL") => {
                    return Err(Fault::Unavailable {
                        why: format!("feed {id} ended as {status}"),
                    });
                }
                _ => {
                    let report = self.report(lane, feed.result_feed_document_id, exchanges);
                    return report.await.map_err(|fault| uncertain(&fault.to_string()));
                }
            }
        }
        Err(uncertain(&format!("feed {id} is still being worked on")))
    }

    async fn report(
        &self,
        lane: Lane,
        document: Option<String>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<FeedReport, Fault> {
        let Some(id) = document else {
            return Ok(FeedReport::default());
        };
        let path = ["feeds", "2021-06-30", "documents", &id];
        let document: Document = self.api.read(lane, &path, &[], exchanges).await?;
        let bytes = self.api.download(lane, &document, exchanges).await?;
        serde_json::from_slice(&bytes).map_err(|error| Fault::Unreadable {
            why: format!("the feed's report: {error}"),
        })
    }
}

fn uncertain(why: &str) -> Fault {
    Fault::Uncertain {
        why: why.to_owned(),
    }
}

/// Up to here nothing was changed, whatever became of the request.
fn nothing_yet(fault: Fault) -> Fault {
    match fault {
        Fault::Uncertain { why } | Fault::Unreadable { why } => Fault::Unavailable { why },
        other => other,
    }
}
