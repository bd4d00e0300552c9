//! Refunds. Their lines bear amounts and quantities below zero, and name the order's lines in their meta data.

use std::collections::BTreeMap;

use commerce::{
    Adjustment, Amount, Currency, LineId, LineKind, Money, OrderRef, Refund, RefundLine, Repayment,
    Restock, Side, TaxLine,
};
use rust_decimal::Decimal;

use super::order::{Rates, article, decimal, rates, taxes};
use kit::{Unmapped, Within};

use super::{currency, given, id, instant, key_of, meta, money};
use crate::wire;

/// The meta data in which a refund's line names the order's.
const REFUNDED: &str = "_refunded_item_id";
/// The meta data in which an order's line counts the units that refunds put back in stock.
const RESTOCKED: &str = "_restock_refunded_items";

/// The one place where WooCommerce keeps stock, in the words of tables of locations.
const SHOP: &str = "shop";

/// The refund in commerce's terms, by its order.
pub(crate) fn refund(wire: &wire::Refund, order: &wire::Order) -> Result<Refund, Unmapped> {
    let currency = currency(&order.currency)?;
    let (rates, own) = (rates(order), id(order.id.to_string())?);
    let mut lines = Vec::new();
    for line in &wire.line_items {
        let sold = named(line).and_then(|id| order.line_items.iter().find(|one| one.id == id));
        let quantity = decimal(&line.quantity).within("quantity")?.abs();
        // An amount of a line without units of it: told by the adjustment.
        if let Some(sold) = sold.filter(|_| !quantity.is_zero()) {
            let kind = article(if line.sku.0.is_empty() { sold } else { line });
            let restock = restock(sold, order);
            let told = told(line, sold, kind, &rates, currency);
            let told = told.within(format_args!("line {}", line.id))?;
            lines.push(RefundLine {
                quantity,
                restock,
                location: (restock != Restock::No).then(|| id(SHOP)).transpose()?,
                ..told
            });
        }
    }
    let delivery = wire
        .shipping_lines
        .iter()
        .map(|line| (line, &order.shipping_lines));
    let fees = wire.fee_lines.iter().map(|line| (line, &order.fee_lines));
    for (line, all) in delivery.chain(fees) {
        let Some(sold) = named(line).and_then(|id| all.iter().find(|one| one.id == id)) else {
            continue;
        };
        let kind =
            given(&sold.method_title).map_or(LineKind::Fee, |method| LineKind::Shipping { method });
        let told = told(line, sold, kind, &rates, currency);
        lines.push(told.within(format_args!("line {}", line.id))?);
    }
    let total = Amount::same(money(&wire.amount, currency).within("amount")?);
    let at = instant(wire.date_created_gmt.as_deref().unwrap_or_default())?;
    let earlier: Vec<_> = order
        .refunds
        .iter()
        .filter(|one| one.id < wire.id)
        .collect();
    let mut before = Money::zero(currency);
    for one in &earlier {
        before = before.minus(money(&one.total, currency)?)?;
    }
    let number = given(&order.number).unwrap_or_else(|| order.id.to_string());
    let mut refund = Refund {
        number: format!("{number}-R{}", earlier.len() + 1),
        key: key_of(wire),
        order: OrderRef { id: own, key: None },
        order_number: number,
        at,
        test: false,
        taxes_included: false,
        lines,
        adjustments: Vec::new(),
        transactions: vec![Repayment {
            id: id("repayment")?,
            method: given(&order.payment_method).unwrap_or_else(|| "other".to_owned()),
            amount: total,
            at,
        }],
        total,
        order_total: Amount::same(money(&order.total, currency)?),
        refunded_before: Amount::same(before),
        note: given(&wire.reason),
    };
    settle(&mut refund)?;
    Ok(refund)
}

/// The order's line that a refund's line gives back.
pub(super) fn named(line: &wire::Charge) -> Option<u64> {
    let value = meta(&line.meta_data, REFUNDED)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn restock(sold: &wire::Charge, order: &wire::Order) -> Restock {
    let units = meta(&sold.meta_data, RESTOCKED);
    let units = units.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    match units {
        None | Some(0) => Restock::No,
        Some(_) if order.status == "completed" => Restock::Returned,
        Some(_) => Restock::Unshipped,
    }
}

fn told(
    line: &wire::Charge,
    sold: &wire::Charge,
    kind: LineKind,
    rates: &Rates<'_>,
    currency: Currency,
) -> Result<RefundLine, Unmapped> {
    let taxes = taxes(line, rates, currency)?.into_iter();
    let title = given(&sold.name).or_else(|| given(&sold.method_title));
    Ok(RefundLine {
        id: id(line.id.to_string())?,
        order_line: id(sold.id.to_string())?,
        kind,
        title: title.unwrap_or_default(),
        quantity: Decimal::ONE,
        amount: Amount::same(money(&line.total, currency).within("total")?.negated()),
        taxes: taxes
            .map(|tax| TaxLine {
                amount: Amount::same(tax.amount.shop.negated()),
                ..tax
            })
            .collect(),
        restock: Restock::No,
        location: None,
    })
}

/// What is given back for no line, or less than the lines come to.
fn settle(refund: &mut Refund) -> Result<(), Unmapped> {
    let rest = refund.total_check(Side::Shop)?.difference;
    if !rest.is_zero() {
        refund.adjustments.push(Adjustment {
            id: id("amount")?,
            reason: refund.note.clone(),
            amount: Amount::same(rest),
            tax: Amount::same(Money::zero(rest.currency)),
        });
    }
    Ok(())
}

/// Units of an order's lines that its refunds took back.
pub(crate) fn refunded_units(
    refunds: &[wire::Refund],
) -> Result<BTreeMap<LineId, Decimal>, Unmapped> {
    let mut units: BTreeMap<LineId, Decimal> = BTreeMap::new();
    for line in refunds.iter().flat_map(|refund| &refund.line_items) {
        if let Some(sold) = named(line) {
            let sum = units.entry(id(sold.to_string())?).or_default();
            *sum = sum.saturating_add(decimal(&line.quantity)?.abs());
        }
    }
    Ok(units)
}
