//! Messages to refunds.

use commerce::{Adjustment, Refund, RefundLine, Repayment, Restock};
use proto::events::v1 as wire;

use super::order::{kind, tax};
use super::order_ref;
use super::value::{amount, decimal, id, required, timestamp, unknown};
use crate::error::{DecodeError, Within, each};

pub(super) fn refund(refund: wire::Refund) -> Result<Refund, DecodeError> {
    Ok(Refund {
        number: refund.number,
        key: refund.key,
        order: required(refund.order).and_then(order_ref).within("order")?,
        order_number: refund.order_number,
        at: timestamp(refund.at).within("at")?,
        test: refund.test,
        taxes_included: refund.taxes_included,
        lines: each("lines", refund.lines, line)?,
        adjustments: each("adjustments", refund.adjustments, adjustment)?,
        transactions: each("transactions", refund.transactions, repayment)?,
        total: amount(refund.total).within("total")?,
        order_total: amount(refund.order_total).within("order_total")?,
        refunded_before: amount(refund.refunded_before).within("refunded_before")?,
        note: refund.note,
    })
}

fn line(line: wire::RefundLine) -> Result<RefundLine, DecodeError> {
    Ok(RefundLine {
        kind: kind(
            line.kind,
            line.sku,
            line.components,
            line.shipping_method,
            line.discount_code,
        )?,
        id: id(line.id).within("id")?,
        order_line: id(line.order_line).within("order_line")?,
        title: line.title,
        quantity: decimal(&line.quantity).within("quantity")?,
        amount: amount(line.amount).within("amount")?,
        taxes: each("taxes", line.taxes, tax)?,
        restock: restock(line.restock).within("restock")?,
        location: line.location.map(id).transpose().within("location")?,
    })
}

fn restock(number: i32) -> Result<Restock, DecodeError> {
    match wire::Restock::try_from(number) {
        Ok(wire::Restock::No) => Ok(Restock::No),
        Ok(wire::Restock::Unshipped) => Ok(Restock::Unshipped),
        Ok(wire::Restock::Returned) => Ok(Restock::Returned),
        Ok(wire::Restock::Unspecified) | Err(_) => Err(unknown("restock", number)),
    }
}

fn adjustment(adjustment: wire::Adjustment) -> Result<Adjustment, DecodeError> {
    Ok(Adjustment {
        id: id(adjustment.id).within("id")?,
        reason: adjustment.reason,
        amount: amount(adjustment.amount).within("amount")?,
        tax: amount(adjustment.tax).within("tax")?,
    })
}

fn repayment(repayment: wire::Repayment) -> Result<Repayment, DecodeError> {
    Ok(Repayment {
        id: id(repayment.id).within("id")?,
        method: repayment.method,
        amount: amount(repayment.amount).within("amount")?,
        at: timestamp(repayment.at).within("at")?,
    })
}
