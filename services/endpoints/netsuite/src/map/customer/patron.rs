//! Who a record tells of, and what.

use commerce::Record;
use ports::Write;

use super::{Buyer, Contact, Told, account_buyer, business_buyer, buyer, contact, contacts};
use crate::map::settings::{InternalId, Orders};

/// Somebody of whom a record tells.
pub(crate) struct Patron<'a> {
    pub(crate) buyer: Buyer,
    pub(crate) told: Told<'a>,
    /// The people of a company.
    pub(crate) contacts: Vec<Contact>,
    /// The customer's internal id, where it is proven.
    pub(crate) known: Option<InternalId>,
}

impl<'a> Patron<'a> {
    /// The buyer of an order, or the customer or company itself; `None` for all other records.
    pub(crate) fn of(write: &'a Write, settings: &'a Orders) -> Option<Self> {
        let (source, set) = (&write.event.connection, &write.set);
        let bound = || InternalId::new(write.bound.as_ref()?.id.as_str()).ok();
        match &write.event.record {
            Record::Order(order) => Some(Self {
                buyer: buyer(order, source),
                told: Told::by_order(order, set, settings),
                contacts: contact(order, source).into_iter().collect(),
                known: None,
            }),
            Record::Customer(account) => Some(Self {
                buyer: account_buyer(account, source),
                told: Told::by_account(account, set, settings),
                contacts: Vec::new(),
                known: bound(),
            }),
            Record::Company(business) => Some(Self {
                buyer: business_buyer(business, source),
                told: Told::by_business(business, set, settings),
                contacts: contacts(business, source),
                known: bound(),
            }),
            Record::ShippingOrder(_)
            | Record::Fulfilment(_)
            | Record::Stock(_)
            | Record::Refund(_)
            | Record::Product(_)
            | Record::Price(_)
            | Record::Cancellation(_)
            | Record::Payout(_) => None,
        }
    }
}
