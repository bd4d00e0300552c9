//! What NetSuite has to send goes to the shipping software, and what leaves there comes back: into NetSuite once, and from there to the shop, whatever
//! dies or fails on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use causeway_scenarios::{Cut, DEATHS, Phase, Platform, World, mishaps};
use ports::Status;
use rust_decimal::Decimal;
use sandbox::netsuite::Shift;
use sandbox::shipstation::{OrderView, Units};
use sandbox::{Fault, Rule};
use serde_json::json;

const SENT: [Phase; 2] = [Phase::ShippingOrders, Phase::Deliveries];

fn units(of: impl IntoIterator<Item = (String, u64)>) -> Vec<Units> {
    let units = of
        .into_iter()
        .map(|(line, quantity)| Units { line, quantity });
    units.collect()
}

fn cost() -> Decimal {
    "7.93".parse().unwrap()
}

/// Sends every open order: in one parcel or two, by a part that is split off, or by hand without a label; some are left. Returns
/// how many deliveries there are now.
fn send(world: &World) -> usize {
    let shipper = world.sandbox.shipstation();
    let open: Vec<OrderView> = shipper
        .orders()
        .into_iter()
        .filter(|one| one.status == "awaiting_shipment")
        .collect();
    let mut deliveries = 0;
    for (place, order) in open.iter().enumerate() {
        let all = order.units.clone();
        let first = vec![(all[0].0.clone(), 1)];
        let rest = |skip: u64| {
            let rest = all
                .iter()
                .enumerate()
                .map(|(at, (line, of))| (line.clone(), if at == 0 { of - skip } else { *of }));
            units(rest.filter(|(_, of)| *of > 0))
        };
        let several = all.len() > 1 || all[0].1 > 1;
        match place % 5 {
            0 if several => {
                shipper.ship(order.id, &units(first), cost()).unwrap();
                shipper.ship(order.id, &rest(1), cost()).unwrap();
                deliveries += 2;
            }
            1 if several => {
                let part = shipper.split(order.id, &units(first.clone())).unwrap();
                shipper.ship(part, &units(first), cost()).unwrap();
                deliveries += 1;
            }
            2 => {
                shipper
                    .mark_as_shipped(order.id, &format!("1Z{}", order.id))
                    .unwrap();
                deliveries += 1;
            }
            3 => {}
            _ => {
                shipper.ship(order.id, &rest(0), cost()).unwrap();
                deliveries += 1;
            }
        }
    }
    deliveries
}

/// The external ids of NetSuite's item fulfilments.
fn fulfilled(world: &World) -> BTreeSet<String> {
    let all = world.sandbox.netsuite().records("itemFulfillment");
    let keys: BTreeSet<String> = all
        .iter()
        .map(|one| one.external_id.clone().unwrap())
        .collect();
    assert_eq!(keys.len(), all.len(), "one of them is there twice");
    keys
}

/// Units that NetSuite has sent of each order, by line.
fn shipped(world: &World) -> BTreeMap<(String, u32), Decimal> {
    let mut shipped = BTreeMap::new();
    for order in world.sandbox.netsuite().records("salesOrder") {
        for line in order
            .lines
            .iter()
            .filter(|line| !line.progress.shipped.is_zero())
        {
            let key = (order.id.to_string(), line.number);
            shipped.insert(key, line.progress.shipped);
        }
    }
    shipped
}

async fn there_and_back(mut world: World, plans: &[(Cut, usize)]) {
    world.settings("netsuite")["shipments"] = json!({ "voided": "delete" });
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::ShippingOrders, plans).await;
    let told: Vec<OrderView> = world.sandbox.shipstation().orders();
    assert!(told.len() > 20, "{}", told.len());
    let keys: BTreeSet<&String> = told.iter().map(|order| &order.key).collect();
    assert_eq!(keys.len(), told.len());

    world.clock.pass(Duration::from_secs(90));
    let deliveries = send(&world);
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Deliveries, plans).await;
    assert_eq!(fulfilled(&world).len(), deliveries);
    world.assert_settled(&SENT).await;
    // The labels' cost is in NetSuite, beside what the buyer paid.
    let all = world.sandbox.netsuite().records("itemFulfillment");
    let labelled = all
        .iter()
        .filter(|one| one.number("shippingCost") == cost());
    let labels = world.sandbox.shipstation().shipments();
    assert_eq!(labelled.count(), labels.len());

    // What they sent is no news to them.
    let before = causeway_scenarios::writes(&world.sandbox);
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::ShippingOrders, &[]).await;
    assert_eq!(causeway_scenarios::writes(&world.sandbox), before);

    // The shop's buyers hear of every parcel.
    world.run(Phase::Shipments, plans).await;
    let shop: BTreeSet<String> = world
        .sandbox
        .shopify()
        .fulfilments()
        .into_iter()
        .flat_map(|one| one.tracking_numbers)
        .collect();
    for label in &labels {
        assert!(shop.contains(&label.tracking), "{}", label.tracking);
    }

    // A label is voided: the lines are open again, and once more it is sent.
    let before = shipped(&world);
    let voided = labels.first().unwrap();
    world.clock.pass(Duration::from_secs(90));
    assert!(world.sandbox.shipstation().void(voided.id));
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::Deliveries, plans).await;
    assert_eq!(fulfilled(&world).len(), deliveries - 1);
    assert_ne!(shipped(&world), before);
    world.assert_settled(&SENT).await;
    world.sandbox.netsuite().faults().set(Vec::new());
    world.sandbox.shipstation().faults().set(Vec::new());
    world.assert_repeat_writes_nothing(&SENT).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_to_be_sent_goes_out_and_what_was_sent_comes_back() {
    there_and_back(World::new(50, |_| {}).await, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_the_distributed_platform() {
    let Some(platform) = Platform::distributed().await else {
        return;
    };
    let world = World::on(&platform, 50, |_| {}).await;
    there_and_back(world, &DEATHS[1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deaths_and_lost_answers_change_nothing() {
    let world = World::new(50, |options| {
        options.netsuite.faults = mishaps().into();
        options.netsuite.faults.extend([
            Rule::at_rate(Fault::CutAfter, 0.2).target("!transform/itemFulfillment"),
            Rule::at_rate(Fault::FailAfter, 0.1).target("!transform/itemFulfillment"),
        ]);
        options.shipstation.faults = vec![
            Rule::at_rate(Fault::CutAfter, 0.2),
            Rule::at_rate(Fault::FailAfter, 0.1),
            Rule::at_rate(Fault::Garble, 0.05),
            Rule::at_rate(Fault::Refuse, 0.05),
        ];
    })
    .await;
    there_and_back(world, &DEATHS[1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_called_off_or_sent_by_others_is_called_off() {
    let mut world = World::new(50, |_| {}).await;
    world.run(Phase::Orders, &[]).await;
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::ShippingOrders, &[]).await;
    let shipper = world.sandbox.shipstation();
    let told = shipper.orders();
    assert!(
        told.iter().all(|order| order.status == "awaiting_shipment"),
        "{told:?}"
    );
    // One has left before NetSuite calls it off.
    let gone = &told[0];
    shipper
        .ship(gone.id, &units(gone.units.clone()), cost())
        .unwrap();
    world.clock.pass(Duration::from_secs(90));
    let netsuite = world.sandbox.netsuite();
    let number =
        |order: &OrderView| -> u64 { order.key.rsplit('-').next().unwrap().parse().unwrap() };
    for order in &told[..6] {
        assert!(netsuite.call_off(number(order)), "{order:?}");
    }
    // Somebody else sends the others.
    netsuite.ship_pending(Shift {
        partial: 0,
        ..Shift::default()
    });
    world.clock.pass(Duration::from_secs(90));
    world.run(Phase::ShippingOrders, &[]).await;
    let held: Vec<_> = world.records(Phase::ShippingOrders).await;
    let held: Vec<_> = held
        .iter()
        .filter(|row| row.status == Status::Held)
        .collect();
    assert_eq!(held.len(), 1, "{held:#?}");
    let why = held[0].reason.as_deref().unwrap();
    assert!(why.contains("has left"), "{why}");
    let shipper = world.sandbox.shipstation();
    let open: Vec<OrderView> = shipper
        .orders()
        .into_iter()
        .filter(|one| one.status != "cancelled")
        .collect();
    assert_eq!(
        open.iter().map(|one| one.id).collect::<Vec<_>>(),
        [gone.id],
        "{open:#?}"
    );
    world.finish().await;
}
