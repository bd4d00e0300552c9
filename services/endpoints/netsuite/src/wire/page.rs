//! A page of SuiteQL's answer.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// One row as it came, numbers as texts.
pub(crate) type Row = Map<String, Value>;

/// One page of rows.
#[derive(Debug, Deserialize)]
pub(crate) struct RowPage {
    #[serde(deserialize_with = "rows")]
    pub(crate) items: Vec<Row>,
    #[serde(default, rename = "hasMore")]
    pub(crate) has_more: bool,
    /// Rows of all pages.
    #[serde(default, rename = "totalResults")]
    pub(crate) total: Option<u64>,
}

/// An amount that came as a number keeps its own digits: read as a JSON number it would go by way of a binary fraction.
fn rows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Row>, D::Error> {
    let rows = Vec::<BTreeMap<String, Box<RawValue>>>::deserialize(deserializer)?;
    let row = |row: BTreeMap<String, Box<RawValue>>| {
        let columns = row.into_iter();
        columns
            .map(|(name, value)| Ok((name, own_digits(&value)?)))
            .collect()
    };
    let rows: Result<Vec<Row>, serde_json::Error> = rows.into_iter().map(row).collect();
    rows.map_err(serde::de::Error::custom)
}

fn own_digits(value: &RawValue) -> Result<Value, serde_json::Error> {
    let text = value.get();
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return serde_json::from_str(text);
    }
    let plain = match Decimal::from_scientific(text) {
        Ok(number) if text.contains(['e', 'E']) => number.to_string(),
        _ => text.to_owned(),
    };
    Ok(Value::String(plain))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_keep_their_own_digits() {
        let page = r#"{"items": [{"links": [], "id": 12, "foreigntotal": -90071992547409.93, "quantity": "1.50", "rate": 1.10,
            "small": 2.5E-1, "set": true}], "hasMore": true, "totalResults": 3}"#;
        let page: RowPage = serde_json::from_str(page).unwrap();
        assert!(page.has_more);
        assert_eq!(page.total, Some(3));
        let expected = json!({ "links": [], "id": "12", "foreigntotal": "-90071992547409.93", "quantity": "1.50", "rate": "1.10",
            "small": "0.25", "set": true });
        assert_eq!(Value::Object(page.items[0].clone()), expected);
        assert!(serde_json::from_str::<RowPage>(r#"{"items": [1]}"#).is_err());
    }
}
