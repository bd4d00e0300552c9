use jiff::{Timestamp, ToSpan as _};

use super::super::model::fulfilment::{FulfilmentOrderLine, Tracking};
use super::super::model::order::{Cancellation, Order};
use super::super::model::payment::Kind;
use super::super::model::{FulfilmentOrder, FulfilmentOrderStatus, Transaction};
use super::super::money::Money;
use super::due;

/// Says which location sends what: one, or two for some orders of several lines.
pub(super) fn assign(order: &mut Order, locations: usize) {
    let index = order.index;
    let first = order.retail_location.unwrap_or(index % locations.max(1));
    let lines = order.lines.iter().filter(|line| line.requires_shipping);
    let lines: Vec<FulfilmentOrderLine> = lines
        .map(|line| FulfilmentOrderLine {
            line: line.place,
            total: line.quantity,
            remaining: line.quantity,
        })
        .collect();
    let split =
        lines.len() >= 2 && locations >= 2 && due(index, 3, 1) && order.retail_location.is_none();
    let (here, there): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .enumerate()
        .partition(|(place, _)| !split || place % 2 == 0);
    let mut location = first;
    for part in [here, there].into_iter().filter(|part| !part.is_empty()) {
        order.fulfilment_orders.push(FulfilmentOrder {
            place: order.fulfilment_orders.len(),
            location,
            status: FulfilmentOrderStatus::Open,
            lines: part.into_iter().map(|(_, line)| line).collect(),
            created_at: order.created_at,
            updated_at: order.created_at,
        });
        location = (first + 1) % locations.max(1);
    }
}

/// Holds back some orders until somebody has looked at them.
pub(super) fn hold(order: &mut Order) {
    if due(order.index, 37, 16) {
        for part in &mut order.fulfilment_orders {
            part.status = FulfilmentOrderStatus::OnHold;
        }
    }
}

/// Takes the buyer's money, or most of it.
pub(super) fn pay(order: &mut Order) {
    let index = order.index;
    let mut due_amount = order.total();
    if due_amount.is_zero() || order.source == "shopify_draft_order" {
        return;
    }
    let card = if order.test {
        "bogus"
    } else {
        "shopify_payments"
    };
    if order.source == "pos" {
        return move_money(order, Kind::Sale, true, "cash", due_amount, None);
    }
    if due(index, 11, 6) {
        let part = due_amount.share(if due(index, 33, 6) { 100 } else { 30 }, 100);
        move_money(order, Kind::Sale, true, "gift_card", part, None);
        due_amount = due_amount - part;
        if due_amount.is_zero() {
            return;
        }
    }
    if due(index, 20, 15) {
        move_money(order, Kind::Sale, false, card, due_amount, None);
    }
    match index % 25 {
        14 => move_money(order, Kind::Authorization, true, card, due_amount, None),
        3 | 19 => {
            move_money(order, Kind::Authorization, true, card, due_amount, None);
            let authorization = order.transactions.len() - 1;
            move_money(
                order,
                Kind::Capture,
                true,
                card,
                due_amount,
                Some(authorization),
            );
        }
        8 => move_money(order, Kind::Sale, true, "paypal", due_amount, None),
        _ => move_money(order, Kind::Sale, true, card, due_amount, None),
    }
}

fn move_money(
    order: &mut Order,
    kind: Kind,
    success: bool,
    gateway: &'static str,
    amount: Money,
    parent: Option<usize>,
) {
    let place = order.transactions.len();
    order.transactions.push(Transaction {
        place,
        kind,
        success,
        gateway,
        amount,
        at: order.created_at,
        parent,
    });
}

/// What happened to an order that nobody in the shop has touched: its buyer may have called it off.
pub(super) fn wait(order: &mut Order) {
    if called_off(order.index) {
        let later = order.created_at.saturating_add(2.hours());
        let later = later.unwrap_or(order.created_at);
        cancel(order, "CUSTOMER", later);
        order.updated_at = later;
    }
}

fn called_off(index: usize) -> bool {
    due(index, 19, 11)
}

/// What happened to an order since it came in.
pub(super) fn happen(order: &mut Order) {
    let index = order.index;
    let later = order
        .created_at
        .saturating_add(2.hours())
        .unwrap_or(order.created_at);
    if called_off(index) {
        cancel(order, "CUSTOMER", later);
    } else if order.source == "pos" || due(index, 6, 2) {
        send(order, true, later);
        order.closed_at = order.received().eq(&order.total()).then_some(later);
    } else if due(index, 12, 9) {
        send(order, false, later);
    }
    if order.cancelled.is_none() && due(index, 18, 13) && order.received() == order.total() {
        order.refund(
            &[(0, 1)],
            due(index, 36, 13),
            Some("Damaged in transit"),
            later,
        );
    }
    if !order.refunds.is_empty() || !order.fulfilments.is_empty() || order.cancelled.is_some() {
        order.updated_at = later;
    }
}

/// Cancels an order: nothing more is sent, everything paid goes back.
pub(in crate::shopify) fn cancel(order: &mut Order, reason: &'static str, at: Timestamp) {
    order.close_fulfilment_orders(at);
    order.refund_rest("CANCEL", true, Some("Order cancelled"), at);
    order.cancelled = Some(Cancellation {
        at,
        reason,
        note: None,
        notified: true,
    });
    order.closed_at = Some(at);
}

/// Sends everything, or the first unit of each fulfilment order.
fn send(order: &mut Order, everything: bool, at: Timestamp) {
    for place in 0..order.fulfilment_orders.len() {
        let Some(part) = order
            .fulfilment_orders
            .get(place)
            .filter(|part| part.status == FulfilmentOrderStatus::Open)
        else {
            continue;
        };
        let location = part.location;
        let lines = part
            .lines
            .iter()
            .take(if everything { usize::MAX } else { 1 });
        let quantities: Vec<_> = lines
            .map(|line| {
                (
                    place,
                    line.line,
                    if everything { line.remaining } else { 1 },
                )
            })
            .collect();
        let tracking = Tracking {
            company: Some("UPS".to_owned()),
            numbers: vec![format!("1Z999AA1{:08}", order.index * 10 + place)],
            urls: Vec::new(),
        };
        order.fulfil(location, &quantities, tracking, true, at);
    }
}
