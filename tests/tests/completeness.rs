//! What the cursor passes by comes all the same: the count of what the source has finds it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::time::Duration;

use causeway_scenarios::{Phase, World};

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
    world.finish().await;
}
