//! Payouts: money that a payment provider brought to the bank, with every movement it is made of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fulfilment::OrderRef;
use crate::ids::{ExternalId, LineId};
use crate::money::{Money, MoneyError};

/// One transfer from a payment provider to the merchant's bank account, in one currency.
///
/// It adds up when each line's gross less its fee is its net, and the lines' nets come to the payout's: see [`Payout::discrepancy`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// The number people find it by: the bank's reference where there is one, else the provider's id.
    pub number: String,
    /// The day on which it was issued, in the storefront's own calendar.
    pub date: Date,
    /// How far it has come, as the source names it (`paid`).
    pub status: String,
    /// What reached the bank; below zero where the provider took money back from it.
    pub net: Money,
    /// Every movement of it.
    pub lines: Vec<PayoutLine>,
}

/// One movement of money in a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutLine {
    /// The provider's id of it, unique within the payout.
    pub id: LineId,
    /// What it is.
    pub kind: PayoutLineKind,
    /// When.
    pub at: Timestamp,
    /// Before fees; below zero where money went away.
    pub gross: Money,
    /// What the provider kept; below zero where it gave a fee back.
    pub fee: Money,
    /// What it adds to the payout.
    pub net: Money,
    /// The order it belongs to, where it belongs to one.
    pub order: Option<OrderRef>,
    /// That order's number (`#1001`).
    pub order_number: Option<String>,
    /// The order's payment or repayment that it settles, by the storefront's id of that transaction.
    pub transaction: Option<LineId>,
    /// The refund that it pays, where the source can tell.
    pub refund: Option<ExternalId>,
    /// Why, in the provider's words.
    pub reason: Option<String>,
}

/// What a movement of money is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutLineKind {
    /// A buyer's payment.
    Charge,
    /// Money given back to a buyer.
    Refund,
    /// A correction by the provider.
    Adjustment,
    /// A payment that its buyer disputes: taken away, or won back.
    Dispute,
    /// A charge of the provider's own, beside the fees of other lines.
    Fee,
    /// Money kept back for a time, or let go again.
    Reserve,
    /// Anything else, by the provider's name of it in lower case (`shipping_label`).
    Other(String),
}

impl PayoutLineKind {
    /// The name for people, rules and settings.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::Adjustment => "adjustment",
            Self::Dispute => "dispute",
            Self::Fee => "fee",
            Self::Reserve => "reserve",
            Self::Other(name) => name,
        }
    }

    /// The kind of that name; a name that is none of the others' is one of its own.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let known = [
            Self::Charge,
            Self::Refund,
            Self::Adjustment,
            Self::Dispute,
            Self::Fee,
            Self::Reserve,
        ];
        let found = known.into_iter().find(|kind| kind.name() == name);
        found.unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

impl PayoutLine {
    /// The line in words: its kind, its order, its id.
    #[must_use]
    pub fn title(&self) -> String {
        let order = self.order_number.as_deref();
        let order = order.map(|number| format!(" of order {number}"));
        format!(
            "{}{} (line {})",
            self.kind.name(),
            order.unwrap_or_default(),
            self.id
        )
    }
}

impl Payout {
    /// What the provider kept in all.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn fees(&self) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.net.currency);
        let mut fees = self.lines.iter().map(|line| line.fee);
        fees.try_fold(zero, Money::plus)
    }

    /// Why the payout does not add up, kind by kind and with the lines that are wrong in themselves; `None` where it does.
    ///
    /// # Errors
    /// [`MoneyError`] when its amounts bear different currencies or do not fit.
    pub fn discrepancy(&self) -> Result<Option<String>, MoneyError> {
        let zero = Money::zero(self.net.currency);
        let mut sum = zero;
        let mut kinds: BTreeMap<&str, (usize, Money, Money)> = BTreeMap::new();
        let mut wrong = String::new();
        for line in &self.lines {
            sum = sum.plus(line.net)?;
            let entry = kinds.entry(line.kind.name()).or_insert((0, zero, zero));
            *entry = (
                entry.0 + 1,
                entry.1.plus(line.gross)?,
                entry.2.plus(line.fee)?,
            );
            if line.gross.minus(line.fee)?.amount != line.net.amount {
                wrong.push_str(&format!(
                    "\n  {}: {} - {} fee is not {}",
                    line.title(),
                    line.gross,
                    line.fee,
                    line.net
                ));
            }
        }
        let difference = self.net.minus(sum)?;
        if difference.is_zero() && wrong.is_empty() {
            return Ok(None);
        }
        let mut text = format!(
            "the payout states {}, its lines come to {sum}: a difference of {difference}",
            self.net
        );
        for (kind, (count, gross, fee)) in kinds {
            text.push_str(&format!(
                "\n  {kind} ({count} lines): {gross} - {fee} fees = {}",
                gross.minus(fee)?
            ));
        }
        text.push_str(&wrong);
        Ok(Some(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(text: &str) -> Money {
        Money::parse(text, "EUR").unwrap()
    }

    fn line(id: &str, gross: &str, fee: &str, net: &str) -> PayoutLine {
        PayoutLine {
            id: ExternalId::new(id).unwrap(),
            kind: PayoutLineKind::Charge,
            at: Timestamp::UNIX_EPOCH,
            gross: eur(gross),
            fee: eur(fee),
            net: eur(net),
            order: None,
            order_number: Some("#1".to_owned()),
            transaction: None,
            refund: None,
            reason: None,
        }
    }

    fn payout(net: &str, lines: Vec<PayoutLine>) -> Payout {
        Payout {
            number: "7".to_owned(),
            date: Date::constant(2026, 3, 2),
            status: "paid".to_owned(),
            net: eur(net),
            lines,
        }
    }

    #[test]
    fn lines_come_to_the_net() {
        let lines = vec![
            line("1", "100", "3.20", "96.80"),
            line("2", "-20", "0", "-20"),
        ];
        assert_eq!(payout("76.80", lines.clone()).discrepancy().unwrap(), None);
        let why = payout("76.79", lines).discrepancy().unwrap().unwrap();
        assert!(why.contains("a difference of -0.01"), "{why}");
        assert!(why.contains("charge (2 lines)"), "{why}");
    }

    #[test]
    fn a_line_that_is_wrong_in_itself_is_named() {
        let payout = payout("97", vec![line("8", "100", "3.20", "97")]);
        let why = payout.discrepancy().unwrap().unwrap();
        assert!(why.contains("charge of order #1 (line 8)"), "{why}");
    }

    #[test]
    fn another_currency_is_an_error() {
        let mut payout = payout("0", vec![line("1", "0", "0", "0")]);
        payout.lines[0].net = Money::parse("0", "USD").unwrap();
        assert!(payout.discrepancy().is_err());
    }

    #[test]
    fn kinds_are_told_by_name() {
        for name in ["charge", "refund", "reserve", "shipping_label"] {
            assert_eq!(PayoutLineKind::of(name).name(), name);
        }
        assert!(matches!(
            PayoutLineKind::of("transfer"),
            PayoutLineKind::Other(_)
        ));
    }
}
