//! Whether what was sent can still be accounted for: the requests of past pushes, made anew and compared byte for byte.
//!
//! The stored exchange is redacted and shortened, so it cannot be compared itself; a digest of the body as it was sent is. Where the two differ, the
//! redacted texts say how.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use commerce::{Event, SyncId};
use ports::ledger::{Filter, Push, RecordRef, RecordRow};
use ports::{Exchange, Kept};
use proto::control::v1::{DifferingPush, VerifyRequest, VerifyResponse};
use tonic::Status;

use crate::configuration::changes;
use crate::convert::{of_ledger, sync_id};
use crate::flatten::flatten;
use crate::outline::{Remade, Remaker};
use crate::preview::how_many;
use crate::service::Service;

/// What makes requests anew, by the configuration's version; or why none can.
type Remakers = BTreeMap<i64, Result<Box<dyn Remaker>, String>>;

impl Service {
    pub(crate) async fn verify_pushes(
        &self,
        request: VerifyRequest,
    ) -> Result<VerifyResponse, Status> {
        let syncs = self.outline().await?.syncs;
        let known: Vec<SyncId> = syncs.into_iter().map(|sync| sync.id).collect();
        let chosen = match request.sync.as_str() {
            "" => known,
            sync => vec![sync_id(sync)?],
        };
        let mut remakers = Remakers::new();
        let mut found = VerifyResponse::default();
        for sync in chosen {
            let filter = Filter {
                sync: Some(sync),
                ..Filter::default()
            };
            let most = how_many(request.records);
            let rows = self.ledger.records(&self.merchant, &filter, None, most);
            for row in rows.await.map_err(of_ledger)? {
                self.verify_record(row, &mut remakers, &mut found).await?;
            }
        }
        Ok(found)
    }

    /// Every request that wrote something of the record, whichever version of it that was made of.
    async fn verify_record(
        &self,
        row: RecordRow,
        remakers: &mut Remakers,
        found: &mut VerifyResponse,
    ) -> Result<(), Status> {
        let record = RecordRef {
            sync: row.sync.clone(),
            key: row.key.clone(),
        };
        let journey = self.ledger.journey(&self.merchant, &record).await;
        let steps = journey.map_err(of_ledger)?.into_iter();
        let pushes = steps.filter_map(|step| {
            let mut push = step.push?;
            let kept = push.kept.take()?;
            Some((push, kept, step.exchange))
        });
        let pushes: Vec<_> = pushes.collect();
        if pushes.is_empty() {
            found.not_kept += 1;
            return Ok(());
        }
        let versions = self.versions_of(&row, &record, &pushes).await?;
        for (push, kept, sent) in pushes {
            let event = versions
                .iter()
                .find(|event| event.revision == push.revision);
            let Some(event) = event.cloned() else {
                found.replaced += 1;
                continue;
            };
            let event = event.withholding(push.withheld.unwrap_or_default());
            if let Entry::Vacant(place) = remakers.entry(push.configuration) {
                place.insert(self.remaker(push.configuration).await?);
            }
            let remade = match remakers.get(&push.configuration) {
                Some(Ok(remaker)) => remaker.remake(&row.sync, event, &kept.facts),
                Some(Err(why)) => Err(why.clone()),
                None => Err("no such configuration".to_owned()),
            };
            match difference(&kept, sent.as_ref(), remade) {
                None => found.same += 1,
                Some((why, fields)) => found.differing.push(DifferingPush {
                    sync: row.sync.to_string(),
                    kind: row.key.kind.to_string(),
                    id: row.key.id.to_string(),
                    number: row.number.clone(),
                    configuration: push.configuration,
                    why,
                    fields,
                }),
            }
        }
        Ok(())
    }

    /// The versions of the record that are still there: the newest, and where a push was made of another, those before it.
    async fn versions_of(
        &self,
        row: &RecordRow,
        record: &RecordRef,
        pushes: &[(Push, Kept, Option<Exchange>)],
    ) -> Result<Vec<Event>, Status> {
        let mut versions: Vec<Event> = self.event_of(row).await?.into_iter().collect();
        let newest = versions.first().map(|event| event.revision);
        if pushes
            .iter()
            .any(|(push, ..)| Some(push.revision) != newest)
        {
            let earlier = self.ledger.replaced(&self.merchant, record).await;
            let earlier = earlier.map_err(of_ledger)?.into_iter();
            versions.extend(earlier.filter_map(|event| codec::decode_event(&event).ok()));
        }
        Ok(versions)
    }

    async fn remaker(&self, version: i64) -> Result<Result<Box<dyn Remaker>, String>, Status> {
        let found = self.ledger.configuration_at(&self.merchant, version).await;
        let Some(found) = found.map_err(of_ledger)? else {
            return Ok(Err(format!(
                "version {version} of the configuration is not in the ledger"
            )));
        };
        Ok(self.reader.remaker(&found.text).map_err(|problems| {
            format!(
                "version {version} of the configuration cannot be read by this build: {}",
                problems.join("; ")
            )
        }))
    }
}

type Difference = (String, Vec<proto::control::v1::Change>);

/// How what would be sent differs from what was; `None`: not at all.
fn difference(
    kept: &Kept,
    sent: Option<&Exchange>,
    remade: Result<Remade, String>,
) -> Option<Difference> {
    let remade = match remade {
        Ok(remade) => remade,
        Err(why) => return Some((why, Vec::new())),
    };
    if kept.digest == remade.digest {
        return None;
    }
    let sent = sent.map(|sent| sent.request.as_str()).unwrap_or_default();
    let fields = changes(&values(sent), &values(&remade.shown));
    let hidden = "they differ in what is not shown: redacted, or beyond the length that is kept";
    let why = if fields.is_empty() { hidden } else { "" };
    Some((why.to_owned(), fields))
}

/// A body's single values; one that is no JSON (shortened, for instance) is one.
fn values(body: &str) -> BTreeMap<String, String> {
    serde_json::from_str(body).map_or_else(
        |_| BTreeMap::from([("body".to_owned(), body.to_owned())]),
        |body| flatten(&body),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(body: &str) -> (Kept, Exchange) {
        let kept = Kept::of(body.as_bytes(), serde_json::Value::Null);
        let sent = Exchange {
            method: "POST".to_owned(),
            url: String::new(),
            request: body.to_owned(),
            reply: None,
            took_ms: 0,
            error: None,
            kept: None,
        };
        (kept, sent)
    }

    fn compared(sent: &str, now: &str) -> Option<Difference> {
        let (kept, exchange) = push(sent);
        let remade = Remade {
            digest: Kept::digest_of(now.as_bytes()),
            shown: now.to_owned(),
        };
        difference(&kept, Some(&exchange), Ok(remade))
    }

    #[test]
    fn bytes_are_compared_and_fields_are_told() {
        let sent = r#"{"memo":"a","item":{"items":[{"rate":1}]}}"#;
        assert_eq!(compared(sent, sent), None);
        let (why, fields) =
            compared(sent, r#"{"memo":"a","item":{"items":[{"rate":2}]}}"#).unwrap();
        assert!(why.is_empty());
        let told: Vec<_> = fields
            .iter()
            .map(|one| (one.path.as_str(), one.before.as_str(), one.after.as_str()))
            .collect();
        assert_eq!(told, [("item.items.0.rate", "1", "2")]);
    }

    #[test]
    fn a_difference_that_does_not_show_is_one_all_the_same() {
        let sent = r#"{"memo":"a"}"#;
        let (why, fields) = compared(sent, r#"{ "memo": "a" }"#).unwrap();
        assert!(fields.is_empty());
        assert!(why.contains("not shown"), "{why}");
        let (kept, exchange) = push(sent);
        let failed = difference(&kept, Some(&exchange), Err("held: why".to_owned()));
        assert_eq!(failed, Some(("held: why".to_owned(), Vec::new())));
    }
}
