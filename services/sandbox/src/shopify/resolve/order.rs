use std::borrow::Cow;

use super::super::graphql::Arguments;
use super::super::model::ids::gid;
use super::super::model::order::Origin;
use super::super::model::search::Search;
use super::query::fulfilment_order_shows;
use super::{Address, Discount, Money, Node, Order, Thing, Value};

pub(super) fn order<'s>(
    node: Node<'s>,
    order: &'s Order,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    if name.ends_with("Set") {
        return money(node, order, name);
    }
    match name {
        "id" => gid("Order", order.id()).into(),
        "legacyResourceId" => order.id().to_string().into(),
        "name" => order.name().into(),
        "number" => order.number().into(),
        "confirmationNumber" => format!("{:09X}", order.id() % 0xF_FFFF_FFFF).into(),
        "confirmed" => true.into(),
        "createdAt" | "processedAt" => order.created_at.into(),
        "updatedAt" => order.updated_at.into(),
        "closed" => order.closed_at.is_some().into(),
        "closedAt" => order.closed_at.into(),
        "cancelledAt" => order
            .cancelled
            .as_ref()
            .map(|cancelled| cancelled.at)
            .into(),
        "cancelReason" => order
            .cancelled
            .as_ref()
            .map(|cancelled| cancelled.reason)
            .into(),
        "cancellation" => node.maybe(order.cancelled.as_ref().map(Thing::OrderCancellation)),
        "test" => order.test.into(),
        "email" => order.email.as_ref().into(),
        "phone" => order.phone.as_ref().into(),
        "note" => order.note.as_ref().into(),
        "tags" => Value::Texts(
            order
                .tags
                .iter()
                .map(|tag| Cow::Borrowed(tag.as_str()))
                .collect(),
        ),
        "poNumber" => order.po_number.as_ref().into(),
        "customerLocale" => order.locale.into(),
        "customAttributes" => node.many(
            order
                .attributes
                .iter()
                .map(|(key, value)| Thing::Attribute(key, value)),
        ),
        "sourceName" => order.source.into(),
        "app" => node.one(Thing::OrderApp),
        "channelInformation" => node.one(Thing::Channel(order)),
        "currencyCode" => order.currencies.shop.code.into(),
        "presentmentCurrencyCode" => order.currencies.presentment.code.into(),
        "taxesIncluded" => order.taxes_included.into(),
        "edited" | "taxExempt" | "dutiesIncluded" | "estimatedTaxes" => false.into(),
        "displayFinancialStatus" => order.financial_status().into(),
        "displayFulfillmentStatus" => order.fulfilment_status().into(),
        "returnStatus" => "NO_RETURN".into(),
        "fullyPaid" => (order.received() == order.total()).into(),
        "unpaid" => order.received().is_zero().into(),
        "capturable" => (!order.capturable().is_zero()).into(),
        "fulfillable" => order
            .fulfilment_orders
            .iter()
            .any(|part| part.status.actions().contains(&"CREATE_FULFILLMENT"))
            .into(),
        "refundable" => (order.received() != order.refunded()).into(),
        "restockable" => order.cancelled.is_none().into(),
        "requiresShipping" => order.requires_shipping().into(),
        "paymentGatewayNames" => {
            let mut names: Vec<Cow<'s, str>> = Vec::new();
            for transaction in &order.transactions {
                if !names.contains(&Cow::Borrowed(transaction.gateway)) {
                    names.push(Cow::Borrowed(transaction.gateway));
                }
            }
            Value::Texts(names)
        }
        "discountCode" => codes(order).next().into(),
        "discountCodes" => Value::Texts(codes(order).map(Cow::Borrowed).collect()),
        "subtotalLineItemsQuantity" => order
            .lines
            .iter()
            .map(|line| line.quantity)
            .sum::<u32>()
            .into(),
        "currentSubtotalLineItemsQuantity" => order
            .lines
            .iter()
            .map(|line| order.current_quantity(line))
            .sum::<u32>()
            .into(),
        "totalWeight" => order
            .lines
            .iter()
            .map(|line| line.grams * line.quantity)
            .sum::<u32>()
            .to_string()
            .into(),
        "currentTotalWeight" => order
            .lines
            .iter()
            .map(|line| line.grams * order.current_quantity(line))
            .sum::<u32>()
            .to_string()
            .into(),
        "billingAddressMatchesShippingAddress" => (order.billing == order.shipping).into(),
        "statusPageUrl" => format!(
            "https://{}/orders/{}/authenticate",
            node.store.facts.domain,
            order.id()
        )
        .into(),
        "customer" => node.maybe(
            order
                .customer
                .and_then(|index| node.store.customers.get(index))
                .map(Thing::Customer),
        ),
        "purchasingEntity" => node.maybe(match &order.purchase {
            Some(purchase) => Some(Thing::Purchase(purchase)),
            None => order
                .customer
                .and_then(|index| node.store.customers.get(index))
                .map(Thing::Customer),
        }),
        "paymentTerms" => {
            let terms = order.purchase.as_ref().and_then(|it| it.terms.as_deref());
            node.maybe(terms.map(Thing::PaymentTerms))
        }
        "billingAddress" => address(node, order, order.billing.as_ref(), 0),
        "shippingAddress" => address(node, order, order.shipping.as_ref(), 1),
        "displayAddress" => match &order.shipping {
            Some(_) => address(node, order, order.shipping.as_ref(), 1),
            None => address(node, order, order.billing.as_ref(), 0),
        },
        "retailLocation" => order
            .retail_location
            .map_or(Value::Null, |index| node.place(index)),
        "risk" => node.one(Thing::Risk(order)),
        "lineItems" => node.many(order.lines.iter().map(|line| Thing::Line(order, line))),
        "nonFulfillableLineItems" => node.many(
            order
                .lines
                .iter()
                .filter(|line| !line.requires_shipping)
                .map(|line| Thing::Line(order, line)),
        ),
        "shippingLine" => node.maybe(
            order
                .shipping_lines
                .first()
                .map(|line| Thing::ShippingLine(order, line)),
        ),
        "shippingLines" => node.many(
            order
                .shipping_lines
                .iter()
                .map(|line| Thing::ShippingLine(order, line)),
        ),
        "discountApplications" => node.many(
            order
                .discounts
                .iter()
                .enumerate()
                .map(|(place, discount)| Thing::Discount(order, discount, place)),
        ),
        "taxLines" => node.many(order.taxes().into_iter().map(|tax| Thing::Tax(order, tax))),
        "currentTaxLines" => node.many(
            order
                .current_taxes()
                .into_iter()
                .map(|tax| Thing::Tax(order, tax)),
        ),
        "additionalFees" => node.many(
            order
                .fees
                .iter()
                .enumerate()
                .map(|(place, fee)| Thing::Fee(order, fee, place)),
        ),
        "transactions" => node.many(
            order
                .transactions
                .iter()
                .map(|transaction| Thing::Transaction(order, transaction)),
        ),
        "transactionsCount" => node.one(Thing::Count(order.transactions.len(), true)),
        "refunds" => node.many(
            order
                .refunds
                .iter()
                .map(|refund| Thing::Refund(order, refund)),
        ),
        "fulfillments" => node.many(
            order
                .fulfilments
                .iter()
                .map(|fulfilment| Thing::Fulfilment(order, fulfilment)),
        ),
        "fulfillmentsCount" => node.one(Thing::Count(order.fulfilments.len(), true)),
        "fulfillmentOrders" => {
            let search = Search::parse(arguments.text("query").unwrap_or_default()).ok();
            let shows = |part: &&_| {
                search.as_ref().is_none_or(|search| {
                    fulfilment_order_shows(node, order, part, search).unwrap_or(true)
                })
            };
            node.many(
                order
                    .fulfilment_orders
                    .iter()
                    .filter(shows)
                    .map(|part| Thing::FulfilmentOrder(order, part)),
            )
        }
        "totalCashRoundingAdjustment" => node.one(Thing::CashRounding(order)),
        _ => Value::Null,
    }
}

fn money<'s>(node: Node<'s>, order: &'s Order, name: &str) -> Value<'s> {
    let cancelled = order.cancelled.is_some();
    let amount = match name {
        "subtotalPriceSet" => order.subtotal(),
        "currentSubtotalPriceSet" => order.current_subtotal(),
        "totalPriceSet" | "originalTotalPriceSet" => order.total(),
        "currentTotalPriceSet" => order.current_total(),
        "totalTaxSet" => order.tax(),
        "currentTotalTaxSet" => order.current_tax(),
        "totalDiscountsSet" => order.discount(),
        "currentTotalDiscountsSet" => order.current_discount(),
        "cartDiscountAmountSet" | "currentCartDiscountAmountSet" => order.cart_discount(),
        "totalShippingPriceSet" => order.shipping(),
        "currentShippingPriceSet" => order.current_shipping(),
        "totalTipReceivedSet" => order.tip,
        "originalTotalDutiesSet" | "currentTotalDutiesSet" => match order.duties() {
            Some(_) if cancelled && name.starts_with("current") => Money::ZERO,
            Some(duties) => duties,
            None => return Value::Null,
        },
        "originalTotalAdditionalFeesSet" | "currentTotalAdditionalFeesSet" => match order.fees() {
            Some(_) if cancelled && name.starts_with("current") => Money::ZERO,
            Some(fees) => fees,
            None => return Value::Null,
        },
        "totalReceivedSet" => order.received(),
        "totalOutstandingSet" => order.current_total() - (order.received() - order.refunded()),
        "totalRefundedSet" => order.refunded(),
        "totalRefundedShippingSet" => order.refunded_shipping(),
        "totalCapturableSet" => order.capturable(),
        "netPaymentSet" => order.received() - order.refunded(),
        _ => Money::ZERO,
    };
    node.bag(order, amount)
}

/// Addresses on an order have ids of their own.
fn address<'s>(
    node: Node<'s>,
    order: &Order,
    address: Option<&'s Address>,
    place: usize,
) -> Value<'s> {
    node.maybe(address.map(|address| Thing::Address(address, order.part_id(place))))
}

fn codes(order: &Order) -> impl Iterator<Item = &'static str> {
    order
        .discounts
        .iter()
        .filter_map(|Discount { origin, .. }| {
            if let Origin::Code(code) = origin {
                Some(*code)
            } else {
                None
            }
        })
}

pub(super) fn detail<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match node.thing {
        Thing::OrderApp => match name {
            "id" => gid("App", 580_111).into(),
            _ => "Online Store".into(),
        },
        Thing::Channel(order) => match name {
            "id" => gid("ChannelInformation", order.id()).into(),
            "channelId" => gid("Channel", 90_001).into(),
            _ => if order.source == "pos" {
                "Point of Sale"
            } else {
                "Online Store"
            }
            .into(),
        },
        Thing::Attribute(key, value) => if name == "key" { key } else { value }.into(),
        Thing::OrderCancellation(cancelled) => cancelled.note.as_ref().into(),
        Thing::CashRounding(order) => node.bag(order, Money::ZERO),
        Thing::Risk(order) => if order.risky { "CANCEL" } else { "NONE" }.into(),
        _ => Value::Null,
    }
}
