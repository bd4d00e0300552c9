//! What a submission does to a listing, by itself or in a feed.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::asked::{get, list, text};
use super::listing::{Listing, Trouble, amount};
use super::market::Marketplace;

/// The attributes that every product type here has.
const KNOWN: [&str; 8] = [
    "item_name",
    "brand",
    "product_description",
    "bullet_point",
    "condition_type",
    "list_price",
    "purchasable_offer",
    "fulfillment_availability",
];

/// What tells values of one attribute apart.
const SELECTORS: [&str; 5] = [
    "marketplace_id",
    "language_tag",
    "currency",
    "audience",
    "fulfillment_channel_code",
];

/// Something wrong with what was sent, or with the listing.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) attribute: String,
    pub(super) category: &'static str,
}

impl Issue {
    pub(super) fn new(
        code: &'static str,
        category: &'static str,
        attribute: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            category,
            attribute: attribute.to_owned(),
            message: message.into(),
        }
    }

    pub(super) fn shown(&self) -> Json {
        json!({ "code": self.code, "message": self.message, "severity": "ERROR", "attributeNames": [self.attribute], "categories": [self.category] })
    }
}

impl Listing {
    /// Takes over what was accepted.
    pub(super) fn become_now(&mut self, other: Self, now: Timestamp) {
        if self.trouble == Some(Trouble::Ignored) {
            self.lagging = true;
            return;
        }
        *self = Self {
            updated: now,
            lagging: false,
            ..other
        };
    }

    fn fits(&self, product_type: &str) -> Option<Issue> {
        if self.trouble == Some(Trouble::Refused) {
            let words = "The listing cannot be changed at the moment.";
            return Some(Issue::new(
                "100339",
                "QUALIFICATION_REQUIRED",
                "purchasable_offer",
                words,
            ));
        }
        let known = product_type == self.product_type || product_type == "PRODUCT";
        let words = || {
            format!(
                "The product type {product_type} is not the one of the listing, which is {}.",
                self.product_type
            )
        };
        let issue = || Issue::new("90000900", "INVALID_ATTRIBUTE", "product_type", words());
        (!known).then(issue)
    }

    /// Does what the patches say, or tells what is wrong with them.
    pub(super) fn patch(
        &mut self,
        product_type: &str,
        patches: &[Json],
        places: &[&str],
    ) -> Vec<Issue> {
        let mut issues: Vec<Issue> = self.fits(product_type).into_iter().collect();
        for patch in patches {
            let values = list(patch, "value");
            let path = text(patch, "path");
            let Some(attribute) = path
                .strip_prefix("/attributes/")
                .filter(|name| !name.contains('/'))
            else {
                let words = format!("The path {path} is no attribute.");
                issues.push(Issue::new("90000900", "INVALID_ATTRIBUTE", path, words));
                continue;
            };
            issues.extend(
                values
                    .iter()
                    .filter_map(|value| self.check(attribute, value)),
            );
            match text(patch, "op") {
                "add" | "replace" if !values.is_empty() => self.replace(attribute, values, places),
                "merge" if !values.is_empty() => self.merge(attribute, values),
                "delete" => self.delete(attribute, values, places),
                op => {
                    let words = format!("The operation '{op}' is unknown or lacks a value.");
                    issues.push(Issue::new(
                        "90000900",
                        "INVALID_ATTRIBUTE",
                        attribute,
                        words,
                    ));
                }
            }
        }
        issues
    }

    /// Sets whole attributes, or tells what is wrong with them.
    pub(super) fn set(
        &mut self,
        product_type: &str,
        attributes: &Json,
        places: &[&str],
    ) -> Vec<Issue> {
        let patches = attributes.as_object().into_iter().flatten();
        let patches = patches.map(|(name, values)| json!({ "op": "replace", "path": format!("/attributes/{name}"), "value": values }));
        self.patch(product_type, &patches.collect::<Vec<_>>(), places)
    }

    /// What is wrong with a value of an attribute; nothing where it is in order.
    pub(super) fn check(&self, attribute: &str, value: &Json) -> Option<Issue> {
        let bad = |message: String| {
            Some(Issue::new(
                "90000900",
                "INVALID_ATTRIBUTE",
                attribute,
                message,
            ))
        };
        match attribute {
            "fulfillment_availability" => {
                if text(value, "fulfillment_channel_code").is_empty() {
                    let words = "'fulfillment_channel_code' is required but not supplied.";
                    return Some(Issue::new("90220", "MISSING_ATTRIBUTE", attribute, words));
                }
                let given = get(value, "quantity");
                if text(value, "fulfillment_channel_code") == "DEFAULT" && given.as_u64().is_none()
                {
                    return bad(format!(
                        "'quantity' is {given}, and must be a whole number from 0."
                    ));
                }
                None
            }
            "purchasable_offer" => {
                let Some(place) = Marketplace::find(text(value, "marketplace_id")) else {
                    return bad("'marketplace_id' is invalid.".to_owned());
                };
                if text(value, "currency") != place.currency {
                    return bad(format!("'currency' must be {}.", place.currency));
                }
                match amount(value) {
                    None => Some(Issue::new(
                        "99022",
                        "MISSING_ATTRIBUTE",
                        attribute,
                        "The field 'our_price' does not have enough values. The required minimum is '1' value(s).",
                    )),
                    Some(price) if price <= Decimal::ZERO || price != place.round(price) => {
                        bad(format!(
                            "'our_price' is {price}, which is no price in {}.",
                            place.currency
                        ))
                    }
                    Some(_) => None,
                }
            }
            _ if KNOWN.contains(&attribute) => None,
            _ => bad("The attribute is unknown to the product type.".to_owned()),
        }
    }

    /// Puts values in the place of those that they are told to replace.
    pub(super) fn replace(&mut self, attribute: &str, values: &[Json], places: &[&str]) {
        let there = self
            .attributes
            .entry(attribute)
            .or_insert_with(|| json!([]));
        if let Some(there) = there.as_array_mut() {
            there.retain(|one| {
                let place = text(one, "marketplace_id");
                !place.is_empty() && !places.contains(&place)
            });
            there.extend(values.iter().cloned());
        }
    }

    /// Lays values over those with the same selectors.
    pub(super) fn merge(&mut self, attribute: &str, values: &[Json]) {
        let there = self
            .attributes
            .entry(attribute)
            .or_insert_with(|| json!([]));
        let Some(there) = there.as_array_mut() else {
            return;
        };
        for value in values {
            match there.iter_mut().find(|one| same_place(one, value)) {
                Some(Json::Object(fields)) => {
                    let given = value.as_object().into_iter().flatten();
                    fields.extend(given.map(|(name, value)| (name.clone(), value.clone())));
                }
                _ => there.push(value.clone()),
            }
        }
    }

    /// Takes values away: those with the selectors of these, or all of the marketplaces where none are named.
    pub(super) fn delete(&mut self, attribute: &str, values: &[Json], places: &[&str]) {
        if values.is_empty() {
            self.replace(attribute, &[], places);
        } else if let Some(there) = self
            .attributes
            .get_mut(attribute)
            .and_then(Json::as_array_mut)
        {
            there.retain(|one| !values.iter().any(|value| same_place(one, value)));
        }
    }
}

fn same_place(one: &Json, other: &Json) -> bool {
    let same = |name: &str| get(one, name) == get(other, name);
    SELECTORS.iter().all(|name| same(name))
}
