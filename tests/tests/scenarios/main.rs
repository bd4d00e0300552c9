//! Whole-system scenarios, one file per sync or matter, on both platforms. They are one program: each of its own is linked with the
//! whole system, which takes disk and time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod amazon;
mod cancellations;
mod changes;
mod commands;
mod completeness;
mod control_tls;
mod credits;
mod customers;
mod demo;
mod names;
mod one_effect;
mod open_amounts;
mod order_kinds;
mod payouts;
mod prices;
mod products;
mod real_input;
mod refunds;
mod remade;
mod returns;
mod shipping;
mod stock;
mod time;
mod vendure;
mod woocommerce;
mod woocommerce_goods;
