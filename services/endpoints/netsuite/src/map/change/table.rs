//! What becomes of a change, by what the order is in NetSuite and how far it has come.
//!
//! NetSuite refuses some of these itself and lets others through that leave the books wrong; the table decides before anything is
//! sent, so that an order's change is carried over as a whole or not at all.

use crate::map::settings::Sale;

/// How far an order has come: the status of a sales order (NetSuite help, "Sales Order Status"), or what else it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    PendingApproval,
    PendingFulfilment,
    Cancelled,
    PartlyFulfilled,
    PendingBillingPartlyFulfilled,
    PendingBilling,
    Billed,
    Closed,
    /// An invoice of which nothing is paid.
    OpenInvoice,
    /// One that is paid, if only in part.
    PaidInvoice,
    VoidedInvoice,
    CashSale,
}

/// One way in which a changed order differs from its sales order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Another shipping address.
    Address,
    /// The shop lets go what waits for approval.
    Release,
    /// The shop holds back or doubts what does not wait yet.
    Suspend,
    /// The same, where such orders are held.
    Doubted,
    /// Another charge for delivery.
    Delivery,
    /// More units, or new lines.
    More,
    /// Fewer units, not below what is fulfilled or billed.
    Fewer,
    /// Other prices, discounts or taxes.
    Prices,
    /// A discount that belongs behind a line that is there: the lines have to be written anew.
    Between,
    /// Everything, and nothing has begun.
    Cancel,
    /// Everything, when something is fulfilled or billed.
    CancelBegun,
    /// Fewer units than are fulfilled or billed.
    BelowDone,
    /// Other prices for something that is billed.
    BilledPrices,
    /// As [`Self::Between`], when something is fulfilled or billed.
    BetweenBegun,
    /// More units of a line that somebody closed in NetSuite.
    MoreOfClosed,
    /// The lines have to be written anew, and somebody added some in NetSuite.
    Foreign,
    /// Of several lines of one item nobody can tell which is meant, and something of them is fulfilled or billed.
    Untold,
}

/// What the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It is written.
    Apply,
    /// It no longer matters: nothing is written, nobody is asked.
    Moot,
    /// A person decides: why, and between what.
    Hold(&'static str, &'static str),
}

impl Status {
    /// The status by the record, its letter, alone or behind the type (`SalesOrd:B`), and whether anything of it is paid.
    pub(crate) fn of(sale: Sale, text: &str, paid: bool) -> Option<Self> {
        let letter = text.rsplit(':').next()?.trim();
        match sale {
            Sale::SalesOrder => Self::of_order(letter),
            Sale::CashSale => Some(Self::CashSale),
            Sale::Invoice => Some(match letter {
                "V" => Self::VoidedInvoice,
                "A" if !paid => Self::OpenInvoice,
                _ => Self::PaidInvoice,
            }),
        }
    }

    fn of_order(letter: &str) -> Option<Self> {
        Some(match letter {
            "A" => Self::PendingApproval,
            "B" => Self::PendingFulfilment,
            "C" => Self::Cancelled,
            "D" => Self::PartlyFulfilled,
            "E" => Self::PendingBillingPartlyFulfilled,
            "F" => Self::PendingBilling,
            "G" => Self::Billed,
            "H" => Self::Closed,
            _ => return None,
        })
    }

    /// As NetSuite shows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PendingApproval => "Pending Approval",
            Self::PendingFulfilment => "Pending Fulfillment",
            Self::Cancelled => "Cancelled",
            Self::PartlyFulfilled => "Partially Fulfilled",
            Self::PendingBillingPartlyFulfilled => "Pending Billing/Partially Fulfilled",
            Self::PendingBilling => "Pending Billing",
            Self::Billed => "Billed",
            Self::Closed => "Closed",
            Self::OpenInvoice => "an open invoice",
            Self::PaidInvoice => "an invoice that is paid, in full or in part",
            Self::VoidedInvoice => "a voided invoice",
            Self::CashSale => "a cash sale",
        }
    }

    /// Nothing more comes of it: closed, cancelled or billed in full, or billed from the start.
    pub(crate) const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Cancelled
                | Self::Billed
                | Self::Closed
                | Self::PaidInvoice
                | Self::VoidedInvoice
                | Self::CashSale
        )
    }

    /// Nothing of it will be delivered any more.
    pub(crate) const fn is_off(self) -> bool {
        matches!(self, Self::Cancelled | Self::Closed | Self::VoidedInvoice)
    }
}

const RETURN: &str = "take it back with a return authorization and a credit memo or refund";
const BY_HAND: &str = "make the change in NetSuite by hand";
const CASH_REFUND: &str =
    "give back what is less with a cash refund, and sell what is more with an order of its own";
const CREDIT_MEMO: &str =
    "credit what is less with a credit memo, and sell what is more with an order of its own";
const NEW_ORDER: &str = "enter the difference as a sales order of its own, or as a credit memo";

/// The table.
pub(super) const fn rule(status: Status, change: Change) -> Rule {
    use Change as C;
    use Rule::{Apply, Hold, Moot};
    use Status as S;
    match (change, status) {
        (C::Cancel | C::CancelBegun, S::Cancelled | S::Closed | S::VoidedInvoice) => Moot,
        (C::Release, S::PendingApproval) | (C::Suspend, S::PendingFulfilment) => Apply,
        (C::Release, _) | (C::Suspend, S::PendingApproval) => Moot,
        (
            C::Suspend | C::Doubted,
            S::Cancelled | S::Billed | S::Closed | S::PaidInvoice | S::VoidedInvoice | S::CashSale,
        ) => Moot,
        (C::Suspend | C::Doubted, _) => Hold(
            "the shop holds it back, or advises against fulfilling it",
            "stop in NetSuite what is open of it, or let it go in the shop",
        ),
        (C::Cancel | C::CancelBegun, S::CashSale) => Hold(
            "the order was cancelled; a cash sale is paid, and its goods are out of stock",
            "give it back with a cash refund, by a sync of refunds or by hand",
        ),
        (C::Cancel | C::CancelBegun, S::OpenInvoice | S::PaidInvoice) => Hold(
            "the order was cancelled; an invoice is owed, and its goods are out of stock",
            "void the invoice, or credit it with a credit memo, by a sync of refunds or by hand",
        ),
        // The goods have gone where they went.
        (C::Address, S::CashSale | S::PaidInvoice | S::VoidedInvoice) => Moot,
        (_, S::CashSale) => Hold(
            "a cash sale is sold, handed over and paid in one",
            CASH_REFUND,
        ),
        (_, S::PaidInvoice) => Hold("what is paid is no longer changed", CREDIT_MEMO),
        (_, S::VoidedInvoice) => Hold(
            "nothing is owed by it any more",
            "enter the order anew in NetSuite",
        ),
        (C::Foreign, _) => Hold(
            "its lines have to be written anew, and somebody added lines to it in NetSuite",
            BY_HAND,
        ),
        (
            C::Address | C::Delivery | C::More | C::Fewer | C::Prices | C::Between,
            S::OpenInvoice,
        ) => Apply,
        (C::Untold, _) => Hold(
            "several lines of one item changed, something of them is fulfilled or billed, and nothing tells which line is which",
            "make the change in NetSuite by hand; set orders.line_field so that later orders carry the shop's line ids",
        ),
        (C::MoreOfClosed, _) => Hold(
            "units were added to a line that is closed in NetSuite",
            BY_HAND,
        ),
        (C::BelowDone, _) => Hold("fewer units are left than are fulfilled or billed", RETURN),
        (C::BilledPrices, _) => Hold("the price of something billed changed", NEW_ORDER),
        (C::BetweenBegun, _)
        | (C::Between, S::PartlyFulfilled | S::PendingBillingPartlyFulfilled | S::PendingBilling) => {
            Hold(
                "a discount has to be put behind a line that is there, and the lines cannot be written anew once something is fulfilled or billed",
                BY_HAND,
            )
        }
        (C::CancelBegun, _)
        | (
            C::Cancel,
            S::PartlyFulfilled | S::PendingBillingPartlyFulfilled | S::PendingBilling | S::Billed,
        ) => Hold(
            "the order was cancelled, and something of it is fulfilled or billed",
            "close what is open in NetSuite and take back what went out with a return authorization, or leave the sales order as it is",
        ),
        (C::Address, S::PendingBilling | S::Billed | S::Cancelled | S::Closed) => Moot,
        (_, S::Billed) => Hold("the sales order is billed in full", NEW_ORDER),
        (_, S::Closed) => Hold(
            "the sales order is closed in NetSuite",
            "open its lines again there and replay this record, or cancel the order in the shop",
        ),
        (_, S::Cancelled) => Hold(
            "the sales order is cancelled in NetSuite",
            "cancel the order in the shop, or enter it anew in NetSuite",
        ),
        (
            C::Address | C::Delivery | C::More | C::Fewer | C::Prices | C::Between | C::Cancel,
            S::PendingApproval | S::PendingFulfilment,
        )
        | (
            C::Address | C::Delivery | C::More | C::Fewer | C::Prices,
            S::PartlyFulfilled | S::PendingBillingPartlyFulfilled,
        )
        | (C::Delivery | C::More | C::Fewer | C::Prices, S::PendingBilling) => Apply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One column per status of a sales order, A to H, then invoices (open, paid, voided) and cash sales: `+` apply, `.` moot, `-` hold.
    const TABLE: [(Change, &str); 17] = [
        (Change::Release, "+....... ... ."),
        (Change::Suspend, ".+.---.. -.. ."),
        (Change::Doubted, "--.---.. -.. ."),
        (Change::Address, "++.++... +.. ."),
        (Change::Delivery, "++-+++-- +-- -"),
        (Change::More, "++-+++-- +-- -"),
        (Change::Fewer, "++-+++-- +-- -"),
        (Change::Prices, "++-+++-- +-- -"),
        (Change::Between, "++------ +-- -"),
        (Change::Cancel, "++.----. --. -"),
        (Change::CancelBegun, "--.----. --. -"),
        (Change::BelowDone, "-------- --- -"),
        (Change::BilledPrices, "-------- --- -"),
        (Change::BetweenBegun, "-------- --- -"),
        (Change::MoreOfClosed, "-------- --- -"),
        (Change::Foreign, "-------- --- -"),
        (Change::Untold, "-------- --- -"),
    ];

    fn columns() -> Vec<Status> {
        let orders = ["A", "B", "C", "D", "E", "F", "G", "H"];
        let orders = orders.map(|letter| (Sale::SalesOrder, letter, false));
        let bills = [
            (Sale::Invoice, "A", false),
            (Sale::Invoice, "B", true),
            (Sale::Invoice, "V", false),
            (Sale::CashSale, "B", false),
        ];
        let all = orders.into_iter().chain(bills);
        all.map(|(sale, letter, paid)| Status::of(sale, letter, paid).unwrap())
            .collect()
    }

    #[test]
    fn every_cell_is_as_written() {
        for (change, row) in TABLE {
            let cell = |status| match rule(status, change) {
                Rule::Apply => '+',
                Rule::Moot => '.',
                Rule::Hold(..) => '-',
            };
            assert_eq!(
                columns().into_iter().map(cell).collect::<String>(),
                row.replace(' ', ""),
                "{change:?}"
            );
        }
    }

    #[test]
    fn a_hold_says_why_and_what_to_do() {
        for (change, _) in TABLE {
            for status in columns() {
                if let Rule::Hold(why, choices) = rule(status, change) {
                    assert!(
                        why.len() > 10 && choices.len() > 10,
                        "{change:?} {status:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_status_is_read_with_and_without_its_type() {
        let order = |text| Status::of(Sale::SalesOrder, text, false);
        assert_eq!(order("SalesOrd:B"), Some(Status::PendingFulfilment));
        assert_eq!(order("H"), Some(Status::Closed));
        assert_eq!(order("X"), None);
        let partly = Status::of(Sale::Invoice, "CustInvc:A", true);
        assert_eq!(partly, Some(Status::PaidInvoice));
    }
}
