//! Orders.
//!
//! An order is told in one of two views. *As placed*, with the units and the total (`totalPriceSet`) of the checkout: where nothing
//! was taken back since, for a cancelled order, whose state says that it is off, and where refunds are records of their own
//! and the order was not edited. *As it stands*, with the units that are neither
//! removed nor refunded (`currentQuantity`) and the total after edits and refunds (`currentTotalPriceSet`): otherwise. Either
//! way the lines come to the total; see [`super::settle`].

use commerce::{Currency, Order, OrderLine, OrderState};

use super::amount::{Part, amount, is_zero, minus};
use super::settle::{Facts, settle};
use super::{Unmapped, Within, given, id, kits, lines, payments, people};
use crate::Refunds;
use crate::wire;

/// Which of its two states an order is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    AsPlaced,
    AsItStands,
}

impl View {
    fn of(order: &wire::Order, refunds: Refunds) -> Result<Self, Unmapped> {
        let apart = refunds == Refunds::Separate && !order.edited;
        if order.cancelled_at.is_some() || apart {
            return Ok(Self::AsPlaced);
        }
        let whole = order
            .line_items
            .nodes
            .iter()
            .all(|line| line.current_quantity == line.quantity);
        let placed = amount(&order.total_price_set).within("totalPriceSet")?;
        let current = amount(&order.current_total_price_set).within("currentTotalPriceSet")?;
        Ok(if whole && placed == current {
            Self::AsPlaced
        } else {
            Self::AsItStands
        })
    }

    /// What of a line counts.
    pub(super) fn part(self, line: &wire::LineItem) -> Part {
        match self {
            Self::AsPlaced => Part::WHOLE,
            Self::AsItStands => Part {
                units: line.current_quantity.into(),
                of: line.quantity.into(),
            },
        }
    }

    /// The units of a line that count.
    pub(super) fn units(self, line: &wire::LineItem) -> i64 {
        match self {
            Self::AsPlaced => line.quantity,
            Self::AsItStands => line.current_quantity,
        }
    }
}

/// The order in commerce's terms.
pub(crate) fn order(wire: &wire::Order, refunds: Refunds) -> Result<Order, Unmapped> {
    let view = View::of(wire, refunds)?;
    let total = match view {
        View::AsPlaced => amount(&wire.total_price_set).within("totalPriceSet")?,
        View::AsItStands => amount(&wire.current_total_price_set).within("currentTotalPriceSet")?,
    };
    let tip = amount(&wire.total_tip_received_set).within("totalTipReceivedSet")?;
    let mut order = Order {
        number: wire.name.clone(),
        placed_at: wire.processed_at,
        state: if wire.cancelled_at.is_some() {
            OrderState::Cancelled
        } else {
            OrderState::Open
        },
        test: wire.test,
        customer: people::customer(wire).within("customer")?,
        billing: wire.billing_address.as_ref().map(people::address),
        shipping: wire.shipping_address.as_ref().map(people::address),
        shop_currency: currency(&wire.currency_code)?,
        presentment_currency: currency(&wire.presentment_currency_code)?,
        taxes_included: wire.taxes_included,
        lines: charges(wire, view, &tip)?,
        payments: payments::payments(&wire.transactions)?,
        total,
        channel: channel(wire),
        note: given(wire.note.as_ref()),
        tags: wire.tags.clone(),
        company: people::company(wire).within("purchasingEntity")?,
        payment_terms: given(
            wire.payment_terms
                .as_ref()
                .map(|terms| &terms.payment_terms_name),
        ),
        fulfilled: wire.display_fulfillment_status.as_deref() == Some("FULFILLED"),
        sold_at: wire
            .retail_location
            .as_ref()
            .map(|place| id(super::number(&place.id)))
            .transpose()
            .within("retailLocation")?,
        on_hold: wire.display_fulfillment_status.as_deref() == Some("ON_HOLD"),
        high_risk: advised_against(wire),
    };
    let facts = Facts {
        tip,
        cash_rounding: amount(&wire.total_cash_rounding_adjustment.payment_set)
            .within("totalCashRoundingAdjustment")?,
        refund_discrepancy: match view {
            View::AsPlaced => None,
            View::AsItStands => {
                Some(amount(&wire.refund_discrepancy_set).within("refundDiscrepancySet")?)
            }
        },
        shares: shares(wire, view),
    };
    settle(&mut order, &facts)?;
    Ok(order)
}

fn charges(
    wire: &wire::Order,
    view: View,
    tip: &commerce::Amount,
) -> Result<Vec<OrderLine>, Unmapped> {
    let items = &wire.line_items.nodes;
    let mut sold = Vec::with_capacity(items.len());
    for item in items {
        if view.units(item) > 0 {
            let what = format!("line {}", super::number(&item.id));
            sold.push((item, lines::item(item, view, tip).within(what)?));
        }
    }
    let mut all = kits::gathered(items, sold, view)?;
    // A delivery of nothing that costs nothing would make a sale of an order of which nothing is left.
    let nothing_sold = all.is_empty();
    for (index, shipping) in wire.shipping_lines.nodes.iter().enumerate() {
        let line = lines::shipping(shipping, index, view);
        let line = line.within(format_args!("shipping line {index}"))?;
        all.extend(line.filter(|_| !nothing_sold || lines::is_charged(shipping)));
    }
    // Of duties that are part of the prices the prices already tell.
    if !wire.duties_included {
        all.extend(lines::duties(wire, view)?);
    }
    all.extend(lines::fees(wire, view)?);
    Ok(all)
}

/// How many amounts were made by taking a share, each of which may be off by one minor unit.
fn shares(wire: &wire::Order, view: View) -> u32 {
    let shared = wire
        .line_items
        .nodes
        .iter()
        .filter(|line| !view.part(line).is_whole())
        .map(|line| 1 + line.discount_allocations.len() + line.tax_lines.len() + line.duties.len());
    let shipping = wire.shipping_lines.nodes.iter().filter(|line| {
        view == View::AsItStands
            && amount(&line.discounted_price_set)
                .and_then(|placed| {
                    let current = amount(&line.current_discounted_price_set)?;
                    Ok(!is_zero(&minus(&placed, &current)?))
                })
                .unwrap_or(false)
    });
    let shipping = shipping.map(|line| 1 + line.tax_lines.len());
    u32::try_from(shared.chain(shipping).sum::<usize>()).unwrap_or(u32::MAX)
}

fn currency(code: &str) -> Result<Currency, Unmapped> {
    Currency::from_code(code)
        .ok_or_else(|| Unmapped::new(format_args!("'{code}' is not an ISO 4217 currency code")))
}

/// Whether the shop's own risk analysis, or an app's, says not to fulfil it.
fn advised_against(wire: &wire::Order) -> bool {
    let advice = wire.risk.as_ref().map(|risk| risk.recommendation.as_str());
    advice == Some("CANCEL")
}

/// The channel's name; for an app, which has a number there, the app's.
fn channel(wire: &wire::Order) -> Option<String> {
    let source = given(wire.source_name.as_ref());
    let named = source.filter(|source| !source.bytes().all(|byte| byte.is_ascii_digit()));
    named.or_else(|| given(wire.app.as_ref().map(|app| &app.name)))
}

#[cfg(test)]
mod tests;
