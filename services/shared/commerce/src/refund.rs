//! Refunds: what was given back of an order, for which goods, and by which means.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::fulfilment::OrderRef;
use crate::ids::{ExternalId, LineId};
use crate::order::{LineKind, TaxLine};

/// Money given back of one order at one time.
///
/// It adds up when the lines and adjustments, each with its tax, come to `total`: see [`Refund::total_check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The number people use: the order's, and which of its refunds it is (`#1001-R1`).
    pub number: String,
    /// The key under which Causeway wrote it, if Causeway wrote it: then it came from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The order it gives back.
    pub order: OrderRef,
    /// The order's number (`#1001`).
    pub order_number: String,
    /// When it was made.
    pub at: Timestamp,
    /// Whether the storefront marks the order as a test, not a sale.
    pub test: bool,
    /// Whether amounts include their taxes, as the order's do.
    pub taxes_included: bool,
    /// What is given back: goods, delivery, duties. All of a line or part of it.
    pub lines: Vec<RefundLine>,
    /// What is given or kept for no line: goodwill, a difference agreed upon.
    pub adjustments: Vec<Adjustment>,
    /// How the money went back. Empty where none did.
    pub transactions: Vec<Repayment>,
    /// What the storefront says was given back in all; positive.
    pub total: Amount,
    /// What the order came to before any refund, as far as the source knows.
    pub order_total: Amount,
    /// What earlier refunds of the same order gave back in all, as far as the source knows.
    pub refunded_before: Amount,
    /// Why, in the merchant's words.
    pub note: Option<String>,
}

/// One charge of the order given back, all or in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// The storefront's id of it, unique within the refund.
    pub id: LineId,
    /// The order's line.
    pub order_line: LineId,
    /// What the order's line charges for.
    pub kind: LineKind,
    /// What the buyer saw.
    pub title: String,
    /// Units given back; 1 for charges that have none.
    pub quantity: Decimal,
    /// What is given back for it after discounts, with tax where the refund's amounts include it; positive.
    pub amount: Amount,
    /// Taxes given back; contained in `amount` where the refund's amounts include them.
    pub taxes: Vec<TaxLine>,
    /// What became of the goods.
    pub restock: Restock,
    /// Id of the location where they are again, at the system the event was read from.
    pub location: Option<ExternalId>,
}

/// What became of refunded goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restock {
    /// They are not in stock again, or there never were any.
    No,
    /// They had not left yet and will not.
    Unshipped,
    /// They came back and were put in stock.
    Returned,
}

impl Restock {
    /// The name for people and rules.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unshipped => "unshipped",
            Self::Returned => "returned",
        }
    }
}

/// Money given back for no line, or kept of what the lines come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// The storefront's id of it, unique within the refund.
    pub id: LineId,
    /// Why, as the storefront names it.
    pub reason: Option<String>,
    /// What the buyer gets for it, with tax where the refund's amounts include it; negative where less is given back than the lines come to.
    pub amount: Amount,
    /// The tax of it; contained in `amount` where the refund's amounts include taxes.
    pub tax: Amount,
}

/// One payment back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repayment {
    /// The storefront's id of the transaction.
    pub id: LineId,
    /// The means, as the storefront names it (`visa`, `paypal`, `gift_card`).
    pub method: String,
    /// How much; positive.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::Side;
    use crate::money::Money;

    fn eur(text: &str) -> Amount {
        Amount::same(Money::parse(text, "EUR").unwrap())
    }

    fn id(text: &str) -> ExternalId {
        ExternalId::new(text).unwrap()
    }

    /// Goods for 20.00 with 3.80 tax, and an adjustment.
    fn refund(taxes_included: bool, adjustment: &str, total: &str) -> Refund {
        Refund {
            number: "#1-R1".to_owned(),
            key: None,
            order: OrderRef {
                id: id("1"),
                key: None,
            },
            order_number: "#1".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            test: false,
            taxes_included,
            lines: vec![RefundLine {
                id: id("11"),
                order_line: id("7"),
                kind: LineKind::CustomItem,
                title: "Tea".to_owned(),
                quantity: Decimal::TWO,
                amount: eur("20.00"),
                taxes: vec![TaxLine {
                    title: "VAT".to_owned(),
                    rate: None,
                    amount: eur("3.80"),
                    remitted_by_channel: false,
                }],
                restock: Restock::No,
                location: None,
            }],
            adjustments: vec![Adjustment {
                id: id("12"),
                reason: None,
                amount: eur(adjustment),
                tax: eur("0"),
            }],
            transactions: Vec::new(),
            total: eur(total),
            order_total: eur("100"),
            refunded_before: eur("0"),
            note: None,
        }
    }

    #[test]
    fn lines_taxes_and_adjustments_come_to_the_total() {
        // (taxes included, adjustment, total) -> difference
        for (included, adjustment, total, difference) in [
            (false, "0", "23.80", "0"),
            (true, "0", "20.00", "0"),
            (false, "-1.80", "22.00", "0"),
            (false, "5", "28.80", "0"),
            (false, "0", "20.00", "-3.80"),
            (true, "0", "19.99", "-0.01"),
        ] {
            let refund = refund(included, adjustment, total);
            let check = refund.total_check(Side::Shop).unwrap();
            assert_eq!(check.difference, eur(difference).shop, "{total}");
            assert_eq!(check.adds_up(), difference == "0");
        }
    }

    #[test]
    fn the_account_names_each_part() {
        let refund = refund(false, "-1.80", "20.00");
        let account = refund.total_check(Side::Shop).unwrap().explanation();
        assert!(account.contains("Tea (custom_item, line 11)"), "{account}");
        assert!(
            account.contains("Adjustment (adjustment, line 12)"),
            "{account}"
        );
    }

    #[test]
    fn what_is_only_told_along_makes_no_other_version() {
        use crate::event::Record;
        let first = refund(false, "0", "23.80");
        let mut later = first.clone();
        later.note = Some("sorry".to_owned());
        later.order_total = eur("120");
        later.refunded_before = eur("7");
        let digest = |refund: Refund| Record::Refund(Box::new(refund)).digest();
        assert_eq!(digest(first.clone()), digest(later.clone()));
        later.total = eur("1");
        assert_ne!(digest(first), digest(later));
    }
}
