//! Lists of the account that only queries show: what is set up once and never changes while it runs.

use super::rows::{Row, flag};

/// Setup > Accounting > Accounting Lists: payment methods, terms; Setup > Accounting > Tax Codes.
const ENTRIES: [(&str, &str, i64, &str); 8] = [
    ("paymentmethod", "name", 1, "Cash"),
    ("paymentmethod", "name", 2, "Check"),
    ("paymentmethod", "name", 5, "VISA"),
    ("paymentmethod", "name", 7, "PayPal"),
    ("term", "name", 1, "Net 15"),
    ("term", "name", 2, "Net 30"),
    ("salestaxitem", "itemid", -8, "-Not Taxable-"),
    ("salestaxitem", "itemid", 101, "CA-SAN FRANCISCO"),
];

/// The rows of these lists, and one for each custom field that the account is said to have by its whole name.
pub(super) fn fixed(custom_fields: &[String]) -> Vec<Row> {
    let entry = |(table, column, id, name): (&'static str, &'static str, i64, &str)| {
        Row::new(table)
            .with("id", id)
            .with(column, name.to_owned())
            .with("isinactive", flag(false))
    };
    let entries = ENTRIES.into_iter().map(entry);
    let named = custom_fields.iter().filter(|field| !field.ends_with('*'));
    let fields = named.map(|field| {
        Row::new("customfield")
            .with("scriptid", field.to_uppercase())
            .with("name", field.replace('_', " "))
            .with("fieldtype", "Free-Form Text".to_owned())
    });
    entries.chain(fields).collect()
}
