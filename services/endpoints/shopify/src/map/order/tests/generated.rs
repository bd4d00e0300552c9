//! Orders as Shopify reckons them, at random: taxes within prices or on top, discounts, shipping, tips, duties, two currencies, units
//! taken back. Whatever comes, the lines come to the total.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{adds_up, list, mapped, placed};

/// Cents in the buyer's currency.
#[derive(Debug, Clone)]
struct Line {
    quantity: i64,
    taken_back: i64,
    unit: i64,
    discount: i64,
    tax_percent: i64,
    duty: i64,
}

#[derive(Debug, Clone)]
struct Sale {
    lines: Vec<Line>,
    shipping: i64,
    shipping_discount: i64,
    tip: i64,
    taxes_included: bool,
    /// Shop currency per thousand of the buyer's; none where they are the same.
    rate: Option<i64>,
    cancelled: bool,
}

fn round(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

fn text(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

impl Sale {
    fn bag(&self, cents: i64) -> Value {
        let shop = self.rate.map_or(cents, |rate| round(cents * rate, 1000));
        let buyer = if self.rate.is_some() { "USD" } else { "EUR" };
        json!({
            "shopMoney": { "amount": text(shop), "currencyCode": "EUR" },
            "presentmentMoney": { "amount": text(cents), "currencyCode": buyer },
        })
    }

    fn tax(&self, net: i64, percent: i64) -> i64 {
        if self.taxes_included {
            round(net * percent, 100 + percent)
        } else {
            round(net * percent, 100)
        }
    }

    fn taxes(&self, net: i64, percent: i64) -> Value {
        let price = self.bag(self.tax(net, percent));
        json!([{ "title": "VAT", "rate": 0.19, "channelLiable": null, "priceSet": price }])
    }

    /// What is owed for a line: all of it, and what is taken back.
    fn owed(&self, line: &Line) -> (i64, i64) {
        let net = line.unit * line.quantity - line.discount;
        let tax = if self.taxes_included {
            0
        } else {
            self.tax(net, line.tax_percent)
        };
        // Shopify rounds the price and the tax of what it takes back each for itself.
        let back = |cents: i64| round(cents * line.taken_back, line.quantity);
        (net + tax, back(net) + back(tax))
    }

    fn wire(&self) -> Value {
        let mut order = placed(vec![], "0.00");
        let lines = self.lines.iter().enumerate().map(|(index, line)| {
            let net = line.unit * line.quantity - line.discount;
            let mut item = super::item(1 + index as u64, Some("A"), line.quantity, "0", "0");
            item["currentQuantity"] = json!(line.quantity - line.taken_back);
            item["originalUnitPriceSet"] = self.bag(line.unit);
            item["originalTotalSet"] = self.bag(line.unit * line.quantity);
            let taken_off = self.bag(line.discount);
            item["discountAllocations"] = json!([{ "allocatedAmountSet": taken_off, "discountApplication": { "title": "Sale" } }]);
            item["taxLines"] = self.taxes(net, line.tax_percent);
            if line.duty > 0 {
                item["duties"] = json!([{ "id": format!("gid://shopify/Duty/{index}"), "price": self.bag(line.duty), "taxLines": [] }]);
            }
            item
        });
        order["lineItems"] = list(lines.collect());
        let mut post = super::shipping("0", "0");
        post["originalPriceSet"] = self.bag(self.shipping);
        let left = self.shipping - self.shipping_discount;
        post["discountedPriceSet"] = self.bag(left);
        post["currentDiscountedPriceSet"] = self.bag(left);
        post["taxLines"] = self.taxes(left, 10);
        order["shippingLines"] = list(vec![post]);
        let post_tax = if self.taxes_included {
            0
        } else {
            self.tax(left, 10)
        };
        let duties: i64 = self.lines.iter().map(|line| line.duty).sum();
        let (all, back) = self
            .lines
            .iter()
            .map(|line| self.owed(line))
            .fold((0, 0), |sum, line| (sum.0 + line.0, sum.1 + line.1));
        let total = all + left + post_tax + duties + self.tip;
        order["totalPriceSet"] = self.bag(total);
        order["currentTotalPriceSet"] = self.bag(if self.cancelled { 0 } else { total - back });
        order["currentTotalDutiesSet"] = self.bag(duties);
        order["totalTipReceivedSet"] = self.bag(self.tip);
        order["refundDiscrepancySet"] = self.bag(0);
        order["totalCashRoundingAdjustment"]["paymentSet"] = self.bag(0);
        order["taxesIncluded"] = json!(self.taxes_included);
        order["presentmentCurrencyCode"] = json!(if self.rate.is_some() { "USD" } else { "EUR" });
        if self.cancelled {
            order["cancelledAt"] = json!("2026-03-02T10:00:00Z");
        }
        order
    }
}

fn line() -> impl Strategy<Value = Line> {
    (
        1..8_i64,
        0..100_i64,
        1..50_000_i64,
        0..100_i64,
        0..25_i64,
        prop_oneof![Just(0), 0..900_i64],
    )
        .prop_map(
            |(quantity, taken_back, unit, discount, tax_percent, duty)| Line {
                quantity,
                taken_back: (taken_back % (2 * quantity)).min(quantity),
                unit,
                discount: unit * quantity * discount / 100,
                tax_percent,
                duty,
            },
        )
}

fn sale() -> impl Strategy<Value = Sale> {
    (
        proptest::collection::vec(line(), 1..6),
        (0..2_000_i64, 0..100_i64),
        prop_oneof![Just(0), 1..1_000_i64],
        any::<bool>(),
        proptest::option::of(200..3_000_i64),
        proptest::bool::weighted(0.1),
    )
        .prop_map(
            |(lines, (shipping, share), tip, taxes_included, rate, cancelled)| Sale {
                lines,
                shipping,
                shipping_discount: shipping * share / 100,
                tip,
                taxes_included,
                rate,
                cancelled,
            },
        )
}

proptest! {
    #[test]
    fn the_lines_come_to_the_total(sale in sale()) {
        adds_up(&mapped(&sale.wire()));
    }
}
