//! What the shop holds.

pub(super) mod catalogue;
pub(super) mod company;
pub(super) mod customer;
pub(super) mod fulfilment;
pub(super) mod ids;
pub(super) mod inventory;
pub(super) mod jobs;
pub(super) mod order;
pub(super) mod payment;
pub(super) mod payout;
pub(super) mod prices;
pub(super) mod product;
pub(super) mod search;
pub(super) mod stated;
pub(super) mod store;

pub(super) use catalogue::Variant;
pub use company::NewCompany;
pub use customer::Purchase;
pub(super) use customer::{Address, Customer};
pub(super) use fulfilment::{Fulfilment, FulfilmentOrder, FulfilmentOrderStatus};
pub(super) use order::Order;
pub use payment::{Giveback, Restock};
pub(super) use payment::{Refund, Transaction};
pub use payout::Extra;
pub(super) use product::Product;
pub(super) use stated::Stated;
pub(super) use store::Store;
