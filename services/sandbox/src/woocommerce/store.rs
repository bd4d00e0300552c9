//! What the site holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::Options;
use super::json::{get, set};
use crate::Catalogue;

/// The one tax that the shop charges, in percent.
pub(super) const TAX: Decimal = Decimal::from_parts(725, 0, 0, false, 2);

pub(super) struct Store {
    pub(super) currency: String,
    pub(super) articles: BTreeMap<u64, Article>,
    pub(super) orders: BTreeMap<u64, Order>,
    pub(super) refunds: BTreeMap<u64, Refund>,
    pub(super) categories: BTreeMap<u64, String>,
    pub(super) nonces: BTreeSet<String>,
    pub(super) rng: fastrand::Rng,
    next: u64,
}

/// A product or a variation of one: what the API tells of it, in its own words.
pub(super) struct Article {
    pub(super) id: u64,
    /// Zero for a product.
    pub(super) parent: u64,
    pub(super) fields: serde_json::Map<String, Json>,
}

pub(super) struct Order {
    pub(super) id: u64,
    pub(super) status: String,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) paid: Option<Timestamp>,
    pub(super) completed: Option<Timestamp>,
    pub(super) customer: u64,
    pub(super) name: (String, String),
    pub(super) lines: Vec<Line>,
    pub(super) coupon: Option<String>,
    pub(super) meta: Vec<(u64, String, Json)>,
    /// Id, text, whether the buyer sees it.
    pub(super) notes: Vec<(u64, String, bool)>,
    pub(super) fulfillments: Vec<Json>,
    /// Ids of its refunds.
    pub(super) refunds: Vec<u64>,
}

/// What a line charges for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Goods { article: u64 },
    Shipping,
    Fee,
}

#[derive(Clone)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) what: What,
    pub(super) name: String,
    pub(super) quantity: u32,
    pub(super) subtotal: Decimal,
    pub(super) total: Decimal,
    pub(super) restocked: u32,
}

pub(super) struct Refund {
    pub(super) id: u64,
    pub(super) order: u64,
    pub(super) at: Timestamp,
    pub(super) amount: Decimal,
    pub(super) reason: String,
    pub(super) by_gateway: bool,
    pub(super) meta: Vec<(u64, String, Json)>,
    /// Its own id, the order's line, units, net, tax.
    pub(super) lines: Vec<(u64, Line, u32, Decimal, Decimal)>,
}

impl Line {
    /// As WooCommerce keeps it: more digits than it tells.
    pub(super) fn tax(&self) -> Decimal {
        (self.total * TAX / Decimal::ONE_HUNDRED).round_dp(4)
    }
}

impl Order {
    pub(super) fn set_status(&mut self, status: &str, now: Timestamp) {
        status.clone_into(&mut self.status);
        self.modified = now;
        if matches!(status, "processing" | "completed") {
            self.paid.get_or_insert(now);
        }
        if status == "completed" {
            self.completed.get_or_insert(now);
        }
    }

    pub(super) fn tax(&self, shipping: bool) -> Decimal {
        let of = |line: &&Line| (line.what == What::Shipping) == shipping;
        let sum: Decimal = self.lines.iter().filter(of).map(Line::tax).sum();
        cents(sum)
    }

    pub(super) fn total(&self) -> Decimal {
        let lines: Decimal = self.lines.iter().map(|line| cents(line.total)).sum();
        lines + self.tax(false) + self.tax(true)
    }
}

/// Rounded half away from zero.
pub(super) fn cents(amount: Decimal) -> Decimal {
    let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    let mut rounded = amount.round_dp_with_strategy(2, strategy);
    rounded.rescale(2);
    rounded
}

impl Store {
    /// A site that sells the catalogue: most items as products, of every five that follow each other two as variations of one product.
    pub(super) fn new(options: &Options, seed: u64, catalogue: &Catalogue, now: Timestamp) -> Self {
        let mut store = Self {
            currency: options.currency.clone(),
            articles: BTreeMap::new(),
            orders: BTreeMap::new(),
            refunds: BTreeMap::new(),
            categories: BTreeMap::from([(15, "Uncategorized".to_owned())]),
            nonces: BTreeSet::new(),
            rng: fastrand::Rng::with_seed(seed ^ 0x0300),
            next: 100,
        };
        let mut parent = 0;
        for item in &catalogue.items {
            let place = item.index % 5;
            if place == 3 {
                let name = format!("{} range", item.title);
                let fields = json!({ "name": name, "type": "variable", "manage_stock": false });
                parent = store.put(0, &fields, now);
            }
            let stock: u32 = item.stock.iter().sum();
            let mut fields = json!({
                "name": item.title,
                "sku": item.sku,
                "regular_price": item.price.to_string(),
                "manage_stock": true,
                "stock_quantity": stock,
            });
            if place >= 3 && parent != 0 {
                let of = json!([{ "name": "Kind", "option": item.title }]);
                set(&mut fields, "attributes", of);
                store.put(parent, &fields, now);
            } else {
                set(&mut fields, "type", "simple");
                store.put(0, &fields, now);
            }
        }
        store
    }

    /// The next id: of whatever kind, as WordPress counts.
    pub(super) fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Makes an article of these fields.
    pub(super) fn put(&mut self, parent: u64, fields: &Json, now: Timestamp) -> u64 {
        let id = self.id();
        let mut article = Article {
            id,
            parent,
            fields: serde_json::Map::new(),
        };
        article.change(fields, now);
        self.articles.insert(id, article);
        id
    }

    pub(super) fn by_sku(&self, sku: &str) -> Option<u64> {
        let mut all = self.articles.values();
        all.find(|article| article.text("sku") == sku)
            .map(|article| article.id)
    }

    /// Writes meta data as the API does: what has a name already is replaced.
    pub(super) fn meta(&mut self, there: &mut Vec<(u64, String, Json)>, given: &Json) {
        for entry in given.as_array().into_iter().flatten() {
            let key = get(entry, "key").as_str().unwrap_or_default().to_owned();
            let value = get(entry, "value").clone();
            match there.iter_mut().find(|(_, name, _)| *name == key) {
                Some((_, _, slot)) => *slot = value,
                None => there.push((self.id(), key, value)),
            }
        }
    }
}

impl Article {
    pub(super) fn text(&self, name: &str) -> &str {
        let value = self.fields.get(name);
        value.and_then(Json::as_str).unwrap_or_default()
    }

    pub(super) fn change(&mut self, fields: &Json, now: Timestamp) {
        for (name, value) in fields.as_object().into_iter().flatten() {
            if name == "meta_data" {
                self.remember(value);
            } else if name != "id" {
                self.fields.insert(name.clone(), value.clone());
            }
        }
        self.fields
            .insert("modified".to_owned(), now.as_second().into());
    }

    /// Meta data: what has a name already is replaced.
    fn remember(&mut self, given: &Json) {
        let there = self.fields.entry("meta_data").or_insert_with(|| json!([]));
        let Some(there) = there.as_array_mut() else {
            return;
        };
        for entry in given.as_array().into_iter().flatten() {
            there.retain(|one| get(one, "key") != get(entry, "key"));
            there.push(
                json!({ "id": there.len() + 1, "key": get(entry, "key"), "value": get(entry, "value") }),
            );
        }
    }

    pub(super) fn stock(&self) -> Option<i64> {
        let counted = self.fields.get("manage_stock") == Some(&Json::Bool(true));
        self.fields
            .get("stock_quantity")
            .and_then(Json::as_i64)
            .filter(|_| counted)
    }

    pub(super) fn move_stock(&mut self, units: i64) {
        if let Some(there) = self.stock() {
            self.fields
                .insert("stock_quantity".to_owned(), (there + units).into());
        }
    }
}
