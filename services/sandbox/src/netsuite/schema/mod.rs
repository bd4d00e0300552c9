//! Which records there are and which properties they have: the part of the 2026.1 REST API Browser that a storefront touches.

mod lists;
mod sublists;
mod transactions;

use super::options::Features;

/// Form of a property.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Number,
    Integer,
    Flag,
    Date,
    Instant,
    /// A record of this type; `item` stands for every item type, `transaction` for every transaction type.
    Reference(&'static str),
    /// One of these ids, with their labels.
    Choice(&'static [(&'static str, &'static str)]),
    /// ISO 3166-1 alpha-2, as an enumeration.
    Country,
    Address,
}

/// When a property exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    OneWorld,
    MultiLocation,
    MultiCurrency,
    SuiteTax,
    LegacyTax,
}

impl Needs {
    pub(crate) fn met(self, features: &Features) -> bool {
        match self {
            Self::Nothing => true,
            Self::OneWorld => features.one_world,
            Self::MultiLocation => features.multi_location,
            Self::MultiCurrency => features.multi_currency,
            Self::SuiteTax => features.suite_tax,
            Self::LegacyTax => !features.suite_tax,
        }
    }
}

/// One property.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) needs: Needs,
    /// Computed by NetSuite: ignored on write.
    pub(crate) computed: bool,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        needs: Needs::Nothing,
        computed: false,
    }
}

const fn computed(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        needs: Needs::Nothing,
        computed: true,
    }
}

const fn only_with(needs: Needs, name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        needs,
        computed: false,
    }
}

/// A list of lines inside a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sublist {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    /// Prefix of the custom fields a line can have.
    pub(crate) custom: Option<&'static str>,
    pub(crate) needs: Needs,
}

/// Records whose internal and external ids share one space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Space {
    Entity,
    Item,
    /// All transaction types together.
    Transaction,
    List(&'static str),
}

/// One record type.
#[derive(Debug)]
pub(crate) struct RecordType {
    /// As in the URL.
    pub(crate) name: &'static str,
    /// `transaction.type` or `item.itemtype` in SuiteQL.
    pub(crate) code: &'static str,
    pub(crate) space: Space,
    pub(crate) groups: &'static [&'static [Field]],
    pub(crate) sublists: &'static [Sublist],
    /// Prefix of its custom fields.
    pub(crate) custom: Option<&'static str>,
    /// Labels of `status`, where it has one.
    pub(crate) statuses: &'static [(&'static str, &'static str)],
}

impl RecordType {
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.groups.iter().find_map(|group| find(group, name))
    }

    pub(crate) fn sublist(&self, name: &str) -> Option<&'static Sublist> {
        self.sublists
            .iter()
            .find(|sublist| sublist.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn is_transaction(&self) -> bool {
        self.space == Space::Transaction
    }

    pub(crate) fn status_label(&self, letter: &str) -> &'static str {
        self.statuses
            .iter()
            .find(|(id, _)| *id == letter)
            .map_or("", |(_, label)| label)
    }
}

impl Sublist {
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        find(self.fields, name)
    }
}

// Names are matched without regard to case: Oracle's own samples mix `entityid` and `entityId`.
fn find(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    fields
        .iter()
        .find(|field| field.name.eq_ignore_ascii_case(name))
}

/// The properties of an address.
pub(crate) const ADDRESS: &[Field] = &[
    field("addr1", Kind::Text),
    field("addr2", Kind::Text),
    field("addr3", Kind::Text),
    field("addrPhone", Kind::Text),
    computed("addrText", Kind::Text),
    field("addressee", Kind::Text),
    field("attention", Kind::Text),
    field("city", Kind::Text),
    field("country", Kind::Country),
    field("state", Kind::Text),
    field("zip", Kind::Text),
    field("override", Kind::Flag),
    field("externalId", Kind::Text),
    computed("lastModifiedDate", Kind::Instant),
];

pub(crate) fn address_field(name: &str) -> Option<&'static Field> {
    find(ADDRESS, name)
}

/// The record type with this name, without regard to case.
pub(crate) fn record_type(name: &str) -> Option<&'static RecordType> {
    all().find(|kind| kind.name.eq_ignore_ascii_case(name))
}

pub(crate) fn all() -> impl Iterator<Item = &'static RecordType> {
    transactions::TYPES.iter().chain(lists::TYPES)
}
