//! Amounts in minor units of two currencies, and the arithmetic Shopify does on them.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// A currency and how many decimal places it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Currency {
    /// ISO 4217 code.
    pub(super) code: &'static str,
    /// Decimal places of the smallest unit, 0 for yen.
    pub(super) exponent: u32,
    /// Ten-thousandths of this currency for one US dollar; the sandbox's exchange rates never move.
    pub(super) per_dollar: i64,
}

const CURRENCIES: [Currency; 8] = [
    Currency {
        code: "USD",
        exponent: 2,
        per_dollar: 10_000,
    },
    Currency {
        code: "CAD",
        exponent: 2,
        per_dollar: 13_700,
    },
    Currency {
        code: "EUR",
        exponent: 2,
        per_dollar: 9_200,
    },
    Currency {
        code: "GBP",
        exponent: 2,
        per_dollar: 7_850,
    },
    Currency {
        code: "CHF",
        exponent: 2,
        per_dollar: 8_800,
    },
    Currency {
        code: "AUD",
        exponent: 2,
        per_dollar: 15_200,
    },
    Currency {
        code: "JPY",
        exponent: 0,
        per_dollar: 1_523_000,
    },
    Currency {
        code: "SEK",
        exponent: 2,
        per_dollar: 104_500,
    },
];

impl Currency {
    /// The currency with this code, if the sandbox trades in it: USD, CAD, EUR, GBP, CHF, AUD, JPY, SEK.
    pub(super) fn find(code: &str) -> Option<Self> {
        CURRENCIES
            .into_iter()
            .find(|currency| currency.code == code)
    }

    /// Cents of a US dollar as minor units of this currency.
    pub(super) fn of_cents(self, cents: i64) -> i64 {
        share(
            cents,
            self.per_dollar * 10i64.pow(self.exponent),
            10_000 * 100,
        )
    }

    /// Minor units of this currency as cents of a US dollar.
    pub(super) fn to_cents(self, minor: i64) -> i64 {
        share(
            minor,
            10_000 * 100,
            self.per_dollar * 10i64.pow(self.exponent),
        )
    }

    /// Minor units as `BigDecimal` prints them, the way the Admin API writes amounts: `10.0`, `7.5`, `414.95`.
    pub(super) fn text(self, minor: i64) -> String {
        let scale = 10u64.pow(self.exponent);
        let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
        let (whole, mut part) = (size / scale, size % scale);
        let mut places = self.exponent as usize;
        while places > 1 && part % 10 == 0 {
            part /= 10;
            places -= 1;
        }
        if self.exponent == 0 {
            format!("{sign}{whole}.0")
        } else {
            format!("{sign}{whole}.{part:0places$}")
        }
    }

    /// Minor units with all decimal places, the way webhooks write amounts: `10.00`, `1000` for yen.
    pub(super) fn long_text(self, minor: i64) -> String {
        let scale = 10u64.pow(self.exponent);
        let (sign, size) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
        let places = self.exponent as usize;
        if places == 0 {
            format!("{sign}{size}")
        } else {
            format!("{sign}{}.{:0places$}", size / scale, size % scale)
        }
    }
}

/// The two currencies of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Currencies {
    /// The shop's.
    pub(super) shop: Currency,
    /// The buyer's.
    pub(super) presentment: Currency,
}

impl Currencies {
    pub(super) fn of_cents(self, cents: i64) -> Money {
        Money {
            shop: self.shop.of_cents(cents),
            presentment: self.presentment.of_cents(cents),
        }
    }
}

/// One value in both currencies of its order, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Money {
    /// In the shop's currency.
    pub(super) shop: i64,
    /// In the buyer's currency.
    pub(super) presentment: i64,
}

impl Money {
    pub(super) const ZERO: Self = Self {
        shop: 0,
        presentment: 0,
    };

    /// Applies the same calculation in each currency. They are rounded apart from each other, so that each adds up by itself.
    pub(super) fn map(self, f: impl Fn(i64) -> i64) -> Self {
        Self {
            shop: f(self.shop),
            presentment: f(self.presentment),
        }
    }

    pub(super) fn times(self, quantity: u32) -> Self {
        self.map(|amount| amount * i64::from(quantity))
    }

    /// The part of this that `part` of `whole` units make up.
    pub(super) fn share(self, part: i64, whole: i64) -> Self {
        self.map(|amount| share(amount, part, whole))
    }

    pub(super) fn min(self, other: Self) -> Self {
        Self {
            shop: self.shop.min(other.shop),
            presentment: self.presentment.min(other.presentment),
        }
    }

    /// Splits this in proportion to `weights`, to the minor unit, in each currency.
    pub(super) fn allocate(self, weights: &[Self]) -> Vec<Self> {
        let shop = allocate(self.shop, weights.iter().map(|weight| weight.shop));
        let presentment = allocate(
            self.presentment,
            weights.iter().map(|weight| weight.presentment),
        );
        shop.into_iter()
            .zip(presentment)
            .map(|(shop, presentment)| Self { shop, presentment })
            .collect()
    }

    pub(super) fn is_zero(self) -> bool {
        self == Self::ZERO
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            shop: self.shop + other.shop,
            presentment: self.presentment + other.presentment,
        }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(|amount| -amount)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Self::add)
    }
}

/// `amount · part / whole`, rounded half away from zero; 0 of nothing.
pub(super) fn share(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let product = i128::from(amount) * i128::from(part);
    let whole = i128::from(whole);
    let half = if (product < 0) == (whole < 0) {
        whole.abs() / 2
    } else {
        -(whole.abs() / 2)
    };
    let signed_half = if whole < 0 { -half } else { half };
    i64::try_from((product + signed_half) / whole).unwrap_or(i64::MAX)
}

/// Splits `total` in proportion to `weights` so that the parts add up to it: each part ends where the rounded running share ends.
pub(super) fn allocate(total: i64, weights: impl Iterator<Item = i64> + Clone) -> Vec<i64> {
    let whole: i64 = weights.clone().sum();
    let (mut weight_so_far, mut given) = (0, 0);
    weights
        .map(|weight| {
            weight_so_far += weight;
            let part = share(total, weight_so_far, whole) - given;
            given += part;
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_the_api_writes_them() {
        let usd = Currency::find("USD").unwrap();
        let yen = Currency::find("JPY").unwrap();
        assert_eq!(
            [0, 5, 50, 1000, 41495, -105].map(|minor| usd.text(minor)),
            ["0.0", "0.05", "0.5", "10.0", "414.95", "-1.05"]
        );
        assert_eq!([0, 1000].map(|minor| yen.text(minor)), ["0.0", "1000.0"]);
        assert_eq!(
            [0, 5, 1000].map(|minor| usd.long_text(minor)),
            ["0.00", "0.05", "10.00"]
        );
        assert_eq!(yen.long_text(1000), "1000");
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        assert_eq!(allocate(100, [1, 1, 1].into_iter()), [33, 34, 33]);
        assert_eq!(allocate(-7, [3, 0, 4].into_iter()), [-3, 0, -4]);
        assert_eq!(allocate(5, [0, 0].into_iter()), [0, 0]);
        for total in 0..500 {
            let parts = allocate(total, [7, 13, 1, 0, 29].into_iter());
            assert_eq!(parts.iter().sum::<i64>(), total);
            assert!(parts.iter().all(|part| *part >= 0));
        }
    }

    #[test]
    fn shares_round_half_away_from_zero() {
        assert_eq!(
            [
                share(5, 1, 2),
                share(-5, 1, 2),
                share(4, 1, 3),
                share(1, 1, 0)
            ],
            [3, -3, 1, 0]
        );
    }

    #[test]
    fn cents_become_minor_units_of_other_currencies() {
        assert_eq!(Currency::find("JPY").unwrap().of_cents(1999), 3044);
        assert_eq!(Currency::find("EUR").unwrap().of_cents(1000), 920);
    }
}
