//! Matching, naming, addresses and upkeep, as tables.

use std::sync::LazyLock;

use commerce::{Address, Company, ConnectionId, Currency, Customer, Money, OrderState};
use rstest::rstest;
use serde_json::{Value, json};

use ports::{Assignments, Place};

use super::book::Entry;
use super::upkeep::upkeep;
use super::*;
use crate::map::settings::{Orders, Update};
use crate::wire::{AddressRow, ContactRow, Json};

fn source() -> ConnectionId {
    ConnectionId::new("shop").unwrap()
}

/// `{"id", "email", "first", "last", "at": <company on the bill>, "phone", "city", "company": <the company's id and name>, "terms"}`
fn order(json: &Value) -> Order {
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let customer = Customer {
        id: text("id").map(|id| ExternalId::new(id).unwrap()),
        email: text("email"),
        first_name: text("first"),
        last_name: text("last"),
        company: text("at"),
        phone: text("phone"),
    };
    let zero = commerce::Amount::same(Money::parse("0", "USD").unwrap());
    Order {
        number: "#1".to_owned(),
        placed_at: jiff::Timestamp::UNIX_EPOCH,
        state: OrderState::Open,
        test: false,
        customer: (customer != Customer::default()).then_some(customer),
        company: text("company").map(|name| Company {
            id: ExternalId::new("88").unwrap(),
            name,
            reference: text("reference"),
            location: Some("Harbour".to_owned()),
        }),
        payment_terms: text("terms"),
        fulfilled: false,
        sold_at: None,
        on_hold: false,
        high_risk: false,
        billing: text("city").map(|city| Address {
            city: Some(city),
            ..Address::default()
        }),
        shipping: None,
        shop_currency: Currency::USD,
        presentment_currency: Currency::USD,
        taxes_included: false,
        lines: Vec::new(),
        payments: Vec::new(),
        total: zero,
        channel: None,
        note: None,
        tags: Vec::new(),
    }
}

fn rows(json: Value) -> Vec<CustomerRow> {
    serde_json::from_value(json).unwrap()
}

fn settings(json: Value) -> Orders {
    serde_json::from_value(json).unwrap()
}

fn told(order: &Order) -> Told<'_> {
    static NO_RULES: LazyLock<Assignments> = LazyLock::new(Assignments::default);
    static PLAIN: LazyLock<Orders> = LazyLock::new(Orders::default);
    Told::by_order(order, &NO_RULES, &PLAIN)
}

fn picked(order_json: &Value, found: Value, customer: Value) -> Result<String, Fault> {
    let settings = settings(json!({ "customer": customer }));
    let buyer = buyer(&order(order_json), &source());
    Ok(match pick(&buyer, &rows(found), &settings.customer)? {
        Choice::Known(row) => row.id,
        Choice::Default(id) => format!("default {id}"),
        Choice::New(key) => format!("new {key}"),
    })
}

fn ada() -> Value {
    json!({"id": "77", "email": " Ada@Example.com ", "first": "Ada", "last": "Byron", "at": "Analytical Ltd"})
}

#[rstest]
#[case::the_external_id_before_all(json!([
    {"id": "5", "email": "ada@example.com", "isperson": "T", "firstname": "Ada", "lastname": "Byron"},
    {"id": "9", "externalid": "shop-customer-77"}
]), "9")]
#[case::then_address_and_name_the_oldest(json!([
    {"id": "6", "email": "ada@example.com", "isperson": "T", "firstname": "Augusta", "lastname": "King"},
    {"id": "7", "email": "ADA@example.com", "isperson": "T", "firstname": "ada ", "lastname": "BYRON"},
    {"id": "8", "email": "ada@example.com", "isperson": "T", "firstname": "Ada", "lastname": "Byron"}
]), "7")]
#[case::her_company_with_her_address(json!([
    {"id": "6", "email": "ada@example.com", "isperson": "F", "companyname": "ANALYTICAL  ltd"}
]), "6")]
#[case::another_name_is_another_customer(json!([
    {"id": "6", "email": "ada@example.com", "isperson": "T", "firstname": "Augusta", "lastname": "King", "companyname": "Analytical Ltd"}
]), "new shop-customer-77")]
#[case::nobody(json!([]), "new shop-customer-77")]
fn people_are_recognised(#[case] found: Value, #[case] expected: &str) {
    assert_eq!(picked(&ada(), found, json!({})).unwrap(), expected);
}

#[rstest]
#[case(json!(["email"]), "6")]
#[case(json!(["name"]), "5")]
#[case(json!(["name", "email"]), "5")]
#[case(json!(["external_id"]), "new shop-customer-77")]
#[case(json!([]), "new shop-customer-77")]
fn the_rules_and_their_order_are_the_users(#[case] rules: Value, #[case] expected: &str) {
    let found = json!([
        {"id": "5", "email": "other@example.com", "isperson": "T", "firstname": "Ada", "lastname": "Byron"},
        {"id": "6", "email": "ada@example.com", "isperson": "T", "firstname": "Augusta", "lastname": "King"}
    ]);
    let settings = json!({ "match": rules });
    assert_eq!(picked(&ada(), found, settings).unwrap(), expected);
}

#[test]
fn without_a_name_the_address_is_all_there_is() {
    let found = json!([{"id": "6", "email": "ada@example.com", "isperson": "T", "firstname": "Augusta", "lastname": "King"}]);
    let buyer = json!({"id": "77", "email": "ada@example.com"});
    assert_eq!(picked(&buyer, found, json!({})).unwrap(), "6");
}

#[rstest]
#[case::by_key(json!([{"id": "4", "externalid": "shop-company-88"}]), "4")]
#[case::by_the_merchants_own_id(json!([{"id": "4", "externalid": "C-1200", "isperson": "F", "companyname": "Other"}]), "4")]
#[case::by_name(json!([{"id": "4", "externalid": "x", "isperson": "F", "companyname": "acme inc"}]), "4")]
#[case::another_company_of_the_shop(json!([{"id": "4", "externalid": "shop-company-99", "isperson": "F", "companyname": "Acme Inc"}]), "new shop-company-88")]
#[case::a_person_of_that_name(json!([{"id": "4", "isperson": "T", "firstname": "Acme", "lastname": "Inc"}]), "new shop-company-88")]
#[case::the_person_who_ordered(json!([{"id": "4", "externalid": "shop-customer-77", "email": "ada@example.com", "isperson": "T", "firstname": "Ada", "lastname": "Byron"}]), "new shop-company-88")]
fn companies_are_recognised(#[case] found: Value, #[case] expected: &str) {
    let order = json!({"id": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron", "company": "Acme Inc", "reference": "C-1200"});
    assert_eq!(picked(&order, found, json!({})).unwrap(), expected);
}

#[rstest]
#[case::till(json!({}), json!({"default": 12}), Ok("default 12"))]
#[case::till_without_default(json!({}), json!({}), Err(()))]
#[case::guest(json!({"email": "a@b.example"}), json!({"default": 12}), Ok("new shop-customer-guest-a_40b_2eexample"))]
#[case::guest_to_default(json!({"email": "a@b.example"}), json!({"default": 12, "guests": "default"}), Ok("default 12"))]
#[case::guests_without_default(json!({"email": "a@b.example"}), json!({"guests": "default"}), Ok("new shop-customer-guest-a_40b_2eexample"))]
#[case::known_without_address(json!({"id": "7", "first": "A"}), json!({"default": 12, "guests": "default"}), Ok("new shop-customer-7"))]
fn who_is_not_recognised(
    #[case] order: Value,
    #[case] customer: Value,
    #[case] expected: Result<&str, ()>,
) {
    let got = picked(&order, json!([]), customer);
    match expected {
        Ok(expected) => assert_eq!(got.unwrap(), expected),
        Err(()) => assert!(matches!(got, Err(Fault::Held { .. }))),
    }
}

#[test]
fn names_are_told_apart_readably() {
    let order = order(&json!({"id": "77", "email": "ada@example.com", "city": "Austin"}));
    assert_eq!(
        alternatives(&told(&order), "Ada Byron"),
        [
            "Ada Byron (Austin)",
            "Ada Byron (ada@example.com)",
            "Ada Byron (77)"
        ]
    );
    // The address is no second name of what is called by it.
    assert_eq!(
        alternatives(&told(&order), "ada@example.com"),
        ["ada@example.com (Austin)", "ada@example.com (77)"]
    );
    let long = "Ż".repeat(100);
    for name in alternatives(&told(&order), &long) {
        assert!(name.chars().count() <= 83 && name.ends_with(')'), "{name}");
    }
}

fn place(street: &str) -> Address {
    Address {
        first_name: Some("Ada".to_owned()),
        last_name: Some("Byron".to_owned()),
        line1: Some(street.to_owned()),
        city: Some("Austin".to_owned()),
        postcode: Some("78701".to_owned()),
        ..Address::default()
    }
}

fn addressed(billing: Option<&str>, shipping: Option<&str>) -> Order {
    Order {
        billing: billing.map(place),
        shipping: shipping.map(place),
        ..order(&json!({"id": "77"}))
    }
}

#[test]
fn an_address_is_listed_once_however_it_is_written() {
    let orders = [
        addressed(Some("1 Main St."), Some("2 Side St")),
        addressed(Some("1  MAIN ST"), Some("1 main st")),
        addressed(None, Some("3 Back St")),
        addressed(None, None),
    ];
    let told: Vec<Told<'_>> = orders.iter().map(told).collect();
    let told: Vec<&Told<'_>> = told.iter().collect();
    let entries = entries(&told);
    let flags = |entry: &Entry<'_>| match entry.json(true).unwrap() {
        Json::Object(fields) => (
            fields["defaultBilling"].clone(),
            fields["defaultShipping"].clone(),
        ),
        _ => panic!(),
    };
    let (yes, no) = (Json::from(true), Json::from(false));
    let expected = [
        (yes.clone(), no.clone()),
        (no.clone(), yes),
        (no.clone(), no),
    ];
    assert_eq!(entries.iter().map(flags).collect::<Vec<_>>(), expected);
    let there: AddressRow = serde_json::from_value(
        json!({"entity": "5", "addressee": "ada byron", "addr1": "1 Main St", "city": "AUSTIN", "zip": "78701"}),
    )
    .unwrap();
    assert!(entries[0].is(&row_marks(&there)));
    assert!(!entries[1].is(&row_marks(&there)));
}

#[rstest]
#[case::under_its_former_name("Acme Ltd", "1 Quay", true)]
#[case::another_street("Acme Inc", "2 Quay", false)]
fn a_company_s_place_is_known_whatever_the_company_is_called(
    #[case] addressee: &str,
    #[case] street: &str,
    #[case] expected: bool,
) {
    let order = order(
        &json!({"id": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron", "company": "Acme Inc", "city": "Oslo"}),
    );
    let mut told = told(&order);
    let address = commerce::Address {
        company: Some("Acme Inc".to_owned()),
        line1: Some("1 Quay".to_owned()),
        ..told.uses[0].address.clone()
    };
    told.uses[0].address = &address;
    let there: AddressRow = serde_json::from_value(
        json!({"entity": "5", "addressee": addressee, "addr1": street, "city": "Oslo"}),
    )
    .unwrap();
    let entries = entries(&[&told]);
    assert_eq!(entries[0].is(&row_marks(&there)), expected);
    // Somebody else's address is not theirs, whoever lives in the same street.
    told.uses[0].label = None;
    let entries = super::entries(&[&told]);
    assert!(!entries[0].is(&row_marks(&there)));
}

#[test]
fn a_new_company_has_its_terms_and_labels_its_place() {
    let order = order(
        &json!({"id": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron", "company": "Acme Inc", "terms": "net 30", "city": "Oslo"}),
    );
    let buyer = buyer(&order, &source());
    let settings = settings(json!({"terms": {"Net 30": 2}, "customer": {"subsidiary": 1}}));
    let key = buyer.key.clone().unwrap();
    let body = customer_body(&key, &buyer, &[&told(&order)], None, &settings).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        body,
        json!({
            "externalId": "shop-company-88", "isPerson": false, "companyName": "Acme Inc", "terms": {"id": "2"}, "subsidiary": {"id": "1"},
            "addressBook": {"items": [{"defaultBilling": true, "defaultShipping": true, "label": "Harbour", "addressBookAddress": {"city": "Oslo"}}]}
        })
    );
}

#[rstest]
#[case::no_table(json!({}), "Net 30", Ok(None))]
#[case::listed(json!({"Net 30": 2}), "net 30 ", Ok(Some("2")))]
#[case::not_listed(json!({"Net 30": 2}), "Net 60", Err(()))]
fn terms_come_from_the_table(
    #[case] terms: Value,
    #[case] named: &str,
    #[case] expected: Result<Option<&str>, ()>,
) {
    let settings = settings(json!({ "terms": terms }));
    let found = payment_terms(Some(named), &settings);
    match expected {
        Ok(expected) => assert_eq!(found.unwrap(), expected),
        Err(()) => assert!(matches!(found, Err(Fault::Held { .. }))),
    }
}

#[rstest]
#[case::never("never", json!({}))]
#[case::fill("fill", json!({"phone": "+1 512 555", "externalId": "shop-customer-77"}))]
#[case::always("always", json!({"phone": "+1 512 555", "externalId": "shop-customer-77", "firstName": "Ada"}))]
fn nothing_is_emptied(#[case] update: &str, #[case] expected: Value) {
    let row: CustomerRow = serde_json::from_value(
        json!({"id": "5", "isperson": "T", "email": "ADA@example.com", "firstname": "Adah", "lastname": "Byron", "companyname": "Ltd"}),
    )
    .unwrap();
    let order = order(
        &json!({"id": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron", "phone": "+1 512 555"}),
    );
    let update = serde_json::from_value(json!(update)).unwrap();
    let (buyer, settings) = (buyer(&order, &source()), Orders::default());
    let fields = upkeep(&row, &buyer, &told(&order), update, &settings);
    assert_eq!(serde_json::to_value(fields).unwrap(), expected);
}

#[test]
fn a_telephone_number_in_another_format_is_the_same() {
    let row: CustomerRow = serde_json::from_value(
        json!({"id": "5", "externalid": "x", "isperson": "T", "firstname": "Ada", "lastname": "Byron", "phone": "(1) 512-555"}),
    )
    .unwrap();
    let order = order(&json!({"id": "77", "first": "Ada", "last": "Byron", "phone": "+1 512 555"}));
    let (buyer, settings) = (buyer(&order, &source()), Orders::default());
    assert!(upkeep(&row, &buyer, &told(&order), Update::Always, &settings).is_empty());
}

#[rstest]
#[case::by_key(json!({"externalid": "shop-company-88-contact-shop-customer-77"}), true)]
#[case::by_address_there(json!({"email": "ADA@example.com", "company": "5"}), true)]
#[case::by_address_elsewhere(json!({"email": "ada@example.com", "company": "6"}), false)]
#[case::another(json!({"email": "b@example.com", "company": "5"}), false)]
fn contacts_are_recognised(#[case] row: Value, #[case] expected: bool) {
    let order = order(&json!({"id": "77", "email": "ada@example.com", "company": "Acme Inc"}));
    let contact = contact(&order, &source()).unwrap();
    let row: ContactRow = serde_json::from_value(row).unwrap();
    assert_eq!(is_contact(&contact, &row, Some("5")), expected);
}

/// `{"line1", "set": {…}}` for bills, and for goods.
fn both(billing: &Value, shipping: &Value) -> Vec<Value> {
    let order = addressed(billing["line1"].as_str(), shipping["line1"].as_str());
    let part = |of: &Value| serde_json::from_value(of["set"].clone()).unwrap_or_default();
    let rules = Assignments {
        parts: [
            (Place::BillingAddress, part(billing)),
            (Place::ShippingAddress, part(shipping)),
        ]
        .into(),
        ..Assignments::default()
    };
    let settings = Orders::default();
    let told = Told::by_order(&order, &rules, &settings);
    let entries = entries(&[&told]);
    let json = |entry: &Entry<'_>| serde_json::to_value(entry.json(true).unwrap()).unwrap();
    entries.iter().map(json).collect()
}

#[test]
fn an_address_for_bills_and_goods_takes_the_rules_of_both() {
    let billing = json!({"line1": "1 Main St", "set": {"custrecord_bill": "B", "override": true}});
    let shipping =
        json!({"line1": "1 main st.", "set": {"custrecord_ship": "S", "override": true}});
    let one = both(&billing, &shipping);
    assert_eq!(one.len(), 1, "{one:?}");
    let address = &one[0]["addressBookAddress"];
    assert_eq!(
        [&address["custrecord_bill"], &address["custrecord_ship"]],
        ["B", "S"]
    );
    assert_eq!(
        [&one[0]["defaultBilling"], &one[0]["defaultShipping"]],
        [true, true]
    );
    // Two words on one field make two entries.
    let other = json!({"line1": "1 main st.", "set": {"custrecord_bill": "other"}});
    let two = both(&billing, &other);
    assert_eq!(two.len(), 2, "{two:?}");
    let uses = |entry: &Value| {
        (
            entry["defaultBilling"].clone(),
            entry["defaultShipping"].clone(),
        )
    };
    assert_eq!(uses(&two[0]), (true.into(), false.into()));
    assert_eq!(uses(&two[1]), (false.into(), true.into()));
}

/// `{"name", "billing", "shipping", "phone", "terms"}`
fn business(sites: &[Value]) -> commerce::Business {
    let sites = sites.iter().enumerate().map(|(number, json)| {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let id = |what: &str| ExternalId::new(format!("{what}{number}")).unwrap();
        let entry = |name: &str| {
            text(name).map(|street| commerce::AddressEntry {
                id: id(name),
                address: place(&street),
            })
        };
        commerce::Site {
            id: id("site"),
            name: text("name").unwrap(),
            billing: entry("billing"),
            shipping: entry("shipping"),
            phone: text("phone"),
            payment_terms: text("terms"),
            tax_exempt: false,
            tax_number: None,
        }
    });
    commerce::Business {
        number: "Acme Inc".to_owned(),
        company: Company {
            id: ExternalId::new("88").unwrap(),
            name: "Acme Inc".to_owned(),
            reference: None,
            location: None,
        },
        note: None,
        contacts: Vec::new(),
        sites: sites.collect(),
    }
}

#[rstest]
#[case::one(&[Some("Net 30")], Some("Net 30"))]
#[case::agreed(&[Some("Net 30"), Some("Net 30")], Some("Net 30"))]
#[case::not_agreed(&[Some("Net 30"), Some("Net 60")], None)]
#[case::not_everywhere(&[Some("Net 30"), None], None)]
#[case::in_no_place(&[None, None], None)]
#[case::no_place(&[], None)]
fn a_companys_terms_are_those_that_all_its_places_have(
    #[case] terms: &[Option<&str>],
    #[case] expected: Option<&str>,
) {
    let sites: Vec<Value> = terms
        .iter()
        .map(|terms| json!({"name": "Place", "terms": terms}))
        .collect();
    let (business, rules, settings) = (business(&sites), Assignments::default(), Orders::default());
    assert_eq!(
        Told::by_business(&business, &rules, &settings).terms,
        expected
    );
}

#[test]
fn a_companys_places_are_listed_by_their_names_with_one_default_of_each_kind() {
    let business = business(&[
        json!({"name": "Harbour", "shipping": "9 Dock St"}),
        json!({"name": "Office", "billing": "1 Main St", "shipping": "9 dock st", "phone": "+1 503 555"}),
    ]);
    let (rules, settings) = (Assignments::default(), Orders::default());
    let told = Told::by_business(&business, &rules, &settings);
    assert_eq!(told.phone.as_deref(), Some("+1 503 555"));
    let entries = entries(&[&told]);
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let json = serde_json::to_value(entry.json(true).unwrap()).unwrap();
            let fields = ["label", "defaultBilling", "defaultShipping"];
            fields.map(|name| json[name].clone())
        })
        .collect();
    assert_eq!(
        told,
        [
            [json!("Harbour"), json!(true), json!(true)],
            [json!("Office"), json!(false), json!(false)]
        ]
    );
}
