//! Writes orders as sales orders, cash sales and invoices, and hands refunds and payouts on. Per batch: one query for customers, one for SKUs not known yet, one `POST` per order,
//! one query that reads the totals back. Orders that are there already go their own way: [`super::changes`].

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use commerce::{ConnectionId, Kind, Order, OrderState, Record, Side};
use ports::{Attempt, Effect, Fault, Lane, Register, Sink, Write, Written};

use super::articles::Shelf;
use super::book::Book;
use super::customers::{self, Added, Desk, Own};
use super::deposits::Till;
use super::facts::Facts as Known;
use super::orders::{self, Ready, SALE};
use super::payouts::{Paid, Teller};
use super::refunds::{Cashier, Giveback};
use super::shipments::{Delivery, Dispatcher};
use super::tracking::Tracking;
use super::{Api, Trouble};
use crate::Settings;
use crate::map::settings::Sale;
use crate::map::{Account, Deposit, Draft, Facts, Patron, Terms, deposits, draft, skus};
use crate::wire::{Json, OrderRow};

/// Orders worth handing over at once: enough to make the shared queries cheap.
const BATCH: usize = 50;

/// The sink of orders, refunds and payouts.
pub(crate) struct Writer {
    own: ConnectionId,
    pub(super) settings: Arc<Settings>,
    pub(super) api: Api,
    pub(super) shelf: Shelf,
    pub(super) facts: Known,
    pub(super) added: Added,
    tracking: Tracking,
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
        let mut own = Vec::new();
        let (mut paid, mut shipped) = (Vec::new(), Vec::new());
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
                Record::Customer(_) | Record::Company(_) => {
                    own.push(Own { place, write });
                    continue;
                }
                Record::Payout(payout) => {
                    paid.push(Paid {
                        place,
                        write,
                        payout,
                    });
                    continue;
                }
                Record::Fulfilment(fulfilment) => {
                    shipped.push(Delivery {
                        place,
                        write,
                        fulfilment,
                    });
                    continue;
                }
                Record::Stock(_)
                | Record::Product(_)
                | Record::Price(_)
                | Record::Cancellation(_)
                | Record::ShippingOrder(_) => {
                    let kind = write.event.kind();
                    let why = format!(
                        "NetSuite takes orders, refunds, payouts, customers, companies and fulfilments, not records of kind {kind}: correct the sync"
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
        let mut tills = self.change(&bound, &mut book).await;
        tills.extend(self.create(fresh, &mut book).await);
        self.deposit(tills, &mut book).await;
        self.cashier().write(back, &mut book).await;
        self.keep(own, &mut book).await;
        self.teller().write(paid, &mut book).await;
        self.dispatcher().write(shipped, &mut book).await;
        book.into_attempts()
    }

    fn register(&self, kind: Kind) -> Option<Register<'_>> {
        // Customers have no amounts, and people change them.
        matches!(kind, Kind::Order | Kind::Refund | Kind::Payout).then_some(Register::Sums(self))
    }

    async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        // A sync is of one kind, and so is a batch.
        match writes.first().map(|write| write.event.kind()) {
            Some(Kind::Refund) => return self.cashier().locate(writes).await,
            Some(Kind::Payout) => return self.teller().locate(writes).await,
            Some(Kind::Fulfilment) => return self.dispatcher().locate(writes).await,
            Some(Kind::Customer | Kind::Company) => return self.locate_customers(writes).await,
            _ => {}
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
    pub(crate) fn new(own: ConnectionId, settings: Arc<Settings>, api: Api) -> Self {
        Self {
            own,
            settings,
            api,
            shelf: Shelf::default(),
            facts: Known::default(),
            added: Added::default(),
            tracking: Tracking::default(),
        }
    }

    fn dispatcher(&self) -> Dispatcher<'_> {
        Dispatcher {
            own: &self.own,
            settings: &self.settings,
            api: &self.api,
            facts: &self.facts,
            tracking: &self.tracking,
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

    fn teller(&self) -> Teller<'_> {
        Teller {
            settings: &self.settings,
            api: &self.api,
            facts: &self.facts,
        }
    }

    async fn locate_new(&self, fresh: &[Fresh<'_>]) -> Vec<(usize, Located)> {
        if fresh.is_empty() {
            return Vec::new();
        }
        let keys: Vec<String> = fresh.iter().map(|one| one.write.key.to_string()).collect();
        let rows = match orders::find(&self.api, SALE, &keys).await {
            Ok((rows, _)) => rows,
            Err(trouble) => {
                let places = fresh.iter().map(|one| one.place);
                return places
                    .map(|place| (place, Err(trouble.fault.clone())))
                    .collect();
            }
        };
        let there = fresh.iter().zip(&keys).filter_map(|(one, key)| {
            let code = rows.get(key)?.r#type.as_deref();
            Some((one, code.and_then(Sale::of)?))
        });
        let short = self.short_of_deposits(there).await;
        let answer = |(one, key): (&Fresh<'_>, &String)| {
            let landed = |row| {
                let written = self.landed(row, one.order)?;
                Ok(
                    match short.as_ref().map_err(Fault::clone)?.contains(&one.place) {
                        true => Written {
                            effect: Effect::Unfinished,
                            ..written
                        },
                        false => written,
                    },
                )
            };
            (one.place, rows.get(key).map(landed).transpose())
        };
        fresh.iter().zip(&keys).map(answer).collect()
    }

    fn landed(&self, row: &OrderRow, order: &Order) -> Result<Written, Fault> {
        let orders = &self.settings.orders;
        let total = order.total.on(Side::from(orders.book_in));
        orders::written(SALE, row, Effect::AlreadyThere, total, orders.tolerance)
    }

    /// Creates the sales of these orders. Tells what is to be deposited for them.
    async fn create(&self, fresh: Vec<Fresh<'_>>, book: &mut Book) -> Vec<Till> {
        let mut tills = Vec::new();
        if fresh.is_empty() {
            return tills;
        }
        let mut places: Vec<usize> = fresh.iter().map(|one| one.place).collect();
        let first = places.first().copied().unwrap_or_default();
        let (terms, exchanges) = match self.facts.read(&self.api, &self.settings.orders).await {
            Ok(known) => known,
            Err(trouble) => {
                book.end_all(&places, trouble);
                return tills;
            }
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
            Err(trouble) => {
                book.end_all(&places, trouble);
                return tills;
            }
        };
        let (currencies, zone) = terms;
        let terms = Terms {
            orders: &self.settings.orders,
            articles: &articles,
            currencies,
            zone,
        };
        let drafts = self.drafts(&fresh, terms, book);
        places = drafts.iter().map(|(one, ..)| one.place).collect();
        let ready = match self.with_entities(drafts, terms, &mut tills, book).await {
            Ok(ready) => ready,
            Err(trouble) => {
                book.end_all(&places, trouble);
                return Vec::new();
            }
        };
        let tolerance = self.settings.orders.tolerance;
        for done in orders::create(&self.api, SALE, ready, tolerance).await {
            if let (true, Some(one)) = (
                done.item_refused,
                fresh.iter().find(|one| one.place == done.place),
            ) {
                self.shelf.forget(skus(one.order, &self.settings.orders));
            }
            book.note(done.place, done.exchanges);
            book.end(done.place, done.result);
        }
        tills
    }

    fn drafts<'a>(
        &self,
        fresh: &[Fresh<'a>],
        terms: Terms<'_>,
        book: &mut Book,
    ) -> Vec<(Fresh<'a>, Draft, Vec<Deposit>)> {
        let mut drafts = Vec::with_capacity(fresh.len());
        for one in fresh {
            let draft = draft(one.order, &one.write.key, &one.write.set, terms);
            let whole = draft.and_then(|draft| {
                let sale = draft.sale().unwrap_or_default();
                let paid = deposits(&one.write.event, &one.write.set, sale, terms)?;
                Ok((*one, draft, paid))
            });
            match whole {
                Ok(whole) => drafts.push(whole),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        drafts
    }

    /// Puts the customer into each order.
    async fn with_entities(
        &self,
        drafts: Vec<(Fresh<'_>, Draft, Vec<Deposit>)>,
        terms: Terms<'_>,
        tills: &mut Vec<Till>,
        book: &mut Book,
    ) -> Result<Vec<Ready>, Trouble> {
        let (named, open): (Vec<_>, Vec<_>) = drafts
            .into_iter()
            .partition(|(_, draft, _)| draft.entity().is_some());
        let settings = &self.settings.orders;
        let patrons = open.iter();
        let patrons: Vec<Patron<'_>> = patrons
            .filter_map(|(one, ..)| Patron::of(one.write, settings))
            .collect();
        let desk = Desk {
            api: &self.api,
            lane: Lane::Orders,
            settings,
            update: settings.customer.update,
            addresses: settings.customer.addresses,
            added: &self.added,
        };
        let found = customers::entities(desk, &patrons).await?;
        for (index, exchange) in found.exchanges {
            if let Some((one, ..)) = open.get(index) {
                book.note(one.place, [exchange]);
            }
        }
        let mut ready = Vec::with_capacity(named.len() + open.len());
        let mut add = |(one, draft, deposits): (Fresh<'_>, Draft, _), entity: Option<Json>| {
            let account = Account::of(terms, &skus(one.order, terms.orders), one.order.placed_at);
            tills.push(Till {
                place: one.place,
                key: one.write.key.to_string(),
                customer: entity.as_ref().or(draft.entity()).cloned(),
                open: draft.total,
                sale: draft.sale().unwrap_or_default(),
                account: account.clone(),
                deposits,
                new: true,
            });
            let (record, total) = (draft.record, draft.total);
            let facts = Facts::sale(account, entity.as_ref());
            match draft.body(entity) {
                Ok(body) => ready.push(Ready {
                    place: one.place,
                    record: record.to_owned(),
                    key: one.write.key.to_string(),
                    body,
                    total,
                    facts,
                }),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        };
        for whole in named {
            add(whole, None);
        }
        let mut without = Vec::new();
        for (whole, entity) in open.into_iter().zip(found.entities) {
            match entity {
                Ok(client) => add(whole, Some(client.json)),
                Err(fault) => without.push((whole.0.place, fault)),
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
