//! Orders to messages.

use commerce::{LineKind, Order, OrderLine, OrderState, Payment, PaymentKind, TaxLine};
use proto::events::v1 as wire;

use super::{address, amount, company, customer, timestamp};

pub(super) fn order(order: &Order) -> wire::Order {
    wire::Order {
        number: order.number.clone(),
        placed_at: Some(timestamp(order.placed_at)),
        state: match order.state {
            OrderState::Open => wire::OrderState::Open,
            OrderState::Cancelled => wire::OrderState::Cancelled,
        }
        .into(),
        test: order.test,
        customer: order.customer.as_ref().map(customer),
        billing: order.billing.as_ref().map(address),
        shipping: order.shipping.as_ref().map(address),
        shop_currency: order.shop_currency.code().to_owned(),
        presentment_currency: order.presentment_currency.code().to_owned(),
        taxes_included: order.taxes_included,
        lines: order.lines.iter().map(line).collect(),
        payments: order.payments.iter().map(payment).collect(),
        total: Some(amount(&order.total)),
        channel: order.channel.clone(),
        note: order.note.clone(),
        tags: order.tags.clone(),
        company: order.company.as_ref().map(company),
        fulfilled: order.fulfilled,
        sold_at: order.sold_at.as_ref().map(ToString::to_string),
        on_hold: order.on_hold,
        high_risk: order.high_risk,
        payment_terms: order.payment_terms.clone(),
    }
}

fn line(line: &OrderLine) -> wire::OrderLine {
    let charged = Charged::of(&line.kind);
    wire::OrderLine {
        id: line.id.to_string(),
        kind: charged.kind.into(),
        title: line.title.clone(),
        quantity: line.quantity.to_string(),
        unit_price: Some(amount(&line.unit_price)),
        amount: Some(amount(&line.amount)),
        discounts: line
            .discounts
            .iter()
            .map(|discount| wire::Discount {
                code: discount.code.clone(),
                title: discount.title.clone(),
                amount: Some(amount(&discount.amount)),
            })
            .collect(),
        taxes: line.taxes.iter().map(tax).collect(),
        sku: charged.sku,
        components: charged.components,
        shipping_method: charged.shipping_method,
        discount_code: charged.discount_code,
    }
}

/// What a line charges for, as the fields of a line's message.
pub(super) struct Charged {
    pub(super) kind: wire::LineKind,
    pub(super) sku: Option<String>,
    pub(super) components: Vec<wire::Component>,
    pub(super) shipping_method: Option<String>,
    pub(super) discount_code: Option<String>,
}

impl Charged {
    pub(super) fn of(kind: &LineKind) -> Self {
        let mut charged = Self {
            kind: wire::LineKind::Fee,
            sku: kind.sku().map(ToString::to_string),
            components: Vec::new(),
            shipping_method: None,
            discount_code: None,
        };
        charged.kind = match kind {
            LineKind::Item { .. } => wire::LineKind::Item,
            LineKind::CustomItem => wire::LineKind::CustomItem,
            LineKind::Kit { components, .. } => {
                charged.components = components
                    .iter()
                    .map(|component| wire::Component {
                        sku: component.sku.to_string(),
                        quantity: component.quantity.to_string(),
                    })
                    .collect();
                wire::LineKind::Kit
            }
            LineKind::Shipping { method } => {
                charged.shipping_method = Some(method.clone());
                wire::LineKind::Shipping
            }
            LineKind::Discount { code } => {
                charged.discount_code.clone_from(code);
                wire::LineKind::Discount
            }
            LineKind::GiftCard { .. } => wire::LineKind::GiftCard,
            LineKind::Tip => wire::LineKind::Tip,
            LineKind::Duty => wire::LineKind::Duty,
            LineKind::Fee => wire::LineKind::Fee,
        };
        charged
    }
}

pub(super) fn tax(tax: &TaxLine) -> wire::TaxLine {
    wire::TaxLine {
        title: tax.title.clone(),
        rate: tax.rate.map(|rate| rate.to_string()),
        amount: Some(amount(&tax.amount)),
        remitted_by_channel: tax.remitted_by_channel,
    }
}

fn payment(payment: &Payment) -> wire::Payment {
    wire::Payment {
        id: payment.id.to_string(),
        method: payment.method.clone(),
        kind: match payment.kind {
            PaymentKind::Authorized => wire::PaymentKind::Authorized,
            PaymentKind::Captured => wire::PaymentKind::Captured,
            PaymentKind::GiftCard => wire::PaymentKind::GiftCard,
        }
        .into(),
        amount: Some(amount(&payment.amount)),
        at: Some(timestamp(payment.at)),
    }
}
