//! The storefront's taxes, in one of the ways that NetSuite can take them.

use commerce::{Money, MoneyError, OrderLine, Side, TaxLine};
use ports::Fault;
use rust_decimal::{Decimal, RoundingStrategy};

use super::lines::{Line, description};
use super::unfit;
use crate::map::settings::{SuiteTaxOverride, Tax, TaxAsLine, TaxCode};
use crate::wire::{Json, Object};

/// An order's taxes, gathered line by line.
pub(super) struct Taxes {
    zero: Money,
    sums: Vec<Sum>,
    details: Vec<Detail>,
}

/// One tax over the whole order.
struct Sum {
    title: String,
    rate: Option<Decimal>,
    remitted: bool,
    amount: Money,
}

/// One tax on one line, as SuiteTax keeps it.
struct Detail {
    reference: String,
    code: TaxCode,
    basis: Money,
    /// In percent.
    rate: Decimal,
    amount: Money,
}

impl Taxes {
    pub(super) const fn new(zero: Money) -> Self {
        Self {
            zero,
            sums: Vec::new(),
            details: Vec::new(),
        }
    }

    /// Takes a line's taxes. Returns the reference that the line has to carry for its SuiteTax details.
    pub(super) fn take(
        &mut self,
        line: &OrderLine,
        net: Money,
        side: Side,
        strategy: &Tax,
    ) -> Result<Option<String>, Fault> {
        let mut reference = None;
        let taxes = line
            .taxes
            .iter()
            .filter(|tax| !tax.amount.on(side).is_zero());
        for tax in taxes {
            match strategy {
                Tax::None => {}
                Tax::Line(_) => self.add_up(tax, side).map_err(unfit)?,
                Tax::SuitetaxOverride(codes) => {
                    let own = format!("line-{}", line.id);
                    self.details
                        .push(detail(own.clone(), tax, net, side, codes)?);
                    reference = Some(own);
                }
            }
        }
        Ok(reference)
    }

    fn add_up(&mut self, tax: &TaxLine, side: Side) -> Result<(), MoneyError> {
        let same = |sum: &&mut Sum| {
            sum.title == tax.title
                && sum.rate == tax.rate
                && sum.remitted == tax.remitted_by_channel
        };
        if let Some(sum) = self.sums.iter_mut().find(same) {
            sum.amount = sum.amount.plus(tax.amount.on(side))?;
        } else {
            self.sums.push(Sum {
                title: tax.title.clone(),
                rate: tax.rate,
                remitted: tax.remitted_by_channel,
                amount: tax.amount.on(side),
            });
        }
        Ok(())
    }

    /// The tax lines of [`Tax::Line`].
    pub(super) fn lines(&self, strategy: &Tax) -> Vec<Line> {
        let Tax::Line(setting) = strategy else {
            return Vec::new();
        };
        self.sums.iter().map(|sum| sum.line(setting)).collect()
    }

    /// What the details of [`Tax::SuitetaxOverride`] add to the total.
    pub(super) fn imposed(&self) -> Result<Money, MoneyError> {
        self.details
            .iter()
            .try_fold(self.zero, |sum, detail| sum.plus(detail.amount))
    }

    /// The entries of `taxDetails`.
    pub(super) fn details(&self) -> Vec<Json> {
        self.details.iter().map(Detail::json).collect()
    }
}

impl Sum {
    fn line(&self, setting: &TaxAsLine) -> Line {
        let remitted = setting.remitted_item.as_ref().filter(|_| self.remitted);
        let rate = self.rate.map(|rate| {
            let percent = rate.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(rate);
            format!(" {} %", percent.normalize())
        });
        Line {
            item: remitted.unwrap_or(&setting.item).as_str().to_owned(),
            quantity: None,
            amount: self.amount,
            description: description(&format!("{}{}", self.title, rate.unwrap_or_default())),
            source: None,
            ruled: None,
            behind: false,
            tax_reference: None,
            location: None,
        }
    }
}

impl Detail {
    fn json(&self) -> Json {
        Json::Object(Object::from([
            (
                "taxDetailsReference".to_owned(),
                Json::from(self.reference.as_str()),
            ),
            (
                "taxType".to_owned(),
                Json::reference(self.code.tax_type.as_str()),
            ),
            (
                "taxCode".to_owned(),
                Json::reference(self.code.tax_code.as_str()),
            ),
            ("taxBasis".to_owned(), Json::from(self.basis.amount)),
            ("taxRate".to_owned(), Json::from(self.rate)),
            ("taxAmount".to_owned(), Json::from(self.amount.amount)),
        ]))
    }
}

fn detail(
    reference: String,
    tax: &TaxLine,
    net: Money,
    side: Side,
    codes: &SuiteTaxOverride,
) -> Result<Detail, Fault> {
    let known = codes.codes.get(&tax.title).or(codes.default.as_ref());
    let code = known.cloned().ok_or_else(|| Fault::Held {
        why: format!(
            "the tax '{}' has no tax code: add it to orders.tax.suitetax_override.codes, or set a default there",
            tax.title
        ),
    })?;
    let amount = tax.amount.on(side);
    Ok(Detail {
        reference,
        code,
        basis: net,
        rate: percent(tax.rate, amount, net).map_err(unfit)?,
        amount,
    })
}

/// The rate in percent: the storefront's, else what the amounts come to.
fn percent(rate: Option<Decimal>, amount: Money, net: Money) -> Result<Decimal, MoneyError> {
    if net.is_zero() && rate.is_none() {
        return Ok(Decimal::ZERO);
    }
    let fraction = match rate {
        Some(rate) => Some(rate),
        None => amount.amount.checked_div(net.amount),
    };
    let percent = fraction.and_then(|fraction| fraction.checked_mul(Decimal::ONE_HUNDRED));
    percent
        .map(|percent| percent.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero))
        .ok_or(MoneyError::Overflow)
}
