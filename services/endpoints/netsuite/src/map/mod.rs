//! NetSuite's records to and from commerce. Pure.

mod address;
mod assign;
mod charge;
mod cursor;
mod customer;
mod feed;
mod order;
pub(crate) mod query;
mod refund;
mod session;
pub(crate) mod settings;

pub(crate) use cursor::Position;
pub(crate) use customer::{Buyer, Choice, buyer, customer_body, pick};
pub(crate) use feed::{FulfilmentParts, Read, fulfilment, stock, typed};
pub(crate) use order::{Article, Articles, Currencies, Draft, Terms, articles, draft, skus};
pub(crate) use refund::{Billing, Giving, allowed, credit, refund_draft, refunded_skus};
pub(crate) use session::Session;
