//! Do items come out as products, children with their parents, and every change of either?

use super::*;

use commerce::Product;

const FIELDS: [&str; 7] = [
    "custitem_web",
    "custitem_html",
    "custitem_tags",
    "custitem_category",
    "custitem_image",
    "custitem_colour",
    "custitem_size",
];

fn settings() -> Value {
    json!({"products": {
        "item_flag": "custitem_web",
        "description": "custitem_html",
        "tags": "custitem_tags",
        "categories": "custitem_category",
        "images": ["custitem_image"],
        "options": [{"field": "custitem_colour", "name": "Colour"}, {"field": "custitem_size", "name": "Size"}],
        "first_price": {"currency": "USD", "currency_id": 1},
    }})
}

fn products(events: &[Event]) -> BTreeMap<String, Product> {
    let product = |event: &Event| match &event.record {
        Record::Product(product) => (event.external_id.to_string(), (**product).clone()),
        _ => panic!("no product"),
    };
    events.iter().map(product).collect()
}

fn price(amount: &str) -> Value {
    json!({"items": [{"currencyPage": {"id": "1"}, "priceLevel": {"id": "1"}, "quantity": 1, "price": amount.parse::<f64>().unwrap()}]})
}

impl Lab {
    async fn with_products(settings: Value) -> (Self, Arc<common::StillClock>, Arc<AtomicI64>) {
        Self::at("2026-03-02T10:00:00Z", settings, |options| {
            let fields = &mut options.netsuite.custom_fields;
            fields.extend(FIELDS.map(str::to_owned));
        })
        .await
    }

    fn add(&self, fields: Value) -> u64 {
        let fields = fields.as_object().unwrap();
        self.account().add_item("inventoryItem", fields).unwrap()
    }

    /// A matrix item with two children.
    fn add_tee(&self) -> (u64, [u64; 2]) {
        let parent = self.add(json!({"itemId": "TEE", "displayName": "Linen tee", "matrixType": "PARENT", "custitem_web": true,
            "custitem_category": {"id": "3", "refName": "Clothes"}, "custitem_image": "https://x.example/tee.jpg"}));
        let child = |sku: &str, colour: (&str, &str), size: (&str, &str)| {
            self.add(json!({"itemId": sku, "displayName": sku, "matrixType": "CHILD", "parent": {"id": parent.to_string()},
                "upcCode": format!("{sku}-upc"), "weight": 250, "weightUnit": "4", "price": price("19.90"),
                "custitem_colour": {"id": colour.0, "refName": colour.1}, "custitem_size": {"id": size.0, "refName": size.1}}))
        };
        let children = [
            child("TEE-R-S", ("1", "Red"), ("11", "S")),
            child("TEE-B-M", ("2", "Blue"), ("12", "M")),
        ];
        (parent, children)
    }

    async fn told(&self, after: Cursor) -> (BTreeMap<String, Product>, Cursor) {
        let (events, next, _) = self.read(Kind::Product, after).await;
        (products(&events), next)
    }
}

#[tokio::test]
async fn every_item_that_is_sold_is_a_product() {
    let (lab, _, _) = Lab::with_products(json!({})).await;
    let (told, _) = lab.told(Cursor::default()).await;
    let catalogue = sandbox::Catalogue::new(1, 40);
    assert_eq!(told.len(), catalogue.items.len());
    for item in &catalogue.items {
        let product = &told[&item.netsuite_id.to_string()];
        assert_eq!(product.title.as_ref(), Some(&item.title));
        assert_eq!(product.number, item.sku);
        let variant = &product.variants[0];
        assert_eq!(variant.barcode.as_ref(), Some(&item.barcode));
        assert_eq!(variant.weight.unwrap().value, Decimal::from(item.grams));
        assert_eq!(variant.first_price, None, "no price level is named");
    }
}

#[tokio::test]
async fn many_products_come_page_by_page_without_a_gap() {
    let lab = Lab::with(json!({}), |options| options.items = 400).await;
    let (events, _, pages) = lab.read(Kind::Product, Cursor::default()).await;
    let ids: BTreeSet<&str> = events
        .iter()
        .map(|event| event.external_id.as_str())
        .collect();
    assert_eq!((events.len(), ids.len(), pages), (450, 450, 5));
}

#[tokio::test]
async fn a_matrix_item_comes_with_its_children_whichever_of_them_changes() {
    let (lab, clock, seconds) = Lab::with_products(settings()).await;
    let wait = || {
        clock.advance(3600);
        seconds.fetch_add(3600, Ordering::SeqCst);
    };
    let (none, next) = lab.told(Cursor::default()).await;
    assert!(none.is_empty(), "none is ticked: {none:?}");
    wait();
    let (parent, children) = lab.add_tee();
    let (told, next) = lab.told(next).await;
    assert_eq!(told.len(), 1);
    let tee = &told[&parent.to_string()];
    assert_eq!(tee.options, ["Colour", "Size"]);
    assert_eq!(tee.categories, ["Clothes"]);
    assert_eq!(tee.images[0].url, "https://x.example/tee.jpg");
    let values: Vec<_> = tee
        .variants
        .iter()
        .map(|one| one.values.join("/"))
        .collect();
    assert_eq!(values, ["Red/S", "Blue/M"]);
    assert_eq!(
        tee.variants[0].first_price.unwrap().to_string(),
        "19.90 USD"
    );
    assert_eq!(tee.description, None);

    // A child alone changes: the whole product comes.
    wait();
    let account = lab.account();
    let edit = |sku: &str, changes: Value| {
        assert!(account.edit_item(sku, changes.as_object().unwrap()));
    };
    edit("TEE-B-M", json!({"isInactive": true}));
    let (told, next) = lab.told(next).await;
    let tee = &told[&parent.to_string()];
    assert_eq!(tee.variants.len(), 1);
    assert_eq!(tee.withdrawn[0].as_str(), "TEE-B-M");
    wait();
    edit("TEE", json!({"custitem_web": false}));
    let (told, _) = lab.told(next).await;
    assert!(!told[&parent.to_string()].offered);

    // By its id it is the same; a child has none of its own.
    let source = lab.connected.source.as_ref().unwrap();
    let id = |number: u64| commerce::ExternalId::new(number.to_string()).unwrap();
    let one = source.one(Kind::Product, &id(parent)).await.unwrap();
    assert_eq!(products(&[one.unwrap()]), told);
    assert_eq!(
        source.one(Kind::Product, &id(children[0])).await.unwrap(),
        None
    );
    let window = Window {
        from: "2026-03-02T10:30:00Z".parse().unwrap(),
        to: "2026-03-02T11:30:00Z".parse().unwrap(),
    };
    let ids = source.ids(Kind::Product, window).await.unwrap();
    assert_eq!(ids, [id(parent)]);
}

#[tokio::test]
async fn an_item_that_makes_no_sense_is_shown_and_the_others_go_on() {
    let (lab, _, _) = Lab::with_products(settings()).await;
    lab.add(json!({"itemId": "BAD", "displayName": "Bad", "custitem_web": true, "custitem_image": "4711"}));
    lab.add(json!({"itemId": "GOOD", "displayName": "Good", "custitem_web": true}));
    let source = lab.connected.source.as_ref().unwrap();
    let page = source
        .page(Kind::Product, &Cursor::default())
        .await
        .unwrap();
    assert_eq!(page.events.len(), 1);
    let [unreadable] = page.unreadable.as_slice() else {
        panic!("{:?}", page.unreadable);
    };
    assert!(
        unreadable.why.contains("custitem_image holds '4711'"),
        "{}",
        unreadable.why
    );
}
