//! Orders as buyers place them.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::books::Books;
use super::listing::Listing;
use super::market::Marketplace;
use super::order::{Buyer, Fulfiller, Line, Order, Status};
use super::{Basket, Options};

const FIRST: [&str; 6] = ["Ana", "Bo", "Carla", "Dev", "Edda", "Finn"];
const LAST: [&str; 6] = ["García", "Ohlsson", "Rossi", "Patel", "Klein", "Byrne"];

const fn town(country: &str) -> (&'static str, &'static str, &'static str) {
    match country.as_bytes() {
        b"GB" => ("Leeds", "West Yorkshire", "LS1 4DY"),
        b"DE" => ("Köln", "Nordrhein-Westfalen", "50667"),
        b"JP" => ("港区", "東京都", "105-0011"),
        _ => ("Portland", "OR", "97205"),
    }
}

impl Books {
    /// Places an order; `None` for one of nothing, or of what is not sold there by who is to send it.
    pub(super) fn place(&mut self, basket: &Basket, at: Timestamp) -> Option<String> {
        let marketplace = Marketplace::find(&basket.marketplace)?;
        let mut lines = Vec::new();
        for (sku, quantity) in &basket.units {
            let listing = self.listings.get(sku)?;
            let fits = listing.by_amazon() == (basket.by == Fulfiller::Amazon) && *quantity > 0;
            let unit = listing.price(marketplace).filter(|_| fits)?;
            lines.push(Line {
                id: String::new(),
                sku: sku.clone(),
                asin: listing.asin.clone(),
                title: listing.title.clone(),
                quantity: *quantity,
                shipped: 0,
                charged: 0,
                refunded: 0,
                unit,
                shipping: marketplace.round(Decimal::ZERO),
                gift_wrap: marketplace.round(Decimal::ZERO),
                discount: marketplace.round(Decimal::ZERO),
                promotion: None,
                taxed: true,
                unwanted: None,
            });
        }
        for line in &mut lines {
            line.id = format!("{:014}", 40_000_000_000_000 + self.number() * 7919);
            self.embellish(line, marketplace);
            if let Some(listing) = self.listings.get_mut(&line.sku) {
                match basket.by {
                    Fulfiller::Merchant => listing.sell(line.quantity),
                    Fulfiller::Amazon => listing.reserve(line.quantity, at),
                }
            }
        }
        let number = self.number();
        let id = format!(
            "{}-{:07}-{:07}",
            111 + number % 4,
            self.rng.u32(1_000_000..9_999_999),
            number
        );
        let order = Order {
            id: id.clone(),
            marketplace,
            by: basket.by,
            status: if basket.pending {
                Status::Pending
            } else {
                Status::Unshipped
            },
            created: at,
            updated: at,
            buyer: self.buyer(marketplace),
            express: self.rng.u8(0..4) == 0,
            lines: (!lines.is_empty()).then_some(lines)?,
            packages: Vec::new(),
            cancelled: None,
        };
        self.orders.insert(id.clone(), order);
        Some(id)
    }

    /// Shipping, gift wrap and promotions, as chance has it.
    fn embellish(&mut self, line: &mut Line, marketplace: &Marketplace) {
        let rng = &mut self.rng;
        if rng.u8(0..3) == 0 {
            line.shipping = marketplace.local(Decimal::new(599, 2));
        }
        if rng.u8(0..6) == 0 {
            line.gift_wrap = marketplace.local(Decimal::new(399, 2));
        }
        if rng.u8(0..5) == 0 {
            line.discount = marketplace.round(line.goods() * Decimal::new(1, 1));
            line.promotion = Some("PAWS-V2-SANDBOX-10".to_owned());
        }
        line.taxed = !marketplace.collects_tax || rng.u8(0..5) > 0;
    }

    fn buyer(&mut self, marketplace: &Marketplace) -> Buyer {
        let rng = &mut self.rng;
        let (city, region, postcode) = town(marketplace.country);
        let of_business = rng.u8(0..8) == 0;
        let name = format!(
            "{} {}",
            rng.choice(FIRST).unwrap_or("Ana"),
            rng.choice(LAST).unwrap_or("Klein")
        );
        Buyer {
            company: of_business.then(|| format!("{name} & Co")),
            purchase_order: of_business.then(|| format!("PO-{}", rng.u16(..))),
            street: format!("{} Main Street", rng.u16(1..999)),
            name,
            city,
            region,
            postcode,
        }
    }

    /// Places an order as chance has it. Returns its id.
    pub(super) fn place_any(&mut self, options: &Options, at: Timestamp) -> Option<String> {
        let first = options.marketplaces.first()?;
        let other = if self.rng.u8(0..4) == 0 {
            self.rng.choice(&options.marketplaces)
        } else {
            None
        };
        let marketplace = other.unwrap_or(first).clone();
        let by = if self.rng.u8(0..4) == 0 {
            Fulfiller::Amazon
        } else {
            Fulfiller::Merchant
        };
        let sold = |by: Fulfiller, books: &Self| -> Vec<String> {
            let fits = |one: &&Listing| {
                one.by_amazon() == (by == Fulfiller::Amazon)
                    && (by == Fulfiller::Merchant || one.available() > 9)
            };
            books
                .listings
                .values()
                .filter(fits)
                .map(|one| one.sku.clone())
                .collect()
        };
        let (by, mut skus) = match sold(by, self) {
            none if none.is_empty() => (Fulfiller::Merchant, sold(Fulfiller::Merchant, self)),
            some => (by, some),
        };
        self.rng.shuffle(&mut skus);
        skus.truncate(self.rng.usize(1..=3));
        let units = skus.into_iter().map(|sku| (sku, self.rng.u32(1..=3)));
        let basket = Basket {
            marketplace,
            by,
            units: units.collect(),
            pending: self.rng.u8(0..8) == 0,
        };
        self.place(&basket, at)
    }
}
