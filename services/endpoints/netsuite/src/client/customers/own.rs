//! Customers and companies as records of their own: the same look-up, the same external ids and the same rules as for those of orders, so that
//! neither way doubles the other.

use std::collections::HashMap;

use ports::{Effect, Fault, Lane, Write, Written};

use super::{Client, Desk, entities};
use crate::client::book::Book;
use crate::client::orders::twin;
use crate::client::writer::{Located, Writer};
use crate::map::Patron;
use crate::map::query::{self, Sought};
use crate::wire::CustomerRow;

/// A record of a batch.
#[derive(Clone, Copy)]
pub(in crate::client) struct Own<'a> {
    pub(in crate::client) place: usize,
    pub(in crate::client) write: &'a Write,
}

impl Writer {
    /// Brings these customers into NetSuite: one query for all, one request for each that is new or differs.
    pub(in crate::client) async fn keep(&self, own: Vec<Own<'_>>, book: &mut Book) {
        let (mut places, mut patrons) = (Vec::new(), Vec::new());
        for one in &own {
            let Some(patron) = Patron::of(one.write, &self.settings.orders) else {
                continue;
            };
            match patron.told.check(&self.settings.orders) {
                Ok(()) => {
                    places.push(one.place);
                    patrons.push(patron);
                }
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        if patrons.is_empty() {
            return;
        }
        match entities(self.customer_desk(), &patrons).await {
            Ok(found) => {
                for (index, exchange) in found.exchanges {
                    if let Some(place) = places.get(index) {
                        book.note(*place, [exchange]);
                    }
                }
                for (place, entity) in places.into_iter().zip(found.entities) {
                    book.end(place, entity.and_then(written));
                }
            }
            // It only read: what was made before is found by its external id the next time.
            Err(trouble) => book.end_all(&places, trouble),
        }
    }

    /// What may have landed is there under its external id; it is compared again then, which tells whether anything lacks. A change is simply
    /// made again: it states what has to be, and the address book is read before.
    pub(in crate::client) async fn locate_customers(&self, writes: &[Write]) -> Vec<Located> {
        let new = writes.iter().filter(|write| write.bound.is_none());
        let sought = Sought {
            keys: new.map(|write| write.key.to_string()).collect(),
            ..Sought::default()
        };
        if sought.keys.is_empty() {
            return writes.iter().map(|_| Ok(None)).collect();
        }
        let query = query::customers(&sought, false);
        let rows = match self.api.find::<CustomerRow>(Lane::Bulk, &query).await {
            Ok((rows, _)) => rows,
            Err(trouble) => {
                return writes.iter().map(|_| Err(trouble.fault.clone())).collect();
            }
        };
        let by_key: HashMap<&str, &str> = rows
            .iter()
            .filter_map(|row| Some((row.externalid.as_deref()?, row.id.as_str())))
            .collect();
        let located = |write: &Write| match by_key.get(write.key.as_str()) {
            Some(id) if write.bound.is_none() => Ok(Some(Written {
                twin: twin(id, None)?,
                effect: Effect::Unfinished,
                discrepancy: None,
            })),
            _ => Ok(None),
        };
        writes.iter().map(located).collect()
    }

    fn customer_desk(&self) -> Desk<'_> {
        Desk {
            api: &self.api,
            lane: Lane::Bulk,
            settings: &self.settings.orders,
            update: self.settings.customers.update,
            addresses: self.settings.customers.addresses,
            added: &self.added,
        }
    }
}

fn written(client: Client) -> Result<Written, Fault> {
    let effect = client.effect?;
    if effect == Effect::AlreadyThere {
        return Err(Fault::Unavailable {
            why: "the customer was made a moment ago, by an order or an earlier attempt: it is compared with it at the next attempt".to_owned(),
        });
    }
    let id = client.id.ok_or_else(|| Fault::Uncertain {
        why: "NetSuite made the customer without naming it".to_owned(),
    })?;
    Ok(Written {
        twin: twin(&id, None)?,
        effect,
        discrepancy: None,
    })
}
