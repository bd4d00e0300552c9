//! Making the body of a past push anew: by the same mapping, from the record, its settings, and what had been looked up in the account.

mod facts;

use commerce::{Order, Record, Refund, TargetKey};
use ports::{Fault, Write};
use serde::Deserialize;
use serde_json::Value;

use super::change::{Plan, SaleThere, amend, call_off, is_off};
use super::customer::{Patron, contact_body, customer_body, kept_up};
use super::order::{aim, deposits, draft};
use super::payout::payout_draft;
use super::refund::{Giving, authorization, receipt, refund_draft};
use super::settings::InternalId;
use super::shipment::shipment_body;
use crate::Settings;
use crate::wire::Json;
use facts::Ground;
pub(crate) use facts::{Account, Facts, Other};

/// The body of a request, made anew.
///
/// # Errors
/// As when it was mapped first; [`Fault::Held`] where no such request would be made; [`Fault::Unreadable`] for facts of another kind of push.
pub(crate) fn remake(settings: &Settings, write: &Write, facts: &Value) -> Result<Vec<u8>, Fault> {
    let facts: Facts = Deserialize::deserialize(facts).map_err(|error| Fault::Unreadable {
        why: format!("what was kept of the push: {error}"),
    })?;
    let orders = &settings.orders;
    let (key, set) = (&write.key, &write.set);
    let (source, id) = (&write.event.connection, &write.event.external_id);
    match facts {
        Facts::Sale { account, entity } => {
            let ground = Ground::from(account);
            let draft = draft(order(write)?, key, set, ground.terms(orders))?;
            draft.body(entity.map(Json::Given))
        }
        Facts::Change {
            account,
            row,
            lines,
        } => {
            let there = SaleThere::read(&row, &lines);
            let there = there.map_err(|why| Fault::Unreadable { why })?;
            let ground = Ground::from(account);
            let (order, terms) = (order(write)?, ground.terms(orders));
            let plan = match is_off(order) {
                true => call_off(&there, orders),
                false => amend(&aim(order, set.rounding, terms)?, &there, set, terms)?,
            };
            match plan {
                Plan::Write(patch) => patch.body(),
                Plan::Hold(why) => Err(Fault::Held { why }),
                Plan::Same => Err(without("nothing would be changed")),
            }
        }
        Facts::Payment {
            account,
            key,
            sale,
            of,
            customer,
        } => {
            let ground = Ground::from(account);
            let all = deposits(&write.event, set, sale, ground.terms(orders))?;
            let deposit = all.iter().find(|one| one.key.as_str() == key);
            let deposit = deposit.ok_or_else(|| without("the payment would not be booked"))?;
            deposit.body(Json::Given(of), customer.map(Json::Given))
        }
        Facts::Credit {
            account,
            order,
            credit,
            applied,
            returned,
        } => {
            let ground = Ground::from(account);
            let giving = Giving {
                refunds: &settings.refunds,
                order: &order,
                credit,
                applied: &applied,
                returned,
            };
            refund_draft(refund(write)?, key, set, ground.terms(orders), giving)?.body(None)
        }
        Facts::Authorization {
            account,
            order,
            credit,
            mut left,
        } => {
            let ground = Ground::from(account);
            let giving = Giving::returning(&settings.refunds, &order, credit);
            let key = TargetKey::authorization(source, id);
            let terms = ground.terms(orders);
            authorization(refund(write)?, &key, set, terms, (giving, &mut left))
        }
        Facts::Receipt { account, order } => {
            let ground = Ground::from(account);
            let key = TargetKey::receipt(source, id);
            receipt(refund(write)?, &key, ground.terms(orders), &order)
        }
        Facts::Shipment {
            account,
            order,
            open,
        } => {
            let Record::Fulfilment(delivery) = &write.event.record else {
                return Err(another());
            };
            let ground = Ground::from(account);
            let terms = ground.terms(orders);
            let shipments = &settings.shipments;
            let taken = open.fit(&order, delivery, shipments)?;
            shipment_body(
                (delivery, &order),
                (key, set),
                (&open, &taken),
                shipments,
                (terms.currencies, terms.zone),
            )
        }
        Facts::Deposit(matched) => {
            let Record::Payout(payout) = &write.event.record else {
                return Err(another());
            };
            payout_draft(payout, key, set, &matched, &settings.payouts)?.body(None)
        }
        Facts::Customer { name, others } => {
            let patron = Patron::of(write, orders).ok_or_else(another)?;
            let more = Other::told(&others);
            let key = patron.buyer.key.as_ref().ok_or_else(another)?;
            let told = [&patron.told, &more];
            customer_body(key, &patron.buyer, &told, name.as_deref(), orders)
        }
        Facts::Upkeep { row, marks, others } => {
            let patron = Patron::of(write, orders).ok_or_else(another)?;
            let more = Other::told(&others);
            let update = match &write.event.record {
                Record::Order(_) => orders.customer.update,
                _ => settings.customers.update,
            };
            let told = [&more, &patron.told];
            let fields = kept_up(&row, &patron.buyer, &told, &marks, (update, orders));
            if fields.is_empty() {
                return Err(without("nothing of the customer would be changed"));
            }
            serde_json::to_vec(&fields).map_err(|error| Fault::Unreadable {
                why: error.to_string(),
            })
        }
        Facts::Contact {
            key,
            company,
            subsidiary,
            apart,
        } => {
            let patron = Patron::of(write, orders).ok_or_else(another)?;
            let mut contacts = patron.contacts.iter();
            let contact = contacts.find(|one| one.key.as_str() == key);
            let contact = contact.ok_or_else(|| without("there would be no such contact"))?;
            let subsidiary = subsidiary.and_then(|id| InternalId::new(id).ok());
            contact_body(contact, &Json::Given(company), subsidiary.as_ref(), apart)
        }
    }
}

fn order(write: &Write) -> Result<&Order, Fault> {
    match &write.event.record {
        Record::Order(order) => Ok(order),
        _ => Err(another()),
    }
}

fn refund(write: &Write) -> Result<&Refund, Fault> {
    match &write.event.record {
        Record::Refund(refund) => Ok(refund),
        _ => Err(another()),
    }
}

fn another() -> Fault {
    Fault::Unreadable {
        why: "what was kept of the push is of another kind of record".to_owned(),
    }
}

fn without(why: &str) -> Fault {
    Fault::Held {
        why: why.to_owned(),
    }
}
