use serde_json::Value as Json;

use super::super::graphql::{Arguments, GraphError, Page};
use super::super::model::ids;
use super::super::model::product::CHANNELS;
use super::super::model::search::Search;
use super::super::model::store::Place;
use super::super::{VERSION, orders};
use super::payout;
use super::people;
use super::{FulfilmentOrder, Node, Order, Outcome, Thing, Value, Variant};

pub(super) fn root<'s>(node: Node<'s>, name: &str, arguments: &Arguments) -> Outcome<'s> {
    let store = node.store;
    let id = |kind| id(arguments, kind);
    Ok(match name {
        "shop" => node.one(Thing::Shop),
        "currentAppInstallation" => node.one(Thing::Installation),
        "publicApiVersions" => node.many([Thing::Version(VERSION)]),
        "order" => node.maybe(store.order(id("Order")?).map(Thing::Order)),
        "orders" => {
            let page = orders::page(store, arguments)?;
            let nodes = page
                .nodes
                .into_iter()
                .map(|(cursor, order)| (cursor, node.to(Thing::Order(order))))
                .collect();
            Value::Page(Page {
                nodes,
                has_next: page.has_next,
                has_previous: page.has_previous,
            })
        }
        "ordersCount" => {
            let (count, exact) = orders::count(store, arguments)?;
            node.one(Thing::Count(count, exact))
        }
        "node" => node.maybe(by_gid(node, arguments.text("id").unwrap_or_default())?),
        "nodes" => {
            let ids: Vec<&str> = arguments.texts("ids");
            if ids.len() > 250 {
                let message = format!(
                    "The input array size of {} is greater than the maximum allowed of 250.",
                    ids.len()
                );
                return Err(GraphError::coded("MAX_INPUT_SIZE_EXCEEDED", message));
            }
            let found = ids
                .into_iter()
                .map(|id| Ok(by_gid(node, id)?.map(|thing| node.to(thing))))
                .collect::<Result<Vec<_>, GraphError>>()?;
            Value::Nodes(found)
        }
        "shopifyPaymentsAccount" => {
            payout::may_be_seen(node)?;
            node.one(Thing::PaymentsAccount)
        }
        "customer" => node.maybe(
            ids::customer_index(id("Customer")?)
                .and_then(|index| store.customers.get(index))
                .map(Thing::Customer),
        ),
        "customers" => people::customers(node, arguments)?,
        "companies" => people::companies(node, arguments)?,
        "company" => {
            let id = id("Company")?;
            let mut firms = store.firms.iter();
            node.maybe(firms.find(|firm| firm.id == id).map(Thing::Firm))
        }
        "refund" => node.maybe(part(node, "Refund", id("Refund")?)),
        "fulfillment" => node.maybe(part(node, "Fulfillment", id("Fulfillment")?)),
        "fulfillmentOrder" => node.maybe(part(node, "FulfillmentOrder", id("FulfillmentOrder")?)),
        "fulfillmentOrders" => fulfilment_orders(node, arguments)?,
        "productVariant" => node.maybe(
            ids::variant_index(id("ProductVariant")?)
                .and_then(|index| there(node, index))
                .map(Thing::Variant),
        ),
        "productVariants" => node.many(
            variants(node, arguments, ids::variant)?
                .into_iter()
                .map(Thing::Variant),
        ),
        "priceList" => {
            let id = id("PriceList")?;
            let mut lists = store.price_lists.iter();
            node.maybe(lists.find(|list| list.id == id).map(Thing::PriceList))
        }
        "inventoryItem" => node.maybe(
            ids::item_index(id("InventoryItem")?)
                .and_then(|index| there(node, index))
                .map(Thing::Item),
        ),
        "inventoryItems" => node.many(
            variants(node, arguments, ids::item)?
                .into_iter()
                .map(Thing::Item),
        ),
        "productByIdentifier" => node.maybe(by_identifier(node, arguments)),
        "metafieldDefinition" => {
            let asked = arguments.get("identifier").cloned().unwrap_or_default();
            let [namespace, key] = ["namespace", "key"].map(|name| text_in(&asked, name));
            let known = store.definitions.contains(&(namespace, key));
            node.maybe(known.then_some(Thing::Definition))
        }
        "publications" => node.many((0..CHANNELS.len()).map(Thing::Publication)),
        "inventoryLevel" => node.maybe(by_gid(node, arguments.text("id").unwrap_or_default())?),
        "job" => {
            let place = id("Job")?;
            let job = usize::try_from(place)
                .ok()
                .and_then(|place| Some(Thing::Job(store.jobs.get(place)?, place)));
            node.maybe(job)
        }
        "location" => match arguments.text("id") {
            Some(_) => node.maybe(store.location(id("Location")?).map(Thing::Place)),
            None => node.place(0),
        },
        "locations" => node.many(locations(node, arguments)?.into_iter().map(Thing::Place)),
        "webhookSubscriptions" => {
            let topics = arguments.texts("topics");
            let wanted = |topic: &str| topics.is_empty() || topics.contains(&topic);
            node.many(
                store
                    .subscriptions
                    .iter()
                    .filter(|subscription| wanted(&subscription.topic))
                    .map(Thing::Subscription),
            )
        }
        _ => Value::Null,
    })
}

fn id(arguments: &Arguments, kind: &str) -> Result<u64, GraphError> {
    let given = arguments
        .get("id")
        .and_then(Json::as_str)
        .unwrap_or_default();
    match ids::parse(given) {
        // An id of another type finds nothing; the rest of the answer still comes.
        Some((found, number)) => Ok(if found == kind { number } else { 0 }),
        None => Err(GraphError::coded(
            "RESOURCE_NOT_FOUND",
            format!("Invalid global id '{given}'"),
        )),
    }
}

/// Whatever has this global id.
fn by_gid<'s>(node: Node<'s>, gid: &str) -> Result<Option<Thing<'s>>, GraphError> {
    let store = node.store;
    let Some((kind, number)) = ids::parse(gid) else {
        return Err(GraphError::coded(
            "RESOURCE_NOT_FOUND",
            format!("Invalid global id '{gid}'"),
        ));
    };
    let variant = |index: Option<usize>| there(node, index?);
    Ok(match kind {
        "Order" => store.order(number).map(Thing::Order),
        "Customer" => ids::customer_index(number)
            .and_then(|index| store.customers.get(index))
            .map(Thing::Customer),
        "Company" => store
            .firms
            .iter()
            .find(|firm| firm.id == number)
            .map(Thing::Firm),
        "ProductVariant" => variant(ids::variant_index(number)).map(Thing::Variant),
        "Product" => ids::product_index(number)
            .and_then(|place| store.products.get(place))
            .map(Thing::Product),
        "Collection" => ids::collection_index(number).and_then(|place| {
            let found = store.collections.get(place)?;
            Some(Thing::Collection(place, found))
        }),
        "InventoryItem" => variant(ids::item_index(number)).map(Thing::Item),
        "InventoryLevel" => {
            let item = gid
                .split_once("inventory_item_id=")
                .and_then(|(_, item)| ids::item_index(item.parse().ok()?));
            variant(item).and_then(|variant| {
                let place = store.location(number)?;
                Some(Thing::Level(
                    variant,
                    place,
                    store.inventory.get(variant.index, place.index)?,
                ))
            })
        }
        "ShopifyPaymentsPayout" => {
            payout::may_be_seen(node)?;
            ids::payout_index(number)
                .and_then(|place| store.payouts.get(place))
                .map(Thing::PaidOut)
        }
        "Location" => store.location(number).map(Thing::Place),
        "WebhookSubscription" => store
            .subscriptions
            .iter()
            .find(|subscription| subscription.id == number)
            .map(Thing::Subscription),
        _ => part(node, kind, number),
    })
}

/// A variant that is still in its product.
fn there(node: Node<'_>, index: usize) -> Option<&Variant> {
    node.variant(Some(index)).filter(|variant| !variant.gone)
}

fn text_in(object: &Json, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

fn by_identifier<'s>(node: Node<'s>, arguments: &Arguments) -> Option<Thing<'s>> {
    let (store, asked) = (node.store, arguments.get("identifier")?);
    let place = if let Some(id) = asked["id"].as_str() {
        store.product_by_gid(id)
    } else if let Some(handle) = asked["handle"].as_str() {
        store.products.iter().position(|one| one.handle == handle)
    } else {
        let custom = &asked["customId"];
        let name = (text_in(custom, "namespace"), text_in(custom, "key"));
        let known = store.definitions.contains(&name);
        let place = store.product_by_metafield(&name, &text_in(custom, "value"));
        place.filter(|_| known)
    };
    Some(Thing::Product(store.products.get(place?)?))
}

/// Something that belongs to an order.
fn part<'s>(node: Node<'s>, kind: &str, number: u64) -> Option<Thing<'s>> {
    let (order, place) = node.store.order_of(number)?;
    match kind {
        "LineItem" => Some(Thing::Line(order, order.lines.get(place)?)),
        "Refund" => Some(Thing::Refund(order, order.refunds.get(place)?)),
        "OrderTransaction" => Some(Thing::Transaction(order, order.transactions.get(place)?)),
        "Fulfillment" => Some(Thing::Fulfilment(order, order.fulfilments.get(place)?)),
        "FulfillmentOrder" => Some(Thing::FulfilmentOrder(
            order,
            order.fulfilment_orders.get(place)?,
        )),
        "FulfillmentOrderLineItem" => order
            .fulfilment_orders
            .iter()
            .flat_map(|found| &found.lines)
            .find(|line| line.line == place)
            .map(|line| Thing::FulfilmentOrderLine(order, line)),
        "FulfillmentLineItem" => order
            .fulfilments
            .iter()
            .flat_map(|found| &found.lines)
            .find(|line| line.place == place)
            .map(|line| Thing::FulfilmentLine(order, line)),
        _ => None,
    }
}

fn fulfilment_orders<'s>(node: Node<'s>, arguments: &Arguments) -> Outcome<'s> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let closed = arguments.flag("includeClosed");
    let mut found = Vec::new();
    for order in &node.store.orders {
        for part in &order.fulfilment_orders {
            if (closed || !part.status.actions().is_empty())
                && fulfilment_order_shows(node, order, part, &search)?
            {
                found.push(Thing::FulfilmentOrder(order, part));
            }
        }
    }
    Ok(node.many(found))
}

pub(super) fn fulfilment_order_shows(
    node: Node<'_>,
    order: &Order,
    part: &FulfilmentOrder,
    search: &Search,
) -> Result<bool, GraphError> {
    search.matches(&|term| {
        Ok(match term.field.as_str() {
            "status" => term.holds_text(part.status.text()),
            "id" => term.holds_number(order.part_id(part.place))?,
            "updated_at" => term.holds_time(part.updated_at)?,
            "assigned_location_id" => match node.store.locations.get(part.location) {
                Some(location) => term.holds_number(location.id)?,
                None => false,
            },
            _ => return Err(term.unknown()),
        })
    })
}

/// Variants, or their inventory items: the same search, with ids of their own.
fn variants<'s>(
    node: Node<'s>,
    arguments: &Arguments,
    id: fn(usize) -> u64,
) -> Result<Vec<&'s Variant>, GraphError> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let mut found = Vec::new();
    let shown = |variant: &&Variant| !variant.gone && node.store.index.knows(variant.created_at);
    for variant in node.store.variants.iter().filter(shown) {
        let holds = search.matches(&|term| {
            Ok(match term.field.as_str() {
                "sku" => term.holds_text(&variant.sku),
                "" => {
                    term.holds_text(&variant.sku)
                        || variant
                            .title
                            .to_lowercase()
                            .contains(&term.value.to_lowercase())
                }
                "id" => term.holds_number(id(variant.index))?,
                "barcode" => variant
                    .barcode
                    .as_deref()
                    .is_some_and(|barcode| term.holds_text(barcode)),
                "product_id" => term.holds_number(variant.product_id())?,
                "updated_at" | "created_at" => term.holds_time(variant.created_at)?,
                _ => return Err(term.unknown()),
            })
        })?;
        if holds {
            found.push(variant);
        }
    }
    Ok(found)
}

fn locations<'s>(node: Node<'s>, arguments: &Arguments) -> Result<Vec<&'s Place>, GraphError> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let mut found = Vec::new();
    for place in &node.store.locations {
        let holds = search.matches(&|term| {
            Ok(match term.field.as_str() {
                "name" | "" => term.holds_text(&place.name),
                "id" | "location_id" => term.holds_number(place.id)?,
                "active" => term.holds_text("true"),
                _ => return Err(term.unknown()),
            })
        })?;
        if holds {
            found.push(place);
        }
    }
    // By name unless the client says otherwise, as the schema has it.
    if matches!(arguments.text("sortKey"), None | Some("NAME")) {
        found.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Ok(found)
}
