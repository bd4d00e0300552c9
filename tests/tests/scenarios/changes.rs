//! What happens to an order in the shop after its import happens to its sales order: once, to the cent, whatever dies or fails on the way.

use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World, writes};
use ports::Status;
use sandbox::netsuite::Shift;
use sandbox::shopify::Edit;
use sandbox::{Fault, Rule};

/// Edits and cancels many orders, each in its own way. Returns how many.
fn edit_the_shop(world: &World) -> usize {
    world.clock.pass(Duration::from_secs(90));
    let shop = world.sandbox.shopify();
    let sku = |place: usize| world.sandbox.catalogue().items[place].sku.clone();
    let mut edited = 0;
    for (number, order) in shop.orders().iter().enumerate() {
        if order.cancelled || order.test {
            continue;
        }
        let edits = match number % 8 {
            0 => vec![Edit::Quantity { line: 0, units: 7 }],
            1 => vec![Edit::Add {
                sku: sku(number % 20),
                units: 2,
            }],
            2 => vec![Edit::Shipping { cents: 1234 }],
            3 => vec![Edit::Address {
                street: "2 Side Street".to_owned(),
                city: "Springfield".to_owned(),
                zip: "12345".to_owned(),
            }],
            4 => vec![Edit::Quantity { line: 0, units: 0 }],
            5 => vec![
                Edit::Quantity { line: 0, units: 5 },
                Edit::Add {
                    sku: sku(number % 20),
                    units: 1,
                },
                Edit::Quantity { line: 0, units: 1 },
            ],
            6 => {
                edited += usize::from(shop.cancel_order(&order.id));
                continue;
            }
            _ => continue,
        };
        let done = edits.iter().filter(|edit| shop.edit_order(&order.id, edit));
        edited += usize::from(done.count() > 0);
    }
    edited
}

async fn carried_over(mut world: World, plans: &[(Cut, usize)]) {
    world.run(Phase::Orders, &[]).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    let edited = edit_the_shop(&world);
    assert!(edited >= 20, "{edited}");
    world.run(Phase::Orders, plans).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    let orders = world.sandbox.netsuite().records("salesOrder");
    let moved = |address: Option<&_>| format!("{address:?}").contains("2 Side Street");
    let closed = orders.iter().filter(|order| order.status == "H").count();
    let moved = orders
        .iter()
        .filter(|order| moved(order.get("shippingAddress")))
        .count();
    assert!(closed >= 4 && moved >= 4, "{closed} closed, {moved} moved");
    world.assert_repeat_writes_nothing(&[Phase::Orders]).await;
    // What is shipped then is what was ordered in the end.
    world.work_in_the_warehouse();
    world.run(Phase::Shipments, &[]).await;
    world.run(Phase::Stock, &[]).await;
    assert_eq!(world.differences().await, [""; 0]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_and_cancellations_reach_netsuite() {
    carried_over(World::new(60, |_| {}).await, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let world = World::on(&platform, 60, |_| {}).await;
    carried_over(world, &[(Cut::AfterSend, 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_survive_deaths_and_lost_answers() {
    let world = World::new(60, |options| {
        options.netsuite.faults = vec![
            Rule::at_rate(Fault::CutAfter, 0.2).method("PATCH"),
            Rule::at_rate(Fault::FailAfter, 0.2).method("PATCH"),
            Rule::at_rate(Fault::CutBefore, 0.1).method("PATCH"),
        ];
    })
    .await;
    let plans = [(Cut::AfterSend, 1), (Cut::BeforeSend, 1)];
    carried_over(world, &plans).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_shipped_is_held_with_the_choices() {
    let mut world = World::new(40, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    let netsuite = world.sandbox.netsuite();
    netsuite.ship_pending(Shift {
        partial: 0,
        ..Shift::default()
    });
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Shipments, &[]).await;
    world.run(Phase::Orders, &[]).await;
    let before = writes(&world.sandbox);
    world.clock.pass(Duration::from_secs(90));
    let shop = world.sandbox.shopify();
    let mut asked = 0;
    for (number, order) in shop.orders().iter().enumerate() {
        let shipped = order.fulfillment_status == "FULFILLED" && !order.cancelled && !order.test;
        if shipped && number % 3 == 0 {
            asked += usize::from(shop.cancel_order(&order.id));
        } else if shipped && number % 3 == 1 {
            asked += usize::from(shop.refund_line(&order.id, 0, 1));
        }
    }
    world.run(Phase::Orders, &[]).await;
    assert_eq!(writes(&world.sandbox), before);
    let rows = world.records(Phase::Orders).await;
    let held: Vec<_> = rows
        .iter()
        .filter(|row| row.status == Status::Held)
        .collect();
    assert!(asked >= 10 && held.len() == asked, "{asked}: {held:#?}");
    for row in held {
        let reason = row.reason.as_deref().unwrap_or_default();
        assert!(
            reason.contains("Nothing was written. Choices: "),
            "{reason}"
        );
    }
    world.finish().await;
}
