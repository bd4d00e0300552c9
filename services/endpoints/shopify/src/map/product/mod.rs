//! What has to be done so that the shop shows a product as the source has it.
//!
//! `productSet` replaces lists as a whole. What the shop's people added must survive that, and what we added and is gone at the
//! source must not: therefore a product bears, in a metafield, what we last put in ([`State`]).

mod assign;
pub(crate) mod beside;
mod pictures;
mod settings;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use commerce::Product;
use ports::Fault;
use serde_json::{Map, Value, json};

use crate::wire::{self, State};

pub(crate) use assign::assigned;
pub(crate) use pictures::remember;
pub(crate) use settings::check as check_products;
pub use settings::{NewProducts, Products, Withdrawn, WithdrawnVariants};

/// The fields of a `ProductSetInput`.
pub(crate) type Input = Map<String, Value>;

/// What has to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// What to set; empty where the shop has it all.
    pub(crate) input: Input,
    /// Whether it has to be shown in the sales channels.
    pub(crate) publish: bool,
    /// Numbers of collections to put it into, and to take it out of.
    pub(crate) join: Vec<String>,
    pub(crate) leave: Vec<String>,
    /// What is to be remembered before the shop is told to change pictures.
    pub(crate) announced: Option<State>,
    /// What is to be remembered when all is done.
    pub(crate) state: State,
    /// Whether that is something new.
    pub(crate) remember: bool,
    /// Whether the product was in the shop before us: it has to get our key.
    pub(crate) adopt: bool,
}

impl Plan {
    /// Whether nothing is to be done.
    pub(crate) fn is_done(&self) -> bool {
        self.input.is_empty() && self.is_shown() && !self.remember && !self.adopt
    }

    /// Whether it is where it is to be seen.
    pub(crate) const fn is_shown(&self) -> bool {
        !self.publish && self.join.is_empty() && self.leave.is_empty()
    }
}

/// A product that is to be shown under that key, and the shop's, where it has it.
///
/// # Errors
/// [`Fault::Held`] where options or variants clash, or are more than a product can have.
pub(crate) fn plan(
    product: &Product,
    key: &str,
    shop: Option<&wire::Product>,
    settings: &Products,
) -> Result<Plan, Fault> {
    let known = shop.and_then(|shop| shop.state.as_ref());
    let known = known.and_then(|state| serde_json::from_str::<State>(&state.value).ok());
    let old = known.clone().unwrap_or_default();
    let adopt = shop.is_some_and(|shop| shop.key.is_none());
    let mut plan = Plan {
        state: old.clone(),
        adopt,
        ..Plan::default()
    };
    if !product.offered {
        if let Some(shop) = shop {
            withdraw(shop, settings, &mut plan);
        }
        plan.adopt = false;
        plan.remember = plan.state != old;
        return Ok(plan);
    }
    texts(product, shop, &mut plan.input);
    tags(product, shop, &old, &mut plan);
    pictures::set(product, shop, known.as_ref(), &mut plan);
    variants::set(product, shop, settings, &mut plan.input)?;
    match shop {
        None => {
            let priced = product.variants.iter().all(|one| one.first_price.is_some());
            let status = settings.new_products;
            let status = if priced { status } else { NewProducts::Draft };
            plan.input
                .insert("status".to_owned(), status.status().into());
            let metafield =
                json!([{ "namespace": "causeway", "key": "key", "type": "id", "value": key }]);
            plan.input.insert("metafields".to_owned(), metafield);
        }
        Some(shop) => offer_again(shop, &mut plan),
    }
    places(product, settings, &old, &mut plan);
    plan.remember = plan.state != old || known.is_none();
    Ok(plan)
}

/// Takes a product out of the shop, unless it is out already.
fn withdraw(shop: &wire::Product, settings: &Products, plan: &mut Plan) {
    let is_out = ["DRAFT", "ARCHIVED"].contains(&shop.status.as_str());
    if let (Some(status), false) = (settings.withdrawn.status(), is_out) {
        plan.input.insert("status".to_owned(), status.into());
        plan.state.withdrawn_from = Some(shop.status.clone());
    }
}

/// Gives a product that we took out its status back, unless somebody has done so.
fn offer_again(shop: &wire::Product, plan: &mut Plan) {
    let is_out = ["DRAFT", "ARCHIVED"].contains(&shop.status.as_str());
    if let (Some(status), true) = (plan.state.withdrawn_from.take(), is_out) {
        plan.input.insert("status".to_owned(), status.into());
    }
}

fn texts(product: &Product, shop: Option<&wire::Product>, input: &mut Input) {
    // Nothing can be in the shop without a title.
    let fallback = shop.is_none().then_some(&product.number);
    let title = product.title.as_ref().or(fallback);
    for (name, wanted, there) in [
        ("title", title, shop.map(|shop| &shop.title)),
        (
            "descriptionHtml",
            product.description.as_ref(),
            shop.map(|shop| &shop.description_html),
        ),
        (
            "vendor",
            product.vendor.as_ref(),
            shop.map(|shop| &shop.vendor),
        ),
        (
            "productType",
            product.product_type.as_ref(),
            shop.map(|shop| &shop.product_type),
        ),
        (
            "handle",
            product.handle.as_ref(),
            shop.map(|shop| &shop.handle),
        ),
    ] {
        let Some(wanted) = wanted.map(|text| text.trim()) else {
            continue;
        };
        if there.is_none_or(|there| there.trim() != wanted) {
            input.insert(name.to_owned(), wanted.into());
        }
    }
    if shop.is_some() && input.contains_key("handle") {
        input.insert("redirectNewHandle".to_owned(), true.into());
    }
}

/// Shopify compares tags without regard to case.
fn tags(product: &Product, shop: Option<&wire::Product>, old: &State, plan: &mut Plan) {
    if product.tags.is_empty() {
        return;
    }
    let there = shop.map_or(&[][..], |shop| shop.tags.as_slice());
    let lower = |tags: &[String]| -> BTreeSet<String> {
        tags.iter().map(|tag| tag.to_lowercase()).collect()
    };
    let (ours, wanted) = (lower(&old.tags), lower(&product.tags));
    let stays = |tag: &&String| {
        let tag = tag.to_lowercase();
        !ours.contains(&tag) && !wanted.contains(&tag)
    };
    let mut all = product.tags.clone();
    all.extend(there.iter().filter(stays).cloned());
    if lower(&all) != lower(there) {
        plan.input.insert("tags".to_owned(), json!(all));
    }
    plan.state.tags.clone_from(&product.tags);
}

/// Collections and sales channels, which are set beside the product.
fn places(product: &Product, settings: &Products, old: &State, plan: &mut Plan) {
    if !product.categories.is_empty() {
        let wanted: BTreeSet<&String> = product
            .categories
            .iter()
            .filter_map(|category| settings.collections.get(category))
            .collect();
        let (missing, gone): (Vec<_>, Vec<_>) = (
            wanted
                .iter()
                .filter(|one| !old.collections.contains(one))
                .map(|one| (*one).clone())
                .collect(),
            old.collections
                .iter()
                .filter(|one| !wanted.contains(one))
                .cloned()
                .collect(),
        );
        (plan.join, plan.leave) = (missing, gone);
        plan.state.collections = wanted.into_iter().cloned().collect();
    }
    plan.publish = !settings.publish_to.is_empty() && !old.published;
    plan.state.published |= plan.publish;
}

/// Products by what a search of their SKUs found: which product each SKU is in.
pub(crate) type Found = BTreeMap<String, BTreeSet<String>>;

/// The one product of the shop (its global id) that has these articles, if any has.
///
/// # Errors
/// [`Fault::Held`] where they are spread over several.
pub(crate) fn twin_of(product: &Product, found: &Found) -> Result<Option<String>, Fault> {
    let mut ids: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
    for variant in &product.variants {
        for id in found.get(variant.sku.as_str()).into_iter().flatten() {
            ids.entry(id).or_default().push(variant.sku.as_str());
        }
    }
    if ids.len() > 1 {
        let places = ids.iter().map(|(id, skus)| {
            let number = super::number(id);
            format!("{} in product {number}", skus.join(", "))
        });
        return Err(Fault::Held {
            why: format!(
                "its articles are in several of the shop's products: {}. Which is meant cannot be told: put them into one, or remove those that are not meant",
                places.collect::<Vec<_>>().join("; ")
            ),
        });
    }
    Ok(ids.into_keys().next().cloned())
}

#[cfg(test)]
mod tests;
