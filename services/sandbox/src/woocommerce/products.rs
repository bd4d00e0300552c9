//! Products, variations and categories.

use serde_json::{Value as Json, json};

use super::dispatch::{Answer, Asked, Problem};
use super::json::{get, records, set};
use super::present;
use super::store::{Article, Store};

pub(super) fn list(store: &Store, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let include = asked.numbers("include");
    let skus: Option<Vec<&str>> = asked.text("sku").map(|text| {
        let parts = text.split(',');
        parts.chain([text]).collect()
    });
    let wanted = |article: &&Article| {
        let by_sku = match &skus {
            // The database compares without regard to case. A search by SKU finds variations, too.
            Some(skus) => skus
                .iter()
                .any(|sku| !sku.is_empty() && sku.eq_ignore_ascii_case(article.text("sku"))),
            None => article.parent == 0,
        };
        by_sku && include.as_ref().is_none_or(|all| all.contains(&article.id))
    };
    let all = store.articles.values().filter(wanted);
    asked.page(all.map(present::article).collect())
}

pub(super) fn create(store: &mut Store, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let id = make(store, 0, &asked.body, asked)?;
    Ok(Answer::of(201, tell(store, id)))
}

pub(super) fn change(store: &mut Store, id: u64, asked: &Asked<'_>) -> Result<Answer, Problem> {
    alter(store, 0, id, &asked.body, asked)?;
    Ok(Answer::of(200, tell(store, id)))
}

fn tell(store: &Store, id: u64) -> Json {
    let article = store.articles.get(&id);
    article.map_or(Json::Null, present::article)
}

/// Whatever becomes of single items, the answer's status is 200.
pub(super) fn batch(store: &mut Store, parent: u64, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let items = |name: &str| {
        get(&asked.body, name)
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let (create, update) = (items("create"), items("update"));
    if create.len() + update.len() > 100 {
        return Err(Problem::new(
            413,
            "woocommerce_rest_request_entity_too_large",
            "Unable to accept more than 100 items for this request.",
        ));
    }
    let mut done = json!({});
    let error = |problem: Problem| {
        let status = get(get(&problem.body, "data"), "status").clone();
        json!({ "code": get(&problem.body, "code"), "message": get(&problem.body, "message"), "data": { "status": status } })
    };
    for (name, items) in [("create", create), ("update", update)] {
        let mut told = Vec::with_capacity(items.len());
        for item in items {
            let id = get(&item, "id").as_u64().unwrap_or_default();
            let result = if name == "create" {
                make(store, parent, &item, asked)
            } else {
                alter(store, parent, id, &item, asked).map(|()| id)
            };
            told.push(match result {
                Ok(id) => tell(store, id),
                Err(problem) => json!({ "id": id, "error": error(problem) }),
            });
        }
        if !told.is_empty() {
            set(&mut done, name, told);
        }
    }
    Ok(Answer::of(200, done))
}

fn make(store: &mut Store, parent: u64, body: &Json, asked: &Asked<'_>) -> Result<u64, Problem> {
    free_sku(store, 0, body)?;
    let mut body = body.clone();
    read(store, &mut body);
    Ok(store.put(parent, &body, asked.now))
}

fn alter(
    store: &mut Store,
    parent: u64,
    id: u64,
    body: &Json,
    asked: &Asked<'_>,
) -> Result<(), Problem> {
    free_sku(store, id, body)?;
    let mut body = body.clone();
    read(store, &mut body);
    let article = store.articles.get_mut(&id);
    match article.filter(|article| article.parent == parent) {
        Some(article) => {
            article.change(&body, asked.now);
            Ok(())
        }
        None => Err(Problem::new(
            400,
            "woocommerce_rest_product_invalid_id",
            "Invalid ID.",
        )),
    }
}

/// Each SKU once.
fn free_sku(store: &Store, id: u64, body: &Json) -> Result<(), Problem> {
    let sku = get(body, "sku").as_str().unwrap_or_default();
    match store.by_sku(sku) {
        Some(other) if other != id && !sku.is_empty() => Err(Problem::new(
            400,
            "product_invalid_sku",
            &format!("Invalid or duplicated SKU. ({sku})"),
        )),
        _ => Ok(()),
    }
}

/// Pictures are fetched and get ids, categories their names.
fn read(store: &mut Store, body: &mut Json) {
    for image in records(body, "images") {
        set(image, "id", store.id());
    }
    for category in records(body, "categories") {
        let name = get(category, "id")
            .as_u64()
            .and_then(|id| store.categories.get(&id));
        set(category, "name", json!(name));
    }
}

pub(super) fn categories(store: &Store, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let all = store.categories.iter();
    asked.page(
        all.map(|(id, name)| json!({ "id": id, "name": name }))
            .collect(),
    )
}

pub(super) fn add_category(store: &mut Store, asked: &Asked<'_>) -> Result<Answer, Problem> {
    let name = get(&asked.body, "name").as_str().unwrap_or_default();
    if store.categories.values().any(|there| there == name) {
        return Err(Problem::new(
            400,
            "term_exists",
            "A term with the name provided already exists with this parent.",
        ));
    }
    let id = store.id();
    store.categories.insert(id, name.to_owned());
    Ok(Answer::of(201, json!({ "id": id, "name": name })))
}
