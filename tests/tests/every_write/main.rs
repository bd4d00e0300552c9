//! Every write of every sync, cut at every place: whenever the process dies and whichever answer is lost, each change has one effect on the
//! other side, and nothing is left to do.
//!
//! A write is a row: a world, something that happens in it, and what has to be the same on both sides afterwards. It happens again for every
//! step of a process, for every request that is about to be sent to the target, and for every request whose answer is lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod amazon;
mod goods;
mod money;
mod orders;
mod payouts;
mod people;
mod shipping;
mod woocommerce;

use std::time::Duration;

use causeway_scenarios::{Cut, Phase, Platform, World};
use sandbox::{Fault, Meter, Rule};

/// Every step of a process; each time there are at least two records to write.
const STEPS: [(Cut, usize); 9] = [
    (Cut::MidPublish, 1),
    (Cut::BeforeAdvance, 1),
    (Cut::AfterAdvance, 1),
    (Cut::AfterClaim, 1),
    (Cut::BeforeSend, 1),
    (Cut::AfterSend, 1),
    (Cut::AfterRecord, 1),
    (Cut::MidSettle, 2),
    (Cut::RecordFails, 1),
];

/// More requests than any of these writes makes.
const MANY: usize = 60;

/// One kind of write.
struct Row {
    phase: Phase,
    /// Until the source tells of a change.
    told_after: Duration,
    /// Lets at least two things happen that make a write each, other ones each time. Told the how-manieth time it is.
    change: fn(&World, usize),
    /// What is not the same on both sides after it. Told what `change` was told last.
    differences: fn(&World, usize) -> Vec<String>,
}

impl Row {
    const fn new(
        phase: Phase,
        change: fn(&World, usize),
        differences: fn(&World, usize) -> Vec<String>,
    ) -> Self {
        Self {
            phase,
            told_after: Duration::from_secs(90),
            change,
            differences,
        }
    }

    /// Cuts the write everywhere.
    async fn bears_everything(&self, mut world: World) {
        let mut round = 0;
        for step in STEPS {
            round += 1;
            self.happen(&world, round);
            assert!(world.survives(self.phase, step).await, "{step:?}");
            self.check(&mut world, round, &format!("{step:?}")).await;
        }
        for request in 1..=MANY {
            assert!(request < MANY, "no end of requests");
            round += 1;
            self.happen(&world, round);
            let cut = (Cut::BeforeRequest, request);
            let came_true = world.survives(self.phase, cut).await;
            self.check(&mut world, round, &format!("{cut:?}")).await;
            if !came_true {
                break;
            }
        }
        for request in 1..=MANY {
            assert!(request < MANY, "no end of requests");
            round += 1;
            self.happen(&world, round);
            let before = answers_lost(self.target(&world).1);
            let lost = Rule::on(Fault::CutAfter, [u64::try_from(request).unwrap()]);
            self.target(&world).0.set(vec![lost]);
            world.run(self.phase, &[]).await;
            self.target(&world).0.set(Vec::new());
            let came_true = answers_lost(self.target(&world).1) > before;
            self.check(&mut world, round, &format!("answer {request} lost"))
                .await;
            if !came_true {
                break;
            }
        }
        let phases = [self.phase];
        world.assert_repeat_writes_nothing(&phases).await;
        world.finish().await;
    }

    /// Cuts the write once, and then loses its first answer.
    async fn bears(&self, mut world: World, step: (Cut, usize)) {
        self.happen(&world, 1);
        assert!(world.survives(self.phase, step).await, "{step:?}");
        self.check(&mut world, 1, &format!("{step:?}")).await;
        self.happen(&world, 2);
        let lost = Rule::on(Fault::CutAfter, [1]);
        self.target(&world).0.set(vec![lost]);
        world.run(self.phase, &[]).await;
        self.target(&world).0.set(Vec::new());
        self.check(&mut world, 2, "answer 1 lost").await;
        world.finish().await;
    }

    fn happen(&self, world: &World, round: usize) {
        (self.change)(world, round);
        world.clock.pass(self.told_after);
    }

    async fn check(&self, world: &mut World, round: usize, when: &str) {
        if self.told_after > Duration::from_secs(3600) {
            // Read from time to time only: what came after the reader went by is told the next time.
            world.clock.pass(self.told_after);
            world.run(self.phase, &[]).await;
        }
        assert_eq!((self.differences)(world, round), [""; 0], "{when}");
        world.assert_settled(&[self.phase]).await;
    }

    fn target<'a>(&self, world: &'a World) -> (&'a sandbox::Faults, &'a Meter) {
        let (shop, netsuite) = (world.sandbox.shopify(), world.sandbox.netsuite());
        match self.phase {
            Phase::Orders
            | Phase::Refunds
            | Phase::Deliveries
            | Phase::Customers
            | Phase::Companies
            | Phase::Payouts => (netsuite.faults(), netsuite.meter()),
            Phase::ShippingOrders => {
                let shipper = world.sandbox.shipstation();
                (shipper.faults(), shipper.meter())
            }
            _ if world.sells_by_woocommerce() => {
                let site = world.sandbox.woocommerce();
                (site.faults(), site.meter())
            }
            _ if world.sells_by_amazon() => {
                let seller = world.sandbox.amazon();
                (seller.faults(), seller.meter())
            }
            _ => (shop.faults(), shop.meter()),
        }
    }
}

fn answers_lost(meter: &Meter) -> u64 {
    let all = meter.read().requests;
    all.iter().filter_map(|one| one.statuses.get("cut")).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_with_its_deposits() {
    let (row, world) = orders::an_order_with_its_deposits(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_an_order() {
    let (row, world) = orders::a_change_of_an_order(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_netsuite_calls_off() {
    let (row, world) = orders::what_netsuite_calls_off(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipment() {
    let (row, world) = goods::a_shipment(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_level() {
    let (row, world) = goods::a_stock_level(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price() {
    let (row, world) = goods::a_price(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product() {
    let (row, world) = goods::a_product(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_of_the_shop() {
    let (row, world) = money::a_refund_of_the_shop(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_credit_of_netsuite() {
    let (row, world) = money::a_credit_of_netsuite(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_to_be_sent() {
    let (row, world) = shipping::an_order_to_be_sent(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery() {
    let (row, world) = shipping::a_delivery(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer() {
    let (row, world) = people::a_customer(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company() {
    let (row, world) = people::a_company(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payout() {
    let (row, world) = payouts::a_payout(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipment_by_a_note() {
    let (row, world) = woocommerce::a_shipment_by_a_note(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipment_by_the_plugins() {
    let (row, world) = woocommerce::a_shipment_by_the_plugins(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipment_by_a_fulfilment() {
    let (row, world) = woocommerce::a_shipment_by_a_fulfilment(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_level_of_the_site() {
    let (row, world) = woocommerce::a_level_of_the_site(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_of_the_site() {
    let (row, world) = woocommerce::a_price_of_the_site(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_of_the_site() {
    let (row, world) = woocommerce::a_product_of_the_site(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_of_the_site() {
    let (row, world) = woocommerce::a_refund_of_the_site(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_of_the_site() {
    let (row, world) = woocommerce::a_cancellation_of_the_site(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_level_of_the_seller() {
    let (row, world) = amazon::a_level_of_the_seller(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shipment_of_the_seller() {
    let (row, world) = amazon::a_shipment_of_the_seller(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_level_by_a_feed() {
    // A feed is asked for its end again and again: everything would take minutes.
    let (row, world) = amazon::a_level_by_a_feed(&Platform::Embedded).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_of_the_seller() {
    let (row, world) = amazon::a_price_of_the_seller(&Platform::Embedded).await;
    row.bears_everything(world).await;
}

/// Every kind of write on servers: each is cut at another step, and its first answer is lost. All of it would be the same again, and take long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let (row, world) = orders::an_order_with_its_deposits(&platform).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
    let (row, world) = orders::a_change_of_an_order(&platform).await;
    row.bears(world, (Cut::AfterRecord, 1)).await;
    let (row, world) = orders::what_netsuite_calls_off(&platform).await;
    row.bears(world, (Cut::AfterClaim, 1)).await;
    let (row, world) = goods::a_shipment(&platform).await;
    row.bears(world, (Cut::BeforeSend, 1)).await;
    let (row, world) = goods::a_stock_level(&platform).await;
    row.bears(world, (Cut::MidPublish, 1)).await;
    let (row, world) = goods::a_price(&platform).await;
    row.bears(world, (Cut::RecordFails, 1)).await;
    let (row, world) = goods::a_product(&platform).await;
    row.bears(world, (Cut::MidSettle, 2)).await;
    let (row, world) = money::a_refund_of_the_shop(&platform).await;
    row.bears(world, (Cut::BeforeAdvance, 1)).await;
    let (row, world) = money::a_credit_of_netsuite(&platform).await;
    row.bears(world, (Cut::AfterAdvance, 1)).await;
    let (row, world) = shipping::an_order_to_be_sent(&platform).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
    let (row, world) = shipping::a_delivery(&platform).await;
    row.bears(world, (Cut::AfterClaim, 1)).await;
    let (row, world) = people::a_customer(&platform).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
    let (row, world) = people::a_company(&platform).await;
    row.bears(world, (Cut::AfterRecord, 1)).await;
    let (row, world) = payouts::a_payout(&platform).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
}

/// The same of what is written to the other storefronts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_of_other_storefronts_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let (row, world) = woocommerce::a_shipment_by_a_note(&platform).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
    let (row, world) = woocommerce::a_shipment_by_the_plugins(&platform).await;
    row.bears(world, (Cut::BeforeSend, 1)).await;
    let (row, world) = woocommerce::a_shipment_by_a_fulfilment(&platform).await;
    row.bears(world, (Cut::AfterRecord, 1)).await;
    let (row, world) = woocommerce::a_level_of_the_site(&platform).await;
    row.bears(world, (Cut::MidSettle, 2)).await;
    let (row, world) = woocommerce::a_price_of_the_site(&platform).await;
    row.bears(world, (Cut::AfterClaim, 1)).await;
    let (row, world) = woocommerce::a_product_of_the_site(&platform).await;
    row.bears(world, (Cut::RecordFails, 1)).await;
    let (row, world) = woocommerce::a_refund_of_the_site(&platform).await;
    row.bears(world, (Cut::BeforeAdvance, 1)).await;
    let (row, world) = woocommerce::a_cancellation_of_the_site(&platform).await;
    row.bears(world, (Cut::AfterAdvance, 1)).await;
    let (row, world) = amazon::a_level_of_the_seller(&platform).await;
    row.bears(world, (Cut::AfterSend, 1)).await;
    let (row, world) = amazon::a_shipment_of_the_seller(&platform).await;
    row.bears(world, (Cut::AfterClaim, 1)).await;
}
