//! The customers of a batch of records: found by one query, made where they are not there, and kept up where they are.

mod contacts;
mod creation;
mod memory;
mod own;
mod upkeep;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use commerce::TargetKey;
use ports::{Effect, Exchange, Fault, Lane};

use super::{Api, Trouble};
use crate::map::query::{self, IN_LIST, Sought};
use crate::map::settings::{Addresses, CustomerMatch, Customers, Orders, Update};
use crate::map::{Buyer, Choice, Patron, pick, recognised};
use crate::wire::{CustomerRow, Json};

pub(super) use memory::Added;
pub(super) use own::Own;

/// Requests begun at once; the budget decides how many are sent.
const AT_ONCE: usize = 32;

/// By what, and how far, customers are kept.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) api: &'a Api,
    pub(super) lane: Lane,
    pub(super) settings: &'a Orders,
    pub(super) update: Update,
    pub(super) addresses: Addresses,
    pub(super) added: &'a Added,
}

/// The customer of a record.
#[derive(Clone)]
pub(super) struct Client {
    /// What stands in an order's `entity`.
    pub(super) json: Json,
    /// The internal id, unless NetSuite did not tell it.
    pub(super) id: Option<String>,
    /// What was done to it, or why not: an order does not mind.
    pub(super) effect: Result<Effect, Fault>,
}

impl Client {
    fn of(id: &str, effect: Result<Effect, Fault>) -> Self {
        Self {
            json: Json::reference(id),
            id: Some(id.to_owned()),
            effect,
        }
    }
}

/// The customer, or why there is none.
pub(super) type Entity = Result<Client, Fault>;

/// The customers of these records in their order, and the requests made, by the place of the record they were made for.
pub(super) struct Entities {
    pub(super) entities: Vec<Entity>,
    pub(super) exchanges: Vec<(usize, Exchange)>,
}

/// A customer who is there, and the places of the records that tell of them.
struct Regular {
    row: CustomerRow,
    places: Vec<usize>,
}

/// Finds or makes the customer of each record. Two records of one new customer make it once.
pub(super) async fn entities(desk: Desk<'_>, patrons: &[Patron<'_>]) -> Result<Entities, Trouble> {
    let (found, shared) = look_up(desk, patrons).await?;
    let mut exchanges = first(shared);
    let customer = &desk.settings.customer;
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
    let (new, made) = creation::make(desk, wanted, patrons).await?;
    exchanges.extend(made);
    let (kept, made) = upkeep::keep(desk, &regulars, patrons).await?;
    exchanges.extend(made);
    let mut entities: Vec<Entity> = choices
        .into_iter()
        .map(|choice| match choice? {
            Choice::Known(row) => {
                let effect = kept.get(&row.id).cloned();
                Ok(Client::of(&row.id, effect.unwrap_or(Ok(Effect::Unchanged))))
            }
            Choice::Default(id) => Ok(Client::of(&id, Ok(Effect::Unchanged))),
            Choice::New(key) => entity_of(&new, &key),
        })
        .collect();
    if customer.contacts {
        exchanges.extend(contacts::ensure(desk, patrons, &regulars, &mut entities).await?);
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
    patrons
        .iter()
        .map(|one| match proven(one, found) {
            Some(row) => Ok(Choice::Known(Box::new(row.clone()))),
            None => choose(&one.buyer),
        })
        .collect()
}

/// The customer that a record was written to before; none where it is gone, or was made inactive.
fn proven<'a>(patron: &Patron<'_>, found: &'a [CustomerRow]) -> Option<&'a CustomerRow> {
    let known = patron.known.as_ref()?;
    found.iter().find(|row| row.id == known.as_str())
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
    desk: Desk<'_>,
    patrons: &[Patron<'_>],
) -> Result<(Vec<CustomerRow>, Vec<Exchange>), Trouble> {
    let customer = &desk.settings.customer;
    let sought = |by: &[CustomerMatch], texts: fn(&Buyer) -> Vec<String>| -> Vec<String> {
        let buyers = patrons.iter().map(|patron| &patron.buyer);
        let meant = buyers.filter(|buyer| buyer.rules(customer).iter().any(|how| by.contains(how)));
        let texts: BTreeSet<String> = meant.flat_map(texts).collect();
        texts.into_iter().collect()
    };
    let names = sought(&[CustomerMatch::Name], |buyer| buyer.called.sought());
    let sought = Sought {
        ids: patrons.iter().filter_map(|one| one.known.clone()).collect(),
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
                    why: format!("more than {IN_LIST} records in one batch"),
                },
                exchanges: Vec::new(),
            });
        }
    }
    let query = query::customers(&sought, customer.subsidiary.is_some());
    desk.api.find(desk.lane, &query).await
}
