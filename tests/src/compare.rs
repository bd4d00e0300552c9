//! Compares the sides: what the shop sold, NetSuite books; what NetSuite shipped and has, the shop shows. Both ways.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use commerce::{MerchantId, Money};
use ports::{Ledger, Status};
use rust_decimal::Decimal;
use sandbox::{Catalogue, Item, Sandbox};

use crate::{Phase, number, records};

/// The shop's mutations by which something is carried over.
const MUTATIONS: [&str; 14] = [
    "#collectionUpdate",
    "#fulfillmentCreate",
    "#fulfillmentTrackingInfoUpdate",
    "#inventoryActivate",
    "#inventorySetQuantities",
    "#metafieldsSet",
    "#orderCancel",
    "#priceListFixedPricesAdd",
    "#priceListFixedPricesDelete",
    "#productSet",
    "#productVariantsBulkUpdate",
    "#publishablePublish",
    "#quantityPricingByVariantUpdate",
    "#refundCreate",
];

/// What the shop calls its connection in the scenarios' configuration.
const SHOP: &str = "shop";

/// All differences between the sides.
pub async fn differences(
    sandbox: &Sandbox,
    ledger: &dyn Ledger,
    merchant: &MerchantId,
) -> Vec<String> {
    let mut differences = order_differences(sandbox, ledger, merchant).await;
    differences.extend(shipments(sandbox));
    differences.extend(stock(sandbox));
    differences
}

/// What differs between the sides' orders, and orders that stand elsewhere than they should.
pub async fn order_differences(
    sandbox: &Sandbox,
    ledger: &dyn Ledger,
    merchant: &MerchantId,
) -> Vec<String> {
    let good = [Status::Synced, Status::Unchanged, Status::Skipped];
    let rows = records(ledger, merchant, &Phase::Orders.sync(merchant).id).await;
    let mut differences: Vec<String> = rows
        .into_iter()
        .filter(|row| !good.contains(&row.status))
        .map(|row| {
            let reason = row.reason.unwrap_or_default();
            format!("{}: {}: {reason}", row.number, row.status.as_str())
        })
        .collect();
    differences.extend(sales(sandbox));
    differences
}

/// Differences between the shop's sales and NetSuite's: each sale is one sales order, cash sale or invoice of the same total (less what was
/// taken back before); one that was cancelled after its import is closed; and there are no others.
#[must_use]
pub fn sales(sandbox: &Sandbox) -> Vec<String> {
    let mut differences = Vec::new();
    let mut booked: BTreeMap<String, Vec<Decimal>> = BTreeMap::new();
    let mut closed: BTreeSet<String> = BTreeSet::new();
    let kinds = ["salesOrder", "cashSale", "invoice"];
    let sales = kinds
        .iter()
        .flat_map(|kind| sandbox.netsuite().records(kind));
    for order in sales.filter(|sale| sale.get("createdFrom").is_none()) {
        let key = order.external_id.clone().unwrap_or_default();
        if order.status == "H" {
            closed.insert(key.clone());
        }
        booked.entry(key).or_default().push(order.number("total"));
    }
    let mut compared = 0;
    for order in sandbox.shopify().orders() {
        let key = format!("{SHOP}-{}", number(&order.id));
        let found = booked.remove(&key).unwrap_or_default();
        if order.test || order.cancelled {
            if found.len() > 1 || (found.len() == 1 && !closed.contains(&key)) {
                differences.push(format!("{}: is off, yet booked and not closed", order.name));
            }
            continue;
        }
        compared += 1;
        let total = Money::parse(&order.current_total, order.currency).unwrap();
        if found != [total.amount] {
            differences.push(format!(
                "{}: {total} in the shop, {found:?} in NetSuite",
                order.name
            ));
        }
    }
    differences.extend(
        booked
            .into_keys()
            .map(|key| format!("{key}: booked, but never sold")),
    );
    if compared == 0 {
        differences.push("the shop has no sale: nothing was compared".to_owned());
    }
    let mut buyers: BTreeMap<String, usize> = BTreeMap::new();
    for customer in sandbox.netsuite().records("customer") {
        if let Some(email) = customer.text("email") {
            *buyers.entry(email.to_owned()).or_default() += 1;
        }
    }
    let twice = buyers.into_iter().filter(|(_, count)| *count > 1);
    differences.extend(twice.map(|(email, count)| format!("{email}: {count} customers")));
    differences
}

/// Units by SKU and tracking numbers of one order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shipped {
    units: BTreeMap<String, Decimal>,
    tracking: BTreeSet<String>,
}

impl Shipped {
    /// A kit counts as what is in it: the two sides may name either.
    fn add(&mut self, catalogue: &Catalogue, sku: &str, units: Decimal) {
        let kit = catalogue.by_sku(sku).filter(|item| item.is_kit());
        let Some(kit) = kit else {
            *self.units.entry(sku.to_owned()).or_default() += units;
            return;
        };
        for member in &kit.members {
            let part = &catalogue.items[usize::try_from(member.index).unwrap()];
            self.add(catalogue, &part.sku, units * Decimal::from(member.quantity));
        }
    }
}

/// Differences between what NetSuite shipped of the shop's orders and what the shop shows of it.
#[must_use]
pub fn shipments(sandbox: &Sandbox) -> Vec<String> {
    let mut sent: BTreeMap<String, Shipped> = BTreeMap::new();
    for shipment in sandbox.netsuite().shipments() {
        let key = shipment.order_key.unwrap_or_default();
        let Some(order) = key.strip_prefix(&format!("{SHOP}-")) else {
            continue;
        };
        let order = sent.entry(order.to_owned()).or_default();
        for (sku, units) in shipment.units {
            order.add(sandbox.catalogue(), &sku, units);
        }
        order.tracking.extend(shipment.tracking_numbers);
    }
    let mut shown: BTreeMap<String, Shipped> = BTreeMap::new();
    for fulfilment in sandbox.shopify().fulfilments() {
        let order = shown
            .entry(number(&fulfilment.order).to_owned())
            .or_default();
        for (sku, units) in fulfilment.lines {
            order.add(sandbox.catalogue(), &sku, Decimal::from(units));
        }
        order.tracking.extend(fulfilment.tracking_numbers);
    }
    let mut differences: Vec<String> = sent
        .iter()
        .filter(|(order, sent)| shown.get(*order) != Some(sent))
        .map(|(order, sent)| {
            let shown = shown.get(order);
            format!("order {order}: NetSuite shipped {sent:?}, the shop shows {shown:?}")
        })
        .collect();
    if sent.is_empty() {
        differences.push("NetSuite has shipped nothing: nothing was compared".to_owned());
    }
    differences
}

/// Places where the shop offers something else than NetSuite has available.
#[must_use]
pub fn stock(sandbox: &Sandbox) -> Vec<String> {
    let offered: HashMap<(String, String), i64> = sandbox
        .shopify()
        .inventory()
        .into_iter()
        .map(|level| ((level.sku, level.location), level.available))
        .collect();
    let catalogue = sandbox.catalogue();
    let mut differences = Vec::new();
    let counts = |item: &&Item| {
        // The stock of a bundle is that of its parts; other kits the shop counts as it is told.
        !item.is_kit() || offered.keys().any(|(sku, _)| *sku == item.sku)
    };
    for item in catalogue.items.iter().filter(counts) {
        for place in &catalogue.locations {
            let Some(available) = sellable(sandbox, item, place.netsuite_id) else {
                continue;
            };
            let shown = offered
                .get(&(item.sku.clone(), place.name.clone()))
                .copied();
            if shown.map(Decimal::from) != Some(available) {
                differences.push(format!(
                    "{} at {}: {available} in NetSuite, {shown:?} in the shop",
                    item.sku, place.name
                ));
            }
        }
    }
    differences
}

/// How many requests to NetSuite's records and how many of the shop's mutations were answered so far.
#[must_use]
pub fn writes(sandbox: &Sandbox) -> u64 {
    let netsuite = sandbox.netsuite().meter().read().requests;
    let shop = sandbox.shopify().meter().read().requests;
    let records = netsuite
        .iter()
        .filter(|one| one.method != "GET" && one.path.contains("/record/"));
    let mutations = shop
        .iter()
        .filter(|one| MUTATIONS.iter().any(|name| one.path.contains(name)));
    let shipper = sandbox.shipstation().meter().read().requests;
    let sent = shipper.iter().filter(|one| one.method != "GET");
    records
        .chain(mutations)
        .chain(sent)
        .flat_map(|one| one.statuses.values())
        .sum()
}

/// What can be sold from a location: whole units, never fewer than none, and of a kit as many as can be put together there.
pub(crate) fn sellable(sandbox: &Sandbox, item: &Item, location: u64) -> Option<Decimal> {
    let one = [(item.sku.as_str(), 1)];
    let parts: Vec<(&str, u32)> = item
        .members
        .iter()
        .map(|member| {
            let part = &sandbox.catalogue().items[member.index as usize];
            (part.sku.as_str(), member.quantity)
        })
        .collect();
    let needed = if item.is_kit() { &parts[..] } else { &one[..] };
    let made = needed.iter().map(|(sku, each)| {
        let level = sandbox.netsuite().stock(sku, location)?;
        let units = (level.available() / Decimal::from(*each)).floor();
        Some(units.max(Decimal::ZERO))
    });
    made.collect::<Option<Vec<Decimal>>>()?.into_iter().min()
}
