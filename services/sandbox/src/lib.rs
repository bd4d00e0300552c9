//! A stateful NetSuite account, a stateful Shopify shop, a stateful WooCommerce site, a ShipStation account and an Amazon seller on the loopback
//! interface, hard to please on purpose.
//!
//! They answer as the vendors document it, refuse what the vendors refuse, and fail on demand: before or after a write, by
//! cutting the connection, by answering nonsense. The demonstration, the whole-system tests and the benchmarks run against
//! them. The crate shares no code with the endpoints it is used to test.
//!
//! Each server also has pages of its own under `/_sandbox/`: what is stored, what was asked, and which faults are in force.

/// The Amazon seller.
pub mod amazon;
mod catalogue;
mod clock;
mod control;
mod faults;
mod meter;
/// The NetSuite account.
pub mod netsuite;
mod server;
/// The ShipStation account.
pub mod shipstation;
/// The Shopify shop.
pub mod shopify;
mod state;
#[cfg(test)]
mod testclock;
/// The WooCommerce site.
pub mod woocommerce;
mod wreck;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use thiserror::Error;
use url::Url;

pub use catalogue::{Catalogue, Item, Location, Member};
pub use clock::Clock;
pub use faults::{Fault, Faults, Rule};
pub use meter::{Meter, RequestCount, Requests, Usage};

use server::Server;

/// What to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the NetSuite account listens; port 0 takes a free one.
    pub listen_netsuite: SocketAddr,
    /// Where the Shopify shop listens; port 0 takes a free one.
    pub listen_shopify: SocketAddr,
    /// Where the WooCommerce site listens; port 0 takes a free one.
    pub listen_woocommerce: SocketAddr,
    /// Where the ShipStation account listens; port 0 takes a free one.
    pub listen_shipstation: SocketAddr,
    /// Where Amazon listens; port 0 takes a free one.
    pub listen_amazon: SocketAddr,
    /// Everything made up grows from this number: catalogue, orders, faults by rate, shipments.
    pub seed: u64,
    /// Plain items in the catalogue; one kit is added for every eight.
    pub items: u32,
    /// SKUs sold besides those made up.
    pub skus: Vec<String>,
    /// Orders in the shop at the start.
    pub orders: u32,
    /// How the account behaves.
    pub netsuite: netsuite::Options,
    /// How the shop behaves.
    pub shopify: shopify::Options,
    /// How the site behaves.
    pub woocommerce: woocommerce::Options,
    /// How the ShipStation account behaves.
    pub shipstation: shipstation::Options,
    /// Who the Amazon seller is and how Amazon behaves.
    pub amazon: amazon::Options,
    /// The time both sides go by.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen_netsuite: anywhere,
            listen_shopify: anywhere,
            listen_woocommerce: anywhere,
            listen_shipstation: anywhere,
            listen_amazon: anywhere,
            seed: 1,
            items: 40,
            skus: Vec::new(),
            orders: 0,
            netsuite: netsuite::Options::default(),
            shopify: shopify::Options::default(),
            woocommerce: woocommerce::Options::default(),
            shipstation: shipstation::Options::default(),
            amazon: amazon::Options::default(),
            clock: Clock::system(),
        }
    }
}

/// Why the sandbox did not start, or did not take what it was given.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: {source}; choose another address, or port 0 for any free one"
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The query engine behind SuiteQL did not start.
    #[error("cannot prepare the SuiteQL tables: {0}")]
    Tables(#[from] rusqlite::Error),
    /// The options contradict themselves.
    #[error("sandbox options: {0}")]
    Options(String),
    /// An order that was to be put into the shop does not say what the shop has to know.
    #[error("the order cannot be put in: {0}")]
    Order(String),
}

/// All servers, running until stopped or dropped.
#[derive(Debug)]
pub struct Sandbox {
    catalogue: Arc<Catalogue>,
    netsuite: netsuite::Account,
    shopify: shopify::Shop,
    woocommerce: woocommerce::Shop,
    netsuite_server: Server,
    shopify_server: Server,
    woocommerce_server: Server,
    shipstation: shipstation::Account,
    shipstation_server: Server,
    amazon: amazon::Seller,
    amazon_server: Server,
}

impl Sandbox {
    /// Builds both sides from the same catalogue and starts to listen.
    ///
    /// # Errors
    /// An address that cannot be listened on, or options that make no sense.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let catalogue = Catalogue::new(options.seed, options.items);
        let catalogue = Arc::new(catalogue.with(options.seed, &options.skus));
        let netsuite = netsuite::Account::new(
            options.netsuite,
            options.seed,
            Arc::clone(&catalogue),
            options.clock.clone(),
        )?;
        let shipstation =
            shipstation::Account::new(options.shipstation, options.seed, options.clock.clone());
        let shopify = shopify::Shop::new(
            options.shopify,
            options.seed,
            options.orders,
            Arc::clone(&catalogue),
            options.clock.clone(),
        )?;
        let amazon = amazon::Seller::new(
            options.amazon,
            options.seed,
            &catalogue,
            options.clock.clone(),
        );
        let woocommerce =
            woocommerce::Shop::new(options.woocommerce, options.seed, &catalogue, options.clock);
        let netsuite_server = Server::start(options.listen_netsuite, netsuite.router()).await?;
        let shopify_server = Server::start(options.listen_shopify, shopify.router()).await?;
        let woocommerce_server =
            Server::start(options.listen_woocommerce, woocommerce.router()).await?;
        let shipstation_server =
            Server::start(options.listen_shipstation, shipstation.router()).await?;
        let amazon_server = Server::start(options.listen_amazon, amazon.router()).await?;
        Ok(Self {
            catalogue,
            netsuite,
            shopify,
            woocommerce,
            netsuite_server,
            shopify_server,
            woocommerce_server,
            shipstation,
            shipstation_server,
            amazon,
            amazon_server,
        })
    }

    /// What both sides sell, and where it is kept.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Base URL of the NetSuite account, with a final slash.
    pub fn netsuite_url(&self) -> &Url {
        self.netsuite_server.url()
    }

    /// Base URL of the Shopify shop, with a final slash.
    pub fn shopify_url(&self) -> &Url {
        self.shopify_server.url()
    }

    /// Base URL of the WooCommerce site, with a final slash.
    pub fn woocommerce_url(&self) -> &Url {
        self.woocommerce_server.url()
    }

    /// The site's state.
    pub fn woocommerce(&self) -> &woocommerce::Shop {
        &self.woocommerce
    }

    /// The account's state.
    pub fn netsuite(&self) -> &netsuite::Account {
        &self.netsuite
    }

    /// The shop's state.
    pub fn shopify(&self) -> &shopify::Shop {
        &self.shopify
    }

    /// Base URL of the ShipStation account, with a final slash.
    pub fn shipstation_url(&self) -> &Url {
        self.shipstation_server.url()
    }

    /// The ShipStation account's state.
    pub fn shipstation(&self) -> &shipstation::Account {
        &self.shipstation
    }

    /// Base URL of Amazon, with a final slash: of the Selling Partner API and of Login with Amazon.
    pub fn amazon_url(&self) -> &Url {
        self.amazon_server.url()
    }

    /// The Amazon seller's state.
    pub fn amazon(&self) -> &amazon::Seller {
        &self.amazon
    }

    /// Stops all servers; open connections are dropped.
    pub async fn stop(self) {
        self.netsuite_server.stop().await;
        self.shopify_server.stop().await;
        self.woocommerce_server.stop().await;
        self.shipstation_server.stop().await;
        self.amazon_server.stop().await;
    }
}
