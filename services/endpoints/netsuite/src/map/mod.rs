//! NetSuite's records to and from commerce. Pure.

mod address;
mod assign;
mod cancellation;
mod change;
mod charge;
mod cursor;
mod customer;
mod feed;
mod giveback;
mod order;
pub(crate) mod query;
mod refund;
mod session;
pub(crate) mod settings;
mod stock;

pub(crate) use cancellation::cancellation;
pub(crate) use change::{Patch, Plan, SalesOrder, amend, call_off};
pub(crate) use cursor::Position;
pub(crate) use customer::{Buyer, Choice, buyer, customer_body, pick};
pub(crate) use feed::{FulfilmentParts, Read, fulfilment, typed};
pub(crate) use giveback::{Reading, giveback};
pub(crate) use order::{
    Aim, Article, Articles, Currencies, Draft, Terms, aim, articles, draft, skus,
};
pub(crate) use refund::{Billing, Giving, allowed, credit, moot, refund_draft, refunded_skus};
pub(crate) use session::Session;
pub(crate) use stock::{Level, kit_levels, kit_mark, levels};
