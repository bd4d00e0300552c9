//! What the cursor passes by comes all the same: the count of what the source has finds it.

use std::time::Duration;

use causeway_scenarios::{Phase, World};
use ports::ledger::Difference;
use sandbox::shopify::StockView;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_no_page_told_of_is_found_and_brought() {
    let mut world = World::new(20, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.sandbox.shopify().create_orders(5);
    world.clock.pass(Duration::from_secs(3600));
    // However it comes about: nobody will read what changed before now.
    world.pass_by(Phase::Orders).await;
    world.run(Phase::Orders, &[]).await;
    assert_eq!(world.order_differences().await, [""; 0]);
    let missed = world.found_missing().await;
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert!(missed[0].contains("5 missing"), "{missed:?}");
    assert_eq!(world.read_as_missing(Phase::Orders).await, 5);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_target_lost_and_what_nobody_wrote_is_told() {
    let mut world = World::new(20, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.write_unseen(Phase::Orders, "4242").await;
    world.sandbox.shopify().create_orders(5);
    world.clock.pass(Duration::from_secs(3600));
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(3600));
    let unseen = ("4242".to_owned(), Difference::Extra);
    assert_eq!(
        world.inspect(Phase::Orders).await,
        std::slice::from_ref(&unseen)
    );
    assert!(world.alerts().await.is_empty());

    let netsuite = world.sandbox.netsuite();
    let gone = &netsuite.records("salesOrder")[3];
    assert!(netsuite.delete(gone.id));
    let key = gone.external_id.as_deref().unwrap();
    let lost = key.rsplit_once('-').unwrap().1.to_owned();
    world.clock.pass(Duration::from_secs(3600));
    let found = world.inspect(Phase::Orders).await;
    assert_eq!(found, [(lost.clone(), Difference::Missing), unseen]);
    let alerts = world.alerts().await;
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].contains(&lost), "{alerts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_changed_in_the_shop_is_told_with_both_values() {
    let mut world = World::new(12, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.work_in_the_warehouse();
    world.run(Phase::Shipments, &[]).await;
    world.run(Phase::Stock, &[]).await;
    world.clock.pass(Duration::from_secs(3600));
    for phase in [Phase::Shipments, Phase::Stock] {
        assert_eq!(world.inspect(phase).await, [], "{phase:?}");
    }

    let shop = world.sandbox.shopify();
    let shipments = shop.fulfilments();
    assert!(shop.cancel_fulfilment(&shipments[2].id));
    let level = shop
        .inventory()
        .into_iter()
        .find(|level| level.available > 3);
    let level = level.unwrap();
    assert!(shop.set_stock(&level.sku, &level.location, level.available - 3));
    world.clock.pass(Duration::from_secs(3600));
    let gone = world.inspect(Phase::Shipments).await;
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert_eq!(gone[0].1, Difference::Missing);
    let other = world.inspect(Phase::Stock).await;
    let (here, there) = (level.available, level.available - 3);
    let what = format!("{here} units here, {there} there");
    assert_eq!(other.len(), 1, "{other:?}");
    assert_eq!(other[0].1, Difference::Content { what });
    let alerts = world.alerts().await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert!(alerts[0].contains(&gone[0].0), "{alerts:?}");

    // What there is of an article is NetSuite's to say: the level is written again.
    world.run(Phase::Stock, &[]).await;
    let shown = world.sandbox.shopify().inventory();
    let same = |one: &&StockView| (&one.sku, &one.location) == (&level.sku, &level.location);
    assert_eq!(shown.iter().find(same).unwrap().available, here);
    world.clock.pass(Duration::from_secs(3600));
    assert_eq!(world.inspect(Phase::Stock).await, []);
}
