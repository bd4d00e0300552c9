use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::schema::{RecordType, Space};
use super::stock::Place;
use super::value::{Fields, Value};

/// A stored record.
#[derive(Clone, Debug)]
pub struct Record {
    pub(super) kind: &'static RecordType,
    /// Internal id, unique within its kind of record: all transactions share one sequence.
    pub id: u64,
    /// The id that an outside system gave it.
    pub external_id: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last saved.
    pub modified: Timestamp,
    /// Letter of the status, for a transaction.
    pub status: &'static str,
    /// What of a deposit, payment or credit memo is applied or given back.
    pub used: Decimal,
    /// The body.
    pub fields: Fields,
    /// Item lines, for a transaction.
    pub lines: Vec<Line>,
    /// The other sublists, by name.
    pub sublists: BTreeMap<&'static str, Vec<Fields>>,
    /// The number the next line gets. Numbers are never used again.
    pub(super) next_line: u32,
}

/// An item line of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `line`: the key within the record. Not sequential: kit members and discounts use up numbers too.
    pub number: u32,
    /// `lineUniqueKey`: unique in the account.
    pub unique: u64,
    /// Internal id of the item.
    pub item: u64,
    /// How many; without a sign.
    pub quantity: Decimal,
    /// Price of one.
    pub rate: Option<Decimal>,
    /// Price of all, as the document shows it.
    pub amount: Decimal,
    /// Tax of the line, where tax codes on lines decide.
    pub tax: Decimal,
    /// Internal id of the location.
    pub location: Option<u64>,
    /// Closed by hand: nothing more will be shipped.
    pub closed: bool,
    /// How many are in fulfilments of any status, shipped, billed, and back.
    pub progress: Progress,
    pub(super) commitments: Vec<Commitment>,
    /// Document and line number this one was made from.
    pub source: Option<(u64, u32)>,
    /// Number of the kit's line that this member belongs to.
    pub kit_member_of: Option<u32>,
    /// What the kit is made of: line number, item, quantity for one kit.
    pub members: Vec<(u32, u64, Decimal)>,
    /// Everything else.
    pub fields: Fields,
}

/// Stock set aside for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Commitment {
    pub(super) place: Place,
    pub(super) committed: Decimal,
    pub(super) back_ordered: Decimal,
}

/// How far a line has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// In item fulfilments, whatever their status.
    pub picked: Decimal,
    /// In shipped fulfilments, or received.
    pub shipped: Decimal,
    /// In invoices, cash sales, credits or refunds.
    pub billed: Decimal,
    /// In return authorizations.
    pub returned: Decimal,
}

impl Record {
    pub(super) fn new(kind: &'static RecordType, id: u64, at: Timestamp) -> Self {
        Self {
            kind,
            id,
            external_id: None,
            created: at,
            modified: at,
            status: "",
            used: Decimal::ZERO,
            fields: Fields::new(),
            lines: Vec::new(),
            sublists: BTreeMap::new(),
            next_line: 1,
        }
    }

    /// Its type, as in the URL: `salesOrder`.
    pub fn record_type(&self) -> &'static str {
        self.kind.name
    }

    /// A property of the body.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// A number of the body; zero where it is not set.
    pub fn number(&self, name: &str) -> Decimal {
        self.get(name).and_then(Value::number).unwrap_or_default()
    }

    /// A text of the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::text)
    }

    /// The id that a reference of the body points to.
    pub fn reference(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::reference)
    }

    /// The line with this number.
    pub fn line(&self, number: u32) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == number)
    }

    pub(super) fn line_mut(&mut self, number: u32) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.number == number)
    }

    pub(super) fn space(&self) -> Space {
        self.kind.space
    }

    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        self.fields.insert(name.into(), value);
    }

    /// What a user reads where another record points here.
    pub fn label(&self) -> String {
        let text = |name: &str| self.text(name).map(str::to_owned);
        let label = match self.kind.space {
            Space::Entity => text("entityId"),
            Space::Item => text("itemId"),
            Space::List(_) => text("name").or_else(|| text("itemId")),
            Space::Transaction => text("tranId"),
        };
        label.unwrap_or_else(|| self.id.to_string())
    }
}

impl Line {
    pub(super) fn new(number: u32, unique: u64, item: u64) -> Self {
        Self {
            number,
            unique,
            item,
            quantity: Decimal::ZERO,
            rate: None,
            amount: Decimal::ZERO,
            tax: Decimal::ZERO,
            location: None,
            closed: false,
            progress: Progress::default(),
            commitments: Vec::new(),
            source: None,
            kit_member_of: None,
            members: Vec::new(),
            fields: Fields::new(),
        }
    }

    /// Not yet in any fulfilment; nothing where the line is closed.
    pub fn to_pick(&self) -> Decimal {
        if self.closed {
            Decimal::ZERO
        } else {
            (self.quantity - self.progress.picked).max(Decimal::ZERO)
        }
    }
}
