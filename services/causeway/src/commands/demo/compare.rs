//! The report: what was compared, and every difference.

use comfy_table::Table;

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    what: &'static str,
    counts: [String; 3],
    differences: Vec<String>,
}

impl Report {
    /// Adds one comparison: counts in shop, Causeway and NetSuite, and what differs.
    pub(super) fn add(&mut self, what: &'static str, counts: [usize; 3], differences: Vec<String>) {
        self.rows.push(Row {
            what,
            counts: counts.map(|count| count.to_string()),
            differences,
        });
    }

    pub(super) fn agrees(&self) -> bool {
        self.rows.iter().all(|row| row.differences.is_empty())
    }

    pub(super) fn differences(&self) -> impl Iterator<Item = &String> {
        self.rows.iter().flat_map(|row| &row.differences)
    }

    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        table.set_header(["", "shop", "Causeway", "NetSuite", "differences"]);
        for row in &self.rows {
            let [shop, causeway, netsuite] = row.counts.clone();
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
