use super::super::model::ids::gid;
use super::{Allocation, Discount, DiscountValue, Node, Order, Origin, Thing, Value};

pub(super) fn field<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match node.thing {
        Thing::MoneyBag(currencies, money) => match name {
            "shopMoney" => node.one(Thing::Money(currencies.shop, money.shop)),
            _ => node.one(Thing::Money(currencies.presentment, money.presentment)),
        },
        Thing::Money(currency, amount) => match name {
            "amount" => currency.text(amount).into(),
            _ => currency.code.into(),
        },
        Thing::Weight(grams) => match name {
            "value" => Value::Number(format!("{grams}.0")),
            _ => "GRAMS".into(),
        },
        Thing::Percentage(percent) => Value::Number(format!("{percent}.0")),
        Thing::Tax(order, tax) => match name {
            "title" => tax.rate.title.into(),
            // Hundred-thousandths as a proportion and as a percentage.
            "rate" => Value::Number(decimal(tax.rate.share, 5)),
            "ratePercentage" => Value::Number(decimal(tax.rate.share, 3)),
            "source" => "Shopify".into(),
            "channelLiable" => false.into(),
            _ => node.bag(order, tax.amount),
        },
        _ => Value::Null,
    }
}

/// A whole number with the decimal point moved `places` to the left.
fn decimal(number: i64, places: usize) -> String {
    let scale = 10i64.pow(u32::try_from(places).unwrap_or(0));
    let text = format!("{}.{:0places$}", number / scale, number % scale);
    let text = text.trim_end_matches('0');
    if text.ends_with('.') {
        format!("{text}0")
    } else {
        text.to_owned()
    }
}

pub(super) fn allocation<'s>(
    node: Node<'s>,
    order: &'s Order,
    allocation: Allocation,
    name: &str,
) -> Value<'s> {
    match name {
        "allocatedAmountSet" => node.bag(order, allocation.amount),
        _ => node.maybe(
            order
                .discounts
                .get(allocation.discount)
                .map(|discount| Thing::Discount(order, discount, allocation.discount)),
        ),
    }
}

pub(super) fn discount<'s>(
    node: Node<'s>,
    order: &'s Order,
    discount: &'s Discount,
    place: usize,
    name: &str,
) -> Value<'s> {
    let (Origin::Code(label) | Origin::Automatic(label) | Origin::Manual(label)) = discount.origin;
    match name {
        "index" => place.into(),
        "allocationMethod" => if discount.across { "ACROSS" } else { "EACH" }.into(),
        "targetType" => if discount.on_shipping {
            "SHIPPING_LINE"
        } else {
            "LINE_ITEM"
        }
        .into(),
        "targetSelection" => match (&discount.entitled, discount.origin) {
            (None, _) => "ALL",
            (Some(_), Origin::Manual(_)) => "EXPLICIT",
            (Some(_), _) => "ENTITLED",
        }
        .into(),
        "value" => match discount.value {
            DiscountValue::Percent(percent) => node.one(Thing::Percentage(percent)),
            DiscountValue::Fixed(money) => node.one(Thing::Money(
                order.currencies.presentment,
                money.presentment,
            )),
        },
        "code" | "title" | "description" => label.into(),
        _ => Value::Null,
    }
}

/// An id of something that Shopify numbers and the sandbox only counts.
pub(super) fn part_gid<'s>(order: &Order, kind: &str, place: usize) -> Value<'s> {
    gid(kind, order.part_id(place)).into()
}
