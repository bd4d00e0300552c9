//! How the API tells what the site holds: every field of a running WooCommerce, those that nothing changes with their usual values.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::json::set;
use super::store::{Article, Line, Order, Refund, Store, TAX, What, cents};

/// A time as the API writes it, without a zone.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn money(amount: Decimal) -> String {
    cents(amount).to_string()
}

/// A number as PHP writes it.
fn number(amount: Decimal) -> Json {
    serde_json::from_str(&amount.normalize().to_string()).unwrap_or_default()
}

fn meta(all: &[(u64, String, Json)]) -> Vec<Json> {
    let entries = all.iter();
    entries
        .map(|(id, key, value)| json!({ "id": id, "key": key, "value": value }))
        .collect()
}

pub(super) fn order(order: &Order, store: &Store) -> Json {
    let of = |what: fn(&What) -> bool| order.lines.iter().filter(move |line| what(&line.what));
    let goods = || of(|what| matches!(what, What::Goods { .. }));
    let shipping = || of(|what| *what == What::Shipping);
    let sum = |lines: &mut dyn Iterator<Item = Decimal>| lines.sum::<Decimal>();
    let off = sum(&mut goods().map(|line| line.subtotal - line.total));
    let refunds = order.refunds.iter().filter_map(|id| store.refunds.get(id));
    let coupons = order.coupon.iter().map(|code| {
        json!({ "id": order.id * 1000, "code": code, "discount": money(off), "discount_tax": money(off * TAX / Decimal::ONE_HUNDRED),
            "meta_data": [], "discount_type": "percent", "nominal_amount": 10, "free_shipping": false })
    });
    let (first, last) = &order.name;
    let person = json!({
        "first_name": first, "last_name": last, "company": "", "address_1": "1 Ñandú St", "address_2": "", "city": "Oakland",
        "state": "CA", "postcode": "94607", "country": "US", "phone": "555-0100",
    });
    let mut billing = person.clone();
    set(
        &mut billing,
        "email",
        format!("{}@example.test", first.to_lowercase()),
    );
    let mut all = json!({
        "id": order.id, "parent_id": 0, "status": order.status, "currency": store.currency, "version": "11.0.1",
        "prices_include_tax": false, "discount_total": money(off), "discount_tax": money(off * TAX / Decimal::ONE_HUNDRED),
        "shipping_total": money(sum(&mut shipping().map(|line| line.total))), "shipping_tax": money(order.tax(true)),
        "cart_tax": money(order.tax(false)),
    });
    let more = json!({
        "total": money(order.total()), "total_tax": money(order.tax(false) + order.tax(true)),
        "customer_id": order.customer, "order_key": format!("wc_order_{}", order.id), "billing": billing, "shipping": person,
        "payment_method": "bacs", "payment_method_title": "Bank", "transaction_id": "", "customer_ip_address": "",
        "customer_user_agent": "", "created_via": "checkout", "customer_note": "", "cart_hash": "", "number": order.id.to_string(),
        "meta_data": meta(&order.meta),
        "line_items": goods().map(|line| item(line, store)).collect::<Vec<_>>(),
        "shipping_lines": shipping().map(delivery).collect::<Vec<_>>(),
        "fee_lines": of(|what| *what == What::Fee).map(fee).collect::<Vec<_>>(),
        "coupon_lines": coupons.collect::<Vec<_>>(),
        "refunds": refunds.map(|one| json!({ "id": one.id, "reason": one.reason, "total": money(-one.amount), "total_tax": "0.00" })).collect::<Vec<_>>(),
    });
    let rest = json!({
        "payment_url": "", "is_editable": false, "needs_payment": order.paid.is_none(), "needs_processing": true,
        "currency_symbol": "$",
        "tax_lines": [{
            "id": order.id * 1000 + 1, "rate_code": "US-CA-CA TAX-1", "rate_id": 1, "label": "CA Tax", "compound": false,
            "tax_total": money(order.tax(false)), "shipping_tax_total": money(order.tax(true)), "rate_percent": number(TAX), "meta_data": [],
        }],
    });
    for part in [more, rest] {
        for (name, value) in part.as_object().into_iter().flatten() {
            set(&mut all, name, value.clone());
        }
    }
    for (name, at) in [
        ("created", Some(order.created)),
        ("modified", Some(order.modified)),
        ("paid", order.paid),
        ("completed", order.completed),
    ] {
        let at = at.map(time);
        set(&mut all, &format!("date_{name}"), json!(at));
        set(&mut all, &format!("date_{name}_gmt"), json!(at));
    }
    all
}

fn taxes(net: Decimal, subtotal: &str) -> Json {
    json!([{ "id": 1, "total": money(net), "subtotal": subtotal }])
}

fn item(line: &Line, store: &Store) -> Json {
    let What::Goods { article } = line.what else {
        return Json::Null;
    };
    let found = store.articles.get(&article);
    let parent = found.map_or(0, |article| article.parent);
    let product = if parent == 0 { article } else { parent };
    let quantity = Decimal::from(line.quantity.max(1));
    let before = line.subtotal * TAX / Decimal::ONE_HUNDRED;
    let restocked = (line.restocked > 0).then(|| {
        json!({ "id": line.id, "key": "_restock_refunded_items", "value": line.restocked.to_string(),
            "display_key": "_restock_refunded_items", "display_value": line.restocked.to_string() })
    });
    json!({
        "id": line.id, "name": line.name, "product_id": product, "variation_id": if parent == 0 { 0 } else { article },
        "quantity": line.quantity, "tax_class": "", "subtotal": money(line.subtotal), "subtotal_tax": money(before),
        "total": money(line.total), "total_tax": money(line.tax()), "taxes": taxes(line.tax(), &money(before)),
        "meta_data": restocked.into_iter().collect::<Vec<_>>(), "sku": found.map(|article| article.text("sku")),
        "global_unique_id": "", "price": number(line.total / quantity), "image": { "id": "", "src": "" }, "parent_name": null,
    })
}

fn delivery(line: &Line) -> Json {
    json!({
        "id": line.id, "method_title": line.name, "method_id": "flat_rate", "instance_id": "", "total": money(line.total),
        "total_tax": money(line.tax()), "taxes": taxes(line.tax(), ""), "tax_status": "taxable", "meta_data": [],
    })
}

fn fee(line: &Line) -> Json {
    json!({
        "id": line.id, "name": line.name, "tax_class": "", "tax_status": "taxable", "amount": money(line.total), "total": money(line.total),
        "total_tax": money(line.tax()), "taxes": taxes(line.tax(), ""), "meta_data": [],
    })
}

pub(super) fn refund(refund: &Refund) -> Json {
    let lines = |wanted: fn(&What) -> bool| -> Vec<Json> {
        let some = refund
            .lines
            .iter()
            .filter(|(_, line, ..)| wanted(&line.what));
        some.map(|(id, sold, units, net, tax)| refunded(*id, sold, *units, *net, *tax))
            .collect()
    };
    json!({
        "id": refund.id, "date_created": time(refund.at), "date_created_gmt": time(refund.at), "amount": money(refund.amount),
        "reason": refund.reason, "refunded_by": 1, "refunded_payment": refund.by_gateway, "meta_data": meta(&refund.meta),
        "line_items": lines(|what| matches!(what, What::Goods { .. })), "shipping_lines": lines(|what| *what == What::Shipping),
        "tax_lines": [], "fee_lines": lines(|what| *what == What::Fee),
    })
}

/// A refund in the list of all.
pub(super) fn listed_refund(one: &Refund) -> Json {
    let mut all = refund(one);
    set(&mut all, "parent_id", one.order);
    all
}

fn refunded(id: u64, sold: &Line, units: u32, net: Decimal, tax: Decimal) -> Json {
    let sold_as = sold.id.to_string();
    json!({
        "id": id, "name": sold.name, "quantity": -i64::from(units), "subtotal": money(-net), "subtotal_tax": money(-tax),
        "total": money(-net), "total_tax": money(-tax), "taxes": [{ "id": 1, "total": money(-tax), "subtotal": money(-tax) }],
        "meta_data": [{ "id": id, "key": "_refunded_item_id", "value": sold_as, "display_key": "_refunded_item_id", "display_value": sold_as }],
    })
}

pub(super) fn article(article: &Article) -> Json {
    let mut all: Json = serde_json::from_str(include_str!("article.json")).unwrap_or_default();
    let mut fields = match all.take() {
        Json::Object(fields) => fields,
        _ => Map::new(),
    };
    if article.parent != 0 {
        fields.insert("type".to_owned(), "variation".into());
    }
    fields.insert("id".to_owned(), article.id.into());
    fields.insert("parent_id".to_owned(), article.parent.into());
    for (name, value) in &article.fields {
        if name == "modified" {
            let at = Timestamp::from_second(value.as_i64().unwrap_or_default());
            let at = json!(at.map(time).unwrap_or_default());
            for name in ["date_created", "date_modified"] {
                fields.insert(name.to_owned(), at.clone());
                fields.insert(format!("{name}_gmt"), at.clone());
            }
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    let regular = fields.get("regular_price").cloned().unwrap_or_default();
    fields.insert("price".to_owned(), regular);
    Json::Object(fields)
}
