//! Making the body of a past push anew: by the same mapping, from the record, its settings, and what had been looked up in the account.

use std::collections::BTreeMap;

use commerce::{Record, Sku};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use ports::{Fault, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::order::{Article, Currencies, Terms, draft};
use super::payout::{Matched, payout_draft};
use super::refund::{Applied, Credit, Giving, refund_draft};
use super::settings::{Orders, Payouts, Refunds};
use crate::wire::{Json, SoldRow};

/// What had been looked up.
#[derive(Serialize, Deserialize)]
struct Facts {
    /// The account's offset from UTC when the record came about, in seconds.
    offset: i32,
    currencies: Currencies,
    /// Items' internal ids by SKU.
    items: BTreeMap<Sku, String>,
    /// What stands in `entity`, where it was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entity: Option<Value>,
    /// The sales order that is given back of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<SoldRow>,
    /// What the refund became, as in addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credit: Option<String>,
    /// The deposits it was taken from, or the invoices it lessened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    applied: Vec<Applied>,
    /// Whether it was made from an authorization.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    returned: bool,
}

/// What of the account went into a body.
pub(crate) fn facts(
    terms: Terms<'_>,
    skus: &[&Sku],
    at: Timestamp,
    entity: Option<&Json>,
    giving: Option<Giving<'_>>,
) -> Value {
    let item = |sku: &&Sku| match terms.articles.get(*sku)? {
        Article::One(id) => Some(((*sku).clone(), id.clone())),
        Article::Several(_) => None,
    };
    let facts = Facts {
        offset: terms.zone.to_offset(at).seconds(),
        currencies: terms.currencies.clone(),
        items: skus.iter().filter_map(item).collect(),
        entity: entity.and_then(|entity| serde_json::to_value(entity).ok()),
        order: giving.map(|giving| giving.order.clone()),
        credit: giving.map(|giving| giving.credit.record().to_owned()),
        applied: giving.map_or_else(Vec::new, |giving| giving.applied.to_vec()),
        returned: giving.is_some_and(|giving| giving.returned),
    };
    serde_json::to_value(facts).unwrap_or_default()
}

/// What of the account went into the body of a payout's deposit.
pub(crate) fn payout_facts(matched: &Matched) -> Value {
    serde_json::to_value(matched).unwrap_or_default()
}

/// The body that creates the record, made anew.
///
/// # Errors
/// As when it was mapped first; [`Fault::Unreadable`] for facts of another kind of push.
pub(crate) fn remake(
    (orders, refunds, payouts): (&Orders, &Refunds, &Payouts),
    write: &Write,
    facts: &Value,
) -> Result<Vec<u8>, Fault> {
    if let Record::Payout(payout) = &write.event.record {
        let matched: Matched =
            Deserialize::deserialize(facts).map_err(|error| Fault::Unreadable {
                why: format!("what was kept of the push: {error}"),
            })?;
        return payout_draft(payout, &write.key, &write.set, &matched, payouts)?.body(None);
    }
    let facts: Facts = Deserialize::deserialize(facts).map_err(|error| Fault::Unreadable {
        why: format!("what was kept of the push: {error}"),
    })?;
    let articles = facts.items.into_iter();
    let articles = articles.map(|(sku, id)| (sku, Article::One(id))).collect();
    let zone = Offset::from_seconds(facts.offset).map_or(TimeZone::UTC, TimeZone::fixed);
    let terms = Terms {
        orders,
        articles: &articles,
        currencies: &facts.currencies,
        zone: &zone,
    };
    match (&write.event.record, &facts.order) {
        (Record::Order(order), None) => {
            draft(order, &write.key, &write.set, terms)?.body(facts.entity.map(Json::Given))
        }
        (Record::Refund(refund), Some(order)) => {
            let became = facts.credit.as_deref();
            let mut kinds = Credit::ALL.into_iter();
            let credit = kinds.find(|kind| became == Some(kind.record()));
            let credit = credit.ok_or_else(|| Fault::Unreadable {
                why: "what was kept of the push does not say what the refund became".to_owned(),
            })?;
            let giving = Giving {
                refunds,
                order,
                credit,
                applied: &facts.applied,
                returned: facts.returned,
            };
            refund_draft(refund, &write.key, &write.set, terms, giving)?.body(None)
        }
        _ => Err(Fault::Unreadable {
            why: "what was kept of the push is of another kind of record".to_owned(),
        }),
    }
}
