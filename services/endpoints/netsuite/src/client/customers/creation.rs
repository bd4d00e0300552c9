//! Customers who are not there yet.

use std::collections::{BTreeMap, HashMap, VecDeque};

use commerce::TargetKey;
use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Effect, Exchange, Fault};

use super::{AT_ONCE, Client, Desk, Entity, first};
use crate::client::{Creation, Trouble, failed};
use crate::map::query::{self, IN_LIST};
use crate::map::{Facts, Other, Patron, alternatives, customer_body};
use crate::wire::{Json, NamesakeRow};

/// What became of new customers, and the requests made.
type Made = (HashMap<TargetKey, Entity>, Vec<(usize, Exchange)>);

/// A customer to be made.
struct Newcomer {
    key: TargetKey,
    /// The places of the records that tell of them.
    places: Vec<usize>,
    /// The name to give them, where their own is taken.
    name: Option<String>,
    /// Further names to try; `None` until the first refusal.
    names: Option<VecDeque<String>>,
}

/// Makes them. A name that somebody else bears is told apart by what is known of the buyer: NetSuite refuses it only where the account does
/// not number customers, so that nothing is told apart where it does.
pub(super) async fn make(
    desk: Desk<'_>,
    wanted: BTreeMap<TargetKey, Vec<usize>>,
    patrons: &[Patron<'_>],
) -> Result<Made, Trouble> {
    let (mut entities, mut exchanges) = (HashMap::new(), Vec::new());
    let mut open: Vec<Newcomer> = wanted
        .into_iter()
        .map(|(key, places)| Newcomer {
            key,
            places,
            name: None,
            names: None,
        })
        .collect();
    while !open.is_empty() {
        let sent: Vec<_> = stream::iter(open)
            .map(|newcomer| send(desk, newcomer, patrons))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut doubtful = Vec::new();
        for (newcomer, creation, exchange) in sent {
            let place = newcomer.places.first().copied().unwrap_or_default();
            exchanges.extend(exchange.map(|exchange| (place, exchange)));
            let entity = match creation {
                Creation::Created(Some(id)) => Ok(Client::of(&id, Ok(Effect::Created))),
                // The external id names the customer as well, for an order in a dry run too.
                Creation::Created(None) => Ok(Client {
                    json: Json::external(newcomer.key.as_str()),
                    id: None,
                    effect: Ok(Effect::Created),
                }),
                Creation::Failed {
                    fault: Fault::DryRun,
                    ..
                } => Ok(Client {
                    json: Json::external(newcomer.key.as_str()),
                    id: None,
                    effect: Err(Fault::DryRun),
                }),
                Creation::Duplicate(fault) => {
                    doubtful.push((newcomer, fault));
                    continue;
                }
                Creation::Failed { fault, .. } => Err(of("customer", fault)),
            };
            entities.insert(newcomer.key, entity);
        }
        open = Vec::new();
        if !doubtful.is_empty() {
            let (rows, made) = namesakes(desk, &mut doubtful, patrons).await?;
            exchanges.extend(first(made));
            for (newcomer, fault) in doubtful {
                match settle(newcomer, fault, &rows) {
                    Settled::Done(key, entity) => {
                        entities.insert(key, entity);
                    }
                    Settled::Again(newcomer) => open.push(newcomer),
                }
            }
        }
    }
    Ok((entities, exchanges))
}

async fn send(
    desk: Desk<'_>,
    newcomer: Newcomer,
    patrons: &[Patron<'_>],
) -> (Newcomer, Creation, Option<Exchange>) {
    let theirs = newcomer
        .places
        .iter()
        .filter_map(|place| patrons.get(*place));
    let theirs: Vec<&Patron<'_>> = theirs.collect();
    let told: Vec<_> = theirs.iter().map(|patron| &patron.told).collect();
    let body = match theirs.first() {
        Some(patron) => customer_body(
            &newcomer.key,
            &patron.buyer,
            &told,
            newcomer.name.as_deref(),
            desk.settings,
        ),
        None => Err(Fault::Unavailable {
            why: "nobody tells of it".to_owned(),
        }),
    };
    let facts = Facts::Customer {
        name: newcomer.name.clone(),
        others: Other::all(told.get(1..).unwrap_or_default()),
    };
    let (creation, exchange) = match body {
        Ok(body) => {
            let create = desk.api.create(desk.lane, "customer", body, &facts);
            create.await
        }
        Err(fault) => (failed(fault), None),
    };
    (newcomer, creation, exchange)
}

/// Looks who is there under the newcomers' external ids and names, after thinking of other names for them.
async fn namesakes(
    desk: Desk<'_>,
    doubtful: &mut [(Newcomer, Fault)],
    patrons: &[Patron<'_>],
) -> Result<(Vec<NamesakeRow>, Vec<Exchange>), Trouble> {
    let (mut keys, mut names) = (Vec::new(), Vec::new());
    for (newcomer, _) in doubtful.iter_mut() {
        keys.push(newcomer.key.to_string());
        let patron = newcomer
            .places
            .first()
            .and_then(|place| patrons.get(*place));
        let others = newcomer.names.get_or_insert_with(|| {
            let patron = patron.and_then(|patron| Some((patron, patron.buyer.called.name()?)));
            patron.map_or_else(VecDeque::new, |(patron, name)| {
                alternatives(&patron.told, &name).into()
            })
        });
        names.extend(others.iter().map(|name| name.to_lowercase()));
    }
    // More of them stand in the way than one list takes: their names are tried one by one.
    names.truncate(IN_LIST);
    desk.api
        .find(desk.lane, &query::namesakes(&keys, &names))
        .await
}

enum Settled {
    Done(TargetKey, Entity),
    Again(Newcomer),
}

/// "Already exists" is success when the customer is there under our external id; else somebody else bears the name.
fn settle(mut newcomer: Newcomer, fault: Fault, rows: &[NamesakeRow]) -> Settled {
    let ours = rows
        .iter()
        .find(|row| row.externalid.as_deref() == Some(newcomer.key.as_str()));
    if let Some(row) = ours {
        let entity = if row.isinactive.as_deref() == Some("T") {
            Err(Fault::Held {
                why: format!(
                    "the buyer's customer in NetSuite (internal id {}) is inactive: make it active, or clear its external id",
                    row.id
                ),
            })
        } else {
            Ok(Client::of(&row.id, Ok(Effect::AlreadyThere)))
        };
        return Settled::Done(newcomer.key, entity);
    }
    let taken = |name: &String| {
        let name = name.to_lowercase();
        let mut theirs = rows.iter().filter_map(|row| row.entityid.as_ref());
        theirs.any(|theirs| theirs.to_lowercase() == name)
    };
    let mut names = newcomer.names.take().unwrap_or_default();
    let free = std::iter::from_fn(|| names.pop_front()).find(|name| !taken(name));
    match free {
        Some(name) => {
            newcomer.name = Some(name);
            newcomer.names = Some(names);
            Settled::Again(newcomer)
        }
        None => Settled::Done(newcomer.key, Err(of("customer", fault))),
    }
}

/// A customer or contact that could not be made, seen from its order: nothing of the order was written, and the next attempt finds the
/// record by its external id if it landed.
pub(super) fn of(what: &str, fault: Fault) -> Fault {
    match fault {
        Fault::Uncertain { why } => Fault::Unavailable {
            why: format!("whether the {what} was made is not known: {why}"),
        },
        Fault::Refused { why } => Fault::Refused {
            why: format!("the {what} could not be made: {why}"),
        },
        other => other,
    }
}
