//! Whatever dies, fails or comes twice: the shop asks what NetSuite's price levels say, and nothing is written that it asks already.

use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, mishaps};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::Rule;
use sandbox::netsuite::Price;
use serde_json::json;

/// A world with a retail list for the variants, with sales, and a trade list in another currency, with prices of quantities.
async fn priced(platform: &Platform, rules: &[Rule]) -> (World, u64) {
    let mut world = World::troubled(platform, 0, rules).await;
    let shop = world.sandbox.shopify();
    let trade = shop.add_price_list("Trade", "EUR").unwrap();
    world.setting(
        "netsuite",
        "prices",
        json!({"lists": {
            "retail": {"level": 1, "currency": "USD", "sale_level": 7},
            "trade": {"level": 5, "currency": "EUR"},
        }}),
    );
    let lists = json!({"variants": "retail", "lists": {"trade": trade.to_string()}, "remove_missing": true});
    world.setting("shop", "prices", lists);
    (world, trade)
}

fn cents(cents: usize) -> Decimal {
    Decimal::new(i64::try_from(cents).unwrap(), 2)
}

/// Changes many prices, each item in another way. Nothing in NetSuite tells that its item changed.
fn change_prices(world: &World, round: usize) {
    let set = |sku: &str, level, currency, quantity, amount| {
        let price = Price {
            level,
            currency,
            quantity,
            amount,
        };
        assert!(world.sandbox.netsuite().set_price(sku, price));
    };
    for (number, item) in world.sandbox.catalogue().items.iter().enumerate() {
        let amount = cents(1000 + 10 * number + round);
        match number % 4 {
            0 => set(&item.sku, 1, "USD", 1, Some(amount)),
            1 => {
                set(&item.sku, 1, "USD", 1, Some(amount));
                set(&item.sku, 7, "USD", 1, Some(amount - Decimal::ONE));
            }
            2 => {
                set(&item.sku, 5, "EUR", 1, Some(amount));
                set(&item.sku, 5, "EUR", 10, Some(amount - Decimal::ONE));
            }
            // Only now and then on the list.
            _ => set(
                &item.sku,
                5,
                "EUR",
                1,
                round.is_multiple_of(2).then_some(amount),
            ),
        }
    }
}

/// What differs between what was set and what the shop asks.
fn differences(world: &World, trade: u64, round: usize) -> Vec<String> {
    let shop = world.sandbox.shopify();
    let mut differences = Vec::new();
    for (number, item) in world.sandbox.catalogue().items.iter().enumerate() {
        let amount = cents(1000 + 10 * number + round);
        let less = (amount - Decimal::ONE).to_string();
        let own = shop.price(&item.sku).unwrap();
        let fixed = shop.fixed_price(trade, &item.sku);
        let fine = match number % 4 {
            0 => own.price == amount.to_string() && own.compare_at.is_none(),
            1 => own.price == less && own.compare_at == Some(amount.to_string()),
            2 => fixed.as_ref().is_some_and(|fixed| {
                fixed.price == amount.to_string() && fixed.breaks == [(10, less)].into()
            }),
            _ => {
                let expected = round.is_multiple_of(2).then(|| amount.to_string());
                fixed.as_ref().map(|fixed| fixed.price.clone()) == expected
            }
        };
        if !fine {
            differences.push(format!("{} ({number}): {own:?} {fixed:?}", item.sku));
        }
    }
    differences
}

async fn prices_arrive(platform: &Platform, rules: &[Rule], plans: &[(Cut, usize)]) {
    let (mut world, trade) = priced(platform, rules).await;
    for round in 0..3 {
        change_prices(&world, round);
        // Time for all prices to be read again.
        world.clock.pass(Duration::from_secs(7 * 3600));
        world.run(Phase::Prices, plans).await;
        world.clock.pass(Duration::from_secs(7 * 3600));
        world.run(Phase::Prices, &[]).await;
        assert_eq!(differences(&world, trade, round), [""; 0], "round {round}");
    }
    for row in world.records(Phase::Prices).await {
        let done = matches!(row.status, Status::Synced | Status::Unchanged);
        assert!(done, "{} {:?}: {:?}", row.number, row.status, row.reason);
    }
    world.assert_repeat_writes_nothing(&[Phase::Prices]).await;
    world.sandbox.shopify().faults().set(Vec::new());
    world.clock.pass(Duration::from_secs(3600));
    assert_eq!(world.inspect(Phase::Prices).await, []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_reach_the_shop_and_its_lists() {
    prices_arrive(&Platform::Embedded, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    prices_arrive(&platform, &[], &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_die_and_both_sides_misbehave() {
    prices_arrive(
        &Platform::Embedded,
        &mishaps(),
        &[(Cut::AfterSend, 1), (Cut::AfterClaim, 1)],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_that_comes_back_to_what_it_was_is_written_again() {
    let (mut world, _) = priced(&Platform::Embedded, &[]).await;
    let sku = world.sandbox.catalogue().items[0].sku.clone();
    for amount in ["5.00", "6.00", "5.00"] {
        let price = Price {
            level: 1,
            currency: "USD",
            quantity: 1,
            amount: amount.parse().ok(),
        };
        assert!(world.sandbox.netsuite().set_price(&sku, price));
        for _ in 0..2 {
            world.clock.pass(Duration::from_secs(7 * 3600));
            world.run(Phase::Prices, &[]).await;
        }
        assert_eq!(world.sandbox.shopify().price(&sku).unwrap().price, amount);
    }
    world.finish().await;
}
