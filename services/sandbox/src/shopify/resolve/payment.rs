use super::super::model::payment::Kind;
use super::money::part_gid;
use super::{Node, Order, Refund, RefundLine, RefundShipping, Thing, Transaction, Value};

pub(super) fn transaction<'s>(
    node: Node<'s>,
    order: &'s Order,
    transaction: &'s Transaction,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "OrderTransaction", transaction.place),
        "kind" => match transaction.kind {
            Kind::Sale => "SALE",
            Kind::Authorization => "AUTHORIZATION",
            Kind::Capture => "CAPTURE",
            Kind::Refund => "REFUND",
        }
        .into(),
        "status" => if transaction.success {
            "SUCCESS"
        } else {
            "FAILURE"
        }
        .into(),
        "errorCode" => {
            if transaction.success {
                Value::Null
            } else {
                "CARD_DECLINED".into()
            }
        }
        "gateway" => transaction.gateway.into(),
        "formattedGateway" => match transaction.gateway {
            "gift_card" => "Gift card",
            "manual" => "Manual",
            "paypal" => "PayPal",
            "bogus" => "Bogus",
            "cash" => "Cash",
            _ => "Shopify Payments",
        }
        .into(),
        "createdAt" | "processedAt" => transaction.at.into(),
        "test" => order.test.into(),
        "paymentId" => format!("{}.{}", order.name(), transaction.place + 1).into(),
        "manualPaymentGateway" => matches!(transaction.gateway, "manual" | "cash").into(),
        "multiCapturable" => false.into(),
        "amountSet" => node.bag(order, transaction.amount),
        "parentTransaction" => node.maybe(
            transaction
                .parent
                .and_then(|place| order.transactions.get(place))
                .map(|parent| Thing::Transaction(order, parent)),
        ),
        "order" => node.one(Thing::Order(order)),
        _ => Value::Null,
    }
}

pub(super) fn refund<'s>(
    node: Node<'s>,
    order: &'s Order,
    refund: &'s Refund,
    name: &str,
) -> Value<'s> {
    let paid = refund.transactions.iter();
    let paid = paid.filter_map(|place| order.transactions.get(*place));
    match name {
        "id" => part_gid(order, "Refund", refund.place),
        "legacyResourceId" => order.part_id(refund.place).to_string().into(),
        "createdAt" | "updatedAt" | "processedAt" => refund.at.into(),
        "note" => refund.note.as_ref().into(),
        "totalRefundedSet" => node.bag(order, paid.map(|transaction| transaction.amount).sum()),
        "order" => node.one(Thing::Order(order)),
        "refundLineItems" => node.many(
            refund
                .lines
                .iter()
                .map(|line| Thing::RefundLine(order, refund, line)),
        ),
        "refundShippingLines" => node.many(
            refund
                .shipping
                .iter()
                .map(|line| Thing::RefundShipping(order, refund, line)),
        ),
        // What is given back of duties is an adjustment here.
        "duties" => node.many(None),
        "orderAdjustments" => {
            node.many((!refund.adjustment.is_zero()).then_some(Thing::Adjustment(order, refund)))
        }
        "transactions" => node.many(paid.map(|transaction| Thing::Transaction(order, transaction))),
        _ => Value::Null,
    }
}

pub(super) fn refund_line<'s>(
    node: Node<'s>,
    order: &'s Order,
    refund: &Refund,
    line: &'s RefundLine,
    name: &str,
) -> Value<'s> {
    let refunded = order.lines.get(line.line);
    match name {
        // Room for a thousand lines in each refund of an order.
        "id" => part_gid(order, "RefundLineItem", refund.place * 1_000 + line.line),
        "quantity" => line.quantity.into(),
        "restockType" => line.restock.into(),
        "restocked" => (line.restock != "NO_RESTOCK").into(),
        "priceSet" => node.bag(order, line.subtotal.share(1, i64::from(line.quantity))),
        "subtotalSet" => node.bag(order, line.subtotal),
        "totalTaxSet" => node.bag(order, line.tax),
        "lineItem" => node.maybe(refunded.map(|refunded| Thing::Line(order, refunded))),
        "location" => node.place(0),
        _ => Value::Null,
    }
}

pub(super) fn refund_shipping<'s>(
    node: Node<'s>,
    order: &'s Order,
    refund: &Refund,
    line: &'s RefundShipping,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(
            order,
            "RefundShippingLine",
            refund.place * 1_000 + line.line,
        ),
        "subtotalAmountSet" => node.bag(order, line.subtotal),
        "taxAmountSet" => node.bag(order, line.tax),
        "shippingLine" => node.maybe(
            order
                .shipping_lines
                .get(line.line)
                .map(|line| Thing::ShippingLine(order, line)),
        ),
        _ => Value::Null,
    }
}

pub(super) fn adjustment<'s>(
    node: Node<'s>,
    order: &'s Order,
    refund: &Refund,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "OrderAdjustment", refund.place),
        "reason" => "REFUND_DISCREPANCY".into(),
        "amountSet" => node.bag(order, refund.adjustment),
        "taxAmountSet" => node.bag(order, super::Money::ZERO),
        _ => Value::Null,
    }
}
