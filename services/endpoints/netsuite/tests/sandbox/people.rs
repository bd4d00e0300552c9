//! Customers and companies as records of their own, beside those that orders bring.

use super::*;
use crate::common::people::{company, customer};
use crate::customers::streets;

fn ada(streets: &[&str]) -> Value {
    json!({"id": "77", "email": "ada@example.com", "first": "Ada", "streets": streets})
}

fn order_of_ada(lab: &Lab, number: usize, street: &str) -> Write {
    let (sku, price) = &lab.skus[0];
    common::order::write(&json!({
        "id": (1000 + number).to_string(), "lines": [[sku, 1, price.to_string()]],
        "customer": "77", "email": "ada@example.com", "first": "Ada", "last": "Byron", "street": street,
    }))
}

fn by_key(lab: &Lab, key: &str) -> Arc<sandbox::netsuite::Record> {
    lab.account().by_external_id("customer", key).unwrap()
}

#[tokio::test]
async fn a_customer_is_made_once_whichever_way_they_come() {
    let lab = Lab::start(json!({})).await;
    let own = [customer(&ada(&["1 Main St", "2 Side St"]))];
    assert_eq!(lab.effects(&own).await, [Effect::Created]);
    assert_eq!(
        streets(&lab, "shop-customer-77"),
        ["1 Main St", "2 Side St"]
    );
    let order = [order_of_ada(&lab, 1, "1 Main St")];
    assert_eq!(lab.effects(&order).await, [Effect::Created]);
    assert_eq!(lab.account().records("customer").len(), 1);

    // The other way round, and with nothing new to tell.
    let other = Lab::start(json!({})).await;
    other.effects(&[order_of_ada(&other, 1, "1 Main St")]).await;
    other.account().meter().reset();
    let own = [customer(&ada(&["1 MAIN ST."]))];
    assert_eq!(other.effects(&own).await, [Effect::Unchanged]);
    assert_eq!(other.requests(), 2, "customers and their address books");
    assert_eq!(other.account().records("customer").len(), 1);
}

#[tokio::test]
async fn both_ways_at_once_make_one_customer() {
    for numbers_customers in [true, false] {
        let lab = Lab::with(json!({}), |options| {
            options.netsuite.settings.numbers_customers = numbers_customers;
        })
        .await;
        let order = [order_of_ada(&lab, 1, "1 Main St")];
        let own = [customer(&ada(&["2 Side St"]))];
        let (order, own_result) = tokio::join!(lab.effects(&order), lab.write(&own));
        assert_eq!(order, [Effect::Created]);
        assert_eq!(lab.account().records("customer").len(), 1);
        // Whoever came second compares again.
        if let Err(fault) = &own_result[0] {
            assert!(matches!(fault, Fault::Unavailable { .. }), "{fault:?}");
            assert_eq!(lab.effects(&own).await, [Effect::Updated]);
        }
        assert!(streets(&lab, "shop-customer-77").contains(&"2 Side St".to_owned()));
    }
}

#[tokio::test]
async fn many_take_one_query_and_one_request_each() {
    let lab = Lab::start(json!({})).await;
    let people: Vec<Write> = (0..30)
        .map(|n| {
            let email = format!("p{n}@example.com");
            customer(&json!({"id": n.to_string(), "email": email, "first": format!("P{n}")}))
        })
        .collect();
    assert_eq!(lab.effects(&people).await, vec![Effect::Created; 30]);
    assert_eq!(lab.requests(), 32, "the token among them");
    lab.account().meter().reset();
    assert_eq!(lab.effects(&people).await, vec![Effect::Unchanged; 30]);
    assert_eq!(lab.requests(), 1);
}

#[tokio::test]
async fn a_change_reaches_the_customer_and_nothing_is_emptied() {
    for (update, phone, first) in [
        ("never", None, "Ada"),
        ("fill", Some("+1 512 555 0100"), "Ada"),
        ("always", Some("+1 512 555 0100"), "Augusta"),
    ] {
        let lab = Lab::start(json!({"customers": {"update": update}})).await;
        lab.effects(&[customer(&ada(&[]))]).await;
        let id = by_key(&lab, "shop-customer-77").id.to_string();
        let later =
            json!({"id": "77", "first": "Augusta", "phone": "+1 512 555 0100", "bound": id});
        lab.effects(&[customer(&later)]).await;
        let gone = json!({"id": "77", "first": later["first"], "bound": id});
        assert_eq!(
            lab.effects(&[customer(&gone)]).await,
            [Effect::Unchanged],
            "{update}"
        );
        let found = by_key(&lab, "shop-customer-77");
        assert_eq!(found.text("phone"), phone, "{update}");
        assert_eq!(found.text("firstName"), Some(first), "{update}");
        assert_eq!(found.text("email"), Some("ada@example.com"), "{update}");
    }
}

#[tokio::test]
async fn who_is_bound_stays_the_same_under_another_name_and_address() {
    let lab = Lab::start(json!({})).await;
    // Somebody whom NetSuite knew before, without our external id.
    let known = json!({"isPerson": true, "firstName": "Ada", "lastName": "Byron", "email": "ada@example.com",
        "subsidiary": {"id": "1"}});
    let id = lab
        .account()
        .add_customer(known.as_object().unwrap())
        .unwrap();
    assert_eq!(
        lab.effects(&[customer(&ada(&[]))]).await,
        [Effect::Updated],
        "the external id is filled in"
    );
    assert_eq!(by_key(&lab, "shop-customer-77").id, id);
    let moved = json!({"id": "77", "first": "Augusta", "email": "king@example.com", "bound": id.to_string()});
    assert_eq!(lab.effects(&[customer(&moved)]).await, [Effect::Updated]);
    assert_eq!(lab.account().records("customer").len(), 1);
}

#[tokio::test]
async fn rules_count_when_a_customer_is_made_and_when_they_change() {
    let lab = Lab::start(json!({})).await;
    let with = |comments: &str, attention: &str| {
        let mut json = ada(&["1 Main St"]);
        json["set"] =
            json!({"header": {"comments": comments}, "lines": {"a0": {"attention": attention}}});
        customer(&json)
    };
    lab.effects(&[with("made", "Dock 3")]).await;
    let made = by_key(&lab, "shop-customer-77");
    assert_eq!(made.text("comments"), Some("made"));
    let book = format!("{:?}", made.sublists["addressBook"]);
    assert!(book.contains("Dock 3"), "{book}");
    assert_eq!(
        lab.effects(&[with("changed", "Dock 3")]).await,
        [Effect::Updated]
    );
    let changed = by_key(&lab, "shop-customer-77");
    assert_eq!(changed.text("comments"), Some("changed"));
    assert_eq!(streets(&lab, "shop-customer-77"), ["1 Main St"]);
}

#[tokio::test]
async fn a_company_comes_with_its_people_places_and_terms() {
    let lab =
        Lab::start(json!({"orders": {"terms": {"Net 30": 2}, "customer": {"subsidiary": 1}}}))
            .await;
    let acme = |people: &[&str], terms: &str| {
        company(
            &json!({"id": "88", "name": "Acme Inc", "people": people, "terms": terms,
            "sites": [["Harbour", "9 Dock St"], ["Office", "1 Main St"]]}),
        )
    };
    assert_eq!(
        lab.effects(&[acme(&["77", "78"], "Net 30")]).await,
        [Effect::Created]
    );
    let found = by_key(&lab, "shop-company-88");
    assert_eq!(found.text("companyName"), Some("Acme Inc"));
    assert_eq!(found.reference("terms"), Some(2));
    assert_eq!(streets(&lab, "shop-company-88"), ["9 Dock St", "1 Main St"]);
    assert_eq!(lab.account().records("contact").len(), 2);
    // One more colleague.
    assert_eq!(
        lab.effects(&[acme(&["77", "78", "79"], "Net 30")]).await,
        [Effect::Unchanged]
    );
    assert_eq!(lab.account().records("contact").len(), 3);
    assert_eq!(lab.account().records("customer").len(), 1);
    let held = lab.write(&[acme(&["77"], "Net 60")]).await.remove(0);
    assert!(
        matches!(held, Err(Fault::Held { ref why }) if why.contains("Net 60")),
        "{held:?}"
    );
}

#[tokio::test]
async fn an_uncertain_write_is_found_and_compared() {
    let lab = Lab::start(json!({})).await;
    let own = [customer(&ada(&["1 Main St"]))];
    let located = async |writes: &[Write]| {
        let sink = lab.connected.sink.as_ref().unwrap();
        sink.locate(writes).await.remove(0).unwrap()
    };
    assert_eq!(located(&own).await.map(|found| found.effect), None);
    let rule = Rule::always(Mishap::CutAfter)
        .method("POST")
        .target("/customer");
    lab.account().faults().set(vec![rule]);
    lab.write(&own).await[0].as_ref().unwrap_err();
    lab.account().faults().set(Vec::new());
    let found = located(&own).await.unwrap();
    assert_eq!(found.effect, Effect::Unfinished);
    let id = by_key(&lab, "shop-customer-77").id;
    assert_eq!(found.twin.id.as_str(), id.to_string());
    assert_eq!(lab.effects(&own).await, [Effect::Unchanged]);
    // A lost change of the address book is made good without doubling what landed.
    let more = [customer(&ada(&["1 Main St", "2 Side St"]))];
    for mishap in [Mishap::CutBefore, Mishap::CutAfter] {
        let rule = Rule::always(mishap).method("PATCH").target("/customer/");
        lab.account().faults().set(vec![rule]);
        lab.write(&more).await[0].as_ref().unwrap_err();
    }
    lab.account().faults().set(Vec::new());
    assert_eq!(lab.effects(&more).await, [Effect::Unchanged]);
    assert_eq!(
        streets(&lab, "shop-customer-77"),
        ["1 Main St", "2 Side St"]
    );
}
