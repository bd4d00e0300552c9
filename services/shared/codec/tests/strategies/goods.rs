//! Products and payouts.

use commerce::{
    Image, OrderRef, Payout, PayoutLine, PayoutLineKind, Product, Variant, Weight, WeightUnit,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{amount, decimal, id, maybe, sku, text, timestamp};

pub(crate) fn product() -> impl Strategy<Value = Product> {
    let image = (text(), maybe()).prop_map(|(url, alt)| Image { url, alt });
    let units = vec![
        WeightUnit::Gram,
        WeightUnit::Kilogram,
        WeightUnit::Ounce,
        WeightUnit::Pound,
    ];
    let weight = (decimal(), proptest::sample::select(units));
    let weight = weight.prop_map(|(value, unit)| Weight { value, unit });
    let price = amount().prop_map(|amount| amount.shop);
    let variant = (sku(), vec(text(), 0..3), maybe(), of(weight), of(price));
    let variant = variant.prop_map(|(sku, values, barcode, weight, first_price)| Variant {
        sku,
        values,
        barcode,
        weight,
        first_price,
    });
    (
        (text(), any::<bool>(), maybe(), maybe()),
        (maybe(), maybe(), maybe()),
        (vec(text(), 0..3), vec(text(), 0..3), vec(image, 0..3)),
        (vec(text(), 0..3), vec(variant, 0..3), vec(sku(), 0..3)),
    )
        .prop_map(|(head, names, lists, parts)| Product {
            number: head.0,
            offered: head.1,
            title: head.2,
            description: head.3,
            vendor: names.0,
            product_type: names.1,
            handle: names.2,
            tags: lists.0,
            categories: lists.1,
            images: lists.2,
            options: parts.0,
            variants: parts.1,
            withdrawn: parts.2,
        })
}

pub(crate) fn payout() -> impl Strategy<Value = Payout> {
    let money = || amount().prop_map(|amount| amount.shop);
    let line = (
        (id(), "[a-z_]{1,12}", timestamp()),
        (money(), money(), money()),
        (of(id()), of(text()), of(text())),
        (of(id()), of(id()), of(text())),
    );
    let line = line.prop_map(|(head, amounts, order, parts)| PayoutLine {
        id: head.0,
        kind: PayoutLineKind::of(&head.1),
        at: head.2,
        gross: amounts.0,
        fee: amounts.1,
        net: amounts.2,
        order: order.0.map(|id| OrderRef { id, key: order.1 }),
        order_number: order.2,
        transaction: parts.0,
        refund: parts.1,
        reason: parts.2,
    });
    let day = (1_i16..=9999, 1_i8..=12, 1_i8..=28);
    let day = day.prop_map(|(year, month, day)| jiff::civil::date(year, month, day));
    (text(), day, text(), money(), vec(line, 0..4)).prop_map(
        |(number, date, status, net, lines)| Payout {
            number,
            date,
            status,
            net,
            lines,
        },
    )
}
