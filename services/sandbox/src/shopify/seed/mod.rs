//! Orders that look like a real shop's, grown from a number. Each trait comes round at an interval of its own, so that a few
//! hundred orders have them all, alone and together.

mod cart;
mod lifecycle;
mod markets;
mod people;
mod pricing;

pub(super) use lifecycle::cancel;
pub(super) use pricing::reprice;

use fastrand::Rng;
use jiff::Timestamp;

use super::model::order::Order;
use super::model::store::to_second;
use super::model::{Customer, Store};
use super::money::{Currencies, Currency};

/// Where a new order stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Paid for or not, nothing sent yet.
    New,
    /// From the shop's past: some are sent, held back, cancelled or refunded.
    Past,
    /// From the past of a shop whose people leave everything to others: some are cancelled.
    Untouched,
}

/// Makes the next order and, if it comes from somebody new, the customer.
pub(super) fn order(
    store: &Store,
    seed: u64,
    index: usize,
    at: Timestamp,
    age: Age,
) -> (Order, Option<Customer>) {
    let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index as u64);
    let market = markets::pick(&mut rng, index);
    let at = to_second(at);
    let shop = store.facts.currency;
    let local = Currency::find(market.currency)
        .filter(|_| index % 7 != 6)
        .unwrap_or(shop);
    let mut order = empty(
        index,
        Currencies {
            shop,
            presentment: local,
        },
        at,
        market,
    );
    let newcomer = people::buyer(&mut order, store, market, &mut rng);
    cart::fill(&mut order, store, market, &mut rng);
    cart::discounts(&mut order, &mut rng);
    let rates = rng.choice(market.rates).copied().unwrap_or_default();
    pricing::price(&mut order, rates, market.taxes_shipping);
    lifecycle::assign(&mut order, store.locations.len());
    lifecycle::pay(&mut order);
    match age {
        Age::New => lifecycle::hold(&mut order),
        Age::Past => {
            lifecycle::hold(&mut order);
            lifecycle::happen(&mut order);
        }
        Age::Untouched => lifecycle::wait(&mut order),
    }
    (order, newcomer)
}

/// Whether the `index`th order has a trait that comes round every `every` orders.
fn due(index: usize, every: usize, first: usize) -> bool {
    index % every == first
}

fn empty(index: usize, currencies: Currencies, at: Timestamp, market: &markets::Market) -> Order {
    Order {
        test: due(index, 31, 9),
        taxes_included: market.taxes_included,
        source: if due(index, 23, 5) {
            "pos"
        } else if due(index, 29, 7) {
            "shopify_draft_order"
        } else {
            "web"
        },
        locale: market.locale,
        po_number: due(index, 29, 7).then(|| format!("PO-{}", 40_000 + index)),
        ..Order::new(index, currencies, at)
    }
}
