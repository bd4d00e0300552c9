//! What Shopify says, as far as it is used.

mod delivery;
mod order;
mod reply;
mod stock;

pub(crate) use delivery::{
    Delivered, Fulfilled, FulfillmentOrder, OrderDeliveries, Remaining, SoldLine, TrackingNumber,
};
pub(crate) use order::{
    Address, Allocation, Bag, Customer, Fee, LineItem, LineItemGroup, Order, ShippingLine, TaxLine,
    Transaction, Wire,
};
pub(crate) use reply::{Cost, Envelope, GraphError, PageInfo, Connection, UserError};
pub(crate) use stock::{InventoryItem, Level};
