//! One order line as NetSuite books it: without tax, to the cent.

use commerce::{Money, MoneyError, OrderLine, Side};
use rust_decimal::{Decimal, RoundingStrategy};

/// What a line charges without tax. The amount less the discounts is exactly the line's part in the total less its tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Charge {
    /// Before discounts.
    pub(super) amount: Money,
    /// What each discount takes off, in the line's own order; positive.
    pub(super) discounts: Vec<Money>,
    /// The line's taxes in all.
    pub(super) tax: Money,
}

impl Charge {
    /// The line's charge. Where the order's prices include tax, the tax is divided over the amount and the discounts so that nothing
    /// is lost by rounding: the cents left over go to the last discount.
    pub(super) fn of(
        line: &OrderLine,
        side: Side,
        taxes_included: bool,
    ) -> Result<Self, MoneyError> {
        let gross = line.amount.on(side);
        let tax = line.tax_on(side)?;
        let discounts: Vec<Money> = line
            .discounts
            .iter()
            .map(|discount| discount.amount.on(side))
            .collect();
        if !taxes_included || tax.is_zero() {
            return Ok(Self {
                amount: gross,
                discounts,
                tax,
            });
        }
        let discounted = line.discount_on(side)?;
        let paid = gross.minus(discounted)?;
        let on_amount = if discounted.is_zero() || paid.is_zero() {
            tax
        } else {
            share(tax, gross, paid)?
        };
        let mut left = on_amount.minus(tax)?;
        let mut net = Vec::with_capacity(discounts.len());
        let last = discounts.len().saturating_sub(1);
        let whole_left = left;
        for (index, discount) in discounts.into_iter().enumerate() {
            let own = if index == last {
                left
            } else if discounted.is_zero() {
                Money::zero(discount.currency)
            } else {
                share(whole_left, discount, discounted)?
            };
            left = left.minus(own)?;
            net.push(discount.minus(own)?);
        }
        Ok(Self {
            amount: gross.minus(on_amount)?,
            discounts: net,
            tax,
        })
    }

    /// The amount less all discounts.
    pub(super) fn net(&self) -> Result<Money, MoneyError> {
        self.discounts
            .iter()
            .try_fold(self.amount, |sum, discount| sum.minus(*discount))
    }

    /// Whether nothing at all is charged.
    pub(super) fn is_nothing(&self) -> bool {
        self.amount.is_zero()
            && self.tax.is_zero()
            && self.discounts.iter().all(|off| off.is_zero())
    }
}

/// `sum · part / whole`, rounded to the currency's minor unit.
fn share(sum: Money, part: Money, whole: Money) -> Result<Money, MoneyError> {
    let product = sum.times(part.amount)?;
    let quotient = product
        .amount
        .checked_div(whole.amount)
        .ok_or(MoneyError::Overflow)?;
    Ok(Money::new(quotient, sum.currency).rounded())
}

/// The price of one unit, to the eight decimals that NetSuite keeps of a rate; the amount beside it is what counts.
pub(super) fn rate(amount: Money, quantity: Decimal) -> Result<Decimal, MoneyError> {
    let quotient = amount
        .amount
        .checked_div(quantity)
        .ok_or(MoneyError::Overflow)?;
    Ok(quotient.round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero))
}

#[cfg(test)]
mod tests {
    use commerce::{Amount, Discount, ExternalId, LineKind, TaxLine};

    use super::*;

    fn money(amount: &str) -> Money {
        Money::parse(amount, "EUR").unwrap()
    }

    fn line(amount: &str, discounts: &[&str], tax: &str) -> OrderLine {
        OrderLine {
            id: ExternalId::new("1").unwrap(),
            kind: LineKind::CustomItem,
            title: "thing".to_owned(),
            quantity: Decimal::ONE,
            unit_price: Amount::same(money(amount)),
            amount: Amount::same(money(amount)),
            discounts: discounts
                .iter()
                .map(|off| Discount {
                    code: None,
                    title: None,
                    amount: Amount::same(money(off)),
                })
                .collect(),
            taxes: vec![TaxLine {
                title: "VAT".to_owned(),
                rate: None,
                amount: Amount::same(money(tax)),
                remitted_by_channel: false,
            }],
        }
    }

    #[test]
    fn tax_leaves_amounts_and_discounts_to_the_cent() {
        // (amount, discounts, tax) -> (net amount, net discounts)
        type Case<'a> = (&'a str, &'a [&'a str], &'a str, &'a str, &'a [&'a str]);
        let cases: [Case<'_>; 5] = [
            ("119", &[], "19", "100", &[]),
            ("119", &["0", "0"], "19", "100", &["0", "0"]),
            ("119", &["59.50"], "9.50", "100", &["50"]),
            ("10", &["10"], "0", "10", &["10"]),
            ("10", &["1", "2"], "1.12", "8.40", &["0.84", "1.68"]),
        ];
        for (amount, discounts, tax, net, nets) in cases {
            let charge = Charge::of(&line(amount, discounts, tax), Side::Shop, true).unwrap();
            assert_eq!(charge.amount, money(net), "{amount}");
            let expected: Vec<Money> = nets.iter().map(|off| money(off)).collect();
            assert_eq!(charge.discounts, expected, "{amount}");
        }
    }

    #[test]
    fn without_included_taxes_nothing_moves() {
        let charge = Charge::of(&line("100", &["10"], "17.10"), Side::Shop, false).unwrap();
        assert_eq!(charge.amount, money("100"));
        assert_eq!(charge.net().unwrap(), money("90"));
    }

    #[test]
    fn a_rate_keeps_eight_decimals() {
        let third = rate(money("10"), Decimal::from(3)).unwrap();
        assert_eq!(third.to_string(), "3.33333333");
    }
}
