//! Writes refunds as credits. Per batch: one query for the sales orders, one for how they are billed, one for SKUs not known yet, one
//! `POST` per refund, one query that reads the totals back.

use std::collections::HashSet;

use commerce::{Kind, Refund, Side, TargetKey};
use ports::{Effect, Fault, Lane, Write, Written};

use super::articles::Shelf;
use super::book::Book;
use super::facts::Facts;
use super::orders::{self, CREDIT, Ready};
use super::{Api, Trouble};
use crate::Settings;
use crate::map::settings::InternalId;
use crate::map::{
    Billing, Draft, Giving, Terms, allowed, credit, facts, moot, query, refund_draft, refunded_skus,
};
use crate::wire::{BillRow, SoldRow};

/// What refunds are written with.
pub(super) struct Cashier<'a> {
    pub(super) settings: &'a Settings,
    pub(super) api: &'a Api,
    pub(super) shelf: &'a Shelf,
    pub(super) facts: &'a Facts,
}

/// One refund of a batch.
#[derive(Clone, Copy)]
pub(super) struct Giveback<'a> {
    pub(super) place: usize,
    pub(super) write: &'a Write,
    pub(super) refund: &'a Refund,
}

/// One whose sales order is there and bears it.
struct Due<'a> {
    one: Giveback<'a>,
    order: SoldRow,
    record: &'static str,
}

impl Giveback<'_> {
    fn order_key(&self) -> TargetKey {
        let from = &self.write.event.connection;
        TargetKey::of(from, Kind::Order, &self.refund.order.id)
    }

    /// The sales order: the proven twin, else the one under the key that the order is written by.
    fn order_in<'r>(&self, rows: &'r [SoldRow]) -> Option<&'r SoldRow> {
        let twin = self.write.parent.as_ref();
        let proven = twin.and_then(|twin| rows.iter().find(|row| row.id == twin.id.as_str()));
        let key = self.order_key();
        let by_key = || {
            rows.iter()
                .find(|row| row.externalid.as_deref() == Some(key.as_str()))
        };
        proven.or_else(by_key)
    }
}

impl Cashier<'_> {
    pub(super) async fn write(&self, all: Vec<Giveback<'_>>, book: &mut Book) {
        let (bound, fresh): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| one.write.bound.is_some());
        self.compare(&bound, book).await;
        if fresh.is_empty() {
            return;
        }
        let places: Vec<usize> = fresh.iter().map(|one| one.place).collect();
        if let Err(trouble) = self.give_back(fresh, book).await {
            book.end_open(&places, trouble);
        }
    }

    /// Whether earlier attempts landed, and what they came to.
    pub(super) async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let keys: Vec<String> = writes.iter().map(|write| write.key.to_string()).collect();
        let rows = match orders::find(self.api, CREDIT, &keys).await {
            Ok((rows, _)) => rows,
            Err(trouble) => return vec![Err(trouble.fault); writes.len()],
        };
        let landed = |(write, key): (&Write, String)| {
            let commerce::Record::Refund(refund) = &write.event.record else {
                return Ok(None);
            };
            let Some(row) = rows.get(&key) else {
                return Ok(None);
            };
            let total = refund.total.on(Side::from(self.settings.orders.book_in));
            let tolerance = self.settings.orders.tolerance;
            orders::written(CREDIT, row, Effect::AlreadyThere, total, tolerance).map(Some)
        };
        writes.iter().zip(keys).map(landed).collect()
    }

    /// Refunds that are there already and changed in the shop: fine while the totals are the same, else for a person.
    async fn compare(&self, bound: &[Giveback<'_>], book: &mut Book) {
        let writes: Vec<Write> = bound.iter().map(|one| one.write.clone()).collect();
        if writes.is_empty() {
            return;
        }
        for (one, found) in bound.iter().zip(self.locate(&writes).await) {
            let result = match found {
                Ok(Some(written)) => match written.discrepancy {
                    None => Ok(Written {
                        effect: Effect::Unchanged,
                        ..written
                    }),
                    Some(why) => Err(changed(&why)),
                },
                Ok(None) => Err(changed("NetSuite no longer shows that credit")),
                Err(fault) => Err(fault),
            };
            book.end(one.place, result);
        }
    }

    async fn give_back(&self, fresh: Vec<Giveback<'_>>, book: &mut Book) -> Result<(), Trouble> {
        let due = self.due(fresh, book).await?;
        let Some(first) = due.first().map(|due| due.one.place) else {
            return Ok(());
        };
        let orders = &self.settings.orders;
        let ((currencies, zone), exchanges) = self.facts.read(self.api, orders).await?;
        book.note(first, exchanges);
        let skus = due
            .iter()
            .flat_map(|due| refunded_skus(due.one.refund, orders));
        let wanted: HashSet<_> = skus.collect();
        let field = &self.settings.item_field;
        let (articles, exchanges) = self.shelf.find(self.api, field, wanted).await?;
        book.note(first, exchanges);
        let terms = Terms {
            orders,
            articles: &articles,
            currencies,
            zone,
        };
        let mut ready = Vec::with_capacity(due.len());
        for due in &due {
            match self.ready(due, terms) {
                Ok(one) => ready.push(one),
                Err(fault) => book.end(due.one.place, Err(fault)),
            }
        }
        for done in orders::create(self.api, CREDIT, ready, orders.tolerance).await {
            let refused = due.iter().find(|due| due.one.place == done.place);
            if let (true, Some(due)) = (done.item_refused, refused) {
                self.shelf.forget(refunded_skus(due.one.refund, orders));
            }
            if let Some((digest, facts)) = done.kept {
                book.keep(done.place, digest, facts);
            }
            book.note(done.place, done.exchanges);
            book.end(done.place, done.result);
        }
        Ok(())
    }

    fn ready(&self, due: &Due<'_>, terms: Terms<'_>) -> Result<Ready, Fault> {
        let one = due.one;
        let giving = Giving {
            refunds: &self.settings.refunds,
            order: &due.order,
            record: due.record,
        };
        let (key, set) = (&one.write.key, &one.write.set);
        let skus = refunded_skus(one.refund, terms.orders);
        let draft: Draft = refund_draft(one.refund, key, set, terms, giving)?;
        Ok(Ready {
            place: one.place,
            record: due.record,
            key: key.to_string(),
            total: draft.total,
            body: draft.body(None)?,
            facts: facts(
                terms,
                &skus,
                one.refund.at,
                None,
                Some((&due.order, due.record)),
            ),
        })
    }

    /// Those whose sales order is there and bears the refund, with what each becomes.
    async fn due<'a>(
        &self,
        fresh: Vec<Giveback<'a>>,
        book: &mut Book,
    ) -> Result<Vec<Due<'a>>, Trouble> {
        let keys: Vec<String> = fresh
            .iter()
            .map(|one| one.order_key().to_string())
            .collect();
        let twins = fresh.iter().filter_map(|one| one.write.parent.as_ref());
        let twins: Vec<InternalId> = twins
            .filter_map(|twin| InternalId::new(twin.id.as_str()).ok())
            .collect();
        let first = fresh.first().map_or(0, |one| one.place);
        let sold = query::sold(&keys, &twins, &self.settings.orders.places);
        let (rows, exchanges) = self.api.find::<SoldRow>(Lane::Orders, &sold).await?;
        book.note(first, exchanges);
        let ids: Vec<InternalId> = rows
            .iter()
            .filter_map(|row| InternalId::new(&row.id).ok())
            .collect();
        let mut bills = Vec::new();
        if !ids.is_empty() {
            let query = query::bills(&ids);
            let (rows, exchanges) = self.api.find::<BillRow>(Lane::Orders, &query).await?;
            book.note(first, exchanges);
            bills = rows;
        }
        let mut due = Vec::with_capacity(fresh.len());
        for one in fresh {
            // What was deposited is there to be given back.
            let deposits = self.settings.orders.payments.deposits;
            let left_out = left_out(one, &rows, &bills).filter(|_| !deposits);
            if let Some(written) = left_out {
                book.end(one.place, written);
                continue;
            }
            match self.judged(one, &rows, &bills) {
                Ok(one) => due.push(one),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        Ok(due)
    }

    fn judged<'a>(
        &self,
        one: Giveback<'a>,
        rows: &[SoldRow],
        bills: &[BillRow],
    ) -> Result<Due<'a>, Fault> {
        let order = one.order_in(rows).ok_or_else(|| Fault::Missing {
            what: format!("order:{}", one.order_key()),
        })?;
        allowed(one.refund, order, &self.settings.orders)?;
        let billing = Billing::of(order, bills);
        if let (true, Some(why)) = (self.settings.orders.payments.deposits, moot(billing, order)) {
            return Err(Fault::Held {
                why: format!(
                    "{why}, but what was paid lies there as a customer deposit: refund the deposit in NetSuite, then mark this record as ignored"
                ),
            });
        }
        let becomes = credit(billing, self.settings.refunds.unbilled)?;
        Ok(Due {
            one,
            order: order.clone(),
            record: becomes.record(),
        })
    }
}

/// A refund that NetSuite has nothing to give back of.
fn left_out(
    one: Giveback<'_>,
    rows: &[SoldRow],
    bills: &[BillRow],
) -> Option<Result<Written, Fault>> {
    let order = one.order_in(rows)?;
    let why = moot(Billing::of(order, bills), order)?;
    let twin = orders::twin(&order.id, order.tranid.clone());
    Some(twin.map(|twin| Written {
        twin,
        effect: Effect::NotOurs,
        discrepancy: Some(why),
    }))
}

fn changed(what: &str) -> Fault {
    Fault::Held {
        why: format!(
            "the refund was changed in the shop after it was written: {what}. Such changes are not carried over: make the change in NetSuite, then mark this record as ignored"
        ),
    }
}
