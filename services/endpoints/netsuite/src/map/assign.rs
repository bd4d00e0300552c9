//! What the user's rules set, merged into a body last.

use std::collections::BTreeMap;

use ports::{Fault, FieldType, Fields};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::wire::{Json, Object};

/// Sets each field of a body that has these; a dotted name reaches into a subrecord or reference (`department.id`).
///
/// # Errors
/// [`Fault::Held`] for a field that Causeway itself must keep, or a name that reaches into something that is no object.
pub(super) fn assign(
    body: &mut Object,
    set: &BTreeMap<String, Value>,
    fields: &Fields,
) -> Result<(), Fault> {
    for (path, value) in set {
        let first = path.split('.').next().unwrap_or_default();
        if first.eq_ignore_ascii_case("externalId") {
            return Err(Fault::Held {
                why: "a rule sets externalId, by which Causeway finds the record again: remove it from the mapping".to_owned(),
            });
        }
        let value = given(path, value, fields);
        place(body, path, value).ok_or_else(|| Fault::Held {
            why: format!("a rule sets '{path}', which reaches into something that is no subrecord: correct the mapping"),
        })?;
    }
    Ok(())
}

fn place(body: &mut Object, path: &str, value: Json) -> Option<()> {
    let Some((head, rest)) = path.split_once('.') else {
        body.insert(path.to_owned(), value);
        return Some(());
    };
    let inner = body
        .entry(head.to_owned())
        .or_insert_with(|| Json::Object(Object::new()));
    match inner {
        Json::Object(fields) => place(fields, rest, value),
        _ => None,
    }
}

/// Rules give decimals as texts, which turn back where NetSuite has a number. A custom field keeps what the rule gave, since a text such as
/// `0012` may be just that.
fn given(path: &str, value: &Value, fields: &Fields) -> Json {
    let number = value
        .as_str()
        .filter(|_| fields.find(path) == Some(FieldType::Number))
        .and_then(|text| text.parse::<Decimal>().ok());
    number.map_or_else(|| Json::Given(value.clone()), Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::fields::ORDER;

    fn set(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn dotted_names_reach_inside_and_the_last_word_counts() {
        let mut body = Object::from([
            ("memo".to_owned(), Json::from("old")),
            ("location".to_owned(), Json::reference("2")),
        ]);
        let rules = set(&[
            ("memo", "new".into()),
            ("department.id", "5".into()),
            ("location.id", "9".into()),
            ("shippingCost", "7.50".into()),
            ("custbody_code", "0012".into()),
            ("custbody_list", serde_json::json!({"id": "3"})),
        ]);
        assign(&mut body, &rules, &ORDER).unwrap();
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"custbody_code":"0012","custbody_list":{"id":"3"},"department":{"id":"5"},"location":{"id":"9"},"memo":"new","shippingCost":7.5}"#
        );
    }

    #[test]
    fn the_key_is_not_the_rules_business() {
        let mut body = Object::new();
        for path in ["externalId", "externalid", "externalId.x"] {
            let fault = assign(&mut body, &set(&[(path, "x".into())]), &ORDER).unwrap_err();
            assert!(matches!(fault, Fault::Held { .. }));
        }
        body.insert("memo".to_owned(), Json::from("x"));
        assert!(assign(&mut body, &set(&[("memo.id", "x".into())]), &ORDER).is_err());
    }
}
