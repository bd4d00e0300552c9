//! Which record an order becomes.

use commerce::{LineKind, Order, Side};
use ports::Fault;

use super::unfit;
use crate::map::settings::{Orders, Sale};

/// The record that a new order becomes.
///
/// # Errors
/// [`Fault::Held`] for an order that is not paid, where all orders become cash sales.
pub(crate) fn sale(order: &Order, orders: &Orders) -> Result<Sale, Fault> {
    let side = Side::from(orders.book_in);
    let taken = order.captured_on(side).map_err(unfit)?;
    // Money in gift cards came in when they were sold; a cash sale would take it in once more.
    let paid = taken.amount >= order.total.on(side).amount;
    let rules = &orders.record;
    let chosen = [
        (is_on_terms(order), rules.terms),
        (is_over_the_counter(order), rules.point_of_sale),
        (order.fulfilled, rules.fulfilled),
        (true, Some(rules.default)),
    ];
    let mut chosen = chosen
        .into_iter()
        .filter_map(|(fits, sale)| sale.filter(|_| fits));
    chosen
        .find(|sale| paid || *sale != Sale::CashSale)
        .ok_or_else(|| Fault::Held {
            why: format!(
                "the order would become a cash sale, which says that it is paid, and {taken} of {} were taken: wait for the payment, or set orders.record.default to sales_order",
                order.total.on(side)
            ),
        })
}

fn is_on_terms(order: &Order) -> bool {
    order.payment_terms.is_some() && order.payments.is_empty()
}

fn is_over_the_counter(order: &Order) -> bool {
    let is_delivery = |kind: &LineKind| matches!(kind, LineKind::Shipping { .. });
    order.channel.as_deref() == Some("pos")
        && (order.fulfilled || !order.lines.iter().any(|line| is_delivery(&line.kind)))
}
