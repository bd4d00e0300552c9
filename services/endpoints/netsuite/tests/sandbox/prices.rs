//! Do prices come out as the item's form has them, and only when they changed or are due to be read again?

use sandbox::netsuite::Price;

use super::*;

fn settings(lists: Value) -> Value {
    json!({"prices": {"lists": lists, "reread": "6h"}})
}

/// Regular price, sale price and breaks by id, as text.
fn told(events: &[Event]) -> BTreeMap<String, String> {
    let show = |event: &Event| {
        let Record::Price(price) = &event.record else {
            panic!("no price");
        };
        let text = |amount: Option<Decimal>| amount.map_or("-".into(), |one| one.to_string());
        let steps = price.breaks.iter();
        let steps: Vec<String> = steps.map(|s| format!("{}:{}", s.from, s.amount)).collect();
        let (regular, sale) = (text(price.regular), text(price.sale));
        let all = [&regular, &sale, price.currency.code(), &steps.join(",")].map(str::to_owned);
        (event.external_id.to_string(), all.join(" "))
    };
    events.iter().map(show).collect()
}

fn set(lab: &Lab, sku: &str, level: u64, currency: &str, quantity: u32, amount: &str) {
    let amount = amount.parse().ok();
    let price = Price {
        level,
        currency,
        quantity,
        amount,
    };
    assert!(lab.account().set_price(sku, price));
}

#[tokio::test]
async fn prices_come_out_page_by_page_list_by_list() {
    let lists = json!({"retail": {"level": 1, "currency": "USD"}});
    let lab = Lab::with(settings(lists), |options| options.items = 1200).await;
    let (events, _, pages) = lab.read(Kind::Price, Cursor::default()).await;
    let catalogue = sandbox::Catalogue::new(1, 1200);
    let expected: BTreeMap<String, String> = catalogue
        .items
        .iter()
        .map(|item| {
            let price = item.price.normalize();
            (
                format!("{}-retail", item.netsuite_id),
                format!("{price} - USD "),
            )
        })
        .collect();
    let mut told = told(&events);
    // Charges may be sold as well, and have no price here.
    told.retain(|_, text| text != "- - USD ");
    assert_eq!(told, expected);
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn a_change_that_marks_nothing_is_found_when_all_prices_are_read_again() {
    let lists = json!({
        "retail": {"level": 1, "currency": "USD", "sale_level": 7},
        "wholesale": {"level": 5, "currency": "EUR"},
    });
    let (lab, clock, seconds) = Lab::at("2026-03-02T10:00:00Z", settings(lists), |_| {}).await;
    let (sku, price) = lab.skus[0].clone();
    let pass = |hours: i64| {
        clock.advance(hours * 3600);
        seconds.fetch_add(hours * 3600, Ordering::SeqCst);
    };
    let (first, next, _) = lab.read(Kind::Price, Cursor::default()).await;
    let before = told(&first);
    pass(1);
    let (_, next, _) = lab.read(Kind::Price, next).await;
    pass(1);
    set(&lab, &sku, 7, "USD", 1, "1.5");
    set(&lab, &sku, 5, "EUR", 1, "1.25");
    set(&lab, &sku, 5, "EUR", 100, "1.125");
    // Nothing marks the item.
    let (none, next, _) = lab.read(Kind::Price, next).await;
    assert_eq!(told(&none), BTreeMap::new());
    pass(5);
    let (_, next, _) = lab.read(Kind::Price, next).await;
    let (all, next, _) = lab.read(Kind::Price, next).await;
    let mut after = told(&all);
    assert_eq!(after.len(), before.len());
    after.retain(|id, text| before.get(id) != Some(text));
    let price = price.normalize();
    let expected = [
        ("1001-retail", format!("{price} 1.5 USD ")),
        ("1001-wholesale", "1.25 - EUR 100:1.125".to_owned()),
    ];
    assert_eq!(
        after,
        expected.map(|(id, text)| (id.to_owned(), text)).into()
    );
    // What stayed the same is the very same event.
    let ids = |events: &[Event]| -> BTreeSet<String> {
        events.iter().map(|event| event.id.to_string()).collect()
    };
    assert_eq!(ids(&first).difference(&ids(&all)).count(), 2);
    pass(1);
    let (none, _, _) = lab.read(Kind::Price, next).await;
    assert_eq!(told(&none), BTreeMap::new());
}

#[tokio::test]
async fn one_price_is_read_by_its_id() {
    let lists = json!({"wholesale": {"level": 5, "currency": "EUR"}});
    let lab = Lab::start(settings(lists)).await;
    let source = lab.connected.source.as_ref().unwrap();
    let one = async |id: &str| {
        let id = commerce::ExternalId::new(id).unwrap();
        source.one(Kind::Price, &id).await.unwrap()
    };
    set(&lab, &lab.skus[0].0, 5, "EUR", 1, "3.20");
    let event = one("1001-wholesale").await.unwrap();
    assert_eq!(told(&[event])["1001-wholesale"], "3.2 - EUR ");
    for unknown in ["1001-retail", "99-wholesale", "wholesale"] {
        assert!(one(unknown).await.is_none(), "{unknown}");
    }
}

#[tokio::test]
async fn without_a_list_the_setting_is_named() {
    let lab = Lab::start(json!({})).await;
    let source = lab.connected.source.as_ref().unwrap();
    let fault = source
        .page(Kind::Price, &Cursor::default())
        .await
        .unwrap_err();
    assert!(fault.to_string().contains("prices.lists"), "{fault}");
}
