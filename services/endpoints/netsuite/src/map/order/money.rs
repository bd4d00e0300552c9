//! The money that was taken for an order.

use commerce::{Event, LineId, Money, Order, Payment, PaymentKind, Record, Side, TargetKey};
use ports::{Assignments, Fault};

use super::{Terms, currency};
use crate::map::assign::assign;
use crate::map::fields::DEPOSIT;
use crate::map::settings::{InternalId, Orders, Payments, Sale};
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
        && let Some(option) = option(&payment.id, &payment.method, &orders.payments)?
    {
        body.insert("paymentOption".to_owned(), option);
    }
    if let Some(account) = &orders.payments.account {
        body.insert("account".to_owned(), Json::reference(account.as_str()));
    }
    Ok(body)
}

/// What a payment becomes, by what its order became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// A customer deposit of a sales order.
    Deposit,
    /// A customer payment, applied to an invoice.
    Payment,
}

impl Taken {
    /// What payments of such a sale become; `None` where the settings ask for nothing.
    fn of(sale: Sale, settings: &Payments) -> Option<Self> {
        match sale {
            Sale::SalesOrder => settings.deposits.then_some(Self::Deposit),
            Sale::Invoice => settings.invoices.then_some(Self::Payment),
            // It is money itself.
            Sale::CashSale => None,
        }
    }

    /// The record's name in addresses.
    pub(crate) const fn record(self) -> &'static str {
        match self {
            Self::Deposit => "customerDeposit",
            Self::Payment => "customerPayment",
        }
    }

    /// As people call it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Deposit => "customer deposit",
            Self::Payment => "customer payment",
        }
    }
}

/// A customer deposit or payment that lacks only its customer and its sale.
#[derive(Debug, Clone)]
pub(crate) struct Deposit {
    pub(crate) key: TargetKey,
    pub(crate) taken: Taken,
    /// What NetSuite's total has to come to.
    pub(crate) amount: Money,
    body: Object,
}

impl Deposit {
    /// The request's body.
    pub(crate) fn body(&self, sale: Json, customer: Option<Json>) -> Result<Vec<u8>, Fault> {
        let mut body = self.body.clone();
        match self.taken {
            Taken::Deposit => body.insert("salesOrder".to_owned(), sale),
            Taken::Payment => {
                let line = Object::from([
                    ("doc".to_owned(), sale),
                    ("apply".to_owned(), Json::from(true)),
                    ("amount".to_owned(), Json::from(self.amount.amount)),
                ]);
                let lines = vec![Json::Object(line)];
                body.insert("apply".to_owned(), Json::sublist(lines))
            }
        };
        body.extend(customer.map(|customer| ("customer".to_owned(), customer)));
        serde_json::to_vec(&body).map_err(|error| Fault::Unreadable {
            why: format!("the payment cannot be written as JSON: {error}"),
        })
    }
}

/// The payments of an order that became this sale which become deposits or payments of it, by their keys.
pub(crate) fn deposited<'a>(
    event: &'a Event,
    sale: Sale,
    orders: &'a Orders,
) -> Vec<(TargetKey, &'a Payment)> {
    let settings = &orders.payments;
    let (Record::Order(order), Some(taken)) = (&event.record, Taken::of(sale, settings)) else {
        return Vec::new();
    };
    let counts = |payment: &&Payment| match payment.kind {
        PaymentKind::Captured => true,
        PaymentKind::GiftCard => settings.gift_cards.is_some(),
        PaymentKind::Authorized => false,
    };
    let key = |payment: &Payment| {
        let make = match taken {
            Taken::Deposit => TargetKey::deposit,
            Taken::Payment => TargetKey::payment,
        };
        make(&event.connection, &event.external_id, &payment.id)
    };
    let all = order.payments.iter().filter(counts);
    all.map(|payment| (key(payment), payment)).collect()
}

/// The deposits or payments of an order that became this sale.
///
/// # Errors
/// [`Fault::Held`] for means of payment or a currency that NetSuite does not know, and for what a field cannot take of a rule.
pub(crate) fn deposits(
    event: &Event,
    set: &Assignments,
    sale: Sale,
    terms: Terms<'_>,
) -> Result<Vec<Deposit>, Fault> {
    let Some(taken) = Taken::of(sale, &terms.orders.payments) else {
        return Ok(Vec::new());
    };
    let side = Side::from(terms.orders.book_in);
    let number = event.record.number();
    let deposit = |(key, payment): (TargetKey, &Payment)| {
        let amount = payment.amount.on(side);
        let settings = &terms.orders.payments;
        let (account, option) = match payment.kind {
            PaymentKind::GiftCard => (settings.gift_cards.as_ref(), None),
            _ => (
                settings.account.as_ref(),
                option(&payment.id, &payment.method, settings)?,
            ),
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
        Ok(Deposit {
            key,
            taken,
            amount,
            body,
        })
    };
    let due = deposited(event, sale, terms.orders);
    due.into_iter().map(deposit).collect()
}

/// NetSuite's payment option for the means of a payment.
///
/// # Errors
/// [`Fault::Held`] for means that are not listed, where others are.
pub(in crate::map) fn option(
    payment: &LineId,
    method: &str,
    settings: &Payments,
) -> Result<Option<Json>, Fault> {
    let listed = settings.methods.get(method);
    match listed.or(settings.default_method.as_ref()) {
        Some(id) => Ok(Some(Json::reference(InternalId::as_str(id)))),
        None if settings.methods.is_empty() => Ok(None),
        None => Err(Fault::Held {
            why: format!(
                "payment {payment} was by '{method}', which has no payment option in NetSuite: add it to orders.payments.methods, or set orders.payments.default_method"
            ),
        }),
    }
}
