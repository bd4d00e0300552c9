use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::auth::{Door, House, LoginFailure};
use super::books::Books;
use super::credentials::Credentials;
use super::gate::Gate;
use super::options::{DateFormat, Options, Settings};
use super::record::Record;
use super::save::{create, update};
use super::schema::{self, Space};
use super::stock::Level;
use super::suiteql::Engine;
use super::warehouse::by_hand;
use super::{admin, front, seed};
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::meter::Meter;
use crate::state::Shared;
use crate::{Error, control};

/// The account; a cheap handle.
#[derive(Clone)]
pub struct Account {
    pub(super) books: Shared<Books>,
    pub(super) engine: Shared<Engine>,
    pub(super) door: Shared<Door>,
    pub(super) gate: Gate,
    pub(super) meter: Meter,
    pub(super) faults: Faults,
    pub(super) clock: Clock,
    pub(super) fixed: Arc<Fixed>,
    operations: Arc<AtomicU64>,
}

/// What does not change while the account runs.
#[derive(Debug)]
pub(super) struct Fixed {
    account: String,
    credentials: Credentials,
    token_lifetime: SignedDuration,
    pub(super) dates: DateFormat,
}

impl Account {
    /// An account that sells the catalogue's items and keeps them at its locations.
    ///
    /// # Errors
    /// A time zone that does not exist, or the query engine that does not start.
    pub fn new(
        options: Options,
        seed: u64,
        catalogue: Arc<Catalogue>,
        clock: Clock,
    ) -> Result<Self, Error> {
        let zone = TimeZone::get(&options.time_zone).map_err(|_| {
            Error::Options(format!(
                "there is no time zone {:?}; use an IANA name such as Europe/Berlin",
                options.time_zone
            ))
        })?;
        let engine = Engine::new(
            &options.features,
            zone.clone(),
            options.date_format,
            &clock,
            &options.custom_fields,
        )?;
        let meter = Meter::new(clock.clone());
        meter.set_slots(capacity(&options.settings));
        let mut books = Books::new(
            options.features,
            options.settings,
            options.custom_fields,
            zone,
            catalogue,
            seed,
        );
        seed::plant(&mut books, clock.now());
        let fixed = Fixed {
            account: options.account,
            credentials: options.credentials,
            token_lifetime: SignedDuration::try_from(options.token_lifetime)
                .map_err(|_| Error::Options("the token lifetime is too long".to_owned()))?,
            dates: options.date_format,
        };
        Ok(Self {
            books: Shared::new(books),
            engine: Shared::new(engine),
            door: Shared::default(),
            gate: Gate::default(),
            meter,
            faults: Faults::new(seed, options.faults),
            clock,
            fixed: Arc::new(fixed),
            operations: Arc::default(),
        })
    }

    /// Everything the account answers, its own pages under `/_sandbox/` included.
    pub fn router(&self) -> Router {
        front::router(self)
            .merge(admin::routes(self))
            .merge(control::routes(&self.meter, &self.faults))
    }

    /// Id of the account, as NetSuite shows it.
    pub fn id(&self) -> &str {
        &self.fixed.account
    }

    /// The records of a type, such as `salesOrder`, by internal id. Empty for a type that does not exist.
    pub fn records(&self, record_type: &str) -> Vec<Arc<Record>> {
        let Some(kind) = schema::record_type(record_type) else {
            return Vec::new();
        };
        self.books.lock().of_type(kind).cloned().collect()
    }

    /// The record with this internal id.
    pub fn record(&self, record_type: &str, id: u64) -> Option<Arc<Record>> {
        let kind = schema::record_type(record_type)?;
        self.books
            .lock()
            .get(kind.space, id)
            .filter(|record| std::ptr::eq(record.kind, kind))
            .cloned()
    }

    /// The record with this external id.
    pub fn by_external_id(&self, record_type: &str, external_id: &str) -> Option<Arc<Record>> {
        let kind = schema::record_type(record_type)?;
        self.books
            .lock()
            .by_external(kind.space, external_id)
            .filter(|record| std::ptr::eq(record.kind, kind))
            .cloned()
    }

    /// How many records there are of each type that has any.
    pub fn summary(&self) -> BTreeMap<&'static str, usize> {
        let books = self.books.lock();
        schema::all()
            .map(|kind| (kind.name, books.count(kind)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Stock of a SKU at a location of the catalogue, by its internal id.
    pub fn stock(&self, sku: &str, location: u64) -> Option<Level> {
        let books = self.books.lock();
        let item = books.catalogue.by_sku(sku)?.netsuite_id;
        books.stock.level((item, location)).copied()
    }

    /// Counts a SKU and corrects what is on hand at a location. False for a SKU that does not exist.
    pub fn set_on_hand(&self, sku: &str, location: u64, on_hand: Decimal) -> bool {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let Some(item) = books.catalogue.by_sku(sku).map(|item| item.netsuite_id) else {
            return false;
        };
        let place = (item, location);
        let counted = books
            .stock
            .level(place)
            .map_or(Decimal::ZERO, |level| level.on_hand);
        books.stock.adjust(place, on_hand - counted, now);
        true
    }

    /// Enters a new item of a record type as a user would in its form. Its internal id; nothing where NetSuite refuses it.
    pub fn add_item(&self, record_type: &str, fields: &Map<String, Json>) -> Option<u64> {
        let kind = schema::record_type(record_type).filter(|kind| kind.space == Space::Item)?;
        let now = self.clock.now();
        let mut books = self.books.lock();
        let saved = create(&mut books, kind, fields, &by_hand(now)).ok()?;
        Some(saved.id)
    }

    /// Changes an item's record as a user would in its form. False for a SKU that does not exist, or a change that NetSuite refuses.
    pub fn edit_item(&self, sku: &str, changes: &Map<String, Json>) -> bool {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let item = books.item_named(sku).cloned();
        item.is_some_and(|item| update(&mut books, &item, changes, &by_hand(now)).is_ok())
    }

    /// Adds a customer as a user would in its form; returns its internal id. `None` where NetSuite refuses it.
    pub fn add_customer(&self, body: &Map<String, Json>) -> Option<u64> {
        let kind = schema::record_type("customer")?;
        let now = self.clock.now();
        let saved = create(&mut self.books.lock(), kind, body, &by_hand(now));
        saved.ok().map(|saved| saved.id)
    }

    /// Enters a sales order as a user would in its form; returns its internal id. `None` where NetSuite refuses it.
    pub fn add_sale(&self, body: &Map<String, Json>) -> Option<u64> {
        let kind = schema::record_type("salesOrder")?;
        let now = self.clock.now();
        let saved = create(&mut self.books.lock(), kind, body, &by_hand(now));
        saved.ok().map(|saved| saved.id)
    }

    /// Changes a customer's record (by internal id) as a user would in its form. False where there is none, or NetSuite refuses the change.
    pub fn edit_customer(&self, id: u64, changes: &Map<String, Json>) -> bool {
        let now = self.clock.now();
        let mut books = self.books.lock();
        let customer = books.get(Space::Entity, id).cloned();
        customer.is_some_and(|it| update(&mut books, &it, changes, &by_hand(now)).is_ok())
    }

    /// Gives an entry of a list, such as `location`, another name, as an administrator would. False where there is no such entry.
    pub fn rename(&self, record_type: &str, id: u64, name: &str) -> bool {
        let now = self.clock.now();
        let changes = Map::from_iter([("name".to_owned(), Json::from(name))]);
        let mut books = self.books.lock();
        let kind = schema::record_type(record_type);
        let entry = kind.and_then(|kind| books.get(kind.space, id)).cloned();
        entry.is_some_and(|it| update(&mut books, &it, &changes, &by_hand(now)).is_ok())
    }

    /// What can be changed while the account runs.
    pub fn settings(&self) -> Settings {
        self.books.lock().settings.clone()
    }

    /// Changes it, from the next request on.
    pub fn set(&self, settings: Settings) {
        self.meter.set_slots(capacity(&settings));
        self.books.lock().settings = settings;
    }

    /// The fault rules, to read and to replace.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The counters.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Failed logins, oldest first: why each failed is told here and nowhere else.
    pub fn login_failures(&self) -> Vec<LoginFailure> {
        self.door.lock().trail()
    }

    /// Makes every access token handed out so far invalid.
    pub fn revoke_tokens(&self) {
        self.door.lock().revoke_tokens();
    }

    pub(super) fn house(&self, lock_after: u32) -> House<'_> {
        House {
            account: &self.fixed.account,
            credentials: &self.fixed.credentials,
            token_lifetime: self.fixed.token_lifetime,
            lock_after,
        }
    }

    /// An id for an answer, which support would ask for.
    pub(super) fn next_operation(&self) -> String {
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        format!(
            "{number:08x}-0000-4000-8000-{:012x}",
            number.wrapping_mul(0x9E37_79B9) & 0xFFFF_FFFF_FFFF
        )
    }

    /// How long something takes, between the two bounds.
    pub(super) fn duration(&self, [least, most]: [u64; 2]) -> Duration {
        let ms = if most > least {
            self.books.lock().rng.u64(least..=most)
        } else {
            least
        };
        Duration::from_millis(ms)
    }
}

/// Slots left for the callers.
pub(super) fn capacity(settings: &Settings) -> u32 {
    settings
        .concurrency
        .saturating_sub(settings.other_integrations)
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.fixed.account)
            .finish_non_exhaustive()
    }
}
