//! What the shop holds, for tests, the demonstration and whoever watches. Plain lists, without the vendor's shapes.

use serde::Serialize;

use super::model::ids::gid;
use super::model::payout::PaidOut;
use super::model::product::CHANNELS;
use super::model::{Order, Product, Stated, Store};

/// An order in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// Global id.
    pub id: String,
    /// Name, such as `#1001`.
    pub name: String,
    /// When it last changed, UTC.
    pub updated_at: String,
    /// ISO 4217 code of the shop.
    pub currency: &'static str,
    /// What the buyer was asked for, in the shop's currency, with all decimal places.
    pub total: String,
    /// The same after refunds.
    pub current_total: String,
    /// ISO 4217 code of the buyer.
    pub presentment_currency: &'static str,
    /// What the buyer was asked for, in the buyer's currency.
    pub presentment_total: String,
    /// An `OrderDisplayFinancialStatus`.
    pub financial_status: &'static str,
    /// An `OrderDisplayFulfillmentStatus`.
    pub fulfillment_status: &'static str,
    /// What was taken for it, gift cards among it, in the shop's currency, with all decimal places.
    pub received: String,
    /// Where it was sold: `web`, `pos` …
    pub channel: &'static str,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether the buyer was told of the cancellation.
    pub told_of_cancellation: bool,
    /// Whether it is a test order.
    pub test: bool,
    /// Global id of the buyer, unless a guest.
    pub customer: Option<String>,
    /// Number of lines.
    pub lines: usize,
}

/// What Shopify Payments brought to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayoutView {
    /// Global id.
    pub id: String,
    /// A `ShopifyPaymentsPayoutStatus`.
    pub status: &'static str,
    /// In the shop's currency, with all decimal places.
    pub net: String,
    /// What it is made of.
    pub lines: Vec<PayoutLineView>,
}

/// A movement of money in a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayoutLineView {
    /// A `ShopifyPaymentsTransactionType`.
    pub kind: &'static str,
    /// Global id of the order it belongs to.
    pub order: Option<String>,
    /// Id of the order's transaction.
    pub transaction: Option<u64>,
    /// Before the fee.
    pub gross: String,
    /// What Shopify kept.
    pub fee: String,
}

/// Something given back of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefundView {
    /// Global id.
    pub id: String,
    /// Global id of the order.
    pub order: String,
    /// What was paid back, in the shop's currency, with all decimal places.
    pub total: String,
    /// Why.
    pub note: Option<String>,
    /// Place of the line, units, and a `RefundLineItemRestockType`.
    pub lines: Vec<(usize, u32, &'static str)>,
}

/// A shipment of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FulfilmentView {
    /// Global id.
    pub id: String,
    /// Global id of the order.
    pub order: String,
    /// The location's name.
    pub location: String,
    /// SKU and quantity of each line; a custom line without SKU by its title.
    pub lines: Vec<(String, u32)>,
    /// The carrier's name.
    pub carrier: Option<String>,
    /// Tracking numbers.
    pub tracking_numbers: Vec<String>,
    /// Whether the buyer was told.
    pub notified: bool,
    /// When it was made, UTC.
    pub created_at: String,
}

/// Stock of an item at a location.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StockView {
    /// The item's SKU.
    pub sku: String,
    /// The location's name.
    pub location: String,
    /// Can be sold.
    pub available: i64,
    /// Sold and not sent.
    pub committed: i64,
}

/// A product with its variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductView {
    /// Global id.
    pub id: String,
    /// What the buyer reads first.
    pub title: String,
    /// Its part of the shop's addresses.
    pub handle: String,
    /// In HTML.
    pub description: String,
    /// Who makes it.
    pub vendor: String,
    /// A `ProductStatus`.
    pub status: String,
    /// In alphabetical order.
    pub tags: Vec<String>,
    /// Names of its options.
    pub options: Vec<String>,
    /// Its variants, in order.
    pub variants: Vec<VariantView>,
    /// Where its pictures were fetched from, in order.
    pub pictures: Vec<String>,
    /// Names of the sales channels that show it.
    pub channels: Vec<String>,
    /// Names of the collections that it is in.
    pub collections: Vec<String>,
}

/// A variant of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VariantView {
    /// Global id.
    pub id: String,
    /// The article.
    pub sku: String,
    /// Its values of the product's options.
    pub values: Vec<String>,
    /// EAN or the like.
    pub barcode: Option<String>,
    /// Price in the shop's currency, with all decimal places.
    pub price: String,
    /// Value and unit.
    pub weight: String,
}

pub(super) fn product(store: &Store, product: &Product) -> ProductView {
    let currency = store.facts.currency;
    let variants = product.variants.iter();
    let variants = variants.filter_map(|place| store.variants.get(*place));
    let collections = store.collections.iter();
    let collections = collections.filter(|one| one.products.contains(&product.index));
    let channels = product.published.iter();
    ProductView {
        id: gid("Product", product.id()),
        title: product.title.clone(),
        handle: product.handle.clone(),
        description: product.description.clone(),
        vendor: product.vendor.clone(),
        status: product.status.clone(),
        tags: product.tags.clone(),
        options: product.options.iter().map(|one| one.name.clone()).collect(),
        variants: variants
            .map(|one| VariantView {
                id: gid("ProductVariant", one.id()),
                sku: one.sku.clone(),
                values: one.values.clone(),
                barcode: one.barcode.clone(),
                price: currency.long_text(currency.of_cents(one.cents)),
                weight: format!("{} {}", one.weight.0, one.weight.1),
            })
            .collect(),
        pictures: product.media.iter().map(|one| one.source.clone()).collect(),
        channels: channels
            .filter_map(|place| CHANNELS.get(*place))
            .map(|name| (*name).to_owned())
            .collect(),
        collections: collections.map(|one| one.title.to_owned()).collect(),
    }
}

/// How much of everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Orders.
    pub orders: usize,
    /// Cancelled orders among them.
    pub cancelled: usize,
    /// Shipments.
    pub fulfilments: usize,
    /// Customers.
    pub customers: usize,
    /// Product variants.
    pub variants: usize,
    /// Pairs of item and location.
    pub stock_levels: usize,
    /// Webhook subscriptions.
    pub subscriptions: usize,
}

pub(super) fn order(store: &Store, order: &Order) -> OrderView {
    let money = order.currencies;
    let stated = order.stated.as_ref();
    let amount = |field, side, derived| {
        let stated = stated.and_then(|stated| stated.amount(field, side));
        stated.map_or(derived, str::to_owned)
    };
    OrderView {
        id: gid("Order", order.id()),
        name: stated
            .and_then(Stated::name)
            .map_or_else(|| order.name(), str::to_owned),
        updated_at: order.updated_at.to_string(),
        currency: money.shop.code,
        total: amount(
            "totalPriceSet",
            "shopMoney",
            money.shop.long_text(order.total().shop),
        ),
        current_total: amount(
            "currentTotalPriceSet",
            "shopMoney",
            money.shop.long_text(order.current_total().shop),
        ),
        presentment_currency: money.presentment.code,
        presentment_total: amount(
            "totalPriceSet",
            "presentmentMoney",
            money.presentment.long_text(order.total().presentment),
        ),
        financial_status: order.financial_status(),
        fulfillment_status: order.fulfilment_status(),
        received: money.shop.long_text(order.received().shop),
        channel: order.source,
        cancelled: order.cancelled.is_some(),
        told_of_cancellation: order.cancelled.as_ref().is_some_and(|one| one.notified),
        test: order.test,
        customer: order
            .customer
            .and_then(|index| store.customers.get(index))
            .map(|customer| gid("Customer", customer.id())),
        lines: stated.map_or(order.lines.len(), Stated::lines),
    }
}

pub(super) fn refunds(store: &Store) -> Vec<RefundView> {
    let of = |order: &Order| {
        let views = order.refunds.iter().map(|refund| {
            let paid = refund.transactions.iter();
            let paid = paid.filter_map(|at| order.transactions.get(*at));
            RefundView {
                id: gid("Refund", order.part_id(refund.place)),
                order: gid("Order", order.id()),
                total: order
                    .currencies
                    .shop
                    .long_text(paid.map(|paid| paid.amount.shop).sum()),
                note: refund.note.clone(),
                lines: refund
                    .lines
                    .iter()
                    .map(|line| (line.line, line.quantity, line.restock))
                    .collect(),
            }
        });
        views.collect::<Vec<_>>()
    };
    store.orders.iter().flat_map(of).collect()
}

pub(super) fn payouts(store: &Store) -> Vec<PayoutView> {
    let currency = store.facts.currency;
    let of = |payout: &PaidOut| PayoutView {
        id: gid("ShopifyPaymentsPayout", payout.id),
        status: payout.status,
        net: currency.long_text(payout.net()),
        lines: payout
            .movements
            .iter()
            .map(|movement| PayoutLineView {
                kind: movement.kind,
                order: movement
                    .order
                    .and_then(|at| store.orders.get(at))
                    .map(|order| gid("Order", order.id())),
                transaction: movement.transaction,
                gross: currency.long_text(movement.gross),
                fee: currency.long_text(movement.fee),
            })
            .collect(),
    };
    store.payouts.iter().map(of).collect()
}

pub(super) fn fulfilments(store: &Store) -> Vec<FulfilmentView> {
    let all = store.orders.iter().flat_map(|order| {
        order
            .fulfilments
            .iter()
            .map(move |fulfilment| (order, fulfilment))
    });
    all.map(|(order, fulfilment)| FulfilmentView {
        id: gid("Fulfillment", order.part_id(fulfilment.place)),
        order: gid("Order", order.id()),
        location: place(store, fulfilment.location),
        lines: fulfilment
            .lines
            .iter()
            .filter_map(|sent| {
                order.lines.get(sent.line).map(|line| {
                    (
                        line.sku.clone().unwrap_or_else(|| line.title.clone()),
                        sent.quantity,
                    )
                })
            })
            .collect(),
        carrier: fulfilment.tracking.company.clone(),
        tracking_numbers: fulfilment.tracking.numbers.clone(),
        notified: fulfilment.notified,
        created_at: fulfilment.created_at.to_string(),
    })
    .collect()
}

pub(super) fn inventory(store: &Store) -> Vec<StockView> {
    let sku = |item: usize| {
        store
            .variants
            .get(item)
            .map(|variant| variant.sku.clone())
            .unwrap_or_default()
    };
    let view =
        |(item, location, level): (usize, usize, &super::model::inventory::Level)| StockView {
            sku: sku(item),
            location: place(store, location),
            available: level.available,
            committed: level.committed,
        };
    store.inventory.iter().map(view).collect()
}

pub(super) fn summary(store: &Store) -> Summary {
    Summary {
        orders: store.orders.len(),
        cancelled: store
            .orders
            .iter()
            .filter(|order| order.cancelled.is_some())
            .count(),
        fulfilments: store
            .orders
            .iter()
            .map(|order| order.fulfilments.len())
            .sum(),
        customers: store.customers.len(),
        variants: store.variants.len(),
        stock_levels: store.inventory.iter().count(),
        subscriptions: store.subscriptions.len(),
    }
}

fn place(store: &Store, location: usize) -> String {
    store
        .locations
        .get(location)
        .map(|location| location.name.clone())
        .unwrap_or_default()
}
