//! Goods that come back: the authorization for them, made from the sale with the refund's own amounts, and their receipt.

use std::collections::{BTreeMap, HashMap};

use commerce::{
    Currency, ExternalId, LineId, LineLeft, Money, Refund, RefundLine, Restock, Side, TargetKey,
};
use ports::{Assignments, Fault};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::credit::decimal;
use super::{Giving, charged, is_goods, memo, reckoned};
use crate::map::charge::Charge;
use crate::map::order::{Article, Line, Terms, unfit};
use crate::map::settings::Sale;
use crate::wire::{Json, Object, OrderLineRow, ReturnedRow, SoldRow};

/// The lines of a sale, by the numbers that NetSuite gave them, and what of each can still come back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Left {
    numbers: HashMap<LineId, Decimal>,
    lines: Vec<LineLeft>,
}

impl Left {
    /// Reads a sale's lines and what of them was authorized to come back before. Only what has left can come back.
    pub(crate) fn read(
        sale: &SoldRow,
        lines: &[OrderLineRow],
        before: &[ReturnedRow],
        currency: Currency,
        terms: Terms<'_>,
    ) -> Self {
        let kind = sale.r#type.as_deref().and_then(Sale::of);
        let is_order = kind.unwrap_or_default() == Sale::SalesOrder;
        let mut left = Self {
            numbers: HashMap::new(),
            lines: Vec::new(),
        };
        for row in lines.iter().filter(|row| row.sales_order == sale.id) {
            let (Some(item), Some(number)) = (&row.item, decimal(&row.line)) else {
                continue;
            };
            let promotion = terms.orders.promotions.item.as_ref();
            let of_header = row.itemtype.as_deref() == Some("ShipItem")
                || promotion.is_some_and(|promotion| promotion.as_str() == item);
            let shop = row.shop_line.clone().filter(|id| !id.is_empty());
            let id = shop.unwrap_or_else(|| format!("netsuite-line-{number}"));
            let (Ok(id), false) = (ExternalId::new(id), of_header) else {
                continue;
            };
            let same =
                |one: &&ReturnedRow| one.sale == sale.id && decimal(&one.line) == Some(number);
            let before = before.iter().find(same);
            let (units, amount) = before.map_or((Decimal::ZERO, Decimal::ZERO), |one| {
                (size(one.quantity.as_ref()), size(one.amount.as_ref()))
            });
            let sold = if is_order {
                &row.shipped
            } else {
                &row.quantity
            };
            let sold = size(sold.as_ref()).saturating_sub(units);
            let price = size(row.amount.as_ref()).saturating_sub(amount);
            let is_it = |article: &Article| matches!(article, Article::One(id) if id == item);
            let mut skus = terms.articles.iter().filter(|(_, article)| is_it(article));
            left.numbers.insert(id.clone(), number);
            left.lines.push(LineLeft {
                line: id,
                sku: skus.next().map(|(sku, _)| sku.clone()),
                quantity: sold.max(Decimal::ZERO),
                amount: Money::new(price.max(Decimal::ZERO), currency),
            });
        }
        left
    }
}

/// Without NetSuite's sign.
fn size(text: Option<&String>) -> Decimal {
    let number = text.and_then(|text| decimal(text));
    number.unwrap_or_default().abs()
}

/// The lines whose goods came back, each with the order's line.
pub(crate) fn returned(refund: &Refund) -> Vec<(&LineId, &LineId)> {
    let lines = coming_back(refund);
    lines.map(|line| (&line.id, &line.order_line)).collect()
}

fn coming_back(refund: &Refund) -> impl Iterator<Item = &RefundLine> {
    let lines = refund.lines.iter();
    lines.filter(|line| is_goods(&line.kind) && line.restock == Restock::Returned)
}

/// What the lines of goods that came back come to without tax: what the authorization has to come to.
pub(crate) fn authorized(refund: &Refund, terms: Terms<'_>) -> Result<Decimal, Fault> {
    coming_back(refund).try_fold(Decimal::ZERO, |sum, line| {
        Ok(sum.saturating_add(net(line, refund, terms)?.amount))
    })
}

fn net(line: &RefundLine, refund: &Refund, terms: Terms<'_>) -> Result<Money, Fault> {
    let side = Side::from(terms.orders.book_in);
    let charge = Charge::of(&charged(line), side, refund.taxes_included).map_err(unfit)?;
    charge.net().map_err(unfit)
}

/// The body that makes the authorization from the sale: the lines that came back with the refund's own amounts, all others with nothing.
/// Takes them off what is left.
///
/// # Errors
/// [`Fault::Held`] for more than has left and did not come back before, and for goods that the sale does not have.
pub(crate) fn authorization(
    refund: &Refund,
    key: &TargetKey,
    set: &Assignments,
    terms: Terms<'_>,
    (giving, left): (Giving<'_>, &mut Left),
) -> Result<Vec<u8>, Fault> {
    let (_, mut lines) = reckoned(refund, set, terms, giving)?;
    let ours = lines.take_out(&returned(refund));
    let mut rest = left.lines.clone();
    let numbers = left.numbers.values();
    let mut items: BTreeMap<Decimal, Option<Object>> =
        numbers.map(|number| (*number, None)).collect();
    for line in coming_back(refund) {
        let Some(own) = ours.iter().find(|own| own.ruled.as_ref() == Some(&line.id)) else {
            continue;
        };
        let net = net(line, refund, terms)?;
        let taken = LineLeft::take(&mut rest, line, net).map_err(|excess| held(&excess))?;
        if taken.is_empty() {
            return Err(held(&format!("'{}' is not among its lines", line.title)));
        }
        for (number, part) in parts_of(own, &taken, &left.numbers) {
            let slot = items.entry(number).or_default();
            if slot.is_some() {
                return Err(held(&format!(
                    "'{}' comes back twice in one refund",
                    line.title
                )));
            }
            let Json::Object(mut json) = part.json(terms, set)? else {
                continue;
            };
            json.remove("item");
            *slot = Some(json);
        }
    }
    let items = items.into_iter().map(|(number, json)| {
        let nothing = || Object::from([("quantity".to_owned(), Json::from(Decimal::ZERO))]);
        let mut json = json.unwrap_or_else(nothing);
        json.insert("orderLine".to_owned(), Json::from(number));
        Json::Object(json)
    });
    let mut body = head(refund, key, terms, giving.order);
    body.insert("orderStatus".to_owned(), Json::reference("B"));
    body.insert("item".to_owned(), Json::sublist(items.collect()));
    if terms.orders.promotions.item.is_some() {
        // The amounts are after discounts.
        for name in ["promoCode", "discountItem", "discountRate"] {
            body.insert(name.to_owned(), Json::nothing());
        }
    }
    left.lines = rest;
    written(&body)
}

/// The body that receives all that was authorized.
pub(crate) fn receipt(
    refund: &Refund,
    key: &TargetKey,
    terms: Terms<'_>,
    order: &SoldRow,
) -> Result<Vec<u8>, Fault> {
    written(&head(refund, key, terms, order))
}

fn head(refund: &Refund, key: &TargetKey, terms: Terms<'_>, order: &SoldRow) -> Object {
    let date = refund.at.to_zoned(terms.zone.clone()).date();
    Object::from([
        ("externalId".to_owned(), Json::from(key.as_str())),
        ("tranDate".to_owned(), Json::Text(date.to_string())),
        ("memo".to_owned(), Json::Text(memo(refund, order))),
    ])
}

fn written(body: &Object) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(body).map_err(|error| Fault::Unreadable {
        why: format!("the return cannot be written as JSON: {error}"),
    })
}

/// A line as parts of those it was taken off, by their numbers; the last takes what rounding leaves.
fn parts_of(
    line: &Line,
    taken: &[(LineId, Decimal)],
    numbers: &HashMap<LineId, Decimal>,
) -> Vec<(Decimal, Line)> {
    let all = line.quantity.unwrap_or(Decimal::ONE);
    let mut open = line.amount;
    let mut parts = Vec::with_capacity(taken.len());
    for (place, (id, units)) in taken.iter().enumerate() {
        let share = line.amount.amount.saturating_mul(*units).checked_div(all);
        let share = Money::new(share.unwrap_or_default(), open.currency).rounded();
        let last = place.saturating_add(1) == taken.len();
        let amount = if last { open } else { share };
        open = open.minus(amount).unwrap_or(open);
        if let Some(number) = numbers.get(id) {
            parts.push((*number, line.part(*units, amount)));
        }
    }
    parts
}

fn held(why: &impl std::fmt::Display) -> Fault {
    Fault::Held {
        why: format!(
            "the goods cannot be authorized to come back, for in NetSuite {why}: let NetSuite ship or bill what has left, then retry; or make the return there and mark this record as ignored"
        ),
    }
}
