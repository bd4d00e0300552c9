use commerce::{Currency, Image, Money, Sku, Variant, Weight, WeightUnit};
use serde_json::json;

use super::*;

fn variant(sku: &str, values: &[&str]) -> Variant {
    Variant {
        sku: Sku::new(sku).unwrap(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        barcode: None,
        weight: None,
        first_price: None,
    }
}

fn product(options: &[&str], variants: Vec<Variant>) -> Product {
    Product {
        number: "TEE".to_owned(),
        offered: true,
        title: None,
        description: None,
        vendor: None,
        product_type: None,
        handle: None,
        tags: Vec::new(),
        categories: Vec::new(),
        images: Vec::new(),
        options: options.iter().map(|name| (*name).to_owned()).collect(),
        variants,
        withdrawn: Vec::new(),
    }
}

fn shop_variant(id: &str, sku: &str, values: &[(&str, &str)]) -> Value {
    let values: Vec<Value> = values
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({ "id": id, "sku": sku, "barcode": null, "price": "12.00", "selectedOptions": values,
        "inventoryItem": { "measurement": { "weight": { "unit": "KILOGRAMS", "value": 0.25 } } } })
}

/// The shop's product, as we left it; `other` in place of what it says.
fn shop(options: &[&str], variants: &[Value], other: Value) -> wire::Product {
    let options: Vec<Value> = options.iter().map(|name| json!({ "name": name })).collect();
    let mut all = json!({
        "id": "gid://shopify/Product/1", "legacyResourceId": "1", "title": "Tee", "descriptionHtml": "<p>soft</p>",
        "handle": "tee", "vendor": "Mill", "productType": "Shirts", "status": "ACTIVE", "tags": [], "options": options,
        "key": { "value": "netsuite-product-1" }, "state": { "value": "{\"published\":false}" },
        "variants": { "nodes": variants, "pageInfo": { "hasNextPage": false, "endCursor": null } }, "media": { "nodes": [] },
    });
    for (name, value) in other.as_object().unwrap() {
        all[name] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn alone(sku: &str) -> Value {
    shop_variant("v1", sku, &[("Title", "Default Title")])
}

fn planned(product: &Product, shop: Option<&wire::Product>) -> Plan {
    plan(product, "netsuite-product-1", shop, &Products::default()).unwrap()
}

fn held(product: &Product, shop: Option<&wire::Product>) -> String {
    match plan(product, "k", shop, &Products::default()) {
        Err(Fault::Held { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_product_without_a_price_is_a_draft_whatever_is_wished() {
    let active = Products {
        new_products: NewProducts::Active,
        ..Products::default()
    };
    let mut own = product(&[], vec![variant("TEE", &[])]);
    let made = plan(&own, "k", None, &active).unwrap();
    assert_eq!(made.input["status"], "DRAFT");
    assert_eq!(made.input["title"], "TEE", "its number for want of a title");
    assert_eq!(made.input["metafields"][0]["value"], "k");
    assert_eq!(
        made.input["productOptions"],
        json!([{ "name": "Title", "values": [{ "name": "Default Title" }] }])
    );
    own.variants[0].first_price = Some(Money {
        amount: "9.90".parse().unwrap(),
        currency: Currency::USD,
    });
    let made = plan(&own, "k", None, &active).unwrap();
    assert_eq!(made.input["status"], "ACTIVE");
    assert_eq!(made.input["variants"][0]["price"], "9.90");
    assert_eq!(made.input["variants"][0]["inventoryItem"]["tracked"], true);
}

#[test]
fn what_is_not_given_is_not_touched() {
    let own = product(&[], vec![variant("TEE", &[])]);
    let there = shop(
        &["Title"],
        &[alone("TEE")],
        json!({ "tags": ["theirs"], "media": { "nodes": [{ "id": "m1" }] } }),
    );
    assert!(planned(&own, Some(&there)).is_done());
}

#[test]
fn only_what_differs_is_set() {
    let mut own = product(&[], vec![variant("TEE", &[])]);
    own.title = Some("Linen tee".to_owned());
    own.description = Some(" <p>soft</p> ".to_owned());
    own.handle = Some("linen-tee".to_owned());
    let there = shop(&["Title"], &[alone("TEE")], json!({}));
    let plan = planned(&own, Some(&there));
    let fields: Vec<&String> = plan.input.keys().collect();
    assert_eq!(fields, ["title", "handle", "redirectNewHandle"]);
    // A weight is the same however it is written.
    own.title = None;
    own.handle = None;
    own.variants[0].weight = Some(Weight {
        value: "0.2500".parse().unwrap(),
        unit: WeightUnit::Kilogram,
    });
    assert!(planned(&own, Some(&there)).is_done());
    own.variants[0].barcode = Some("123".to_owned());
    let plan = planned(&own, Some(&there));
    assert_eq!(plan.input["variants"][0]["id"], "v1");
    assert_eq!(plan.input["variants"][0]["barcode"], "123");
    assert!(plan.input["variants"][0].get("price").is_none());
}

#[test]
fn tags_of_others_stay_and_ours_come_and_go() {
    let mut own = product(&[], vec![variant("TEE", &[])]);
    own.tags = vec!["linen".to_owned(), "new".to_owned()];
    let there = json!({ "tags": ["Linen", "old", "theirs"], "state": { "value": "{\"tags\":[\"linen\",\"old\"]}" } });
    let plan = planned(&own, Some(&shop(&["Title"], &[alone("TEE")], there)));
    assert_eq!(plan.input["tags"], json!(["linen", "new", "theirs"]));
    assert_eq!(plan.state.tags, own.tags);
    assert!(plan.remember);
}

#[test]
fn variants_come_and_go_and_those_of_others_stay() {
    let size = |size: &'static str| [("Size", size)];
    let there = shop(
        &["Size"],
        &[
            shop_variant("v1", "TEE-S", &size("S")),
            shop_variant("v2", "TEE-M", &size("M")),
            shop_variant("v3", "THEIRS", &size("XXL")),
        ],
        json!({}),
    );
    let mut own = product(
        &["size"],
        vec![variant("TEE-S", &["S"]), variant("TEE-L", &["L"])],
    );
    own.withdrawn = vec![Sku::new("TEE-M").unwrap()];
    let plan = planned(&own, Some(&there));
    let list = plan.input["variants"].as_array().unwrap();
    let ids: Vec<_> = list.iter().map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, [Some("v1"), Some("v3"), None]);
    assert_eq!(list[2]["sku"], "TEE-L");
    assert_eq!(list[2]["price"], "12.00", "never for nothing");
    assert_eq!(list[2]["optionValues"][0]["optionName"], "Size");
    let stay = Products {
        withdrawn_variants: WithdrawnVariants::Leave,
        ..Products::default()
    };
    let plan = super::plan(&own, "netsuite-product-1", Some(&there), &stay).unwrap();
    assert_eq!(plan.input["variants"].as_array().unwrap().len(), 4);
}

#[test]
fn what_clashes_is_held_with_its_names() {
    let two = |one: &'static str, other: &'static str| [("Colour", one), ("Size", other)];
    let there = shop(
        &["Colour", "Size"],
        &[
            shop_variant("v1", "TEE-R-S", &two("Red", "S")),
            shop_variant("v2", "OTHER", &two("Red", "M")),
        ],
        json!({}),
    );
    for (own, shop, words) in [
        (
            product(
                &["A", "B", "C", "D"],
                vec![variant("T", &["1", "2", "3", "4"])],
            ),
            None,
            "it has 4 options",
        ),
        (
            product(&["Size"], vec![variant("A", &["S"]), variant("B", &["s"])]),
            None,
            "A and B are both s",
        ),
        (
            product(&["Size"], vec![variant("TEE-R-S", &["S"])]),
            Some(&there),
            "its options are Size, but the shop's product has Colour, Size",
        ),
        (
            product(&[], vec![variant("TEE-R-S", &[])]),
            Some(&there),
            "its options are none, but",
        ),
        (
            product(
                &["Colour", "Size"],
                vec![
                    variant("TEE-R-S", &["Red", "S"]),
                    variant("NEW", &["Red", "M"]),
                ],
            ),
            Some(&there),
            "OTHER and NEW are both Red / M",
        ),
    ] {
        let why = held(&own, shop);
        assert!(why.contains(words), "{why}");
    }
    let many = (0..2049).map(|place| variant(&format!("T{place}"), &[&place.to_string()]));
    let why = held(&product(&["No"], many.collect()), None);
    assert!(why.contains("2049 variants, Shopify takes 2048"), "{why}");
}

#[test]
fn an_article_that_gets_sisters_gets_options() {
    let own = product(
        &["Size"],
        vec![variant("TEE", &["S"]), variant("TEE-M", &["M"])],
    );
    let plan = planned(&own, Some(&shop(&["Title"], &[alone("TEE")], json!({}))));
    assert_eq!(plan.input["variants"][0]["id"], "v1");
    assert_eq!(plan.input["productOptions"][0]["name"], "Size");
}

#[test]
fn pictures_are_fetched_once_and_those_of_others_stay() {
    let image = |name: &str| Image {
        url: format!("https://x.example/{name}.jpg"),
        alt: None,
    };
    let mut own = product(&[], vec![variant("TEE", &[])]);
    own.images = vec![image("a"), image("b")];
    let made = planned(&own, None);
    assert_eq!(made.input["files"].as_array().unwrap().len(), 2);
    let mut state = made.state;
    remember(&mut state, &["m1".to_owned(), "m2".to_owned()]);
    let there = |state: &State| {
        let media = ["m1", "m2", "theirs"].map(|id| json!({ "id": id }));
        let other =
            json!({ "state": { "value": json!(state).to_string() }, "media": { "nodes": media } });
        shop(&["Title"], &[alone("TEE")], other)
    };
    assert!(planned(&own, Some(&there(&state))).is_done());
    own.images = vec![image("c"), image("b")];
    let plan = planned(&own, Some(&there(&state)));
    assert_eq!(
        plan.input["files"],
        json!([{ "originalSource": "https://x.example/c.jpg", "contentType": "IMAGE" }, { "id": "m2" }, { "id": "theirs" }])
    );
    // A product made by hand keeps its own pictures until ours change.
    let by_hand = json!({ "key": null, "state": null, "media": { "nodes": [{ "id": "theirs" }] } });
    let plan = planned(&own, Some(&shop(&["Title"], &[alone("TEE")], by_hand)));
    assert!(plan.input.is_empty() && plan.adopt && plan.remember);
    assert_eq!(plan.state.images.len(), 2);
}

#[test]
fn what_is_not_offered_is_taken_out_once_and_comes_back_as_it_was() {
    let mut own = product(&[], Vec::new());
    own.offered = false;
    let there = shop(&["Title"], &[alone("TEE")], json!({}));
    for (withdrawn, status) in [
        (Withdrawn::Draft, Some("DRAFT")),
        (Withdrawn::Archive, Some("ARCHIVED")),
        (Withdrawn::Leave, None),
    ] {
        let settings = Products {
            withdrawn,
            ..Products::default()
        };
        let plan = plan(&own, "k", Some(&there), &settings).unwrap();
        let set = plan.input.get("status").and_then(Value::as_str);
        assert_eq!(set, status);
        assert_eq!(plan.is_done(), status.is_none());
    }
    let out = planned(&own, Some(&there));
    let state = |state: &State| json!({ "status": "DRAFT", "state": { "value": json!(state).to_string() } });
    let drafted = shop(&["Title"], &[alone("TEE")], state(&out.state));
    assert!(planned(&own, Some(&drafted)).is_done());
    let back = product(&[], vec![variant("TEE", &[])]);
    assert_eq!(planned(&back, Some(&drafted)).input["status"], "ACTIVE");
    // What a person made a draft stays one.
    let by_hand = shop(&["Title"], &[alone("TEE")], state(&State::default()));
    assert!(planned(&back, Some(&by_hand)).input.is_empty());
}

#[test]
fn collections_and_channels_are_set_once() {
    let mut own = product(&[], vec![variant("TEE", &[])]);
    own.categories = vec!["Shoes".to_owned(), "Unknown".to_owned()];
    let settings = Products {
        publish_to: vec!["Online Store".to_owned()],
        collections: [("Shoes".to_owned(), "7".to_owned())].into(),
        ..Products::default()
    };
    let planned = |state: Value| {
        let other = json!({ "state": { "value": state.to_string() } });
        plan(
            &own,
            "netsuite-product-1",
            Some(&shop(&["Title"], &[alone("TEE")], other)),
            &settings,
        )
        .unwrap()
    };
    let first = planned(json!({ "collections": ["8"] }));
    assert!(first.publish);
    assert_eq!(
        (first.join, first.leave),
        (vec!["7".to_owned()], vec!["8".to_owned()])
    );
    assert!(planned(json!(first.state)).is_done());
}

#[test]
fn rules_set_texts_and_nothing_else() {
    let own = product(&[], vec![variant("TEE", &[])]);
    let set = |name: &str, value: Value| assigned(&own, &[(name.to_owned(), value)].into());
    let with = set("vendor", "Mill".into()).unwrap();
    assert_eq!(with.vendor.as_deref(), Some("Mill"));
    let with = set("tags", "a, b".into()).unwrap();
    assert_eq!(with.tags, ["a", "b"]);
    for (name, value) in [("variants", json!([])), ("title", json!(7))] {
        assert!(matches!(set(name, value), Err(Fault::Held { .. })));
    }
}

#[test]
fn articles_in_several_products_are_nobodys() {
    let own = product(&["Size"], vec![variant("A", &["S"]), variant("B", &["M"])]);
    let found = |pairs: &[(&str, &str)]| {
        let mut found = Found::new();
        for (sku, id) in pairs {
            let id = format!("gid://shopify/Product/{id}");
            found.entry((*sku).to_owned()).or_default().insert(id);
        }
        found
    };
    assert_eq!(twin_of(&own, &found(&[])).unwrap(), None);
    let one = twin_of(&own, &found(&[("A", "1"), ("B", "1"), ("C", "2")]));
    assert_eq!(one.unwrap().as_deref(), Some("gid://shopify/Product/1"));
    let several = twin_of(&own, &found(&[("A", "1"), ("B", "2")]));
    assert!(
        matches!(&several, Err(Fault::Held { why }) if why.contains("A in product 1; B in product 2")),
        "{several:?}"
    );
}
