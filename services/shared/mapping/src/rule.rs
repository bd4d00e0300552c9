//! One rule as written: an expression, or a rule in parts.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, MapAccess, SeqAccess, Visitor, value};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What gives a field its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Rule {
    /// An expression. `()` sets nothing.
    Expression(String),
    /// A rule in parts.
    One(Choice),
    /// The first of them whose `when` holds; none: nothing is set.
    FirstOf(Vec<Choice>),
}

/// A rule in parts: exactly one of `value`, `field`, `expression` and `table`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Only where this expression is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// This very value. Numbers with a fraction are written as texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What stands in this field of the record (`order.customer.email`) or of the source's own document (`source.sourceName`); where it is empty or
    /// lies in something that is not there, nothing is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What this expression comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// What this table has for `of`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The expression whose value is looked up in `table`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Rule {
    /// The rule in parts, an expression among them.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        match self {
            Self::Expression(text) => vec![Choice {
                expression: Some(text.clone()),
                ..Choice::default()
            }],
            Self::One(choice) => vec![choice.clone()],
            Self::FirstOf(choices) => choices.clone(),
        }
    }
}

impl From<&str> for Rule {
    fn from(text: &str) -> Self {
        Self::Expression(text.to_owned())
    }
}

/// By hand: an error inside a rule in parts would else be told as "no variant matches".
impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor)
    }
}

struct RuleVisitor;

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = Rule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expression, a rule in parts (value, field, expression or table with of; when) or a list of such; a number with a fraction in quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Rule, E> {
        Ok(Rule::from(text))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Rule, E> {
        Ok(Rule::Expression(flag.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Rule, E> {
        Ok(Rule::Expression(number.to_string()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Rule, E> {
        Ok(Rule::Expression(number.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
        Choice::deserialize(value::MapAccessDeserializer::new(map)).map(Rule::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Rule, A::Error> {
        Vec::deserialize(value::SeqAccessDeserializer::new(items)).map(Rule::FirstOf)
    }
}
