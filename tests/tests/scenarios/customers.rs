//! Whatever dies, fails or comes twice: every buyer is one customer, the right one, and nobody is made twice.

use std::collections::{BTreeMap, BTreeSet};

use causeway_scenarios::{Cut, DEATHS, Phase, Platform, World, mishaps, number, order_key};
use sandbox::Rule;
use sandbox::netsuite::Record;
use sandbox::shopify::{CustomerEdit, CustomerView, Edit, NewCompany, Purchase};
use serde_json::{Value, json};

fn add_customer(world: &World, body: &Value) -> u64 {
    let netsuite = world.sandbox.netsuite();
    netsuite.add_customer(body.as_object().unwrap()).unwrap()
}

/// Shop orders by who buys.
struct Cast {
    /// Somebody at the till.
    till: String,
    /// Somebody without an account whom NetSuite knows by name and e-mail address, twice.
    known: String,
    /// Two orders for one company.
    company: [String; 2],
    /// The internal ids of the customers for the till and of the guest's older record.
    till_customer: u64,
    known_customer: u64,
}

/// A world whose NetSuite account names its customers, some of whom bear names that new ones will want.
async fn world(platform: &Platform, rules: &[Rule]) -> (World, Cast) {
    let mut world = World::on(platform, 60, |options| {
        options.netsuite.settings.numbers_customers = false;
        options.netsuite.faults = rules.to_vec();
        options.shopify.faults = rules.to_vec();
    })
    .await;
    let till_customer = add_customer(
        &world,
        &json!({"companyName": "Shop at the corner", "subsidiary": {"id": "1"}}),
    );
    let ada = |name: &str| {
        json!({"isPerson": true, "firstName": "ADA", "lastName": "Byron", "email": "Ada@Example.com",
            "entityId": name, "autoName": false, "subsidiary": {"id": "1"}})
    };
    let known_customer = add_customer(&world, &ada("Ada Byron"));
    add_customer(&world, &ada("Ada Byron, the younger record"));
    // A vendor's homepage would do as well: somebody else of the company's name, a person.
    add_customer(
        &world,
        &json!({"isPerson": true, "firstName": "Acme", "lastName": "Inc", "subsidiary": {"id": "1"}}),
    );
    let netsuite = world.settings("netsuite");
    netsuite["orders"]["customer"]["default"] = till_customer.into();
    netsuite["orders"]["customer"]["addresses"] = "add".into();
    netsuite["orders"]["terms"] = json!({ "Net 30": 2 });
    world.settings("shop")["companies"] = true.into();

    let shop = world.sandbox.shopify();
    let mut sales = shop
        .orders()
        .into_iter()
        .filter(|order| !order.cancelled && !order.test && order.customer.is_some())
        .map(|order| order.id);
    let mut take = |edit: Edit| {
        let id = sales.next().unwrap();
        assert!(shop.edit_order(&id, &edit));
        id
    };
    let acme = Edit::Company(Purchase {
        company: 88,
        name: "Acme Inc".to_owned(),
        external_id: None,
        location: "Harbour".to_owned(),
        terms: Some("Net 30".to_owned()),
    });
    let cast = Cast {
        till: take(Edit::Guest {
            email: None,
            name: None,
        }),
        known: take(Edit::Guest {
            email: Some("ada@example.com".to_owned()),
            name: Some(("Ada".to_owned(), "Byron".to_owned())),
        }),
        company: [take(acme.clone()), take(acme)],
        till_customer,
        known_customer,
    };
    (world, cast)
}

async fn assert_settled(world: &World) {
    world.assert_settled(&[Phase::Orders]).await;
    let differences = world.order_differences().await;
    let expected = "Ada@Example.com: 2 customers";
    assert_eq!(differences, [expected], "these were there before");
}

fn booked(world: &World, order: &str) -> std::sync::Arc<Record> {
    let key = order_key(order);
    let netsuite = world.sandbox.netsuite();
    netsuite.by_external_id("salesOrder", &key).unwrap()
}

fn buyer(world: &World, order: &str) -> u64 {
    let entity = booked(world, order).reference("entity").unwrap();
    u64::try_from(entity).unwrap()
}

fn assert_right_customers(world: &World, cast: &Cast) {
    let netsuite = world.sandbox.netsuite();
    assert_eq!(buyer(world, &cast.till), cast.till_customer);
    assert_eq!(buyer(world, &cast.known), cast.known_customer, "the oldest");
    let company = netsuite
        .by_external_id("customer", "shop-company-88")
        .unwrap();
    assert!(!company.get("isPerson").unwrap().is_set());
    assert_eq!(company.reference("terms"), Some(2));
    for order in &cast.company {
        assert_eq!(buyer(world, order), company.id);
        assert_eq!(booked(world, order).reference("terms"), Some(2));
    }
    let contacts = netsuite.records("contact");
    let at = i64::try_from(company.id).unwrap();
    assert!((1..=2).contains(&contacts.len()), "{}", contacts.len());
    assert!(
        contacts
            .iter()
            .all(|one| one.reference("company") == Some(at))
    );

    // All others: by the shop's own id of them, once.
    let special: BTreeSet<&String> = [&cast.till, &cast.known]
        .into_iter()
        .chain(&cast.company)
        .collect();
    let mut customers = BTreeSet::new();
    for order in world.sandbox.shopify().orders() {
        let is_sale = !order.cancelled && !order.test && !special.contains(&order.id);
        let Some(customer) = order.customer.as_ref().filter(|_| is_sale) else {
            continue;
        };
        let key = format!("shop-customer-{}", number(customer));
        let record = netsuite.by_external_id("customer", &key).unwrap();
        assert_eq!(buyer(world, &order.id), record.id, "{}", order.name);
        customers.insert(key);
    }
    assert!(customers.len() > 5, "{customers:?}");
}

/// Names are unique, and of those that had to be told apart every one says of whom it is.
fn assert_names(world: &World) {
    let customers = world.sandbox.netsuite().records("customer");
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut apart = 0;
    for customer in &customers {
        let name = customer.text("entityId").unwrap().to_owned();
        *names.entry(name.to_lowercase()).or_default() += 1;
        apart += usize::from(name.contains(" (") && name.ends_with(')'));
        assert!(!name.contains('['), "{name}");
    }
    assert!(names.values().all(|count| *count == 1), "{names:?}");
    assert!(
        names.keys().any(|name| name.starts_with("acme inc (")),
        "{names:?}"
    );
    assert!(apart > 1, "{names:?}");
}

fn assert_address_books(world: &World) {
    for customer in world.sandbox.netsuite().records("customer") {
        let book = customer
            .sublists
            .get("addressBook")
            .cloned()
            .unwrap_or_default();
        let places: Vec<String> = book
            .iter()
            .map(|line| format!("{:?}", line.get("addressBookAddress")))
            .collect();
        let once: BTreeSet<&String> = places.iter().collect();
        assert_eq!(
            once.len(),
            places.len(),
            "{:?}: {places:#?}",
            customer.external_id
        );
    }
}

async fn every_buyer_is_the_right_customer(
    platform: &Platform,
    rules: &[Rule],
    plans: &[(Cut, usize)],
) {
    let (mut world, cast) = world(platform, rules).await;
    world.run(Phase::Orders, plans).await;
    assert_settled(&world).await;
    assert_right_customers(&world, &cast);
    assert_names(&world);
    assert_address_books(&world);
    world.assert_repeat_writes_nothing(&[Phase::Orders]).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_companies_and_the_till() {
    every_buyer_is_the_right_customer(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    every_buyer_is_the_right_customer(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_at_every_step() {
    for plans in DEATHS {
        every_buyer_is_the_right_customer(&Platform::Embedded, &[], &plans).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_misbehave() {
    every_buyer_is_the_right_customer(&Platform::Embedded, &mishaps(), &[]).await;
}

/// Every customer of the shop is one of NetSuite's, the one that their orders name.
fn assert_everybody_is_there_once(world: &World) {
    let netsuite = world.sandbox.netsuite();
    let mut emails = BTreeSet::new();
    for customer in world.sandbox.shopify().customers() {
        let key = format!("shop-customer-{}", number(&customer.id));
        let record = netsuite.by_external_id("customer", &key).unwrap();
        assert_eq!(record.text("email"), customer.email.as_deref());
        emails.extend(customer.email);
    }
    for order in world.sandbox.shopify().orders() {
        let Some(customer) = order.customer.filter(|_| !order.cancelled && !order.test) else {
            continue;
        };
        let key = format!("shop-customer-{}", number(&customer));
        let record = netsuite.by_external_id("customer", &key).unwrap();
        assert_eq!(buyer(world, &order.id), record.id, "{}", order.name);
    }
    let all = netsuite.records("customer");
    for email in emails {
        let theirs = all.iter().filter(|one| one.text("email") == Some(&email));
        assert_eq!(theirs.count(), 1, "{email}");
    }
}

/// Whichever comes first, the customer or their orders.
async fn customers_of_their_own(
    platform: &Platform,
    first: Phase,
    rules: &[Rule],
    plans: &[(Cut, usize)],
) {
    let mut world = World::on(platform, 60, |options| {
        options.netsuite.settings.numbers_customers = false;
        options.netsuite.faults = rules.to_vec();
        options.shopify.faults = rules.to_vec();
    })
    .await;
    let (shop, netsuite) = (
        world.sandbox.shopify().clone(),
        world.sandbox.netsuite().clone(),
    );
    let then = if first == Phase::Orders {
        Phase::Customers
    } else {
        Phase::Orders
    };
    world.run(first, plans).await;
    world.run(then, plans).await;
    assert_everybody_is_there_once(&world);

    // Somebody moves and says who they are now: that reaches NetSuite, and only that.
    let named = |one: &CustomerView| !one.name.0.is_empty() && one.email.is_some();
    let mover = shop.customers().into_iter().find(named).unwrap();
    let before = netsuite.records("customer").len();
    for change in [
        CustomerEdit::FirstName("Augusta".to_owned()),
        CustomerEdit::Address("12 New Street".to_owned(), "Oslo".to_owned()),
    ] {
        world.clock.pass(std::time::Duration::from_secs(2));
        assert!(shop.edit_customer(&mover.id, &change));
    }
    world.run(Phase::Customers, &[]).await;
    let key = format!("shop-customer-{}", number(&mover.id));
    let record = netsuite.by_external_id("customer", &key).unwrap();
    assert_eq!(record.text("firstName"), Some("Augusta"));
    let book = format!("{:?}", record.sublists["addressBook"]);
    assert_eq!(book.matches("12 New Street").count(), 1, "{book}");
    assert_eq!(netsuite.records("customer").len(), before);
    world.assert_settled(&[Phase::Customers]).await;
    assert_address_books(&world);
    world
        .assert_repeat_writes_nothing(&[Phase::Customers])
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_come_of_their_own() {
    for first in [Phase::Customers, Phase::Orders] {
        customers_of_their_own(&Platform::Embedded, first, &[], &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_of_their_own_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let plans = [(Cut::AfterSend, 1)];
    customers_of_their_own(&platform, Phase::Customers, &[], &plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_of_their_own_survive_deaths() {
    for plans in DEATHS {
        customers_of_their_own(&Platform::Embedded, Phase::Customers, &[], &plans).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_of_their_own_survive_faults() {
    customers_of_their_own(&Platform::Embedded, Phase::Customers, &mishaps(), &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_of_its_own_is_the_one_that_buys() {
    let mut world = World::new(40, |_| {}).await;
    world.settings("netsuite")["orders"]["terms"] = json!({ "Net 30": 2 });
    world.settings("shop")["companies"] = true.into();
    let shop = world.sandbox.shopify().clone();
    let sale = |order: &sandbox::shopify::OrderView| {
        !order.cancelled && !order.test && order.customer.is_some()
    };
    let order = shop.orders().into_iter().find(sale).unwrap();
    let person = order.customer.clone().unwrap();
    assert!(shop.edit_order(
        &order.id,
        &Edit::Company(Purchase {
            company: 88,
            name: "Acme Inc".to_owned(),
            external_id: None,
            location: "Harbour".to_owned(),
            terms: Some("Net 30".to_owned()),
        })
    ));
    let mut acme = NewCompany {
        number: 88,
        name: "Acme Inc".to_owned(),
        external_id: None,
        contacts: vec![person],
        sites: vec![(
            "Harbour".to_owned(),
            "9 Dock St".to_owned(),
            "Portland".to_owned(),
        )],
        terms: Some("Net 30".to_owned()),
    };
    shop.put_company(&acme);
    world.run(Phase::Companies, &[]).await;
    world.run(Phase::Orders, &[]).await;
    let netsuite = world.sandbox.netsuite().clone();
    let company = || {
        netsuite
            .by_external_id("customer", "shop-company-88")
            .unwrap()
    };
    assert_eq!(buyer(&world, &order.id), company().id);
    assert_eq!(company().reference("terms"), Some(2));
    assert_eq!(netsuite.records("contact").len(), 1, "one and the same");
    world.clock.pass(std::time::Duration::from_secs(60));
    acme.sites.push((
        "Office".to_owned(),
        "1 Main St".to_owned(),
        "Portland".to_owned(),
    ));
    shop.put_company(&acme);
    world.run(Phase::Companies, &[]).await;
    assert_eq!(company().sublists["addressBook"].len(), 2);
    world.clock.pass(std::time::Duration::from_secs(60));
    acme.name = "Acme Holding".to_owned();
    shop.put_company(&acme);
    world.run(Phase::Companies, &[]).await;
    assert_eq!(company().text("companyName"), Some("Acme Holding"));
    world.finish().await;
}
