//! Which item stands for a line.

use std::collections::HashMap;

use commerce::{LineKind, OrderLine, Sku};
use ports::Fault;

use crate::map::settings::{InternalId, Orders};
use crate::wire::ItemRow;

/// What the account has under a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Article {
    /// One item, by internal id.
    One(String),
    /// Several active items: nobody can tell which is meant.
    Several(Vec<String>),
}

/// What the account has, by SKU. A SKU that is not listed is not there.
pub(crate) type Articles = HashMap<Sku, Article>;

/// The rows of a look-up by SKU.
pub(crate) fn articles(rows: Vec<ItemRow>) -> Articles {
    let mut found = Articles::new();
    for row in rows {
        let Ok(sku) = Sku::new(&row.sku) else {
            continue;
        };
        let article = match found.remove(&sku) {
            None => Article::One(row.id),
            Some(Article::One(first)) => Article::Several(vec![first, row.id]),
            Some(Article::Several(mut ids)) => {
                ids.push(row.id);
                Article::Several(ids)
            }
        };
        found.insert(sku, article);
    }
    found
}

/// The item of a line, by internal id.
pub(in crate::map) fn item_of<'a>(
    line: &OrderLine,
    orders: &'a Orders,
    articles: &'a Articles,
) -> Result<&'a str, Fault> {
    let items = &orders.items;
    match &line.kind {
        LineKind::Item { sku } | LineKind::Kit { sku, .. } => by_sku(sku, articles),
        LineKind::GiftCard { sku } => match (&items.gift_card, sku) {
            (Some(item), _) => Ok(item.as_str()),
            (None, Some(sku)) => by_sku(sku, articles),
            (None, None) => chosen(None, line, "gift_card"),
        },
        LineKind::CustomItem => chosen(items.custom_item.as_ref(), line, "custom_item"),
        LineKind::Discount { .. } => chosen(items.discount.as_ref(), line, "discount"),
        LineKind::Tip => chosen(items.tip.as_ref(), line, "tip"),
        LineKind::Duty => chosen(items.duty.as_ref(), line, "duty"),
        LineKind::Fee => chosen(items.fee.as_ref(), line, "fee"),
        LineKind::Shipping { .. } => chosen(orders.shipping.item.as_ref(), line, "shipping"),
    }
}

fn by_sku<'a>(sku: &Sku, articles: &'a Articles) -> Result<&'a str, Fault> {
    match articles.get(sku) {
        Some(Article::One(id)) => Ok(id),
        Some(Article::Several(ids)) => Err(Fault::Held {
            why: format!(
                "{} active items of the NetSuite account have the SKU {sku} (internal ids {}): make it unique there, or choose another item_field",
                ids.len(),
                ids.join(", ")
            ),
        }),
        None => Err(Fault::Missing {
            what: format!("item:{sku}"),
        }),
    }
}

fn chosen<'a>(
    item: Option<&'a InternalId>,
    line: &OrderLine,
    setting: &str,
) -> Result<&'a str, Fault> {
    item.map(InternalId::as_str).ok_or_else(|| Fault::Held {
        why: format!(
            "line {} ('{}', {}) has no item in NetSuite: set orders.items.{setting} to the internal id of an item for it",
            line.id,
            line.title,
            line.kind.name()
        ),
    })
}
