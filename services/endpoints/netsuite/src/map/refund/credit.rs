//! Which record a refund becomes, and whether it may.

use commerce::{Money, Refund, Side};
use ports::Fault;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::map::change::Status;
use crate::map::order::unfit;
use crate::map::settings::{Orders, Sale, Tax, Unbilled};
use crate::wire::{BillRow, SoldRow};

/// How an order is billed: by itself, where it became a cash sale or an invoice at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Billing {
    /// Not at all.
    Nothing,
    /// By one invoice or more.
    Invoices,
    /// By one cash sale or more: billed and paid in one.
    CashSales,
    /// By some of both.
    Both,
}

impl Billing {
    /// How this order is billed, by its type and the rows of [`crate::map::query::bills`].
    pub(crate) fn of(order: &SoldRow, bills: &[BillRow]) -> Self {
        let by = |kind: &str| {
            order.r#type.as_deref() == Some(kind)
                || bills
                    .iter()
                    .any(|bill| bill.order_id == order.id && bill.r#type == kind)
        };
        match (by("CustInvc"), by("CashSale")) {
            (false, false) => Self::Nothing,
            (true, false) => Self::Invoices,
            (false, true) => Self::CashSales,
            (true, true) => Self::Both,
        }
    }
}

/// How an order stands when something of it is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) billing: Billing,
    /// Whether it was cancelled or closed as a whole.
    pub(crate) off: bool,
    /// Whether customer deposits of it are there, which refunds are to be taken from.
    pub(crate) deposited: bool,
}

impl Standing {
    /// How this order stands, by its own row and those of [`crate::map::query::bills`].
    pub(crate) fn of(order: &SoldRow, bills: &[BillRow], deposited: bool) -> Self {
        let sale = order.r#type.as_deref().and_then(Sale::of);
        Self {
            billing: Billing::of(order, bills),
            off: status(order, sale).is_some_and(Status::is_off),
            deposited,
        }
    }
}

fn status(order: &SoldRow, sale: Option<Sale>) -> Option<Status> {
    Status::of(sale.unwrap_or_default(), order.status.as_deref()?, false)
}

/// What a refund becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Credit {
    /// The customer's claim on us: what an invoice, or one to come, is lessened by.
    Memo,
    /// Money that went back for a sale that was paid in one with its billing.
    CashRefund,
    /// Money that went back of what was deposited for a sale that is not billed.
    CustomerRefund,
}

impl Credit {
    /// The record's name in addresses.
    pub(crate) const fn record(self) -> &'static str {
        match self {
            Self::Memo => "creditMemo",
            Self::CashRefund => "cashRefund",
            Self::CustomerRefund => "customerRefund",
        }
    }

    /// `transaction.type` in queries.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Memo => "CustCred",
            Self::CashRefund => "CashRfnd",
            Self::CustomerRefund => "CustRfnd",
        }
    }
}

/// The record that gives back something of an order that stands so; `None` where nothing is there to be given back.
///
/// # Errors
/// [`Fault::Held`] where a person has to decide.
pub(crate) fn credit(standing: Standing, unbilled: Unbilled) -> Result<Option<Credit>, Fault> {
    let Standing {
        billing,
        off,
        deposited,
    } = standing;
    match (billing, deposited, off, unbilled) {
        (Billing::CashSales, ..) => Ok(Some(Credit::CashRefund)),
        (Billing::Invoices, ..) => Ok(Some(Credit::Memo)),
        (Billing::Nothing, true, ..) => Ok(Some(Credit::CustomerRefund)),
        // What was called off before it was billed was never owed.
        (Billing::Nothing, false, true, _) => Ok(None),
        (Billing::Nothing, false, false, Unbilled::CreditMemo) => Ok(Some(Credit::Memo)),
        (Billing::Nothing, false, false, Unbilled::Hold) => Err(Fault::Held {
            why: "the sales order is not billed yet, so that there is nothing to give back of: bill it, then retry this refund, or set refunds.unbilled: credit_memo".to_owned(),
        }),
        (Billing::Both, ..) => Err(Fault::Held {
            why: "the sales order is billed by both invoices and cash sales, so that it is not clear which of them the refund gives back: make the credit in NetSuite, then mark this record as ignored".to_owned(),
        }),
    }
}

/// Why there is nothing in NetSuite to give back of.
pub(crate) fn moot(order: &SoldRow) -> String {
    let sold = order.tranid.as_deref().unwrap_or(&order.id);
    let status = status(order, order.r#type.as_deref().and_then(Sale::of));
    let status = status.map_or_else(String::new, |status| status.name().to_lowercase());
    format!(
        "sales order {sold} is {status} and was never billed, so that nothing in NetSuite is to be given back"
    )
}

/// Whether the sales order bears the refund: never more is given back than it came to, and nothing that it was imported without.
///
/// # Errors
/// [`Fault::Held`] with the amounts.
pub(crate) fn allowed(refund: &Refund, order: &SoldRow, orders: &Orders) -> Result<(), Fault> {
    let side = Side::from(orders.book_in);
    let number = order.tranid.as_deref().unwrap_or(&order.id);
    let noun = order.r#type.as_deref().and_then(Sale::of);
    let sold = format!("{} {number}", noun.unwrap_or_default().noun());
    let held = |why: String| Err(Fault::Held { why });
    let total = order.foreigntotal.as_deref().and_then(decimal);
    let Some(total) = total else {
        return held(format!(
            "NetSuite gives no total for {sold}, so that it is not known how much of it can be given back: the role may not see it"
        ));
    };
    let stated = refund.order_total.on(side);
    let total = Money::new(total, stated.currency);
    // Where NetSuite adds the tax itself, its total is its own.
    let ours = !matches!(orders.tax, Tax::None);
    let short = stated.minus(total).map_err(unfit)?;
    if ours && short.amount > orders.tolerance {
        return held(format!(
            "{sold} comes to {total}, and the order came to {stated} before any refund: {short} were taken off it before or after its import. Give back in NetSuite what it still holds, then mark this record as ignored"
        ));
    }
    let before = refund.refunded_before.on(side);
    let back = before.plus(refund.total.on(side)).map_err(unfit)?;
    let most = if ours || short.amount.is_sign_negative() {
        total
    } else {
        stated
    };
    let over = back.minus(most).map_err(unfit)?;
    if over.amount > orders.tolerance {
        return held(format!(
            "with this refund {back} are given back ({before} before it), which is {over} more than the {most} of {sold}: look the refunds up in the shop"
        ));
    }
    Ok(())
}

pub(super) fn decimal(text: &str) -> Option<Decimal> {
    text.parse()
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}
