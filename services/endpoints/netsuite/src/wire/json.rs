//! JSON whose numbers are decimals: request bodies are made of it, so that no amount ever passes through a float.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

/// A JSON object.
pub(crate) type Object = BTreeMap<String, Json>;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    /// A text.
    Text(String),
    /// A number, written exactly.
    Number(Decimal),
    /// `true` or `false`.
    Flag(bool),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Object),
    /// What a user's rule gave, as it is.
    Given(serde_json::Value),
}

impl Json {
    /// A reference to another record, by internal id.
    pub(crate) fn reference(id: &str) -> Self {
        Self::Object(Object::from([("id".to_owned(), Self::Text(id.to_owned()))]))
    }

    /// A reference to another record, by external id.
    pub(crate) fn external(id: &str) -> Self {
        Self::Object(Object::from([(
            "externalId".to_owned(),
            Self::Text(id.to_owned()),
        )]))
    }

    /// Null: what is there is taken away.
    pub(crate) const fn nothing() -> Self {
        Self::Given(serde_json::Value::Null)
    }

    /// A sublist.
    pub(crate) fn sublist(items: Vec<Self>) -> Self {
        Self::Object(Object::from([("items".to_owned(), Self::List(items))]))
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Decimal> for Json {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => RawValue::from_string(number.normalize().to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::List(items) => items.serialize(serializer),
            Self::Object(fields) => fields.serialize(serializer),
            Self::Given(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_arrives() {
        for text in [
            "19.99",
            "0.1",
            "-7.5",
            "0",
            "12345678901234567890.12345678",
            "0.00000001",
        ] {
            let number: Decimal = text.parse().unwrap();
            assert_eq!(serde_json::to_string(&Json::from(number)).unwrap(), text);
        }
        let cents: Decimal = "12.50".parse().unwrap();
        assert_eq!(serde_json::to_string(&Json::from(cents)).unwrap(), "12.5");
    }
}
