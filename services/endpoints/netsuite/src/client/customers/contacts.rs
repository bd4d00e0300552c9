//! The people who order for companies.

use std::collections::{BTreeMap, HashMap, HashSet};

use commerce::TargetKey;
use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Exchange, Fault};

use super::creation::of;
use super::{AT_ONCE, Desk, Entity, Regular, first};
use crate::client::{Creation, Trouble};
use crate::map::settings::InternalId;
use crate::map::{Contact, Facts, Patron, contact_body, is_contact, query};
use crate::wire::{ContactRow, Json};

/// A contact to be made.
struct Newcomer {
    place: usize,
    contact: Contact,
    /// The company.
    entity: Json,
    subsidiary: Option<InternalId>,
}

/// Makes those who are no contacts of their companies yet. An order whose contact cannot be made is not written.
pub(super) async fn ensure(
    desk: Desk<'_>,
    patrons: &[Patron<'_>],
    regulars: &BTreeMap<String, Regular>,
    entities: &mut [Entity],
) -> Result<Vec<(usize, Exchange)>, Trouble> {
    let company_of = |place: usize| {
        let mut regulars = regulars.values();
        regulars.find(|regular| regular.places.contains(&place))
    };
    let people: Vec<(usize, &Contact)> = patrons
        .iter()
        .zip(entities.iter())
        .enumerate()
        .filter(|(_, (_, entity))| entity.is_ok())
        .flat_map(|(place, (patron, _))| patron.contacts.iter().map(move |one| (place, one)))
        .collect();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let found = find(desk, people.iter().map(|(_, contact)| *contact)).await?;
    let (rows, shared) = found;
    let mut exchanges = first(shared);
    let mut seen = HashSet::new();
    let mut wanted = Vec::new();
    for (place, contact) in &people {
        let company = company_of(*place);
        let id = company.map(|regular| regular.row.id.as_str());
        let there = rows.iter().any(|row| is_contact(contact, row, id));
        if there || !seen.insert(&contact.key) {
            continue;
        }
        if let Some(Ok(entity)) = entities.get(*place) {
            let theirs = company.and_then(|regular| regular.row.subsidiary.as_ref());
            wanted.push(Newcomer {
                place: *place,
                contact: Contact::clone(contact),
                entity: entity.json.clone(),
                subsidiary: theirs
                    .and_then(|id| InternalId::new(id.as_str()).ok())
                    .or_else(|| desk.settings.customer.subsidiary.clone()),
            });
        }
    }
    let (failed, made) = make(desk, wanted).await?;
    exchanges.extend(made);
    for (place, contact) in people {
        if let (Some(fault), Some(entity)) = (failed.get(&contact.key), entities.get_mut(place)) {
            *entity = Err(fault.clone());
        }
    }
    Ok(exchanges)
}

async fn find<'a>(
    desk: Desk<'_>,
    contacts: impl Iterator<Item = &'a Contact>,
) -> Result<(Vec<ContactRow>, Vec<Exchange>), Trouble> {
    let (mut keys, mut emails) = (Vec::new(), Vec::new());
    for contact in contacts {
        keys.push(contact.key.to_string());
        emails.extend(contact.email.clone());
    }
    for list in [&mut keys, &mut emails] {
        list.sort_unstable();
        list.dedup();
    }
    desk.api
        .find(desk.lane, &query::contacts(&keys, &emails))
        .await
}

/// Those that could not be made, and the requests made.
type Made = (HashMap<TargetKey, Fault>, Vec<(usize, Exchange)>);

async fn make(desk: Desk<'_>, wanted: Vec<Newcomer>) -> Result<Made, Trouble> {
    let (mut failed, mut exchanges) = (HashMap::new(), Vec::new());
    let mut doubtful = send(desk, wanted, false, &mut failed, &mut exchanges).await;
    if doubtful.is_empty() {
        return Ok((failed, exchanges));
    }
    // There by now, or another contact of the company has the same name.
    let (rows, shared) = find(desk, doubtful.iter().map(|(newcomer, _)| &newcomer.contact)).await?;
    exchanges.extend(first(shared));
    doubtful.retain(|(newcomer, _)| {
        !rows
            .iter()
            .any(|row| is_contact(&newcomer.contact, row, None))
    });
    let again = doubtful.into_iter().map(|(newcomer, _)| newcomer).collect();
    for (newcomer, fault) in send(desk, again, true, &mut failed, &mut exchanges).await {
        failed.insert(newcomer.contact.key.clone(), of("contact", fault));
    }
    Ok((failed, exchanges))
}

/// Sends them; gives back those of which NetSuite says that they are there already.
async fn send(
    desk: Desk<'_>,
    wanted: Vec<Newcomer>,
    apart: bool,
    failed: &mut HashMap<TargetKey, Fault>,
    exchanges: &mut Vec<(usize, Exchange)>,
) -> Vec<(Newcomer, Fault)> {
    let sent: Vec<_> = stream::iter(wanted)
        .map(|newcomer| async move {
            let subsidiary = newcomer.subsidiary.as_ref();
            let body = contact_body(&newcomer.contact, &newcomer.entity, subsidiary, apart);
            let (creation, exchange) = match body {
                Ok(body) => {
                    let facts = Facts::contact(
                        newcomer.contact.key.to_string(),
                        &newcomer.entity,
                        subsidiary.map(ToString::to_string),
                        apart,
                    );
                    let create = desk.api.create(desk.lane, "contact", body, &facts);
                    create.await
                }
                Err(fault) => (crate::client::failed(fault), None),
            };
            (newcomer, creation, exchange)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut doubtful = Vec::new();
    for (newcomer, creation, exchange) in sent {
        exchanges.extend(exchange.map(|exchange| (newcomer.place, exchange)));
        match creation {
            Creation::Created(_)
            | Creation::Failed {
                fault: Fault::DryRun,
                ..
            } => {}
            Creation::Duplicate(fault) => doubtful.push((newcomer, fault)),
            Creation::Failed { fault, .. } => {
                failed.insert(newcomer.contact.key.clone(), of("contact", fault));
            }
        }
    }
    doubtful
}
