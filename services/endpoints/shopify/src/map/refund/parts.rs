//! What a refund gives back, line by line.

use commerce::{Amount, LineKind, RefundLine, Restock, Sku, TaxLine};
use rust_decimal::Decimal;

use crate::map::amount::{Part, amount, is_zero, minus, sum};
use crate::map::charges::tax;
use crate::map::{Unmapped, Within, given, id, number};
use crate::wire;

/// Goods, delivery and duties.
pub(super) fn lines(refund: &wire::Refund) -> Result<Vec<RefundLine>, Unmapped> {
    let goods = refund.refund_line_items.nodes.iter().enumerate();
    let goods = goods.map(|(place, line)| {
        let what = number(&line.line_item.id);
        item(line, place).within(format_args!("line {what}"))
    });
    let shipping = refund.refund_shipping_lines.nodes.iter();
    let shipping = shipping.map(|line| {
        let what = number(&line.id);
        delivery(line).within(format_args!("shipping line {what}"))
    });
    let duties = refund.duties.iter().flatten().enumerate();
    let duties = duties.map(|(place, line)| duty(line, place).within(format_args!("duty {place}")));
    goods.chain(shipping).chain(duties).collect()
}

fn item(line: &wire::RefundLineItem, place: usize) -> Result<RefundLine, Unmapped> {
    let sold = &line.line_item;
    let own = line
        .id
        .as_deref()
        .map_or_else(|| format!("line-{place}"), |gid| number(gid).to_owned());
    let title = match given(sold.variant_title.as_ref()) {
        Some(variant) => format!("{} - {variant}", sold.title),
        None => sold.title.clone(),
    };
    let sku = given(sold.sku.as_ref()).and_then(|sku| Sku::new(sku).ok());
    let back = amount(&line.subtotal_set).within("subtotalSet")?;
    let taxed = amount(&line.total_tax_set).within("totalTaxSet")?;
    let location = line.location.as_ref();
    Ok(RefundLine {
        id: id(own)?,
        order_line: id(number(&sold.id))?,
        kind: match sku {
            sku if sold.is_gift_card => LineKind::GiftCard { sku },
            Some(sku) => LineKind::Item { sku },
            None if sold.title.eq_ignore_ascii_case("tip") => LineKind::Tip,
            None => LineKind::CustomItem,
        },
        title,
        quantity: line.quantity.into(),
        amount: back,
        taxes: taxes(&sold.tax_lines, taxed)?,
        restock: restock(&line.restock_type, line.restocked)?,
        location: location
            .map(|location| id(&location.legacy_resource_id))
            .transpose()?,
    })
}

/// `RefundLineItemRestockType`. A return that was not put in stock is not there.
fn restock(kind: &str, restocked: bool) -> Result<Restock, Unmapped> {
    match kind {
        "RETURN" | "LEGACY_RESTOCK" if restocked => Ok(Restock::Returned),
        "RETURN" | "LEGACY_RESTOCK" | "NO_RESTOCK" => Ok(Restock::No),
        "CANCEL" => Ok(Restock::Unshipped),
        other => Err(Unmapped::new(format_args!(
            "the restock type '{other}' is not known"
        ))),
    }
}

fn delivery(line: &wire::RefundShippingLine) -> Result<RefundLine, Unmapped> {
    let sold = &line.shipping_line;
    let key = sold.id.as_deref().map_or("0", number);
    let method = given(sold.code.as_ref()).unwrap_or_else(|| sold.title.clone());
    let taxed = amount(&line.tax_amount_set).within("taxAmountSet")?;
    Ok(RefundLine {
        id: id(format!("shipping-{}", number(&line.id)))?,
        order_line: id(format!("shipping-{key}"))?,
        kind: LineKind::Shipping { method },
        title: sold.title.clone(),
        quantity: Decimal::ONE,
        amount: amount(&line.subtotal_amount_set).within("subtotalAmountSet")?,
        taxes: taxes(&sold.tax_lines, taxed)?,
        restock: Restock::No,
        location: None,
    })
}

fn duty(duty: &wire::RefundDuty, place: usize) -> Result<RefundLine, Unmapped> {
    let key = duty
        .original_duty
        .as_ref()
        .map_or_else(|| place.to_string(), |duty| number(&duty.id).to_owned());
    Ok(RefundLine {
        id: id(format!("refunded-duty-{place}"))?,
        order_line: id(format!("duty-{key}"))?,
        kind: LineKind::Duty,
        title: "Duty".to_owned(),
        quantity: Decimal::ONE,
        amount: amount(&duty.amount_set).within("amountSet")?,
        taxes: Vec::new(),
        restock: Restock::No,
        location: None,
    })
}

/// The tax given back under the names of the line's own taxes, divided as these are; the last takes what rounding leaves over.
fn taxes(sold: &[wire::TaxLine], back: Amount) -> Result<Vec<TaxLine>, Unmapped> {
    if is_zero(&back) {
        return Ok(Vec::new());
    }
    let whole: Vec<TaxLine> = sold
        .iter()
        .map(|line| tax(line, Part::WHOLE))
        .collect::<Result<_, _>>()?;
    let zero = Amount::zero(back.shop.currency, back.presentment.currency);
    let all = sum(zero, whole.iter().map(|tax| &tax.amount))?;
    let (mut left, mut taxes) = (back, Vec::with_capacity(whole.len()));
    let last = whole.len().saturating_sub(1);
    for (place, mut own) in whole.into_iter().enumerate() {
        let part = Part {
            units: own.amount.presentment.amount,
            of: all.presentment.amount,
        };
        own.amount = if place == last {
            left
        } else if all.presentment.is_zero() {
            zero
        } else {
            part.share(&back)?
        };
        left = minus(&left, &own.amount)?;
        if !is_zero(&own.amount) {
            taxes.push(own);
        }
    }
    if taxes.is_empty() {
        taxes.push(TaxLine {
            title: "Tax".to_owned(),
            rate: None,
            amount: back,
            remitted_by_channel: false,
        });
    }
    Ok(taxes)
}
