use super::super::graphql::Arguments;
use super::super::model::ids::gid;
use super::money::part_gid;
use super::{Duty, Fee, Group, Line, Node, Order, ShippingLine, Thing, Value};

pub(super) fn line<'s>(
    node: Node<'s>,
    order: &'s Order,
    line: &'s Line,
    name: &str,
    arguments: &Arguments,
) -> Value<'s> {
    let bag = |money| node.bag(order, money);
    let whole = i64::from(line.quantity);
    let part_of_unfulfilled =
        |money: super::Money| money.share(i64::from(order.unfulfilled(line.place)), whole);
    match name {
        "id" => part_gid(order, "LineItem", line.place),
        "name" | "title" => (&line.title).into(),
        "variantTitle" => Value::Null,
        "sku" => line.sku.as_ref().into(),
        "vendor" => line.variant.map(|_| "Causeway Sandbox").into(),
        "quantity" => line.quantity.into(),
        "currentQuantity" | "refundableQuantity" => order.current_quantity(line).into(),
        "unfulfilledQuantity" => order.unfulfilled(line.place).into(),
        "nonFulfillableQuantity" => if line.requires_shipping {
            order.refunded_quantity(line.place)
        } else {
            line.quantity
        }
        .into(),
        "isGiftCard" => line.gift_card.into(),
        "requiresShipping" => line.requires_shipping.into(),
        "taxable" => line.taxable.into(),
        "restockable" => (line.variant.is_some() && line.requires_shipping).into(),
        "merchantEditable" => (order.fulfilments.is_empty() && order.cancelled.is_none()).into(),
        "customAttributes" => node.many(
            line.attributes
                .iter()
                .map(|(key, value)| Thing::Attribute(key, value)),
        ),
        "lineItemGroup" => node.maybe(line.group.and_then(|place| {
            order
                .groups
                .get(place)
                .map(|group| Thing::Group(order, group, place))
        })),
        "variant" => node.maybe(node.variant(line.variant).map(Thing::Variant)),
        "product" => {
            let variant = node.variant(line.variant);
            node.maybe(variant.and_then(|variant| node.product_of(variant)))
        }
        "taxLines" => node.many(line.taxes.iter().map(|tax| Thing::Tax(order, *tax))),
        "duties" => node.many(line.duty.iter().map(|duty| Thing::Duty(order, line, duty))),
        "discountAllocations" => node.many(
            line.allocations
                .iter()
                .map(|allocation| Thing::Allocation(order, *allocation)),
        ),
        "originalUnitPriceSet" => bag(line.unit),
        "originalTotalSet" => bag(line.original()),
        "discountedTotalSet" => {
            bag(line.original() - order.line_discount(line, arguments.flag("withCodeDiscounts")))
        }
        // Approximate, says the schema: rounded to the minor unit.
        "discountedUnitPriceSet" => {
            bag((line.original() - order.line_discount(line, false)).share(1, whole))
        }
        "discountedUnitPriceAfterAllDiscountsSet" => bag(line.net().share(1, whole)),
        "priceAfterAllDiscountsBeforeTaxesSet" => {
            let current = order.current_net(line);
            let tax = if order.taxes_included {
                line.tax()
                    .share(i64::from(order.current_quantity(line)), whole)
            } else {
                super::Money::ZERO
            };
            bag(current - tax)
        }
        "totalDiscountSet" => bag(order.line_discount(line, false)),
        "unfulfilledOriginalTotalSet" => bag(part_of_unfulfilled(line.original())),
        "unfulfilledDiscountedTotalSet" => bag(part_of_unfulfilled(
            line.original() - order.line_discount(line, false),
        )),
        "weight" => node.one(Thing::Weight(line.grams)),
        _ => Value::Null,
    }
}

pub(super) fn group<'s>(
    node: Node<'s>,
    order: &Order,
    group: &'s Group,
    place: usize,
    name: &str,
) -> Value<'s> {
    let variant = node.variant(Some(group.variant));
    match name {
        "id" => part_gid(order, "LineItemGroup", place),
        "title" => variant.map(|variant| &variant.title).into(),
        "quantity" => group.quantity.into(),
        "productId" => variant
            .map(|variant| gid("Product", variant.product_id()))
            .into(),
        "variantId" => variant
            .map(|variant| gid("ProductVariant", variant.id()))
            .into(),
        "variantSku" => variant.map(|variant| &variant.sku).into(),
        _ => Value::Objects(Vec::new()),
    }
}

pub(super) fn shipping<'s>(
    node: Node<'s>,
    order: &'s Order,
    line: &'s ShippingLine,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "ShippingLine", line.place),
        "title" => line.title.into(),
        "code" => line.code.into(),
        "source" => "shopify".into(),
        "custom" => line.custom.into(),
        "isRemoved" => false.into(),
        "originalPriceSet" => node.bag(order, line.price),
        "discountedPriceSet" => node.bag(order, line.net()),
        "currentDiscountedPriceSet" => node.bag(order, order.current_shipping_of(line)),
        "discountAllocations" => node.many(
            line.allocations
                .iter()
                .map(|allocation| Thing::Allocation(order, *allocation)),
        ),
        "taxLines" => node.many(line.taxes.iter().map(|tax| Thing::Tax(order, *tax))),
        _ => Value::Null,
    }
}

pub(super) fn duty<'s>(
    node: Node<'s>,
    order: &'s Order,
    line: &Line,
    duty: &'s Duty,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "Duty", line.place),
        "countryCodeOfOrigin" => duty.origin.into(),
        "harmonizedSystemCode" => duty.harmonized_code.into(),
        "price" => node.bag(order, duty.price),
        _ => Value::Objects(Vec::new()),
    }
}

pub(super) fn fee<'s>(
    node: Node<'s>,
    order: &'s Order,
    fee: &'s Fee,
    place: usize,
    name: &str,
) -> Value<'s> {
    match name {
        "id" => part_gid(order, "AdditionalFee", place),
        "name" => fee.name.into(),
        "price" => node.bag(order, fee.price),
        _ => Value::Objects(Vec::new()),
    }
}
