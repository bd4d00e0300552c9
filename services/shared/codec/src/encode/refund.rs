//! Refunds to messages.

use commerce::{Adjustment, Refund, RefundLine, Repayment, Restock};
use proto::events::v1 as wire;

use super::order::{Charged, tax};
use super::{amount, order_ref, timestamp};

pub(super) fn refund(refund: &Refund) -> wire::Refund {
    wire::Refund {
        number: refund.number.clone(),
        key: refund.key.clone(),
        order: Some(order_ref(&refund.order)),
        order_number: refund.order_number.clone(),
        at: Some(timestamp(refund.at)),
        test: refund.test,
        taxes_included: refund.taxes_included,
        lines: refund.lines.iter().map(line).collect(),
        adjustments: refund.adjustments.iter().map(adjustment).collect(),
        transactions: refund.transactions.iter().map(repayment).collect(),
        total: Some(amount(&refund.total)),
        order_total: Some(amount(&refund.order_total)),
        refunded_before: Some(amount(&refund.refunded_before)),
        note: refund.note.clone(),
    }
}

fn line(line: &RefundLine) -> wire::RefundLine {
    let charged = Charged::of(&line.kind);
    wire::RefundLine {
        id: line.id.to_string(),
        order_line: line.order_line.to_string(),
        kind: charged.kind.into(),
        title: line.title.clone(),
        quantity: line.quantity.to_string(),
        amount: Some(amount(&line.amount)),
        taxes: line.taxes.iter().map(tax).collect(),
        restock: match line.restock {
            Restock::No => wire::Restock::No,
            Restock::Unshipped => wire::Restock::Unshipped,
            Restock::Returned => wire::Restock::Returned,
        }
        .into(),
        location: line.location.as_ref().map(ToString::to_string),
        sku: charged.sku,
        components: charged.components,
        shipping_method: charged.shipping_method,
        discount_code: charged.discount_code,
    }
}

fn adjustment(adjustment: &Adjustment) -> wire::Adjustment {
    wire::Adjustment {
        id: adjustment.id.to_string(),
        reason: adjustment.reason.clone(),
        amount: Some(amount(&adjustment.amount)),
        tax: Some(amount(&adjustment.tax)),
    }
}

fn repayment(repayment: &Repayment) -> wire::Repayment {
    wire::Repayment {
        id: repayment.id.to_string(),
        method: repayment.method.clone(),
        amount: Some(amount(&repayment.amount)),
        at: Some(timestamp(repayment.at)),
    }
}
