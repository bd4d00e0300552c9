//! Amazon's stores.

use rust_decimal::Decimal;

/// A store of Amazon's (Selling Partner API, "Marketplace IDs").
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marketplace {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    pub(super) currency: &'static str,
    /// Decimals of an amount.
    pub(super) digits: u32,
    /// What a hundred of the merchant's currency come to.
    hundred: i64,
    /// Tax on what is sold, in hundredths of a percent.
    tax: i64,
    /// Whether Amazon collects that tax and pays it itself.
    pub(super) collects_tax: bool,
    /// Whether reports write amounts with a comma and dates with points.
    pub(super) comma: bool,
}

const ALL: [Marketplace; 4] = [
    Marketplace {
        id: "ATVPDKIKX0DER",
        name: "Amazon.com",
        country: "US",
        language: "en_US",
        currency: "USD",
        digits: 2,
        hundred: 100,
        tax: 725,
        collects_tax: true,
        comma: false,
    },
    Marketplace {
        id: "A1F83G8C2ARO7P",
        name: "Amazon.co.uk",
        country: "GB",
        language: "en_GB",
        currency: "GBP",
        digits: 2,
        hundred: 80,
        tax: 2000,
        collects_tax: false,
        comma: false,
    },
    Marketplace {
        id: "A1PA6795UKMFR9",
        name: "Amazon.de",
        country: "DE",
        language: "de_DE",
        currency: "EUR",
        digits: 2,
        hundred: 92,
        tax: 1900,
        collects_tax: false,
        comma: true,
    },
    Marketplace {
        id: "A1VC38T7YXB528",
        name: "Amazon.co.jp",
        country: "JP",
        language: "ja_JP",
        currency: "JPY",
        digits: 0,
        hundred: 15_000,
        tax: 1000,
        collects_tax: false,
        comma: false,
    },
];

impl Marketplace {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|one| one.id == id)
    }

    /// An amount in the store's digits, rounded half away from zero.
    pub(super) fn round(&self, amount: Decimal) -> Decimal {
        let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        let mut rounded = amount.round_dp_with_strategy(self.digits, strategy);
        rounded.rescale(self.digits);
        rounded
    }

    /// An amount of the merchant's currency in the store's.
    pub(super) fn local(&self, amount: Decimal) -> Decimal {
        self.round(amount * Decimal::new(self.hundred, 2))
    }

    /// The tax on an amount.
    pub(super) fn tax(&self, amount: Decimal) -> Decimal {
        self.round(amount * Decimal::new(self.tax, 4))
    }
}
