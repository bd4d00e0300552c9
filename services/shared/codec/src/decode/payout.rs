//! Messages to payouts.

use commerce::{Money, Payout, PayoutLine, PayoutLineKind};
use proto::events::v1 as wire;

use super::order_ref;
use super::value::{id, invalid, money, required, timestamp};
use crate::error::{DecodeError, Within, each};

pub(super) fn payout(payout: wire::Payout) -> Result<Payout, DecodeError> {
    Ok(Payout {
        number: payout.number,
        date: payout.date.parse().map_err(invalid).within("date")?,
        status: payout.status,
        net: stated(payout.net).within("net")?,
        lines: each("lines", payout.lines, line)?,
    })
}

fn line(line: wire::PayoutLine) -> Result<PayoutLine, DecodeError> {
    Ok(PayoutLine {
        id: id(line.id).within("id")?,
        kind: PayoutLineKind::of(&line.kind),
        at: timestamp(line.at).within("at")?,
        gross: stated(line.gross).within("gross")?,
        fee: stated(line.fee).within("fee")?,
        net: stated(line.net).within("net")?,
        order: line.order.map(order_ref).transpose().within("order")?,
        order_number: line.order_number,
        transaction: line.transaction.map(id).transpose().within("transaction")?,
        refund: line.refund.map(id).transpose().within("refund")?,
        reason: line.reason,
    })
}

fn stated(amount: Option<wire::Money>) -> Result<Money, DecodeError> {
    money(&required(amount)?)
}
