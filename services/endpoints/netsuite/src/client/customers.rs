//! The customers of a batch of orders: found by one query, made where they are not there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use commerce::{Order, TargetKey};
use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Exchange, Fault, Lane};

use super::{Api, Creation, Trouble};
use crate::map::query::{self, IN_LIST};
use crate::map::settings::{CustomerMatch, Customers, InternalId};
use crate::map::{Buyer, Choice, customer_body, pick};
use crate::wire::{CustomerRow, Json};

/// Requests begun at once; the budget decides how many are sent.
const AT_ONCE: usize = 32;

/// One order's buyer.
pub(super) struct Patron<'a> {
    pub(super) order: &'a Order,
    pub(super) buyer: Buyer,
    /// Where a new customer is booked, where the order's place says.
    pub(super) subsidiary: Option<&'a InternalId>,
}

/// What stands in an order's `entity`, or why nothing can.
pub(super) type Entity = Result<Json, Fault>;

/// The entities of these orders in their order, and the requests made, by the place of the order they were made for.
pub(super) struct Entities {
    pub(super) entities: Vec<Entity>,
    pub(super) exchanges: Vec<(usize, Exchange)>,
}

/// Finds or makes the customer of each order. Two orders of one new customer make it once.
pub(super) async fn entities(
    api: &Api,
    patrons: &[Patron<'_>],
    settings: &Customers,
) -> Result<Entities, Trouble> {
    let (found, shared) = look_up(api, patrons, settings).await?;
    let mut exchanges: Vec<(usize, Exchange)> =
        shared.into_iter().map(|exchange| (0, exchange)).collect();
    let choices: Vec<Result<Choice, Fault>> = patrons
        .iter()
        .map(|patron| pick(&patron.buyer, &found, settings))
        .collect();
    let mut wanted: BTreeMap<TargetKey, usize> = BTreeMap::new();
    for (place, choice) in choices.iter().enumerate() {
        if let Ok(Choice::New(key)) = choice {
            wanted.entry(key.clone()).or_insert(place);
        }
    }
    let made: Vec<(TargetKey, usize, Creation, Option<Exchange>)> = stream::iter(wanted)
        .map(|(key, place)| make(api, key, place, patrons, settings))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut new: HashMap<TargetKey, Entity> = HashMap::new();
    let mut doubtful = Vec::new();
    for (key, place, creation, exchange) in made {
        exchanges.extend(exchange.map(|exchange| (place, exchange)));
        match creation {
            Creation::Created(Some(id)) => {
                new.insert(key, Ok(Json::reference(&id)));
            }
            // The external id names the customer as well, for an order in a dry run too.
            Creation::Created(None)
            | Creation::Failed {
                fault: Fault::DryRun,
                ..
            } => {
                let entity = Json::external(key.as_str());
                new.insert(key, Ok(entity));
            }
            Creation::Duplicate(fault) => doubtful.push((key, fault)),
            Creation::Failed { fault, .. } => {
                new.insert(key, Err(of_customer(fault)));
            }
        }
    }
    if !doubtful.is_empty() {
        let (settled, made) = settle(api, doubtful).await?;
        exchanges.extend(made.into_iter().map(|exchange| (0, exchange)));
        new.extend(settled);
    }
    let entities = choices
        .into_iter()
        .map(|choice| match choice? {
            Choice::Known(id) => Ok(Json::reference(&id)),
            Choice::New(key) => new.get(&key).cloned().unwrap_or_else(|| {
                Err(Fault::Unavailable {
                    why: format!("customer {key} was not made"),
                })
            }),
        })
        .collect();
    Ok(Entities {
        entities,
        exchanges,
    })
}

async fn look_up(
    api: &Api,
    patrons: &[Patron<'_>],
    settings: &Customers,
) -> Result<(Vec<CustomerRow>, Vec<Exchange>), Trouble> {
    let by = |how| settings.matching.contains(&how);
    let keys: BTreeSet<String> = patrons
        .iter()
        .filter(|_| by(CustomerMatch::ExternalId))
        .filter_map(|patron| Some(patron.buyer.key.as_ref()?.to_string()))
        .collect();
    let emails: BTreeSet<String> = patrons
        .iter()
        .filter(|_| by(CustomerMatch::Email))
        .filter_map(|patron| patron.buyer.email.clone())
        .collect();
    let (keys, emails) = (Vec::from_iter(keys), Vec::from_iter(emails));
    if keys.is_empty() && emails.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    if keys.len() > IN_LIST || emails.len() > IN_LIST {
        return Err(Trouble {
            fault: Fault::Unavailable {
                why: format!("more than {IN_LIST} orders in one batch"),
            },
            exchanges: Vec::new(),
        });
    }
    api.find(Lane::Orders, &query::customers(&keys, &emails))
        .await
}

async fn make(
    api: &Api,
    key: TargetKey,
    place: usize,
    patrons: &[Patron<'_>],
    settings: &Customers,
) -> (TargetKey, usize, Creation, Option<Exchange>) {
    let body = patrons.get(place).map(|patron| {
        let subsidiary = patron.subsidiary.or(settings.subsidiary.as_ref());
        customer_body(&key, patron.order, subsidiary)
    });
    let (creation, exchange) = match body {
        Some(Ok(body)) => api.create(Lane::Orders, "customer", body).await,
        Some(Err(fault)) => (super::failed(fault), None),
        None => (
            super::failed(Fault::Unavailable {
                why: "no such order".to_owned(),
            }),
            None,
        ),
    };
    (key, place, creation, exchange)
}

/// "Already exists" is success when the customer is there under our external id; else another record bears the same name.
async fn settle(
    api: &Api,
    doubtful: Vec<(TargetKey, Fault)>,
) -> Result<(HashMap<TargetKey, Entity>, Vec<Exchange>), Trouble> {
    let keys: Vec<String> = doubtful.iter().map(|(key, _)| key.to_string()).collect();
    let query = query::customers(&keys, &[]);
    let (rows, exchanges) = api.find::<CustomerRow>(Lane::Orders, &query).await?;
    let settled = doubtful.into_iter().map(|(key, fault)| {
        let row = rows
            .iter()
            .find(|row| row.externalid.as_deref() == Some(key.as_str()));
        let entity = match row {
            Some(row) => Ok(Json::reference(&row.id)),
            None => Err(of_customer(fault)),
        };
        (key, entity)
    });
    Ok((settled.collect(), exchanges))
}

/// A customer that could not be made, seen from its order: nothing of the order was written, and the next attempt finds the customer by
/// its external id if it landed.
fn of_customer(fault: Fault) -> Fault {
    match fault {
        Fault::Uncertain { why } => Fault::Unavailable {
            why: format!("whether the customer was made is not known: {why}"),
        },
        Fault::Refused { why } => Fault::Refused {
            why: format!("the customer could not be made: {why}"),
        },
        other => other,
    }
}
