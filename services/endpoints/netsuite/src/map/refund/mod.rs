//! A refund as a credit memo, a cash refund, or a refund of what was deposited.

mod credit;
mod deposit;
mod open;
mod returns;
#[cfg(test)]
mod tests;

use commerce::{
    Adjustment, LineKind, Money, OrderLine, Refund, RefundLine, Restock, Side, Sku, TargetKey,
    TaxLine,
};
use ports::{Assignments, Fault};
use rust_decimal::Decimal;

use super::assign::assign;
use super::fields::CREDIT;
use super::order::{Draft, Lines, Terms, currency, item_of, parts, reconcile, unfit};
use super::settings::{InternalId, Orders, Refunds};
use crate::wire::{Json, Object, SoldRow};

pub(crate) use credit::{Billing, Credit, Standing, allowed, credit, moot};
pub(crate) use deposit::owed;
use open::applying;
pub(crate) use open::{Applied, Open};
pub(crate) use returns::{Left, authorization, authorized, receipt, returned};

/// What is mapped with, beside what orders are mapped with.
#[derive(Clone, Copy)]
pub(crate) struct Giving<'a> {
    pub(crate) refunds: &'a Refunds,
    /// The sale.
    pub(crate) order: &'a SoldRow,
    /// What it becomes.
    pub(crate) credit: Credit,
    /// The deposits it is taken from, or the invoices it lessens.
    pub(crate) applied: &'a [Applied],
    /// Whether it is made from the authorization by which its goods came back.
    pub(crate) returned: bool,
}

impl<'a> Giving<'a> {
    /// Of goods that are authorized to come back.
    pub(crate) const fn returning(
        refunds: &'a Refunds,
        order: &'a SoldRow,
        credit: Credit,
    ) -> Self {
        Self {
            refunds,
            order,
            credit,
            applied: &[],
            returned: true,
        }
    }
}

/// Maps a refund. Every line is ours: no credit is made by a transform of the
/// order, which would bring the order's lines with their own amounts.
///
/// # Errors
/// [`Fault::Missing`] for a SKU that the account does not have; [`Fault::Held`] for what a setting, a rule or a person has to decide,
/// a refund that does not add up among it.
pub(crate) fn refund_draft(
    refund: &Refund,
    key: &TargetKey,
    set: &Assignments,
    terms: Terms<'_>,
    giving: Giving<'_>,
) -> Result<Draft, Fault> {
    if giving.credit == Credit::CustomerRefund {
        return deposit::customer_refund(refund, key, set, terms, giving);
    }
    let (stated, mut lines) = reckoned(refund, set, terms, giving)?;
    let mut body = header(refund, key, terms, giving.order)?;
    if giving.returned {
        // Made from the authorization, which brings its lines and whose they are.
        lines.take_out(&returned(refund));
        for name in ["entity", "subsidiary", "location", "currency"] {
            body.remove(name);
        }
    }
    let kinds = refund.lines.iter().map(|line| &line.kind);
    body.extend(parts(lines, kinds, terms, set)?);
    if !giving.applied.is_empty() {
        body.insert("apply".to_owned(), applying(giving.applied));
    }
    assign(&mut body, &set.header, &CREDIT)?;
    Ok(Draft::new(giving.credit.record(), body, stated))
}

/// What the refund comes to, and the lines that come to it.
fn reckoned(
    refund: &Refund,
    set: &Assignments,
    terms: Terms<'_>,
    giving: Giving<'_>,
) -> Result<(Money, Lines), Fault> {
    let side = Side::from(terms.orders.book_in);
    let check = refund.total_check(side).map_err(unfit)?;
    let mut lines = Lines::none(check.stated.currency);
    for line in &refund.lines {
        let charge = charged(line);
        let item = || item(line, &charge, terms, giving.refunds);
        let location = location(line, giving.refunds);
        lines.give_back(
            &charge,
            item,
            (&line.id, location),
            (side, refund.taxes_included),
            terms,
        )?;
    }
    for adjustment in &refund.adjustments {
        let charge = adjusted(adjustment);
        let item = || adjustment_item(giving.refunds, "what is given back for no line");
        let place = (&adjustment.id, None);
        lines.give_back(&charge, item, place, (side, refund.taxes_included), terms)?;
    }
    lines.close(terms);
    reconcile(&check, &mut lines, terms.orders, set.rounding, "refund")?;
    Ok((check.stated, lines))
}

fn header(
    refund: &Refund,
    key: &TargetKey,
    terms: Terms<'_>,
    order: &SoldRow,
) -> Result<Object, Fault> {
    let orders = terms.orders;
    let total = refund.total.on(Side::from(orders.book_in));
    let date = refund.at.to_zoned(terms.zone.clone()).date();
    let booked = |own: &Option<String>, all: &Option<InternalId>| {
        let id = own.as_deref().or(all.as_ref().map(InternalId::as_str));
        id.map(Json::reference)
    };
    let fields = [
        ("externalId", Some(Json::from(key.as_str()))),
        ("tranDate", Some(Json::Text(date.to_string()))),
        ("otherRefNum", Some(Json::Text(refund.order_number.clone()))),
        ("memo", Some(Json::Text(memo(refund, order)))),
        (
            "entity",
            order.entity.as_ref().map(|id| Json::reference(id)),
        ),
        ("subsidiary", booked(&order.subsidiary, &orders.subsidiary)),
        ("location", booked(&order.location, &orders.location)),
        (
            "currency",
            currency(total, terms.currencies)?.map(Json::reference),
        ),
    ];
    let fields = fields.into_iter();
    Ok(fields
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect())
}

/// Names the order, since a record that is not made by a transform bears no link to it.
fn memo(refund: &Refund, order: &SoldRow) -> String {
    let sold = order.tranid.as_deref().unwrap_or(&order.id);
    let mut memo = format!(
        "Refund {} of {} ({sold})",
        refund.number, refund.order_number
    );
    if let Some(note) = &refund.note {
        memo.push_str(": ");
        memo.push_str(note);
    }
    memo.chars().take(999).collect()
}

/// The line as one that is charged, so that it is reckoned with as an order's.
fn charged(line: &RefundLine) -> OrderLine {
    OrderLine {
        id: line.order_line.clone(),
        kind: line.kind.clone(),
        title: line.title.clone(),
        quantity: line.quantity,
        unit_price: line.amount,
        amount: line.amount,
        discounts: Vec::new(),
        taxes: line.taxes.clone(),
    }
}

fn adjusted(adjustment: &Adjustment) -> OrderLine {
    let taxed = !(adjustment.tax.shop.is_zero() && adjustment.tax.presentment.is_zero());
    let tax = || TaxLine {
        title: "Tax".to_owned(),
        rate: None,
        amount: adjustment.tax,
        remitted_by_channel: false,
    };
    let reason = adjustment.reason.clone();
    OrderLine {
        id: adjustment.id.clone(),
        kind: LineKind::Fee,
        title: reason.unwrap_or_else(|| "Adjustment".to_owned()),
        quantity: Decimal::ONE,
        unit_price: adjustment.amount,
        amount: adjustment.amount,
        discounts: Vec::new(),
        taxes: taxed.then(tax).into_iter().collect(),
    }
}

/// Goods that are not in stock again must not be put there by NetSuite.
fn item<'a>(
    line: &RefundLine,
    charge: &OrderLine,
    terms: Terms<'a>,
    refunds: &'a Refunds,
) -> Result<&'a str, Fault> {
    if is_goods(&line.kind) && line.restock != Restock::Returned {
        return adjustment_item(refunds, "goods that are not put back in stock");
    }
    item_of(charge, terms.orders, terms.articles)
}

const fn is_goods(kind: &LineKind) -> bool {
    matches!(kind, LineKind::Item { .. } | LineKind::Kit { .. })
}

fn adjustment_item<'a>(refunds: &'a Refunds, what: &str) -> Result<&'a str, Fault> {
    let item = refunds.adjustment_item.as_ref();
    item.map(InternalId::as_str).ok_or_else(|| Fault::Held {
        why: format!("the refund has {what}: set refunds.adjustment_item to the internal id of an item of type Other Charge for it"),
    })
}

fn location<'a>(line: &RefundLine, refunds: &'a Refunds) -> Option<&'a str> {
    if line.restock != Restock::Returned {
        return None;
    }
    let place = refunds.locations.get(line.location.as_ref()?.as_str())?;
    Some(place.as_str())
}

/// The SKU of every line that needs an item by SKU.
pub(crate) fn refunded_skus<'a>(refund: &'a Refund, orders: &Orders) -> Vec<&'a Sku> {
    let by_sku = |line: &&RefundLine| match line.kind {
        LineKind::GiftCard { .. } => orders.items.gift_card.is_none(),
        _ => line.restock == Restock::Returned,
    };
    let lines = refund.lines.iter().filter(by_sku);
    lines.filter_map(|line| line.kind.sku()).collect()
}
