//! A payout as a deposit: the payments it brings to the bank are ticked, fees and what matches nothing are lines with accounts of their own.
//!
//! `other` lines add to a deposit, `cashback` lines take away from it (NetSuite help, "Deposit" and "Adding a Record With Other Deposit, Cash Back
//! Lines"); amounts are positive in both.

mod funds;
mod matching;
#[cfg(test)]
mod tests;

use commerce::{Money, Payout, PayoutLine, TargetKey};
use ports::{Assignments, Fault};
use rust_decimal::Decimal;

use super::assign::assign;
use super::fields::BANK_DEPOSIT;
use super::order::{Draft, unfit};
use super::settings::{InternalId, Payouts};
use crate::wire::{Json, Object};

pub(crate) use funds::{Funds, keys as payout_keys};
pub(crate) use matching::{Matched, Matching, matched};

/// Lines that are named at most in the reason of a held payout.
const NAMED: usize = 50;

/// Maps a payout whose lines are matched.
///
/// # Errors
/// [`Fault::Held`] for what needs an account that is not set, with the lines and their amounts, and for what a deposit cannot be.
pub(crate) fn payout_draft(
    payout: &Payout,
    key: &TargetKey,
    set: &Assignments,
    matched: &Matched,
    settings: &Payouts,
) -> Result<Draft, Fault> {
    let currency = payout.net.currency;
    let bank = settings.bank(currency).ok_or_else(|| Fault::Held {
        why: format!(
            "payouts in {} have no bank account: set payouts.account",
            currency.code()
        ),
    })?;
    if payout.net.amount.is_sign_negative() && !payout.net.is_zero() {
        return Err(Fault::Held {
            why: format!(
                "the payout comes to {}: money was taken from the bank, which NetSuite has no deposit for. Enter it there as a check or journal entry, then mark this record as ignored",
                payout.net
            ),
        });
    }
    let mut lines = Accounts::default();
    let fees = payout.fees().map_err(unfit)?;
    if !fees.is_zero() {
        let account = settings.fee_account.as_ref().ok_or_else(|| Fault::Held {
            why: format!("the payout has fees of {fees}: set payouts.fee_account"),
        })?;
        lines.add(account, fees.negated(), "Fees".to_owned());
    }
    lines.unmatched(payout, matched, settings)?;
    let payments: Vec<Json> = matched
        .payments
        .iter()
        .filter_map(|id| ticked(id))
        .collect();
    let memo = format!("Payout {} of {}", payout.number, payout.date);
    let mut body = Object::from([
        ("externalId".to_owned(), Json::from(key.as_str())),
        ("account".to_owned(), Json::reference(bank.as_str())),
        ("tranDate".to_owned(), Json::Text(payout.date.to_string())),
        ("memo".to_owned(), Json::Text(memo)),
    ]);
    for (name, items) in [
        ("payment", payments),
        ("other", lines.other),
        ("cashback", lines.cash_back),
    ] {
        if !items.is_empty() {
            body.insert(name.to_owned(), Json::sublist(items));
        }
    }
    assign(&mut body, &set.header, &BANK_DEPOSIT)?;
    Ok(Draft::new("deposit", body, payout.net))
}

/// A line of the sublist of payments is found by the internal id of its transaction.
fn ticked(id: &str) -> Option<Json> {
    let number: Decimal = id.parse().ok()?;
    Some(Json::Object(Object::from([
        ("id".to_owned(), Json::from(number)),
        ("deposit".to_owned(), Json::from(true)),
    ])))
}

/// Lines with accounts of their own.
#[derive(Default)]
struct Accounts {
    other: Vec<Json>,
    cash_back: Vec<Json>,
}

impl Accounts {
    fn add(&mut self, account: &InternalId, amount: Money, memo: String) {
        let line = Json::Object(Object::from([
            ("account".to_owned(), Json::reference(account.as_str())),
            ("amount".to_owned(), Json::from(amount.amount.abs())),
            ("memo".to_owned(), Json::Text(memo)),
        ]));
        if amount.amount.is_sign_negative() {
            self.cash_back.push(line);
        } else {
            self.other.push(line);
        }
    }

    fn unmatched(
        &mut self,
        payout: &Payout,
        matched: &Matched,
        settings: &Payouts,
    ) -> Result<(), Fault> {
        let mut homeless = Vec::new();
        for unmatched in &matched.unmatched {
            let Some(line) = payout.lines.iter().find(|line| line.id == unmatched.line) else {
                continue;
            };
            match settings.account_of(&line.kind) {
                Some(account) => self.add(account, line.gross, told(line)),
                None => homeless.push((line, unmatched.why.as_str())),
            }
        }
        if homeless.is_empty() {
            return Ok(());
        }
        let mut sum = Money::zero(payout.net.currency);
        for (line, _) in &homeless {
            sum = sum.plus(line.gross).map_err(unfit)?;
        }
        let mut why = format!(
            "{} of the payout's {} lines match no payment in NetSuite's Undeposited Funds, {sum} in all. Bring what is missing to NetSuite and try again, or set payouts.accounts to the accounts they go to:",
            homeless.len(),
            payout.lines.len()
        );
        for (line, reason) in homeless.iter().take(NAMED) {
            why.push_str(&format!("\n  {}: {}: {reason}", line.gross, told(line)));
        }
        if let Some(more) = homeless.len().checked_sub(NAMED).filter(|more| *more > 0) {
            why.push_str(&format!("\n  and {more} more"));
        }
        Err(Fault::Held { why })
    }
}

/// The line in words, with the provider's reason.
fn told(line: &PayoutLine) -> String {
    let mut text = line.title();
    if let Some(reason) = &line.reason {
        text.push_str(": ");
        text.push_str(reason);
    }
    text.chars().take(999).collect()
}
