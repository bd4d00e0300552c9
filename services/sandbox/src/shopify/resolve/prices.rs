use super::super::graphql::{Arguments, GraphError};
use super::super::model::ids::gid;
use super::super::model::prices::{Fixed, PriceList};
use super::super::model::search::Search;
use super::{Node, Outcome, Thing, Value, Variant};

pub(super) fn price_list<'s>(
    node: Node<'s>,
    list: &'s PriceList,
    name: &str,
    arguments: &Arguments,
) -> Outcome<'s> {
    Ok(match name {
        "id" => gid("PriceList", list.id).into(),
        "name" => (&list.name).into(),
        "currency" => list.currency.code.into(),
        "fixedPricesCount" => list.fixed.len().to_string().into(),
        "prices" => {
            let prices = prices(node, list, arguments)?.into_iter();
            node.many(prices.map(|variant| Thing::ListPrice(list, variant)))
        }
        _ => Value::Null,
    })
}

fn prices<'s>(
    node: Node<'s>,
    list: &PriceList,
    arguments: &Arguments,
) -> Result<Vec<&'s Variant>, GraphError> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let origin = arguments.text("originType");
    let mut found = Vec::new();
    for variant in &node.store.variants {
        let own = if list.fixed.contains_key(&variant.index) {
            "FIXED"
        } else {
            "RELATIVE"
        };
        let holds = search.matches(&|term| {
            Ok(match term.field.as_str() {
                "variant_id" => term.holds_number(variant.id())?,
                "product_id" => term.holds_number(variant.product_id())?,
                _ => return Err(term.unknown()),
            })
        })?;
        if holds && origin.is_none_or(|origin| origin == own) {
            found.push(variant);
        }
    }
    Ok(found)
}

pub(super) fn list_price<'s>(
    node: Node<'s>,
    list: &'s PriceList,
    variant: &'s Variant,
    name: &str,
) -> Value<'s> {
    let fixed = list.fixed.get(&variant.index);
    let relative = || list.currency.of_cents(variant.cents);
    let money = |minor| Thing::Money(list.currency, minor);
    match name {
        "originType" => if fixed.is_some() { "FIXED" } else { "RELATIVE" }.into(),
        "variant" => node.one(Thing::Variant(variant)),
        "price" => node.one(money(fixed.map_or_else(relative, |fixed| fixed.price))),
        "compareAtPrice" => node.maybe(fixed.and_then(|fixed| fixed.compare_at).map(money)),
        "quantityPriceBreaks" => {
            let breaks = fixed.into_iter().flat_map(|fixed| fixed.breaks.keys());
            node.many(breaks.map(|from| Thing::PriceBreak(list, variant, *from)))
        }
        _ => Value::Null,
    }
}

pub(super) fn price_break<'s>(
    node: Node<'s>,
    list: &'s PriceList,
    variant: &'s Variant,
    from: i64,
    name: &str,
) -> Value<'s> {
    let price = |fixed: &Fixed| fixed.breaks.get(&from).copied();
    match name {
        "id" => format!("gid://shopify/QuantityPriceBreak/{}{from}", variant.id()).into(),
        "minimumQuantity" => from.into(),
        "variant" => node.one(Thing::Variant(variant)),
        "priceList" => node.one(Thing::PriceList(list)),
        _ => node.maybe(
            list.fixed
                .get(&variant.index)
                .and_then(price)
                .map(|minor| Thing::Money(list.currency, minor)),
        ),
    }
}
