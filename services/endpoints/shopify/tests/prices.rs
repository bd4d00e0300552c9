//! Prices against a whole shop: variants, price lists, refusals and lost answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod common;

use std::collections::BTreeMap;

use commerce::{Price, Record};
use common::shop;
use ports::{Attempt, Connected, Effect, Fault, Severity, Write, Written};
use sandbox::shopify::PriceView;
use sandbox::{Rule, Sandbox};
use serde_json::{Value, json};

/// The shop's currency is the US dollar.
fn connect(shop: &Sandbox, prices: Value) -> Connected {
    common::connect(shop.shopify_url().as_str(), &json!({ "prices": prices }))
}

fn price(sku: &str, list: &str, amounts: Value) -> Write {
    let mut all = json!({"sku": sku, "list": list, "currency": "USD", "regular": null, "sale": null, "breaks": []});
    for (name, value) in amounts.as_object().unwrap() {
        all[name] = value.clone();
    }
    let price: Price = serde_json::from_value(all).unwrap();
    common::write(&format!("{sku}-{list}"), Record::Price(price), None, None)
}

async fn write(connected: &Connected, writes: &[Write]) -> Vec<Result<Written, Fault>> {
    let attempts: Vec<Attempt> = connected.sink.as_ref().unwrap().write(writes).await;
    assert_eq!(attempts.len(), writes.len());
    attempts.into_iter().map(|attempt| attempt.result).collect()
}

async fn effects(connected: &Connected, writes: &[Write]) -> Vec<Effect> {
    let results = write(connected, writes).await;
    results
        .into_iter()
        .map(|result| result.unwrap().effect)
        .collect()
}

async fn located(connected: &Connected, writes: &[Write]) -> Vec<bool> {
    let found = connected.sink.as_ref().unwrap().locate(writes).await;
    found
        .into_iter()
        .map(|one| one.unwrap().is_some())
        .collect()
}

fn view(price: &str, compare_at: Option<&str>, breaks: &[(i64, &str)]) -> PriceView {
    PriceView {
        price: price.to_owned(),
        compare_at: compare_at.map(str::to_owned),
        breaks: breaks
            .iter()
            .map(|(from, text)| (*from, (*text).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn skus(shop: &Sandbox) -> Vec<String> {
    shop.catalogue()
        .items
        .iter()
        .map(|item| item.sku.clone())
        .collect()
}

fn calls(shop: &Sandbox, name: &str) -> u64 {
    let counts = shop.shopify().meter().read().requests;
    let named = counts.iter().filter(|count| count.path.contains(name));
    named.flat_map(|count| count.statuses.values()).sum()
}

#[tokio::test]
async fn variants_get_their_prices_several_products_at_a_time() {
    let shop = shop(0).await;
    let connected = connect(&shop, json!({"variants": "retail"}));
    let skus = skus(&shop);
    let sale = json!({"regular": "20", "sale": "14.5", "breaks": [{"from": "10", "amount": "9"}]});
    let mut writes = vec![price(&skus[0], "retail", sale)];
    writes
        .extend((1..25).map(|n| price(&skus[n], "retail", json!({"regular": format!("{n}.99")}))));
    assert_eq!(located(&connected, &writes).await, vec![false; 25]);
    assert_eq!(
        effects(&connected, &writes).await,
        vec![Effect::Updated; 25]
    );
    assert_eq!(
        shop.shopify().price(&skus[0]).unwrap(),
        view("14.50", Some("20.00"), &[])
    );
    assert_eq!(
        shop.shopify().price(&skus[24]).unwrap(),
        view("24.99", None, &[])
    );
    assert_eq!(calls(&shop, "productVariantsBulkUpdate"), 3);

    // A repeat changes nothing, and asks once.
    assert_eq!(
        effects(&connected, &writes).await,
        vec![Effect::Unchanged; 25]
    );
    assert_eq!(calls(&shop, "productVariantsBulkUpdate"), 3);
    assert_eq!(located(&connected, &writes).await, vec![true; 25]);

    // The sale is over.
    let over = [price(&skus[0], "retail", json!({"regular": "20"}))];
    assert_eq!(effects(&connected, &over).await, [Effect::Updated]);
    assert_eq!(
        shop.shopify().price(&skus[0]).unwrap(),
        view("20.00", None, &[])
    );
}

#[tokio::test]
async fn a_compare_at_price_that_is_not_ours_stays() {
    let shop = shop(0).await;
    let sku = &skus(&shop)[0];
    let managed = connect(&shop, json!({"variants": "retail"}));
    let sale = [price(sku, "retail", json!({"regular": "20", "sale": "15"}))];
    effects(&managed, &sale).await;
    let leaving = connect(&shop, json!({"variants": "retail", "compare_at": false}));
    assert_eq!(effects(&leaving, &sale).await, [Effect::Unchanged]);
    let dearer = [price(sku, "retail", json!({"regular": "30"}))];
    assert_eq!(effects(&leaving, &dearer).await, [Effect::Updated]);
    assert_eq!(
        shop.shopify().price(sku).unwrap(),
        view("30.00", Some("20.00"), &[])
    );
}

#[tokio::test]
async fn one_that_cannot_be_set_does_not_hold_up_the_others() {
    let shop = shop(0).await;
    let connected = connect(&shop, json!({"variants": "retail"}));
    let skus = skus(&shop);
    shop.shopify().suspend(&skus[1]);
    let good = |sku: &str| price(sku, "retail", json!({"regular": "7.77"}));
    let writes = [
        good(&skus[0]),
        good(&skus[1]),
        good("NO-SUCH-THING"),
        price(&skus[2], "retail", json!({})),
        price(&skus[3], "retail", json!({"regular": "0"})),
        price(
            &skus[4],
            "retail",
            json!({"regular": "5", "currency": "EUR"}),
        ),
        price(&skus[5], "outlet", json!({"regular": "5"})),
        good(&skus[6]),
    ];
    let results = write(&connected, &writes).await;
    let told: Vec<String> = results
        .into_iter()
        .map(|result| {
            result.map_or_else(
                |fault| fault.to_string(),
                |done| format!("{:?}", done.effect),
            )
        })
        .collect();
    for (told, expected) in told.iter().zip([
        "Updated",
        "suspended",
        "item:NO-SUCH-THING",
        "has no price for",
        "prices.allow_zero",
        "is in EUR and the shop in USD",
        "'outlet' is neither",
        "Updated",
    ]) {
        assert!(told.contains(expected), "{told}: {expected}");
    }
    for untouched in &skus[2..6] {
        assert_ne!(shop.shopify().price(untouched).unwrap().price, "7.77");
    }
    let free = connect(&shop, json!({"variants": "retail", "allow_zero": true}));
    let gift = [price(&skus[3], "retail", json!({"regular": "0"}))];
    assert_eq!(effects(&free, &gift).await, [Effect::Updated]);
}

#[tokio::test]
async fn price_lists_get_fixed_prices_and_quantity_breaks() {
    let shop = shop(0).await;
    let euros = shop.shopify().add_price_list("Europe", "EUR").unwrap();
    let trade = shop.shopify().add_price_list("Trade", "EUR").unwrap();
    let tables = json!({"variants": "retail", "lists": {"europe": euros.to_string(), "trade": trade.to_string()}});
    let connected = connect(&shop, tables.clone());
    let skus = skus(&shop);
    let eur = |sku: &str, list: &str, mut amounts: Value| {
        amounts["currency"] = json!("EUR");
        price(sku, list, amounts)
    };
    let steps = json!([{"from": "10", "amount": "9.5"}, {"from": "100", "amount": "8"}]);
    let writes = [
        eur(&skus[0], "europe", json!({"regular": "12", "sale": "10"})),
        eur(&skus[0], "trade", json!({"regular": "11", "breaks": steps})),
        eur(&skus[1], "trade", json!({"regular": "6"})),
        // Nothing there, and nothing wanted.
        eur(&skus[2], "trade", json!({})),
        price(&skus[0], "retail", json!({"regular": "13"})),
        // A gift card is refused in a currency of its own.
        eur("GIFT-CARD", "europe", json!({"regular": "50"})),
        price(&skus[3], "europe", json!({"regular": "5"})),
    ];
    let mut results = write(&connected, &writes).await;
    let wrong = results.split_off(5);
    assert!(
        matches!(&wrong[0], Err(Fault::Refused { why }) if why.contains("gift card")),
        "{wrong:?}"
    );
    assert!(
        matches!(&wrong[1], Err(Fault::Held { why }) if why.contains("in USD")),
        "{wrong:?}"
    );
    let done: Vec<Effect> = results.into_iter().map(|one| one.unwrap().effect).collect();
    let (updated, unchanged) = (Effect::Updated, Effect::Unchanged);
    assert_eq!(done, [updated, updated, updated, unchanged, updated]);
    let fixed = |list, sku: &str| shop.shopify().fixed_price(list, sku);
    assert_eq!(
        fixed(euros, &skus[0]).unwrap(),
        view("10.00", Some("12.00"), &[])
    );
    let tiers = view("11.00", None, &[(10, "9.50"), (100, "8.00")]);
    assert_eq!(fixed(trade, &skus[0]).unwrap(), tiers);
    assert_eq!(fixed(trade, &skus[1]).unwrap(), view("6.00", None, &[]));
    assert_eq!(effects(&connected, &writes[..5]).await, vec![unchanged; 5]);

    // Other breaks replace them all; none takes them away.
    let fewer = json!([{"from": "50", "amount": "9"}]);
    let writes = [eur(
        &skus[0],
        "trade",
        json!({"regular": "11", "breaks": fewer}),
    )];
    assert_eq!(effects(&connected, &writes).await, [updated]);
    assert_eq!(
        fixed(trade, &skus[0]).unwrap(),
        view("11.00", None, &[(50, "9.00")])
    );
    let writes = [eur(&skus[0], "trade", json!({"regular": "11"}))];
    assert_eq!(effects(&connected, &writes).await, [updated]);
    assert_eq!(fixed(trade, &skus[0]).unwrap(), view("11.00", None, &[]));

    // A price that is no more is taken away only where that is wanted.
    let gone = [
        eur(&skus[0], "trade", json!({})),
        eur(&skus[1], "trade", json!({})),
    ];
    for result in write(&connected, &gone).await {
        assert!(
            matches!(&result, Err(Fault::Held { why }) if why.contains("remove_missing")),
            "{result:?}"
        );
    }
    let mut removing = tables;
    removing["remove_missing"] = json!(true);
    let removing = connect(&shop, removing);
    assert_eq!(effects(&removing, &gone).await, [updated, updated]);
    assert_eq!(
        (fixed(trade, &skus[0]), fixed(trade, &skus[1])),
        (None, None)
    );
    assert_eq!(effects(&removing, &gone).await, [unchanged, unchanged]);
}

#[tokio::test]
async fn a_price_list_that_is_not_there_is_named() {
    let shop = shop(0).await;
    let connected = connect(&shop, json!({"lists": {"trade": "4711"}}));
    let writes = [price(&skus(&shop)[0], "trade", json!({"regular": "5"}))];
    let [result] = <[_; 1]>::try_from(write(&connected, &writes).await).unwrap();
    let fault = result.unwrap_err();
    assert!(fault.to_string().contains("no price list 4711"), "{fault}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_a_repeat_is_harmless() {
    let shop = shop(0).await;
    let list = shop.shopify().add_price_list("Trade", "USD").unwrap();
    let connected = connect(
        &shop,
        json!({"variants": "retail", "lists": {"trade": list.to_string()}}),
    );
    let skus = skus(&shop);
    for (fault, landed) in [
        (sandbox::Fault::FailAfter, true),
        (sandbox::Fault::CutBefore, false),
    ] {
        let amount = if landed { "3.33" } else { "4.44" };
        let writes = [
            price(&skus[0], "retail", json!({"regular": amount})),
            price(&skus[1], "retail", json!({"regular": amount})),
            price(&skus[0], "trade", json!({"regular": amount})),
        ];
        let rules = ["productVariantsBulkUpdate", "priceListFixedPricesAdd"]
            .map(|target| Rule::on(fault, [1]).target(target));
        shop.shopify().faults().set(rules.to_vec());
        for result in write(&connected, &writes).await {
            assert!(
                matches!(result, Err(Fault::Uncertain { .. })),
                "{fault:?}: {result:?}"
            );
        }
        assert_eq!(
            located(&connected, &writes).await,
            vec![landed; 3],
            "{fault:?}"
        );
        let expected = if landed {
            Effect::Unchanged
        } else {
            Effect::Updated
        };
        assert_eq!(effects(&connected, &writes).await, vec![expected; 3]);
        assert_eq!(shop.shopify().price(&skus[0]).unwrap().price, amount);
        assert_eq!(
            shop.shopify().fixed_price(list, &skus[0]).unwrap().price,
            amount
        );
    }
}

#[tokio::test]
async fn the_right_to_write_prices_is_looked_for() {
    let shop = shop(0).await;
    for (settings, expected) in [
        (json!({}), None),
        (json!({"variants": "retail"}), Some(Severity::Good)),
    ] {
        let health = connect(&shop, settings).probe.probe().await.unwrap();
        let mut findings = health.findings.into_iter();
        let right = findings.find(|one| one.detail.contains("to write prices"));
        assert_eq!(right.map(|one| one.severity), expected);
    }
}
