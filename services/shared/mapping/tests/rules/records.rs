//! Records and short cuts for the tests.

use std::collections::BTreeMap;

use causeway_mapping::{Mapped, Mapping, RuleError, Rules, Table};
use commerce::{
    Address, Amount, Company, ConnectionId, Country, Currency, Customer, Digest, Discount,
    Document, Event, ExternalId, Fulfilment, FulfilmentLine, Kind, LineKind, MerchantId, Money,
    Order, OrderLine, OrderRef, OrderState, Parcel, Payment, PaymentKind, Product, Record,
    Revision, Sku, StockLevel, TaxLine, Variant,
};
use serde_json::Value;

pub(crate) fn id(text: &str) -> ExternalId {
    ExternalId::new(text).unwrap()
}

pub(crate) fn eur(amount: &str) -> Amount {
    Amount {
        shop: Money::parse(amount, "EUR").unwrap(),
        presentment: Money::parse(amount, "EUR").unwrap(),
    }
}

pub(crate) fn event(record: Record) -> Event {
    let at = "2026-03-01T09:30:00Z".parse().unwrap();
    let revision = Revision {
        at,
        digest: Digest::of([b"1".as_slice()]),
    };
    let connection = ConnectionId::new("shop").unwrap();
    Event::new(
        MerchantId::default(),
        connection,
        id("450789469"),
        revision,
        at,
        record,
    )
}

pub(crate) fn with_source(mut event: Event, json: &str) -> Event {
    event.source = Some(Document {
        media_type: "application/json".into(),
        body: json.into(),
    });
    event
}

pub(crate) fn order() -> Order {
    Order {
        number: "#1001".into(),
        placed_at: "2026-03-01T09:29:00Z".parse().unwrap(),
        state: OrderState::Open,
        test: false,
        customer: Some(Customer {
            id: Some(id("77")),
            email: Some("ada@example.com".into()),
            first_name: Some("Ada".into()),
            last_name: Some("Lovelace".into()),
            ..Customer::default()
        }),
        billing: None,
        shipping: Some(Address {
            city: Some("Berlin".into()),
            country: Some(Country::new("DE").unwrap()),
            ..Address::default()
        }),
        shop_currency: Currency::EUR,
        presentment_currency: Currency::EUR,
        taxes_included: true,
        lines: vec![
            item("1", "AB-12", "2", "19.99", "39.98"),
            OrderLine {
                kind: LineKind::Shipping {
                    method: "express".into(),
                },
                ..item("2", "X", "1", "4.90", "4.90")
            },
        ],
        payments: vec![Payment {
            id: id("9"),
            method: "visa".into(),
            kind: PaymentKind::Captured,
            amount: eur("43.88"),
            at: "2026-03-01T09:29:01Z".parse().unwrap(),
        }],
        total: eur("43.88"),
        channel: Some("web".into()),
        note: None,
        tags: vec!["vip".into(), "gift".into()],
        company: Some(Company {
            id: id("88"),
            name: "Analytical Ltd".into(),
            reference: None,
            location: Some("Berlin".into()),
        }),
        payment_terms: Some("Net 30".into()),
        fulfilled: false,
        sold_at: None,
        on_hold: false,
        high_risk: false,
    }
}

pub(crate) fn item(line: &str, sku: &str, quantity: &str, price: &str, amount: &str) -> OrderLine {
    OrderLine {
        id: id(line),
        kind: LineKind::Item {
            sku: Sku::new(sku).unwrap(),
        },
        title: "Cup".into(),
        quantity: quantity.parse().unwrap(),
        unit_price: eur(price),
        amount: eur(amount),
        discounts: vec![Discount {
            code: None,
            title: None,
            amount: eur("1.00"),
        }],
        taxes: vec![TaxLine {
            title: "VAT".into(),
            rate: Some("0.19".parse().unwrap()),
            amount: eur("6.22"),
            remitted_by_channel: false,
        }],
    }
}

pub(crate) fn an_order() -> Event {
    event(Record::Order(Box::new(order())))
}

pub(crate) fn a_fulfilment() -> Event {
    event(Record::Fulfilment(Box::new(Fulfilment {
        number: "IF-204".into(),
        order: OrderRef {
            id: id("9001"),
            key: None,
        },
        shipped_at: "2026-03-02T12:00:00Z".parse().unwrap(),
        location: Some(id("6")),
        method: Some("UPS Ground".into()),
        parcels: vec![Parcel {
            tracking_number: Some("1Z999".into()),
            carrier: Some("UPS".into()),
            tracking_url: None,
        }],
        lines: vec![FulfilmentLine {
            order_line: None,
            sku: Sku::new("AB-12").unwrap(),
            quantity: "2".parse().unwrap(),
        }],
        dispatch: None,
    })))
}

pub(crate) fn a_stock_level() -> Event {
    event(Record::Stock(StockLevel {
        sku: Sku::new("AB-12").unwrap(),
        location: id("6"),
        available: "-3".parse().unwrap(),
        scarce: false,
    }))
}

pub(crate) fn a_product() -> Event {
    event(Record::Product(Box::new(Product {
        number: "TEE".to_owned(),
        offered: true,
        title: Some("Linen tee".to_owned()),
        description: None,
        vendor: None,
        product_type: Some("Shirts".to_owned()),
        handle: None,
        tags: vec!["summer".to_owned()],
        categories: Vec::new(),
        images: Vec::new(),
        options: vec!["Size".to_owned()],
        variants: vec![Variant {
            sku: Sku::new("TEE-S").unwrap(),
            values: vec!["S".to_owned()],
            barcode: None,
            weight: None,
            first_price: None,
        }],
        withdrawn: Vec::new(),
    })))
}

pub(crate) type Tables = BTreeMap<String, Table>;

pub(crate) fn filtering(filter: &str) -> Rules {
    Rules {
        filter: Some(filter.into()),
        ..Rules::default()
    }
}

pub(crate) fn setting(expression: &str) -> Rules {
    Rules {
        set: [("field".to_owned(), expression.into())].into(),
        ..Rules::default()
    }
}

pub(crate) fn setting_on_lines(expression: &str) -> Rules {
    Rules {
        set_lines: [("field".to_owned(), expression.into())].into(),
        ..Rules::default()
    }
}

pub(crate) fn compile(rules: &Rules, kind: Kind) -> Result<Mapping, RuleError> {
    Mapping::compile(rules, &Tables::new(), kind)
}

/// What the rules say about the event; they must compile.
pub(crate) fn apply(rules: &Rules, event: &Event) -> Mapped {
    compile(rules, event.kind())
        .unwrap_or_else(|error| panic!("{error}"))
        .apply(event)
}

/// What an expression sets; `None` when it sets nothing.
pub(crate) fn value_of(expression: &str, event: &Event) -> Option<Value> {
    match apply(&setting(expression), event) {
        Mapped::Write(mut set) => set.header.remove("field"),
        other => panic!("{expression}: {other:?}"),
    }
}

/// Why the expression holds the record.
pub(crate) fn held_by(rules: &Rules, event: &Event) -> String {
    match apply(rules, event) {
        Mapped::Hold { why } => why,
        other => panic!("{rules:?}: {other:?}"),
    }
}

/// Why the expression cannot be saved.
pub(crate) fn refused(rules: &Rules, kind: Kind) -> String {
    match compile(rules, kind) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("accepted: {rules:?}"),
    }
}

pub(crate) fn a_customer() -> Event {
    let entry = |id: &str, city: &str| commerce::AddressEntry {
        id: ExternalId::new(id).unwrap(),
        address: Address {
            city: Some(city.to_owned()),
            ..Address::default()
        },
    };
    event(Record::Customer(Box::new(commerce::Account {
        number: "ada@example.com".to_owned(),
        customer: Customer {
            email: Some("ada@example.com".to_owned()),
            ..Customer::default()
        },
        addresses: vec![entry("1", "Austin"), entry("2", "Oslo")],
        email_consent: Some(commerce::Consent::Subscribed),
        tax_exempt: false,
        note: None,
        tags: vec!["vip".to_owned()],
    })))
}
