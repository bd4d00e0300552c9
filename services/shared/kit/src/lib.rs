//! What endpoints share, so that each fills in its own side only: feeds by kind as a source, desks by kind as a sink, the way of records that
//! belong to orders, a REST API with its exchanges, and the rules that are the same for every shop. Knows no vendor.

mod allot;
mod by_order;
mod by_sku;
mod call_off;
mod checkup;
mod cursor;
mod desk;
mod event;
mod feed;
mod giveback;
mod record;
mod rest;
mod ruled;
mod tracking;
mod unmapped;

pub use allot::{Room, allot};
pub use by_order::{ByOrder, Looked, OfOrders, look_at_orders};
pub use by_sku::BySku;
pub use call_off::CallOff;
pub use checkup::{bad, clock, finding, good, warning};
pub use cursor::{cursor_of, state_of};
pub use desk::{Clerk, Desk, Desks, Item, attempts, landed};
pub use event::{Whose, external, parse, unreadable};
pub use feed::{Feed, Feeds};
pub use giveback::{already, key_in, more_than_is_left, note, numbered};
pub use record::{IsRecord, record_of};
pub use rest::Rest;
pub use ruled::Ruled;
pub use tracking::{tracking_differs, tracking_numbers};
pub use unmapped::{Unmapped, Within};
