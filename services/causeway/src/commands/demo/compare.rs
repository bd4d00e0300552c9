//! The report: what was compared, and every difference.

use comfy_table::Table;
use ports::Status;
use ports::ledger::RecordRow;
use serde::Serialize;

/// What was compared.
#[derive(Debug, Default, Serialize)]
pub(in crate::commands) struct Report {
    rows: Vec<Row>,
    remarks: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    /// In shop, Causeway and NetSuite.
    counts: [usize; 3],
    differences: Vec<String>,
}

impl Report {
    /// Adds one comparison: counts in shop, Causeway and NetSuite, and what differs.
    pub(super) fn add(&mut self, what: &'static str, counts: [usize; 3], differences: Vec<String>) {
        self.rows.push(Row {
            what,
            counts,
            differences,
        });
    }

    /// Adds something worth knowing besides.
    pub(super) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    pub(in crate::commands) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    pub(in crate::commands) fn agrees(&self) -> bool {
        self.rows.iter().all(|row| row.differences.is_empty())
    }

    pub(in crate::commands) fn differences(&self) -> impl Iterator<Item = &String> {
        self.rows.iter().flat_map(|row| &row.differences)
    }

    pub(in crate::commands) fn table(&self) -> Table {
        let mut table = Table::new();
        table.set_header(["", "shop", "Causeway", "NetSuite", "differences"]);
        for row in &self.rows {
            let [shop, causeway, netsuite] = row.counts.map(|count| count.to_string());
            table.add_row([
                row.what.to_owned(),
                shop,
                causeway,
                netsuite,
                row.differences.len().to_string(),
            ]);
        }
        table
    }
}

/// Records that did not come to the end they should, with their reasons.
pub(super) fn unsettled(what: &str, ledger: &[RecordRow]) -> impl Iterator<Item = String> {
    ledger
        .iter()
        .filter(|row| !matches!(row.status, Status::Synced | Status::Unchanged))
        .map(move |row| {
            let reason = row.reason.as_deref().unwrap_or_default();
            format!(
                "{what} {}: {} in Causeway: {reason}",
                row.number,
                row.status.as_str()
            )
        })
}
