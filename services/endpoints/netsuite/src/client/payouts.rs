//! Writes payouts as deposits. Per batch: one query for what the orders and refunds became, up to two for what hangs on those by links, one `POST`
//! per payout, one query that reads the totals back.

use std::collections::BTreeSet;

use commerce::{Payout, Record};
use ports::{Effect, Exchange, Fault, Lane, Write, Written};
use rust_decimal::Decimal;

use super::book::Book;
use super::facts::Facts as Known;
use super::orders::{self, BANK, Ready};
use super::{Api, Trouble};
use crate::Settings;
use crate::map::query::{self, IN_LIST};
use crate::map::settings::InternalId;
use crate::map::{
    Facts, Funds, Matched, Matching, currency_id, matched, payout_draft, payout_keys,
};
use crate::wire::FundRow;

/// What payouts are written with.
pub(super) struct Teller<'a> {
    pub(super) settings: &'a Settings,
    pub(super) api: &'a Api,
    pub(super) facts: &'a Known,
}

/// One payout of a batch.
#[derive(Clone, Copy)]
pub(super) struct Paid<'a> {
    pub(super) place: usize,
    pub(super) write: &'a Write,
    pub(super) payout: &'a Payout,
}

impl Teller<'_> {
    pub(super) async fn write(&self, all: Vec<Paid<'_>>, book: &mut Book) {
        let (bound, fresh): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| one.write.bound.is_some());
        self.compare(&bound, book).await;
        if fresh.is_empty() {
            return;
        }
        let places: Vec<usize> = fresh.iter().map(|one| one.place).collect();
        if let Err(trouble) = self.deposit(&fresh, book).await {
            book.end_open(&places, trouble);
        }
    }

    /// Whether earlier attempts landed, and what they came to.
    pub(super) async fn locate(&self, writes: &[Write]) -> Vec<Result<Option<Written>, Fault>> {
        let keys: Vec<String> = writes.iter().map(|write| write.key.to_string()).collect();
        let rows = match orders::find(self.api, BANK, &keys).await {
            Ok((rows, _)) => rows,
            Err(trouble) => return vec![Err(trouble.fault); writes.len()],
        };
        let landed = |(write, key): (&Write, String)| {
            let (Record::Payout(payout), Some(row)) = (&write.event.record, rows.get(&key)) else {
                return Ok(None);
            };
            let effect = Effect::AlreadyThere;
            orders::written(BANK, row, effect, payout.net, Decimal::ZERO).map(Some)
        };
        writes.iter().zip(keys).map(landed).collect()
    }

    /// Payouts that are there already: fine while the totals are the same, else for a person.
    async fn compare(&self, bound: &[Paid<'_>], book: &mut Book) {
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
                Ok(None) => Err(changed("NetSuite no longer shows that deposit")),
                Err(fault) => Err(fault),
            };
            book.end(one.place, result);
        }
    }

    async fn deposit(&self, fresh: &[Paid<'_>], book: &mut Book) -> Result<(), Trouble> {
        let Some(first) = fresh.first().map(|one| one.place) else {
            return Ok(());
        };
        let orders = &self.settings.orders;
        let (currencies, exchanges) = self.facts.currencies(self.api, orders).await?;
        book.note(first, exchanges);
        let mut exchanges = Vec::new();
        let found = self.funds(fresh, &mut exchanges).await;
        book.note(first, exchanges);
        let funds = found?;
        let (there, fresh): (Vec<Paid<'_>>, Vec<Paid<'_>>) = fresh
            .iter()
            .partition(|one| funds.has_deposit(one.write.key.as_str()));
        self.recognise(&there, book).await;
        let mut ready = Vec::with_capacity(fresh.len());
        // Of two payouts that claim one payment, the first has it.
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for one in &fresh {
            let made = currency_id(one.payout.net, currencies).and_then(|currency| {
                let matching = Matching {
                    funds: &funds,
                    from: &one.write.event.connection,
                    currency,
                    past_undeposited: orders.payments.account.is_some(),
                };
                let matched = matched(one.payout, matching);
                if matched.payments.iter().any(|id| taken.contains(id)) {
                    return Err(Fault::Unavailable {
                        why: "another payout of the batch brings one of its payments to the bank; it is matched anew after that".to_owned(),
                    });
                }
                let ready = self.ready(*one, &matched)?;
                taken.extend(matched.payments);
                Ok(ready)
            });
            match made {
                Ok(one) => ready.push(one),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        for done in orders::create(self.api, BANK, ready, Decimal::ZERO).await {
            book.note(done.place, done.exchanges);
            book.end(done.place, done.result);
        }
        Ok(())
    }

    /// Payouts that are there although nobody remembers it: what they bring to the bank is no longer in Undeposited Funds.
    async fn recognise(&self, there: &[Paid<'_>], book: &mut Book) {
        let writes: Vec<Write> = there.iter().map(|one| one.write.clone()).collect();
        if writes.is_empty() {
            return;
        }
        for (one, found) in there.iter().zip(self.locate(&writes).await) {
            let gone = || Fault::Unavailable {
                why: "the deposit was there a moment ago and is no more".to_owned(),
            };
            book.end(one.place, found.and_then(|found| found.ok_or_else(gone)));
        }
    }

    fn ready(&self, one: Paid<'_>, matched: &Matched) -> Result<Ready, Fault> {
        let (key, set) = (&one.write.key, &one.write.set);
        let draft = payout_draft(one.payout, key, set, matched, &self.settings.payouts)?;
        Ok(Ready {
            place: one.place,
            record: draft.record.to_owned(),
            key: key.to_string(),
            total: draft.total,
            body: draft.body(None)?,
            facts: Facts::Deposit(matched.clone()),
        })
    }

    /// What the orders and refunds of these payouts became, and how they were paid.
    async fn funds(
        &self,
        fresh: &[Paid<'_>],
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Funds, Trouble> {
        let multi_currency = self.settings.orders.only_currency.is_none();
        let mut funds = Funds::default();
        let from = |one: &Paid<'_>| one.write.event.connection.clone();
        let keys: BTreeSet<String> = fresh
            .iter()
            .flat_map(|one| {
                let own = one.write.key.to_string();
                payout_keys(one.payout, &from(one)).into_iter().chain([own])
            })
            .collect();
        let keys: Vec<String> = keys.into_iter().collect();
        for keys in keys.chunks(IN_LIST) {
            let query = query::funds_by_key(keys, multi_currency);
            let (rows, made) = self.api.find::<FundRow>(Lane::Bulk, &query).await?;
            exchanges.extend(made);
            funds.take(rows);
        }
        let mut ids: BTreeSet<InternalId> = fresh
            .iter()
            .flat_map(|one| funds.roots(one.payout, &from(one)))
            .collect();
        // Order, bill, payment.
        for _ in 0..2 {
            let sought: Vec<InternalId> = std::mem::take(&mut ids).into_iter().collect();
            for some in sought.chunks(IN_LIST) {
                let query = query::funds_of(some, multi_currency);
                let (rows, made) = self.api.find::<FundRow>(Lane::Bulk, &query).await?;
                exchanges.extend(made);
                ids.extend(funds.follow(rows));
            }
        }
        Ok(funds)
    }
}

fn changed(what: &str) -> Fault {
    Fault::Held {
        why: format!(
            "the payout was changed after it was written: {what}. Such changes are not carried over: make the change in NetSuite, then mark this record as ignored"
        ),
    }
}
