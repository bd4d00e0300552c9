//! NetSuite's records to and from commerce. Pure.

mod address;
mod assign;
mod cancellation;
mod change;
mod charge;
mod cursor;
mod customer;
mod feed;
mod fields;
mod giveback;
mod order;
mod payout;
mod price;
mod product;
pub(crate) mod query;
mod refund;
mod remake;
mod session;
pub(crate) mod settings;
mod shipment;
mod shipping_order;
mod stock;

pub(crate) use cancellation::cancellation;
pub(crate) use change::{Patch, Plan, SaleThere, amend, call_off, is_off};
pub(crate) use cursor::Position;
pub(crate) use customer::{
    Buyer, Choice, Contact, Patron, alternatives, contact_body, customer_body, entries, is_contact,
    kept_up, pick, recognised, row_marks,
};
pub(crate) use feed::{FulfilmentParts, Read, Told, fulfilment, typed};
pub(crate) use fields::fields;
pub(crate) use giveback::{Reading, giveback};
pub(crate) use order::{
    Aim, Article, Articles, Currencies, Deposit, Draft, Taken, Terms, aim, articles,
    currency as currency_id, deposited, deposits, draft, skus,
};
pub(crate) use payout::{Funds, Matched, Matching, matched, payout_draft, payout_keys};
pub(crate) use price::prices;
pub(crate) use product::{FirstPrices, product, product_of};
pub(crate) use refund::{
    Billing, Credit, Giving, Left, Open, Standing, allowed, authorization, authorized, credit,
    moot, owed, receipt, refund_draft, refunded_skus, returned,
};
pub(crate) use remake::{Account, Facts, Other, remake};
pub(crate) use session::Session;
pub(crate) use shipment::{OpenLines, Taken as TakenLine, shipment_body, shipment_differs};
pub(crate) use shipping_order::{ShippingParts, shipping_order};
pub(crate) use stock::{kit_levels, kit_mark, levels};
