use super::super::model::order::{Allocation, Discount, DiscountValue, Line, Order, Rate, Tax};
use super::super::money::Money;

/// Hundred-thousandths in a whole.
const WHOLE: i64 = 100_000;

/// Spreads the order's discounts over its lines and computes its taxes, in each currency by itself.
pub(super) fn price(order: &mut Order, rates: &[Rate], taxes_shipping: bool) {
    for place in 0..order.discounts.len() {
        if let Some(discount) = order.discounts.get(place).cloned() {
            if discount.on_shipping {
                discount_shipping(order, place, discount.value)
            } else {
                discount_lines(&mut order.lines, place, &discount)
            }
        }
    }
    let included = order.taxes_included;
    for line in order.lines.iter_mut().filter(|line| line.taxable) {
        line.taxes = taxes(line.net(), rates, included);
    }
    for line in order.shipping_lines.iter_mut().filter(|_| taxes_shipping) {
        line.taxes = taxes(line.net(), rates, included);
    }
}

/// Spreads discounts and reckons taxes anew, after lines or their quantities changed.
pub(in crate::shopify) fn reprice(order: &mut Order) {
    let rates: Vec<Rate> = order.taxes().iter().map(|tax| tax.rate).collect();
    let taxes_shipping = order
        .shipping_lines
        .iter()
        .any(|line| !line.taxes.is_empty());
    for line in &mut order.lines {
        line.allocations.clear();
    }
    for line in &mut order.shipping_lines {
        line.allocations.clear();
    }
    price(order, &rates, taxes_shipping);
}

fn taxes(amount: Money, rates: &[Rate], included: bool) -> Vec<Tax> {
    let all: i64 = rates.iter().map(|rate| rate.share).sum();
    let base = if included { WHOLE + all } else { WHOLE };
    rates
        .iter()
        .map(|rate| Tax {
            rate: *rate,
            amount: amount.share(rate.share, base),
        })
        .collect()
}

fn discount_lines(lines: &mut [Line], place: usize, discount: &Discount) {
    let hit = |line: &&mut Line| {
        !line.gift_card
            && discount
                .entitled
                .as_ref()
                .is_none_or(|entitled| entitled.contains(&line.place))
    };
    let mut hit: Vec<&mut Line> = lines.iter_mut().filter(hit).collect();
    let nets: Vec<Money> = hit.iter().map(|line| line.net()).collect();
    let all: Money = nets.iter().copied().sum();
    let amounts = match (discount.value, discount.across) {
        (DiscountValue::Percent(percent), true) => all.share(percent, 100).allocate(&nets),
        (DiscountValue::Percent(percent), false) => {
            nets.iter().map(|net| net.share(percent, 100)).collect()
        }
        (DiscountValue::Fixed(fixed), true) => fixed.min(all).allocate(&nets),
        (DiscountValue::Fixed(fixed), false) => hit
            .iter()
            .zip(&nets)
            .map(|(line, net)| fixed.times(line.quantity).min(*net))
            .collect(),
    };
    for (line, amount) in hit
        .iter_mut()
        .zip(amounts)
        .filter(|(_, amount)| !amount.is_zero())
    {
        line.allocations.push(Allocation {
            discount: place,
            amount,
        });
    }
}

fn discount_shipping(order: &mut Order, place: usize, value: DiscountValue) {
    for line in &mut order.shipping_lines {
        let net = line.net();
        let amount = match value {
            DiscountValue::Percent(percent) => net.share(percent, 100),
            DiscountValue::Fixed(fixed) => fixed.min(net),
        };
        if !amount.is_zero() {
            line.allocations.push(Allocation {
                discount: place,
                amount,
            });
        }
    }
}
