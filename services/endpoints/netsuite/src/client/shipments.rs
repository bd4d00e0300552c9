//! Writes deliveries that somebody else made as item fulfilments. Per batch: one query for the orders' open lines, one `POST` per delivery (those of one
//! order after each other), and what was written read back by three queries, as fulfilments are read.

use std::collections::{BTreeSet, HashMap, HashSet};

use commerce::{ConnectionId, Fulfilment, Kind, Record, TargetKey};
use futures_util::stream::{self, StreamExt as _};
use ports::{Effect, Exchange, Fault, Lane, Twin, Write, Written};

use super::book::Book;
use super::facts::Facts as Known;
use super::orders::{self, AT_ONCE};
use super::tracking::Tracking;
use super::{Api, Creation, Trouble};
use crate::Settings;
use crate::map::settings::{InternalId, Voided};
use crate::map::{
    Account, Articles, Facts, FulfilmentParts, OpenLines, TakenLine, Terms, fulfilment, query,
    shipment_body, shipment_differs,
};
use crate::wire::{Row, ShippingLineRow};

/// What deliveries are written with.
pub(super) struct Dispatcher<'a> {
    pub(super) own: &'a ConnectionId,
    pub(super) settings: &'a Settings,
    pub(super) api: &'a Api,
    pub(super) facts: &'a Known,
    pub(super) tracking: &'a Tracking,
}

/// One delivery of a batch.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) place: usize,
    pub(super) write: &'a Write,
    pub(super) fulfilment: &'a Fulfilment,
}

/// An item fulfilment that is there under our key.
struct There {
    twin: Twin,
    fulfilment: Result<Fulfilment, String>,
}

type Held = HashMap<String, There>;

impl Dispatcher<'_> {
    pub(super) async fn write(&self, all: Vec<Delivery<'_>>, book: &mut Book) {
        let (bound, new): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| one.write.bound.is_some());
        self.change(&bound, book).await;
        let mut fresh = Vec::new();
        for one in new {
            let order = one.fulfilment.order.key.as_deref();
            let order =
                order.and_then(|key| TargetKey::source_id(key, self.own, Kind::ShippingOrder));
            match order.and_then(|id| InternalId::new(id.as_str()).ok()) {
                _ if one.fulfilment.is_voided() => {
                    book.end(
                        one.place,
                        left_out(one, "it was voided before it was carried over"),
                    );
                }
                Some(order) => fresh.push((one, order)),
                None => book.end(
                    one.place,
                    left_out(one, "it is of no order that was sent from here"),
                ),
            }
        }
        let places: Vec<usize> = fresh.iter().map(|(one, _)| one.place).collect();
        if let Err(trouble) = self.fulfil(fresh, book).await {
            book.end_open(&places, trouble);
        }
    }

    /// Whether earlier attempts landed, compared as after a write. One that was voided since is still to be taken back.
    pub(super) async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let keys: Vec<String> = writes.iter().map(|write| write.key.to_string()).collect();
        let there = match self.there(&keys).await {
            Ok((there, _)) => there,
            Err(trouble) => return vec![Err(trouble.fault); writes.len()],
        };
        let answer = |write: &Write| {
            let found = there.get(write.key.as_str());
            let (Record::Fulfilment(told), Some(found)) = (&write.event.record, found) else {
                return Ok(None);
            };
            let effect = if told.is_voided() {
                Effect::Unfinished
            } else {
                Effect::AlreadyThere
            };
            Ok(Some(found.written(told, effect)))
        };
        writes.iter().map(answer).collect()
    }

    /// Deliveries that are there already: fine while they agree; taken back where they were voided.
    async fn change(&self, bound: &[Delivery<'_>], book: &mut Book) {
        let keys: Vec<String> = bound.iter().map(|one| one.write.key.to_string()).collect();
        let places: Vec<usize> = bound.iter().map(|one| one.place).collect();
        let Some(first) = places.first().copied() else {
            return;
        };
        let there = match self.there(&keys).await {
            Ok((there, exchanges)) => {
                book.note(first, exchanges);
                there
            }
            Err(trouble) => return book.end_all(&places, trouble),
        };
        for one in bound {
            let found = there.get(one.write.key.as_str());
            let result = match (found, one.fulfilment.is_voided()) {
                (Some(found), true) => self.take_back(*one, found, book).await,
                (Some(found), false) => {
                    let written = found.written(one.fulfilment, Effect::Unchanged);
                    match written.discrepancy {
                        Some(why) => Err(changed(&why)),
                        None => Ok(written),
                    }
                }
                (None, true) => one.write.bound.clone().map_or_else(
                    || Err(changed("it is not bound any more")),
                    |twin| Ok(unchanged(twin)),
                ),
                (None, false) => Err(changed("NetSuite no longer shows the item fulfilment")),
            };
            book.end(one.place, result);
        }
    }

    async fn take_back(
        &self,
        one: Delivery<'_>,
        found: &There,
        book: &mut Book,
    ) -> Result<Written, Fault> {
        let twin = found.twin.clone();
        if self.settings.shipments.voided == Voided::Hold {
            let number = twin.number.as_deref().unwrap_or(twin.id.as_str());
            return Err(Fault::Held {
                why: format!(
                    "the delivery was voided after it became item fulfilment {number}: delete that in NetSuite, see what the shop told the buyer, and retry this record; `shipments.voided: delete` does the former by itself"
                ),
            });
        }
        let path = format!("itemFulfillment/{}", twin.id);
        let (result, exchange) = self.api.remove(Lane::Orders, &path).await;
        book.note(one.place, exchange);
        result.map(|()| Written {
            twin,
            effect: Effect::Updated,
            discrepancy: None,
        })
    }

    async fn fulfil(
        &self,
        fresh: Vec<(Delivery<'_>, InternalId)>,
        book: &mut Book,
    ) -> Result<(), Trouble> {
        let Some(first) = fresh.first().map(|(one, _)| one.place) else {
            return Ok(());
        };
        let (terms, exchanges) = self.facts.read(self.api, &self.settings.orders).await?;
        book.note(first, exchanges);
        let orders: BTreeSet<InternalId> = fresh.iter().map(|(_, order)| order.clone()).collect();
        let orders: Vec<InternalId> = orders.into_iter().collect();
        let multi_currency = self.settings.orders.only_currency.is_none();
        let lines = query::shipping_lines(&orders, &self.settings.item_field, multi_currency);
        let (rows, exchanges) = self
            .api
            .find::<ShippingLineRow>(Lane::Orders, &lines)
            .await?;
        book.note(first, exchanges);
        let mut open = OpenLines::read(&rows).map_err(|why| Trouble {
            fault: Fault::Unreadable { why },
            exchanges: Vec::new(),
        })?;
        let (mut made, mut waiting) = (Vec::new(), fresh);
        while !waiting.is_empty() {
            let mut busy = HashSet::new();
            let (round, later): (Vec<_>, Vec<_>) = waiting
                .into_iter()
                .partition(|(_, order)| busy.insert(order.clone()));
            waiting = later;
            let mut steps = Vec::with_capacity(round.len());
            for (one, order) in round {
                match self.step(one, order, &open, terms) {
                    Ok(step) => steps.push(step),
                    // It may not fit because it is there already, and nobody remembers it.
                    Err(fault) => made.push((one, Creation::Duplicate(fault))),
                }
            }
            for done in self.post(steps).await {
                book.note(done.one.place, done.exchange);
                match done.creation {
                    Creation::Failed { fault, .. } => book.end(done.one.place, Err(fault)),
                    creation => {
                        open.take(done.order.as_str(), &done.taken);
                        made.push((done.one, creation));
                    }
                }
            }
        }
        self.read_back(made, book).await;
        Ok(())
    }

    fn step<'d>(
        &self,
        one: Delivery<'d>,
        order: InternalId,
        open: &OpenLines,
        terms: (&crate::map::Currencies, &jiff::tz::TimeZone),
    ) -> Result<Step<'d>, Fault> {
        let settings = &self.settings.shipments;
        let taken = open.fit(order.as_str(), one.fulfilment, settings)?;
        let body = shipment_body(
            (one.fulfilment, order.as_str()),
            (&one.write.key, &one.write.set),
            (open, &taken),
            settings,
            terms,
        )?;
        let articles = Articles::new();
        let (currencies, zone) = terms;
        let terms = Terms {
            orders: &self.settings.orders,
            articles: &articles,
            currencies,
            zone,
        };
        let facts = Facts::Shipment {
            account: Account::of(terms, &[], one.fulfilment.shipped_at),
            open: open.of(order.as_str()),
            order: order.to_string(),
        };
        Ok(Step {
            one,
            order,
            taken,
            body,
            facts,
        })
    }

    async fn post<'d>(&self, steps: Vec<Step<'d>>) -> Vec<Done<'d>> {
        let (mut open, mut requests) = (Vec::new(), Vec::new());
        for step in steps {
            let path = format!("salesOrder/{}/!transform/itemFulfillment", step.order);
            requests.push((path, step.body, step.facts));
            open.push((step.one, step.order, step.taken));
        }
        let sent: Vec<(Creation, Option<Exchange>)> = stream::iter(requests)
            .map(|(path, body, facts)| async move {
                self.api.create(Lane::Orders, &path, body, &facts).await
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let done = open.into_iter().zip(sent);
        done.map(|((one, order, taken), (creation, exchange))| Done {
            one,
            order,
            taken,
            creation,
            exchange,
        })
        .collect()
    }

    /// Compares what NetSuite made of deliveries with them.
    async fn read_back(&self, made: Vec<(Delivery<'_>, Creation)>, book: &mut Book) {
        let keys: Vec<String> = made
            .iter()
            .map(|(one, _)| one.write.key.to_string())
            .collect();
        let Some(first) = made.first().map(|(one, _)| one.place) else {
            return;
        };
        let found = orders::patiently(self.api, || self.there(&keys)).await;
        let found = match found {
            Ok((there, exchanges)) => {
                book.note(first, exchanges);
                Ok(there)
            }
            Err(trouble) => {
                book.note(first, trouble.exchanges);
                Err(trouble.fault)
            }
        };
        for (one, creation) in made {
            let there = found
                .as_ref()
                .map(|there| there.get(one.write.key.as_str()));
            let result = match (creation, there) {
                (Creation::Created(_), Ok(Some(there))) => {
                    Ok(there.written(one.fulfilment, Effect::Created))
                }
                (Creation::Duplicate(_), Ok(Some(there))) => {
                    Ok(there.written(one.fulfilment, Effect::AlreadyThere))
                }
                // Another record stands in the way of our key.
                (Creation::Duplicate(fault) | Creation::Failed { fault, .. }, Ok(None)) => {
                    Err(fault)
                }
                (Creation::Created(Some(id)), _) => orders::twin(&id, None).map(|twin| Written {
                    twin,
                    effect: Effect::Created,
                    discrepancy: Some("the item fulfilment could not be read back".to_owned()),
                }),
                (_, _) => Err(Fault::Uncertain {
                    why:
                        "NetSuite took the delivery, and what it made of it could not be read back"
                            .to_owned(),
                }),
            };
            book.end(one.place, result);
        }
    }

    /// The shipped item fulfilments under these keys.
    async fn there(&self, keys: &[String]) -> Result<(Held, Vec<Exchange>), Trouble> {
        let mut held = Held::new();
        if keys.is_empty() {
            return Ok((held, Vec::new()));
        }
        let query = query::fulfilments_by_key(keys);
        let (headers, mut exchanges) = self.api.all(Lane::Orders, &query).await?;
        let ids = headers
            .iter()
            .filter_map(|row| InternalId::new(text(row, "id")?).ok());
        let ids: Vec<InternalId> = ids.collect();
        if ids.is_empty() {
            return Ok((held, exchanges));
        }
        let lines = query::fulfilment_lines(&ids, &self.settings.item_field, None);
        let (lines, made) = self.api.all(Lane::Orders, &lines).await?;
        exchanges.extend(made);
        let tracking = self.tracking.of(self.api, &ids).await?;
        let of = |rows: &[Row], id: &str| -> Vec<Row> {
            let own = rows
                .iter()
                .filter(|row| text(row, "fulfilment").as_deref() == Some(id));
            own.cloned().collect()
        };
        for header in &headers {
            let (Some(id), Some(key)) = (text(header, "id"), text(header, "written_as")) else {
                continue;
            };
            let parts = FulfilmentParts {
                lines: of(&lines, &id),
                tracking: of(&tracking, &id),
            };
            let (fulfilments, stock) = (&self.settings.fulfilments, &self.settings.stock);
            let read = fulfilment(header, &parts, fulfilments, stock);
            let Ok(twin) = orders::twin(&id, text(header, "tranid")) else {
                continue;
            };
            let fulfilment = read.map(|read| read.record);
            held.insert(key, There { twin, fulfilment });
        }
        Ok((held, exchanges))
    }
}

struct Step<'d> {
    one: Delivery<'d>,
    order: InternalId,
    taken: Vec<TakenLine>,
    body: Vec<u8>,
    facts: Facts,
}

struct Done<'d> {
    one: Delivery<'d>,
    order: InternalId,
    taken: Vec<TakenLine>,
    creation: Creation,
    exchange: Option<Exchange>,
}

impl There {
    fn written(&self, delivery: &Fulfilment, effect: Effect) -> Written {
        let discrepancy = match &self.fulfilment {
            Ok(there) => shipment_differs(delivery, there),
            Err(why) => Some(format!("the item fulfilment cannot be read: {why}")),
        };
        Written {
            twin: self.twin.clone(),
            effect,
            discrepancy,
        }
    }
}

const fn unchanged(twin: Twin) -> Written {
    Written {
        twin,
        effect: Effect::Unchanged,
        discrepancy: None,
    }
}

/// What is not for NetSuite stands for itself.
fn left_out(one: Delivery<'_>, why: &str) -> Result<Written, Fault> {
    Ok(Written {
        twin: Twin {
            id: one.write.event.external_id.clone(),
            number: None,
        },
        effect: Effect::NotOurs,
        discrepancy: Some(why.to_owned()),
    })
}

fn changed(what: &str) -> Fault {
    Fault::Held {
        why: format!(
            "the delivery was written before, and {what}: such changes are not carried over. Make the change in NetSuite, then mark this record as ignored"
        ),
    }
}

fn text(row: &Row, column: &str) -> Option<String> {
    row.get(column)?.as_str().map(str::to_owned)
}
