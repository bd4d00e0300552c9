//! Webhooks as Shopify sends them. The sandbox makes them; sending is up to the test or the demonstration.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;
use serde_json::{Value as Json, json};

use super::model::ids::gid;
use super::model::order::{Line, Tax};
use super::model::{Address, Customer, Order, Store};
use super::money::{Currencies, Money};

/// A signed webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Header names, in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body that was signed, byte for byte.
    pub body: Vec<u8>,
}

/// Signs the order's present state for `topic` (such as `orders/create`) with the app's secret.
pub(super) fn make(
    store: &Store,
    order: &Order,
    topic: &str,
    version: &str,
    secret: &str,
    number: u64,
    now: Timestamp,
) -> Webhook {
    let body = serde_json::to_vec(&body(store, order)).unwrap_or_default();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-shopify-topic", topic.to_owned()),
        (
            "x-shopify-hmac-sha256",
            STANDARD.encode(hmac::sign(&key, &body)),
        ),
        ("x-shopify-shop-domain", store.facts.domain.clone()),
        ("x-shopify-api-version", version.to_owned()),
        (
            "x-shopify-webhook-id",
            format!("b54557e4-bdd9-4b37-8a5f-{number:012x}"),
        ),
        (
            "x-shopify-event-id",
            format!("98880550-7158-44d4-b7cd-{number:012x}"),
        ),
        ("x-shopify-triggered-at", now.to_string()),
    ];
    Webhook { headers, body }
}

/// The order in the form of the REST Admin API: snake case, numeric ids, amounts with all decimal places.
fn body(store: &Store, order: &Order) -> Json {
    let mut body = facts(order);
    if let (Some(body), Json::Object(contents)) = (body.as_object_mut(), contents(store, order)) {
        for (name, amount) in amounts(order) {
            body.insert(
                name.to_owned(),
                Json::from(order.currencies.shop.long_text(amount.shop)),
            );
            body.insert(format!("{name}_set"), set(order.currencies, amount));
        }
        body.extend(contents);
    }
    body
}

fn facts(order: &Order) -> Json {
    json!({
        "id": order.id(),
        "admin_graphql_api_id": gid("Order", order.id()),
        "cancel_reason": order.cancelled.as_ref().map(|cancelled| cancelled.reason.to_lowercase()),
        "cancelled_at": order.cancelled.as_ref().map(|cancelled| cancelled.at.to_string()),
        "closed_at": order.closed_at.map(|at| at.to_string()),
        "confirmed": true,
        "contact_email": order.email,
        "created_at": order.created_at.to_string(),
        "currency": order.currencies.shop.code,
        "presentment_currency": order.currencies.presentment.code,
        "email": order.email,
        "financial_status": order.financial_status().to_lowercase(),
        "fulfillment_status": match order.fulfilment_status() {
            "FULFILLED" => Some("fulfilled"),
            "PARTIALLY_FULFILLED" => Some("partial"),
            _ => None,
        },
        "name": order.name(),
        "note": order.note,
        "note_attributes": pairs(&order.attributes),
        "number": order.number() - 1000,
        "order_number": order.number(),
        "phone": order.phone,
        "po_number": order.po_number,
        "processed_at": order.created_at.to_string(),
        "source_name": order.source,
        "tags": order.tags.join(", "),
        "taxes_included": order.taxes_included,
        "test": order.test,
        "updated_at": order.updated_at.to_string(),
    })
}

fn amounts(order: &Order) -> [(&'static str, Money); 8] {
    [
        ("current_subtotal_price", order.current_subtotal()),
        ("current_total_price", order.current_total()),
        ("current_total_tax", order.current_tax()),
        ("subtotal_price", order.subtotal()),
        ("total_discounts", order.discount()),
        ("total_price", order.total()),
        ("total_tax", order.tax()),
        ("total_tip_received", order.tip),
    ]
}

fn contents(store: &Store, order: &Order) -> Json {
    json!({
        "total_shipping_price_set": set(order.currencies, order.shipping()),
        "tax_lines": taxes(order, &order.taxes()),
        "billing_address": order.billing.as_ref().map(address),
        "shipping_address": order.shipping.as_ref().map(address),
        "customer": order.customer.and_then(|index| store.customers.get(index)).map(customer),
        "line_items": order.lines.iter().map(|one| line(store, order, one)).collect::<Vec<_>>(),
        "shipping_lines": order.shipping_lines.iter().map(|line| json!({
            "id": order.part_id(line.place),
            "title": line.title,
            "code": line.code,
            "price": order.currencies.shop.long_text(line.price.shop),
            "price_set": set(order.currencies, line.price),
            "discounted_price": order.currencies.shop.long_text(line.net().shop),
            "discounted_price_set": set(order.currencies, line.net()),
            "tax_lines": taxes(order, &line.taxes),
        })).collect::<Vec<_>>(),
    })
}

fn line(store: &Store, order: &Order, line: &Line) -> Json {
    let variant = line.variant.and_then(|index| store.variants.get(index));
    json!({
        "id": order.part_id(line.place),
        "admin_graphql_api_id": gid("LineItem", order.part_id(line.place)),
        "current_quantity": order.current_quantity(line),
        "fulfillable_quantity": order.unfulfilled(line.place),
        "gift_card": line.gift_card,
        "grams": line.grams,
        "name": line.title,
        "title": line.title,
        "price": order.currencies.shop.long_text(line.unit.shop),
        "price_set": set(order.currencies, line.unit),
        "product_id": variant.map(|variant| variant.product_id()),
        "variant_id": variant.map(|variant| variant.id()),
        "properties": pairs(&line.attributes),
        "quantity": line.quantity,
        "requires_shipping": line.requires_shipping,
        "sku": line.sku,
        "taxable": line.taxable,
        "total_discount_set": set(order.currencies, order.line_discount(line, false)),
        "discount_allocations": line.allocations.iter().map(|allocation| json!({
            "amount": order.currencies.shop.long_text(allocation.amount.shop),
            "amount_set": set(order.currencies, allocation.amount),
            "discount_application_index": allocation.discount,
        })).collect::<Vec<_>>(),
        "tax_lines": taxes(order, &line.taxes),
    })
}

fn set(currencies: Currencies, money: Money) -> Json {
    json!({
        "shop_money": { "amount": currencies.shop.long_text(money.shop), "currency_code": currencies.shop.code },
        "presentment_money": { "amount": currencies.presentment.long_text(money.presentment), "currency_code": currencies.presentment.code },
    })
}

fn taxes(order: &Order, taxes: &[Tax]) -> Vec<Json> {
    let one = |tax: &Tax| json!({ "title": tax.rate.title, "price": order.currencies.shop.long_text(tax.amount.shop), "price_set": set(order.currencies, tax.amount) });
    taxes.iter().map(one).collect()
}

fn pairs(attributes: &[(String, String)]) -> Vec<Json> {
    attributes
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn address(address: &Address) -> Json {
    json!({
        "first_name": address.first_name,
        "last_name": address.last_name,
        "name": address.name(),
        "company": address.company,
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "province": address.province,
        "province_code": address.province_code,
        "zip": address.zip,
        "country": address.country,
        "country_code": address.country_code,
        "phone": address.phone,
    })
}

fn customer(customer: &Customer) -> Json {
    json!({
        "id": customer.id(),
        "admin_graphql_api_id": gid("Customer", customer.id()),
        "first_name": customer.address.first_name,
        "last_name": customer.address.last_name,
        "email": customer.email,
        "phone": customer.phone,
        "created_at": customer.created_at.to_string(),
        "updated_at": customer.updated_at.to_string(),
    })
}
