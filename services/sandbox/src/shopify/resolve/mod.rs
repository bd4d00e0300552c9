//! The model as GraphQL objects: which type each thing has, and what its fields hold.

mod catalogue;
mod customer;
mod fulfilment;
mod line;
mod money;
mod order;
mod payload;
mod payment;
mod payout;
mod people;
mod prices;
mod product;
mod query;
mod shop;
mod stated;

use serde_json::{Map, Value as Json};

use super::graphql::{Arguments, GraphError, Resolve};
use super::model::company::{Firm, FirmSite};
use super::model::customer::Customer;
use super::model::fulfilment::{FulfilmentLine, FulfilmentOrder, FulfilmentOrderLine};
use super::model::inventory::Level;
use super::model::jobs::Job;
use super::model::order::{
    Allocation, Cancellation, Discount, DiscountValue, Duty, Fee, Group, Line, Origin,
    ShippingLine, Tax,
};
use super::model::payment::{RefundLine, RefundShipping};
use super::model::payout::{Movement, PaidOut};
use super::model::prices::PriceList;
use super::model::product::{Collection, Media};
use super::model::store::{Place, Subscription};
use super::model::{
    Address, Fulfilment, Order, Product, Purchase, Refund, Store, Transaction, Variant,
};
use super::money::{Currencies, Currency, Money};
use super::mutation::{AdjustmentGroup, Change, Payload, UserError};

/// What a field of ours resolves to.
type Value<'s> = super::graphql::Value<'s, Node<'s>>;
type Outcome<'s> = Result<Value<'s>, GraphError>;

/// A GraphQL object.
#[derive(Clone, Copy)]
pub(super) struct Node<'s> {
    store: &'s Store,
    thing: Thing<'s>,
}

#[derive(Clone, Copy)]
enum Thing<'s> {
    Query,
    Shop,
    ShopPlan,
    Domain,
    Installation,
    App,
    Scope(&'s str),
    Version(&'static str),
    Count(usize, bool),
    Order(&'s Order),
    OrderCancellation(&'s Cancellation),
    OrderApp,
    Channel(&'s Order),
    Attribute(&'s str, &'s str),
    CashRounding(&'s Order),
    Risk(&'s Order),
    MoneyBag(Currencies, Money),
    Money(Currency, i64),
    Line(&'s Order, &'s Line),
    Group(&'s Order, &'s Group, usize),
    Weight(u32),
    ShippingLine(&'s Order, &'s ShippingLine),
    Tax(&'s Order, Tax),
    Duty(&'s Order, &'s Line, &'s Duty),
    Fee(&'s Order, &'s Fee, usize),
    Allocation(&'s Order, Allocation),
    Discount(&'s Order, &'s Discount, usize),
    Percentage(i64),
    Transaction(&'s Order, &'s Transaction),
    Refund(&'s Order, &'s Refund),
    RefundLine(&'s Order, &'s Refund, &'s RefundLine),
    RefundShipping(&'s Order, &'s Refund, &'s RefundShipping),
    Adjustment(&'s Order, &'s Refund),
    Address(&'s Address, u64),
    Customer(&'s Customer),
    Purchase(&'s Purchase),
    Company(&'s Purchase),
    CompanyLocation(&'s Purchase),
    PaymentTerms(&'s str),
    Firm(&'s Firm),
    FirmContact(&'s Customer),
    Site(&'s FirmSite),
    /// The bill's (0) or the goods' (1).
    SiteAddress(&'s FirmSite, u64),
    Checkout(&'s FirmSite),
    TermsTemplate(&'s str),
    TaxSettings,
    /// An e-mail address, and whether it may be written to.
    Mailbox(&'s str, &'s str),
    Phone(&'s str),
    FulfilmentOrder(&'s Order, &'s FulfilmentOrder),
    FulfilmentOrderLine(&'s Order, &'s FulfilmentOrderLine),
    Action(&'static str),
    AssignedLocation(&'s Place),
    Destination(&'s Order, &'s FulfilmentOrder, &'s Address),
    DeliveryMethod(&'s Order, &'s FulfilmentOrder),
    Hold(&'s Order, &'s FulfilmentOrder),
    Fulfilment(&'s Order, &'s Fulfilment),
    Tracking(&'s Fulfilment, usize),
    FulfilmentLine(&'s Order, &'s FulfilmentLine),
    Variant(&'s Variant),
    Component(&'s Variant, usize),
    SelectedOption(&'s Variant, usize),
    Measurement(&'s Variant),
    ItemWeight(&'s Variant),
    Product(&'s Product),
    Option(&'s Product, usize),
    Media(&'s Media),
    Metafield(&'s Product, &'s (String, String), &'s (String, String)),
    Definition,
    Publication(usize),
    SalesChannel(usize),
    Collection(usize, &'s Collection),
    CollectionSource(usize, &'s Collection),
    Item(&'s Variant),
    Level(&'s Variant, &'s Place, &'s Level),
    Quantity(&'s Variant, &'s Place, &'s Level, &'static str),
    Place(&'s Place),
    PlaceAddress(&'s Place),
    Subscription(&'s Subscription),
    PriceList(&'s PriceList),
    ListPrice(&'s PriceList, &'s Variant),
    PriceBreak(&'s PriceList, &'s Variant, i64),
    Job(&'s Job, usize),
    PaymentsAccount,
    PaidOut(&'s PaidOut),
    Movement(&'s PaidOut, &'s Movement),
    MovedOrder(&'s Order),
    MovedBy(&'s PaidOut),
    Payload(&'s Payload),
    UserError(&'s UserError, &'static str),
    AdjustmentGroup(&'s AdjustmentGroup),
    Change(&'s Change),
    /// Part of an order that was put in: its type, and what it says.
    Stated(&'static str, &'s Map<String, Json>),
}

impl<'s> Node<'s> {
    /// The root of all queries.
    pub(super) fn query(store: &'s Store) -> Self {
        Self {
            store,
            thing: Thing::Query,
        }
    }

    /// The answer to a mutation.
    pub(super) fn payload(store: &'s Store, payload: &'s Payload) -> Self {
        Self {
            store,
            thing: Thing::Payload(payload),
        }
    }

    /// A field of the root.
    pub(super) fn resolve_root(self, name: &str, arguments: &Arguments) -> Outcome<'s> {
        query::root(self, name, arguments)
    }

    fn to(self, thing: Thing<'s>) -> Self {
        Self {
            store: self.store,
            thing,
        }
    }

    fn one(self, thing: Thing<'s>) -> Value<'s> {
        Value::Object(self.to(thing))
    }

    fn maybe(self, thing: Option<Thing<'s>>) -> Value<'s> {
        thing.map_or(Value::Null, |thing| self.one(thing))
    }

    fn many(self, things: impl IntoIterator<Item = Thing<'s>>) -> Value<'s> {
        Value::Objects(things.into_iter().map(|thing| self.to(thing)).collect())
    }

    fn bag(self, order: &Order, money: Money) -> Value<'s> {
        self.one(Thing::MoneyBag(order.currencies, money))
    }

    fn variant(self, index: Option<usize>) -> Option<&'s Variant> {
        self.store.variants.get(index?)
    }

    fn product_of(self, variant: &Variant) -> Option<Thing<'s>> {
        self.store.products.get(variant.product).map(Thing::Product)
    }

    fn place(self, index: usize) -> Value<'s> {
        self.maybe(self.store.locations.get(index).map(Thing::Place))
    }
}

impl<'s> Resolve<'s> for Node<'s> {
    fn type_name(self) -> &'static str {
        match self.thing {
            Thing::Query => "QueryRoot",
            Thing::Shop => "Shop",
            Thing::ShopPlan => "ShopPlan",
            Thing::Domain => "Domain",
            Thing::Installation => "AppInstallation",
            Thing::App => "App",
            Thing::Scope(_) => "AccessScope",
            Thing::Version(_) => "ApiVersion",
            Thing::Count(..) => "Count",
            Thing::Order(_) => "Order",
            Thing::OrderCancellation(_) => "OrderCancellation",
            Thing::Job(..) => "Job",
            Thing::PaymentsAccount => "ShopifyPaymentsAccount",
            Thing::PaidOut(_) => "ShopifyPaymentsPayout",
            Thing::Movement(..) => "ShopifyPaymentsBalanceTransaction",
            Thing::MovedOrder(_) => "ShopifyPaymentsAssociatedOrder",
            Thing::MovedBy(_) => "ShopifyPaymentsBalanceTransactionAssociatedPayout",
            Thing::OrderApp => "OrderApp",
            Thing::Channel(_) => "ChannelInformation",
            Thing::Attribute(..) => "Attribute",
            Thing::CashRounding(_) => "CashRoundingAdjustment",
            Thing::Risk(_) => "OrderRiskSummary",
            Thing::MoneyBag(..) => "MoneyBag",
            Thing::Money(..) => "MoneyV2",
            Thing::Line(..) => "LineItem",
            Thing::Group(..) => "LineItemGroup",
            Thing::Weight(_) => "Weight",
            Thing::ShippingLine(..) => "ShippingLine",
            Thing::Tax(..) => "TaxLine",
            Thing::Duty(..) => "Duty",
            Thing::Fee(..) => "AdditionalFee",
            Thing::Allocation(..) => "DiscountAllocation",
            Thing::Discount(_, discount, _) => match discount.origin {
                Origin::Code(_) => "DiscountCodeApplication",
                Origin::Automatic(_) => "AutomaticDiscountApplication",
                Origin::Manual(_) => "ManualDiscountApplication",
            },
            Thing::Percentage(_) => "PricingPercentageValue",
            Thing::Transaction(..) => "OrderTransaction",
            Thing::Refund(..) => "Refund",
            Thing::RefundLine(..) => "RefundLineItem",
            Thing::RefundShipping(..) => "RefundShippingLine",
            Thing::Adjustment(..) => "OrderAdjustment",
            Thing::Address(..) => "MailingAddress",
            Thing::Customer(_) => "Customer",
            Thing::Purchase(_) => "PurchasingCompany",
            Thing::Company(_) | Thing::Firm(_) => "Company",
            Thing::CompanyLocation(_) | Thing::Site(_) => "CompanyLocation",
            Thing::FirmContact(_) => "CompanyContact",
            Thing::SiteAddress(..) => "CompanyAddress",
            Thing::Checkout(_) => "BuyerExperienceConfiguration",
            Thing::TermsTemplate(_) => "PaymentTermsTemplate",
            Thing::TaxSettings => "CompanyLocationTaxSettings",
            Thing::PaymentTerms(_) => "PaymentTerms",
            Thing::Mailbox(..) => "CustomerEmailAddress",
            Thing::Phone(_) => "CustomerPhoneNumber",
            Thing::FulfilmentOrder(..) => "FulfillmentOrder",
            Thing::FulfilmentOrderLine(..) => "FulfillmentOrderLineItem",
            Thing::Action(_) => "FulfillmentOrderSupportedAction",
            Thing::AssignedLocation(_) => "FulfillmentOrderAssignedLocation",
            Thing::Destination(..) => "FulfillmentOrderDestination",
            Thing::DeliveryMethod(..) => "DeliveryMethod",
            Thing::Hold(..) => "FulfillmentHold",
            Thing::Fulfilment(..) => "Fulfillment",
            Thing::Tracking(..) => "FulfillmentTrackingInfo",
            Thing::FulfilmentLine(..) => "FulfillmentLineItem",
            Thing::Variant(_) => "ProductVariant",
            Thing::Component(..) => "ProductVariantComponent",
            Thing::SelectedOption(..) => "SelectedOption",
            Thing::Measurement(_) => "InventoryItemMeasurement",
            Thing::ItemWeight(_) => "Weight",
            Thing::Product(_) => "Product",
            Thing::Option(..) => "ProductOption",
            Thing::Media(_) => "MediaImage",
            Thing::Metafield(..) => "Metafield",
            Thing::Definition => "MetafieldDefinition",
            Thing::Publication(_) => "Publication",
            Thing::SalesChannel(_) => "Channel",
            Thing::Collection(..) => "Collection",
            Thing::CollectionSource(..) => "CollectionConditionsSource",
            Thing::Item(_) => "InventoryItem",
            Thing::Level(..) => "InventoryLevel",
            Thing::Quantity(..) => "InventoryQuantity",
            Thing::Place(_) => "Location",
            Thing::PlaceAddress(_) => "LocationAddress",
            Thing::Subscription(_) => "WebhookSubscription",
            Thing::PriceList(_) => "PriceList",
            Thing::ListPrice(..) => "PriceListPrice",
            Thing::PriceBreak(..) => "QuantityPriceBreak",
            Thing::Payload(payload) => payload::type_name(payload),
            Thing::UserError(_, name) => name,
            Thing::AdjustmentGroup(_) => "InventoryAdjustmentGroup",
            Thing::Change(_) => "InventoryChange",
            Thing::Stated(name, _) => name,
        }
    }

    fn field(self, name: &str, arguments: &Arguments) -> Outcome<'s> {
        let value = match self.thing {
            Thing::Query => return query::root(self, name, arguments),
            Thing::Shop
            | Thing::ShopPlan
            | Thing::Domain
            | Thing::Installation
            | Thing::App
            | Thing::Scope(_)
            | Thing::Version(_)
            | Thing::Count(..) => shop::field(self, name),
            Thing::Subscription(subscription) => shop::subscription(subscription, name),
            Thing::Order(order) => match &order.stated {
                Some(stated) if !stated::is_the_shops(name) => {
                    return stated::field(self, "Order", stated.fields(), name);
                }
                _ => order::order(self, order, name, arguments),
            },
            Thing::Stated(of, said) => return stated::field(self, of, said, name),
            Thing::OrderCancellation(_)
            | Thing::OrderApp
            | Thing::Channel(_)
            | Thing::Attribute(..)
            | Thing::CashRounding(_)
            | Thing::Risk(_) => order::detail(self, name),
            Thing::Line(order, line) => line::line(self, order, line, name, arguments),
            Thing::Group(order, group, place) => line::group(self, order, group, place, name),
            Thing::ShippingLine(order, line) => line::shipping(self, order, line, name),
            Thing::Duty(order, line, duty) => line::duty(self, order, line, duty, name),
            Thing::Fee(order, fee, place) => line::fee(self, order, fee, place, name),
            Thing::MoneyBag(..)
            | Thing::Money(..)
            | Thing::Weight(_)
            | Thing::Tax(..)
            | Thing::Percentage(_) => money::field(self, name),
            Thing::Allocation(order, allocation) => {
                money::allocation(self, order, allocation, name)
            }
            Thing::Discount(order, discount, place) => {
                money::discount(self, order, discount, place, name)
            }
            Thing::Transaction(order, transaction) => {
                payment::transaction(self, order, transaction, name)
            }
            Thing::Refund(order, refund) => payment::refund(self, order, refund, name),
            Thing::RefundLine(order, refund, line) => {
                payment::refund_line(self, order, refund, line, name)
            }
            Thing::RefundShipping(order, refund, line) => {
                payment::refund_shipping(self, order, refund, line, name)
            }
            Thing::Adjustment(order, refund) => payment::adjustment(self, order, refund, name),
            Thing::Address(address, id) => customer::address(address, id, name, arguments),
            Thing::Customer(found) => customer::customer(self, found, name),
            Thing::Purchase(_)
            | Thing::Company(_)
            | Thing::CompanyLocation(_)
            | Thing::PaymentTerms(_) => customer::business(self, name),
            Thing::Mailbox(text, consent) => match name {
                "marketingState" => consent.into(),
                _ => customer::contact(text, name),
            },
            Thing::Phone(text) => customer::contact(text, name),
            Thing::Firm(firm) => people::firm(self, firm, name),
            Thing::FirmContact(found) => people::firm_contact(self, found, name),
            Thing::Site(site) => people::site(self, site, name),
            Thing::SiteAddress(..)
            | Thing::Checkout(_)
            | Thing::TermsTemplate(_)
            | Thing::TaxSettings => people::detail(self, name),
            Thing::FulfilmentOrder(order, found) => {
                fulfilment::fulfilment_order(self, order, found, name)
            }
            Thing::FulfilmentOrderLine(order, line) => {
                fulfilment::fulfilment_order_line(self, order, line, name)
            }
            Thing::Fulfilment(order, found) => fulfilment::fulfilment(self, order, found, name),
            Thing::FulfilmentLine(order, line) => {
                fulfilment::fulfilment_line(self, order, line, name)
            }
            Thing::Action(_)
            | Thing::AssignedLocation(_)
            | Thing::Destination(..)
            | Thing::DeliveryMethod(..)
            | Thing::Hold(..)
            | Thing::Tracking(..) => fulfilment::detail(self, name),
            Thing::Variant(variant) => catalogue::variant(self, variant, name),
            Thing::Component(variant, place) => catalogue::component(self, variant, place, name),
            Thing::SelectedOption(variant, place) => {
                catalogue::selected(self, variant, place, name)
            }
            Thing::Measurement(variant) => catalogue::measurement(self, variant, name),
            Thing::ItemWeight(variant) => catalogue::weight(variant, name),
            Thing::Product(found) => product::product(self, found, name, arguments),
            Thing::Option(of, place) => product::option(of, place, name),
            Thing::Media(media) => product::media(media, name),
            Thing::Metafield(of, key, value) => product::metafield(of, key, value, name),
            Thing::Definition => super::model::ids::gid("MetafieldDefinition", 1).into(),
            Thing::Publication(place) => product::publication(self, place, name),
            Thing::SalesChannel(place) => product::channel(place, name),
            Thing::Collection(place, found) => product::collection(self, place, found, name),
            Thing::CollectionSource(place, of) => product::source(place, of, name),
            Thing::Item(variant) => catalogue::item(self, variant, name, arguments),
            Thing::Level(variant, place, level) => {
                return catalogue::level(self, variant, place, level, name, arguments);
            }
            Thing::Quantity(variant, place, level, quantity) => {
                catalogue::quantity(variant, place, level, quantity, name)
            }
            Thing::Place(place) => catalogue::place(self, place, name, arguments),
            Thing::PlaceAddress(place) => catalogue::place_address(place, name),
            Thing::PriceList(list) => return prices::price_list(self, list, name, arguments),
            Thing::ListPrice(list, variant) => prices::list_price(self, list, variant, name),
            Thing::PriceBreak(list, variant, from) => {
                prices::price_break(self, list, variant, from, name)
            }
            Thing::Job(job, place) => payload::job(job, place, name),
            Thing::PaymentsAccount => return payout::account(self, name, arguments),
            Thing::PaidOut(found) => payout::payout(self, found, name),
            Thing::Movement(of, found) => payout::movement(self, of, found, name),
            Thing::MovedOrder(order) => order::order(self, order, name, arguments),
            Thing::MovedBy(of) => payout::payout(self, of, name),
            Thing::Payload(payload) => payload::payload(self, payload, name),
            Thing::UserError(error, _) => payload::user_error(error, name),
            Thing::AdjustmentGroup(group) => {
                payload::adjustment_group(self, group, name, arguments)
            }
            Thing::Change(change) => payload::change(self, change, name),
        };
        Ok(value)
    }
}
