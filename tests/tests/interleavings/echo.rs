//! What one side did comes back from the other as news, and makes none.

use std::time::Duration;

use causeway_scenarios::{Phase, World, order_key};
use rust_decimal::Decimal;
use sandbox::netsuite::Bill;
use sandbox::shopify::Giveback;

use crate::rest::{comes_to_rest, turn};
use crate::shelves::History;

/// Sells, gives back in the shop, in NetSuite and in both, and calls off on both sides, all before anybody has read anything of it.
fn everything_at_once(world: &World) {
    let (shop, netsuite) = (world.sandbox.shopify(), world.sandbox.netsuite());
    world.clock.pass(Duration::from_secs(90));
    let mut done = [0; 4];
    for (place, order) in shop.orders().iter().enumerate() {
        let booked = netsuite.by_external_id("salesOrder", &order_key(&order.id));
        let Some(booked) = booked.filter(|_| order.financial_status == "PAID") else {
            continue;
        };
        let little = Giveback {
            extra: 7,
            ..Giveback::default()
        };
        let happened = match place % 4 {
            0 => shop.refund(&order.id, &little),
            1 => {
                let bill = netsuite.bill(booked.id, Bill::CashSale).unwrap();
                let line = [(booked.lines[0].number, 1)];
                netsuite.credit(bill, Some(&line), "").is_some() && shop.refund(&order.id, &little)
            }
            2 => netsuite.call_off(booked.id),
            _ => netsuite.call_off(booked.id) && shop.cancel_order(&order.id),
        };
        done[place % 4] += usize::from(happened);
    }
    assert!(done.iter().all(|count| *count > 1), "{done:?}");
    shop.create_orders(3);
    netsuite.count_stock(20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_answering_each_other_come_to_rest() {
    let mut world = World::new(40, |_| {}).await;
    world.keep_refunds_apart();
    world.stock_may_differ = true;
    world.run(Phase::Orders, &[]).await;
    everything_at_once(&world);
    comes_to_rest(&mut world, &mut History::default()).await;
    for _ in 0..2 {
        assert_eq!(turn(&mut world, &mut History::default()).await, 0);
    }
    world.finish().await;
}

/// Places where the shop offers more than NetSuite has.
fn offered_in_vain(world: &World) -> Vec<String> {
    let netsuite = world.sandbox.netsuite();
    let places = &world.sandbox.catalogue().locations;
    let levels = world.sandbox.shopify().inventory().into_iter();
    let more = levels.filter(|level| {
        let place = places.iter().find(|place| place.name == level.location);
        let there = place.and_then(|place| netsuite.stock(&level.sku, place.netsuite_id));
        there.is_some_and(|there| {
            Decimal::from(level.available) > there.available().max(Decimal::ZERO)
        })
    });
    more.map(|level| format!("{level:?}")).collect()
}

/// An order takes its units from the shop's shelf, then from NetSuite's, and the level that follows from that comes back to the shop. Where the
/// shop took them from another place than NetSuite, it goes on offering less there until NetSuite's level there moves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_in_a_circle_comes_to_rest() {
    let mut world = World::new(6, |_| {}).await;
    world.keep_refunds_apart();
    world.stock_may_differ = true;
    for _ in 0..3 {
        world.clock.pass(Duration::from_secs(90));
        world.sandbox.shopify().create_orders(4);
        comes_to_rest(&mut world, &mut History::default()).await;
        assert_eq!(offered_in_vain(&world), [""; 0]);
        assert_eq!(turn(&mut world, &mut History::default()).await, 0);
    }
    world.finish().await;
}
