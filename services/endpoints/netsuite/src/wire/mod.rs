//! NetSuite's JSON: only the parts that are used.

mod funds;
mod json;
mod page;
mod people;
mod problem;
mod rows;
mod shipping;
mod token;

pub(crate) use funds::FundRow;
pub(crate) use json::{Json, Object};
pub(crate) use page::{Row, RowPage};
pub(crate) use people::{AddressRow, ContactRow, CustomerRow, NamesakeRow};
pub(crate) use problem::{Problem, RestletError};
pub(crate) use rows::{
    ArticleRow, BillRow, CancelledRow, CreditLineRow, CreditRow, CurrencyRow, DepositRow, EntryRow,
    FirstPriceRow, FulfilmentLineRow, FulfilmentRow, ItemRow, KitRow, OrderLineRow, OrderRow,
    PlaceRow, PriceRow, ReturnedRow, SessionRow, SoldRow, SpanRow, StandingRow, StockRow,
    TrackingRow,
};
pub(crate) use shipping::{FulfilledRow, MethodRow, ShippingLineRow, ShippingOrderRow};
pub(crate) use token::{TokenRefusal, TokenReply};
