//! Orders, their notes and fulfilments.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::dispatch::{Answer, Asked, Problem};
use super::json::{get, set};
use super::present;
use super::store::{Order, Store};

fn gone() -> Problem {
    Problem::new(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
}

/// Whether a time lies between two, both of which are left out. Whole seconds, as everywhere in WordPress.
pub(super) fn between(at: Timestamp, after: Option<Timestamp>, before: Option<Timestamp>) -> bool {
    let second = at.as_second();
    after.is_none_or(|after| second > after.as_second())
        && before.is_none_or(|before| second < before.as_second())
}

pub(super) fn list(store: &Store, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let changed = (
        asked.time("modified_after")?,
        asked.time("modified_before")?,
    );
    let created = (asked.time("after")?, asked.time("before")?);
    let include = asked.numbers("include");
    let status = asked.text("status").unwrap_or("any");
    let wanted = |order: &&Order| {
        let in_list = include.as_ref().is_none_or(|all| all.contains(&order.id));
        let shown = if status == "any" {
            order.status != "trash"
        } else {
            status.split(',').any(|one| one == order.status)
        };
        in_list
            && shown
            && between(order.modified, changed.0, changed.1)
            && between(order.created, created.0, created.1)
    };
    let mut all: Vec<&Order> = store.orders.values().filter(wanted).collect();
    match asked.text("orderby") {
        Some("modified") => all.sort_by_key(|order| (order.modified.as_second(), order.id)),
        Some("id") => all.sort_by_key(|order| order.id),
        _ => all.sort_by_key(|order| (order.created.as_second(), order.id)),
    }
    if asked.text("order") != Some("asc") {
        all.reverse();
    }
    let all = all.into_iter();
    asked.page(all.map(|order| present::order(order, store)).collect())
}

pub(super) fn one(store: &Store, id: u64, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let order = store.orders.get(&id).ok_or_else(gone)?;
    Ok(Answer::of(200, asked.fields(present::order(order, store))))
}

pub(super) fn change(store: &mut Store, id: u64, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let mut order = store.orders.remove(&id).ok_or_else(gone)?;
    let mut meta = std::mem::take(&mut order.meta);
    store.meta(&mut meta, get(&asked.body, "meta_data"));
    order.meta = meta;
    order.modified = asked.now;
    if let Some(status) = get(&asked.body, "status").as_str() {
        order.set_status(status, asked.now);
    }
    store.orders.insert(id, order);
    one(store, id, asked)
}

pub(super) fn notes(store: &Store, id: u64) -> Result<Answer, Problem> {
    let order = store.orders.get(&id).ok_or_else(gone)?;
    let all = order.notes.iter().rev();
    Ok(Answer::of(200, all.map(note).collect()))
}

fn note((id, text, to_buyer): &(u64, String, bool)) -> Json {
    json!({ "id": id, "author": "WooCommerce", "note": text, "customer_note": to_buyer })
}

pub(super) fn add_note(store: &mut Store, id: u64, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let number = store.id();
    let order = store.orders.get_mut(&id).ok_or_else(gone)?;
    let Some(text) = get(&asked.body, "note").as_str() else {
        return Err(Problem::new(
            400,
            "rest_missing_callback_param",
            "Missing parameter(s): note",
        ));
    };
    let to_buyer = get(&asked.body, "customer_note")
        .as_bool()
        .unwrap_or_default();
    let made = (number, text.to_owned(), to_buyer);
    let told = note(&made);
    order.notes.push(made);
    Ok(Answer::of(201, told))
}

pub(super) fn fulfillments(
    store: &mut Store,
    id: u64,
    (method, rest): (&str, &[&str]),
    asked: &Asked<'_>,
) -> Result<Answer, Problem> {
    let number = store.id();
    let order = store.orders.get_mut(&id).ok_or_else(gone)?;
    match (method, rest) {
        ("GET", []) => Ok(Answer::of(200, order.fulfillments.clone().into())),
        ("POST", []) => {
            let mut made = asked.body.clone();
            if !get(&made, "meta_data").is_array() {
                return Err(Problem::new(
                    400,
                    "rest_missing_callback_param",
                    "Missing parameter(s): meta_data",
                ));
            }
            set(&mut made, "id", number);
            order.fulfillments.push(made.clone());
            Ok(Answer::of(201, made))
        }
        ("PUT", [one]) => {
            let mut all = order.fulfillments.iter_mut();
            let found = all.find(|there| get(there, "id").as_u64() == one.parse().ok());
            let there = found.ok_or_else(Problem::no_route)?;
            set(there, "meta_data", get(&asked.body, "meta_data").clone());
            Ok(Answer::of(200, there.clone()))
        }
        _ => Err(Problem::no_route()),
    }
}
