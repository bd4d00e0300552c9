use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The content of one property.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Exact number.
    Number(Decimal),
    /// `true` or `false`.
    Flag(bool),
    /// A day without a time.
    Date(Date),
    /// A moment.
    Instant(Timestamp),
    /// Another record.
    Reference(Reference),
    /// One of a fixed list.
    Choice {
        /// What is stored.
        id: String,
        /// What a user reads.
        name: String,
    },
    /// An address, or another record that lives inside its owner.
    Subrecord(Fields),
}

/// A pointer to another record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Type of the record it points to, as in its URL.
    pub target: &'static str,
    /// Internal id; negative for records that NetSuite itself provides.
    pub id: i64,
    /// What a user reads.
    pub name: String,
}

/// Properties by name, in alphabetical order as NetSuite prints them.
pub type Fields = BTreeMap<Cow<'static, str>, Value>;

impl Value {
    /// The text, of text and choices.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Choice { id: text, .. } => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The id of the record it points to.
    pub fn reference(&self) -> Option<i64> {
        match self {
            Self::Reference(reference) => Some(reference.id),
            _ => None,
        }
    }

    /// Whether it is `true`.
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Flag(true))
    }
}

/// A decimal as a JSON number: through its text, so that no arithmetic on floats happens on the way.
pub(super) fn json_number(number: Decimal) -> serde_json::Value {
    let text = number.normalize().to_string();
    // NetSuite prints amounts with a fraction even when there is none: 5050.0.
    let text = if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    };
    serde_json::from_str(&text).unwrap_or(serde_json::Value::Null)
}

/// The decimal that a JSON number spells.
pub(super) fn decimal(number: &serde_json::Number) -> Option<Decimal> {
    let text = number.to_string();
    text.parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_both_ways() {
        for text in ["19.99", "0.1", "-7.5", "123456789.01", "5050.0"] {
            let number: serde_json::Number = serde_json::from_str(text).unwrap();
            assert_eq!(json_number(decimal(&number).unwrap()).to_string(), text);
        }
    }
}
