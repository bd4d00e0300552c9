//! Finding records and showing their journeys.

use jiff::Timestamp;
use ports::Status as RecordStatus;
use ports::ledger::{Filter, RecordRef, RecordRow};
use proto::control::v1::{
    FindRecordsRequest, FindRecordsResponse, GetRecordRequest, GetRecordResponse, RecordName,
};
use tonic::Status;

use crate::convert::{instant, of_ledger, record_ref, record_row, step, sync_id};
use crate::service::Service;

impl Service {
    pub(crate) async fn page_of_records(
        &self,
        request: FindRecordsRequest,
    ) -> Result<FindRecordsResponse, Status> {
        let most = match request.page_size {
            0 => 100,
            size => usize::try_from(size.min(1_000)).unwrap_or(100),
        };
        let after = if request.page_token.is_empty() {
            None
        } else {
            Some(from_token(&request.page_token)?)
        };
        let filter = filter(&request)?;
        let rows = self
            .ledger
            .records(&self.merchant, &filter, after, most)
            .await
            .map_err(of_ledger)?;
        let next = if rows.len() == most {
            rows.last().map(to_token)
        } else {
            None
        };
        Ok(FindRecordsResponse {
            records: rows.into_iter().map(record_row).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }

    pub(crate) async fn one_record(
        &self,
        request: GetRecordRequest,
    ) -> Result<GetRecordResponse, Status> {
        let name = request
            .name
            .ok_or_else(|| Status::invalid_argument("name: is missing"))?;
        let record = record_ref(&name)?;
        let found = self
            .ledger
            .record_of(&self.merchant, &record)
            .await
            .map_err(of_ledger)?;
        let (row, event) = found.ok_or_else(|| {
            Status::not_found(format!(
                "sync '{}' has no {} with the id '{}'",
                name.sync, name.kind, name.id
            ))
        })?;
        let journey = self
            .ledger
            .journey(&self.merchant, &record)
            .await
            .map_err(of_ledger)?;
        let (record_json, source_json) = payloads(&event);
        Ok(GetRecordResponse {
            record: Some(record_row(row)),
            journey: journey.into_iter().map(step).collect(),
            record_json,
            source_json,
        })
    }
}

/// The normalized record and the source's own words, as far as what is stored is an event; else what is stored stands for both.
fn payloads(stored: &[u8]) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if stored.is_empty() {
        return Default::default();
    }
    match codec::decode_event(stored) {
        Ok(event) => {
            let record = serde_json::to_string(&event.record).unwrap_or_default();
            (
                record,
                event
                    .source
                    .map(|document| text(&document.body))
                    .unwrap_or_default(),
            )
        }
        Err(_) => (String::new(), text(stored)),
    }
}

fn filter(request: &FindRecordsRequest) -> Result<Filter, Status> {
    let statuses: Result<Vec<RecordStatus>, Status> = request
        .statuses
        .iter()
        .map(|name| {
            let known: Vec<&str> = RecordStatus::ALL
                .into_iter()
                .map(RecordStatus::as_str)
                .collect();
            RecordStatus::parse(name).ok_or_else(|| {
                Status::invalid_argument(format!(
                    "'{name}' is not a status; there are: {}",
                    known.join(", ")
                ))
            })
        })
        .collect();
    Ok(Filter {
        sync: if request.sync.is_empty() {
            None
        } else {
            Some(sync_id(&request.sync)?)
        },
        statuses: statuses?,
        number: Some(request.number.clone()).filter(|number| !number.is_empty()),
        since: request.since.as_ref().map(instant).transpose()?,
    })
}

/// Where a page ended: a time and a record, as text that means nothing to the caller.
fn to_token(row: &RecordRow) -> String {
    format!(
        "{}|{}|{}|{}",
        row.changed_at, row.sync, row.key.kind, row.key.id
    )
}

fn from_token(token: &str) -> Result<(Timestamp, RecordRef), Status> {
    let broken = || Status::invalid_argument("page_token: not one of ours");
    let mut parts = token.splitn(4, '|');
    let mut next = || parts.next().map(str::to_owned).ok_or_else(broken);
    let at: Timestamp = next()?.parse().map_err(|_| broken())?;
    let name = RecordName {
        sync: next()?,
        kind: next()?,
        id: next()?,
    };
    Ok((at, record_ref(&name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_token_names_a_row_even_when_its_id_is_strange() {
        let (at, record) = from_token("2026-03-02T10:11:12.5Z|orders|order|A|B").unwrap();
        assert_eq!(at.to_string(), "2026-03-02T10:11:12.5Z");
        assert_eq!(
            (record.sync.as_str(), record.key.id.as_str()),
            ("orders", "A|B")
        );
    }

    #[test]
    fn a_foreign_page_token_is_refused() {
        for token in [
            "x",
            "2026-03-02T10:11:12Z|orders",
            "2026-03-02T10:11:12Z|orders|nothing|1",
        ] {
            assert!(from_token(token).is_err(), "{token}");
        }
    }

    #[test]
    fn what_is_stored_and_is_no_event_is_shown_as_it_is() {
        assert_eq!(payloads(b""), (String::new(), String::new()));
        assert_eq!(
            payloads(b"{\"id\":1"),
            (String::new(), "{\"id\":1".to_owned())
        );
    }
}
