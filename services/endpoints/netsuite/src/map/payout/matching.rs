//! Which payment in Undeposited Funds each line of a payout is, in any order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{ConnectionId, LineId, Payout, PayoutLine, PayoutLineKind};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::funds::{Funds, LineKeys, is_paid_or_refunded};
use crate::wire::FundRow;

/// By what lines are matched.
#[derive(Clone, Copy)]
pub(crate) struct Matching<'a> {
    pub(crate) funds: &'a Funds,
    /// The connection that the payout was read from.
    pub(crate) from: &'a ConnectionId,
    /// The payout's currency by its internal id; none where the account has one currency.
    pub(crate) currency: Option<&'a str>,
    /// Whether payments go straight to an account, past Undeposited Funds.
    pub(crate) past_undeposited: bool,
}

/// What a payout consists of in NetSuite.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Matched {
    /// The transactions that it brings to the bank, by internal id.
    pub(crate) payments: Vec<String>,
    /// The lines that are none of them, and why.
    pub(crate) unmatched: Vec<Unmatched>,
}

/// A line that is no payment in Undeposited Funds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unmatched {
    pub(crate) line: LineId,
    pub(crate) why: String,
}

/// The lines of one order that go one way, or of one refund.
type Group<'p> = (LineKeys, Vec<&'p PayoutLine>);

/// Matches every line.
pub(crate) fn matched(payout: &Payout, by: Matching<'_>) -> Matched {
    let mut matched = Matched::default();
    let mut used = BTreeSet::new();
    let mut groups: BTreeMap<(Option<String>, Option<String>, bool), Group<'_>> = BTreeMap::new();
    for line in &payout.lines {
        if !is_paid_or_refunded(line) {
            if !line.gross.is_zero() {
                matched.leave(line, "it is no payment of an order");
            }
            continue;
        }
        let keys = LineKeys::of(line, by.from);
        let is_refund = line.kind == PayoutLineKind::Refund;
        let group = (keys.order.clone(), keys.refund.clone(), is_refund);
        let group = groups.entry(group).or_insert((keys, Vec::new()));
        group.1.push(line);
    }
    for (keys, lines) in groups.into_values() {
        by.group(&keys, lines, &mut used, &mut matched);
    }
    matched
}

impl Matched {
    fn leave(&mut self, line: &PayoutLine, why: impl Into<String>) {
        self.unmatched.push(Unmatched {
            line: line.id.clone(),
            why: why.into(),
        });
    }
}

impl<'a> Matching<'a> {
    fn group(
        self,
        keys: &LineKeys,
        lines: Vec<&PayoutLine>,
        used: &mut BTreeSet<String>,
        matched: &mut Matched,
    ) {
        let mut open = Vec::new();
        for line in lines {
            // A payment under its own key is this one and no other.
            let own = LineKeys::of(line, self.from).deposit;
            let mut candidates: Vec<&'a FundRow> = self.funds.under(&own).into_iter().collect();
            if candidates.is_empty() {
                candidates = self.candidates(keys, line);
            }
            match self.pick(&candidates, moved(line), used) {
                Some(id) => matched.payments.push(id),
                None => open.push((line, candidates)),
            }
        }
        // One transaction may stand for all: a cash sale that was paid in parts.
        let sum: Decimal = open.iter().map(|(line, _)| moved(line)).sum();
        if let [(_, candidates), _, ..] = &open[..]
            && let Some(id) = self.pick(candidates, sum, used)
        {
            matched.payments.push(id);
            return;
        }
        for (line, candidates) in open {
            let why = self.why_not(keys, line, &candidates, used);
            matched.leave(line, why);
        }
    }

    /// What the line may be, where it has no key of its own.
    fn candidates(self, keys: &LineKeys, line: &PayoutLine) -> Vec<&'a FundRow> {
        let order = self.funds.under(&keys.order);
        let credit = self.funds.under(&keys.refund);
        let made =
            |row: Option<&'a FundRow>| row.map_or_else(Vec::new, |row| self.funds.made_of(&row.id));
        let types: &[&str] = match line.kind {
            PayoutLineKind::Refund => &["CashRfnd", "CustRfnd"],
            _ => &["CashSale", "CustDep", "CustPymt"],
        };
        let mut all: Vec<&'a FundRow> = credit.into_iter().chain(made(credit)).collect();
        // What a refund became is known where it was carried over.
        if credit.is_none() {
            all.extend(order);
            all.extend(made(order));
        }
        all.retain(|row| types.contains(&row.r#type.as_str()));
        all
    }

    fn pick(
        self,
        candidates: &[&FundRow],
        amount: Decimal,
        used: &mut BTreeSet<String>,
    ) -> Option<String> {
        let fits = |row: &&&FundRow| {
            self.is_undeposited(row) && row.total() == Some(amount) && !used.contains(&row.id)
        };
        let id = candidates.iter().find(fits)?.id.clone();
        used.insert(id.clone());
        Some(id)
    }

    fn is_undeposited(self, row: &FundRow) -> bool {
        let straight = self.past_undeposited && row.r#type != "CustRfnd";
        let same_currency = match (self.currency, row.currency.as_deref()) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        };
        !straight && same_currency && !row.is_deposited()
    }

    /// Why none of them is the line.
    fn why_not(
        self,
        keys: &LineKeys,
        line: &PayoutLine,
        candidates: &[&FundRow],
        used: &BTreeSet<String>,
    ) -> String {
        let Some(number) = &line.order_number else {
            return "it belongs to no order".to_owned();
        };
        let Some(order) = self.funds.under(&keys.order) else {
            return format!("order {number} is not in NetSuite");
        };
        if let Some(credit) = self.funds.under(&keys.refund)
            && credit.r#type == "CustCred"
            && candidates.is_empty()
        {
            return format!(
                "the refund is {}, which no customer refund pays out",
                credit.name()
            );
        }
        let Some(row) = candidates.first() else {
            return match line.kind {
                PayoutLineKind::Refund => {
                    format!("no cash refund or customer refund of order {number} was found")
                }
                _ => format!("no payment of order {number} ({}) was found", order.name()),
            };
        };
        let name = row.name();
        if self.past_undeposited {
            format!("{name} went straight to the account that orders.payments.account names")
        } else if let Some(deposit) = &row.deposit {
            format!("{name} is in deposit {deposit} already")
        } else if row.is_deposited() {
            format!("{name} does not lie in Undeposited Funds")
        } else if used.contains(&row.id) {
            format!("{name} stands for another line")
        } else if row.total() == Some(moved(line)) {
            format!("{name} is in another currency than the payout")
        } else {
            let total = row.total().unwrap_or_default();
            format!("{name} comes to {total}")
        }
    }
}

/// How much a transaction has to come to that is this line.
fn moved(line: &PayoutLine) -> Decimal {
    match line.kind {
        PayoutLineKind::Refund => -line.gross.amount,
        _ => line.gross.amount,
    }
}
