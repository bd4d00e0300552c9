//! What can happen.

use std::time::Duration;

use causeway_scenarios::{Cut, Phase, World, order_key};
use sandbox::netsuite::{Bill, Shift};
use sandbox::shopify::{Edit, Giveback, Restock};

use crate::agreement::assert_bounds;
use crate::rest::ALL;

const CUTS: [Cut; 6] = [
    Cut::BeforeAdvance,
    Cut::AfterClaim,
    Cut::BeforeSend,
    Cut::AfterSend,
    Cut::AfterRecord,
    Cut::BeforeRequest,
];

/// Something that happens. Orders are meant by their place in the shop's list, counted around.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Orders come.
    Sell(u32),
    /// The shop edits an order.
    Edit(usize, Edit),
    /// The shop cancels an order.
    Cancel(usize),
    /// The shop gives back.
    Refund(usize, Giveback),
    /// NetSuite bills an order.
    Bill(usize, Bill),
    /// NetSuite credits a unit of an order's first line, or all that was billed.
    Credit { order: usize, whole: bool },
    /// NetSuite calls an order off.
    CallOff(usize),
    /// The warehouse ships some of what waits.
    Ship,
    /// The warehouse counts.
    Count,
    /// A sync reads and writes what there is, through the death of a process or none.
    Run(Phase, Option<Cut>),
    /// A sync reads everything anew.
    Replay(Phase),
}

/// Steps that follow from the seed.
pub(crate) fn made_from(seed: u64, count: usize) -> Vec<Step> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..count).map(|_| step(&mut random)).collect()
}

fn step(random: &mut fastrand::Rng) -> Step {
    let order = random.usize(..100);
    match random.u8(..22) {
        0 | 1 => Step::Sell(random.u32(1..3)),
        2 => Step::Edit(
            order,
            Edit::Quantity {
                line: 0,
                units: random.u32(0..5),
            },
        ),
        3 => Step::Edit(
            order,
            Edit::Shipping {
                cents: random.i64(0..2000),
            },
        ),
        4 => Step::Cancel(order),
        5..=7 => Step::Refund(order, giveback(random)),
        8 | 9 => Step::Bill(
            order,
            *random
                .choice([Bill::Invoice, Bill::CashSale].iter())
                .unwrap(),
        ),
        10 | 11 => Step::Credit {
            order,
            whole: random.bool(),
        },
        12 => Step::CallOff(order),
        13 => Step::Ship,
        14 => Step::Count,
        15 => Step::Replay(ALL[random.usize(..ALL.len())]),
        _ => {
            let cut = random.bool().then(|| CUTS[random.usize(..CUTS.len())]);
            Step::Run(ALL[random.usize(..ALL.len())], cut)
        }
    }
}

fn giveback(random: &mut fastrand::Rng) -> Giveback {
    let line = random.bool();
    Giveback {
        lines: if line { vec![(0, 1)] } else { Vec::new() },
        extra: if line { 0 } else { random.i64(1..200) },
        restock: [Restock::Return, Restock::Cancel, Restock::No][random.usize(..3)],
        ..Giveback::default()
    }
}

impl Step {
    /// Lets it happen, where it is possible; then what may never be is looked for.
    pub(crate) async fn take(self, world: &mut World) {
        world.clock.pass(Duration::from_secs(61));
        match self {
            Self::Run(phase, Some(cut)) => {
                world.survives(phase, (cut, 1)).await;
            }
            Self::Run(phase, None) => world.run(phase, &[]).await,
            Self::Replay(phase) => {
                // Nothing can be read again that was never there.
                if !world.records(phase).await.is_empty() {
                    world.run_again(phase).await;
                }
            }
            by_hand => by_hand.happen(world),
        }
        assert_bounds(world);
    }

    /// Does what people do on either side. Much of it is not possible at the time; then nothing happens.
    fn happen(self, world: &World) {
        let (shop, netsuite) = (world.sandbox.shopify(), world.sandbox.netsuite());
        let orders = shop.orders();
        let id = |place: usize| orders[place % orders.len()].id.as_str();
        let booked = |place: usize| netsuite.by_external_id("salesOrder", &order_key(id(place)));
        match self {
            Self::Sell(count) => drop(shop.create_orders(count)),
            Self::Edit(order, edit) => _ = shop.edit_order(id(order), &edit),
            Self::Cancel(order) => _ = shop.cancel_order(id(order)),
            Self::Refund(order, what) => _ = shop.refund(id(order), &what),
            Self::Bill(order, by) => _ = booked(order).map(|booked| netsuite.bill(booked.id, by)),
            Self::Credit { order, whole } => {
                let Some(booked) = booked(order) else { return };
                let number = booked.lines[0].number;
                let one = [(number, 1)];
                let units = (!whole).then_some(&one[..]);
                let from = i64::try_from(booked.id).unwrap();
                let bills = ["invoice", "cashSale"].map(|kind| netsuite.records(kind));
                let mut all = bills.iter().flatten();
                let bill = all.find(|bill| bill.reference("createdFrom") == Some(from));
                _ = bill.map(|bill| netsuite.credit(bill.id, units, ""));
            }
            Self::CallOff(order) => _ = booked(order).map(|booked| netsuite.call_off(booked.id)),
            Self::Ship => {
                let shift = Shift {
                    orders: 50,
                    ..Shift::default()
                };
                netsuite.ship_pending(shift);
            }
            Self::Count => _ = netsuite.count_stock(5),
            Self::Run(..) | Self::Replay(_) => {}
        }
    }
}
