//! The money that was taken for an order.

use commerce::{Event, Money, Order, Payment, PaymentKind, Record, Side, TargetKey};
use ports::{Assignments, Fault};

use super::{Terms, currency};
use crate::map::assign::assign;
use crate::map::fields::DEPOSIT;
use crate::map::settings::{InternalId, Orders, Payments};
use crate::wire::{Json, Object};

/// What a cash sale says of its payment: where the money goes, and by which means most of it came.
pub(super) fn of_cash_sale(order: &Order, orders: &Orders) -> Result<Object, Fault> {
    let mut body = Object::new();
    let side = Side::from(orders.book_in);
    let largest = order
        .payments
        .iter()
        .filter(|payment| payment.kind == PaymentKind::Captured)
        .max_by_key(|payment| payment.amount.on(side).amount);
    if let Some(payment) = largest
        && let Some(option) = option(payment, &orders.payments)?
    {
        body.insert("paymentOption".to_owned(), option);
    }
    if let Some(account) = &orders.payments.account {
        body.insert("account".to_owned(), Json::reference(account.as_str()));
    }
    Ok(body)
}

/// A customer deposit that lacks only its customer and its sales order.
#[derive(Debug, Clone)]
pub(crate) struct Deposit {
    pub(crate) key: TargetKey,
    /// What NetSuite's total has to come to.
    pub(crate) amount: Money,
    body: Object,
}

impl Deposit {
    /// The request's body.
    pub(crate) fn body(&self, order: Json, customer: Option<Json>) -> Result<Vec<u8>, Fault> {
        let mut body = self.body.clone();
        body.insert("salesOrder".to_owned(), order);
        body.extend(customer.map(|customer| ("customer".to_owned(), customer)));
        serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
            why: format!("the deposit cannot be written as JSON: {error}"),
        })
    }
}

/// The payments that become deposits, by their keys.
pub(crate) fn deposited<'a>(event: &'a Event, orders: &'a Orders) -> Vec<(TargetKey, &'a Payment)> {
    let Record::Order(order) = &event.record else {
        return Vec::new();
    };
    let settings = &orders.payments;
    let counts = |payment: &&Payment| match payment.kind {
        PaymentKind::Captured => settings.deposits,
        PaymentKind::GiftCard => settings.deposits && settings.gift_cards.is_some(),
        PaymentKind::Authorized => false,
    };
    let key =
        |payment: &Payment| TargetKey::deposit(&event.connection, &event.external_id, &payment.id);
    let all = order.payments.iter().filter(counts);
    all.map(|payment| (key(payment), payment)).collect()
}

/// The deposits of an order.
///
/// # Errors
/// [`Fault::Held`] for means of payment or a currency that NetSuite does not know, and for what a field cannot take of a rule.
pub(crate) fn deposits(
    event: &Event,
    set: &Assignments,
    terms: Terms<'_>,
) -> Result<Vec<Deposit>, Fault> {
    let side = Side::from(terms.orders.book_in);
    let number = event.record.number();
    let deposit = |(key, payment): (TargetKey, &Payment)| {
        let amount = payment.amount.on(side);
        let settings = &terms.orders.payments;
        let (account, option) = match payment.kind {
            PaymentKind::GiftCard => (settings.gift_cards.as_ref(), None),
            _ => (settings.account.as_ref(), option(payment, settings)?),
        };
        let date = payment.at.to_zoned(terms.zone.clone()).date();
        let memo = format!("{} payment {} of {number}", payment.method, payment.id);
        let mut body = Object::from([
            ("externalId".to_owned(), Json::from(key.as_str())),
            ("payment".to_owned(), Json::from(amount.amount)),
            ("tranDate".to_owned(), Json::Text(date.to_string())),
            ("memo".to_owned(), Json::Text(memo)),
        ]);
        if let Some(id) = currency(amount, terms.currencies)? {
            body.insert("currency".to_owned(), Json::reference(id));
        }
        body.extend(option.map(|option| ("paymentOption".to_owned(), option)));
        if let Some(account) = account {
            body.insert("undepFunds".to_owned(), Json::reference("F"));
            body.insert("account".to_owned(), Json::reference(account.as_str()));
        }
        if let Some(set) = set.payments.get(&payment.id) {
            assign(&mut body, set, &DEPOSIT)?;
        }
        Ok(Deposit { key, amount, body })
    };
    let due = deposited(event, terms.orders);
    due.into_iter().map(deposit).collect()
}

/// NetSuite's payment option for the means of a payment.
///
/// # Errors
/// [`Fault::Held`] for means that are not listed, where others are.
pub(super) fn option(payment: &Payment, settings: &Payments) -> Result<Option<Json>, Fault> {
    let listed = settings.methods.get(&payment.method);
    match listed.or(settings.default_method.as_ref()) {
        Some(id) => Ok(Some(Json::reference(InternalId::as_str(id)))),
        None if settings.methods.is_empty() => Ok(None),
        None => Err(Fault::Held {
            why: format!(
                "payment {} came by '{}', which has no payment option in NetSuite: add it to orders.payments.methods, or set orders.payments.default_method",
                payment.id, payment.method
            ),
        }),
    }
}
