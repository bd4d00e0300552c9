//! The settings by which payouts become deposits.

use std::collections::BTreeMap;

use commerce::{Currency, PayoutLineKind};
use ports::ConfigError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::InternalId;

/// How payouts become deposits: which bank account takes them, and where goes what is no payment of an order. A payout that needs an account that is not
/// set is held.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Payouts {
    /// The bank account that payouts arrive at.
    pub account: Option<InternalId>,
    /// The bank account by the payout's currency (`EUR: 12`), where they differ; `account` takes the others. NetSuite books a deposit in its bank
    /// account's currency.
    pub account_by_currency: BTreeMap<String, InternalId>,
    /// The account of the provider's fees, usually an expense.
    pub fee_account: Option<InternalId>,
    /// The account by the kind of line that matches no payment in Undeposited Funds: `charge`, `refund`, `adjustment`, `dispute`, `reserve`, or the
    /// provider's own name of it (`shipping_label`); `unmatched` takes the kinds that are not listed. A payout with a line that has no account is held,
    /// and names such lines with their amounts.
    pub accounts: BTreeMap<String, InternalId>,
}

impl Payouts {
    /// The bank account of payouts in that currency.
    pub(crate) fn bank(&self, currency: Currency) -> Option<&InternalId> {
        let own = self.account_by_currency.get(currency.code());
        own.or(self.account.as_ref())
    }

    /// The account of a line that matches nothing.
    pub(crate) fn account_of(&self, kind: &PayoutLineKind) -> Option<&InternalId> {
        let own = self.accounts.get(kind.name());
        let fee = (*kind == PayoutLineKind::Fee).then_some(self.fee_account.as_ref());
        own.or(fee.flatten())
            .or_else(|| self.accounts.get("unmatched"))
    }
}

/// Finds settings that make no sense.
pub(crate) fn check(payouts: &Payouts) -> Result<(), ConfigError> {
    let codes = payouts.account_by_currency.keys();
    match codes
        .into_iter()
        .find(|code| Currency::from_code(code).is_none())
    {
        None => Ok(()),
        Some(code) => Err(ConfigError {
            setting: "payouts.account_by_currency".to_owned(),
            why: format!("'{code}' is no ISO 4217 currency code such as EUR"),
        }),
    }
}
