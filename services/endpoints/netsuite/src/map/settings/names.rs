//! Names of NetSuite's that settings hold: internal ids and fields.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

/// A record's internal id: digits, with a minus sign for records that NetSuite itself provides (`-1`). Where the account has a list of such
/// records, the file may have a name in its place (`x-list` in the schema); it is looked up before the settings are read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String", extend("type" = ["string", "integer"]))]
pub struct InternalId(String);

impl InternalId {
    /// The price level under which a line keeps its own price.
    pub(super) fn custom_price_level() -> Self {
        Self("-1".to_owned())
    }

    /// The price level that every account has.
    pub(super) fn base_price_level() -> Self {
        Self("1".to_owned())
    }

    /// Checks and wraps an internal id.
    ///
    /// # Errors
    /// What an internal id looks like.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let good = (1..=18).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
        if good {
            Ok(Self(text))
        } else {
            Err(format!(
                "'{text}' is no internal id: NetSuite's internal ids are numbers such as 647 or -1"
            ))
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for InternalId {
    /// From a number or a text: people write `5` as often as `"5"`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Id;
        impl de::Visitor<'_> for Id {
            type Value = InternalId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an internal id such as 647")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<InternalId, E> {
                InternalId::new(text).map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<InternalId, E> {
                InternalId::new(number.to_string()).map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<InternalId, E> {
                InternalId::new(number.to_string()).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Id)
    }
}

/// A field by the name that SuiteQL knows it by; narrow enough to stand in a query's text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Column(String);

impl Column {
    /// The item's name, which is where most accounts keep the SKU.
    pub(crate) fn itemid() -> Self {
        Self("itemid".to_owned())
    }

    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Column {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        let standard = ["itemid", "externalid", "upccode", "mpn"].contains(&name.as_str());
        let custom = ["custitem", "custcol"].iter().any(|prefix| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| !rest.is_empty())
        });
        let plain = name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if plain && (standard || custom) {
            Ok(Self(name))
        } else {
            Err(format!(
                "'{text}' is no field: use itemid, externalid, upccode, mpn, or a custom field's id (custitem_…, custcol_…)"
            ))
        }
    }
}
