//! Customers and companies that are kept up of their own.

use std::collections::BTreeMap;

use causeway_scenarios::{Phase, Platform, World, number};
use sandbox::netsuite::Record;
use sandbox::shopify::{CustomerEdit, CustomerView, NewCompany};
use serde_json::json;

use super::Row;

/// Customers who say who they are.
fn named(world: &World) -> Vec<CustomerView> {
    let mut all = world.sandbox.shopify().customers();
    all.retain(|one| !one.name.0.is_empty() && one.email.is_some());
    all
}

/// Somebody new comes, and somebody who is known moves and takes another name.
fn meet(world: &World, round: usize) {
    let shop = world.sandbox.shopify();
    let known = named(world);
    let mover = &known[round % known.len()];
    for change in [
        CustomerEdit::FirstName(format!("Augusta {round}")),
        CustomerEdit::Address(format!("{round} New Street"), "Oslo".to_owned()),
    ] {
        assert!(shop.edit_customer(&mover.id, &change));
    }
    while named(world).len() == known.len() {
        shop.create_orders(1);
    }
}

fn book(customer: &Record) -> String {
    format!("{:?}", customer.sublists.get("addressBook"))
}

/// Customers of the shop who are not one customer each, of their name and with each of their addresses once.
fn other_customers(world: &World, _: usize) -> Vec<String> {
    let netsuite = world.sandbox.netsuite();
    let mut by_email: BTreeMap<String, usize> = BTreeMap::new();
    for customer in netsuite.records("customer") {
        let email = customer.text("email").unwrap_or_default();
        *by_email.entry(email.to_owned()).or_default() += 1;
    }
    let mut differences = Vec::new();
    for customer in named(world) {
        let email = customer.email.unwrap();
        let key = format!("shop-customer-{}", number(&customer.id));
        let found = netsuite.by_external_id("customer", &key);
        let times = by_email.get(&email).copied().unwrap_or_default();
        let Some(found) = found.filter(|_| times == 1) else {
            differences.push(format!("{key}: {email} is {times} customers"));
            continue;
        };
        if found.text("firstName") != Some(&customer.name.0) {
            let name = found.text("firstName");
            differences.push(format!("{key}: {name:?} is {}", customer.name.0));
        }
        let book = book(&found);
        let moved = customer.streets.iter();
        for street in moved.filter(|street| street.ends_with("New Street")) {
            let times = book.matches(&format!("\"{street}\"")).count();
            if times != 1 {
                differences.push(format!("{key}: {street} is there {times} times"));
            }
        }
    }
    differences
}

pub(super) async fn a_customer(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 60, |options| {
        options.netsuite.settings.numbers_customers = false;
    })
    .await;
    world.run(Phase::Customers, &[]).await;
    let row = Row::new(Phase::Customers, meet, other_customers);
    (row, world)
}

/// A company as it stands some rounds after it came.
fn company(world: &World, born: usize, round: usize) -> NewCompany {
    let contact = world.sandbox.shopify().customers().remove(0);
    let site = |name: &str, street: String| (name.to_owned(), street, "Portland".to_owned());
    let mut company = NewCompany {
        number: 100 + u64::try_from(born).unwrap(),
        name: format!("Company {born}"),
        external_id: None,
        contacts: vec![contact.id],
        sites: vec![site("Harbour", format!("{born} Dock St"))],
        terms: Some("Net 30".to_owned()),
    };
    if round > born {
        company.name.push_str(" Holding");
        company
            .sites
            .push(site("Office", format!("{born} Main St")));
    }
    company
}

/// A company comes, and the one that came before it takes another name and one more place.
fn found(world: &World, round: usize) {
    for born in round - 1..=round {
        let company = company(world, born, round);
        world.sandbox.shopify().put_company(&company);
    }
}

/// Companies that are not one customer each, with their places and people.
fn other_companies(world: &World, round: usize) -> Vec<String> {
    let netsuite = world.sandbox.netsuite();
    let contacts = netsuite.records("contact");
    let mut differences = Vec::new();
    for born in 0..=round {
        let company = company(world, born, round);
        let key = format!("shop-company-{}", company.number);
        let there = netsuite.by_external_id("customer", &key).map(|customer| {
            let id = i64::try_from(customer.id).unwrap();
            let people = contacts.iter();
            let people = people.filter(|one| one.reference("company") == Some(id));
            let entries = customer.sublists.get("addressBook").map_or(0, Vec::len);
            let book = book(&customer);
            let streets = company.sites.iter().map(|(_, street, _)| street.as_str());
            let known =
                streets.filter(|street| book.matches(&format!("\"{street}\"")).count() == 1);
            let places = (entries, known.count());
            let name = customer.text("companyName").unwrap_or_default().to_owned();
            (name, customer.reference("terms"), places, people.count())
        });
        let sites = company.sites.len();
        let wanted = Some((company.name, Some(2), (sites, sites), 1));
        if there != wanted {
            differences.push(format!("{key}: {there:?} instead of {wanted:?}"));
        }
    }
    let all = netsuite.records("customer");
    let companies = all.iter().filter(|one| {
        let name = one.text("companyName").unwrap_or_default();
        name.starts_with("Company ")
    });
    let count = companies.count();
    if count != round + 1 {
        differences.push(format!("{} companies are {count} customers", round + 1));
    }
    differences
}

pub(super) async fn a_company(platform: &Platform) -> (Row, World) {
    let mut world = World::on(platform, 4, |_| {}).await;
    world.setting_of_orders("terms", json!({ "Net 30": 2 }));
    world.setting("shop", "companies", true.into());
    world.sandbox.shopify().put_company(&company(&world, 0, 0));
    world.run(Phase::Companies, &[]).await;
    let row = Row::new(Phase::Companies, found, other_companies);
    (row, world)
}
