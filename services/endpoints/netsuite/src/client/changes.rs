//! Orders that are in NetSuite already. Per batch: one query for how they stand there, one for the lines of those that need it, one
//! `PATCH` per order that differs, one query that reads status and total back.

use std::collections::{HashMap, HashSet};

use commerce::{Money, Order, OrderState};
use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Effect, Exchange, Fault, Lane, Twin, Written};
use rust_decimal::Decimal;

use super::book::Book;
use super::deposits::Till;
use super::orders::{self, AT_ONCE, SALE, patiently};
use super::writer::{Fresh, Located, Writer};
use super::{Api, Trouble};
use crate::map::settings::{Changes, InternalId};
use crate::map::{
    Account, Aim, Deposit, Facts, Patch, Plan, SaleThere, Terms, aim, amend, call_off, deposits,
    is_off, query, skus,
};
use crate::wire::{Json, OrderLineRow, StandingRow};

/// An order and the sale in NetSuite that it is bound to.
pub(super) type Bound<'a> = (Fresh<'a>, &'a Twin);

/// What a sale has to be in the end.
#[derive(Clone, Copy)]
enum End {
    /// Of this total.
    Total(Money),
    /// Closed or cancelled.
    Off,
}

/// What is to be done about one order.
struct Verdict {
    row: StandingRow,
    end: End,
    /// `None` where NetSuite has it all.
    patch: Option<Patch>,
    /// What of the account goes into it.
    account: Account,
    /// Its lines, where they were read.
    lines: Vec<OrderLineRow>,
    /// What was paid for it.
    deposits: Vec<Deposit>,
    /// What of it was paid in NetSuite.
    paid: Decimal,
}

impl Verdict {
    fn till(&self, one: &Fresh<'_>) -> Option<Till> {
        let customer = self.row.order.entity.as_deref();
        let End::Total(total) = self.end else {
            return None;
        };
        let open = total.amount.saturating_sub(self.paid);
        (!self.deposits.is_empty()).then(|| Till {
            place: one.place,
            key: one.write.key.to_string(),
            customer: customer.map(Json::reference),
            sale: self.row.sale(),
            account: self.account.clone(),
            open: Money::new(open, total.currency),
            deposits: self.deposits.clone(),
            new: false,
        })
    }
}

/// A change that is to be sent.
struct Pending {
    place: usize,
    row: StandingRow,
    end: End,
    patch: Patch,
    /// What it was made from.
    facts: Facts,
}

type Standing = HashMap<String, StandingRow>;

impl Writer {
    /// Carries over what changed in the shop.
    /// Tells what is to be deposited for them.
    pub(super) async fn change(&self, bound: &[Bound<'_>], book: &mut Book) -> Vec<Till> {
        let mut tills = Vec::new();
        let places: Vec<usize> = bound.iter().map(|(one, _)| one.place).collect();
        let Some(first) = places.first().copied() else {
            return tills;
        };
        let verdicts = match self.look(bound).await {
            Ok((verdicts, exchanges)) => {
                book.note(first, exchanges);
                verdicts
            }
            Err(trouble) => {
                book.end_all(&places, trouble);
                return tills;
            }
        };
        let mut pending = Vec::new();
        for ((one, twin), verdict) in bound.iter().zip(verdicts) {
            if let Ok(verdict) = &verdict {
                tills.extend(verdict.till(one));
            }
            match verdict {
                Ok(Verdict {
                    row,
                    end,
                    patch: Some(patch),
                    account,
                    lines,
                    ..
                }) => {
                    if self.settings.orders.changes == Changes::Hold {
                        let why = "it differs there, and orders.changes is hold. Nothing was written. Choices: make the change in NetSuite, or set orders.changes to apply and replay this record";
                        book.end(one.place, Err(held(one.order, twin, why)));
                    } else {
                        let facts = Facts::Change {
                            account,
                            row: Box::new(row.clone()),
                            lines,
                        };
                        pending.push(Pending {
                            place: one.place,
                            facts,
                            row,
                            end,
                            patch,
                        });
                    }
                }
                Ok(Verdict { row, end, .. }) => {
                    book.end(one.place, self.ended(&row, Effect::Unchanged, end));
                }
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        self.send(pending, book).await;
        tills
    }

    /// Whether an uncertain change landed: only where NetSuite shows the order as it is now.
    pub(super) async fn locate_changes(&self, bound: &[Bound<'_>]) -> Vec<(usize, Located)> {
        if bound.is_empty() {
            return Vec::new();
        }
        let places = bound.iter().map(|(one, _)| one.place);
        match self.look(bound).await {
            Ok((verdicts, _)) => {
                let open = bound
                    .iter()
                    .zip(&verdicts)
                    .filter_map(|((one, _), verdict)| {
                        let verdict = verdict.as_ref().ok()?;
                        let paid = !verdict.deposits.is_empty() && !is_off(one.order);
                        paid.then(|| (one, verdict.row.sale()))
                    });
                let short = self.short_of_deposits(open).await;
                let answer = |(place, verdict)| match (verdict, &short) {
                    (_, Err(fault)) => (place, Err(fault.clone())),
                    (
                        Ok(Verdict {
                            row,
                            end,
                            patch: None,
                            ..
                        }),
                        Ok(short),
                    ) if !short.contains(&place) => {
                        (place, self.ended(&row, Effect::AlreadyThere, end).map(Some))
                    }
                    // What stands in the way is told when it is tried again.
                    _ => (place, Ok(None)),
                };
                places.zip(verdicts).map(answer).collect()
            }
            Err(trouble) => places
                .map(|place| (place, Err(trouble.fault.clone())))
                .collect(),
        }
    }

    /// Compares each order with its sales order.
    async fn look(
        &self,
        bound: &[Bound<'_>],
    ) -> Result<(Vec<Result<Verdict, Fault>>, Vec<Exchange>), Trouble> {
        let ids: Vec<InternalId> = bound
            .iter()
            .filter_map(|(_, twin)| InternalId::new(twin.id.as_str()).ok())
            .collect();
        let (rows, mut exchanges) = standing(&self.api, &ids).await?;
        let orders = &self.settings.orders;
        let known = self.facts.read(&self.api, orders).await;
        let ((currencies, zone), made) = known.map_err(|trouble| after(&mut exchanges, trouble))?;
        exchanges.extend(made);
        let wanted: HashSet<_> = bound
            .iter()
            .filter(|(one, _)| !is_off(one.order))
            .flat_map(|(one, _)| skus(one.order, orders))
            .collect();
        let field = &self.settings.item_field;
        let articles = self.shelf.find(&self.api, field, wanted).await;
        let (articles, made) = articles.map_err(|trouble| after(&mut exchanges, trouble))?;
        exchanges.extend(made);
        let terms = Terms {
            orders,
            articles: &articles,
            currencies,
            zone,
        };
        let aims: Vec<Option<Result<Aim, Fault>>> = bound
            .iter()
            .map(|(one, _)| {
                (!is_off(one.order)).then(|| aim(one.order, one.write.set.rounding, terms))
            })
            .collect();
        let open = |((one, twin), aim): &(&Bound<'_>, &Option<Result<Aim, Fault>>)| {
            let row = rows.get(twin.id.as_str());
            let head = row.and_then(|row| SaleThere::read(row, &[]).ok());
            head.is_some_and(|head| !self.is_settled(&head, one.order, aim.as_ref()))
        };
        let unsettled: Vec<InternalId> = bound
            .iter()
            .zip(&aims)
            .filter(open)
            .filter_map(|((_, twin), _)| InternalId::new(twin.id.as_str()).ok())
            .collect();
        let mut lines: Vec<OrderLineRow> = Vec::new();
        if !unsettled.is_empty() {
            let query = query::order_lines(&unsettled, orders.line_field.as_ref());
            let found = self.api.find(Lane::Orders, &query).await;
            let (found, made) = found.map_err(|trouble| after(&mut exchanges, trouble))?;
            exchanges.extend(made);
            lines = found;
        }
        let verdicts = bound.iter().zip(aims).map(|((one, twin), aim)| {
            let Some(row) = rows.get(twin.id.as_str()) else {
                let why = "NetSuite no longer shows it. Choices: see there whether it was deleted or hidden from the role; then mark this record as ignored";
                return Err(held(one.order, twin, why));
            };
            self.judge(one, twin, row, &lines, aim, terms)
        });
        Ok((verdicts.collect(), exchanges))
    }

    /// Whether it shows without its lines that nothing is left to do.
    fn is_settled(
        &self,
        there: &SaleThere,
        order: &Order,
        aim: Option<&Result<Aim, Fault>>,
    ) -> bool {
        if is_off(order) {
            return there.is_off();
        }
        let tolerance = self.settings.orders.tolerance;
        let agrees = |aim: &Result<Aim, Fault>| {
            let aim = aim.as_ref().ok();
            aim.is_some_and(|aim| there.totals(aim.total.amount, tolerance))
        };
        there.is_over() && aim.is_some_and(agrees)
    }

    fn judge(
        &self,
        one: &Fresh<'_>,
        twin: &Twin,
        row: &StandingRow,
        lines: &[OrderLineRow],
        aim: Option<Result<Aim, Fault>>,
        terms: Terms<'_>,
    ) -> Result<Verdict, Fault> {
        let unreadable = |why| Fault::Unreadable { why };
        let there = SaleThere::read(row, lines).map_err(unreadable)?;
        let settled = self.is_settled(&there, one.order, aim.as_ref());
        let (end, plan) = match aim.transpose()? {
            None if settled => (End::Off, Plan::Same),
            None => (End::Off, call_off(&there, &self.settings.orders)),
            Some(aim) if settled => (End::Total(aim.total), Plan::Same),
            Some(aim) => {
                let plan = amend(&aim, &there, &one.write.set, terms)?;
                (End::Total(aim.total), plan)
            }
        };
        let patch = match plan {
            Plan::Same => None,
            Plan::Write(patch) => Some(patch),
            Plan::Hold(why) => return Err(held(one.order, twin, &why)),
        };
        let own = lines.iter().filter(|line| line.sales_order == row.order.id);
        let deposits = match is_off(one.order) {
            true => Vec::new(),
            false => deposits(&one.write.event, &one.write.set, there.sale, terms)?,
        };
        Ok(Verdict {
            row: row.clone(),
            end,
            patch,
            account: Account::of(terms, &skus(one.order, terms.orders), one.order.placed_at),
            lines: own.cloned().collect(),
            deposits,
            paid: there.paid,
        })
    }

    /// Sends all, then reads back with one query how those that were changed stand now.
    async fn send(&self, pending: Vec<Pending>, book: &mut Book) {
        let sent: Vec<_> = stream::iter(pending)
            .map(|one| async move {
                let path = format!("{}/{}", one.row.sale().record(), one.row.order.id);
                let replace = one.patch.replace.as_deref();
                let (result, exchange) = match one.patch.body() {
                    Ok(body) => {
                        let amend = self
                            .api
                            .amend(Lane::Orders, &path, replace, body, &one.facts);
                        amend.await
                    }
                    Err(fault) => (Err(fault), None),
                };
                (one, result, exchange)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let written = sent.iter().filter(|(_, result, _)| result.is_ok());
        let ids: Vec<InternalId> = written
            .filter_map(|(one, ..)| InternalId::new(&one.row.order.id).ok())
            .collect();
        let mut shared = Vec::new();
        let mut rows: Result<Standing, Fault> = Ok(Standing::new());
        if !ids.is_empty() {
            rows = match patiently(&self.api, || standing(&self.api, &ids)).await {
                Ok((rows, exchanges)) => {
                    shared = exchanges;
                    Ok(rows)
                }
                Err(trouble) => {
                    shared = trouble.exchanges;
                    Err(trouble.fault)
                }
            };
        }
        for (one, result, exchange) in sent {
            book.note(one.place, exchange);
            if result.is_ok() {
                book.note(one.place, shared.drain(..));
            }
            let result = result.and_then(|()| match &rows {
                Ok(rows) => match rows.get(&one.row.order.id) {
                    Some(row) => self.ended(row, Effect::Updated, one.end),
                    None => unchecked(&one.row, "it is not among the sales that the role sees"),
                },
                Err(fault) => unchecked(&one.row, &fault.to_string()),
            });
            book.end(one.place, result);
        }
    }

    /// The outcome of an order that NetSuite shows as it is meant to be, or tells how it does not.
    fn ended(&self, row: &StandingRow, effect: Effect, end: End) -> Result<Written, Fault> {
        match end {
            End::Total(total) => orders::written(
                SALE,
                &row.order,
                effect,
                total,
                self.settings.orders.tolerance,
            ),
            End::Off => {
                let there = SaleThere::read(row, &[]).map_err(|why| Fault::Unreadable { why })?;
                let still = format!(
                    "all lines of the sales order were closed, and NetSuite still has it as {}",
                    there.status_name()
                );
                Ok(Written {
                    twin: orders::twin(&row.order.id, row.order.tranid.clone())?,
                    effect,
                    discrepancy: (!there.is_off()).then_some(still),
                })
            }
        }
    }
}

/// How these sales orders stand, by internal id.
async fn standing(api: &Api, ids: &[InternalId]) -> Result<(Standing, Vec<Exchange>), Trouble> {
    if ids.is_empty() {
        return Ok((Standing::new(), Vec::new()));
    }
    let query = query::orders_by_id(ids);
    let (rows, exchanges) = api.find::<StandingRow>(Lane::Orders, &query).await?;
    let by_id = rows.into_iter().map(|row| (row.order.id.clone(), row));
    Ok((by_id.collect(), exchanges))
}

fn after(exchanges: &mut Vec<Exchange>, mut trouble: Trouble) -> Trouble {
    exchanges.append(&mut trouble.exchanges);
    Trouble {
        exchanges: std::mem::take(exchanges),
        ..trouble
    }
}

fn held(order: &Order, twin: &Twin, why: &str) -> Fault {
    let number = twin.number.as_deref().unwrap_or(twin.id.as_str());
    let what = match order.state {
        OrderState::Cancelled => "was cancelled",
        OrderState::Open => "was changed",
    };
    Fault::Held {
        why: format!("the order {what} in the shop after it was imported as {number}; {why}"),
    }
}

/// Changed, but how it stands now is not known.
fn unchecked(row: &StandingRow, because: &str) -> Result<Written, Fault> {
    Ok(Written {
        twin: orders::twin(&row.order.id, row.order.tranid.clone())?,
        effect: Effect::Updated,
        discrepancy: Some(format!(
            "the {} was changed; its total could not be read back: {because}",
            row.sale().noun()
        )),
    })
}
