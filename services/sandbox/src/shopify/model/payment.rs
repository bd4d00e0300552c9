//! What was paid and what was given back.

use jiff::Timestamp;

use super::Order;
use super::order::{Line, ShippingLine, Tax};
use crate::shopify::money::Money;

/// A movement of money.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Transaction {
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) kind: Kind,
    pub(in crate::shopify) success: bool,
    pub(in crate::shopify) gateway: &'static str,
    pub(in crate::shopify) amount: Money,
    pub(in crate::shopify) at: Timestamp,
    pub(in crate::shopify) parent: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) enum Kind {
    Sale,
    Authorization,
    Capture,
    Refund,
}

/// What a merchant chooses to give back of an order.
#[derive(Clone, Debug, Default)]
pub struct Giveback {
    /// Units of lines, by the line's place from 0.
    pub lines: Vec<(usize, u32)>,
    /// Whether all of the shipping goes back with them.
    pub shipping: bool,
    /// What is given beyond that, in minor units of the buyer's currency; less than nothing is kept.
    pub extra: i64,
    /// What becomes of the goods.
    pub restock: Restock,
    /// Why.
    pub note: Option<&'static str>,
}

/// What becomes of refunded goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restock {
    /// They came back and are sold again.
    #[default]
    Return,
    /// They had not left yet.
    Cancel,
    /// They are gone.
    No,
}

impl Restock {
    /// The `RefundLineItemRestockType`.
    const fn name(self) -> &'static str {
        match self {
            Self::Return => "RETURN",
            Self::Cancel => "CANCEL",
            Self::No => "NO_RESTOCK",
        }
    }
}

/// Something given back.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Refund {
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) at: Timestamp,
    pub(in crate::shopify) note: Option<String>,
    pub(in crate::shopify) lines: Vec<RefundLine>,
    pub(in crate::shopify) shipping: Vec<RefundShipping>,
    /// Money given for no line: duties, fees and tips of a cancelled order, or goodwill.
    pub(in crate::shopify) adjustment: Money,
    /// Places of the transactions that paid it out; none where there was nothing to pay.
    pub(in crate::shopify) transactions: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct RefundLine {
    pub(in crate::shopify) line: usize,
    pub(in crate::shopify) quantity: u32,
    /// A `RefundLineItemRestockType`.
    pub(in crate::shopify) restock: &'static str,
    pub(in crate::shopify) subtotal: Money,
    pub(in crate::shopify) tax: Money,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct RefundShipping {
    pub(in crate::shopify) line: usize,
    pub(in crate::shopify) subtotal: Money,
    pub(in crate::shopify) tax: Money,
}

impl Refund {
    /// What is given back for lines and shipping.
    fn items(&self, taxes_included: bool) -> Money {
        let lines = self.lines.iter().map(|line| (line.subtotal, line.tax));
        let parts = lines.chain(self.shipping.iter().map(|line| (line.subtotal, line.tax)));
        parts
            .map(|(subtotal, tax)| {
                if taxes_included {
                    subtotal
                } else {
                    subtotal + tax
                }
            })
            .sum()
    }
}

impl Order {
    /// What brought money in.
    pub(in crate::shopify) fn payments(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions.iter().filter(|transaction| {
            transaction.success && matches!(transaction.kind, Kind::Sale | Kind::Capture)
        })
    }

    /// What of a payment did not go back yet.
    pub(in crate::shopify) fn left_of(&self, payment: &Transaction) -> Money {
        let back = self.transactions.iter().filter(|transaction| {
            transaction.success
                && transaction.kind == Kind::Refund
                && transaction.parent == Some(payment.place)
        });
        payment.amount - back.map(|transaction| transaction.amount).sum()
    }

    /// Gives back by these payments (by place), whatever the lines come to: the difference is an adjustment. Returns the refund's place.
    pub(in crate::shopify) fn pay_back(
        &mut self,
        mut refund: Refund,
        by: &[(usize, Money)],
    ) -> usize {
        let paid: Money = by.iter().map(|(_, amount)| *amount).sum();
        refund.adjustment = paid - refund.items(self.taxes_included);
        refund.place = self.refunds.len();
        for (parent, amount) in by {
            let Some(gateway) = self
                .transactions
                .get(*parent)
                .map(|payment| payment.gateway)
            else {
                continue;
            };
            let place = self.transactions.len();
            self.transactions.push(Transaction {
                place,
                kind: Kind::Refund,
                success: true,
                gateway,
                amount: *amount,
                at: refund.at,
                parent: Some(*parent),
            });
            refund.transactions.push(place);
        }
        self.refunds.push(refund);
        self.refunds.len() - 1
    }

    /// Lines (by place, units, restock type) that go back, with delivery of this price; not paid out yet.
    pub(in crate::shopify) fn taken_back(
        &self,
        lines: &[(usize, u32, &'static str)],
        delivery: Money,
        note: Option<&str>,
        at: Timestamp,
    ) -> Refund {
        let mut refund = self.prepare_refund(&[], false, "NO_RESTOCK", note, at);
        for (line, units, restock) in lines {
            let one = self.prepare_refund(&[(*line, *units)], false, restock, None, at);
            refund.lines.extend(one.lines);
        }
        if let (Some(line), false) = (self.shipping_lines.first(), delivery.is_zero()) {
            let whole = line.net();
            let tax = line
                .tax()
                .share(delivery.presentment, whole.presentment.max(1));
            refund.shipping.push(RefundShipping {
                line: line.place,
                subtotal: delivery,
                tax,
            });
        }
        refund
    }

    fn moved(&self, kinds: &[Kind]) -> Money {
        self.transactions
            .iter()
            .filter(|transaction| transaction.success && kinds.contains(&transaction.kind))
            .map(|transaction| transaction.amount)
            .sum()
    }

    /// What came in.
    pub(in crate::shopify) fn received(&self) -> Money {
        self.moved(&[Kind::Sale, Kind::Capture])
    }

    /// What is still to be paid of an order of which nothing went back.
    pub(in crate::shopify) fn owed(&self) -> Money {
        self.total() - self.received()
    }

    /// What went back.
    pub(in crate::shopify) fn refunded(&self) -> Money {
        self.moved(&[Kind::Refund])
    }

    /// Reserved on a card and not taken.
    pub(in crate::shopify) fn capturable(&self) -> Money {
        if self.cancelled.is_some() {
            Money::ZERO
        } else {
            self.moved(&[Kind::Authorization]) - self.moved(&[Kind::Capture])
        }
    }

    pub(in crate::shopify) fn refunded_quantity(&self, line: usize) -> u32 {
        self.refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .filter(|refunded| refunded.line == line)
            .map(|refunded| refunded.quantity)
            .sum()
    }

    pub(in crate::shopify) fn current_quantity(&self, line: &Line) -> u32 {
        line.quantity
            .saturating_sub(self.refunded_quantity(line.place))
    }

    /// Value of the line after discounts and refunds.
    pub(in crate::shopify) fn current_net(&self, line: &Line) -> Money {
        let refunded = self
            .refunds
            .iter()
            .flat_map(|refund| &refund.lines)
            .filter(|refunded| refunded.line == line.place);
        line.net() - refunded.map(|refunded| refunded.subtotal).sum()
    }

    pub(in crate::shopify) fn current_subtotal(&self) -> Money {
        self.lines.iter().map(|line| self.current_net(line)).sum()
    }

    pub(in crate::shopify) fn current_shipping(&self) -> Money {
        self.shipping_lines
            .iter()
            .map(|line| self.current_shipping_of(line))
            .sum()
    }

    pub(in crate::shopify) fn current_shipping_of(&self, line: &ShippingLine) -> Money {
        line.net()
            - self
                .refunds
                .iter()
                .flat_map(|refund| &refund.shipping)
                .filter(|refunded| refunded.line == line.place)
                .map(|refunded| refunded.subtotal)
                .sum()
    }

    pub(in crate::shopify) fn refunded_shipping(&self) -> Money {
        self.refunds
            .iter()
            .flat_map(|refund| &refund.shipping)
            .map(|refunded| refunded.subtotal)
            .sum()
    }

    pub(in crate::shopify) fn current_tax(&self) -> Money {
        let lines = self
            .refunds
            .iter()
            .flat_map(|refund| refund.lines.iter().map(|line| line.tax));
        self.tax()
            - lines
                .chain(
                    self.refunds
                        .iter()
                        .flat_map(|refund| refund.shipping.iter().map(|line| line.tax)),
                )
                .sum()
    }

    /// Taxes by title and rate, without what went back with lines and shipping.
    pub(in crate::shopify) fn current_taxes(&self) -> Vec<Tax> {
        let mut taxes = self.taxes();
        let mut take = |tax: &Tax, amount: Money| {
            if let Some(known) = taxes.iter_mut().find(|known| known.rate == tax.rate) {
                known.amount += -amount;
            }
        };
        for line in &self.lines {
            let refunded = i64::from(self.refunded_quantity(line.place));
            line.taxes
                .iter()
                .for_each(|tax| take(tax, tax.amount.share(refunded, i64::from(line.quantity))));
        }
        for refunded in self.refunds.iter().flat_map(|refund| &refund.shipping) {
            let line = self
                .shipping_lines
                .iter()
                .filter(|line| line.place == refunded.line);
            line.flat_map(|line| &line.taxes)
                .for_each(|tax| take(tax, tax.amount));
        }
        taxes
    }

    /// Discounts on what was not given back.
    pub(in crate::shopify) fn current_discount(&self) -> Money {
        let kept = |line: &Line| {
            line.discount()
                - line.discount().share(
                    i64::from(self.refunded_quantity(line.place)),
                    i64::from(line.quantity),
                )
        };
        self.discount()
            - self
                .lines
                .iter()
                .map(|line| line.discount() - kept(line))
                .sum()
    }

    /// What the order is worth after refunds and cancellation.
    pub(in crate::shopify) fn current_total(&self) -> Money {
        if self.cancelled.is_some() {
            return Money::ZERO;
        }
        self.total()
            - self
                .refunds
                .iter()
                .map(|refund| refund.items(self.taxes_included))
                .sum()
    }

    /// An `OrderDisplayFinancialStatus`.
    pub(in crate::shopify) fn financial_status(&self) -> &'static str {
        let (received, refunded) = (self.received(), self.refunded());
        if !refunded.is_zero() {
            if refunded == received {
                "REFUNDED"
            } else {
                "PARTIALLY_REFUNDED"
            }
        } else if self.cancelled.is_some() && received.is_zero() {
            "VOIDED"
        } else if received == self.total() {
            "PAID"
        } else if !received.is_zero() {
            "PARTIALLY_PAID"
        } else if self
            .transactions
            .iter()
            .any(|transaction| transaction.kind == Kind::Authorization && transaction.success)
        {
            "AUTHORIZED"
        } else {
            "PENDING"
        }
    }

    /// Gives back `quantities` of lines (by place) and, if asked, all shipping. Pays out as far as money came in.
    pub(in crate::shopify) fn refund(
        &mut self,
        quantities: &[(usize, u32)],
        shipping: bool,
        note: Option<&str>,
        at: Timestamp,
    ) {
        let refund = self.prepare_refund(quantities, shipping, "RETURN", note, at);
        self.pay_out(refund);
    }

    /// Gives back what the merchant chose, as far as money came in. `false`, and nothing is done, where there is no such line or not so much
    /// of it left.
    pub(in crate::shopify) fn give_back(&mut self, what: &Giveback, at: Timestamp) -> bool {
        let there = what.lines.iter().all(|(place, quantity)| {
            let line = self.lines.get(*place);
            line.is_some_and(|line| *quantity > 0 && self.current_quantity(line) >= *quantity)
        });
        if !there || self.stated.is_some() {
            return false;
        }
        let restock = what.restock.name();
        let mut refund = self.prepare_refund(&what.lines, what.shipping, restock, what.note, at);
        let total = self.total();
        refund.adjustment = total.share(what.extra, total.presentment.max(1));
        self.pay_out(refund);
        true
    }

    /// Takes back everything that is left; if asked, its price is given back, with duties, fees and tip.
    pub(in crate::shopify) fn refund_rest(
        &mut self,
        restock: &'static str,
        pays: bool,
        note: Option<&str>,
        at: Timestamp,
    ) {
        let quantities: Vec<(usize, u32)> = self
            .lines
            .iter()
            .map(|line| (line.place, line.quantity))
            .collect();
        let mut refund = self.prepare_refund(&quantities, true, restock, note, at);
        if !pays {
            return self.refunds.push(refund);
        }
        let left = self.received() - self.refunded();
        refund.adjustment = (left - refund.items(self.taxes_included)).map(|amount| amount.max(0));
        self.pay_out(refund);
    }

    fn prepare_refund(
        &self,
        quantities: &[(usize, u32)],
        shipping: bool,
        restock: &'static str,
        note: Option<&str>,
        at: Timestamp,
    ) -> Refund {
        let lines = quantities.iter().filter_map(|(place, quantity)| {
            let line = self.lines.get(*place)?;
            let before = i64::from(self.refunded_quantity(*place));
            let quantity = (*quantity).min(self.current_quantity(line));
            let (after, whole) = (before + i64::from(quantity), i64::from(line.quantity));
            let part = |money: Money| money.share(after, whole) - money.share(before, whole);
            let tax = line.taxes.iter().map(|tax| part(tax.amount)).sum();
            (quantity > 0).then(|| RefundLine {
                line: *place,
                quantity,
                restock,
                subtotal: part(line.net()),
                tax,
            })
        });
        let give_shipping =
            shipping && self.refunds.iter().all(|refund| refund.shipping.is_empty());
        let shipping_lines = self.shipping_lines.iter().filter(|_| give_shipping);
        Refund {
            place: self.refunds.len(),
            at,
            note: note.map(str::to_owned),
            lines: lines.collect(),
            shipping: shipping_lines
                .map(|line| RefundShipping {
                    line: line.place,
                    subtotal: line.net(),
                    tax: line.tax(),
                })
                .collect(),
            adjustment: Money::ZERO,
            transactions: Vec::new(),
        }
    }

    fn pay_out(&mut self, mut refund: Refund) {
        let items = refund.items(self.taxes_included);
        let due = (items + refund.adjustment).min(self.received() - self.refunded());
        // No more goes back than was paid: then less is given beyond the lines, or less than they come to.
        refund.adjustment = due - items;
        // The payment that brought in most gives back first, none more than it brought.
        let mut payments: Vec<Transaction> = self.payments().cloned().collect();
        payments.sort_by_key(|payment| std::cmp::Reverse(payment.amount.shop));
        let mut left = due;
        for payment in payments {
            let amount = left.min(self.left_of(&payment));
            if amount.is_zero() {
                continue;
            }
            left = left - amount;
            let place = self.transactions.len();
            self.transactions.push(Transaction {
                place,
                kind: Kind::Refund,
                success: true,
                gateway: payment.gateway,
                amount,
                at: refund.at,
                parent: Some(payment.place),
            });
            refund.transactions.push(place);
        }
        self.refunds.push(refund);
    }
}
