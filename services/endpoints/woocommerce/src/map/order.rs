//! Orders.
//!
//! Whatever `prices_include_tax` says, the API states every line without tax, and its taxes beside it. An order is told as it was placed: refunds
//! change neither its lines nor its total.

use std::collections::BTreeMap;

use commerce::{
    Address, Amount, Country, Currency, Customer, Discount, LineKind, Money, Order, OrderLine,
    OrderState, Payment, PaymentKind, Side, Sku, TaxLine, minor_units,
};
use jiff::Timestamp;
use rust_decimal::Decimal;

use kit::{Unmapped, Within};

use super::{currency, given, id, instant, money};
use crate::Meaning;
use crate::wire;

/// The names and rates of an order's taxes, by the number of the rate.
pub(super) type Rates<'a> = BTreeMap<&'a str, (String, Option<Decimal>)>;

/// What a status means, by the connection's table and the usual one.
pub(crate) fn meaning(status: &str, paid: bool, table: &BTreeMap<String, Meaning>) -> Meaning {
    let bare = status.strip_prefix("wc-").unwrap_or(status);
    if let Some(set) = table.get(bare) {
        return *set;
    }
    match bare {
        "processing" | "completed" | "refunded" => Meaning::Open,
        "on-hold" => Meaning::OnHold,
        "cancelled" | "failed" | "trash" => Meaning::Cancelled,
        "pending" | "checkout-draft" | "auto-draft" | "draft" => Meaning::NotYet,
        _ if paid => Meaning::Open,
        _ => Meaning::OnHold,
    }
}

/// The order in commerce's terms; `None` for one that is no sale yet.
pub(crate) fn order(
    wire: &wire::Order,
    table: &BTreeMap<String, Meaning>,
) -> Result<Option<Order>, Unmapped> {
    let meaning = meaning(&wire.status, wire.date_paid_gmt.is_some(), table);
    if meaning == Meaning::NotYet {
        return Ok(None);
    }
    let currency = currency(&wire.currency)?;
    let created = wire.date_created_gmt.as_deref();
    let placed_at = instant(created.ok_or_else(|| Unmapped::new("no date_created_gmt"))?)?;
    let total = Amount::same(money(&wire.total, currency).within("total")?);
    let mut order = Order {
        number: given(&wire.number).unwrap_or_else(|| wire.id.to_string()),
        placed_at,
        state: if meaning == Meaning::Cancelled {
            OrderState::Cancelled
        } else {
            OrderState::Open
        },
        test: false,
        customer: customer(wire)?,
        company: None,
        payment_terms: None,
        billing: wire.billing.as_ref().and_then(address),
        shipping: shipping(wire),
        shop_currency: currency,
        presentment_currency: currency,
        taxes_included: false,
        lines: lines(wire, currency)?,
        payments: payments(wire, total, placed_at)?,
        total,
        channel: given(&wire.created_via),
        note: given(&wire.customer_note),
        tags: Vec::new(),
        fulfilled: wire.status == "completed",
        sold_at: None,
        on_hold: meaning == Meaning::OnHold,
        high_risk: false,
    };
    settle(&mut order)?;
    Ok(Some(order))
}

fn lines(wire: &wire::Order, currency: Currency) -> Result<Vec<OrderLine>, Unmapped> {
    let rates = rates(wire);
    let mut all = Vec::new();
    for item in &wire.line_items {
        let within = format!("line {}", item.id);
        all.extend(goods(item, wire, &rates, currency).within(within)?);
    }
    for line in &wire.shipping_lines {
        let title = given(&line.method_title).or_else(|| given(&line.method_id));
        let title = title.unwrap_or_else(|| "Shipping".to_owned());
        let kind = LineKind::Shipping {
            method: title.clone(),
        };
        let line = charge(line, kind, title, &rates, currency);
        all.push(line.within("shipping line")?);
    }
    for fee in &wire.fee_lines {
        let title = given(&fee.name).unwrap_or_else(|| "Fee".to_owned());
        // Plugins of gift cards and discounts take away by fees below zero.
        let taken = money(&fee.total, currency)?.amount < Decimal::ZERO;
        let kind = if taken {
            LineKind::Discount { code: None }
        } else {
            LineKind::Fee
        };
        all.push(charge(fee, kind, title, &rates, currency).within("fee")?);
    }
    Ok(all)
}

/// What a line of goods charges for.
pub(super) fn article(item: &wire::Charge) -> LineKind {
    given(&item.sku)
        .and_then(|sku| Sku::new(sku).ok())
        .map_or(LineKind::CustomItem, |sku| LineKind::Item { sku })
}

/// A line of goods; `None` for one of nothing, which editing leaves behind.
fn goods(
    item: &wire::Charge,
    order: &wire::Order,
    rates: &Rates<'_>,
    currency: Currency,
) -> Result<Option<OrderLine>, Unmapped> {
    let quantity = decimal(&item.quantity).within("quantity")?;
    let total = money(&item.total, currency).within("total")?;
    let before = money(&item.subtotal, currency).within("subtotal")?;
    if quantity.is_zero() && total.is_zero() && before.is_zero() {
        return Ok(None);
    }
    let kind = article(item);
    let Some(title) = given(&item.name).or_else(|| given(&item.sku)) else {
        return Err(Unmapped::new(
            "names neither an article nor a SKU: the product that was ordered does not exist. Correct the order in the shop",
        ));
    };
    // A price that somebody raised by hand is no discount.
    let off = before.minus(total)?;
    let (amount, off) = if off.amount > Decimal::ZERO {
        (before, Some(off))
    } else {
        (total, None)
    };
    let per_unit = amount
        .amount
        .checked_div(quantity)
        .unwrap_or(amount.amount)
        .round_dp(6);
    Ok(Some(OrderLine {
        id: id(item.id.to_string())?,
        kind,
        title,
        quantity,
        unit_price: Amount::same(Money::new(per_unit.normalize(), currency)),
        amount: Amount::same(amount),
        discounts: off.map(|off| discount(off, order)).into_iter().collect(),
        taxes: taxes(item, rates, currency)?,
    }))
}

/// Coupons are told for the order, not for the line: only where there is one it is known which took the amount off.
fn discount(off: Money, order: &wire::Order) -> Discount {
    let codes: Vec<String> = order
        .coupon_lines
        .iter()
        .filter_map(|coupon| given(&coupon.code))
        .collect();
    let title = if codes.is_empty() {
        "Discount".to_owned()
    } else {
        codes.join(", ")
    };
    Discount {
        code: (codes.len() == 1).then(|| title.clone()),
        title: Some(title),
        amount: Amount::same(off),
    }
}

fn charge(
    line: &wire::Charge,
    kind: LineKind,
    title: String,
    rates: &Rates<'_>,
    currency: Currency,
) -> Result<OrderLine, Unmapped> {
    let amount = Amount::same(money(&line.total, currency).within("total")?);
    Ok(OrderLine {
        id: id(line.id.to_string())?,
        kind,
        title,
        quantity: Decimal::ONE,
        unit_price: amount,
        amount,
        discounts: Vec::new(),
        taxes: taxes(line, rates, currency)?,
    })
}

pub(super) fn rates(wire: &wire::Order) -> Rates<'_> {
    let named = wire.tax_lines.iter().map(|tax| {
        let title = given(&tax.label).or_else(|| given(&tax.rate_code));
        let percent = Decimal::from_str_exact(&tax.rate_percent.0).ok();
        let rate = percent.and_then(|percent| percent.checked_div(Decimal::ONE_HUNDRED));
        let title = title.unwrap_or_else(|| "Tax".to_owned());
        (tax.rate_id.0.as_str(), (title, rate))
    });
    named.collect()
}

/// A line's taxes, as they stand there: of a refund, below zero.
pub(super) fn taxes(
    line: &wire::Charge,
    rates: &Rates<'_>,
    currency: Currency,
) -> Result<Vec<TaxLine>, Unmapped> {
    let mut all = Vec::new();
    for tax in &line.taxes {
        let amount = money(&tax.total, currency).within("taxes")?;
        if amount.is_zero() {
            continue;
        }
        let (title, rate) = rates
            .get(tax.id.0.as_str())
            .cloned()
            .unwrap_or_else(|| ("Tax".to_owned(), None));
        all.push(TaxLine {
            title,
            rate,
            amount: Amount::same(amount),
            remitted_by_channel: false,
        });
    }
    // Orders that were imported into the shop may bear a sum without its parts.
    let sum = money(&line.total_tax, currency).within("total_tax")?;
    if all.is_empty() && !sum.is_zero() {
        all.push(TaxLine {
            title: "Tax".to_owned(),
            rate: None,
            amount: Amount::same(sum),
            remitted_by_channel: false,
        });
    }
    Ok(all)
}

/// WooCommerce knows of one payment, and not how much it was: what the order comes to.
fn payments(
    wire: &wire::Order,
    total: Amount,
    placed_at: Timestamp,
) -> Result<Vec<Payment>, Unmapped> {
    let method = given(&wire.payment_method);
    if total.shop.amount <= Decimal::ZERO || (method.is_none() && wire.date_paid_gmt.is_none()) {
        return Ok(Vec::new());
    }
    let paid = wire.date_paid_gmt.as_deref().map(instant).transpose()?;
    Ok(vec![Payment {
        // Not the provider's own number, which may come later.
        id: id("payment")?,
        method: method.unwrap_or_else(|| "other".to_owned()),
        kind: if paid.is_some() {
            PaymentKind::Captured
        } else {
            PaymentKind::Authorized
        },
        amount: total,
        at: paid.unwrap_or(placed_at),
    }])
}

fn customer(wire: &wire::Order) -> Result<Option<Customer>, Unmapped> {
    let known = given(&wire.customer_id).filter(|id| id != "0");
    let bill = wire.billing.clone().unwrap_or_default();
    let customer = Customer {
        id: known.map(id).transpose().within("customer_id")?,
        email: given(&bill.email),
        first_name: given(&bill.first_name),
        last_name: given(&bill.last_name),
        company: given(&bill.company),
        phone: given(&bill.phone),
    };
    Ok(Some(customer).filter(|customer| *customer != Customer::default()))
}

/// Shops that ship to the billing address only leave the other one empty.
fn shipping(wire: &wire::Order) -> Option<Address> {
    let own = wire.shipping.as_ref().and_then(address);
    let billing = || wire.billing.as_ref().and_then(address);
    own.or_else(|| (!wire.shipping_lines.is_empty()).then(billing).flatten())
}

fn address(wire: &wire::Address) -> Option<Address> {
    let address = Address {
        first_name: given(&wire.first_name),
        last_name: given(&wire.last_name),
        company: given(&wire.company),
        line1: given(&wire.address_1),
        line2: given(&wire.address_2),
        city: given(&wire.city),
        region: given(&wire.state),
        postcode: given(&wire.postcode),
        country: given(&wire.country).and_then(|code| Country::new(&code).ok()),
        phone: given(&wire.phone),
    };
    (address != Address::default()).then_some(address)
}

pub(super) fn decimal(text: &wire::Text) -> Result<Decimal, Unmapped> {
    let text = if text.0.is_empty() { "0" } else { &text.0 };
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .map_err(|_| Unmapped::new(format_args!("'{text}' is not a decimal number")))
}

/// WooCommerce rounds each amount by itself and the total once: what that explains becomes a line, any other difference is left to be told.
fn settle(order: &mut Order) -> Result<(), Unmapped> {
    let open = order.total_check(Side::Shop)?.difference;
    let amounts = order.lines.iter();
    let amounts = amounts.map(|line| 1 + line.discounts.len() + line.taxes.len());
    let amounts = Decimal::from(amounts.sum::<usize>());
    let half = Decimal::new(5, minor_units(open.currency) + 1);
    if open.is_zero() || open.amount.abs() > half.saturating_mul(amounts) {
        return Ok(());
    }
    order.lines.push(OrderLine {
        id: id("rounding")?,
        kind: LineKind::Fee,
        title: "Rounding".to_owned(),
        quantity: Decimal::ONE,
        unit_price: Amount::same(open),
        amount: Amount::same(open),
        discounts: Vec::new(),
        taxes: Vec::new(),
    });
    Ok(())
}

#[cfg(test)]
mod tests;
