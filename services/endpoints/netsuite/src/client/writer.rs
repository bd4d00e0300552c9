//! Writes orders as sales orders, and hands refunds on. Per batch: one query for customers, one for SKUs not known yet, one `POST` per order,
//! one query that reads the totals back. Orders that are there already go their own way: [`super::changes`].

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{Kind, Order, OrderState, Record, Side};
use jiff::tz::TimeZone;
use ports::{Attempt, Effect, Fault, Register, Sink, Write, Written};

use super::articles::Shelf;
use super::book::Book;
use super::customers::{self, Patron};
use super::facts::Facts;
use super::orders::{self, Ready, SALES_ORDER};
use super::refunds::{Cashier, Giveback};
use super::{Api, Trouble};
use crate::Settings;
use crate::map::{Articles, Currencies, Draft, Terms, buyer, draft, skus};
use crate::wire::{Json, OrderRow};

/// Orders worth handing over at once: enough to make the shared queries cheap.
const BATCH: usize = 50;

/// The sink of orders and refunds.
pub(crate) struct Writer {
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
    pub(super) shelf: Shelf,
    pub(super) facts: Facts,
}

/// One order of a batch.
#[derive(Clone, Copy)]
pub(super) struct Fresh<'a> {
    pub(super) place: usize,
    pub(super) write: &'a Write,
    pub(super) order: &'a Order,
}

/// What a look-up after an uncertain write found.
pub(super) type Located = Result<Option<Written>, Fault>;

#[async_trait]
impl Sink for Writer {
    fn kinds(&self) -> &[Kind] {
        crate::WRITES
    }

    fn batch_size(&self, _kind: Kind) -> usize {
        BATCH
    }

    async fn write(&self, writes: &[Write]) -> Vec<Attempt> {
        let mut book = Book::new(writes.len());
        let (mut fresh, mut bound, mut back) = (Vec::new(), Vec::new(), Vec::new());
        for (place, write) in writes.iter().enumerate() {
            let order = match &write.event.record {
                Record::Order(order) => order,
                Record::Refund(refund) => {
                    back.push(Giveback {
                        place,
                        write,
                        refund,
                    });
                    continue;
                }
                Record::Fulfilment(_) | Record::Stock(_) | Record::Cancellation(_) => {
                    let kind = write.event.kind();
                    let why = format!(
                        "NetSuite takes orders and refunds, not records of kind {kind}: correct the sync"
                    );
                    book.end(place, Err(Fault::Refused { why }));
                    continue;
                }
            };
            let one = Fresh {
                place,
                write,
                order,
            };
            match &write.bound {
                Some(twin) => bound.push((one, twin)),
                None if order.state == OrderState::Cancelled => {
                    book.end(place, Err(never_imported()));
                }
                None => fresh.push(one),
            }
        }
        self.change(&bound, &mut book).await;
        self.create(fresh, &mut book).await;
        self.cashier().write(back, &mut book).await;
        book.into_attempts()
    }

    fn register(&self) -> Option<&dyn Register> {
        Some(self)
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        // A sync is of one kind, and so is a batch.
        if writes
            .iter()
            .any(|write| write.event.kind() == Kind::Refund)
        {
            return self.cashier().locate(writes).await;
        }
        let mut found: Vec<_> = std::iter::repeat_with(|| Ok(None))
            .take(writes.len())
            .collect();
        let (mut fresh, mut bound) = (Vec::new(), Vec::new());
        for (place, write) in writes.iter().enumerate() {
            if let Record::Order(order) = &write.event.record {
                let one = Fresh {
                    place,
                    write,
                    order,
                };
                match &write.bound {
                    Some(twin) => bound.push((one, twin)),
                    None => fresh.push(one),
                }
            }
        }
        let answers = self.locate_new(&fresh).await.into_iter();
        for (place, answer) in answers.chain(self.locate_changes(&bound).await) {
            if let Some(slot) = found.get_mut(place) {
                *slot = answer;
            }
        }
        found
    }
}

impl Writer {
    pub(crate) fn new(settings: Arc<Settings>, api: Api) -> Self {
        Self {
            settings,
            api,
            shelf: Shelf::default(),
            facts: Facts::default(),
        }
    }

    fn cashier(&self) -> Cashier<'_> {
        Cashier {
            settings: &self.settings,
            api: &self.api,
            shelf: &self.shelf,
            facts: &self.facts,
        }
    }

    async fn locate_new(&self, fresh: &[Fresh<'_>]) -> Vec<(usize, Located)> {
        if fresh.is_empty() {
            return Vec::new();
        }
        let keys: Vec<String> = fresh.iter().map(|one| one.write.key.to_string()).collect();
        let rows = orders::find(&self.api, SALES_ORDER, &keys).await;
        let answer = |(one, key): (&Fresh<'_>, &String)| {
            let answer = match &rows {
                Ok((rows, _)) => {
                    let row = rows.get(key);
                    row.map(|row| self.landed(row, one.order)).transpose()
                }
                Err(trouble) => Err(trouble.fault.clone()),
            };
            (one.place, answer)
        };
        fresh.iter().zip(&keys).map(answer).collect()
    }

    fn landed(&self, row: &OrderRow, order: &Order) -> Result<Written, Fault> {
        let orders = &self.settings.orders;
        let total = order.total.on(Side::from(orders.book_in));
        orders::written(
            SALES_ORDER,
            row,
            Effect::AlreadyThere,
            total,
            orders.tolerance,
        )
    }

    async fn create(&self, fresh: Vec<Fresh<'_>>, book: &mut Book) {
        if fresh.is_empty() {
            return;
        }
        let mut places: Vec<usize> = fresh.iter().map(|one| one.place).collect();
        let first = places.first().copied().unwrap_or_default();
        let (terms, exchanges) = match self.facts.read(&self.api, &self.settings.orders).await {
            Ok(known) => known,
            Err(trouble) => return book.end_all(&places, trouble),
        };
        book.note(first, exchanges);
        let wanted: HashSet<_> = fresh
            .iter()
            .flat_map(|one| skus(one.order, &self.settings.orders))
            .collect();
        let shelf = self
            .shelf
            .find(&self.api, &self.settings.item_field, wanted);
        let articles = match shelf.await {
            Ok((articles, exchanges)) => {
                book.note(first, exchanges);
                articles
            }
            Err(trouble) => return book.end_all(&places, trouble),
        };
        let drafts = self.drafts(&fresh, terms, &articles, book);
        places = drafts.iter().map(|(one, _)| one.place).collect();
        let ready = match self.with_entities(drafts, book).await {
            Ok(ready) => ready,
            Err(trouble) => return book.end_all(&places, trouble),
        };
        let tolerance = self.settings.orders.tolerance;
        for done in orders::create(&self.api, SALES_ORDER, ready, tolerance).await {
            if let (true, Some(one)) = (
                done.item_refused,
                fresh.iter().find(|one| one.place == done.place),
            ) {
                self.shelf.forget(skus(one.order, &self.settings.orders));
            }
            book.note(done.place, done.exchanges);
            book.end(done.place, done.result);
        }
    }

    fn drafts<'a>(
        &self,
        fresh: &[Fresh<'a>],
        (currencies, zone): (&Currencies, &TimeZone),
        articles: &Articles,
        book: &mut Book,
    ) -> Vec<(Fresh<'a>, Draft)> {
        let terms = Terms {
            orders: &self.settings.orders,
            articles,
            currencies,
            zone,
        };
        let mut drafts = Vec::with_capacity(fresh.len());
        for one in fresh {
            match draft(one.order, &one.write.key, &one.write.set, terms) {
                Ok(draft) => drafts.push((*one, draft)),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        drafts
    }

    /// Puts the customer into each order.
    async fn with_entities(
        &self,
        drafts: Vec<(Fresh<'_>, Draft)>,
        book: &mut Book,
    ) -> Result<Vec<Ready>, Trouble> {
        let (named, open): (Vec<_>, Vec<_>) = drafts
            .into_iter()
            .partition(|(_, draft)| draft.has_entity());
        let patrons: Vec<Patron<'_>> = open
            .iter()
            .map(|(one, _)| Patron {
                order: one.order,
                buyer: buyer(one.order, &one.write.event.connection),
            })
            .collect();
        let settings = &self.settings.orders.customer;
        let found = customers::entities(&self.api, &patrons, settings).await?;
        for (index, exchange) in found.exchanges {
            if let Some((one, _)) = open.get(index) {
                book.note(one.place, [exchange]);
            }
        }
        let mut ready = Vec::with_capacity(named.len() + open.len());
        let mut add = |one: Fresh<'_>, draft: Draft, entity: Option<Json>| {
            let total = draft.total;
            match draft.body(entity) {
                Ok(body) => ready.push(Ready {
                    place: one.place,
                    record: "salesOrder",
                    key: one.write.key.to_string(),
                    body,
                    total,
                }),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        };
        for (one, draft) in named {
            add(one, draft, None);
        }
        let mut without = Vec::new();
        for ((one, draft), entity) in open.into_iter().zip(found.entities) {
            match entity {
                Ok(entity) => add(one, draft, Some(entity)),
                Err(fault) => without.push((one.place, fault)),
            }
        }
        for (place, fault) in without {
            book.end(place, Err(fault));
        }
        Ok(ready)
    }
}

/// The syncs' filter is the place to keep cancelled orders out; one that comes this far is not dropped in silence.
fn never_imported() -> Fault {
    Fault::Held {
        why: "the order was cancelled in the shop before it was imported: nothing was written. Mark it as ignored, or keep such orders out by the sync's filter".to_owned(),
    }
}
