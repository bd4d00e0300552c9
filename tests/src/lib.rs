//! What the whole-system scenarios share: a clock that moves when told, a process that can be cut down at any step of its discipline, and a
//! comparison of all sides with each other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: what cannot be done ends the test"
)]

mod amazon;
mod binary;
mod clock;
mod compare;
mod completeness;
mod configuration;
mod cut;
mod incarnation;
mod leftovers;
mod metrics;
mod pace;
mod platform;
mod remade;
mod role;
mod scenario;
mod sent;
mod until;
mod vendure;
mod woocommerce;
mod world;

pub use binary::binary;
pub use clock::SimClock;
pub use compare::{differences, order_differences, sales, shipments, stock, writes};
pub use configuration::configuration;
pub use cut::{Cut, Knife};
pub use leftovers::{leftovers, open_intents, records, unseen_records};
pub use metrics::Metrics;
pub use platform::{Platform, database};
pub use remade::Remade;
pub use role::{Installation, Role};
pub use scenario::{DEATHS, mishaps, number, order_key};
pub use sent::{Sent, Shelves};
pub use until::{free_port, until};
pub use vendure::VendureShop;
pub use world::{Phase, World};
