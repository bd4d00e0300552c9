use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::entity;
use super::options::{Features, Settings};
use super::problem::Problem;
use super::record::Record;
use super::schema::{RecordType, Space};
use super::stock::{Level, Place, Stock};
use crate::catalogue::Catalogue;

/// Internal id of a record within its space.
pub(super) type Key = (Space, u64);

/// Everything the account has written down.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) features: Features,
    pub(super) settings: Settings,
    pub(super) custom_fields: Vec<String>,
    pub(super) zone: TimeZone,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) stock: Stock,
    pub(super) rng: fastrand::Rng,
    records: BTreeMap<Key, Arc<Record>>,
    external: HashMap<(Space, String), u64>,
    /// Names that have to be unique: `entityId` and `itemId`.
    names: HashMap<(Space, String), u64>,
    sequences: HashMap<Space, u64>,
    unique: u64,
    dirty: BTreeSet<Key>,
    deleted: Vec<Deleted>,
}

/// A record that is gone (`deletedrecord`).
#[derive(Clone, Debug)]
pub(super) struct Deleted {
    pub(super) id: u64,
    pub(super) kind: &'static RecordType,
    pub(super) name: String,
    pub(super) at: Timestamp,
}

/// What the query tables have to catch up with.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) records: Vec<(Key, Option<Arc<Record>>)>,
    pub(super) stock: Vec<(Place, Level)>,
    pub(super) deleted: Vec<Deleted>,
}

impl Books {
    pub(super) fn new(
        features: Features,
        settings: Settings,
        custom_fields: Vec<String>,
        zone: TimeZone,
        catalogue: Arc<Catalogue>,
        seed: u64,
    ) -> Self {
        Self {
            features,
            settings,
            custom_fields,
            zone,
            catalogue,
            stock: Stock::default(),
            rng: fastrand::Rng::with_seed(seed ^ 0x4E53),
            records: BTreeMap::new(),
            external: HashMap::new(),
            names: HashMap::new(),
            // Apart, so that an id of one kind taken for another is noticed.
            sequences: HashMap::from([
                (Space::Entity, 100),
                (Space::Transaction, 600),
                (Space::Item, 5000),
            ]),
            unique: 10_000,
            dirty: BTreeSet::new(),
            deleted: Vec::new(),
        }
    }

    pub(super) fn next_id(&mut self, space: Space) -> u64 {
        let next = self.sequences.entry(space).or_insert(0);
        *next += 1;
        *next
    }

    pub(super) fn next_unique(&mut self) -> u64 {
        self.unique += 1;
        self.unique
    }

    pub(super) fn get(&self, space: Space, id: u64) -> Option<&Arc<Record>> {
        self.records.get(&(space, id))
    }

    pub(super) fn by_external(&self, space: Space, external_id: &str) -> Option<&Arc<Record>> {
        // The key has to be owned to be compared; ids are short.
        let id = self.external.get(&(space, external_id.to_owned()))?;
        self.get(space, *id)
    }

    /// The item of that name.
    pub(super) fn item_named(&self, name: &str) -> Option<&Arc<Record>> {
        let items = (Space::Item, 0)..=(Space::Item, u64::MAX);
        let mut items = self.records.range(items).map(|(_, record)| record);
        items.find(|item| item.text("itemId") == Some(name))
    }

    /// All transactions, by id.
    pub(super) fn transactions(&self) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        self.records
            .range((Space::Transaction, 0)..=(Space::Transaction, u64::MAX))
            .map(|(_, record)| record)
    }

    /// The records of one type, by id.
    pub(super) fn of_type(&self, kind: &'static RecordType) -> impl Iterator<Item = &Arc<Record>> {
        let range = (kind.space, 0)..=(kind.space, u64::MAX);
        self.records
            .range(range)
            .map(|(_, record)| record)
            .filter(move |record| std::ptr::eq(record.kind, kind))
    }

    pub(super) fn count(&self, kind: &'static RecordType) -> usize {
        self.of_type(kind).count()
    }

    /// Whether the record's external id and name are free, or its own already.
    pub(super) fn check_unique(&self, record: &Record) -> Result<(), Problem> {
        let external = record
            .external_id
            .clone()
            .and_then(|id| self.external.get(&(record.space(), id)));
        let name = unique_name(record).and_then(|name| self.names.get(&name));
        let taken = |owner: &u64| *owner != record.id;
        if record.kind.name == "contact" && !external.is_some_and(taken) && name.is_some_and(taken)
        {
            return Err(Problem::user_error(
                "A contact record with this name already exists. Every contact record must have a unique name.",
            ));
        }
        if external.is_some_and(taken) || name.is_some_and(taken) {
            Err(already_exists(record.kind))
        } else {
            Ok(())
        }
    }

    /// Stores a record, new or changed, that passed `check_unique`.
    pub(super) fn put(&mut self, record: Record) {
        let key = (record.space(), record.id);
        if let Some(old) = self.records.get(&key).cloned() {
            self.forget_names(&old);
        }
        if let Some(external_id) = &record.external_id {
            self.external
                .insert((key.0, external_id.clone()), record.id);
        }
        self.names
            .extend(unique_name(&record).map(|name| (name, record.id)));
        self.records.insert(key, Arc::new(record));
        self.dirty.insert(key);
    }

    /// Changes a stored record in place; its ids stay as they are.
    pub(super) fn change<T>(
        &mut self,
        space: Space,
        id: u64,
        change: impl FnOnce(&mut Record) -> T,
    ) -> Option<T> {
        let record = self.records.get_mut(&(space, id))?;
        self.dirty.insert((space, id));
        Some(change(Arc::make_mut(record)))
    }

    pub(super) fn remove(&mut self, space: Space, id: u64, at: Timestamp) -> Option<Arc<Record>> {
        let record = self.records.remove(&(space, id))?;
        self.forget_names(&record);
        self.dirty.insert((space, id));
        self.deleted.push(Deleted {
            id,
            kind: record.kind,
            name: record.label(),
            at,
        });
        Some(record)
    }

    fn forget_names(&mut self, record: &Record) {
        if let Some(external_id) = &record.external_id {
            self.external.remove(&(record.space(), external_id.clone()));
        }
        if let Some(name) = unique_name(record) {
            self.names.remove(&name);
        }
    }

    pub(super) fn take_changes(&mut self) -> Changes {
        let keys = std::mem::take(&mut self.dirty);
        let records = keys
            .into_iter()
            .map(|key| (key, self.records.get(&key).cloned()))
            .collect();
        Changes {
            records,
            stock: self.stock.take_changes(),
            deleted: std::mem::take(&mut self.deleted),
        }
    }

    /// Decimals of amounts in the record's currency.
    pub(super) fn precision(&self, record: &Record) -> u32 {
        let currency = record
            .reference("currency")
            .and_then(|id| u64::try_from(id).ok())
            .unwrap_or(1);
        let digits = self
            .get(Space::List("currency"), currency)
            .map(|currency| currency.number("currencyPrecision"));
        digits
            .and_then(|digits| u32::try_from(digits).ok())
            .unwrap_or(2)
    }

    /// The base price of an item, where it has one.
    pub(super) fn base_price(&self, item: u64) -> Option<Decimal> {
        let record = self.get(Space::Item, item)?;
        record
            .sublists
            .get("price")?
            .first()?
            .get("price")?
            .number()
    }

    /// What a kit is made of; nothing for any other item.
    pub(super) fn members(&self, item: u64) -> Vec<(u64, Decimal)> {
        let Some(record) = self.get(Space::Item, item) else {
            return Vec::new();
        };
        let members = record.sublists.get("member").into_iter().flatten();
        members
            .filter_map(|member| {
                let id = u64::try_from(member.get("item")?.reference()?).ok()?;
                Some((id, member.get("quantity")?.number()?))
            })
            .collect()
    }

    pub(super) fn today(&self, now: Timestamp) -> jiff::civil::Date {
        now.to_zoned(self.zone.clone()).date()
    }
}

fn unique_name(record: &Record) -> Option<(Space, String)> {
    let name = match record.space() {
        Space::Entity => entity::unique_name(record),
        Space::Item => record.text("itemId").map(str::to_lowercase),
        _ => None,
    };
    name.map(|name| (record.space(), name))
}

/// The text for an external id that is taken.
pub(super) fn already_exists(kind: &RecordType) -> Problem {
    Problem::user_error(if kind.space == Space::Entity {
        "This entity already exists."
    } else {
        "This record already exists."
    })
}
