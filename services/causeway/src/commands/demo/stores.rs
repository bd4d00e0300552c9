//! The stores that a merchant of the demo may have, and what is compared of each.

mod amazon;
mod shopify;
mod woocommerce;

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::Sandbox;
use sandbox::netsuite::Shipment;
use serde_json::Value;
use url::Url;

use super::configuration::Folder;
use super::pools::{POOLS, Pool};

/// A store of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// A Shopify shop.
    Shopify,
    /// A WordPress site with WooCommerce.
    Woocommerce,
    /// An Amazon seller, some of whose goods Amazon keeps and sends.
    Amazon,
}

/// What the demo has to know of a store.
pub(super) trait Storefront: Sync {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// Where it is.
    fn url<'a>(&self, sandbox: &'a Sandbox) -> &'a Url;

    /// What the configuration says of its connection, for these kinds; secrets go into the folder.
    fn settings(
        &self,
        sandbox: &Sandbox,
        kinds: &[Kind],
        folder: &Folder,
    ) -> anyhow::Result<String>;

    /// The pools whose stock it shows.
    fn pools(&self) -> &'static [Pool];

    /// Its orders.
    fn orders(&self, sandbox: &Sandbox) -> anyhow::Result<Vec<Placed>>;

    /// What it knows to have been sent.
    fn parcels(&self, sandbox: &Sandbox) -> Vec<Sent>;

    /// How many of a shipment's tracking numbers it can show.
    fn numbers(&self, shipment: &Shipment) -> usize {
        shipment.tracking_numbers.len()
    }

    /// What it offers, by SKU and pool.
    fn levels(&self, sandbox: &Sandbox) -> BTreeMap<(String, &'static str), i64>;

    /// SKUs whose stock is not the merchant's to tell.
    fn kept_by_store(&self, _: &Sandbox) -> BTreeSet<String> {
        BTreeSet::new()
    }
}

/// An order as its store shows it.
pub(super) struct Placed {
    pub(super) id: String,
    /// What people call it.
    pub(super) name: String,
    /// What the buyer pays.
    pub(super) total: String,
    pub(super) currency: String,
    pub(super) becomes: Becomes,
}

/// What an order is to be in NetSuite.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Becomes {
    SalesOrder,
    CashSale,
    /// Read, and left out.
    Nothing,
    /// Not read before it is a sale.
    NotYet,
}

/// Units by SKU, and tracking numbers, that a store shows of an order.
pub(super) struct Sent {
    pub(super) order: String,
    pub(super) units: Vec<(String, Decimal)>,
    pub(super) tracking: Vec<String>,
}

impl Store {
    pub(super) const fn shown(self) -> &'static dyn Storefront {
        match self {
            Self::Shopify => &shopify::Shop,
            Self::Woocommerce => &woocommerce::Site,
            Self::Amazon => &amazon::Seller,
        }
    }

    /// Its connection's name in the configuration.
    pub(super) const fn connection(self) -> &'static str {
        match self {
            Self::Shopify => "shop",
            Self::Woocommerce => "woocommerce",
            Self::Amazon => "amazon",
        }
    }

    /// The name of its sync of `orders`, `shipments`, `stock` and so on.
    pub(in crate::commands) fn sync(self, what: &str) -> String {
        match self {
            Self::Shopify => what.to_owned(),
            Self::Woocommerce | Self::Amazon => format!("{}-{what}", self.connection()),
        }
    }

    /// The id of the store's order that a sales order with this external id was made of; `None` where it is of no order of this store.
    pub(super) fn order_of(self, key: &str) -> Option<&str> {
        key.strip_prefix(self.connection())?.strip_prefix('-')
    }

    /// How many orders Causeway is to know of this store.
    pub(super) fn readable(self, sandbox: &Sandbox) -> anyhow::Result<usize> {
        let orders = self.shown().orders(sandbox)?;
        let read = |order: &&Placed| order.becomes != Becomes::NotYet;
        Ok(orders.iter().filter(read).count())
    }
}

/// The pool of a store that shows one level of an article.
fn online() -> &'static [Pool] {
    POOLS.get(..1).unwrap_or_default()
}

/// The text at a place (RFC 6901) of what a store tells.
fn text<'a>(told: &'a Value, place: &str) -> Option<&'a str> {
    told.pointer(place)?.as_str()
}

/// The list at a place; nothing where there is none.
fn list<'a>(told: &'a Value, place: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    let list = told.pointer(place).and_then(Value::as_array);
    list.into_iter().flatten()
}
