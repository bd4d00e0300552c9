//! What is still open of an order's deposits and invoices, and what its refunds take of it: never more.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::credit::decimal;
use crate::wire::{BillRow, DepositRow, Json, Object, SoldRow};

/// A part of one amount that is applied to a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Applied {
    /// The transaction, by internal id.
    pub(crate) doc: String,
    /// How much; positive.
    pub(crate) amount: Decimal,
}

/// What is open, by the sale's internal id.
#[derive(Debug, Default)]
pub(crate) struct Open(HashMap<String, Vec<Applied>>);

impl Open {
    /// What is left of deposits.
    pub(crate) fn deposits(rows: &[DepositRow]) -> Self {
        let mut open = Self::default();
        for row in rows {
            open.add(&row.order_id, &row.id, row.unused.as_ref());
        }
        open
    }

    /// What is to be paid of invoices: those of sales orders, and sales that are invoices themselves.
    pub(crate) fn invoices(sold: &[SoldRow], bills: &[BillRow]) -> Self {
        let mut open = Self::default();
        let own = sold.iter();
        for row in own.filter(|row| row.r#type.as_deref() == Some("CustInvc")) {
            open.add(&row.id, &row.id, row.unpaid.as_ref());
        }
        for bill in bills.iter().filter(|bill| bill.r#type == "CustInvc") {
            open.add(&bill.order_id, &bill.id, bill.unpaid.as_ref());
        }
        open
    }

    fn add(&mut self, order: &str, doc: &str, amount: Option<&String>) {
        let amount = amount.and_then(|text| decimal(text)).unwrap_or_default();
        self.0.entry(order.to_owned()).or_default().push(Applied {
            doc: doc.to_owned(),
            amount,
        });
    }

    /// Whether anything of the sale was ever there, if it is used up by now.
    pub(crate) fn knows(&self, order: &str) -> bool {
        self.0.contains_key(order)
    }

    /// As much of an amount as is open, oldest first.
    pub(crate) fn draw(&self, order: &str, amount: Decimal) -> Vec<Applied> {
        let mut left = amount;
        let mut drawn = Vec::new();
        for pot in self.0.get(order).into_iter().flatten() {
            let part = left.min(pot.amount);
            if part > Decimal::ZERO {
                left = left.saturating_sub(part);
                drawn.push(Applied {
                    doc: pot.doc.clone(),
                    amount: part,
                });
            }
        }
        drawn
    }

    /// Takes what was drawn, so that the next refund of the same order does not take it again.
    pub(crate) fn take(&mut self, order: &str, drawn: &[Applied]) {
        for pot in self.0.get_mut(order).into_iter().flatten() {
            for one in drawn.iter().filter(|one| one.doc == pot.doc) {
                pot.amount = pot.amount.saturating_sub(one.amount);
            }
        }
    }
}

/// What was drawn in all.
pub(crate) fn sum(drawn: &[Applied]) -> Decimal {
    drawn
        .iter()
        .fold(Decimal::ZERO, |sum, one| sum.saturating_add(one.amount))
}

/// The sublist by which amounts are applied.
pub(crate) fn applying(drawn: &[Applied]) -> Json {
    let line = |one: &Applied| {
        Json::Object(Object::from([
            ("doc".to_owned(), Json::reference(&one.doc)),
            ("apply".to_owned(), Json::from(true)),
            ("amount".to_owned(), Json::from(one.amount)),
        ]))
    };
    Json::sublist(drawn.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Open {
        let row = |id: &str, unused: &str| DepositRow {
            order_id: "1".to_owned(),
            id: id.to_owned(),
            unused: Some(unused.to_owned()),
        };
        Open::deposits(&[row("7", "20.00"), row("8", "0"), row("9", "5.50")])
    }

    fn applied(docs: &[(&str, &str)]) -> Vec<Applied> {
        let one = |(doc, amount): &(&str, &str)| Applied {
            doc: (*doc).to_owned(),
            amount: amount.parse().unwrap(),
        };
        docs.iter().map(one).collect()
    }

    #[test]
    fn no_more_is_drawn_than_is_left() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)]);
        let cases: [Case<'_>; 5] = [
            ("12", &[("7", "12")]),
            ("20", &[("7", "20.00")]),
            ("21.25", &[("7", "20.00"), ("9", "1.25")]),
            ("99", &[("7", "20.00"), ("9", "5.50")]),
            ("0", &[]),
        ];
        for (amount, expected) in cases {
            let drawn = open().draw("1", amount.parse().unwrap());
            assert_eq!(drawn, applied(expected), "{amount}");
        }
        assert_eq!(open().draw("2", Decimal::TEN), []);
        assert!(open().knows("1") && !open().knows("2"));
    }

    #[test]
    fn what_was_taken_is_not_there_again() {
        let mut open = open();
        let first = open.draw("1", "22".parse().unwrap());
        open.take("1", &first);
        let rest = open.draw("1", "22".parse().unwrap());
        assert_eq!(rest, applied(&[("9", "3.50")]));
        assert_eq!(sum(&first) + sum(&rest), "25.50".parse().unwrap());
    }
}
