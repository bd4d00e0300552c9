//! Values that tables have no entry for.

use mapping::{OnUnmapped, Table};
use ports::ledger::Observed;
use proto::control::v1::{ListUnmappedResponse, UnmappedValue};
use tonic::Status;

use crate::convert::{of_ledger, timestamp};
use crate::service::Service;

impl Service {
    /// Those of the noted values that still have no entry in the active configuration.
    pub(crate) async fn unmapped_values(&self) -> Result<ListUnmappedResponse, Status> {
        let active = self.active_text().await?;
        let tables = self
            .reader
            .tables(&active)
            .map_err(|problems| Status::failed_precondition(problems.join("\n")))?;
        let noted = self.ledger.unmapped(&self.merchant).await;
        let noted = noted.map_err(of_ledger)?.into_iter();
        let open = noted.filter_map(|one| {
            let table = tables.get(&one.seen.table)?;
            let mapped = table.entries.contains_key(&one.seen.value);
            (!mapped).then(|| told(one, table))
        });
        Ok(ListUnmappedResponse {
            values: open.collect(),
        })
    }
}

fn told(one: Observed, table: &Table) -> UnmappedValue {
    let (policy, default) = match &table.unmapped {
        OnUnmapped::Hold => ("hold", String::new()),
        OnUnmapped::Default(value) => ("default", value.clone()),
        OnUnmapped::PostWithout => ("post_without", String::new()),
    };
    UnmappedValue {
        table: one.seen.table,
        value: one.seen.value,
        times: one.seen.times,
        first_seen: Some(timestamp(one.first)),
        last_seen: Some(timestamp(one.last)),
        policy: policy.to_owned(),
        default,
    }
}
