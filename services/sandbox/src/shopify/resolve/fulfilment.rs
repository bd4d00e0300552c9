use super::super::model::FulfilmentOrderStatus;
use super::super::model::ids::gid;
use super::money::part_gid;
use super::{
    Fulfilment, FulfilmentLine, FulfilmentOrder, FulfilmentOrderLine, Node, Order, Thing, Value,
};

pub(super) fn fulfilment_order<'s>(
    node: Node<'s>,
    order: &'s Order,
    part: &'s FulfilmentOrder,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "FulfillmentOrder", part.place),
        "status" => part.status.text().into(),
        "requestStatus" => if part.status.actions().is_empty() {
            "CLOSED"
        } else {
            "UNSUBMITTED"
        }
        .into(),
        "createdAt" | "fulfillAt" => part.created_at.into(),
        "updatedAt" => part.updated_at.into(),
        "orderId" => gid("Order", order.id()).into(),
        "orderName" => order.name().into(),
        "orderProcessedAt" => order.created_at.into(),
        "order" => node.one(Thing::Order(order)),
        "supportedActions" => node.many(
            part.status
                .actions()
                .iter()
                .map(|action| Thing::Action(action)),
        ),
        "assignedLocation" => node.maybe(
            node.store
                .locations
                .get(part.location)
                .map(Thing::AssignedLocation),
        ),
        "destination" => node.maybe(
            order
                .shipping
                .as_ref()
                .map(|address| Thing::Destination(order, part, address)),
        ),
        "deliveryMethod" => node.one(Thing::DeliveryMethod(order, part)),
        "fulfillmentHolds" => node.many(
            (part.status == FulfilmentOrderStatus::OnHold).then_some(Thing::Hold(order, part)),
        ),
        "lineItems" => node.many(
            part.lines
                .iter()
                .map(|line| Thing::FulfilmentOrderLine(order, line)),
        ),
        "fulfillments" => {
            let made = order
                .fulfilments
                .iter()
                .filter(|fulfilment| fulfilment.fulfilment_orders.contains(&part.place));
            node.many(made.map(|fulfilment| Thing::Fulfilment(order, fulfilment)))
        }
        _ => Value::Null,
    }
}

pub(super) fn fulfilment_order_line<'s>(
    node: Node<'s>,
    order: &'s Order,
    part: &'s FulfilmentOrderLine,
    name: &str,
) -> Value<'s> {
    let line = order.lines.get(part.line);
    let variant = node.variant(line.and_then(|line| line.variant));
    match name {
        "id" => part_gid(order, "FulfillmentOrderLineItem", part.line),
        "totalQuantity" => part.total.into(),
        "remainingQuantity" => part.remaining.into(),
        "sku" => line.and_then(|line| line.sku.as_ref()).into(),
        "productTitle" => line.map(|line| &line.title).into(),
        "vendor" => variant.map(|_| "Causeway Sandbox").into(),
        "requiresShipping" => line.is_some_and(|line| line.requires_shipping).into(),
        "inventoryItemId" => variant
            .map(|variant| gid("InventoryItem", variant.item_id()))
            .into(),
        "lineItem" => node.maybe(line.map(|line| Thing::Line(order, line))),
        "variant" => node.maybe(variant.map(Thing::Variant)),
        _ => Value::Null,
    }
}

pub(super) fn fulfilment<'s>(
    node: Node<'s>,
    order: &'s Order,
    fulfilment: &'s Fulfilment,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "Fulfillment", fulfilment.place),
        "legacyResourceId" => order.part_id(fulfilment.place).to_string().into(),
        "name" => format!("{}-F{}", order.name(), fulfilment.place + 1).into(),
        "status" => if fulfilment.cancelled {
            "CANCELLED"
        } else {
            "SUCCESS"
        }
        .into(),
        "displayStatus" => if fulfilment.cancelled {
            "CANCELED"
        } else {
            "FULFILLED"
        }
        .into(),
        "createdAt" => fulfilment.created_at.into(),
        "updatedAt" => fulfilment.updated_at.into(),
        "totalQuantity" => fulfilment
            .lines
            .iter()
            .map(|line| line.quantity)
            .sum::<u32>()
            .into(),
        "requiresShipping" => true.into(),
        "trackingInfo" => {
            let tracking = &fulfilment.tracking;
            node.many(
                (0..tracking.numbers.len().max(tracking.urls.len()))
                    .map(|place| Thing::Tracking(fulfilment, place)),
            )
        }
        "location" => node.place(fulfilment.location),
        "order" => node.one(Thing::Order(order)),
        "fulfillmentLineItems" => node.many(
            fulfilment
                .lines
                .iter()
                .map(|line| Thing::FulfilmentLine(order, line)),
        ),
        "fulfillmentOrders" => {
            let parts = fulfilment
                .fulfilment_orders
                .iter()
                .filter_map(|place| order.fulfilment_orders.get(*place));
            node.many(parts.map(|part| Thing::FulfilmentOrder(order, part)))
        }
        _ => Value::Null,
    }
}

pub(super) fn fulfilment_line<'s>(
    node: Node<'s>,
    order: &'s Order,
    sent: &'s FulfilmentLine,
    name: &str,
) -> Value<'s> {
    let Some(line) = order.lines.get(sent.line) else {
        return Value::Null;
    };
    let part = |money: super::Money| {
        node.bag(
            order,
            money.share(i64::from(sent.quantity), i64::from(line.quantity)),
        )
    };
    match name {
        "id" => part_gid(order, "FulfillmentLineItem", sent.place),
        "quantity" => sent.quantity.into(),
        "lineItem" => node.one(Thing::Line(order, line)),
        "originalTotalSet" => part(line.original()),
        "discountedTotalSet" => part(line.original() - order.line_discount(line, false)),
        _ => Value::Null,
    }
}

pub(super) fn detail<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match node.thing {
        Thing::Action(action) => {
            if name == "action" {
                action.into()
            } else {
                Value::Null
            }
        }
        Thing::AssignedLocation(place) => match name {
            "location" => node.one(Thing::Place(place)),
            _ => super::catalogue::place_address_or_name(place, name),
        },
        Thing::Destination(order, part, address) => match name {
            "id" => part_gid(order, "FulfillmentOrderDestination", part.place),
            "email" => order.email.as_ref().into(),
            "countryCode" => address.country_code.into(),
            _ => super::customer::address(address, 0, name, &super::Arguments::default()),
        },
        Thing::DeliveryMethod(order, part) => match name {
            "id" => part_gid(order, "DeliveryMethod", part.place),
            "methodType" => if order.shipping.is_some() {
                "SHIPPING"
            } else {
                "RETAIL"
            }
            .into(),
            "presentedName" => order.shipping_lines.first().map(|line| line.title).into(),
            _ => order.shipping_lines.first().map(|line| line.code).into(),
        },
        Thing::Hold(order, part) => match name {
            "id" => part_gid(order, "FulfillmentHold", part.place),
            "reason" => "AWAITING_PAYMENT".into(),
            "displayReason" => "Awaiting payment".into(),
            "heldByRequestingApp" => false.into(),
            _ => Value::Null,
        },
        Thing::Tracking(fulfilment, place) => match name {
            "company" => fulfilment.tracking.company.as_ref().into(),
            "number" => fulfilment.tracking.numbers.get(place).into(),
            _ => fulfilment.tracking.urls.get(place).into(),
        },
        _ => Value::Null,
    }
}
