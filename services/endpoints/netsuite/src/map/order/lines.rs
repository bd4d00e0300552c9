//! The lines of a sales order.

use commerce::{Currency, Discount, LineId, LineKind, Money, MoneyError, Order, OrderLine, Side};
use ports::{Assignments, Fault};
use rust_decimal::Decimal;

use super::items::item_of;
use super::taxes::Taxes;
use super::{Terms, unfit};
use crate::map::assign::assign;
use crate::map::charge::{Charge, rate};
use crate::map::fields::LINE;
use crate::map::settings::{InternalId, Orders};
use crate::wire::{Json, Object};

/// How much of a title goes into a line's description.
const DESCRIPTION_CHARS: usize = 999;

/// Everything that makes up a sales order's total.
pub(in crate::map) struct Lines {
    lines: Vec<Line>,
    /// Delivery that is written as `shippingCost`; `None` where the order has none, or has it as lines.
    shipping: Option<Money>,
    promotion: Option<Promotion>,
    zero: Money,
    taxes: Taxes,
}

/// What a coupon took off, as the record's own discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::map) struct Promotion {
    /// NetSuite's promotion, by internal id.
    pub(in crate::map) id: String,
    /// Positive.
    pub(in crate::map) amount: Money,
}

/// One line to be.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(in crate::map) item: String,
    /// `None` for what has no quantity: discounts and taxes.
    pub(in crate::map) quantity: Option<Decimal>,
    pub(in crate::map) amount: Money,
    pub(super) description: String,
    /// The order line it stands for; `None` for lines of our own making.
    pub(in crate::map) source: Option<LineId>,
    /// The line of the record itself, by which rules set its fields; an order's lines are their own.
    pub(in crate::map) ruled: Option<LineId>,
    /// Whether it takes something off the line before it, and so belongs right behind it.
    pub(in crate::map) behind: bool,
    /// Ties the line to its SuiteTax details.
    pub(super) tax_reference: Option<String>,
    /// Where goods are put back in stock, by internal id.
    pub(super) location: Option<String>,
}

impl Lines {
    /// Of nothing yet.
    pub(in crate::map) const fn none(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self {
            lines: Vec::new(),
            shipping: None,
            promotion: None,
            zero,
            taxes: Taxes::new(zero),
        }
    }

    pub(super) fn of(order: &Order, side: Side, terms: Terms<'_>) -> Result<Self, Fault> {
        let mut all = Self::none(order.total.on(side).currency);
        for line in &order.lines {
            let charge = Charge::of(line, side, order.taxes_included).map_err(unfit)?;
            all.add(line, charge, side, terms)?;
        }
        all.close(terms);
        Ok(all)
    }

    /// Adds the tax lines; no other may follow.
    pub(in crate::map) fn close(&mut self, terms: Terms<'_>) {
        let tax_lines = self.taxes.lines(&terms.orders.tax);
        self.lines.extend(tax_lines);
    }

    /// Adds what is given back of a charge, by the item that stands for it.
    pub(in crate::map) fn give_back<'a>(
        &mut self,
        line: &OrderLine,
        item: impl FnOnce() -> Result<&'a str, Fault>,
        (ruled, location): (&LineId, Option<&str>),
        (side, taxes_included): (Side, bool),
        terms: Terms<'_>,
    ) -> Result<(), Fault> {
        let charge = Charge::of(line, side, taxes_included).map_err(unfit)?;
        if charge.is_nothing() && line.quantity.is_zero() {
            return Ok(());
        }
        let net = charge.net().map_err(unfit)?;
        let tax_reference = self.taxes.take(line, net, side, &terms.orders.tax)?;
        if is_shipping_cost(line, terms) {
            return self.add_shipping(net);
        }
        self.lines.push(Line {
            item: item()?.to_owned(),
            quantity: quantity(line)?,
            amount: net,
            description: description(&line.title),
            source: Some(line.id.clone()),
            ruled: Some(ruled.clone()),
            behind: false,
            tax_reference,
            location: location.map(str::to_owned),
        });
        Ok(())
    }

    /// Takes out the lines that stand for these: the record's own line, and the order's. One for each, since an adjustment, which comes behind all
    /// lines, may bear the same numbers.
    pub(in crate::map) fn take_out(&mut self, meant: &[(&LineId, &LineId)]) -> Vec<Line> {
        let lines = std::mem::take(&mut self.lines);
        let mut meant = meant.to_vec();
        let is_meant = |line: &Line| {
            let both = line.ruled.as_ref().zip(line.source.as_ref());
            let place = meant.iter().position(|one| both == Some(*one));
            place.map(|place| meant.swap_remove(place)).is_some()
        };
        let (taken, rest) = lines.into_iter().partition(is_meant);
        self.lines = rest;
        taken
    }

    fn add_shipping(&mut self, net: Money) -> Result<(), Fault> {
        let before = self.shipping.unwrap_or(self.zero);
        self.shipping = Some(before.plus(net).map_err(unfit)?);
        Ok(())
    }

    fn add(
        &mut self,
        line: &OrderLine,
        charge: Charge,
        side: Side,
        terms: Terms<'_>,
    ) -> Result<(), Fault> {
        let orders = terms.orders;
        if line.quantity.is_zero() && charge.is_nothing() {
            return Ok(());
        }
        let net = charge.net().map_err(unfit)?;
        let tax_reference = self.taxes.take(line, net, side, &orders.tax)?;
        if is_shipping_cost(line, terms) {
            return self.add_shipping(net);
        }
        let apart = orders.discount_lines() && !matches!(line.kind, LineKind::Discount { .. });
        let item = item_of(line, orders, terms.articles)?.to_owned();
        let mut net = net;
        let mut offs = Vec::new();
        for (discount, off) in line.discounts.iter().zip(charge.discounts) {
            if self.promote(discount, off, orders)? {
                net = net.plus(off).map_err(unfit)?;
            } else {
                offs.push((discount, off));
            }
        }
        self.lines.push(Line {
            item,
            quantity: quantity(line)?,
            amount: if apart { charge.amount } else { net },
            description: description(&line.title),
            source: Some(line.id.clone()),
            ruled: Some(line.id.clone()),
            behind: false,
            tax_reference,
            location: None,
        });
        if let (true, Some(item)) = (apart, &orders.items.discount) {
            self.lines
                .extend(offs.into_iter().filter(|(_, off)| !off.is_zero()).map(
                    |(discount, off)| Line {
                        item: item.as_str().to_owned(),
                        quantity: None,
                        amount: off.negated(),
                        description: description(name(discount)),
                        source: None,
                        ruled: None,
                        behind: true,
                        tax_reference: None,
                        location: None,
                    },
                ));
        }
        Ok(())
    }

    /// Whether a discount is the order's promotion.
    fn promote(&mut self, discount: &Discount, off: Money, orders: &Orders) -> Result<bool, Fault> {
        let Some(id) = orders.promotions.of(discount.code.as_deref()) else {
            return Ok(false);
        };
        let promotion = self.promotion.get_or_insert_with(|| Promotion {
            id: id.as_str().to_owned(),
            amount: self.zero,
        });
        if promotion.id != id.as_str() {
            return Ok(false);
        }
        promotion.amount = promotion.amount.plus(off).map_err(unfit)?;
        Ok(true)
    }

    /// Makes good a difference.
    pub(super) fn round(&mut self, difference: Money, item: &InternalId) {
        self.lines.push(Line {
            item: item.as_str().to_owned(),
            quantity: None,
            amount: difference,
            description: "Rounding".to_owned(),
            source: None,
            ruled: None,
            behind: false,
            tax_reference: None,
            location: None,
        });
    }

    pub(super) const fn promotion(&self) -> Option<&Promotion> {
        self.promotion.as_ref()
    }

    /// What NetSuite's total will be: lines, delivery, promotion and imposed tax.
    pub(super) fn sum(&self) -> Result<Money, MoneyError> {
        let promoted = self.promotion.as_ref();
        let promoted = promoted.map_or(self.zero, |promotion| promotion.amount);
        let start = self
            .taxes
            .imposed()?
            .plus(self.shipping.unwrap_or(self.zero))?
            .minus(promoted)?;
        self.lines
            .iter()
            .try_fold(start, |sum, line| sum.plus(line.amount))
    }

    /// The `shippingCost`, where delivery is written so and the order has any.
    pub(super) fn shipping_cost(&self) -> Option<Decimal> {
        self.shipping.map(|cost| cost.amount)
    }

    pub(super) fn tax_details(&self) -> Vec<Json> {
        self.taxes.details()
    }

    pub(super) fn into_lines(self) -> Vec<Line> {
        self.lines
    }
}

impl Line {
    /// The whole line, as a new one is written.
    pub(in crate::map) fn json(&self, terms: Terms<'_>, set: &Assignments) -> Result<Json, Fault> {
        let mut json = self.values(terms)?;
        json.insert("item".to_owned(), Json::reference(&self.item));
        if let Some(location) = &self.location {
            json.insert("location".to_owned(), Json::reference(location));
        }
        if let (Some(source), Some(field)) = (&self.source, &terms.orders.line_field) {
            json.insert(field.as_str().to_owned(), Json::from(source.as_str()));
        }
        if let Some(set) = self.ruled.as_ref().and_then(|line| set.lines.get(line)) {
            assign(&mut json, set, &LINE)?;
        }
        Ok(Json::Object(json))
    }

    /// So many of its units, at this amount in all.
    pub(in crate::map) fn part(&self, units: Decimal, amount: Money) -> Self {
        Self {
            quantity: Some(units),
            amount,
            ..self.clone()
        }
    }

    /// What of it an order's change can change.
    pub(in crate::map) fn values(&self, terms: Terms<'_>) -> Result<Object, Fault> {
        let orders = terms.orders;
        let mut json = Object::from([
            ("amount".to_owned(), Json::from(self.amount.amount)),
            (
                "price".to_owned(),
                Json::reference(orders.price_level.as_str()),
            ),
            (
                "description".to_owned(),
                Json::from(self.description.as_str()),
            ),
        ]);
        let rate = match self.quantity {
            Some(quantity) => {
                json.insert("quantity".to_owned(), Json::from(quantity));
                rate(self.amount, quantity).map_err(unfit)?
            }
            None => self.amount.amount,
        };
        json.insert("rate".to_owned(), Json::from(rate));
        if let Some(code) = orders.tax.untaxed_code() {
            json.insert("taxCode".to_owned(), Json::reference(code));
        }
        if let Some(reference) = &self.tax_reference {
            json.insert(
                "taxDetailsReference".to_owned(),
                Json::from(reference.as_str()),
            );
        }
        Ok(json)
    }
}

/// Whether the charge becomes the record's `shippingCost`.
fn is_shipping_cost(line: &OrderLine, terms: Terms<'_>) -> bool {
    matches!(line.kind, LineKind::Shipping { .. }) && terms.orders.shipping.item.is_none()
}

fn quantity(line: &OrderLine) -> Result<Option<Decimal>, Fault> {
    if matches!(line.kind, LineKind::Discount { .. }) {
        return Ok(None);
    }
    if line.quantity > Decimal::ZERO {
        return Ok(Some(line.quantity));
    }
    Err(Fault::Held {
        why: format!(
            "line {} ('{}') charges something for a quantity of {}, which NetSuite cannot book: correct the order in the shop",
            line.id, line.title, line.quantity
        ),
    })
}

fn name(discount: &Discount) -> &str {
    let own = discount.code.as_deref().or(discount.title.as_deref());
    own.unwrap_or("Discount")
}

pub(super) fn description(text: &str) -> String {
    text.chars().take(DESCRIPTION_CHARS).collect()
}
