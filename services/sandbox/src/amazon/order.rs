//! An order, and what it comes to.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::market::Marketplace;

/// Who sends an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fulfiller {
    /// The seller.
    Merchant,
    /// Amazon, out of its own warehouses.
    Amazon,
}

/// Who calls an order off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Canceller {
    /// Whoever bought.
    Buyer,
    /// The seller.
    Merchant,
    /// Amazon, for instance where the payment fails.
    Amazon,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Unshipped,
    PartiallyShipped,
    Shipped,
    Cancelled,
}

impl Status {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Unshipped => "UNSHIPPED",
            Self::PartiallyShipped => "PARTIALLY_SHIPPED",
            Self::Shipped => "SHIPPED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) marketplace: &'static Marketplace,
    pub(super) by: Fulfiller,
    pub(super) status: Status,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) buyer: Buyer,
    pub(super) express: bool,
    pub(super) lines: Vec<Line>,
    pub(super) packages: Vec<Package>,
    pub(super) cancelled: Option<(Canceller, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct Buyer {
    pub(super) name: String,
    pub(super) company: Option<String>,
    pub(super) purchase_order: Option<String>,
    pub(super) street: String,
    pub(super) city: &'static str,
    pub(super) region: &'static str,
    pub(super) postcode: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) sku: String,
    pub(super) asin: String,
    pub(super) title: String,
    pub(super) quantity: u32,
    pub(super) shipped: u32,
    /// Units that are on the seller's account.
    pub(super) charged: u32,
    /// Units of these that went back.
    pub(super) refunded: u32,
    pub(super) unit: Decimal,
    pub(super) shipping: Decimal,
    pub(super) gift_wrap: Decimal,
    /// What is taken off, above zero.
    pub(super) discount: Decimal,
    pub(super) promotion: Option<String>,
    /// Whether tax is due on it.
    pub(super) taxed: bool,
    /// Why the buyer wants it called off.
    pub(super) unwanted: Option<String>,
}

/// A package as the seller confirmed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) reference: String,
    pub(super) carrier: String,
    pub(super) service: Option<String>,
    pub(super) tracking: String,
    pub(super) shipped: Timestamp,
    pub(super) made: Timestamp,
    /// Item ids and units.
    pub(super) items: Vec<(String, u32)>,
}

impl Order {
    pub(super) fn touch(&mut self, at: Timestamp) {
        self.updated = self.updated.max(at);
    }

    /// Sets what has left, and with it the status, after the packages.
    pub(super) fn count_packages(&mut self) {
        for line in &mut self.lines {
            let packages = self.packages.iter().flat_map(|package| &package.items);
            let own = packages.filter(|(item, _)| *item == line.id);
            line.shipped = own.map(|(_, units)| units).sum();
        }
        self.status = if self.lines.iter().all(|line| line.shipped == line.quantity) {
            Status::Shipped
        } else if self.lines.iter().any(|line| line.shipped > 0) {
            Status::PartiallyShipped
        } else {
            Status::Unshipped
        };
    }

    /// What the seller gets by category, in the contract's words, tax last; a category that comes to nothing is left out.
    pub(super) fn proceeds(&self) -> Vec<(&'static str, Decimal)> {
        let mut all: Vec<(&'static str, Decimal)> = Vec::new();
        for (what, amount) in self
            .lines
            .iter()
            .flat_map(|line| line.proceeds(self.marketplace))
        {
            match all.iter_mut().find(|(there, _)| *there == what) {
                Some((_, sum)) => *sum += amount,
                None => all.push((what, amount)),
            }
        }
        all
    }

    pub(super) fn total(&self) -> Decimal {
        self.proceeds().iter().map(|(_, amount)| *amount).sum()
    }
}

impl Line {
    pub(super) fn goods(&self) -> Decimal {
        self.unit * Decimal::from(self.quantity)
    }

    /// Tax on goods, shipping and gift wrap.
    pub(super) fn taxes(&self, marketplace: &Marketplace) -> [(&'static str, Decimal); 3] {
        let tax = |amount| {
            if self.taxed {
                marketplace.tax(amount)
            } else {
                marketplace.round(Decimal::ZERO)
            }
        };
        [
            ("ITEM", tax(self.goods() - self.discount)),
            ("SHIPPING", tax(self.shipping)),
            ("GIFT_WRAP", tax(self.gift_wrap)),
        ]
    }

    pub(super) fn proceeds(&self, marketplace: &Marketplace) -> Vec<(&'static str, Decimal)> {
        let tax = self.taxes(marketplace).iter().map(|(_, tax)| *tax).sum();
        let all = [
            ("ITEM", self.goods()),
            ("SHIPPING", self.shipping),
            ("GIFT_WRAP", self.gift_wrap),
            ("DISCOUNT", -self.discount),
            ("TAX", tax),
        ];
        let some = all.into_iter();
        some.filter(|(what, amount)| *what == "ITEM" || !amount.is_zero())
            .collect()
    }
}
