//! The fields of a target's records, as far as rules may set them.

use serde::{Deserialize, Serialize};

/// The part of a target's record in which a rule sets a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The record itself.
    Record,
    /// Each of its lines.
    Line,
    /// The customer that is made with it.
    Customer,
    /// Its billing address.
    BillingAddress,
    /// Its shipping address.
    ShippingAddress,
    /// Each address in its book.
    Address,
    /// What is made of each of its payments.
    Payment,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 7] = [
        Self::Record,
        Self::Line,
        Self::Customer,
        Self::BillingAddress,
        Self::ShippingAddress,
        Self::Address,
        Self::Payment,
    ];

    /// Its name in the configuration (`billing_address`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Line => "line",
            Self::Customer => "customer",
            Self::BillingAddress => "billing_address",
            Self::ShippingAddress => "shipping_address",
            Self::Address => "address",
            Self::Payment => "payment",
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    Text,
    /// A decimal number.
    Number,
    /// True or false.
    Bool,
    /// A day: `2026-03-01`.
    Date,
    /// The id of another record; the account's list that has the name for it, or "" where there is none.
    Id(&'static str),
    /// Whatever the account says: custom fields, and groups of fields.
    Any,
}

/// The fields of one part of a record that rules may set, by what they hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fields {
    /// Texts.
    pub text: &'static [&'static str],
    /// Decimal numbers.
    pub number: &'static [&'static str],
    /// True or false.
    pub bool: &'static [&'static str],
    /// Days.
    pub date: &'static [&'static str],
    /// Ids of other records, each with the account's list that names them ("" where there is none).
    pub id: &'static [(&'static str, &'static str)],
    /// Groups of fields, into which a dotted name reaches.
    pub group: &'static [&'static str],
    /// How the names of custom fields begin here.
    pub custom: Option<&'static str>,
}

impl Fields {
    /// What the field of that name holds; `None` where there is no such field. A dotted name reaches into a group or a custom field, or
    /// names the id itself (`department.id`).
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FieldType> {
        let plain = [
            (self.text, FieldType::Text),
            (self.number, FieldType::Number),
            (self.bool, FieldType::Bool),
            (self.date, FieldType::Date),
        ];
        if let Some((_, holds)) = plain.into_iter().find(|(names, _)| names.contains(&name)) {
            return Some(holds);
        }
        let (head, inside) = name
            .split_once('.')
            .map_or((name, None), |(head, rest)| (head, Some(rest)));
        let is_custom = |prefix: &str| head.starts_with(prefix) && head.len() > prefix.len();
        if self.custom.is_some_and(is_custom) || self.group.contains(&head) {
            return Some(FieldType::Any);
        }
        let (_, list) = self.id.iter().find(|(field, _)| *field == head)?;
        match inside {
            None => Some(FieldType::Id(list)),
            Some("id" | "externalId" | "refName") => Some(FieldType::Text),
            Some(_) => None,
        }
    }

    /// The names there are, custom ones aside.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let plain = [self.text, self.number, self.bool, self.date, self.group];
        let ids = self.id.iter().map(|(name, _)| *name);
        plain.into_iter().flatten().copied().chain(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields = Fields {
        text: &["memo"],
        number: &["shippingCost"],
        bool: &[],
        date: &["shipDate"],
        id: &[("location", "locations")],
        group: &["shippingAddress"],
        custom: Some("custbody"),
    };

    #[test]
    fn fields_are_found_by_their_whole_name() {
        for (name, holds) in [
            ("memo", Some(FieldType::Text)),
            ("shippingCost", Some(FieldType::Number)),
            ("shipDate", Some(FieldType::Date)),
            ("location", Some(FieldType::Id("locations"))),
            ("location.id", Some(FieldType::Text)),
            ("location.name", None),
            ("memo.id", None),
            ("shippingAddress.addr3", Some(FieldType::Any)),
            ("custbody_web_order", Some(FieldType::Any)),
            ("custbody_list.id", Some(FieldType::Any)),
            ("custbody", None),
            ("custcol_x", None),
            ("Memo", None),
        ] {
            assert_eq!(FIELDS.find(name), holds, "{name}");
        }
    }
}
