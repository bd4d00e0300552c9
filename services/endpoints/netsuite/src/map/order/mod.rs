//! An order as a sales order.

mod items;
mod lines;
mod money;
mod place;
mod record;
mod taxes;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use commerce::{Address, LineKind, Money, MoneyError, Order, Side, Sku, TargetKey, TotalCheck};
use jiff::tz::TimeZone;
use ports::{Assignments, Fault, Place};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::address;
use super::assign::assign;
use super::customer::payment_terms;
use super::fields::ORDER;
use super::settings::{Caution, InternalId, Orders, Sale, Tax};
use crate::wire::{Json, Object};

pub(super) use items::item_of;
pub(crate) use items::{Article, Articles, articles};
pub(super) use lines::Lines;
pub(in crate::map) use lines::{Line, Promotion};
pub(in crate::map) use money::option;
pub(crate) use money::{Deposit, Taken, deposited, deposits};
use place::booking;
pub(crate) use place::{caution, placed, placed_by};
pub(crate) use record::sale;

/// What an order is mapped with.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) orders: &'a Orders,
    /// The account's items, by SKU.
    pub(crate) articles: &'a Articles,
    pub(crate) currencies: &'a Currencies,
    /// Where the order's date is taken.
    pub(crate) zone: &'a TimeZone,
}

/// The currencies an order can be booked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Currencies {
    /// Multiple Currencies is off: this one, by ISO code.
    Only(String),
    /// Internal ids by ISO code.
    ByCode(HashMap<String, String>),
}

/// A sale that lacks only its customer, or a credit.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Its type, as in addresses.
    pub(crate) record: &'static str,
    body: Object,
    /// What NetSuite's total has to come to.
    pub(crate) total: Money,
}

impl Draft {
    pub(super) const fn new(record: &'static str, body: Object, total: Money) -> Self {
        Self {
            record,
            body,
            total,
        }
    }

    /// The sale that it becomes; `None` for a credit.
    pub(crate) fn sale(&self) -> Option<Sale> {
        Sale::ALL
            .into_iter()
            .find(|sale| sale.record() == self.record)
    }

    /// The customer, where the user's rules name one.
    pub(crate) fn entity(&self) -> Option<&Json> {
        self.body.get("entity")
    }

    /// The request's body.
    pub(crate) fn body(mut self, entity: Option<Json>) -> Result<Vec<u8>, Fault> {
        if let Some(entity) = entity {
            self.body.entry("entity".to_owned()).or_insert(entity);
        }
        serde_json::to_vec(&self.body).map_err(|error| Fault::Unreadable {
            why: format!("the record cannot be written as JSON: {error}"),
        })
    }
}

/// Maps an order.
///
/// # Errors
/// [`Fault::Missing`] for a SKU that the account does not have; [`Fault::Held`] for what a setting, a rule or a person has to decide,
/// an order that does not add up among it.
pub(crate) fn draft(
    order: &Order,
    key: &TargetKey,
    set: &Assignments,
    terms: Terms<'_>,
) -> Result<Draft, Fault> {
    let sale = sale(order, terms.orders)?;
    let caution = caution(order, terms.orders);
    // Only a sales order can wait.
    if caution == Caution::Hold || (caution > Caution::Import && sale != Sale::SalesOrder) {
        return Err(place::held_back(order));
    }
    let (total, lines) = whole(order, set.rounding, terms)?;
    let mut body = header(order, key, set, terms, (sale, caution))?;
    if sale == Sale::CashSale {
        body.extend(money::of_cash_sale(order, terms.orders)?);
    }
    let kinds = order.lines.iter().map(|line| &line.kind);
    body.extend(parts(lines, kinds, terms, set)?);
    assign(&mut body, &set.header, &ORDER)?;
    Ok(Draft::new(sale.record(), body, total))
}

/// All that makes up the total: lines, delivery and imposed tax.
pub(super) fn parts<'a>(
    lines: Lines,
    kinds: impl Iterator<Item = &'a LineKind>,
    terms: Terms<'_>,
    set: &Assignments,
) -> Result<Object, Fault> {
    let mut body = Object::new();
    if let Some(cost) = lines.shipping_cost() {
        body.insert("shippingCost".to_owned(), Json::from(cost));
        body.insert("shippingCostOverridden".to_owned(), Json::from(true));
    }
    if let Some(method) = ship_method(kinds, terms.orders) {
        body.insert("shipMethod".to_owned(), Json::reference(method));
    }
    if let Some(promotion) = lines.promotion() {
        body.extend(promoted(Some(promotion), terms.orders));
    }
    let details = lines.tax_details();
    if !details.is_empty() {
        body.insert("taxDetails".to_owned(), Json::sublist(details));
    }
    if matches!(terms.orders.tax, Tax::SuitetaxOverride(_)) {
        body.insert("taxDetailsOverride".to_owned(), Json::from(true));
    }
    let lines = lines.into_lines();
    let lines: Result<Vec<Json>, Fault> = lines.iter().map(|line| line.json(terms, set)).collect();
    body.insert("item".to_owned(), Json::sublist(lines?));
    Ok(body)
}

/// The record's promotion, with the discount that stands for it; nothing takes away the one that is there.
pub(super) fn promoted(promotion: Option<&Promotion>, orders: &Orders) -> Object {
    let item = orders.promotions.item.as_ref();
    let (id, item, rate) = match (promotion, item) {
        (Some(promotion), Some(item)) => (
            Json::reference(&promotion.id),
            Json::reference(item.as_str()),
            Json::from(promotion.amount.negated().amount),
        ),
        _ => (Json::nothing(), Json::nothing(), Json::nothing()),
    };
    Object::from([
        ("promoCode".to_owned(), id),
        ("discountItem".to_owned(), item),
        ("discountRate".to_owned(), rate),
    ])
}

/// What a sales order has to come to after its order changed: everything that is compared with what is there.
#[derive(Debug, Clone)]
pub(crate) struct Aim {
    pub(in crate::map) lines: Vec<Line>,
    /// Where delivery is written as `shippingCost`.
    pub(in crate::map) shipping_cost: Option<Decimal>,
    pub(in crate::map) ship_method: Option<Json>,
    /// The SuiteTax details in all, where taxes are written so.
    pub(in crate::map) tax_details: Option<Vec<Json>>,
    pub(in crate::map) shipping: Option<Address>,
    pub(in crate::map) promotion: Option<Promotion>,
    pub(in crate::map) caution: Caution,
    /// What NetSuite's total has to come to.
    pub(crate) total: Money,
}

/// Maps an order that is a sales order already.
///
/// # Errors
/// As [`draft`].
pub(crate) fn aim(
    order: &Order,
    rounding: Option<Decimal>,
    terms: Terms<'_>,
) -> Result<Aim, Fault> {
    let (total, lines) = whole(order, rounding, terms)?;
    let orders = terms.orders;
    let as_cost = orders.shipping.item.is_none();
    let details = matches!(orders.tax, Tax::SuitetaxOverride(_)).then(|| lines.tax_details());
    let kinds = order.lines.iter().map(|line| &line.kind);
    Ok(Aim {
        shipping_cost: as_cost.then(|| lines.shipping_cost().unwrap_or_default()),
        ship_method: ship_method(kinds, orders).map(Json::reference),
        tax_details: details,
        promotion: lines.promotion().cloned(),
        caution: caution(order, orders),
        lines: lines.into_lines(),
        shipping: order.shipping.clone(),
        total,
    })
}

/// The order's stated total and the lines that come to it.
fn whole(
    order: &Order,
    rounding: Option<Decimal>,
    terms: Terms<'_>,
) -> Result<(Money, Lines), Fault> {
    let side = Side::from(terms.orders.book_in);
    let check = order.total_check(side).map_err(unfit)?;
    let mut lines = Lines::of(order, side, terms)?;
    reconcile(&check, &mut lines, terms.orders, rounding, "order")?;
    Ok((check.stated, lines))
}

fn header(
    order: &Order,
    key: &TargetKey,
    set: &Assignments,
    terms: Terms<'_>,
    (sale, caution): (Sale, Caution),
) -> Result<Object, Fault> {
    let orders = terms.orders;
    let waits = caution == Caution::PendingApproval;
    let status = if waits {
        "A"
    } else {
        orders.order_status.as_str()
    };
    // Neither of the others waits to be approved or fulfilled.
    let status = (sale == Sale::SalesOrder).then_some(status);
    let booking = booking(order, orders);
    // A cash sale is paid.
    let agreed = match sale {
        Sale::CashSale => None,
        Sale::SalesOrder | Sale::Invoice => payment_terms(order.payment_terms.as_deref(), orders)?,
    };
    let buyer = order.customer.as_ref();
    let email = buyer.and_then(|buyer| buyer.email.as_ref());
    let email = email.filter(|_| sale == Sale::SalesOrder);
    let form = match sale {
        Sale::SalesOrder => &orders.custom_form,
        Sale::CashSale => &orders.record.cash_sale_form,
        Sale::Invoice => &orders.record.invoice_form,
    };
    let side = Side::from(orders.book_in);
    let date = order.placed_at.to_zoned(terms.zone.clone()).date();
    let texts = [
        ("externalId", Some(key.as_str().to_owned())),
        ("tranDate", Some(date.to_string())),
        ("otherRefNum", Some(order.number.clone())),
        ("email", email.cloned()),
    ];
    let references = [
        ("orderStatus", status),
        ("subsidiary", booking.subsidiary.map(InternalId::as_str)),
        ("location", booking.location.map(InternalId::as_str)),
        ("department", booking.department.map(InternalId::as_str)),
        ("class", booking.class.map(InternalId::as_str)),
        ("customForm", form.as_ref().map(|id| id.as_str())),
        ("terms", agreed),
        (
            "currency",
            currency(order.total.on(side), terms.currencies)?,
        ),
    ];
    let mut body: Object = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), Json::Text(text?))))
        .chain(
            references
                .into_iter()
                .filter_map(|(name, id)| Some((name.to_owned(), Json::reference(id?)))),
        )
        .collect();
    for (name, place, given) in [
        ("billingAddress", Place::BillingAddress, &order.billing),
        ("shippingAddress", Place::ShippingAddress, &order.shipping),
    ] {
        if let Some(given) = given {
            body.insert(name.to_owned(), address::ruled(given, set.part(place))?);
        }
    }
    Ok(body)
}

pub(crate) fn currency(total: Money, known: &Currencies) -> Result<Option<&str>, Fault> {
    let code = total.currency.code();
    match known {
        Currencies::Only(only) if only.as_str() == code => return Ok(None),
        Currencies::Only(_) => {}
        Currencies::ByCode(ids) => {
            if let Some(id) = ids.get(code) {
                return Ok(Some(id));
            }
        }
    }
    Err(Fault::Held {
        why: format!(
            "the amounts are in {code}, which is no active currency of the NetSuite account: activate it under Lists > Accounting > Currencies, or book orders in the other currency (orders.book_in)"
        ),
    })
}

fn ship_method<'a>(mut kinds: impl Iterator<Item = &'a LineKind>, orders: &Orders) -> Option<&str> {
    let method = kinds.find_map(|kind| match kind {
        LineKind::Shipping { method } => Some(method),
        _ => None,
    })?;
    let shipping = &orders.shipping;
    let known = shipping.methods.get(method);
    known
        .or(shipping.default_method.as_ref())
        .map(|id| id.as_str())
}

/// What the record will come to must be what the storefront states; where NetSuite adds the tax itself, less the tax. A difference up to
/// `rounding` becomes a line of its own.
pub(super) fn reconcile(
    check: &TotalCheck,
    lines: &mut Lines,
    orders: &Orders,
    rounding: Option<Decimal>,
    what: &str,
) -> Result<(), Fault> {
    let sum = lines.sum().map_err(unfit)?;
    let mut expected = check.stated;
    if matches!(orders.tax, Tax::None) {
        for line in &check.lines {
            expected = expected.minus(line.tax).map_err(unfit)?;
        }
    }
    let difference = expected.minus(sum).map_err(unfit)?;
    let off = difference.amount.abs();
    if !off.is_zero() && rounding.is_some_and(|most| off <= most) {
        let item = orders.rounding_item.as_ref().ok_or_else(|| Fault::Held {
            why: format!(
                "the {what} lacks {difference} to its stated total, which the sync takes as rounding: set orders.rounding_item to the internal id of an item for it, or take 'rounding' from the sync"
            ),
        })?;
        lines.round(difference, item);
        return Ok(());
    }
    if off <= orders.tolerance {
        return Ok(());
    }
    Err(Fault::Held {
        why: format!(
            "the {what} does not add up: {}. Nothing was written; correct it in the shop, or raise the sync's rounding, or orders.tolerance",
            check.explanation()
        ),
    })
}

/// An amount that cannot be reckoned with.
pub(super) fn unfit(error: MoneyError) -> Fault {
    Fault::Held {
        why: format!("the amounts cannot be added up: {error}"),
    }
}

/// The SKU of every line that needs an item by SKU.
pub(crate) fn skus<'a>(order: &'a Order, orders: &Orders) -> Vec<&'a Sku> {
    let by_sku = |kind: &LineKind| {
        !(matches!(kind, LineKind::GiftCard { .. }) && orders.items.gift_card.is_some())
    };
    let lines = order.lines.iter().filter(|line| by_sku(&line.kind));
    lines.filter_map(|line| line.kind.sku()).collect()
}
