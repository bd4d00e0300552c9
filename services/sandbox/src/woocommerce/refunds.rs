//! Refunds.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::dispatch::{Answer, Asked, Problem};
use super::json::get;
use super::orders::between;
use super::present;
use super::store::{Line, Order, Refund, Store, What, cents};

pub(super) fn list(
    store: &Store,
    order: Option<u64>,
    asked: &Asked<'_>,
) -> Result<Answer, Problem> {
    let created = (asked.time("after")?, asked.time("before")?);
    let include = asked.numbers("include");
    let wanted = |refund: &&Refund| {
        include.as_ref().is_none_or(|all| all.contains(&refund.id))
            && order.is_none_or(|order| refund.order == order)
            && between(refund.at, created.0, created.1)
    };
    let mut all: Vec<&Refund> = store.refunds.values().filter(wanted).collect();
    all.sort_by_key(|refund| (refund.at.as_second(), refund.id));
    if asked.text("order") != Some("asc") {
        all.reverse();
    }
    let tell = if order.is_some() {
        present::refund
    } else {
        present::listed_refund
    };
    asked.page(all.into_iter().map(tell).collect())
}

/// What a clerk enters to give back units of a line.
pub(super) fn by_hand(order: &Order, place: usize, units: u32) -> Option<Json> {
    let line = order.lines.get(place)?;
    let part = Decimal::from(units) / Decimal::from(line.quantity.max(units));
    let (net, tax) = (cents(line.total * part), cents(line.tax() * part));
    Some(json!({
        "amount": (net + tax).to_string(), "reason": "by hand", "api_refund": false,
        "line_items": [{ "id": line.id, "quantity": units, "refund_total": net.to_string(),
            "refund_tax": [{ "id": 1, "refund_total": tax.to_string() }] }],
    }))
}

/// Takes part of an order back.
pub(super) fn create(
    store: &mut Store,
    id: u64,
    body: &Json,
    now: Timestamp,
) -> Result<Json, Problem> {
    let refuse = |message: &str| Problem {
        status: 500,
        body: json!({ "code": "woocommerce_rest_cannot_create_order_refund", "message": message, "data": 500 }),
    };
    let order = store
        .orders
        .get(&id)
        .ok_or_else(|| Problem::new(404, "woocommerce_rest_invalid_order", "Invalid order ID."))?;
    let amount = decimal(get(body, "amount"));
    let given = order.refunds.iter().filter_map(|id| store.refunds.get(id));
    let before: Decimal = given.map(|refund| refund.amount).sum();
    if amount <= Decimal::ZERO || amount > order.total() - before {
        return Err(refuse("Invalid refund amount."));
    }
    let is_full = amount == order.total() - before;
    let known = order.lines.clone();
    let number = store.id();
    let mut lines = Vec::new();
    for given in get(body, "line_items").as_array().into_iter().flatten() {
        let wanted = get(given, "id").to_string().replace('"', "");
        let Some(sold) = known.iter().find(|line| line.id.to_string() == wanted) else {
            return Err(refuse("Invalid order item."));
        };
        let units = get(given, "quantity").as_u64().unwrap_or_default();
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        if matches!(sold.what, What::Goods { .. }) && units > sold.quantity {
            return Err(refuse("Invalid quantity."));
        }
        let taxes = get(given, "refund_tax").as_array().into_iter().flatten();
        let tax: Decimal = taxes.map(|tax| decimal(get(tax, "refund_total"))).sum();
        let net = decimal(get(given, "refund_total"));
        lines.push((store.id(), sold.clone(), units, net, tax));
    }
    if get(body, "api_restock").as_bool().unwrap_or(true) {
        for (_, sold, units, ..) in &lines {
            restock(store, id, sold, *units);
        }
    }
    let mut meta = Vec::new();
    store.meta(&mut meta, get(body, "meta_data"));
    let refund = Refund {
        id: number,
        order: id,
        at: now,
        amount,
        reason: get(body, "reason").as_str().unwrap_or_default().to_owned(),
        by_gateway: get(body, "api_refund").as_bool().unwrap_or(true),
        meta,
        lines,
    };
    let told = present::refund(&refund);
    store.refunds.insert(number, refund);
    if let Some(order) = store.orders.get_mut(&id) {
        order.refunds.push(number);
        order.modified = now;
        if is_full {
            order.set_status("refunded", now);
        }
    }
    Ok(told)
}

fn restock(store: &mut Store, order: u64, sold: &Line, units: u32) {
    if let What::Goods { article } = sold.what
        && let Some(article) = store.articles.get_mut(&article)
    {
        article.move_stock(units.into());
    }
    let lines = store.orders.get_mut(&order).into_iter();
    let mut lines = lines.flat_map(|order| &mut order.lines);
    if let Some(line) = lines.find(|line| line.id == sold.id) {
        line.restocked += units;
    }
}

fn decimal(value: &Json) -> Decimal {
    let text = value.to_string().replace('"', "");
    text.parse().unwrap_or_default()
}
