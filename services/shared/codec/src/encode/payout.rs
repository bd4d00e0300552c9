//! Payouts to messages.

use commerce::{Payout, PayoutLine};
use proto::events::v1 as wire;

use super::{money, order_ref, timestamp};

pub(super) fn payout(payout: &Payout) -> wire::Payout {
    wire::Payout {
        number: payout.number.clone(),
        date: payout.date.to_string(),
        status: payout.status.clone(),
        net: Some(money(payout.net)),
        lines: payout.lines.iter().map(line).collect(),
    }
}

fn line(line: &PayoutLine) -> wire::PayoutLine {
    wire::PayoutLine {
        id: line.id.to_string(),
        kind: line.kind.name().to_owned(),
        at: Some(timestamp(line.at)),
        gross: Some(money(line.gross)),
        fee: Some(money(line.fee)),
        net: Some(money(line.net)),
        order: line.order.as_ref().map(order_ref),
        order_number: line.order_number.clone(),
        transaction: line.transaction.as_ref().map(ToString::to_string),
        refund: line.refund.as_ref().map(ToString::to_string),
        reason: line.reason.clone(),
    }
}
