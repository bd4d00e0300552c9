//! Customers and companies as they are read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::BTreeSet;

use commerce::{Account, Business, Consent, Event, ExternalId, Kind, Record};
use common::shop;
use ports::{Connected, Cursor, Window};
use sandbox::Sandbox;
use sandbox::shopify::{CustomerEdit, NewCompany};
use serde_json::json;

fn connect(shop: &Sandbox) -> Connected {
    common::connect(shop.shopify_url().as_str(), &json!({}))
}

fn account(event: &Event) -> &Account {
    match &event.record {
        Record::Customer(account) => account,
        other => panic!("{other:?}"),
    }
}

fn business(event: &Event) -> &Business {
    match &event.record {
        Record::Company(business) => business,
        other => panic!("{other:?}"),
    }
}

/// Everything of a kind from the cursor on.
async fn read(connected: &Connected, kind: Kind, mut cursor: Cursor) -> (Vec<Event>, Cursor) {
    let source = connected.source.as_ref().unwrap();
    let mut events = Vec::new();
    loop {
        let page = source.page(kind, &cursor).await.unwrap();
        assert!(page.unreadable.is_empty(), "{:?}", page.unreadable);
        events.extend(page.events);
        cursor = page.next;
        if !page.more {
            return (events, cursor);
        }
    }
}

fn numbers(events: &[Event]) -> BTreeSet<&str> {
    events.iter().map(|one| one.external_id.as_str()).collect()
}

fn all_time() -> Window {
    Window {
        from: "2020-01-01T00:00:00Z".parse().unwrap(),
        to: "2100-01-01T00:00:00Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn every_customer_is_read_and_again_when_they_change() {
    let shop = shop(300).await;
    let connected = connect(&shop);
    let source = connected.source.as_ref().unwrap();
    let there = shop.shopify().customers();
    assert!(there.len() > 50, "more than a page: {}", there.len());
    let (events, cursor) = read(&connected, Kind::Customer, Cursor::default()).await;
    let expected: BTreeSet<&str> = there
        .iter()
        .map(|one| one.id.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(numbers(&events), expected);
    let listed = source.ids(Kind::Customer, all_time()).await.unwrap();
    let listed: BTreeSet<&str> = listed.iter().map(ExternalId::as_str).collect();
    assert_eq!(listed, expected);
    for event in &events {
        let account = account(event);
        assert_eq!(account.addresses.len(), 1);
        let has_email = account.customer.email.is_some();
        assert_eq!(account.email_consent.is_some(), has_email);
        assert_eq!(event.revision.digest, event.record.digest());
    }

    let one = &there[3];
    for number in 0..14 {
        let address = CustomerEdit::Address(format!("{number} New St"), "Oslo".to_owned());
        assert!(shop.shopify().edit_customer(&one.id, &address));
    }
    let consent = CustomerEdit::EmailConsent("UNSUBSCRIBED".to_owned());
    shop.shopify().edit_customer(&one.id, &consent);
    let note = CustomerEdit::Note("Calls before noon".to_owned());
    shop.shopify().edit_customer(&one.id, &note);
    let (changed, _) = read(&connected, Kind::Customer, cursor).await;
    let id = one.id.rsplit('/').next().unwrap();
    let event = changed
        .iter()
        .find(|event| event.external_id.as_str() == id)
        .unwrap();
    let changed = account(event);
    assert_eq!(changed.addresses.len(), 15, "beyond the first page of them");
    assert_eq!(
        changed.addresses[0].address.line1.as_deref(),
        Some(one.streets[0].as_str())
    );
    assert_eq!(changed.email_consent, Some(Consent::Unsubscribed));
    assert_eq!(changed.note.as_deref(), Some("Calls before noon"));
    let again = source.one(Kind::Customer, &event.external_id).await;
    assert_eq!(again.unwrap().unwrap().record, event.record);
    let nobody = ExternalId::new("1").unwrap();
    assert_eq!(source.one(Kind::Customer, &nobody).await.unwrap(), None);
}

#[tokio::test]
async fn companies_are_read_with_their_people_and_places() {
    let shop = shop(120).await;
    let connected = connect(&shop);
    let people = shop.shopify().customers();
    let mut acme = NewCompany {
        number: 88,
        name: "Acme Inc".to_owned(),
        external_id: Some("C-1001".to_owned()),
        contacts: people.iter().take(12).map(|one| one.id.clone()).collect(),
        sites: (0..7)
            .map(|n| {
                (
                    format!("Place {n}"),
                    format!("{n} Dock St"),
                    "Portland".to_owned(),
                )
            })
            .collect(),
        terms: Some("Net 30".to_owned()),
    };
    let id = shop.shopify().put_company(&acme);
    assert_eq!(id, "gid://shopify/Company/88");
    let (events, cursor) = read(&connected, Kind::Company, Cursor::default()).await;
    assert_eq!(numbers(&events), BTreeSet::from(["88"]));
    let found = business(&events[0]);
    assert_eq!((found.contacts.len(), found.sites.len()), (12, 7));
    assert_eq!(found.company.reference.as_deref(), Some("C-1001"));
    let site = &found.sites[6];
    assert_eq!(site.payment_terms.as_deref(), Some("Net 30"));
    let shipping = &site.shipping.as_ref().unwrap().address;
    assert_eq!(shipping.line1.as_deref(), Some("6 Dock St"));
    assert_eq!(shipping.company.as_deref(), Some("Acme Inc"));
    let source = connected.source.as_ref().unwrap();
    let listed = source.ids(Kind::Company, all_time()).await.unwrap();
    assert_eq!(listed, [events[0].external_id.clone()]);
    let one = source.one(Kind::Company, &listed[0]).await.unwrap();
    assert_eq!(one.unwrap().record, events[0].record);
    acme.terms = None;
    shop.shopify().put_company(&acme);
    let (changed, _) = read(&connected, Kind::Company, cursor).await;
    assert_eq!(business(&changed[0]).sites[0].payment_terms, None);
}
