//! Who is behind an order: people, companies, guests, and nobody.

use super::*;

fn of(lab: &Lab, number: usize, buyer: Value) -> Write {
    let (sku, price) = &lab.skus[0];
    let mut json =
        json!({"id": (1000 + number).to_string(), "lines": [[sku, 1, price.to_string()]]});
    for (name, value) in buyer.as_object().unwrap() {
        json[name] = value.clone();
    }
    common::order::write(&json)
}

fn ada(street: &str) -> Value {
    json!({"customer": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron", "street": street})
}

fn acme() -> Value {
    let mut buyer = ada("9 Dock St");
    buyer["company"] = json!({"id": "88", "name": "Acme Inc"});
    buyer["terms"] = json!("Net 30");
    buyer
}

/// With addresses that go into address books.
async fn adding() -> Lab {
    let settings = json!({"orders": {"customer": {"subsidiary": 1, "addresses": "add"}}});
    Lab::start(settings).await
}

/// Streets in a customer's address book.
pub(crate) fn streets(lab: &Lab, key: &str) -> Vec<String> {
    let customer = lab.account().by_external_id("customer", key).unwrap();
    let book = customer
        .sublists
        .get("addressBook")
        .cloned()
        .unwrap_or_default();
    book.iter()
        .map(|line| match line.get("addressBookAddress") {
            Some(sandbox::netsuite::Value::Subrecord(address)) => {
                address["addr1"].text().unwrap().to_owned()
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn addresses_are_added_once() {
    let lab = adding().await;
    // One new customer, three orders in one batch, one of them to the same place written otherwise.
    let batch = [
        of(&lab, 1, ada("1 Main St")),
        of(&lab, 2, ada("1 MAIN ST.")),
        of(&lab, 3, ada("2 Side St")),
    ];
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 3]);
    assert_eq!(lab.account().records("customer").len(), 1);
    assert_eq!(
        streets(&lab, "shop-customer-77"),
        ["1 Main St", "2 Side St"]
    );
    // Known now: a new place comes along once, though two batches are in work at the same time.
    let (one, other) = (
        [of(&lab, 4, ada("3 Back St"))],
        [of(&lab, 5, ada("3 Back St"))],
    );
    let (one, other) = tokio::join!(lab.effects(&one), lab.effects(&other));
    assert_eq!([one, other].concat(), [Effect::Created; 2]);
    assert_eq!(
        streets(&lab, "shop-customer-77"),
        ["1 Main St", "2 Side St", "3 Back St"]
    );
    // And costs nothing where it is there.
    lab.account().meter().reset();
    assert_eq!(
        lab.effects(&[of(&lab, 6, ada("2 side st"))]).await,
        [Effect::Created]
    );
    assert_eq!(
        lab.requests(),
        4,
        "customers, address books, the order, its total"
    );
}

#[tokio::test]
async fn a_guest_and_the_same_person_with_an_account_are_one() {
    let lab = Lab::start(json!({})).await;
    let mut guest = ada("1 Main St");
    guest["customer"] = Value::Null;
    let mut husband = ada("1 Main St");
    (husband["customer"], husband["first"]) = (json!("78"), json!("William"));
    let batch = [
        of(&lab, 1, guest.clone()),
        of(&lab, 2, ada("2 Side St")),
        of(&lab, 3, husband),
        of(&lab, 4, guest),
    ];
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 4]);
    let customers = lab.account().records("customer");
    let mut names: Vec<&str> = customers
        .iter()
        .filter_map(|one| one.text("firstName"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Ada", "William"]);
}

#[tokio::test]
async fn an_order_does_not_wait_for_its_customers_address_book() {
    let lab = adding().await;
    lab.effects(&[of(&lab, 1, ada("1 Main St"))]).await;
    let rule = Rule::always(Mishap::FailBefore)
        .method("PATCH")
        .target("/customer/");
    lab.account().faults().set(vec![rule]);
    assert_eq!(
        lab.effects(&[of(&lab, 2, ada("2 Side St"))]).await,
        [Effect::Created]
    );
    assert_eq!(streets(&lab, "shop-customer-77"), ["1 Main St"]);
}

#[tokio::test]
async fn address_books_are_left_alone_unless_set() {
    let lab = Lab::start(json!({})).await;
    lab.effects(&[of(&lab, 1, ada("1 Main St"))]).await;
    lab.effects(&[of(&lab, 2, ada("2 Side St"))]).await;
    assert_eq!(streets(&lab, "shop-customer-77"), ["1 Main St"]);
}

#[tokio::test]
async fn a_company_buys_on_its_terms_through_its_contact() {
    let settings = json!({"orders": {"terms": {"Net 30": 2}, "customer": {"subsidiary": 1}}});
    let lab = Lab::start(settings).await;
    let batch = [of(&lab, 1, acme()), of(&lab, 2, acme())];
    assert_eq!(lab.effects(&batch).await, [Effect::Created; 2]);
    let company = lab
        .account()
        .by_external_id("customer", "shop-company-88")
        .unwrap();
    assert_eq!(company.text("companyName"), Some("Acme Inc"));
    assert_eq!(company.reference("terms"), Some(2));
    assert!(!company.get("isPerson").unwrap().is_set());
    let contacts = lab.account().records("contact");
    assert_eq!(contacts.len(), 1);
    let id = i64::try_from(company.id).unwrap();
    assert_eq!(contacts[0].reference("company"), Some(id));
    assert_eq!(contacts[0].text("email"), Some("ada@example.com"));
    for order in lab.account().records("salesOrder") {
        assert_eq!(
            (order.reference("entity"), order.reference("terms")),
            (Some(id), Some(2))
        );
    }
    // Known: customers, contacts, the order, its total.
    lab.account().meter().reset();
    assert_eq!(lab.effects(&[of(&lab, 3, acme())]).await, [Effect::Created]);
    assert_eq!(lab.requests(), 4);
    // A colleague of the same name is told apart.
    let mut colleague = acme();
    (colleague["customer"], colleague["email"]) = (json!("78"), json!("byron@example.com"));
    assert_eq!(
        lab.effects(&[of(&lab, 4, colleague)]).await,
        [Effect::Created]
    );
    let contacts = lab.account().records("contact");
    let names: Vec<&str> = contacts
        .iter()
        .filter_map(|one| one.text("entityId"))
        .collect();
    assert_eq!(names, ["Ada Byron", "Ada Byron (byron@example.com)"]);
    // Terms that nobody listed wait for somebody.
    let mut unlisted = acme();
    unlisted["terms"] = json!("Net 60");
    let result = lab.write(&[of(&lab, 5, unlisted)]).await.remove(0);
    assert!(
        matches!(result, Err(Fault::Held { ref why }) if why.contains("Net 60")),
        "{result:?}"
    );
}

#[tokio::test]
async fn what_was_made_in_doubt_is_made_once() {
    let settings = json!({"orders": {"terms": {"Net 30": 2}, "customer": {"subsidiary": 1}}});
    for (target, mishap) in [
        ("/customer", Mishap::FailAfter),
        ("/customer", Mishap::CutAfter),
        ("/contact", Mishap::FailAfter),
        ("/contact", Mishap::CutBefore),
    ] {
        let lab = Lab::start(settings.clone()).await;
        let rule = Rule::always(mishap).method("POST").target(target);
        lab.account().faults().set(vec![rule]);
        let write = of(&lab, 1, acme());
        let result = lab.write(std::slice::from_ref(&write)).await.remove(0);
        assert!(
            matches!(result, Err(Fault::Unavailable { .. })),
            "{result:?}"
        );
        lab.account().faults().set(Vec::new());
        assert_eq!(lab.effects(&[write]).await, [Effect::Created]);
        for kind in ["customer", "contact", "salesOrder"] {
            assert_eq!(
                lab.account().records(kind).len(),
                1,
                "{target} {mishap:?} {kind}"
            );
        }
    }
}

#[tokio::test]
async fn names_that_are_taken_are_told_apart_where_the_account_names_customers() {
    for numbered in [true, false] {
        let lab = Lab::with(json!({}), |options| {
            options.netsuite.settings.numbers_customers = numbered;
        })
        .await;
        let other = |number: usize, id: &str, email: &str, city: &str| {
            let buyer = json!({"customer": id, "email": email, "first": "Ada", "last": "Byron", "street": "1 Main St", "city": city});
            of(&lab, number, buyer)
        };
        // All in one batch: they find out about each other.
        let batch = [
            other(1, "71", "a1@example.com", "Austin"),
            other(2, "72", "a2@example.com", "Oslo"),
            other(3, "73", "a3@example.com", "Oslo"),
            other(4, "74", "a4@example.com", "Oslo"),
        ];
        assert_eq!(lab.effects(&batch).await, [Effect::Created; 4]);
        let customers = lab.account().records("customer");
        assert_eq!(customers.len(), 4);
        let mut names: Vec<&str> = customers
            .iter()
            .filter_map(|one| one.text("entityId"))
            .collect();
        names.sort_unstable();
        if numbered {
            assert!(
                names.iter().all(|name| name.starts_with("CUS")),
                "{names:?}"
            );
            continue;
        }
        assert!(names.contains(&"Ada Byron"), "{names:?}");
        let apart = names
            .iter()
            .filter(|name| name.starts_with("Ada Byron (") && name.ends_with(')'));
        assert_eq!(apart.count(), 3, "{names:?}");
        // They are who they are the next time.
        let again = [
            other(5, "73", "a3@example.com", "Oslo"),
            other(6, "71", "a1@example.com", "Austin"),
        ];
        assert_eq!(lab.effects(&again).await, [Effect::Created; 2]);
        assert_eq!(lab.account().records("customer").len(), 4);
    }
}

#[tokio::test]
async fn a_customer_who_was_made_inactive_is_not_doubled() {
    let lab = Lab::start(json!({})).await;
    lab.effects(&[of(&lab, 1, ada("1 Main St"))]).await;
    let id = lab.account().records("customer")[0].id;
    assert!(
        lab.account()
            .edit_customer(id, json!({"isInactive": true}).as_object().unwrap())
    );
    let result = lab.write(&[of(&lab, 2, ada("1 Main St"))]).await.remove(0);
    assert!(
        matches!(result, Err(Fault::Held { ref why }) if why.contains("inactive")),
        "{result:?}"
    );
    assert_eq!(lab.account().records("customer").len(), 1);
}

#[tokio::test]
async fn customers_are_kept_up_as_far_as_is_set() {
    for (update, phone, first) in [
        ("never", None, "Ada"),
        ("fill", Some("+1 512 555 0100"), "Ada"),
        ("always", Some("+1 512 555 0100"), "Augusta"),
    ] {
        let settings = json!({"orders": {"customer": {"subsidiary": 1, "update": update}}});
        let lab = Lab::start(settings).await;
        lab.effects(&[of(&lab, 1, ada("1 Main St"))]).await;
        let mut later = ada("1 Main St");
        (later["first"], later["phone"]) = (json!("Augusta"), json!("+1 512 555 0100"));
        lab.effects(&[of(&lab, 2, later)]).await;
        // What the shop does not tell any more stays.
        lab.effects(&[of(&lab, 3, json!({"customer": "77"}))]).await;
        let customer = lab
            .account()
            .by_external_id("customer", "shop-customer-77")
            .unwrap();
        assert_eq!(customer.text("phone"), phone, "{update}");
        assert_eq!(customer.text("firstName"), Some(first), "{update}");
        assert_eq!(customer.text("email"), Some("ada@example.com"), "{update}");
    }
}

#[tokio::test]
async fn nobody_at_the_till_is_the_default_customer() {
    let lab = Lab::start(json!({"orders": {"customer": {"subsidiary": 1}}})).await;
    lab.effects(&[of(&lab, 1, ada("1 Main St"))]).await;
    let id = lab.account().records("customer")[0].id;
    let result = lab.write(&[of(&lab, 2, json!({}))]).await.remove(0);
    assert!(matches!(result, Err(Fault::Held { .. })), "{result:?}");
    let settings =
        json!({"orders": {"customer": {"subsidiary": 1, "default": id, "addresses": "add"}}});
    let with_default = lab.reconnected(settings);
    let write = of(&lab, 2, json!({"street": "5 Till St"}));
    let attempts = with_default.sink.as_ref().unwrap().write(&[write]).await;
    attempts[0].result.as_ref().unwrap();
    let order = lab
        .account()
        .by_external_id("salesOrder", "shop-1002")
        .unwrap();
    assert_eq!(order.reference("entity"), Some(i64::try_from(id).unwrap()));
    assert_eq!(streets(&lab, "shop-customer-77"), ["1 Main St"]);
}
