//! The transactions by which the orders of payouts were paid and paid back.

use std::collections::{BTreeMap, BTreeSet};

use commerce::{ConnectionId, Kind, Payout, PayoutLine, PayoutLineKind, TargetKey};

use crate::map::settings::InternalId;
use crate::wire::FundRow;

/// The keys of what a line settles.
pub(crate) struct LineKeys {
    pub(crate) order: Option<String>,
    /// The customer deposit of the payment.
    pub(crate) deposit: Option<String>,
    /// The credit of the refund.
    pub(crate) refund: Option<String>,
}

impl LineKeys {
    pub(crate) fn of(line: &PayoutLine, from: &ConnectionId) -> Self {
        let order = line.order.as_ref().map(|order| &order.id);
        let paid = order.zip(line.transaction.as_ref());
        let paid = paid.filter(|_| line.kind == PayoutLineKind::Charge);
        Self {
            order: order.map(|id| TargetKey::of(from, Kind::Order, id).to_string()),
            deposit: paid.map(|(order, id)| TargetKey::deposit(from, order, id).to_string()),
            refund: line
                .refund
                .as_ref()
                .map(|id| TargetKey::of(from, Kind::Refund, id).to_string()),
        }
    }
}

/// All keys of a payout.
pub(crate) fn keys(payout: &Payout, from: &ConnectionId) -> BTreeSet<String> {
    let settle = |line: &&PayoutLine| is_paid_or_refunded(line);
    let lines = payout.lines.iter().filter(settle);
    lines
        .flat_map(|line| {
            let keys = LineKeys::of(line, from);
            [keys.order, keys.deposit, keys.refund]
        })
        .flatten()
        .collect()
}

pub(super) fn is_paid_or_refunded(line: &PayoutLine) -> bool {
    matches!(line.kind, PayoutLineKind::Charge | PayoutLineKind::Refund)
}

/// What was found of the orders of payouts.
#[derive(Debug, Default)]
pub(crate) struct Funds {
    by_key: BTreeMap<String, FundRow>,
    /// What was made of a transaction, by its internal id.
    made_of: BTreeMap<String, Vec<FundRow>>,
}

impl Funds {
    /// Takes what was found by key.
    pub(crate) fn take(&mut self, rows: Vec<FundRow>) {
        for row in rows {
            if let Some(key) = row.externalid.clone() {
                self.by_key.entry(key).or_insert(row);
            }
        }
    }

    /// Takes what was made of others, and returns the ids of which more may have been made.
    pub(crate) fn follow(&mut self, rows: Vec<FundRow>) -> BTreeSet<InternalId> {
        let mut further = BTreeSet::new();
        for row in rows {
            let leads_on = ["CustInvc", "CashSale", "CustDep"].contains(&row.r#type.as_str());
            if leads_on && let Ok(id) = InternalId::new(row.id.as_str()) {
                further.insert(id);
            }
            let Some(of) = row.made_of.clone() else {
                continue;
            };
            let made = self.made_of.entry(of).or_default();
            if !made.iter().any(|known| known.id == row.id) {
                made.push(row);
            }
        }
        further
    }

    /// The transactions by which the money is to be looked for that is not under its own key.
    pub(crate) fn roots(&self, payout: &Payout, from: &ConnectionId) -> BTreeSet<InternalId> {
        let mut roots = BTreeSet::new();
        for line in payout.lines.iter().filter(|line| is_paid_or_refunded(line)) {
            let keys = LineKeys::of(line, from);
            let own = self.under(&keys.deposit).or(self.under(&keys.refund));
            if own.is_some_and(|row| row.r#type != "CustCred") {
                continue;
            }
            let found = [own, self.under(&keys.order)].into_iter().flatten();
            let is_paid =
                |row: &&FundRow| row.r#type == "CashSale" && line.kind == PayoutLineKind::Charge;
            let ids = found.filter(|row| !is_paid(row));
            roots.extend(ids.filter_map(|row| InternalId::new(row.id.as_str()).ok()));
        }
        roots
    }

    /// Whether the deposit with that key is there.
    pub(crate) fn has_deposit(&self, key: &str) -> bool {
        let found = self.by_key.get(key);
        found.is_some_and(|row| row.r#type == "Deposit")
    }

    pub(super) fn under(&self, key: &Option<String>) -> Option<&FundRow> {
        self.by_key.get(key.as_ref()?)
    }

    /// What was made of a transaction, and of what was made of it.
    pub(super) fn made_of(&self, id: &str) -> Vec<&FundRow> {
        let first = self.made_of.get(id).into_iter().flatten();
        first
            .flat_map(|row| {
                let then = self.made_of.get(&row.id).into_iter().flatten();
                std::iter::once(row).chain(then)
            })
            .collect()
    }
}
