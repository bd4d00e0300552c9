//! Creating the records of a batch, and reading back what NetSuite made of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use commerce::{ExternalId, Money};
use futures_util::StreamExt as _;
use futures_util::stream;
use ports::{Effect, Exchange, Fault, Lane, Twin, Written};
use rust_decimal::Decimal;

use super::{Api, Creation, Trouble};
use crate::map::Facts;
use crate::map::query::{self, Query};
use crate::map::settings::Sale;
use crate::wire::OrderRow;

/// Requests begun at once; the budget decides how many are sent.
pub(super) const AT_ONCE: usize = 32;
/// Waits between the attempts to read totals back: the orders are written, and a busy account should not leave them unchecked.
const READ_BACK_WAITS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(9),
];

/// What is created: how it is found again.
#[derive(Clone, Copy)]
pub(super) struct Paper {
    /// What people call it, where its type does not tell.
    noun: &'static str,
    /// What it is made of.
    of: &'static str,
    by_key: fn(&[String]) -> Query,
}

/// A sales order, cash sale or invoice.
pub(super) const SALE: Paper = Paper {
    noun: "sale",
    of: "order",
    by_key: query::orders_by_key,
};
pub(super) const CREDIT: Paper = Paper {
    noun: "credit",
    of: "refund",
    by_key: query::credits_by_key,
};

pub(super) const BANK: Paper = Paper {
    noun: "deposit",
    of: "payout",
    by_key: query::bank_deposits_by_key,
};

/// What stands between a return and its credit.
pub(super) const RETURN: Paper = Paper {
    noun: "return",
    of: "refund",
    by_key: query::returns_by_key,
};

pub(super) const DEPOSIT: Paper = Paper {
    noun: "customer deposit or payment",
    of: "payment",
    by_key: query::deposits_by_key,
};

impl Paper {
    fn noun(self, row: &OrderRow) -> &'static str {
        let sale = row.r#type.as_deref().and_then(Sale::of);
        sale.map_or(self.noun, Sale::noun)
    }
}

/// A record ready to be sent.
pub(super) struct Ready {
    /// Its place in the batch.
    pub(super) place: usize,
    /// Its type, or the way to make it from another record, as in addresses.
    pub(super) record: String,
    pub(super) key: String,
    pub(super) body: Vec<u8>,
    /// What NetSuite's total has to come to.
    pub(super) total: Money,
    /// What the body was made from, beside the record and its settings.
    pub(super) facts: Facts,
}

/// What became of one.
pub(super) struct Done {
    pub(super) place: usize,
    pub(super) result: Result<Written, Fault>,
    pub(super) exchanges: Vec<Exchange>,
    /// NetSuite refused the item of a line.
    pub(super) item_refused: bool,
}

struct Sent {
    ready: Ready,
    creation: Creation,
    exchange: Option<Exchange>,
}

/// Sends all, then reads back with one query the totals of those that are there now.
pub(super) async fn create(
    api: &Api,
    paper: Paper,
    ready: Vec<Ready>,
    tolerance: Decimal,
) -> Vec<Done> {
    let sent: Vec<Sent> = stream::iter(ready)
        .map(|ready| send(api, ready))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let there: Vec<String> = sent
        .iter()
        .filter(|sent| !matches!(sent.creation, Creation::Failed { .. }))
        .map(|sent| sent.ready.key.clone())
        .collect();
    let (rows, mut shared) = read_back(api, paper, &there).await;
    let mut done = Vec::with_capacity(sent.len());
    for sent in sent {
        let was_sent = !matches!(sent.creation, Creation::Failed { .. });
        let mut finished = sent.finish(paper, &rows, tolerance);
        if was_sent {
            finished.exchanges.append(&mut shared);
        }
        done.push(finished);
    }
    done
}

async fn send(api: &Api, mut ready: Ready) -> Sent {
    let body = std::mem::take(&mut ready.body);
    let create = api.create(Lane::Orders, &ready.record, body, &ready.facts);
    let (creation, exchange) = create.await;
    Sent {
        ready,
        creation,
        exchange,
    }
}

type Found = Result<HashMap<String, OrderRow>, Fault>;

async fn read_back(api: &Api, paper: Paper, keys: &[String]) -> (Found, Vec<Exchange>) {
    if keys.is_empty() {
        return (Ok(HashMap::new()), Vec::new());
    }
    match patiently(api, || find(api, paper, keys)).await {
        Ok((rows, exchanges)) => (Ok(rows), exchanges),
        Err(trouble) => (Err(trouble.fault), trouble.exchanges),
    }
}

/// Looks again where a busy account does not answer at once.
pub(super) async fn patiently<T, F>(api: &Api, look: impl Fn() -> F) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let mut waits = READ_BACK_WAITS.into_iter();
    loop {
        match look().await {
            Ok(found) => return Ok(found),
            Err(trouble) => {
                let passes = matches!(
                    trouble.fault,
                    Fault::Throttled { .. } | Fault::Unavailable { .. }
                );
                let Some(wait) = waits.next().filter(|_| passes) else {
                    return Err(trouble);
                };
                api.http.clock().sleep(wait).await;
            }
        }
    }
}

/// What was found, the requests made for it noted with those before; so are they where it failed.
pub(super) fn noting<T>(
    found: Result<(T, Vec<Exchange>), Trouble>,
    exchanges: &mut Vec<Exchange>,
) -> Result<T, Trouble> {
    match found {
        Ok((found, made)) => {
            exchanges.extend(made);
            Ok(found)
        }
        Err(mut trouble) => {
            exchanges.append(&mut trouble.exchanges);
            trouble.exchanges = std::mem::take(exchanges);
            Err(trouble)
        }
    }
}

/// Records by external id.
pub(super) async fn find(
    api: &Api,
    paper: Paper,
    keys: &[String],
) -> Result<(HashMap<String, OrderRow>, Vec<Exchange>), Trouble> {
    let query = (paper.by_key)(keys);
    let (rows, exchanges) = api.find::<OrderRow>(Lane::Orders, &query).await?;
    let mut by_key: HashMap<String, OrderRow> = HashMap::new();
    for row in rows {
        let Some(key) = row.externalid.clone() else {
            continue;
        };
        match by_key.entry(key) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(mut first) => first.get_mut().twice = Some(row.id),
        }
    }
    Ok((by_key, exchanges))
}

impl Sent {
    fn finish(self, paper: Paper, found: &Found, tolerance: Decimal) -> Done {
        let Ready {
            place, key, total, ..
        } = self.ready;
        let row = found.as_ref().map(|rows| rows.get(&key));
        let mut item_refused = false;
        let result = match (self.creation, row) {
            (Creation::Created(_), Ok(Some(row))) => {
                written(paper, row, Effect::Created, total, tolerance)
            }
            (Creation::Created(Some(id)), row) => unchecked(paper, &id, row.err()),
            (Creation::Created(None), row) => Err(Fault::Uncertain {
                why: format!(
                    "NetSuite created the {} without naming it, and it could not be read back{}",
                    paper.noun,
                    because(paper, row.err())
                ),
            }),
            (Creation::Duplicate(_), Ok(Some(row))) => {
                written(paper, row, Effect::AlreadyThere, total, tolerance)
            }
            // Nothing is there under our key: another record stands in the way.
            (Creation::Duplicate(fault), Ok(None)) => Err(fault),
            (Creation::Duplicate(_), Err(fault)) => Err(Fault::Uncertain {
                why: format!(
                    "NetSuite says that the record already exists, and it could not be looked up: {fault}"
                ),
            }),
            (Creation::Failed { fault, paths }, _) => {
                item_refused = paths.iter().any(|path| path.ends_with(".item"));
                Err(fault)
            }
        };
        Done {
            place,
            result,
            exchanges: self.exchange.into_iter().collect(),
            item_refused,
        }
    }
}

fn because(paper: Paper, fault: Option<&Fault>) -> String {
    fault.map_or_else(
        || format!(": it is not among the {}s that the role sees", paper.noun),
        |fault| format!(": {fault}"),
    )
}

/// Created, but its total is not known.
fn unchecked(paper: Paper, id: &str, fault: Option<&Fault>) -> Result<Written, Fault> {
    Ok(Written {
        twin: twin(id, None)?,
        effect: Effect::Created,
        discrepancy: Some(format!(
            "the {} was created; its total could not be read back{}",
            paper.noun,
            because(paper, fault)
        )),
    })
}

pub(super) fn written(
    paper: Paper,
    row: &OrderRow,
    effect: Effect,
    total: Money,
    tolerance: Decimal,
) -> Result<Written, Fault> {
    Ok(Written {
        twin: twin(&row.id, row.tranid.clone())?,
        effect,
        discrepancy: discrepancy(paper, row, total, tolerance),
    })
}

/// How NetSuite's total differs from the storefront's, where it does beyond the tolerance.
pub(super) fn discrepancy(
    paper: Paper,
    row: &OrderRow,
    total: Money,
    tolerance: Decimal,
) -> Option<String> {
    if let Some(other) = &row.twice {
        return Some(format!(
            "NetSuite has it twice under one external id, as {} and {other}: delete one of them there",
            row.id
        ));
    }
    let Some(text) = &row.foreigntotal else {
        return Some(format!(
            "NetSuite gives no total for the {}: the role may not see it",
            paper.noun(row)
        ));
    };
    let amount = text
        .parse()
        .or_else(|_| Decimal::from_scientific(text))
        .ok();
    let Some(amount) = amount else {
        return Some(format!("NetSuite's total '{text}' is no amount"));
    };
    let theirs = Money::new(amount, total.currency);
    let difference = theirs.minus(total).ok()?;
    (difference.amount.abs() > tolerance).then(|| {
        format!(
            "NetSuite's total is {theirs}, the {}'s is {total}: a difference of {difference}",
            paper.of
        )
    })
}

/// The twin of a row.
pub(super) fn twin(id: &str, number: Option<String>) -> Result<Twin, Fault> {
    let id = ExternalId::new(id).map_err(|error| Fault::Unreadable {
        why: error.to_string(),
    })?;
    Ok(Twin { id, number })
}
