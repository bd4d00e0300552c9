//! The customers of a batch of orders: found by one query, made where they are not there, and kept up where they are.

mod contacts;
mod creation;
mod memory;
mod upkeep;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use commerce::{Order, TargetKey};
use ports::{Assignments, Exchange, Fault, Lane};

use super::{Api, Trouble};
use crate::map::query::{self, IN_LIST, Sought};
use crate::map::settings::{CustomerMatch, Customers, Orders};
use crate::map::{Buyer, Choice, Contact, pick, recognised};
use crate::wire::{CustomerRow, Json};

pub(super) use memory::Added;

/// Requests begun at once; the budget decides how many are sent.
const AT_ONCE: usize = 32;

/// One order's buyer.
pub(super) struct Patron<'a> {
    pub(super) order: &'a Order,
    pub(super) buyer: Buyer,
    /// What rules set, on the customer and addresses among it.
    pub(super) set: &'a Assignments,
    /// Who ordered, where a company buys.
    pub(super) contact: Option<Contact>,
}

/// What stands in an order's `entity`, or why nothing can.
pub(super) type Entity = Result<Json, Fault>;

/// The entities of these orders in their order, and the requests made, by the place of the order they were made for.
pub(super) struct Entities {
    pub(super) entities: Vec<Entity>,
    pub(super) exchanges: Vec<(usize, Exchange)>,
}

/// A customer who is there, and the places of their orders.
struct Regular {
    row: CustomerRow,
    places: Vec<usize>,
}

/// Finds or makes the customer of each order. Two orders of one new customer make it once.
pub(super) async fn entities(
    api: &Api,
    patrons: &[Patron<'_>],
    settings: &Orders,
    added: &Added,
) -> Result<Entities, Trouble> {
    let (found, shared) = look_up(api, patrons, settings).await?;
    let mut exchanges = first(shared);
    let customer = &settings.customer;
    let choices = choices(patrons, &found, customer);
    let mut regulars: BTreeMap<String, Regular> = BTreeMap::new();
    let mut wanted: BTreeMap<TargetKey, Vec<usize>> = BTreeMap::new();
    for (place, choice) in choices.iter().enumerate() {
        match choice {
            Ok(Choice::New(key)) => wanted.entry(key.clone()).or_default().push(place),
            Ok(Choice::Known(row)) => {
                let regular = regulars.entry(row.id.clone()).or_insert_with(|| Regular {
                    row: CustomerRow::clone(row),
                    places: Vec::new(),
                });
                regular.places.push(place);
            }
            Ok(Choice::Default(_)) | Err(_) => {}
        }
    }
    let (new, made) = creation::make(api, wanted, patrons, settings).await?;
    exchanges.extend(made);
    exchanges.extend(upkeep::keep(api, &regulars, patrons, settings, added).await?);
    let mut entities: Vec<Entity> = choices
        .into_iter()
        .map(|choice| match choice? {
            Choice::Known(row) => Ok(Json::reference(&row.id)),
            Choice::Default(id) => Ok(Json::reference(&id)),
            Choice::New(key) => entity_of(&new, &key),
        })
        .collect();
    if customer.contacts {
        exchanges.extend(contacts::ensure(api, patrons, &regulars, &mut entities, customer).await?);
    }
    Ok(Entities {
        entities,
        exchanges,
    })
}

/// What to do about each buyer. Those who would recognise one another once they are there are one new customer: a guest, and the
/// same person with an account.
fn choices(
    patrons: &[Patron<'_>],
    found: &[CustomerRow],
    settings: &Customers,
) -> Vec<Result<Choice, Fault>> {
    let (mut coming, mut keys) = (Vec::new(), HashMap::new());
    let mut choose = |buyer: &Buyer| {
        let choice = pick(buyer, found, settings)?;
        let Choice::New(key) = &choice else {
            return Ok(choice);
        };
        let same = recognised(buyer, &coming, settings).and_then(|row| row.externalid.as_ref());
        if let Some(known) = same.and_then(|same| keys.get(same)) {
            return Ok(Choice::New(TargetKey::clone(known)));
        }
        coming.push(buyer.to_be(key));
        keys.insert(key.to_string(), key.clone());
        Ok(choice)
    };
    patrons.iter().map(|one| choose(&one.buyer)).collect()
}

fn entity_of(new: &HashMap<TargetKey, Entity>, key: &TargetKey) -> Entity {
    new.get(key).cloned().unwrap_or_else(|| {
        Err(Fault::Unavailable {
            why: format!("customer {key} was not made"),
        })
    })
}

/// Requests made for all, told with the first.
fn first(shared: Vec<Exchange>) -> Vec<(usize, Exchange)> {
    shared.into_iter().map(|exchange| (0, exchange)).collect()
}

async fn look_up(
    api: &Api,
    patrons: &[Patron<'_>],
    settings: &Orders,
) -> Result<(Vec<CustomerRow>, Vec<Exchange>), Trouble> {
    let customer = &settings.customer;
    let sought = |by: &[CustomerMatch], texts: fn(&Buyer) -> Vec<String>| -> Vec<String> {
        let buyers = patrons.iter().map(|patron| &patron.buyer);
        let meant = buyers.filter(|buyer| buyer.rules(customer).iter().any(|how| by.contains(how)));
        let texts: BTreeSet<String> = meant.flat_map(texts).collect();
        texts.into_iter().collect()
    };
    let names = sought(&[CustomerMatch::Name], |buyer| buyer.called.sought());
    let sought = Sought {
        keys: sought(&[CustomerMatch::ExternalId], |buyer| {
            buyer.external_ids().map(str::to_owned).collect()
        }),
        emails: sought(
            &[CustomerMatch::Email, CustomerMatch::EmailAndName],
            |buyer| buyer.email.clone().into_iter().collect(),
        ),
        people: if customer.matching.contains(&CustomerMatch::Name) {
            names.clone()
        } else {
            Vec::new()
        },
        companies: names,
    };
    match sought.longest() {
        0 => return Ok((Vec::new(), Vec::new())),
        1..=IN_LIST => {}
        _ => {
            return Err(Trouble {
                fault: Fault::Unavailable {
                    why: format!("more than {IN_LIST} orders in one batch"),
                },
                exchanges: Vec::new(),
            });
        }
    }
    let query = query::customers(&sought, customer.subsidiary.is_some());
    api.find(Lane::Orders, &query).await
}
