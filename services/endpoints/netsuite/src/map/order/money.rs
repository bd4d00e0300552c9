//! The money that was taken for an order.

use commerce::{Order, Payment, PaymentKind, Side};
use ports::Fault;

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
