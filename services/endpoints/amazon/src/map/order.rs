//! Orders.
//!
//! Amounts are told by item and by what they are for. Whether taxes are among them, and whether the total has those that Amazon pays to the authority
//! itself, is not told: it is what makes the items come to the total.

use commerce::{
    Address, Amount, Country, Currency, Customer, Discount, LineKind, Money, Order, OrderLine,
    OrderState, Payment, PaymentKind, Side, Sku, TaxLine,
};
use rust_decimal::Decimal;

use super::tax::{Charge, Charges, GOODS, is_remitted};
use super::{Unmapped, amount, given, id, instant, money};
use crate::{Orders, wire};

/// The tag of an order of which the buyer wants something called off.
const UNWANTED: &str = "cancellation-requested";
/// The place at which orders count as sold that Amazon sends itself.
const BY_AMAZON: &str = "amazon";

/// Whether it is a sale of the kind that is read, as far as it is. Without a price and an address it is none yet; what Amazon sends is one once it has
/// left; what was ordered elsewhere and only sent by Amazon is none of Amazon's.
pub(crate) fn is_sale(
    channel: &wire::Channel,
    fulfillment: Option<&wire::Fulfillment>,
    settings: &Orders,
) -> bool {
    let status = fulfillment.map_or("", |one| one.fulfillment_status.as_str());
    let by_amazon = fulfillment.is_some_and(is_by_amazon);
    let read = if by_amazon {
        settings.by_amazon && matches!(status, "SHIPPED" | "CANCELLED")
    } else {
        settings.by_seller && !matches!(status, "PENDING" | "PENDING_AVAILABILITY" | "")
    };
    read && channel.channel_name != "NON_AMAZON"
}

fn is_by_amazon(fulfillment: &wire::Fulfillment) -> bool {
    fulfillment.fulfilled_by.as_deref() == Some("AMAZON")
}

/// The order in commerce's terms; `None` for one that is not read, or no sale yet.
pub(crate) fn order(wire: &wire::Order, settings: &Orders) -> Result<Option<Order>, Unmapped> {
    let fulfillment = wire.fulfillment.as_ref();
    if !is_sale(&wire.sales_channel, fulfillment, settings) {
        return Ok(None);
    }
    let status = fulfillment.map_or("", |one| one.fulfillment_status.as_str());
    let by_amazon = fulfillment.is_some_and(is_by_amazon);
    let is_cancelled = status == "CANCELLED";
    let stated = wire.proceeds.grand_total.as_ref().map(money).transpose()?;
    let currency = match stated {
        Some(total) => total.currency,
        // An order that was called off has no amounts any more.
        None if is_cancelled => of_marketplace(wire)?,
        None => {
            return Err(Unmapped::new(
                "no grandTotal: does the application have the role that shows proceeds?",
            ));
        }
    };
    let unwanted = wire.order_items.iter().any(is_unwanted) && status != "SHIPPED";
    let placed_at = instant(&wire.created_time)?;
    let mut order = Order {
        number: wire.order_id.clone(),
        placed_at,
        state: if is_cancelled {
            OrderState::Cancelled
        } else {
            OrderState::Open
        },
        test: false,
        customer: customer(&wire.buyer),
        company: None,
        payment_terms: None,
        billing: None,
        shipping: wire.recipient.delivery_address.as_ref().and_then(address),
        shop_currency: currency,
        presentment_currency: currency,
        taxes_included: false,
        lines: lines(wire, currency)?,
        payments: Vec::new(),
        total: Amount::zero(currency, currency),
        channel: given(wire.sales_channel.marketplace_name.as_ref()),
        note: given(wire.buyer.buyer_purchase_order_number.as_ref())
            .map(|number| format!("Purchase order {number}")),
        tags: wire.programs.clone(),
        fulfilled: status == "SHIPPED",
        sold_at: by_amazon.then(|| id(BY_AMAZON)).transpose()?,
        on_hold: (unwanted && settings.hold_on_request) || status == "UNFULFILLABLE",
        high_risk: false,
    };
    if unwanted {
        order.tags.push(UNWANTED.to_owned());
    }
    settle(&mut order, stated)?;
    if order.total.shop.amount > Decimal::ZERO && !is_cancelled {
        // Amazon takes the money before an order is told, and pays out what is left of it later.
        order.payments.push(Payment {
            id: id("payment")?,
            method: "amazon".to_owned(),
            kind: PaymentKind::Captured,
            amount: order.total,
            at: placed_at,
        });
    }
    Ok(Some(order))
}

/// Finds how the lines come to the stated total, and leaves any other difference to be told.
fn settle(order: &mut Order, stated: Option<Money>) -> Result<(), Unmapped> {
    let mut sum = order.total_check(Side::Shop)?.computed;
    let stated = stated.unwrap_or(sum);
    order.total = amount(stated);
    let (mut taxes, mut ours) = (Money::zero(sum.currency), false);
    for tax in order.lines.iter().flat_map(|line| &line.taxes) {
        taxes = taxes.plus(tax.amount.shop)?;
        ours |= !tax.remitted_by_channel;
    }
    sum = sum.minus(taxes)?;
    if taxes.is_zero() || sum.amount != stated.amount {
        return Ok(());
    }
    if ours {
        order.taxes_included = true;
    } else {
        // The buyer paid them, though the seller does not get them.
        order.total = amount(stated.plus(taxes)?);
    }
    Ok(())
}

fn lines(wire: &wire::Order, currency: Currency) -> Result<Vec<OrderLine>, Unmapped> {
    let mut all = Vec::with_capacity(wire.order_items.len());
    let mut delivery: Vec<(Charge, bool)> = Vec::new();
    for item in &wire.order_items {
        let within =
            |why: Unmapped| Unmapped::new(format_args!("item {}: {why}", item.order_item_id));
        let charges = Charges::of(item, currency).map_err(within)?;
        let remitted = is_remitted(item);
        for (kind, charge) in charges.all() {
            match kind {
                GOODS => all.extend(goods(item, charge, remitted).map_err(within)?),
                "SHIPPING" => delivery.push((charge, remitted)),
                other => all.extend(further(item, other, charge, remitted).map_err(within)?),
            }
        }
    }
    all.extend(shipping(wire, &delivery)?);
    for part in &wire.proceeds.breakdowns {
        if part.kind == "DELIVERY_TIP" {
            let tip = money(&part.subtotal)?;
            all.push(line("delivery-tip", LineKind::Tip, "Tip", tip)?);
        }
    }
    Ok(all)
}

/// An item; `None` for one of which everything was called off.
fn goods(item: &wire::Item, charge: Charge, remitted: bool) -> Result<Option<OrderLine>, Unmapped> {
    if item.quantity_ordered == 0 && charge.amount.is_zero() {
        return Ok(None);
    }
    let product = &item.product;
    let sku = given(product.seller_sku.as_ref()).and_then(|sku| Sku::new(sku).ok());
    let kind = sku.map_or(LineKind::CustomItem, |sku| LineKind::Item { sku });
    let title = given(product.title.as_ref())
        .or_else(|| given(product.seller_sku.as_ref()))
        .or_else(|| given(product.asin.as_ref()))
        .unwrap_or_else(|| item.order_item_id.clone());
    let mut made = line(&item.order_item_id, kind, &title, charge.amount)?;
    made.quantity = item.quantity_ordered.into();
    let unit = product.price.unit_price.as_ref().map(money).transpose()?;
    let per_unit = charge.amount.amount.checked_div(made.quantity);
    let unit = unit.unwrap_or_else(|| {
        let each = per_unit.unwrap_or(charge.amount.amount).round_dp(6);
        Money::new(each.normalize(), charge.amount.currency)
    });
    made.unit_price = amount(unit);
    let promotions = item.promotion.breakdowns.iter();
    let promotions: Vec<String> = promotions
        .filter_map(|one| given(one.promotion_id.as_ref()))
        .collect();
    add(&mut made, charge, remitted, Some(promotions.join(", ")));
    Ok(Some(made))
}

/// What else is charged with an item: wrapping, cash on delivery.
fn further(
    item: &wire::Item,
    kind: &str,
    charge: Charge,
    remitted: bool,
) -> Result<Option<OrderLine>, Unmapped> {
    if charge.amount.is_zero() && charge.off.is_zero() && charge.tax.is_zero() {
        return Ok(None);
    }
    let name = kind.to_lowercase().replace('_', "-");
    let title = match kind {
        "GIFT_WRAP" => "Gift wrap",
        "COD_FEE" => "Cash on delivery",
        _ => "Other charge",
    };
    let place = format!("{}-{name}", item.order_item_id);
    let mut made = line(&place, LineKind::Fee, title, charge.amount)?;
    add(&mut made, charge, remitted, None);
    Ok(Some(made))
}

/// Delivery is charged by item and one line of the order.
fn shipping(wire: &wire::Order, charges: &[(Charge, bool)]) -> Result<Option<OrderLine>, Unmapped> {
    let Some((first, _)) = charges.first() else {
        return Ok(None);
    };
    let level = wire.fulfillment.as_ref();
    let level = given(level.and_then(|one| one.fulfillment_service_level.as_ref()));
    let method = level.unwrap_or_else(|| "STANDARD".to_owned());
    let kind = LineKind::Shipping {
        method: method.clone(),
    };
    let zero = Money::zero(first.amount.currency);
    let mut made = line("shipping", kind, &method, zero)?;
    for remitted in [true, false] {
        let mut sum = Charge {
            amount: zero,
            off: zero,
            tax: zero,
        };
        for (charge, _) in charges.iter().filter(|(_, whose)| *whose == remitted) {
            sum.amount = sum.amount.plus(charge.amount)?;
            sum.off = sum.off.plus(charge.off)?;
            sum.tax = sum.tax.plus(charge.tax)?;
        }
        made.amount = made.amount.plus(&amount(sum.amount))?;
        add(&mut made, sum, remitted, None);
    }
    made.unit_price = made.amount;
    Ok(Some(made))
}

fn line(place: &str, kind: LineKind, title: &str, charged: Money) -> Result<OrderLine, Unmapped> {
    Ok(OrderLine {
        id: id(place)?,
        kind,
        title: title.to_owned(),
        quantity: Decimal::ONE,
        unit_price: amount(charged),
        amount: amount(charged),
        discounts: Vec::new(),
        taxes: Vec::new(),
    })
}

/// Adds what was taken off and what is taxed.
fn add(line: &mut OrderLine, charge: Charge, remitted: bool, title: Option<String>) {
    if !charge.off.is_zero() {
        let title = title.filter(|title| !title.is_empty());
        line.discounts.push(Discount {
            code: None,
            title: Some(title.unwrap_or_else(|| "Promotion".to_owned())),
            amount: amount(charge.off),
        });
    }
    if !charge.tax.is_zero() {
        line.taxes.push(TaxLine {
            title: "Tax".to_owned(),
            rate: None,
            amount: amount(charge.tax),
            remitted_by_channel: remitted,
        });
    }
}

fn is_unwanted(item: &wire::Item) -> bool {
    let said = &item.cancellation;
    said.cancellation_request.is_some() && said.cancellation_execution.is_none()
}

/// The currency of whatever amount there is, else the one of the marketplace's country.
fn of_marketplace(wire: &wire::Order) -> Result<Currency, Unmapped> {
    let prices = wire.order_items.iter();
    let mut prices = prices.filter_map(|item| item.product.price.unit_price.as_ref());
    if let Some(known) = prices.find_map(|price| Currency::from_code(&price.currency_code)) {
        return Ok(known);
    }
    let name = wire.sales_channel.marketplace_name.as_deref();
    let name = name.unwrap_or_default();
    Ok(match name.trim_start_matches("Amazon.") {
        "com" => Currency::USD,
        "ca" => Currency::CAD,
        "com.mx" => Currency::MXN,
        "com.br" => Currency::BRL,
        "co.uk" => Currency::GBP,
        "de" | "fr" | "it" | "es" | "nl" | "ie" | "com.be" => Currency::EUR,
        "se" => Currency::SEK,
        "pl" => Currency::PLN,
        "com.tr" => Currency::TRY,
        "ae" => Currency::AED,
        "sa" => Currency::SAR,
        "eg" => Currency::EGP,
        "co.za" => Currency::ZAR,
        "in" => Currency::INR,
        "co.jp" => Currency::JPY,
        "sg" => Currency::SGD,
        "com.au" => Currency::AUD,
        _ => {
            return Err(Unmapped::new(format_args!(
                "it has no amount, and the currency of the marketplace '{name}' is not known"
            )));
        }
    })
}

/// What is known of the buyer; after a time nothing is.
fn customer(buyer: &wire::Buyer) -> Option<Customer> {
    let (first_name, last_name) = person(given(buyer.buyer_name.as_ref()));
    let customer = Customer {
        id: None,
        email: given(buyer.buyer_email.as_ref()),
        first_name,
        last_name,
        company: given(buyer.buyer_company_name.as_ref()),
        phone: None,
    };
    (customer != Customer::default()).then_some(customer)
}

/// Amazon has one field for a name.
fn person(name: Option<String>) -> (Option<String>, Option<String>) {
    match name {
        None => (None, None),
        Some(name) => match name.rsplit_once(' ') {
            Some((first, last)) => (Some(first.trim().to_owned()), Some(last.to_owned())),
            None => (None, Some(name)),
        },
    }
}

fn address(wire: &wire::Address) -> Option<Address> {
    let (first_name, last_name) = person(given(wire.name.as_ref()));
    let second = [&wire.address_line2, &wire.address_line3];
    let second: Vec<String> = second
        .into_iter()
        .filter_map(|line| given(line.as_ref()))
        .collect();
    let town = [&wire.city, &wire.municipality, &wire.district_or_county];
    let code = given(wire.country_code.as_ref());
    let address = Address {
        first_name,
        last_name,
        company: given(wire.company_name.as_ref()),
        line1: given(wire.address_line1.as_ref()),
        line2: (!second.is_empty()).then(|| second.join(", ")),
        city: town.into_iter().find_map(|town| given(town.as_ref())),
        region: given(wire.state_or_region.as_ref()),
        postcode: given(wire.postal_code.as_ref()),
        country: code.and_then(|code| Country::new(&code).ok()),
        phone: given(wire.phone.as_ref()),
    };
    (address != Address::default()).then_some(address)
}

#[cfg(test)]
mod tests;
