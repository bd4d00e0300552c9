//! What a changed mapping would do to records that came before.

use std::collections::BTreeMap;

use commerce::SyncId;
use mapping::{Mapped, Mapping};
use ports::ledger::{Filter, RecordRow};
use proto::control::v1::{PreviewRequest, PreviewResponse, PreviewedRecord};
use tonic::Status;

use crate::configuration::changes;
use crate::convert::{of_ledger, sync_id};
use crate::service::Service;

/// Records looked at for each sync when nothing is said, and the most that may be asked for.
const USUALLY: u32 = 200;
const MOST: u32 = 5_000;

type Mappings = BTreeMap<SyncId, Mapping>;

impl Service {
    /// Applies the active rules and the ones given to each sync's last records, and tells what differs. Changes nothing.
    pub(crate) async fn preview_rules(
        &self,
        request: PreviewRequest,
    ) -> Result<PreviewResponse, Status> {
        let wanted = self
            .reader
            .mappings(&request.text)
            .map_err(|problems| Status::invalid_argument(problems.join("\n")))?;
        let active = self.ledger.configuration(&self.merchant).await;
        let active = active.map_err(of_ledger)?.ok_or_else(|| {
            Status::failed_precondition(
                "no configuration is active: there are no records yet to try rules on",
            )
        })?;
        let active = self
            .reader
            .mappings(&active.text)
            .map_err(|problems| Status::failed_precondition(problems.join("\n")))?;
        let syncs = chosen(&request.sync, &wanted)?;
        let most = how_many(request.records);
        let mut preview = PreviewResponse::default();
        for (sync, after) in syncs {
            self.compare_rules(sync, active.get(sync), after, most, &mut preview)
                .await?;
        }
        Ok(preview)
    }

    async fn compare_rules(
        &self,
        sync: &SyncId,
        before: Option<&Mapping>,
        after: &Mapping,
        most: usize,
        preview: &mut PreviewResponse,
    ) -> Result<(), Status> {
        let filter = Filter {
            sync: Some(sync.clone()),
            ..Filter::default()
        };
        let rows = self.ledger.records(&self.merchant, &filter, None, most);
        for row in rows.await.map_err(of_ledger)? {
            let Some(event) = self.event_of(&row).await? else {
                preview.without_event += 1;
                continue;
            };
            preview.looked_at += 1;
            let was = before
                .map(|before| told(before.apply(&event)))
                .unwrap_or_default();
            let fields = changes(&was, &told(after.apply(&event)));
            if !fields.is_empty() {
                preview.changed.push(PreviewedRecord {
                    sync: sync.to_string(),
                    kind: row.key.kind.to_string(),
                    id: row.key.id.to_string(),
                    number: row.number,
                    fields,
                });
            }
        }
        Ok(())
    }

    /// A record's stored event. One that is only on its way, or could not be read, has none.
    pub(crate) async fn event_of(
        &self,
        row: &RecordRow,
    ) -> Result<Option<commerce::Event>, Status> {
        let record = ports::ledger::RecordRef {
            sync: row.sync.clone(),
            key: row.key.clone(),
        };
        let found = self.ledger.record_of(&self.merchant, &record).await;
        let stored = found.map_err(of_ledger)?.map(|(_, stored)| stored);
        Ok(stored.and_then(|stored| codec::decode_event(&stored).ok()))
    }
}

/// How many records of each sync to look at.
pub(crate) fn how_many(wanted: u32) -> usize {
    let most = match wanted {
        0 => USUALLY,
        records => records.min(MOST),
    };
    usize::try_from(most).unwrap_or(usize::MAX)
}

fn chosen<'a>(
    sync: &str,
    mappings: &'a Mappings,
) -> Result<Vec<(&'a SyncId, &'a Mapping)>, Status> {
    if sync.is_empty() {
        return Ok(mappings.iter().collect());
    }
    let id = sync_id(sync)?;
    let found = mappings.get_key_value(&id);
    found.map(|found| vec![found]).ok_or_else(|| {
        let names: Vec<&str> = mappings.keys().map(SyncId::as_str).collect();
        Status::invalid_argument(format!(
            "the configuration has no sync '{sync}'; it has: {}",
            names.join(", ")
        ))
    })
}

/// What rules say of a record, value by value.
fn told(mapped: Mapped) -> BTreeMap<String, String> {
    let one = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
    match mapped {
        Mapped::Skip { rule } => one("skipped by", rule),
        Mapped::Hold { why } => one("held", why),
        Mapped::Write(set) => {
            let header = set.header.into_iter();
            let header = header.map(|(field, value)| (field, value.to_string()));
            let lines = set.lines.into_iter().flat_map(|(line, fields)| {
                fields
                    .into_iter()
                    .map(move |(field, value)| (format!("line {line}: {field}"), value.to_string()))
            });
            let parts = set.parts.into_iter().flat_map(|(place, fields)| {
                let named = move |(field, value): (String, serde_json::Value)| {
                    (format!("{}: {field}", place.name()), value.to_string())
                };
                fields.into_iter().map(named)
            });
            header.chain(lines).chain(parts).collect()
        }
    }
}
