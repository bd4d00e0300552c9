//! The account's lists: what its ids are called.

use super::Query;

/// A list by its name: the table, the column of its ids, and that of its names.
const LISTS: [(&str, &str, &str, &str); 11] = [
    ("locations", "location", "id", "name"),
    ("subsidiaries", "subsidiary", "id", "name"),
    ("departments", "department", "id", "name"),
    ("classes", "classification", "id", "name"),
    ("currencies", "currency", "id", "symbol"),
    ("ship_methods", "shipitem", "id", "itemid"),
    ("payment_methods", "paymentmethod", "id", "name"),
    ("price_levels", "pricelevel", "id", "name"),
    ("tax_codes", "salestaxitem", "id", "itemid"),
    ("terms", "term", "id", "name"),
    ("custom_fields", "customfield", "scriptid", "name"),
];

/// The names of all lists.
pub(crate) fn names() -> Vec<&'static str> {
    LISTS.iter().map(|(name, ..)| *name).collect()
}

/// The active entries of a list; `None` where there is no such list.
pub(crate) fn entries(list: &str) -> Option<Query> {
    let (_, table, id, name) = LISTS.into_iter().find(|(known, ..)| *known == list)?;
    let active = match table {
        "customfield" => "",
        _ => " WHERE l.isinactive = 'F'",
    };
    Some(Query::new(format!(
        "SELECT l.{id} AS id, l.{name} AS name FROM {table} l{active} ORDER BY l.{id}"
    )))
}
