use jiff::Timestamp;

use super::fulfilment::{Fulfilment, FulfilmentOrder};
use super::payment::{Refund, Transaction};
use super::{Address, Purchase, Stated, ids};
use crate::shopify::money::{Currencies, Money};

/// An order as Shopify keeps it. Amounts that can be derived are.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Order {
    pub(in crate::shopify) index: usize,
    pub(in crate::shopify) currencies: Currencies,
    /// To the second, as Shopify has them.
    pub(in crate::shopify) created_at: Timestamp,
    pub(in crate::shopify) updated_at: Timestamp,
    pub(in crate::shopify) closed_at: Option<Timestamp>,
    pub(in crate::shopify) cancelled: Option<Cancellation>,
    pub(in crate::shopify) test: bool,
    pub(in crate::shopify) taxes_included: bool,
    pub(in crate::shopify) source: &'static str,
    /// Place in the list of customers; `None` for a guest.
    pub(in crate::shopify) customer: Option<usize>,
    pub(in crate::shopify) purchase: Option<Purchase>,
    pub(in crate::shopify) email: Option<String>,
    pub(in crate::shopify) phone: Option<String>,
    pub(in crate::shopify) locale: &'static str,
    pub(in crate::shopify) billing: Option<Address>,
    pub(in crate::shopify) shipping: Option<Address>,
    pub(in crate::shopify) retail_location: Option<usize>,
    pub(in crate::shopify) note: Option<String>,
    pub(in crate::shopify) tags: Vec<String>,
    pub(in crate::shopify) attributes: Vec<(String, String)>,
    pub(in crate::shopify) po_number: Option<String>,
    pub(in crate::shopify) lines: Vec<Line>,
    pub(in crate::shopify) groups: Vec<Group>,
    pub(in crate::shopify) discounts: Vec<Discount>,
    pub(in crate::shopify) shipping_lines: Vec<ShippingLine>,
    pub(in crate::shopify) tip: Money,
    pub(in crate::shopify) fees: Vec<Fee>,
    pub(in crate::shopify) transactions: Vec<Transaction>,
    pub(in crate::shopify) refunds: Vec<Refund>,
    pub(in crate::shopify) fulfilment_orders: Vec<FulfilmentOrder>,
    pub(in crate::shopify) fulfilments: Vec<Fulfilment>,
    /// Whether the risk analysis says to cancel it.
    pub(in crate::shopify) risky: bool,
    /// In whose words the order is told, when it was put in and not made up here.
    pub(in crate::shopify) stated: Option<Stated>,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct Cancellation {
    pub(in crate::shopify) at: Timestamp,
    pub(in crate::shopify) reason: &'static str,
    pub(in crate::shopify) note: Option<String>,
    /// Whether the buyer was told.
    pub(in crate::shopify) notified: bool,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct Line {
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) title: String,
    /// `None` for a custom line.
    pub(in crate::shopify) variant: Option<usize>,
    pub(in crate::shopify) sku: Option<String>,
    pub(in crate::shopify) quantity: u32,
    pub(in crate::shopify) unit: Money,
    pub(in crate::shopify) gift_card: bool,
    pub(in crate::shopify) requires_shipping: bool,
    pub(in crate::shopify) taxable: bool,
    pub(in crate::shopify) grams: u32,
    pub(in crate::shopify) attributes: Vec<(String, String)>,
    /// Place in the order's groups, for part of a bundle.
    pub(in crate::shopify) group: Option<usize>,
    pub(in crate::shopify) allocations: Vec<Allocation>,
    pub(in crate::shopify) taxes: Vec<Tax>,
    pub(in crate::shopify) duty: Option<Duty>,
}

/// A bundle in the cart.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Group {
    pub(in crate::shopify) variant: usize,
    pub(in crate::shopify) quantity: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) struct Tax {
    pub(in crate::shopify) rate: Rate,
    pub(in crate::shopify) amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) struct Rate {
    pub(in crate::shopify) title: &'static str,
    /// In hundred-thousandths: 8 875 is 8.875 %.
    pub(in crate::shopify) share: i64,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct Duty {
    pub(in crate::shopify) harmonized_code: &'static str,
    pub(in crate::shopify) origin: &'static str,
    pub(in crate::shopify) price: Money,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct Fee {
    pub(in crate::shopify) name: &'static str,
    pub(in crate::shopify) price: Money,
}

/// Why something is cheaper.
#[derive(Clone, Debug)]
pub(in crate::shopify) struct Discount {
    pub(in crate::shopify) origin: Origin,
    pub(in crate::shopify) value: DiscountValue,
    /// Spread over the order; otherwise taken from each line it hits.
    pub(in crate::shopify) across: bool,
    pub(in crate::shopify) on_shipping: bool,
    /// Places of the lines it is limited to.
    pub(in crate::shopify) entitled: Option<Vec<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) enum Origin {
    Code(&'static str),
    Automatic(&'static str),
    Manual(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shopify) enum DiscountValue {
    Percent(i64),
    Fixed(Money),
}

/// What one discount takes off one line.
#[derive(Clone, Copy, Debug)]
pub(in crate::shopify) struct Allocation {
    pub(in crate::shopify) discount: usize,
    pub(in crate::shopify) amount: Money,
}

#[derive(Clone, Debug)]
pub(in crate::shopify) struct ShippingLine {
    pub(in crate::shopify) place: usize,
    pub(in crate::shopify) title: &'static str,
    pub(in crate::shopify) code: &'static str,
    pub(in crate::shopify) custom: bool,
    pub(in crate::shopify) price: Money,
    pub(in crate::shopify) allocations: Vec<Allocation>,
    pub(in crate::shopify) taxes: Vec<Tax>,
}

fn amount(allocations: &[Allocation]) -> Money {
    allocations.iter().map(|allocation| allocation.amount).sum()
}

fn tax(taxes: &[Tax]) -> Money {
    taxes.iter().map(|tax| tax.amount).sum()
}

impl Line {
    pub(in crate::shopify) fn original(&self) -> Money {
        self.unit.times(self.quantity)
    }

    pub(in crate::shopify) fn discount(&self) -> Money {
        amount(&self.allocations)
    }

    /// After all discounts.
    pub(in crate::shopify) fn net(&self) -> Money {
        self.original() - self.discount()
    }

    pub(in crate::shopify) fn tax(&self) -> Money {
        tax(&self.taxes)
    }
}

impl ShippingLine {
    pub(in crate::shopify) fn net(&self) -> Money {
        self.price - amount(&self.allocations)
    }

    pub(in crate::shopify) fn tax(&self) -> Money {
        tax(&self.taxes)
    }
}

impl Order {
    /// An order of nothing.
    pub(in crate::shopify) fn new(index: usize, currencies: Currencies, at: Timestamp) -> Self {
        Self {
            index,
            currencies,
            created_at: at,
            updated_at: at,
            closed_at: None,
            cancelled: None,
            test: false,
            taxes_included: false,
            source: "web",
            customer: None,
            purchase: None,
            email: None,
            phone: None,
            locale: "en",
            billing: None,
            shipping: None,
            retail_location: None,
            note: None,
            tags: Vec::new(),
            attributes: Vec::new(),
            po_number: None,
            lines: Vec::new(),
            groups: Vec::new(),
            discounts: Vec::new(),
            shipping_lines: Vec::new(),
            tip: Money::ZERO,
            fees: Vec::new(),
            transactions: Vec::new(),
            refunds: Vec::new(),
            fulfilment_orders: Vec::new(),
            fulfilments: Vec::new(),
            risky: false,
            stated: None,
        }
    }

    pub(in crate::shopify) fn id(&self) -> u64 {
        ids::order(self.index)
    }

    pub(in crate::shopify) fn number(&self) -> usize {
        1001 + self.index
    }

    pub(in crate::shopify) fn name(&self) -> String {
        format!("#{}", self.number())
    }

    pub(in crate::shopify) fn part_id(&self, place: usize) -> u64 {
        ids::part(self.index, place)
    }

    /// What the line's discounts take off that are meant for the line, not for the order. Codes count on request only.
    pub(in crate::shopify) fn line_discount(&self, line: &Line, with_codes: bool) -> Money {
        let counts = |allocation: &&Allocation| {
            self.discounts
                .get(allocation.discount)
                .is_some_and(|discount| {
                    !discount.across && (with_codes || !matches!(discount.origin, Origin::Code(_)))
                })
        };
        line.allocations
            .iter()
            .filter(counts)
            .map(|allocation| allocation.amount)
            .sum()
    }

    /// What is taken off the order as a whole.
    pub(in crate::shopify) fn cart_discount(&self) -> Money {
        let across = |allocation: &&Allocation| {
            self.discounts
                .get(allocation.discount)
                .is_some_and(|discount| discount.across)
        };
        self.lines
            .iter()
            .flat_map(|line| &line.allocations)
            .filter(across)
            .map(|allocation| allocation.amount)
            .sum()
    }

    pub(in crate::shopify) fn discount(&self) -> Money {
        self.lines.iter().map(Line::discount).sum::<Money>()
            + self
                .shipping_lines
                .iter()
                .map(|line| amount(&line.allocations))
                .sum()
    }

    pub(in crate::shopify) fn subtotal(&self) -> Money {
        self.lines.iter().map(Line::net).sum()
    }

    /// Taxes by title and rate, in the order they come up.
    pub(in crate::shopify) fn taxes(&self) -> Vec<Tax> {
        let mut taxes: Vec<Tax> = Vec::new();
        for tax in self
            .lines
            .iter()
            .flat_map(|line| &line.taxes)
            .chain(self.shipping_lines.iter().flat_map(|line| &line.taxes))
        {
            match taxes.iter_mut().find(|known| known.rate == tax.rate) {
                Some(known) => known.amount += tax.amount,
                None => taxes.push(*tax),
            }
        }
        taxes
    }

    pub(in crate::shopify) fn tax(&self) -> Money {
        self.lines.iter().map(Line::tax).sum::<Money>()
            + self.shipping_lines.iter().map(ShippingLine::tax).sum()
    }

    pub(in crate::shopify) fn duties(&self) -> Option<Money> {
        let duties: Vec<Money> = self
            .lines
            .iter()
            .filter_map(|line| Some(line.duty.as_ref()?.price))
            .collect();
        (!duties.is_empty()).then(|| duties.into_iter().sum())
    }

    pub(in crate::shopify) fn fees(&self) -> Option<Money> {
        (!self.fees.is_empty()).then(|| self.fees.iter().map(|fee| fee.price).sum())
    }

    /// Shipping before discounts and refunds.
    pub(in crate::shopify) fn shipping(&self) -> Money {
        self.shipping_lines.iter().map(|line| line.price).sum()
    }

    /// What the buyer was asked for at the checkout.
    pub(in crate::shopify) fn total(&self) -> Money {
        let tax = if self.taxes_included {
            Money::ZERO
        } else {
            self.tax()
        };
        let shipping: Money = self.shipping_lines.iter().map(ShippingLine::net).sum();
        self.subtotal()
            + tax
            + shipping
            + self.tip
            + self.duties().unwrap_or_default()
            + self.fees().unwrap_or_default()
    }

    pub(in crate::shopify) fn requires_shipping(&self) -> bool {
        self.lines.iter().any(|line| line.requires_shipping)
    }
}
