//! Orders. The API states every amount without and with tax; it is told without, with the tax of each line beside it.

use commerce::{
    Address, Amount, Country, Currency, Customer, Discount, LineKind, Order, OrderLine, OrderState,
    Payment, PaymentKind, Sku, TaxLine,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Digits, Unmapped, currency, given, id};
use crate::wire;

/// When the order last changed: `updatedAt` follows the cart only, so its history, payments and refunds are asked as well.
pub(crate) fn changed_at(wire: &wire::Order) -> Timestamp {
    let entries = wire.history.items.iter().map(|entry| entry.created_at);
    let payments = wire.payments.iter().flatten();
    let payments = payments.flat_map(|payment| {
        let refunds = payment.refunds.iter().map(|refund| refund.updated_at);
        refunds.chain([payment.updated_at])
    });
    let all = entries.chain(payments);
    all.chain([wire.updated_at, wire.order_placed_at])
        .max()
        .unwrap_or(wire.updated_at)
}

/// The order in commerce's terms; `None` for one that is being put together or edited.
pub(crate) fn order(wire: &wire::Order, digits: Digits) -> Result<Option<Order>, Unmapped> {
    if matches!(
        wire.state.as_str(),
        "Created" | "Draft" | "AddingItems" | "ArrangingPayment" | "Modifying"
    ) {
        return Ok(None);
    }
    let currency = currency(&wire.currency_code)?;
    let amount = |units| Amount::same(digits.of(units, currency));
    Ok(Some(Order {
        number: wire.code.clone(),
        placed_at: wire.order_placed_at,
        state: if wire.state == "Cancelled" {
            OrderState::Cancelled
        } else {
            OrderState::Open
        },
        test: false,
        customer: customer(wire)?,
        company: None,
        payment_terms: None,
        billing: wire.billing_address.as_ref().and_then(address),
        shipping: wire.shipping_address.as_ref().and_then(address),
        shop_currency: currency,
        presentment_currency: currency,
        taxes_included: false,
        lines: lines(wire, digits, currency)?,
        payments: payments(wire, digits, currency)?,
        total: amount(wire.total_with_tax),
        channel: None,
        note: None,
        tags: Vec::new(),
        fulfilled: matches!(wire.state.as_str(), "Shipped" | "Delivered"),
        sold_at: None,
        on_hold: wire.state == "ArrangingAdditionalPayment",
        high_risk: false,
    }))
}

/// What is known of a charge beside its amounts.
struct Charge<'a> {
    id: String,
    kind: LineKind,
    title: String,
    quantity: Decimal,
    /// Before discounts, after them, and with tax; in the server's integers.
    amounts: [i64; 3],
    unit_price: i64,
    discounts: &'a [wire::Reduction],
    taxes: &'a [wire::Tax],
}

fn lines(
    wire: &wire::Order,
    digits: Digits,
    currency: Currency,
) -> Result<Vec<OrderLine>, Unmapped> {
    let goods = wire.lines.iter().filter(|line| line.quantity != 0);
    let goods = goods.map(|line| Charge {
        id: line.id.clone(),
        kind: article(line),
        title: title(line),
        quantity: Decimal::from(line.quantity),
        amounts: [
            line.line_price,
            line.prorated_line_price,
            line.prorated_line_price_with_tax,
        ],
        unit_price: line.unit_price,
        discounts: &line.discounts,
        taxes: &line.tax_lines,
    });
    let surcharges = wire.surcharges.iter().map(|one| Charge {
        id: format!("surcharge-{}", one.id),
        kind: if one.price < 0 {
            LineKind::Discount { code: None }
        } else {
            LineKind::Fee
        },
        title: one.description.clone(),
        quantity: Decimal::ONE,
        amounts: [one.price, one.price, one.price_with_tax],
        unit_price: one.price,
        discounts: &[],
        taxes: &one.tax_lines,
    });
    let delivery = wire.shipping_lines.iter().map(|line| {
        let method = delivery_of(line);
        Charge {
            id: format!("shipping-{}", line.id),
            kind: LineKind::Shipping {
                method: method.clone(),
            },
            title: method,
            quantity: Decimal::ONE,
            amounts: [
                line.price,
                line.discounted_price,
                line.discounted_price_with_tax,
            ],
            unit_price: line.price,
            discounts: &line.discounts,
            taxes: &[],
        }
    });
    let all = goods.chain(surcharges).chain(delivery);
    all.map(|charge| told(charge, wire, digits, currency))
        .collect()
}

fn told(
    charge: Charge<'_>,
    wire: &wire::Order,
    digits: Digits,
    currency: Currency,
) -> Result<OrderLine, Unmapped> {
    let amount = |units| Amount::same(digits.of(units, currency));
    let [before, after, with_tax] = charge.amounts;
    let (off, tax) = (before.saturating_sub(after), with_tax.saturating_sub(after));
    // A price that was raised is no discount.
    let (price, off) = if off > 0 { (before, off) } else { (after, 0) };
    let reasons: Vec<&str> = charge
        .discounts
        .iter()
        .map(|one| one.description.as_str())
        .collect();
    let discount = Discount {
        code: match wire.coupon_codes.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
        title: Some(reasons.join(", ")).filter(|title| !title.is_empty()),
        amount: amount(off),
    };
    Ok(OrderLine {
        id: id(charge.id)?,
        kind: charge.kind,
        title: charge.title,
        quantity: charge.quantity,
        unit_price: amount(charge.unit_price),
        amount: amount(price),
        discounts: (off > 0).then_some(discount).into_iter().collect(),
        taxes: (tax != 0)
            .then(|| tax_line(charge.taxes, amount(tax)))
            .into_iter()
            .collect(),
    })
}

/// The server rounds the taxes of a line together: they are told as one.
pub(super) fn tax_line(taxes: &[wire::Tax], amount: Amount) -> TaxLine {
    let names: Vec<&str> = taxes.iter().map(|tax| tax.description.as_str()).collect();
    let rates = taxes.iter().map(|tax| {
        let text = tax.tax_rate.to_string();
        Decimal::from_str_exact(&text).ok()
    });
    let percent: Option<Decimal> = rates.sum();
    TaxLine {
        title: if names.is_empty() {
            "Tax".to_owned()
        } else {
            names.join(" + ")
        },
        rate: percent
            .filter(|_| !taxes.is_empty())
            .and_then(|percent| percent.checked_div(Decimal::ONE_HUNDRED)),
        amount,
        remitted_by_channel: false,
    }
}

pub(super) fn article(line: &wire::Line) -> LineKind {
    let sku = line.product_variant.as_ref();
    sku.and_then(|variant| Sku::new(&variant.sku).ok())
        .map_or(LineKind::CustomItem, |sku| LineKind::Item { sku })
}

pub(super) fn title(line: &wire::Line) -> String {
    let variant = line.product_variant.as_ref();
    variant.map_or_else(|| "Article".to_owned(), |variant| variant.name.clone())
}

pub(super) fn delivery_of(line: &wire::ShippingLine) -> String {
    let method = line.shipping_method.as_ref();
    method.map_or_else(|| "Shipping".to_owned(), |method| method.name.clone())
}

fn payments(
    wire: &wire::Order,
    digits: Digits,
    currency: Currency,
) -> Result<Vec<Payment>, Unmapped> {
    let mut all = Vec::new();
    for payment in wire.payments.iter().flatten() {
        let kind = match payment.state.as_str() {
            "Settled" => PaymentKind::Captured,
            "Authorized" => PaymentKind::Authorized,
            _ => continue,
        };
        all.push(Payment {
            id: id(payment.id.clone())?,
            method: payment.method.clone(),
            kind,
            amount: Amount::same(digits.of(payment.amount, currency)),
            at: payment.created_at,
        });
    }
    Ok(all)
}

fn customer(wire: &wire::Order) -> Result<Option<Customer>, Unmapped> {
    let Some(customer) = &wire.customer else {
        return Ok(None);
    };
    let bill = wire.billing_address.as_ref();
    Ok(Some(Customer {
        id: Some(id(customer.id.clone())?),
        email: given(customer.email_address.as_ref()),
        first_name: given(customer.first_name.as_ref()),
        last_name: given(customer.last_name.as_ref()),
        company: bill.and_then(|bill| given(bill.company.as_ref())),
        phone: given(customer.phone_number.as_ref()),
    }))
}

/// Names come as one text: the last word is taken for the last name.
fn address(wire: &wire::Address) -> Option<Address> {
    let full = given(wire.full_name.as_ref());
    let (first_name, last_name) = match full.as_deref().map(|full| full.rsplit_once(' ')) {
        Some(Some((first, last))) => (Some(first.to_owned()), Some(last.to_owned())),
        _ => (None, full),
    };
    let address = Address {
        first_name,
        last_name,
        company: given(wire.company.as_ref()),
        line1: given(wire.street_line1.as_ref()),
        line2: given(wire.street_line2.as_ref()),
        city: given(wire.city.as_ref()),
        region: given(wire.province.as_ref()),
        postcode: given(wire.postal_code.as_ref()),
        country: given(wire.country_code.as_ref()).and_then(|code| Country::new(&code).ok()),
        phone: given(wire.phone_number.as_ref()),
    };
    (address != Address::default()).then_some(address)
}
