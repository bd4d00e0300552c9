//! Orders: what was sold, at which price, with which taxes and payments.

use std::collections::BTreeMap;

use iso_currency::Currency;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::amount::{Amount, Side};
use crate::customer::{Company, Customer};
use crate::ids::{ExternalId, LineId};
use crate::money::{Money, MoneyError};
use crate::sku::Sku;

/// A sale as the storefront took it. The identity lives in the event that carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The number people use (`#1001`).
    pub number: String,
    /// When the buyer placed it.
    pub placed_at: Timestamp,
    /// Open or cancelled.
    pub state: OrderState,
    /// Whether the storefront marks it as a test, not a sale.
    pub test: bool,
    /// The buyer; `None` where the storefront knows nobody.
    pub customer: Option<Customer>,
    /// The company for which the buyer ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// By when it has to be paid, where that is later, in the storefront's words (`Net 30`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    /// Where the bill goes.
    pub billing: Option<Address>,
    /// Where the goods go; `None` for goods that are not shipped.
    pub shipping: Option<Address>,
    /// The shop's own currency.
    pub shop_currency: Currency,
    /// The currency the buyer saw and paid in.
    pub presentment_currency: Currency,
    /// Whether line amounts include their taxes.
    pub taxes_included: bool,
    /// Everything that is charged, shipping, tips, duties and fees among it, in the order's own order.
    pub lines: Vec<OrderLine>,
    /// How it was or will be paid. Redeemed gift cards are payments.
    pub payments: Vec<Payment>,
    /// What the storefront says the buyer owes in all.
    pub total: Amount,
    /// The sales channel (`web`, `pos`, an app's name).
    pub channel: Option<String>,
    /// The buyer's words.
    pub note: Option<String>,
    /// The shop's labels.
    pub tags: Vec<String>,
    /// Whether everything that is to be sent has left, or was handed over.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fulfilled: bool,
    /// The shop's location at which it was sold; `None` for sales over a wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_at: Option<ExternalId>,
    /// Whether the shop holds its fulfilment back.
    #[serde(default, skip_serializing_if = "is_false")]
    pub on_hold: bool,
    /// Whether the shop advises against fulfilling it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub high_risk: bool,
}

impl Order {
    /// What was taken for it, gift cards left out, on one side.
    ///
    /// # Errors
    /// [`MoneyError`] when the payments are not of one currency, or too large to be added.
    pub fn captured_on(&self, side: Side) -> Result<Money, MoneyError> {
        let taken = self
            .payments
            .iter()
            .filter(|payment| payment.kind == PaymentKind::Captured);
        let zero = Money::zero(self.total.on(side).currency);
        taken
            .map(|payment| payment.amount.on(side))
            .try_fold(zero, Money::plus)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Where an order stands for the purpose of importing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// To be delivered, or delivered.
    Open,
    /// Called off.
    Cancelled,
}

/// One charge of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The storefront's id of the line, unique within the order.
    pub id: LineId,
    /// What is charged for.
    pub kind: LineKind,
    /// What the buyer saw.
    pub title: String,
    /// Units; 1 for charges that have none.
    pub quantity: Decimal,
    /// Price of one unit before discounts, with tax where the order's prices include it. For people: the arithmetic uses `amount`,
    /// since unit price times quantity is not always what a shop charges.
    pub unit_price: Amount,
    /// The line's charge before discounts, with tax where the order's prices include it. A [`LineKind::Discount`] line is negative.
    pub amount: Amount,
    /// What was taken off this line, order-wide discounts included; amounts are positive.
    pub discounts: Vec<Discount>,
    /// Taxes on this line; contained in `amount` where the order's prices include them.
    pub taxes: Vec<TaxLine>,
}

/// What a line charges for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum LineKind {
    /// An article with a SKU.
    Item {
        /// The article.
        sku: Sku,
    },
    /// Something sold that has no SKU.
    CustomItem,
    /// One article that stands for several.
    Kit {
        /// The kit's own SKU.
        sku: Sku,
        /// What one unit of it contains, where the storefront says.
        components: Vec<Component>,
    },
    /// Delivery.
    Shipping {
        /// The method's code or name at the storefront.
        method: String,
    },
    /// A reduction that the storefront does not spread over lines.
    Discount {
        /// The code the buyer entered.
        code: Option<String>,
    },
    /// A gift card sold: a liability, not revenue.
    GiftCard {
        /// The article, where it has one.
        sku: Option<Sku>,
    },
    /// A gratuity.
    Tip,
    /// Import duty.
    Duty,
    /// Any other charge.
    Fee,
}

impl Order {
    /// Units of each article that the order takes from stock, the parts of kits among them; nothing of an order that is no sale.
    #[must_use]
    pub fn units(&self) -> BTreeMap<Sku, Decimal> {
        let mut units: BTreeMap<Sku, Decimal> = BTreeMap::new();
        if self.test || self.state == OrderState::Cancelled {
            return units;
        }
        let mut add = |sku: &Sku, more: Option<Decimal>| {
            let more = more.unwrap_or_default();
            if more > Decimal::ZERO {
                let sum = units.entry(sku.clone()).or_default();
                *sum = sum.saturating_add(more);
            }
        };
        for line in &self.lines {
            match &line.kind {
                LineKind::Item { sku } => add(sku, Some(line.quantity)),
                LineKind::Kit { sku, components } => {
                    add(sku, Some(line.quantity));
                    for part in components {
                        add(&part.sku, part.quantity.checked_mul(line.quantity));
                    }
                }
                _ => {}
            }
        }
        units
    }
}

impl LineKind {
    /// The kind's name for people and rules.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Item { .. } => "item",
            Self::CustomItem => "custom_item",
            Self::Kit { .. } => "kit",
            Self::Shipping { .. } => "shipping",
            Self::Discount { .. } => "discount",
            Self::GiftCard { .. } => "gift_card",
            Self::Tip => "tip",
            Self::Duty => "duty",
            Self::Fee => "fee",
        }
    }

    /// The line's SKU, where it has one.
    #[must_use]
    pub const fn sku(&self) -> Option<&Sku> {
        match self {
            Self::Item { sku } | Self::Kit { sku, .. } => Some(sku),
            Self::GiftCard { sku } => sku.as_ref(),
            Self::CustomItem
            | Self::Shipping { .. }
            | Self::Discount { .. }
            | Self::Tip
            | Self::Duty
            | Self::Fee => None,
        }
    }
}

/// A part of a kit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// The part.
    pub sku: Sku,
    /// Units of it in one kit.
    pub quantity: Decimal,
}

/// Money taken off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The code the buyer entered, where there was one.
    pub code: Option<String>,
    /// What the shop calls it.
    pub title: Option<String>,
    /// What is taken off; positive.
    pub amount: Amount,
}

/// One tax on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// The tax's name (`VAT`, `CA State Tax`).
    pub title: String,
    /// The rate as a fraction: 0.19 for 19 %. `None` where the storefront gives none.
    pub rate: Option<Decimal>,
    /// What the storefront charged.
    pub amount: Amount,
    /// Whether the channel pays it to the authority itself, so that the merchant does not owe it.
    pub remitted_by_channel: bool,
}

/// One payment, or promise of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The storefront's id of the transaction.
    pub id: LineId,
    /// The means, as the storefront names it (`visa`, `paypal`, `gift_card`).
    pub method: String,
    /// Whether the money has moved.
    pub kind: PaymentKind,
    /// How much.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}

/// How far a payment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// Reserved, not yet taken.
    Authorized,
    /// Taken.
    Captured,
    /// Paid out of a gift card's balance.
    GiftCard,
}
