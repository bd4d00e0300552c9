//! What is to stand at a listing: units, or a price.

use commerce::{Price, StockLevel, minor_units};
use ports::Fault;
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::wire::{Exact, Listing, Offer};
use crate::{Prices, Settings};

/// The channel of what the seller keeps.
const OWN: &str = "DEFAULT";

/// What is to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Goal {
    /// So many units that the seller keeps.
    Level(i64),
    /// A price that all buyers of a marketplace are asked.
    Asked {
        /// The marketplace.
        marketplace: String,
        /// The price's currency.
        currency: String,
        /// The price.
        amount: Decimal,
    },
}

/// A change of one attribute. `merge` leaves what else the attribute holds alone.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Patch {
    op: &'static str,
    path: &'static str,
    value: [Attribute; 1],
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Attribute {
    Availability {
        fulfillment_channel_code: &'static str,
        quantity: i64,
    },
    Offer {
        marketplace_id: String,
        currency: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        audience: Option<String>,
        our_price: [Scheduled; 1],
    },
}

#[derive(Debug, Clone, Serialize)]
struct Scheduled {
    schedule: [Asked; 1],
}

#[derive(Debug, Clone, Serialize)]
struct Asked {
    value_with_tax: Exact,
}

/// Whole units that can be sold.
///
/// # Errors
/// [`Fault::Held`] for another location than the one that is named.
pub(crate) fn level(level: &StockLevel, settings: &Settings) -> Result<Goal, Fault> {
    if settings.stock.location.as_deref() != Some(level.location.as_str()) {
        return Err(Fault::Held {
            why: format!(
                "Amazon has one level of what the seller keeps, and this is the one of location {}: name the location or pool in the connection's setting 'stock.location', and leave the others out of the sync",
                level.location
            ),
        });
    }
    let units = level.available.floor().max(Decimal::ZERO);
    Ok(Goal::Level(units.to_i64().unwrap_or(i64::MAX)))
}

/// What is asked at present: the sale's price where there is one, rounded half away from zero to the currency's digits.
///
/// # Errors
/// [`Fault::Held`] for a list that belongs to no marketplace, and for amounts that must not reach one by accident.
pub(crate) fn price(price: &Price, settings: &Prices) -> Result<Goal, Fault> {
    let held = |why: String| Err(Fault::Held { why });
    let (sku, list) = (&price.sku, &price.list);
    let Some(marketplace) = settings.lists.get(list.as_str()) else {
        return held(format!(
            "the price list '{list}' belongs to no marketplace: name one in the connection's setting 'prices.lists', or leave the list out where it is read"
        ));
    };
    if !price.breaks.is_empty() {
        return held(format!(
            "{sku} has other prices from certain quantities on, which are not carried over: leave them out where prices are read"
        ));
    }
    let digits = minor_units(price.currency);
    let asked = price.sale.or(price.regular).unwrap_or_default();
    let mut amount = asked.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    amount.rescale(digits);
    if amount <= Decimal::ZERO {
        return held(format!(
            "a price of {sku} on the list '{list}' comes to nothing: give it one, or take the listing down"
        ));
    }
    Ok(Goal::Asked {
        marketplace: marketplace.clone(),
        currency: price.currency.code().to_owned(),
        amount,
    })
}

impl Goal {
    /// The marketplace that it is about; none for all.
    pub(crate) fn marketplace(&self) -> Option<&str> {
        match self {
            Self::Level(_) => None,
            Self::Asked { marketplace, .. } => Some(marketplace),
        }
    }

    /// Whether it stands there already.
    pub(crate) fn stands_on(&self, listing: &Listing) -> bool {
        match self {
            Self::Level(units) => shown_units(listing) == Some(*units),
            Self::Asked {
                amount, currency, ..
            } => self
                .offer(listing)
                .and_then(shown_price)
                .is_some_and(|(shown, code)| shown == *amount && code == currency),
        }
    }

    /// Both values in words.
    pub(crate) fn difference(&self, listing: &Listing) -> String {
        match self {
            Self::Level(units) => {
                let there = shown_units(listing);
                let there = there.map_or_else(|| "none".to_owned(), |units| units.to_string());
                format!("{units} units here, {there} there")
            }
            Self::Asked {
                amount, currency, ..
            } => {
                let there = self.offer(listing).and_then(shown_price);
                let there = there.map_or_else(
                    || "none".to_owned(),
                    |(amount, code)| format!("{amount} {code}"),
                );
                format!("{amount} {currency} here, {there} there")
            }
        }
    }

    /// Whether it is not for the seller to say: Amazon counts what it keeps itself.
    pub(crate) fn is_amazons(&self, listing: &Listing) -> bool {
        let channels = &listing.fulfillment_availability;
        let own = channels
            .iter()
            .any(|one| one.fulfillment_channel_code == OWN);
        matches!(self, Self::Level(_)) && !channels.is_empty() && !own
    }

    /// The change that makes it stand. It has to name the offer just as the listing does, or it would be another one.
    pub(crate) fn patch(&self, listing: &Listing) -> Patch {
        let there = self.offer(listing);
        let audience = there.map_or_else(|| Some("ALL".to_owned()), |there| there.audience.clone());
        let (path, value) = match self {
            Self::Level(units) => (
                "/attributes/fulfillment_availability",
                Attribute::Availability {
                    fulfillment_channel_code: OWN,
                    quantity: *units,
                },
            ),
            Self::Asked {
                marketplace,
                currency,
                amount,
            } => (
                "/attributes/purchasable_offer",
                Attribute::Offer {
                    marketplace_id: marketplace.clone(),
                    currency: currency.clone(),
                    audience,
                    our_price: [Scheduled {
                        schedule: [Asked {
                            value_with_tax: Exact(*amount),
                        }],
                    }],
                },
            ),
        };
        Patch {
            op: "merge",
            path,
            value: [value],
        }
    }

    fn offer<'a>(&self, listing: &'a Listing) -> Option<&'a Offer> {
        let mut offers = listing.attributes.purchasable_offer.iter();
        offers.find(|offer| {
            Some(offer.marketplace_id.as_str()) == self.marketplace()
                && offer.audience.as_deref().is_none_or(|who| who == "ALL")
        })
    }
}

fn shown_units(listing: &Listing) -> Option<i64> {
    let mut channels = listing.fulfillment_availability.iter();
    channels
        .find(|one| one.fulfillment_channel_code == OWN)?
        .quantity
}

fn shown_price(offer: &Offer) -> Option<(Decimal, &str)> {
    let asked = offer.our_price.first()?.schedule.first()?;
    let amount = Decimal::from_str_exact(&asked.value_with_tax).ok()?;
    Some((amount, &offer.currency))
}
