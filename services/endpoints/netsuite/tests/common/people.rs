//! Customers and companies of their own made from a few words of JSON.

use std::sync::Arc;

use commerce::{
    Account, Address, AddressEntry, Business, Company, ConnectionId, Country, Customer, Event,
    ExternalId, MerchantId, Record, Revision, Site, TargetKey,
};
use ports::{Twin, Write};
use serde_json::Value;

fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

fn entry(
    number: usize,
    first: Option<String>,
    street: &str,
    company: Option<&str>,
) -> AddressEntry {
    AddressEntry {
        id: id(&format!("a{number}")),
        address: Address {
            last_name: first.as_ref().map(|_| "Byron".to_owned()),
            first_name: first,
            company: company.map(str::to_owned),
            line1: Some(street.to_owned()),
            city: Some("Austin".to_owned()),
            region: Some("TX".to_owned()),
            postcode: Some("78701".to_owned()),
            country: Country::new("US").ok(),
            ..Address::default()
        },
    }
}

/// `{"id": "77", "email": "…", "first": "Ada", "phone": "…", "streets": ["1 Main St"]}`, of the family Byron.
pub(crate) fn customer(json: &Value) -> Write {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let own = json["id"].as_str().unwrap();
    let streets = json["streets"].as_array().into_iter().flatten().enumerate();
    let account = Account {
        number: text("email").unwrap_or_else(|| own.to_owned()),
        customer: Customer {
            id: Some(id(own)),
            email: text("email"),
            first_name: text("first"),
            last_name: text("first").map(|_| "Byron".to_owned()),
            company: None,
            phone: text("phone"),
        },
        addresses: streets
            .map(|(place, street)| entry(place, text("first"), street.as_str().unwrap(), None))
            .collect(),
        email_consent: None,
        tax_exempt: false,
        note: None,
        tags: Vec::new(),
    };
    write(own, Record::Customer(Box::new(account)), json)
}

/// `{"id": "88", "name": "Acme Inc", "people": ["77"], "sites": [["Harbour", "9 Dock St"]], "terms": "Net 30"}`
pub(crate) fn company(json: &Value) -> Write {
    let (own, name) = (json["id"].as_str().unwrap(), json["name"].as_str().unwrap());
    let people = json["people"].as_array().into_iter().flatten();
    let sites = json["sites"].as_array().into_iter().flatten().enumerate();
    let business = Business {
        number: name.to_owned(),
        company: Company {
            id: id(own),
            name: name.to_owned(),
            reference: None,
            location: None,
        },
        note: None,
        contacts: people
            .map(|person| {
                let number = person.as_str().unwrap();
                Customer {
                    id: Some(id(number)),
                    email: Some(format!("{number}@example.com")),
                    first_name: Some(format!("Person {number}")),
                    last_name: Some("Byron".to_owned()),
                    ..Customer::default()
                }
            })
            .collect(),
        sites: sites
            .map(|(place, site)| Site {
                id: id(&place.to_string()),
                name: site[0].as_str().unwrap().to_owned(),
                billing: None,
                shipping: Some(entry(place, None, site[1].as_str().unwrap(), Some(name))),
                phone: None,
                payment_terms: json["terms"].as_str().map(str::to_owned),
                tax_exempt: false,
                tax_number: None,
            })
            .collect(),
    };
    write(own, Record::Company(Box::new(business)), json)
}

fn write(own: &str, record: Record, json: &Value) -> Write {
    let source = ConnectionId::new("shop").unwrap();
    let at = "2026-03-02T18:00:00Z".parse().unwrap();
    let key = TargetKey::of(&source, record.kind(), &id(own));
    let digest = record.digest();
    let revision = Revision { at, digest };
    let event = Event::new(MerchantId::default(), source, id(own), revision, at, record);
    Write {
        event: Arc::new(event),
        key,
        bound: json["bound"].as_str().map(|bound| Twin {
            id: id(bound),
            number: None,
        }),
        parent: None,
        set: serde_json::from_value(json["set"].clone()).unwrap_or_default(),
    }
}
