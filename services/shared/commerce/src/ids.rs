//! Names and numbers: of merchants, connections, syncs, records and events.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An identifier that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{value}' is not a valid {what}: {rule}")]
pub struct IdError {
    what: &'static str,
    value: String,
    rule: &'static str,
}

const NAME_RULE: &str = "1 to 40 of a-z, 0-9 and '-', beginning with a letter";

fn is_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Declares a name chosen by people in the configuration; used in routing keys, queue names and external ids, hence the narrow alphabet.
macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Checks and wraps a name: 1 to 40 of a-z, 0-9 and '-', beginning with a letter.
            ///
            /// # Errors
            /// [`IdError`] naming the rule.
            pub fn new(name: impl Into<String>) -> Result<Self, IdError> {
                let value = name.into();
                if is_name(&value) {
                    Ok(Self(value))
                } else {
                    Err(IdError { what: $what, value, rule: NAME_RULE })
                }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = IdError;
            fn try_from(value: String) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> Self {
                id.0
            }
        }
    };
}

name!(
    /// The company whose connections and records these are.
    MerchantId,
    "merchant name"
);
name!(
    /// One configured account at an endpoint.
    ConnectionId,
    "connection name"
);
name!(
    /// A rule: records of one kind go from one connection to another.
    SyncId,
    "sync name"
);

impl Default for MerchantId {
    /// The merchant of an installation that serves only one and never names it.
    fn default() -> Self {
        Self("main".to_owned())
    }
}

/// What kind of record an event or a sync is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A sale as the storefront took it.
    Order,
    /// Goods that left a warehouse.
    Fulfilment,
    /// Units available of one SKU at one location.
    Stock,
    /// Money given back of an order.
    Refund,
    /// What a shop shows and sells.
    Product,
    /// What one SKU costs on one price list.
    Price,
    /// A sale called off where it was to be delivered from.
    Cancellation,
    /// Somebody with an account at the shop.
    Customer,
    /// A company that buys at the shop.
    Company,
    /// Money that a payment provider brought to the bank.
    Payout,
    /// What a warehouse or shipping software is asked to send.
    ShippingOrder,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Order,
        Self::Fulfilment,
        Self::Stock,
        Self::Refund,
        Self::Product,
        Self::Price,
        Self::Cancellation,
        Self::Customer,
        Self::Company,
        Self::Payout,
        Self::ShippingOrder,
    ];

    /// The kind's name in routing keys, configuration and the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Fulfilment => "fulfilment",
            Self::Stock => "stock",
            Self::Refund => "refund",
            Self::Product => "product",
            Self::Price => "price",
            Self::Cancellation => "cancellation",
            Self::Customer => "customer",
            Self::Company => "company",
            Self::Payout => "payout",
            Self::ShippingOrder => "shipping_order",
        }
    }

    /// The kind of that name, if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A record's id at the system that owns it, as that system writes it (`gid`s shortened to their number). Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

impl ExternalId {
    /// Wraps an id found on a wire.
    ///
    /// # Errors
    /// [`IdError`] when it is empty, longer than 200 bytes, or holds a control character.
    pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
        let value = id.into();
        if value.is_empty() || value.len() > 200 || value.chars().any(char::is_control) {
            return Err(IdError {
                what: "record id",
                value,
                rule: "1 to 200 bytes without control characters",
            });
        }
        Ok(Self(value))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ExternalId {
    type Error = IdError;
    fn try_from(value: String) -> Result<Self, IdError> {
        Self::new(value)
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> Self {
        id.0
    }
}

/// A line's id within its order, as the storefront writes it.
pub type LineId = ExternalId;

/// A record's name within a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordKey {
    /// What kind of record it is.
    pub kind: Kind,
    /// Its id at the system it was read from.
    pub id: ExternalId,
}

/// The id under which a record is written into the target system: derived from the source alone, so that every
/// attempt, by whichever process, writes under the same id. Holds only letters, digits, `-` and `_`, which is what
/// NetSuite's `eid:` addresses bear (NetSuite help, "Using External IDs").
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetKey(String);

impl TargetKey {
    /// `<connection>-<id>` for orders, `<connection>-<kind>-<id>` for the rest.
    #[must_use]
    pub fn of(source: &ConnectionId, kind: Kind, id: &ExternalId) -> Self {
        Self(format!(
            "{}{}",
            Self::prefix(source, kind),
            escaped(id.as_str())
        ))
    }

    /// The key of the customer with that id at the source: the same whether they come by an order or as a record of their own.
    #[must_use]
    pub fn customer(source: &ConnectionId, id: &ExternalId) -> Self {
        Self::of(source, Kind::Customer, id)
    }

    /// The key of the deposit of an order's payment. The two underscores stand in no escaped id, so that no two pairs share a key.
    #[must_use]
    pub fn deposit(source: &ConnectionId, order: &ExternalId, payment: &LineId) -> Self {
        let (order, payment) = (escaped(order.as_str()), escaped(payment.as_str()));
        Self(format!("{source}-deposit-{order}__{payment}"))
    }

    /// The key of what settles an invoice by an order's payment, likewise.
    #[must_use]
    pub fn payment(source: &ConnectionId, order: &ExternalId, payment: &LineId) -> Self {
        let (order, payment) = (escaped(order.as_str()), escaped(payment.as_str()));
        Self(format!("{source}-payment-{order}__{payment}"))
    }

    /// The key of the authorization by which the goods of a refund come back.
    #[must_use]
    pub fn authorization(source: &ConnectionId, refund: &ExternalId) -> Self {
        Self(format!("{source}-return-{}", escaped(refund.as_str())))
    }

    /// The key of the receipt of the goods of a refund.
    #[must_use]
    pub fn receipt(source: &ConnectionId, refund: &ExternalId) -> Self {
        Self(format!("{source}-receipt-{}", escaped(refund.as_str())))
    }

    /// The key of the company with that id at the source: the same whether it comes by an order or as a record of its own.
    #[must_use]
    pub fn company(source: &ConnectionId, id: &ExternalId) -> Self {
        Self::of(source, Kind::Company, id)
    }

    /// What the keys of all companies of the source begin with.
    #[must_use]
    pub fn companies(source: &ConnectionId) -> String {
        Self::prefix(source, Kind::Company)
    }

    /// The key of a person, by their key as a customer, at this company: one person may order for several.
    #[must_use]
    pub fn contact(company: &Self, person: &Self) -> Self {
        Self(format!("{company}-contact-{person}"))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The source's id inside a key found at the target, or nothing when the key was not made for that connection and kind.
    #[must_use]
    pub fn source_id(key: &str, source: &ConnectionId, kind: Kind) -> Option<ExternalId> {
        let rest = key.strip_prefix(&Self::prefix(source, kind))?;
        ExternalId::new(unescaped(rest)?).ok()
    }

    /// Whether a key found at the target was made of a record of that kind, of whichever connection. No connection's name holds an
    /// underscore, so this tells of shipping orders for sure.
    #[must_use]
    pub fn is_of(key: &str, kind: Kind) -> bool {
        let marker = format!("-{kind}-");
        key.split_once(&marker)
            .is_some_and(|(source, _)| ConnectionId::new(source).is_ok())
    }

    /// How all keys of a connection and kind begin.
    #[must_use]
    pub fn prefix(source: &ConnectionId, kind: Kind) -> String {
        match kind {
            Kind::Order => format!("{source}-"),
            Kind::Fulfilment
            | Kind::Stock
            | Kind::Refund
            | Kind::Product
            | Kind::Price
            | Kind::Cancellation
            | Kind::Customer
            | Kind::Company
            | Kind::Payout
            | Kind::ShippingOrder => {
                format!("{source}-{kind}-")
            }
        }
    }
}

impl fmt::Display for TargetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters, digits and '-' stand for themselves; every other byte becomes `_` and two hexadecimal digits.
fn escaped(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("_{byte:02x}"));
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'_' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// The id of one version of one record: equal for equal content, whoever computes it and however often.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId([u8; 16]);

impl EventId {
    /// Wraps the first sixteen bytes of the digest that [`crate::Event::new`] computes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_narrow() {
        assert!(ConnectionId::new("shopify-eu2").is_ok());
        for bad in [
            "",
            "Shopify",
            "2shop",
            "shop.eu",
            "shop_eu",
            "-shop",
            &"a".repeat(41),
        ] {
            assert!(ConnectionId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn target_keys_survive_the_round_trip() {
        let shop = ConnectionId::new("shopify-eu").unwrap();
        for id in ["1001", "A|B", "ünder_score", "a-b"] {
            let id = ExternalId::new(id).unwrap();
            for kind in Kind::ALL {
                let key = TargetKey::of(&shop, kind, &id);
                assert!(
                    key.as_str()
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'),
                    "{key}"
                );
                assert_eq!(
                    TargetKey::source_id(key.as_str(), &shop, kind),
                    Some(id.clone())
                );
            }
        }
    }

    #[test]
    fn a_key_tells_its_kind_without_its_connection() {
        let is_of = |key| TargetKey::is_of(key, Kind::ShippingOrder);
        assert!(is_of("netsuite-eu-shipping_order-7"));
        for key in [
            "netsuite-7",
            "-shipping_order-7",
            "Some-shipping_order-7",
            "8061c220f0794a9b",
        ] {
            assert!(!is_of(key), "{key}");
        }
    }

    #[test]
    fn a_foreign_key_is_nobodys() {
        let shop = ConnectionId::new("shopify-eu").unwrap();
        assert_eq!(TargetKey::source_id("woo-17", &shop, Kind::Order), None);
        assert_eq!(
            TargetKey::source_id("shopify-eu-", &shop, Kind::Order),
            None
        );
    }
}
