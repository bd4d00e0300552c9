//! What a sale and its return come to on the seller's account, line by line.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::books::Books;
use super::market::Marketplace;
use super::order::{Fulfiller, Line, Order};

/// One amount on the seller's account.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) marketplace: &'static Marketplace,
    pub(super) transaction: &'static str,
    /// Amount type and amount description of the report.
    pub(super) what: (&'static str, &'static str),
    pub(super) amount: Decimal,
    pub(super) sale: Option<Sale>,
}

/// What an amount is of.
#[derive(Clone, Debug)]
pub(super) struct Sale {
    pub(super) order: String,
    pub(super) item: String,
    pub(super) sku: String,
    pub(super) units: u32,
    pub(super) by: Fulfiller,
    pub(super) adjustment: Option<String>,
    pub(super) promotion: Option<String>,
}

type What = (&'static str, &'static str);

const COMMISSION: What = ("ItemFees", "Commission");

/// What a whole line brings and costs.
fn charges(line: &Line, by: Fulfiller, place: &Marketplace) -> Vec<(What, Decimal)> {
    let [(_, goods_tax), (_, shipping_tax), (_, gift_tax)] = line.taxes(place);
    let net = line.goods() - line.discount + line.shipping + line.gift_wrap;
    let mut all = vec![
        (("ItemPrice", "Principal"), line.goods()),
        (("ItemPrice", "Tax"), goods_tax),
        (("ItemPrice", "Shipping"), line.shipping),
        (("ItemPrice", "ShippingTax"), shipping_tax),
        (("ItemPrice", "GiftWrap"), line.gift_wrap),
        (("ItemPrice", "GiftWrapTax"), gift_tax),
        (("Promotion", "Principal"), -line.discount),
        (COMMISSION, -place.round(net * Decimal::new(15, 2))),
    ];
    if place.collects_tax {
        all.push((
            ("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"),
            -goods_tax,
        ));
        all.push((
            ("ItemWithheldTax", "MarketplaceFacilitatorTax-Shipping"),
            -shipping_tax,
        ));
        all.push((
            ("ItemWithheldTax", "MarketplaceFacilitatorTax-Other"),
            -gift_tax,
        ));
    }
    if by == Fulfiller::Amazon {
        let fee = place.local(Decimal::new(322, 2)) * Decimal::from(line.quantity);
        all.push((("ItemFees", "FBAPerUnitFulfillmentFee"), -fee));
    }
    all
}

/// The part of an amount that falls to the units after `from` up to `to`: all parts come to the whole.
fn share(amount: Decimal, line: &Line, place: &Marketplace, (from, to): (u32, u32)) -> Decimal {
    let up_to =
        |units: u32| place.round(amount * Decimal::from(units) / Decimal::from(line.quantity));
    up_to(to) - up_to(from)
}

impl Order {
    fn sale(&self, line: &Line, units: u32, adjustment: Option<String>) -> Sale {
        Sale {
            order: self.id.clone(),
            item: line.id.clone(),
            sku: line.sku.clone(),
            units,
            by: self.by,
            adjustment,
            promotion: line.promotion.clone(),
        }
    }

    /// Charges what has left and was not charged before.
    fn charge(&mut self, at: Timestamp) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut charged = Vec::new();
        for line in &self.lines {
            charged.push(line.charged.max(line.shipped));
            if line.charged >= line.shipped {
                continue;
            }
            let sale = self.sale(line, line.shipped - line.charged, None);
            let all = charges(line, self.by, self.marketplace).into_iter();
            entries.extend(all.map(|(what, amount)| Entry {
                at,
                marketplace: self.marketplace,
                transaction: "Order",
                what,
                amount: share(amount, line, self.marketplace, (line.charged, line.shipped)),
                sale: Some(sale.clone()),
            }));
        }
        for (line, charged) in self.lines.iter_mut().zip(charged) {
            line.charged = charged;
        }
        entries
    }
}

impl Books {
    /// Puts what has left of an order on the seller's account.
    pub(super) fn charge(&mut self, order: &str, at: Timestamp) {
        let found = self.orders.get_mut(order);
        let entries = found.map(|order| order.charge(at)).unwrap_or_default();
        self.post(entries);
    }

    /// Gives units of a line back to the buyer; the adjustment's id. `None` where so many have not been charged.
    pub(super) fn refund(
        &mut self,
        order: &str,
        place: usize,
        units: u32,
        at: Timestamp,
    ) -> Option<String> {
        let adjustment = format!("amzn1:crow:{:08}", self.number());
        let order = self.orders.get_mut(order)?;
        let line = order.lines.get(place)?;
        let given = line.refunded + units;
        if units == 0 || given > line.charged {
            return None;
        }
        let span = (line.refunded, given);
        let marketplace = order.marketplace;
        let sale = order.sale(line, units, Some(adjustment.clone()));
        let part = |amount| share(amount, line, marketplace, span);
        let all = charges(line, Fulfiller::Merchant, marketplace);
        let kept: Decimal = all
            .iter()
            .filter(|(what, _)| *what == COMMISSION)
            .map(|(_, amount)| part(*amount))
            .sum();
        let mut back: Vec<(What, Decimal)> = all
            .into_iter()
            .map(|(what, amount)| (what, -part(amount)))
            .collect();
        let fee = marketplace.round(kept * Decimal::new(2, 1));
        back.push((("ItemFees", "RefundCommission"), fee));
        let entries = back.into_iter().map(|(what, amount)| Entry {
            at,
            marketplace,
            transaction: "Refund",
            what,
            amount,
            sale: Some(sale.clone()),
        });
        let entries = entries.collect();
        if let Some(line) = order.lines.get_mut(place) {
            line.refunded = given;
        }
        self.post(entries);
        Some(adjustment)
    }

    /// Amounts of nothing are not told.
    pub(super) fn post(&mut self, entries: Vec<Entry>) {
        let some = entries.into_iter().filter(|entry| !entry.amount.is_zero());
        self.account.extend(some);
    }
}
