//! What Shopify says, as far as it is used.

mod cancellation;
mod delivery;
mod giveback;
mod order;
mod payout;
mod people;
mod price;
mod product;
mod refund;
mod reply;
mod stock;

pub(crate) use cancellation::{CalledOff, Job};
pub(crate) use delivery::{
    Delivered, Fulfilled, FulfillmentOrder, OrderDeliveries, Parcels, SoldLine, SupportedAction,
    TrackingNumber,
};
pub(crate) use giveback::{GivebackLine, Given, OrderGivebacks};
pub(crate) use order::{
    Address, Allocation, Bag, Customer, Fee, LineItem, LineItemGroup, Order, ShippingLine, TaxLine,
    Transaction, Wire,
};
pub(crate) use payout::{Movement, Payout, RefundsOfOrder};
pub(crate) use people::{Booked, Business, Shopper, Site, SiteAddress};
pub(crate) use price::{FixedPrice, PriceList, Variant};
pub(crate) use product::{
    Collection, MediaRef, Nodes, Picture, Product, ProductVariant, Publication, Sent, ShopWeight,
    State,
};
pub(crate) use refund::{
    OrderAdjustment, Refund, RefundDuty, RefundLineItem, RefundShippingLine, RefundedOrder,
};
pub(crate) use reply::{
    Connection, Cost, Envelope, ErrorDetails, Errors, GraphError, PageInfo, UserError,
};
pub(crate) use stock::{InventoryItem, Quantity};
