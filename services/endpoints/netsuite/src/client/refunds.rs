//! Writes refunds as credits. Per batch: one query for the sales orders, one for how they are billed, one for the deposits of those that are
//! not, one for SKUs not known yet, one `POST` per refund (three where goods are authorized to come back), one query that reads the totals back.

mod due;
mod returns;

use std::collections::HashSet;

use commerce::{Kind, Money, Refund, Side, Sku, TargetKey};
use ports::{Effect, Fault, Write, Written};

use super::articles::Shelf;
use super::book::Book;
use super::facts::Facts as Known;
use super::orders::{self, CREDIT, Ready};
use super::{Api, Trouble};
use crate::Settings;
use crate::map::{Account, Credit, Draft, Facts, Giving, Terms, owed, refund_draft, refunded_skus};
use crate::wire::{OrderRow, SoldRow};
use due::{Due, Scene, Verdict};

/// What refunds are written with.
pub(super) struct Cashier<'a> {
    pub(super) settings: &'a Settings,
    pub(super) api: &'a Api,
    pub(super) shelf: &'a Shelf,
    pub(super) facts: &'a Known,
}

/// One refund of a batch.
#[derive(Clone, Copy)]
pub(super) struct Giveback<'a> {
    pub(super) place: usize,
    pub(super) write: &'a Write,
    pub(super) refund: &'a Refund,
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
            let total = self.total(refund, row)?;
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

    /// What the credit that the refund became has to come to.
    fn total(&self, refund: &Refund, row: &OrderRow) -> Result<Money, Fault> {
        let orders = &self.settings.orders;
        if row.r#type.as_deref() == Some(Credit::CustomerRefund.code()) {
            return owed(refund, orders);
        }
        Ok(refund.total.on(Side::from(orders.book_in)))
    }

    async fn give_back(&self, fresh: Vec<Giveback<'_>>, book: &mut Book) -> Result<(), Trouble> {
        let (mut scene, exchanges) = self.look(&fresh).await?;
        if let Some(first) = fresh.first() {
            book.note(first.place, exchanges);
        }
        let mut due = Vec::with_capacity(fresh.len());
        for one in fresh {
            match self.judge(one, &scene) {
                Ok(Verdict::Due(one)) => due.push(one),
                Ok(Verdict::LeftOut(written)) => book.end(one.place, Ok(written)),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        self.find_those_there(&due, book).await?;
        due.retain(|due| book.result(due.one.place).is_none());
        let Some(first) = due.first().map(|due| due.one.place) else {
            return Ok(());
        };
        let orders = &self.settings.orders;
        let ((currencies, zone), exchanges) = self.facts.read(self.api, orders).await?;
        book.note(first, exchanges);
        let skus = due.iter().flat_map(|due| self.skus(due));
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
        self.bring_back(&due, &scene, terms, book).await?;
        due.retain(|due| book.result(due.one.place).is_none());
        let mut ready = Vec::with_capacity(due.len());
        for due in &due {
            match self.ready(due, terms, &mut scene) {
                Ok(one) => ready.push(one),
                Err(fault) => book.end(due.one.place, Err(fault)),
            }
        }
        for done in orders::create(self.api, CREDIT, ready, orders.tolerance).await {
            let refused = due.iter().find(|due| due.one.place == done.place);
            if let (true, Some(due)) = (done.item_refused, refused) {
                self.shelf.forget(self.skus(due));
            }
            book.note(done.place, done.exchanges);
            book.end(done.place, done.result);
        }
        Ok(())
    }

    /// Ends those that are there already, of those that would not get as far as NetSuite's refusal of a second one: nothing is left then of
    /// the deposits they are taken from, or of what was authorized to come back.
    async fn find_those_there(&self, due: &[Due<'_>], book: &mut Book) -> Result<(), Trouble> {
        let uses_up = |due: &&Due<'_>| due.returning || due.credit == Credit::CustomerRefund;
        let uses_up: Vec<&Due<'_>> = due.iter().filter(uses_up).collect();
        let Some(first) = uses_up.first().map(|due| due.one.place) else {
            return Ok(());
        };
        let keys: Vec<String> = uses_up
            .iter()
            .map(|due| due.one.write.key.to_string())
            .collect();
        let (rows, exchanges) = orders::find(self.api, CREDIT, &keys).await?;
        book.note(first, exchanges);
        for (due, key) in uses_up.into_iter().zip(keys) {
            let Some(row) = rows.get(&key) else { continue };
            let total = self.total(due.one.refund, row);
            let tolerance = self.settings.orders.tolerance;
            let there = Effect::AlreadyThere;
            let written =
                total.and_then(|total| orders::written(CREDIT, row, there, total, tolerance));
            book.end(due.one.place, written);
        }
        Ok(())
    }

    /// The SKUs whose items it takes to write it.
    fn skus<'a>(&self, due: &Due<'a>) -> Vec<&'a Sku> {
        match due.credit {
            Credit::CustomerRefund => Vec::new(),
            Credit::Memo | Credit::CashRefund => {
                refunded_skus(due.one.refund, &self.settings.orders)
            }
        }
    }

    /// What is to be sent for it. Takes what it uses of deposits and invoices, which no other of the batch may use again.
    fn ready(&self, due: &Due<'_>, terms: Terms<'_>, scene: &mut Scene) -> Result<Ready, Fault> {
        let (one, order) = (due.one, &due.order);
        let open = match due.credit {
            Credit::CustomerRefund => &mut scene.deposits,
            Credit::Memo | Credit::CashRefund => &mut scene.invoices,
        };
        let most = match due.credit {
            Credit::CustomerRefund => owed(one.refund, terms.orders)?,
            _ => one.refund.total.on(Side::from(terms.orders.book_in)),
        };
        let applied = open.draw(&order.id, most.amount);
        let giving = Giving {
            refunds: &self.settings.refunds,
            order,
            credit: due.credit,
            applied: &applied,
            returned: due.returning,
        };
        let (key, set) = (&one.write.key, &one.write.set);
        let draft: Draft = refund_draft(one.refund, key, set, terms, giving)?;
        let ready = Ready {
            place: one.place,
            record: match due.returning {
                true => one.made_from_return(draft.record),
                false => draft.record.to_owned(),
            },
            key: key.to_string(),
            total: draft.total,
            body: draft.body(None)?,
            facts: Facts::credit(Account::of(terms, &self.skus(due), one.refund.at), giving),
        };
        open.take(&order.id, &applied);
        Ok(ready)
    }
}

fn changed(what: &str) -> Fault {
    Fault::Held {
        why: format!(
            "the refund was changed in the shop after it was written: {what}. Such changes are not carried over: make the change in NetSuite, then mark this record as ignored"
        ),
    }
}
