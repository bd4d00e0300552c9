//! Messages to orders.

use commerce::{
    Component, Discount, LineKind, Order, OrderLine, OrderState, Payment, PaymentKind, Sku, TaxLine,
};
use proto::events::v1 as wire;

use super::value::{
    address, amount, company, currency, customer, decimal, id, required, sku, timestamp, unknown,
};
use crate::error::{DecodeError, Within, each};

pub(super) fn order(order: wire::Order) -> Result<Order, DecodeError> {
    Ok(Order {
        number: order.number,
        placed_at: timestamp(order.placed_at).within("placed_at")?,
        state: state(order.state).within("state")?,
        test: order.test,
        customer: order
            .customer
            .map(customer)
            .transpose()
            .within("customer")?,
        billing: order.billing.map(address).transpose().within("billing")?,
        shipping: order.shipping.map(address).transpose().within("shipping")?,
        shop_currency: currency(&order.shop_currency).within("shop_currency")?,
        presentment_currency: currency(&order.presentment_currency)
            .within("presentment_currency")?,
        taxes_included: order.taxes_included,
        lines: each("lines", order.lines, line)?,
        payments: each("payments", order.payments, payment)?,
        total: amount(order.total).within("total")?,
        channel: order.channel,
        note: order.note,
        tags: order.tags,
        company: order.company.map(company).transpose().within("company")?,
        payment_terms: order.payment_terms,
        fulfilled: order.fulfilled,
        sold_at: order.sold_at.map(id).transpose().within("sold_at")?,
        on_hold: order.on_hold,
        high_risk: order.high_risk,
    })
}

fn state(number: i32) -> Result<OrderState, DecodeError> {
    match wire::OrderState::try_from(number) {
        Ok(wire::OrderState::Open) => Ok(OrderState::Open),
        Ok(wire::OrderState::Cancelled) => Ok(OrderState::Cancelled),
        Ok(wire::OrderState::Unspecified) | Err(_) => Err(unknown("order state", number)),
    }
}

fn line(line: wire::OrderLine) -> Result<OrderLine, DecodeError> {
    Ok(OrderLine {
        kind: kind(
            line.kind,
            line.sku,
            line.components,
            line.shipping_method,
            line.discount_code,
        )?,
        id: id(line.id).within("id")?,
        title: line.title,
        quantity: decimal(&line.quantity).within("quantity")?,
        unit_price: amount(line.unit_price).within("unit_price")?,
        amount: amount(line.amount).within("amount")?,
        discounts: each("discounts", line.discounts, discount)?,
        taxes: each("taxes", line.taxes, tax)?,
    })
}

pub(super) fn kind(
    number: i32,
    article: Option<String>,
    components: Vec<wire::Component>,
    shipping_method: Option<String>,
    discount_code: Option<String>,
) -> Result<LineKind, DecodeError> {
    let article: Option<Sku> = article.as_deref().map(sku).transpose().within("sku")?;
    Ok(match wire::LineKind::try_from(number) {
        Ok(wire::LineKind::Item) => LineKind::Item {
            sku: required(article).within("sku")?,
        },
        Ok(wire::LineKind::CustomItem) => LineKind::CustomItem,
        Ok(wire::LineKind::Kit) => LineKind::Kit {
            sku: required(article).within("sku")?,
            components: each("components", components, component)?,
        },
        Ok(wire::LineKind::Shipping) => LineKind::Shipping {
            method: shipping_method.unwrap_or_default(),
        },
        Ok(wire::LineKind::Discount) => LineKind::Discount {
            code: discount_code,
        },
        Ok(wire::LineKind::GiftCard) => LineKind::GiftCard { sku: article },
        Ok(wire::LineKind::Tip) => LineKind::Tip,
        Ok(wire::LineKind::Duty) => LineKind::Duty,
        Ok(wire::LineKind::Fee) => LineKind::Fee,
        Ok(wire::LineKind::Unspecified) | Err(_) => {
            return Err(unknown("line kind", number)).within("kind");
        }
    })
}

fn component(component: wire::Component) -> Result<Component, DecodeError> {
    Ok(Component {
        sku: sku(&component.sku).within("sku")?,
        quantity: decimal(&component.quantity).within("quantity")?,
    })
}

fn discount(discount: wire::Discount) -> Result<Discount, DecodeError> {
    Ok(Discount {
        code: discount.code,
        title: discount.title,
        amount: amount(discount.amount).within("amount")?,
    })
}

pub(super) fn tax(tax: wire::TaxLine) -> Result<TaxLine, DecodeError> {
    Ok(TaxLine {
        title: tax.title,
        rate: tax
            .rate
            .as_deref()
            .map(decimal)
            .transpose()
            .within("rate")?,
        amount: amount(tax.amount).within("amount")?,
        remitted_by_channel: tax.remitted_by_channel,
    })
}

fn payment(payment: wire::Payment) -> Result<Payment, DecodeError> {
    Ok(Payment {
        id: id(payment.id).within("id")?,
        method: payment.method,
        kind: match wire::PaymentKind::try_from(payment.kind) {
            Ok(wire::PaymentKind::Authorized) => PaymentKind::Authorized,
            Ok(wire::PaymentKind::Captured) => PaymentKind::Captured,
            Ok(wire::PaymentKind::GiftCard) => PaymentKind::GiftCard,
            Ok(wire::PaymentKind::Unspecified) | Err(_) => {
                return Err(unknown("payment kind", payment.kind)).within("kind");
            }
        },
        amount: amount(payment.amount).within("amount")?,
        at: timestamp(payment.at).within("at")?,
    })
}
