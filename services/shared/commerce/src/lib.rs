//! The nouns of commerce that Causeway moves between systems: orders, customers, refunds, fulfilments, stock levels, products, prices, payouts, and the values
//! they are made of (money, SKUs, ids, addresses). Plain data and arithmetic: nothing here is asynchronous, reads a
//! clock, or talks to anything.

mod account;
mod address;
mod amount;
mod cancellation;
mod country;
mod customer;
mod event;
mod fulfilment;
mod ids;
mod money;
mod order;
mod payout;
mod price;
mod product;
mod refund;
mod remainder;
mod revision;
mod shipping_order;
mod sku;
mod stock;
mod total;

pub use account::{Account, AddressEntry, Business, Consent, Site};
pub use address::Address;
pub use amount::{Amount, Side};
pub use cancellation::Cancellation;
pub use country::{Country, CountryError};
pub use customer::{Company, Customer};
pub use event::{Document, Event, Record, TraceContext};
pub use fulfilment::{Dispatch, Fulfilment, FulfilmentLine, OrderRef, Parcel};
pub use ids::{
    ConnectionId, EventId, ExternalId, IdError, Kind, LineId, MerchantId, RecordKey, SyncId,
    TargetKey,
};
pub use iso_currency::Currency;
pub use money::{Money, MoneyError, minor_units};
pub use order::{
    Component, Discount, LineKind, Order, OrderLine, OrderState, Payment, PaymentKind, TaxLine,
};
pub use payout::{Payout, PayoutLine, PayoutLineKind};
pub use price::{Price, PriceBreak};
pub use product::{Image, Product, Variant, Weight, WeightUnit};
pub use refund::{Adjustment, Refund, RefundLine, Repayment, Restock};
pub use remainder::{Excess, LineLeft, PaymentLeft, Remainder, Share};
pub use revision::{Digest, Revision};
pub use shipping_order::{ShippingLine, ShippingOrder, ShippingState};
pub use sku::{Sku, SkuError};
pub use stock::StockLevel;
pub use total::{LineAccount, TotalCheck};
