//! Products into a whole shop: made once, changed where they differ, and never at the cost of what the shop's people did.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use commerce::{Currency, Image, Money, Product, Record, Sku, Variant, Weight, WeightUnit};
use common::shop;
use ports::{Connected, Effect, Fault, Twin, Write, Written};
use sandbox::shopify::{ProductEdit, ProductView};
use sandbox::{Fault as Mishap, Rule, Sandbox};
use serde_json::{Value, json};

fn connect(shop: &Sandbox, products: Value) -> Connected {
    common::connect(
        shop.shopify_url().as_str(),
        &json!({ "products": products }),
    )
}

fn variant(sku: &str, values: &[&str]) -> Variant {
    Variant {
        sku: Sku::new(sku).unwrap(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        barcode: Some("2000000000008".to_owned()),
        weight: Some(Weight {
            value: "0.25".parse().unwrap(),
            unit: WeightUnit::Kilogram,
        }),
        first_price: Some(Money {
            amount: "19.90".parse().unwrap(),
            currency: Currency::USD,
        }),
    }
}

fn image(name: &str) -> Image {
    Image {
        url: format!("https://images.example.com/{name}.jpg"),
        alt: None,
    }
}

fn tee() -> Product {
    Product {
        number: "TEE".to_owned(),
        offered: true,
        title: Some("Linen tee".to_owned()),
        description: Some("<p>Cool</p>".to_owned()),
        vendor: Some("Mill".to_owned()),
        product_type: Some("Shirts".to_owned()),
        handle: None,
        tags: vec!["linen".to_owned()],
        categories: vec!["Clothes".to_owned()],
        images: vec![image("front"), image("back")],
        options: vec!["Colour".to_owned(), "Size".to_owned()],
        variants: vec![
            variant("TEE-R-S", &["Red", "S"]),
            variant("TEE-R-M", &["Red", "M"]),
        ],
        withdrawn: Vec::new(),
    }
}

fn one(sku: &str) -> Product {
    Product {
        number: sku.to_owned(),
        title: None,
        description: None,
        vendor: None,
        product_type: None,
        tags: Vec::new(),
        categories: Vec::new(),
        images: Vec::new(),
        options: Vec::new(),
        variants: vec![Variant {
            barcode: None,
            weight: None,
            ..variant(sku, &[])
        }],
        ..tee()
    }
}

fn write(id: &str, product: &Product, bound: Option<Twin>) -> Write {
    common::write(id, Record::Product(Box::new(product.clone())), bound, None)
}

async fn send(connected: &Connected, write: &Write) -> Result<Written, Fault> {
    let sink = connected.sink.as_ref().unwrap();
    let mut attempts = sink.write(std::slice::from_ref(write)).await;
    attempts.remove(0).result
}

fn all_of(shop: &Sandbox, sku: &str) -> Vec<ProductView> {
    let has = |product: &ProductView| product.variants.iter().any(|one| one.sku == sku);
    let mut all = shop.shopify().products();
    all.retain(has);
    all
}

fn shown(shop: &Sandbox, sku: &str) -> ProductView {
    let mut all = all_of(shop, sku);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn settings() -> Value {
    json!({ "new_products": "active", "publish_to": ["Online Store"], "collections": { "Clothes": "510000000001", "Sale": "510000000002" } })
}

#[tokio::test]
async fn a_product_is_made_with_all_that_belongs_to_it() {
    let shop = shop(0).await;
    let connected = connect(&shop, settings());
    let written = send(&connected, &write("1", &tee(), None)).await.unwrap();
    assert_eq!(written.effect, Effect::Created);
    let made = shown(&shop, "TEE-R-S");
    assert!(made.id.ends_with(written.twin.id.as_str()));
    assert_eq!(made.title, "Linen tee");
    assert_eq!(made.description, "<p>Cool</p>");
    assert_eq!(
        (made.status.as_str(), made.handle.as_str()),
        ("ACTIVE", "linen-tee")
    );
    assert_eq!(made.options, ["Colour", "Size"]);
    assert_eq!(made.channels, ["Online Store"]);
    assert_eq!(made.collections, ["Home"]);
    assert_eq!(made.pictures.len(), 2);
    let [small, medium] = made.variants.as_slice() else {
        panic!("{made:?}");
    };
    assert_eq!(small.values, ["Red", "S"]);
    assert_eq!(medium.sku, "TEE-R-M");
    assert_eq!(small.weight, "0.25 KILOGRAMS");
    assert!(small.price.starts_with("19.9"), "{}", small.price);

    // The same again changes nothing, and asks the shop to fetch nothing.
    let again = send(&connected, &write("1", &tee(), Some(written.twin))).await;
    assert_eq!(again.unwrap().effect, Effect::Unchanged);
    assert_eq!(shop.shopify().fetched_pictures().len(), 2);
}

#[tokio::test]
async fn what_changes_is_changed_and_what_people_did_stays() {
    let shop = shop(0).await;
    let connected = connect(&shop, settings());
    let twin = send(&connected, &write("1", &tee(), None))
        .await
        .unwrap()
        .twin;
    let id = shown(&shop, "TEE-R-S").id;
    let clerk = shop.shopify();
    for edit in [
        ProductEdit::Tag("staff pick".to_owned()),
        ProductEdit::Picture("https://studio.example.com/side.jpg".to_owned()),
        ProductEdit::Description("<p>Written in the shop</p>".to_owned()),
        ProductEdit::Unpublish,
    ] {
        assert!(clerk.edit_product(&id, edit));
    }
    let mut next = tee();
    next.title = Some("Linen tee 2".to_owned());
    next.description = None;
    next.tags = vec!["cool".to_owned()];
    next.categories = vec!["Sale".to_owned()];
    next.images = vec![image("new"), image("back")];
    next.variants.remove(1);
    next.variants.push(variant("TEE-B-S", &["Blue", "S"]));
    next.withdrawn = vec![Sku::new("TEE-R-M").unwrap()];
    let prices_before = shown(&shop, "TEE-R-S").variants[0].price.clone();
    next.variants[0].first_price = Some(Money {
        amount: "99.00".parse().unwrap(),
        currency: Currency::USD,
    });
    let written = send(&connected, &write("1", &next, Some(twin.clone()))).await;
    let written = written.unwrap();
    assert_eq!(
        (written.effect, &written.twin.id),
        (Effect::Updated, &twin.id)
    );
    let now = shown(&shop, "TEE-R-S");
    assert_eq!(now.title, "Linen tee 2");
    assert_eq!(now.description, "<p>Written in the shop</p>");
    assert_eq!(now.tags, ["cool", "staff pick"]);
    assert_eq!(now.collections, ["Sale"]);
    assert!(now.channels.is_empty(), "taken out by hand");
    let names: Vec<&str> = now
        .pictures
        .iter()
        .map(|url| url.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["new.jpg", "back.jpg", "side.jpg"]);
    let fetched = shop.shopify().fetched_pictures();
    let back = fetched.iter().filter(|url| url.ends_with("back.jpg"));
    assert_eq!(back.count(), 1, "{fetched:?}");
    let skus: Vec<&str> = now.variants.iter().map(|one| one.sku.as_str()).collect();
    assert_eq!(skus, ["TEE-R-S", "TEE-B-S"]);
    assert_eq!(now.variants[0].price, prices_before, "prices are not ours");
    let again = send(&connected, &write("1", &next, Some(twin))).await;
    assert_eq!(again.unwrap().effect, Effect::Unchanged);
}

#[tokio::test]
async fn a_product_that_is_there_is_found_by_its_sku_and_made_ours() {
    let shop = shop(0).await;
    let connected = connect(&shop, json!({}));
    let item = shop.catalogue().items[0].clone();
    let before = shown(&shop, &item.sku);
    let mut own = one(&item.sku);
    own.title = Some("Better title".to_owned());
    let written = send(&connected, &write("1", &own, None)).await.unwrap();
    assert_eq!(written.effect, Effect::Updated);
    let now = shown(&shop, &item.sku);
    assert_eq!(now.id, before.id);
    assert_eq!(
        (now.title.as_str(), &now.status),
        ("Better title", &before.status)
    );
    assert_eq!(now.variants[0].price, before.variants[0].price);
    assert_eq!(now.variants[0].weight, before.variants[0].weight);
    // It is ours now: another product with the same article is held.
    let other = send(&connected, &write("2", &own, None)).await;
    assert!(
        matches!(&other, Err(Fault::Held { why }) if why.contains("netsuite-product-1")),
        "{other:?}"
    );
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_makes_one_product() {
    for mishap in [Mishap::CutAfter, Mishap::FailAfter] {
        let shop = shop(0).await;
        let connected = connect(&shop, settings());
        // The search learns of new products late.
        let mut slow = shop.shopify().settings();
        slow.index_lag_ms = 3_600_000;
        shop.shopify().set_settings(slow);
        let write = write("1", &tee(), None);
        let rule = Rule::always(mishap).target("#productSet");
        shop.shopify().faults().set(vec![rule]);
        let lost = send(&connected, &write).await.unwrap_err();
        assert!(matches!(lost, Fault::Uncertain { .. }), "{lost}");
        shop.shopify().faults().set(Vec::new());
        let sink = connected.sink.as_ref().unwrap();
        let located = sink.locate(std::slice::from_ref(&write)).await.remove(0);
        assert_eq!(
            located.unwrap(),
            None,
            "channels and collections are missing"
        );
        let written = send(&connected, &write).await.unwrap();
        let made = shown(&shop, "TEE-R-S");
        assert!(made.id.ends_with(written.twin.id.as_str()));
        assert_eq!(made.variants.len(), 2);
        assert_eq!(made.channels, ["Online Store"]);
        assert_eq!(made.collections, ["Home"]);
        let located = sink.locate(std::slice::from_ref(&write)).await.remove(0);
        let located = located.unwrap().unwrap();
        assert_eq!(
            (located.effect, &located.twin.id),
            (Effect::AlreadyThere, &written.twin.id)
        );
    }
}

#[tokio::test]
async fn a_change_of_pictures_whose_answer_is_lost_puts_none_in_twice() {
    let side = "https://studio.example.com/side.jpg";
    // The productSet arrives or does not; the shop's own picture stays, the old one goes, the new one comes once.
    for mishap in [Mishap::CutAfter, Mishap::FailAfter, Mishap::FailBefore] {
        let shop = shop(0).await;
        let connected = connect(&shop, settings());
        let made = send(&connected, &write("1", &tee(), None)).await.unwrap();
        let id = shown(&shop, "TEE-R-S").id;
        let picture = ProductEdit::Picture(side.to_owned());
        assert!(shop.shopify().edit_product(&id, picture));
        let mut next = tee();
        next.images = vec![image("new"), image("back")];
        let change = write("1", &next, Some(made.twin));
        let rule = Rule::always(mishap).target("#productSet");
        shop.shopify().faults().set(vec![rule]);
        send(&connected, &change).await.unwrap_err();
        shop.shopify().faults().set(Vec::new());
        send(&connected, &change).await.unwrap();
        let now = shown(&shop, "TEE-R-S");
        let names = now
            .pictures
            .iter()
            .map(|url| url.rsplit('/').next().unwrap());
        assert!(
            names.eq(["new.jpg", "back.jpg", "side.jpg"]),
            "{:?}",
            now.pictures
        );
        let again = send(&connected, &change).await.unwrap();
        assert_eq!(again.effect, Effect::Unchanged);
    }
}

#[tokio::test]
async fn what_is_not_offered_any_more_is_taken_out_and_comes_back() {
    for (setting, status) in [
        ("draft", "DRAFT"),
        ("archive", "ARCHIVED"),
        ("leave", "ACTIVE"),
    ] {
        let shop = shop(0).await;
        let mut all = settings();
        all["withdrawn"] = setting.into();
        let connected = connect(&shop, all);
        let twin = send(&connected, &write("1", &tee(), None))
            .await
            .unwrap()
            .twin;
        let gone = Product {
            offered: false,
            variants: Vec::new(),
            ..tee()
        };
        for effect in [
            if setting == "leave" {
                Effect::Unchanged
            } else {
                Effect::Updated
            },
            Effect::Unchanged,
        ] {
            let written = send(&connected, &write("1", &gone, Some(twin.clone()))).await;
            assert_eq!(written.unwrap().effect, effect);
            assert_eq!(shown(&shop, "TEE-R-S").status, status);
        }
        let back = send(&connected, &write("1", &tee(), Some(twin))).await;
        back.unwrap();
        assert_eq!(shown(&shop, "TEE-R-S").status, "ACTIVE");
    }
}

#[tokio::test]
async fn what_the_shop_does_not_take_is_said_and_the_others_go_on() {
    let shop = shop(0).await;
    let connected = connect(&shop, json!({ "publish_to": ["Online Sotre"] }));
    let fault = send(&connected, &write("1", &tee(), None))
        .await
        .unwrap_err();
    assert!(
        matches!(&fault, Fault::Held { why } if why.contains("Online Sotre") && why.contains("Online Store, Point of Sale")),
        "{fault}"
    );
    let connected = connect(&shop, json!({}));
    let mut taken = one("MUG");
    taken.handle = Some(shop.shopify().products()[0].handle.clone());
    let writes = [write("2", &taken, None), write("3", &one("JUG"), None)];
    let sink = connected.sink.as_ref().unwrap();
    let results: Vec<_> = sink
        .write(&writes)
        .await
        .into_iter()
        .map(|one| one.result)
        .collect();
    assert!(
        matches!(&results[0], Err(Fault::Held { why }) if why.contains("Handle already in use")),
        "{:?}",
        results[0]
    );
    assert_eq!(results[1].as_ref().unwrap().effect, Effect::Created);
    assert!(all_of(&shop, "MUG").is_empty());
    assert_eq!(shown(&shop, "JUG").status, "DRAFT");
}

#[tokio::test]
async fn a_batch_takes_few_requests_besides_one_for_each_product_that_changes() {
    let shop = shop(0).await;
    let connected = connect(&shop, settings());
    let number = |place: usize| format!("{place}");
    let of = |place: usize, title: &str| Product {
        title: Some(format!("{title} {place}")),
        ..one(&format!("NEW-{place}"))
    };
    let sink = connected.sink.as_ref().unwrap();
    let writes: Vec<Write> = (0..10)
        .map(|place| write(&number(place), &of(place, "Thing"), None))
        .collect();
    let mut twins = Vec::new();
    for attempt in sink.write(&writes).await {
        twins.push(attempt.result.unwrap().twin);
    }
    let asked = || -> u64 {
        let counts = shop.shopify().meter().read().requests;
        counts.iter().flat_map(|one| one.statuses.values()).sum()
    };
    let before = asked();
    let again: Vec<Write> = (0..10)
        .map(|place| {
            let title = if place == 3 { "Changed" } else { "Thing" };
            write(
                &number(place),
                &of(place, title),
                Some(twins[place].clone()),
            )
        })
        .collect();
    let effects: Vec<Effect> = sink
        .write(&again)
        .await
        .into_iter()
        .map(|attempt| attempt.result.unwrap().effect)
        .collect();
    assert_eq!(
        effects
            .iter()
            .filter(|effect| **effect == Effect::Updated)
            .count(),
        1
    );
    assert_eq!(asked() - before, 2, "one look, one productSet");
}
