//! Shopify's own sample orders, all the way: told by the sandbox's shop word for word, read with the real query, queued, and
//! written to the sandbox's account. Each comes to the end that its own words ask for, and to no other.
//!
//! The samples are all of one cancelled test order whose stated total does not fit its lines. So that they are not only left out, each
//! is also told as it would read, had it not been a test, not been cancelled, never been corrected after the checkout, or been taken back
//! by the sample refund of the same order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use causeway_scenarios::{Phase, World};
use ports::Status;
use ports::ledger::RecordRow;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use testkit::shopify;

/// How a sample is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    AsRecorded,
    NoTest,
    /// Neither a test nor cancelled.
    Sale,
    /// A sale that still states what it did at the checkout.
    Uncorrected,
    /// A sale of which the first line of the refund was taken back.
    TakenBackInPart,
    /// A sale of which all lines of the refund were taken back.
    TakenBack,
}

impl Reading {
    const ALL: [Self; 6] = [
        Self::AsRecorded,
        Self::NoTest,
        Self::Sale,
        Self::Uncorrected,
        Self::TakenBackInPart,
        Self::TakenBack,
    ];

    fn of(self, sample: &Value, refund: &Value) -> Value {
        let mut told = sample.clone();
        if self == Self::AsRecorded {
            return told;
        }
        told["test"] = json!(false);
        if self == Self::NoTest {
            return told;
        }
        told["cancelled_at"] = Value::Null;
        told["cancel_reason"] = Value::Null;
        match self {
            Self::Uncorrected => uncorrect(&mut told),
            Self::TakenBackInPart => all(&refund["refund_line_items"])
                .take(1)
                .for_each(|line| take_back(&mut told, line)),
            Self::TakenBack => {
                all(&refund["refund_line_items"]).for_each(|line| take_back(&mut told, line))
            }
            Self::AsRecorded | Self::NoTest | Self::Sale => {}
        }
        told
    }
}

fn uncorrect(order: &mut Value) {
    for field in ["total_price", "subtotal_price", "total_discounts"] {
        for field in [field.to_owned(), format!("{field}_set")] {
            order[format!("current_{field}")] = order[&field].clone();
        }
    }
}

fn take_back(order: &mut Value, refunded: &Value) {
    let id = &refunded["line_item"]["admin_graphql_api_id"];
    let lines = order["line_items"].as_array_mut().unwrap();
    let mut lines = lines.iter_mut();
    let line = lines.find(|line| line["admin_graphql_api_id"] == *id);
    let line = line.expect("the refund is of this order");
    let units = refunded["quantity"].as_u64().unwrap();
    line["current_quantity"] = json!(line["current_quantity"].as_u64().unwrap() - units);
    let money = |set: &str| decimal(&refunded[set]["shop_money"]["amount"]);
    let given_back = money("subtotal_set") + money("total_tax_set");
    let left = decimal(&order["current_total_price"]) - given_back;
    order["current_total_price"] = json!(left.to_string());
    for side in ["shop_money", "presentment_money"] {
        order["current_total_price_set"][side]["amount"] = json!(left.to_string());
    }
}

/// What becomes of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Left out, for a reason in these words.
    Skipped(&'static str),
    /// Held, because the total has so much more than the lines.
    Held(Decimal),
    /// Waiting for the item with this SKU.
    Waiting(String),
    /// A sales order of this total.
    Synced(Decimal),
}

impl End {
    /// What the order's own words ask for, where the account lacks this item.
    fn of(order: &Value, lacking: Option<&str>) -> Self {
        if order["test"] == true {
            return Self::Skipped("test");
        }
        if !order["cancelled_at"].is_null() {
            return Self::Skipped("cancelled");
        }
        let stated = decimal(&order["current_total_price"]);
        let units: Decimal = all(&order["line_items"]).map(quantity).sum();
        if units.is_zero() && stated.is_zero() {
            return Self::Skipped("nothing is left");
        }
        let more = stated - worth(order);
        if !more.is_zero() {
            return Self::Held(more);
        }
        let mut left = all(&order["line_items"]).filter(|line| !quantity(line).is_zero());
        let sku = left.find_map(|line| line["sku"].as_str().filter(|sku| Some(*sku) == lacking));
        sku.map_or(Self::Synced(stated), |sku| Self::Waiting(sku.to_owned()))
    }

    fn status(&self) -> Status {
        match self {
            Self::Skipped(_) => Status::Skipped,
            Self::Held(_) => Status::Held,
            Self::Waiting(_) => Status::Waiting,
            Self::Synced(_) => Status::Synced,
        }
    }

    /// What the reason has to tell.
    fn words(&self, order: &Value) -> Vec<String> {
        let currency = order["currency"].as_str().unwrap();
        match self {
            Self::Skipped(words) => vec![(*words).to_owned()],
            Self::Held(more) => vec![
                format!(
                    "states {} {currency}",
                    decimal(&order["current_total_price"])
                ),
                format!("a difference of {more} {currency}"),
            ],
            Self::Waiting(sku) => vec![format!("item:{sku}")],
            Self::Synced(_) => Vec::new(),
        }
    }
}

/// One order in the shop.
struct Put {
    sample: String,
    reading: Reading,
    order: Value,
    /// The shop's number for it.
    id: String,
}

impl fmt::Display for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?})", self.sample, self.reading)
    }
}

fn decimal(text: &Value) -> Decimal {
    Decimal::from_str_exact(text.as_str().unwrap()).unwrap()
}

fn all(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().unwrap().iter()
}

fn sum(list: &Value, field: &str) -> Decimal {
    all(list).map(|one| decimal(&one[field])).sum()
}

fn quantity(line: &Value) -> Decimal {
    Decimal::from(line["current_quantity"].as_u64().unwrap())
}

fn skus(order: &Value) -> Vec<&str> {
    let lines = all(&order["line_items"]);
    lines.map(|line| line["sku"].as_str().unwrap()).collect()
}

/// What is left of the lines and the delivery.
fn worth(order: &Value) -> Decimal {
    assert_eq!(order["taxes_included"], false);
    let lines = all(&order["line_items"]).map(|line| {
        decimal(&line["price"]) * quantity(line) - sum(&line["discount_allocations"], "amount")
            + sum(&line["tax_lines"], "price")
    });
    let delivery = all(&order["shipping_lines"]).map(|line| {
        let price = &line["current_discounted_price_set"]["shop_money"]["amount"];
        decimal(price) + sum(&line["tax_lines"], "price")
    });
    lines.chain(delivery).sum()
}

/// The samples that tell of orders, and the one of a refund.
struct Samples {
    orders: Vec<(String, Value)>,
    refund: Value,
}

impl Samples {
    fn read() -> Option<Self> {
        let all = shopify::samples(&testkit::contracts()?);
        let refund = all.iter().find(|(name, _)| name == "refunds/create");
        let (_, refund) = refund.cloned().expect("a sample refund");
        let (orders, other): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(_, payload)| shopify::is_order(payload));
        for (name, payload) in other {
            // What has lines and a state of payment is an order, whatever it is called.
            let lines = payload["line_items"].is_array();
            assert!(!lines || payload["financial_status"].is_null(), "{name}");
            if name.starts_with("orders/") {
                eprintln!("{name:60} tells of no whole order");
            }
        }
        assert!(orders.len() >= 7, "only {} sample orders", orders.len());
        Some(Self { orders, refund })
    }
}

/// Tells every sample in every way to a shop whose account has all its items but one.
async fn world(samples: &Samples, lacking: Option<&str>) -> (World, Vec<Put>) {
    let orders = samples.orders.iter();
    let skus: BTreeSet<&str> = orders.flat_map(|(_, order)| skus(order)).collect();
    let known = skus.iter().filter(|sku| Some(**sku) != lacking);
    let known: Vec<String> = known.map(|sku| (*sku).to_owned()).collect();
    let world = World::new(0, |options| options.skus = known).await;
    let shop = world.sandbox.shopify();
    let mut put = Vec::new();
    for (sample, payload) in &samples.orders {
        for reading in Reading::ALL {
            let order = reading.of(payload, &samples.refund);
            let gid = shop.put_order(shopify::order(&order)).unwrap();
            put.push(Put {
                sample: sample.clone(),
                reading,
                order,
                id: gid.rsplit('/').next().unwrap().to_owned(),
            });
        }
    }
    (world, put)
}

/// Moves all orders and holds what became of each against what its words ask for. Returns how many came to each end.
async fn settle(mut world: World, put: &[Put], lacking: Option<&str>) -> BTreeMap<End, usize> {
    world.run(Phase::Orders, &[]).await;
    let mut rows: BTreeMap<String, RecordRow> = BTreeMap::new();
    for row in world.records(Phase::Orders).await {
        let before = rows.insert(row.key.id.as_str().to_owned(), row);
        assert!(before.is_none(), "two ends: {before:?}");
    }
    let mut ends = BTreeMap::new();
    for one in put {
        let row = rows.remove(&one.id);
        let row = row.unwrap_or_else(|| panic!("{one} has no end"));
        let reason = row.reason.clone().unwrap_or_default();
        let status = row.status.as_str();
        let first = reason.lines().next().unwrap_or_default();
        eprintln!("{:60} {status}: {first}", one.to_string());
        assert!(!row.status.is_unfinished(), "{one}: {status}");
        let end = End::of(&one.order, lacking);
        assert_eq!(row.status, end.status(), "{one}: {end:?}, not {reason}");
        for words in end.words(&one.order) {
            assert!(reason.contains(&words), "{one}: no '{words}' in: {reason}");
        }
        booked(&world, one, &end);
        *ends.entry(end).or_default() += 1;
    }
    assert!(rows.is_empty(), "never put in: {rows:?}");
    let sales = ends
        .iter()
        .filter(|(end, _)| end.status() == Status::Synced);
    let sales: usize = sales.map(|(_, count)| *count).sum();
    let netsuite = world.sandbox.netsuite();
    assert_eq!(netsuite.records("salesOrder").len(), sales);
    world.finish().await;
    ends
}

/// What NetSuite has of the order: nothing, or each article as it was sold, and the total to the cent.
fn booked(world: &World, put: &Put, end: &End) {
    let netsuite = world.sandbox.netsuite();
    let found = netsuite.by_external_id("salesOrder", &format!("shop-{}", put.id));
    let End::Synced(total) = end else {
        assert!(found.is_none(), "{put}: {end:?}, and booked");
        return;
    };
    let found = found.unwrap_or_else(|| panic!("{put} is not booked"));
    assert_eq!(found.number("total"), *total, "{put}");
    let left = all(&put.order["line_items"]).filter(|line| !quantity(line).is_zero());
    let articles = left.map(|line| {
        let item = world
            .sandbox
            .catalogue()
            .by_sku(line["sku"].as_str().unwrap());
        let amount = decimal(&line["price"]) * quantity(line);
        (item.unwrap().netsuite_id, quantity(line), amount)
    });
    let lines: Vec<_> = found
        .lines
        .iter()
        .map(|line| (line.item, line.quantity, line.amount))
        .collect();
    for article in articles {
        assert!(
            lines.contains(&article),
            "{put}: {article:?} not in {lines:?}"
        );
    }
    let buyer = u64::try_from(found.reference("entity").unwrap()).unwrap();
    let buyer = netsuite.record("customer", buyer).unwrap();
    assert_eq!(buyer.text("email"), put.order["email"].as_str(), "{put}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sample_order_comes_to_the_end_that_its_words_ask_for() {
    let Some(samples) = Samples::read() else {
        return;
    };
    let (world, put) = world(&samples, None).await;
    let ends = settle(world, &put, None).await;
    let of = |status| ends.keys().filter(|end| end.status() == status).count();
    for status in [Status::Skipped, Status::Held, Status::Synced] {
        assert!(of(status) > 0, "none is {status:?}: {ends:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sample_orders_wait_for_the_item_that_the_account_lacks() {
    let Some(samples) = Samples::read() else {
        return;
    };
    let lacking = skus(&samples.orders[0].1)[1].to_owned();
    let (world, put) = world(&samples, Some(&lacking)).await;
    let ends = settle(world, &put, Some(&lacking)).await;
    let waiting = ends
        .get(&End::Waiting(lacking))
        .copied()
        .unwrap_or_default();
    assert!(waiting >= samples.orders.len(), "{ends:?}");
}
