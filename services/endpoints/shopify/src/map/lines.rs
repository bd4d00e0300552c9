//! An order's charges, one by one.

use commerce::{Amount, Discount, LineKind, OrderLine, Sku};
use rust_decimal::Decimal;

use super::amount::{Part, amount, is_zero, minus, sum};
use super::charges::{discounts, taxes};
use super::order::View;
use super::{Unmapped, Within, given, id, number};
use crate::wire;

/// A line item.
pub(super) fn item(item: &wire::LineItem, view: View, tip: &Amount) -> Result<OrderLine, Unmapped> {
    let part = view.part(item);
    let whole = amount(&item.original_total_set).within("originalTotalSet")?;
    let title = match given(item.variant_title.as_ref()) {
        Some(variant) => format!("{} - {variant}", item.title),
        None => item.title.clone(),
    };
    Ok(OrderLine {
        id: id(number(&item.id))?,
        kind: kind(item, &whole, tip),
        title,
        quantity: view.units(item).into(),
        unit_price: amount(&item.original_unit_price_set).within("originalUnitPriceSet")?,
        amount: part.share(&whole)?,
        discounts: discounts(&item.discount_allocations, part)?,
        taxes: taxes(&item.tax_lines, part)?,
    })
}

/// A tip left at the checkout is a line item that says of itself only that it is not shipped and has no SKU; that it is one
/// shows by the order's tips, or by its title.
fn kind(item: &wire::LineItem, whole: &Amount, tip: &Amount) -> LineKind {
    let sku = given(item.sku.as_ref()).and_then(|sku| Sku::new(sku).ok());
    if item.is_gift_card {
        return LineKind::GiftCard { sku };
    }
    match sku {
        Some(sku) => LineKind::Item { sku },
        None if !is_zero(tip)
            && !item.requires_shipping
            && (whole == tip || item.title.eq_ignore_ascii_case("tip")) =>
        {
            LineKind::Tip
        }
        None => LineKind::CustomItem,
    }
}

/// A shipping line, or nothing when all of it was taken back.
pub(super) fn shipping(
    line: &wire::ShippingLine,
    index: usize,
    view: View,
) -> Result<Option<OrderLine>, Unmapped> {
    let original = amount(&line.original_price_set).within("originalPriceSet")?;
    let discounted = amount(&line.discounted_price_set).within("discountedPriceSet")?;
    let current = amount(&line.current_discounted_price_set).within("currentDiscountedPriceSet")?;
    let reduced = view == View::AsItStands && current != discounted;
    if reduced && is_zero(&current) {
        return Ok(None);
    }
    let (charged, taken_off, part) = if reduced {
        // What is left of a refunded shipping line is a price of its own: the discounts are in it.
        let part = Part {
            units: current.presentment.amount,
            of: discounted.presentment.amount,
        };
        (current, Vec::new(), part)
    } else {
        let taken_off = shipping_discounts(line, &original, &discounted)?;
        (original, taken_off, Part::WHOLE)
    };
    let key = line
        .id
        .as_deref()
        .map_or_else(|| index.to_string(), |gid| number(gid).to_owned());
    let method = given(line.code.as_ref()).unwrap_or_else(|| line.title.clone());
    Ok(Some(OrderLine {
        id: id(format!("shipping-{key}"))?,
        kind: LineKind::Shipping { method },
        title: line.title.clone(),
        quantity: Decimal::ONE,
        unit_price: charged,
        amount: charged,
        discounts: taken_off,
        taxes: taxes(&line.tax_lines, part)?,
    }))
}

/// Whether anything is to be paid for the delivery as it stands.
pub(super) fn is_charged(line: &wire::ShippingLine) -> bool {
    amount(&line.current_discounted_price_set).is_ok_and(|current| !is_zero(&current))
}

/// The line's discounts, and what else was taken off without being allocated: Shopify says the price after discounts.
fn shipping_discounts(
    line: &wire::ShippingLine,
    original: &Amount,
    discounted: &Amount,
) -> Result<Vec<Discount>, Unmapped> {
    let mut all = discounts(&line.discount_allocations, Part::WHOLE)?;
    let zero = Amount::zero(original.shop.currency, original.presentment.currency);
    let allocated = sum(zero, all.iter().map(|discount| &discount.amount))?;
    let rest = minus(&minus(original, discounted)?, &allocated)?;
    if !is_zero(&rest) {
        all.push(Discount {
            code: None,
            title: None,
            amount: rest,
        });
    }
    Ok(all)
}

/// Import duties, one line for each. They go with their units, unless the order's total of duties says that they stayed.
pub(super) fn duties(order: &wire::Order, view: View) -> Result<Vec<OrderLine>, Unmapped> {
    let items = &order.line_items.nodes;
    let all = || {
        items
            .iter()
            .flat_map(|item| item.duties.iter().map(move |duty| (item, duty)))
    };
    let stayed = match &order.current_total_duties_set {
        Some(current) => {
            let current = amount(current).within("currentTotalDutiesSet")?;
            let zero = Amount::zero(current.shop.currency, current.presentment.currency);
            let prices = all()
                .map(|(_, duty)| amount(&duty.price))
                .collect::<Result<Vec<_>, _>>()?;
            sum(zero, &prices)?.presentment == current.presentment
        }
        None => false,
    };
    let mut lines = Vec::new();
    for (item, duty) in all() {
        let part = if stayed { Part::WHOLE } else { view.part(item) };
        let title = format!("Duty: {}", item.title);
        let line = charge(duty, "duty", LineKind::Duty, title, part);
        lines.extend(line.within(format_args!("duty {}", number(&duty.id)))?);
    }
    Ok(lines)
}

/// Additional fees; gone when the order says that none is left.
pub(super) fn fees(order: &wire::Order, view: View) -> Result<Vec<OrderLine>, Unmapped> {
    if let (View::AsItStands, Some(current)) = (view, &order.current_total_additional_fees_set)
        && is_zero(&amount(current).within("currentTotalAdditionalFeesSet")?)
    {
        return Ok(Vec::new());
    }
    let mut lines = Vec::with_capacity(order.additional_fees.len());
    for fee in &order.additional_fees {
        let title = given(fee.name.as_ref()).unwrap_or_else(|| "Fee".to_owned());
        let line = charge(fee, "fee", LineKind::Fee, title, Part::WHOLE);
        lines.extend(line.within(format_args!("fee {}", number(&fee.id)))?);
    }
    Ok(lines)
}

fn charge(
    fee: &wire::Fee,
    prefix: &str,
    kind: LineKind,
    title: String,
    part: Part,
) -> Result<Option<OrderLine>, Unmapped> {
    let price = part.share(&amount(&fee.price)?)?;
    if is_zero(&price) {
        return Ok(None);
    }
    Ok(Some(OrderLine {
        id: id(format!("{prefix}-{}", number(&fee.id)))?,
        kind,
        title,
        quantity: Decimal::ONE,
        unit_price: price,
        amount: price,
        discounts: Vec::new(),
        taxes: taxes(&fee.tax_lines, part)?,
    }))
}
