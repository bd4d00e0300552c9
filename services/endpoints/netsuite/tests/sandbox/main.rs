//! End to end against the sandbox: orders in, fulfilments and stock out, with faults on the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "test code"
)]

#[path = "../common/mod.rs"]
mod common;

mod cancellations;
mod changes;
mod checkup;
mod credits;
mod customers;
mod deposits;
mod doubts;
mod kinds;
mod open_amounts;
mod payments;
mod payouts;
mod people;
mod prices;
mod products;
mod promotions;
mod refunds;
mod register;
mod remade;
mod returns;
mod rounding;
mod shipments;
mod stock;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use commerce::{Event, Kind, Record};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock as _, Connected, Cursor, Effect, Fault, Severity, SystemClock, Window, Write};
use rust_decimal::Decimal;
use sandbox::netsuite::{Account, Credentials, Features, Shift};
use sandbox::{Clock, Fault as Mishap, Options, Rule, Sandbox};
use serde_json::{Value, json};

struct Lab {
    sandbox: Sandbox,
    connected: Connected,
    skus: Vec<(String, Decimal)>,
    key: PathBuf,
    settings: Value,
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.key));
    }
}

static LABS: AtomicU32 = AtomicU32::new(0);

fn auth(key: &Path) -> Value {
    let credentials = Credentials::demo();
    json!({"oauth2": {
        "client_id": credentials.client_id,
        "certificate_id": credentials.certificate_id,
        "private_key": format!("file:{}", key.display()),
    }})
}

impl Lab {
    async fn start(settings: Value) -> Self {
        Self::with(settings, |_| {}).await
    }

    async fn with(settings: Value, change: impl FnOnce(&mut Options)) -> Self {
        let now = SystemClock.now().to_string();
        Self::at(&now, settings, change).await.0
    }

    /// Both sides' clocks stand at that time until they are moved.
    async fn at(
        now: &str,
        mut settings: Value,
        change: impl FnOnce(&mut Options),
    ) -> (Self, Arc<common::StillClock>, Arc<AtomicI64>) {
        let (http, clock) = common::client(now);
        let seconds = Arc::new(AtomicI64::new(clock.now().as_second()));
        let read = Arc::clone(&seconds);
        let mut options = Options {
            clock: Clock::new(move || Timestamp::from_second(read.load(Ordering::SeqCst)).unwrap()),
            ..Options::default()
        };
        options.netsuite.settings.concurrency = 1000;
        change(&mut options);
        let credentials = options.netsuite.credentials.clone();
        let one_world = options.netsuite.features.one_world;
        let sandbox = Sandbox::start(options).await.unwrap();
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let file = format!(
            "causeway-netsuite-sandbox-{}-{number}.pem",
            std::process::id()
        );
        let key = std::env::temp_dir().join(file);
        std::fs::write(&key, credentials.private_key_pem.unwrap()).unwrap();
        let fields = settings.as_object_mut().unwrap();
        fields.insert("auth".to_owned(), auth(&key));
        let orders = fields.entry("orders").or_insert_with(|| json!({}));
        if one_world && orders.get("customer").is_none() {
            orders["customer"] = json!({"subsidiary": 1});
        }
        let connected = common::connect(&settings, sandbox.netsuite_url().as_str(), http);
        let catalogue = sandbox::Catalogue::new(1, 40);
        let skus = catalogue
            .items
            .iter()
            .map(|item| (item.sku.clone(), item.price));
        let lab = Self {
            skus: skus.collect(),
            sandbox,
            connected,
            key,
            settings,
        };
        (lab, clock, seconds)
    }

    /// Another connection to the same account, with other settings.
    fn reconnected(&self, mut settings: Value) -> Connected {
        settings["auth"] = auth(&self.key);
        let (http, _) = common::client(&SystemClock.now().to_string());
        common::connect(&settings, self.sandbox.netsuite_url().as_str(), http)
    }

    fn account(&self) -> &Account {
        self.sandbox.netsuite()
    }

    /// That many orders of two lines and delivery, each of its own customer.
    fn orders(&self, from: usize, count: usize) -> Vec<Write> {
        (from..from + count)
            .map(|number| self.order(number, &[number, number + 1]))
            .collect()
    }

    fn order(&self, number: usize, items: &[usize]) -> Write {
        let lines: Vec<Value> = items
            .iter()
            .map(|place| {
                let (sku, price) = &self.skus[place % self.skus.len()];
                let quantity = 1 + i64::try_from(number % 3).unwrap();
                json!([
                    sku,
                    quantity,
                    (*price * Decimal::from(quantity)).to_string()
                ])
            })
            .collect();
        common::order::write(&json!({
            "id": (1000 + number).to_string(),
            "customer": (7000 + number).to_string(),
            "email": format!("buyer{number}@example.com"),
            "first": "Ada", "last": format!("Byron {number}"),
            "lines": lines,
            "shipping": "7.50",
        }))
    }

    async fn write(&self, writes: &[Write]) -> Vec<Result<ports::Written, Fault>> {
        let sink = self.connected.sink.as_ref().unwrap();
        let attempts = sink.write(writes).await;
        for (write, attempt) in writes.iter().zip(&attempts) {
            common::assert_remade(&self.settings, write, attempt);
        }
        attempts.into_iter().map(|attempt| attempt.result).collect()
    }

    async fn effects(&self, writes: &[Write]) -> Vec<Effect> {
        let results = self.write(writes).await;
        let effect = |result: Result<ports::Written, Fault>| {
            let written = result.unwrap();
            assert_eq!(written.discrepancy, None);
            written.effect
        };
        results.into_iter().map(effect).collect()
    }

    fn requests(&self) -> u64 {
        let counted = self.account().meter().read().requests;
        counted.iter().flat_map(|one| one.statuses.values()).sum()
    }

    /// Every page from a cursor to the end.
    async fn read(&self, kind: Kind, mut cursor: Cursor) -> (Vec<Event>, Cursor, usize) {
        let source = self.connected.source.as_ref().unwrap();
        let (mut events, mut pages) = (Vec::new(), 0);
        loop {
            let page = source.page(kind, &cursor).await.unwrap();
            assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
            events.extend(page.events);
            pages += 1;
            cursor = page.next;
            if !page.more {
                return (events, cursor, pages);
            }
        }
    }
}

#[tokio::test]
async fn orders_go_in_once_and_to_the_cent_with_few_requests() {
    let lab = Lab::start(json!({})).await;
    let batch = lab.orders(0, 50);
    // The account's currencies and zone, and the access token, are read once.
    assert_eq!(lab.effects(&lab.orders(90, 1)).await, [Effect::Created]);

    lab.account().meter().reset();
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 50]);
    assert!(
        lab.requests() <= 105,
        "{} requests for 50 orders of new customers",
        lab.requests()
    );

    lab.account().meter().reset();
    let mut again = lab.orders(0, 50);
    for (number, write) in again.iter_mut().enumerate() {
        let text = json!({"id": format!("2{number}"), "customer": (7000 + number).to_string(), "lines": [[lab.skus[number % 40].0, 1, "12.34"]]});
        *write = common::order::write(&text);
    }
    assert_eq!(lab.effects(&again).await, [Effect::Created; 50]);
    assert!(
        lab.requests() <= 55,
        "{} requests for 50 orders of known customers",
        lab.requests()
    );

    assert_eq!(lab.effects(&batch).await, [Effect::AlreadyThere; 50]);
    assert_eq!(lab.account().records("salesOrder").len(), 101);
    assert_eq!(lab.account().records("customer").len(), 51);
}

#[tokio::test]
async fn tax_and_discounts_add_up_in_netsuite_too() {
    let strategies = [
        (false, json!({"line": {"item": 902}})),
        (true, json!({"line": {"item": 902}})),
        (
            true,
            json!({"suitetax_override": {"default": {"tax_type": 1, "tax_code": 1}}}),
        ),
    ];
    for (suite_tax, tax) in strategies {
        let orders = json!({
            "customer": {"subsidiary": 1}, "items": {"discount": 901}, "shipping": {"item": 904}, "tax": tax
        });
        let lab = Lab::with(json!({"orders": orders}), |options| {
            options.netsuite.features = Features {
                suite_tax,
                ..Features::default()
            };
        })
        .await;
        let mut write = lab.order(1, &[1, 2]);
        let mut event = (*write.event).clone();
        if let Record::Order(order) = &mut event.record {
            let cents =
                |text: &str| commerce::Amount::same(commerce::Money::parse(text, "USD").unwrap());
            order.taxes_included = true;
            for line in &mut order.lines {
                line.discounts.push(commerce::Discount {
                    code: None,
                    title: None,
                    amount: cents("1.11"),
                });
                line.taxes.push(commerce::TaxLine {
                    title: "VAT".to_owned(),
                    rate: Some("0.19".parse().unwrap()),
                    amount: cents("0.87"),
                    remitted_by_channel: false,
                });
            }
            let check = order.total_check(commerce::Side::Shop).unwrap();
            order.total = commerce::Amount::same(check.computed);
        }
        write.event = Arc::new(event);
        assert_eq!(lab.effects(&[write]).await, [Effect::Created]);
    }
}

#[tokio::test]
async fn a_busy_account_loses_nothing() {
    let lab = Lab::with(json!({}), |options| {
        options.netsuite.settings.concurrency = 2;
        options.netsuite.settings.save_ms = [5, 5];
    })
    .await;
    let mut open = lab.orders(0, 30);
    let mut throttled = 0;
    for _ in 0..200 {
        if open.is_empty() {
            break;
        }
        let results = lab.write(&open).await;
        open = open
            .into_iter()
            .zip(results)
            .filter_map(|(write, result)| match result {
                Ok(_) => None,
                Err(Fault::Throttled { .. }) => {
                    throttled += 1;
                    Some(write)
                }
                Err(other) => panic!("{other}"),
            })
            .collect();
    }
    assert!(open.is_empty());
    assert!(throttled > 0);
    assert_eq!(lab.account().records("salesOrder").len(), 30);
    assert_eq!(lab.account().records("customer").len(), 30);
}

#[tokio::test]
async fn fulfilments_come_out_with_their_orders() {
    let lab = Lab::start(json!({"orders": {"customer": {"subsidiary": 1}, "location": 1, "line_field": "custcol_shop_line"}})).await;
    let started = SystemClock
        .now()
        .checked_sub(SignedDuration::from_mins(1))
        .unwrap();
    let batch: Vec<Write> = (0..20)
        .map(|number| lab.order(number, &[number, number + 20, 40]))
        .collect();
    lab.effects(&batch).await;
    let shipped = lab.account().ship_pending(Shift::default());
    assert!(!shipped.is_empty());
    let source = lab.connected.source.as_ref().unwrap();
    let cursor = source.cursor_at(Kind::Fulfilment, started);
    let (events, next, _) = lab.read(Kind::Fulfilment, cursor).await;
    let ids: BTreeSet<u64> = events
        .iter()
        .map(|event| event.external_id.as_str().parse().unwrap())
        .collect();
    assert_eq!(ids, shipped.iter().copied().collect());
    assert_eq!(events.len(), shipped.len());
    let keys: BTreeSet<&str> = batch.iter().map(|write| write.key.as_str()).collect();
    let mut shipped_units: BTreeMap<String, Decimal> = BTreeMap::new();
    for event in &events {
        let Record::Fulfilment(fulfilment) = &event.record else {
            panic!()
        };
        assert!(keys.contains(fulfilment.order.key.as_deref().unwrap()));
        // A kit is one line, its parts none.
        let lines: BTreeSet<_> = fulfilment
            .lines
            .iter()
            .map(|line| &line.order_line)
            .collect();
        assert_eq!(lines.len(), fulfilment.lines.len());
        assert!((1..=3).contains(&lines.len()));
        assert!(
            fulfilment
                .parcels
                .iter()
                .all(|parcel| parcel.tracking_number.is_some())
        );
        for line in &fulfilment.lines {
            assert!(line.quantity > Decimal::ZERO);
            assert!(line.order_line.is_some());
            *shipped_units.entry(line.sku.to_string()).or_default() += line.quantity;
        }
        let one = source
            .one(Kind::Fulfilment, &event.external_id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(one.id, event.id);
    }
    // Every order has a kit.
    assert!(shipped_units.contains_key(&lab.skus[40].0));
    let window = Window {
        from: started,
        to: SystemClock
            .now()
            .checked_add(SignedDuration::from_mins(1))
            .unwrap(),
    };
    assert_eq!(
        source.ids(Kind::Fulfilment, window).await.unwrap().len(),
        shipped.len()
    );
    let counted = source.count(Kind::Fulfilment, window).await.unwrap();
    assert_eq!(counted, u64::try_from(shipped.len()).ok());
    let before = Window {
        from: started.checked_sub(SignedDuration::from_hours(1)).unwrap(),
        to: started,
    };
    let counted = source.count(Kind::Fulfilment, before).await.unwrap();
    assert_eq!(counted, Some(0));
    let levels = source.count(Kind::Stock, window).await.unwrap();
    assert_eq!(levels, None);
    // The overlap shows them once more, as the same events.
    let (again, _, _) = lab.read(Kind::Fulfilment, next).await;
    let known: BTreeSet<_> = events.iter().map(|event| event.id).collect();
    assert!(again.iter().all(|event| known.contains(&event.id)));
}

/// In the hour that comes twice in autumn, a change shows with a time that has been read already.
#[tokio::test]
async fn no_change_is_lost_when_an_hour_repeats() {
    let (lab, clock, seconds) = Lab::at("2026-11-01T06:00:00Z", json!({}), |_| {}).await;
    let (sku, _) = lab.skus[0].clone();
    let (_, mut cursor, _) = lab.read(Kind::Stock, Cursor::default()).await;
    for minute in (3..=300_i64).step_by(3) {
        clock.advance(180);
        seconds.fetch_add(180, Ordering::SeqCst);
        let counted = Decimal::from(10_000 + minute);
        lab.account().set_on_hand(&sku, 1, counted);
        let (events, next, _) = lab.read(Kind::Stock, cursor).await;
        cursor = next;
        let seen = events.iter().any(|event| match &event.record {
            Record::Stock(level) => level.available == counted,
            _ => false,
        });
        assert!(seen, "lost at {}", clock.now());
    }
}

#[tokio::test]
async fn dates_are_those_of_the_session() {
    let settings =
        json!({"orders": {"customer": {"subsidiary": 1}, "time_zone": "Australia/Sydney"}});
    let lab = Lab::with(settings, |options| {
        options.netsuite.time_zone = "Australia/Sydney".to_owned();
    })
    .await;
    // Placed on 2 March at 18:00 UTC.
    lab.effects(&[lab.order(1, &[1])]).await;
    let order = lab
        .account()
        .by_external_id("salesOrder", "shop-1001")
        .unwrap();
    let date = format!("{:?}", order.get("tranDate"));
    assert!(date.contains("2026-03-03"), "{date}");
}
