//! Reading settlements. Amazon makes a report of each by itself, about every other week, and keeps it for ninety days; few of them may be fetched in an
//! hour, so that a page holds few.

use std::sync::Arc;

use commerce::{ConnectionId, Document as Words, Event, ExternalId, MerchantId, Record};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde::{Deserialize, Serialize};

use super::api::Api;
use super::orders::{external, unreadable};
use crate::Settings;
use crate::map::{self, instant};
use crate::wire::{Document, Report, Reports};

const KIND: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";
/// How long reports are kept (Reports API, "getReports"), less an hour.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24 - 1);
/// A report may be done later than one that was begun after it.
const OVERLAP: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Reports of one page.
const AT_ONCE: usize = 5;

/// Reads an account's settlements.
pub(super) struct Settlements {
    pub(super) merchant: MerchantId,
    pub(super) connection: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
}

/// How far reports were told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// Reports made since then; none: all that are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    /// Those of them that were told: when they were made, and their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    told: Vec<(Timestamp, String)>,
}

impl Place {
    pub(super) fn at(from: Timestamp) -> Cursor {
        let place = Self {
            from: Some(from),
            told: Vec::new(),
        };
        place.write()
    }

    fn read(cursor: &Cursor) -> Result<Self, Fault> {
        if cursor.0.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(&cursor.0).map_err(|error| {
            unreadable(format!("the stored cursor is not one of Amazon's: {error}"))
        })
    }

    fn write(&self) -> Cursor {
        // A plain struct always serializes.
        Cursor(serde_json::to_string(self).unwrap_or_default())
    }

    /// After these were told.
    fn next(mut self, told: Vec<(Timestamp, String)>) -> Self {
        let last = told.iter().map(|(at, _)| *at).max();
        self.told.extend(told);
        let back = last.and_then(|last| last.checked_sub(OVERLAP).ok());
        self.from = self.from.max(back);
        let from = self.from;
        self.told
            .retain(|(at, _)| from.is_none_or(|from| *at >= from));
        self
    }
}

impl Settlements {
    pub(super) async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let mut open = self.list(place.from, None).await?;
        open.retain(|(_, report)| !place.told.iter().any(|(_, told)| *told == report.report_id));
        let more = open.len() > AT_ONCE;
        let (mut found, mut told) = (Found::default(), Vec::new());
        for (made, report) in open.into_iter().take(AT_ONCE) {
            self.take(made, &report, &mut found).await?;
            told.push((made, report.report_id));
        }
        Ok(Page {
            events: found.events,
            unreadable: found.unreadable,
            next: place.next(told).write(),
            more,
        })
    }

    pub(super) async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        for id in ids {
            let path = ["reports", "2021-06-30", "reports", id.as_str()];
            let reply = match self.api.get(Lane::Bulk, &path, &[]).await {
                Ok(reply) => reply,
                Err(failure) => match failure.reply.map(|reply| reply.status) {
                    Some(404) => continue,
                    // Ids that are none of Amazon's are malformed to it.
                    Some(400) if !id.as_str().bytes().all(|one| one.is_ascii_digit()) => continue,
                    _ => return Err(failure.fault),
                },
            };
            let report: Report = reply.json()?;
            if report.report_type == KIND && report.processing_status == "DONE" {
                let made = instant(&report.created_time).map_err(unreadable)?;
                self.take(made, &report, &mut found).await?;
            }
        }
        Ok(found)
    }

    pub(super) async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let all = self.list(Some(window.from), Some(window.to)).await?;
        let within = all.into_iter().filter(|(made, _)| *made < window.to);
        within
            .map(|(_, report)| external(&report.report_id))
            .collect()
    }

    /// Reports made since then, oldest first.
    async fn list(
        &self,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<(Timestamp, Report)>, Fault> {
        let now = self.api.http.clock().now();
        let first = self.settings.import_from;
        let first = first.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        let first = first.map(|day| day.timestamp());
        let since = now.checked_sub(KEPT).ok().max(from).max(first);
        let since = since.map(|since| since.min(now)).unwrap_or(now);
        let (text, places) = (since.to_string(), self.settings.marketplaces.join(","));
        let mut query = vec![
            ("reportTypes", KIND.to_owned()),
            ("processingStatuses", "DONE".to_owned()),
            ("marketplaceIds", places),
            ("pageSize", "100".to_owned()),
            ("createdSince", text),
        ];
        query.extend(
            to.filter(|to| *to < now)
                .map(|to| ("createdUntil", to.to_string())),
        );
        let mut all = Vec::new();
        loop {
            let pairs: Vec<(&str, &str)> = query
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let path = ["reports", "2021-06-30", "reports"];
            let page: Reports = self
                .api
                .read(Lane::Bulk, &path, &pairs, &mut Vec::new())
                .await?;
            for report in page.reports {
                let made = instant(&report.created_time).map_err(unreadable)?;
                if made >= since {
                    all.push((made, report));
                }
            }
            match page.next_token {
                Some(token) => query = vec![("nextToken", token)],
                None => break,
            }
        }
        all.sort_by(|(one, first), (other, second)| {
            (one, &first.report_id).cmp(&(other, &second.report_id))
        });
        Ok(all)
    }

    async fn take(&self, made: Timestamp, report: &Report, found: &mut Found) -> Result<(), Fault> {
        let id = external(&report.report_id)?;
        let Some(document) = &report.report_document_id else {
            let why = "the report is done and has no document".to_owned();
            found.unreadable.push(Unreadable {
                id,
                why,
                body: Vec::new(),
            });
            return Ok(());
        };
        let path = ["reports", "2021-06-30", "documents", document.as_str()];
        let document: Document = self
            .api
            .read(Lane::Bulk, &path, &[], &mut Vec::new())
            .await?;
        let body = self
            .api
            .download(Lane::Bulk, &document, &mut Vec::new())
            .await?;
        match map::settlement(&body) {
            Ok(payout) => {
                let record = Record::Payout(Box::new(payout));
                let revision = record.revision(made);
                let (merchant, connection) = (self.merchant.clone(), self.connection.clone());
                let now = self.api.http.clock().now();
                let mut event = Event::new(merchant, connection, id, revision, now, record);
                let media_type = "text/tab-separated-values".to_owned();
                event.source = Some(Words { media_type, body });
                found.events.push(event);
            }
            Err(why) => found.unreadable.push(Unreadable {
                id,
                why: why.to_string(),
                body,
            }),
        }
        Ok(())
    }
}
