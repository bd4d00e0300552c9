//! Credits of NetSuite as refunds of the orders they belong to.

use commerce::{
    Adjustment, Amount, ExternalId, LineKind, Money, OrderRef, Refund, RefundLine, Restock,
};
use rust_decimal::Decimal;

use super::feed::{Read, decimal, external, instant, sku, typed};
use super::settings::{InternalId, Orders, Refunds};
use crate::wire::{CreditLineRow, CreditRow, Row};

/// By which settings credits are read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) orders: &'a Orders,
    pub(crate) refunds: &'a Refunds,
}

/// A refund from its rows: one row for each sales order it belongs to, and its lines. Lines are told before tax and discounts; what
/// else is in the credit (tax, discounts, goodwill) is one adjustment, so that it comes to what the credit comes to.
///
/// # Errors
/// What is wrong with which column.
pub(crate) fn giveback(
    heads: &[Row],
    lines: &[Row],
    currency: &str,
    reading: Reading<'_>,
) -> Result<Read<Refund>, String> {
    let [head] = heads else {
        return Err(format!(
            "the credit belongs to {} sales orders, so that nobody can tell what goes back for which: make one credit for each",
            heads.len()
        ));
    };
    let row: CreditRow = typed(head)?;
    let money = |text: &str| {
        Money::parse(&decimal(text)?.to_string(), currency).map_err(|error| error.to_string())
    };
    let total = money(&row.total)?;
    let mut told = Money::zero(total.currency);
    let mut given = Vec::new();
    for line in lines {
        let line: CreditLineRow = typed(line)?;
        let amount = money(line.amount.as_deref().unwrap_or("0"))?;
        if let Some(line) = giveback_line(&line, amount, reading)? {
            told = told.plus(amount).map_err(|error| error.to_string())?;
            given.push(line);
        }
    }
    let rest = total.minus(told).map_err(|error| error.to_string())?;
    let adjustment = Adjustment {
        id: external("rest")?,
        reason: Some("Tax, discounts, other".to_owned()),
        amount: Amount::same(rest),
        tax: Amount::same(Money::zero(total.currency)),
    };
    let order_total = money(row.order_total.as_deref().unwrap_or("0"))?;
    let at = instant(&row.modified)?;
    Ok(Read {
        at,
        id: external(&row.id)?,
        record: Refund {
            number: row.tranid.unwrap_or(row.id),
            key: row.credit_key,
            order: OrderRef {
                id: external(&row.order_id)?,
                key: row.order_key,
            },
            order_number: row.order_number.unwrap_or(row.order_id),
            at: row.created.as_deref().map_or(Ok(at), instant)?,
            test: false,
            taxes_included: false,
            lines: given,
            adjustments: (!rest.is_zero())
                .then_some(adjustment)
                .into_iter()
                .collect(),
            transactions: Vec::new(),
            total: Amount::same(total),
            order_total: Amount::same(order_total),
            refunded_before: Amount::same(Money::zero(total.currency)),
            note: row.memo,
        },
    })
}

/// Goods and delivery; `None` for a line that stands for neither.
fn giveback_line(
    row: &CreditLineRow,
    amount: Money,
    reading: Reading<'_>,
) -> Result<Option<RefundLine>, String> {
    let orders = reading.orders;
    let is = |item: Option<&InternalId>| {
        item.is_some_and(|item| Some(item.as_str()) == row.item.as_deref())
    };
    let own = |number: &str| external(&format!("line-{number}"));
    let named = row.shop_line.as_deref().filter(|text| !text.is_empty());
    let order_line: ExternalId = named.map_or_else(|| own(&row.line), external)?;
    let delivery = row.itemtype.as_deref() == Some("ShipItem") || is(orders.shipping.item.as_ref());
    let kind = if delivery {
        LineKind::Shipping {
            method: "delivery".to_owned(),
        }
    } else if stands_for_no_goods(&is, reading) {
        return Ok(None);
    } else {
        match row.sku.as_deref().and_then(|text| sku(text).ok()) {
            Some(sku) => LineKind::Item { sku },
            None => return Ok(None),
        }
    };
    let quantity = decimal(row.quantity.as_deref().unwrap_or("1"))?.abs();
    // A line of less than nothing takes away from the credit, and gives no goods back.
    let gives = amount.amount >= Decimal::ZERO && (delivery || !quantity.is_zero());
    Ok(gives.then(|| RefundLine {
        id: order_line.clone(),
        title: row.sku.clone().unwrap_or_else(|| "Delivery".to_owned()),
        order_line,
        quantity: if delivery { Decimal::ONE } else { quantity },
        kind,
        amount: Amount::same(amount),
        taxes: Vec::new(),
        restock: Restock::No,
        location: None,
    }))
}

/// Items that stand for charges without a SKU are amounts.
fn stands_for_no_goods(is: &impl Fn(Option<&InternalId>) -> bool, reading: Reading<'_>) -> bool {
    let items = &reading.orders.items;
    let charges = [
        &items.custom_item,
        &items.discount,
        &items.tip,
        &items.duty,
        &items.fee,
        &items.gift_card,
        &reading.refunds.adjustment_item,
    ];
    let taxes = reading.orders.tax.items();
    charges.into_iter().any(|item| is(item.as_ref())) || taxes.into_iter().any(is)
}
