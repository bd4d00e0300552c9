//! What was paid for sales orders, as customer deposits, and for invoices, as customer payments. Per batch: one query for those that may be there already, one `POST` per
//! payment, one query that reads the amounts back.

use std::collections::{HashMap, HashSet};

use commerce::Money;
use ports::{Effect, Fault, Written};

use super::book::Book;
use super::orders::{self, DEPOSIT, Ready};
use super::writer::{Fresh, Writer};
use crate::map::settings::Sale;
use crate::map::{Account, Deposit, Facts, Taken, deposited};
use crate::wire::{Json, OrderRow};

/// What is to be deposited for one order of a batch.
pub(super) struct Till {
    pub(super) place: usize,
    /// The sale's external id.
    pub(super) key: String,
    /// What of an invoice is open.
    pub(super) open: Money,
    pub(super) customer: Option<Json>,
    /// What it became.
    pub(super) sale: Sale,
    /// What of the account goes into its deposits.
    pub(super) account: Account,
    pub(super) deposits: Vec<Deposit>,
    /// Whether the sale was made in this batch, as far as is known before: then its deposits are not there yet.
    pub(super) new: bool,
}

impl Writer {
    /// Deposits what was paid for the orders that are there now, and completes their outcomes.
    pub(super) async fn deposit(&self, tills: Vec<Till>, book: &mut Book) {
        let open: Vec<Till> = tills
            .into_iter()
            .filter(|till| !till.deposits.is_empty())
            .filter(|till| {
                let result = book.result(till.place);
                matches!(result, Some(Ok(_) | Err(Fault::DryRun)))
            })
            .collect();
        let there = match self.known(&open, book).await {
            Ok(there) => there,
            Err(fault) => {
                for till in &open {
                    self.complete(till, vec![Err(fault.clone())], book);
                }
                return;
            }
        };
        let tolerance = self.settings.orders.tolerance;
        let (mut ready, mut owners) = (Vec::new(), Vec::new());
        let mut results: Vec<Vec<Result<Written, Fault>>> = Vec::new();
        for (owner, till) in open.iter().enumerate() {
            let mut own = Vec::new();
            let mut left = till.open;
            for deposit in &till.deposits {
                let key = deposit.key.to_string();
                if let Some(row) = there.get(&key) {
                    let (effect, amount) = (Effect::Unchanged, deposit.amount);
                    own.push(orders::written(DEPOSIT, row, effect, amount, tolerance));
                    continue;
                }
                if let Err(fault) = fits(deposit, &mut left) {
                    own.push(Err(fault));
                    continue;
                }
                let order = match book.result(till.place) {
                    Some(Ok(written)) => Json::reference(written.twin.id.as_str()),
                    // A dry run: the sales order would have that external id.
                    _ => Json::external(&till.key),
                };
                let facts = Facts::payment(
                    till.account.clone(),
                    key.clone(),
                    till.sale,
                    (&order, till.customer.as_ref()),
                );
                match deposit.body(order, till.customer.clone()) {
                    Ok(body) => {
                        ready.push(Ready {
                            place: owners.len(),
                            record: deposit.taken.record().to_owned(),
                            key,
                            body,
                            total: deposit.amount,
                            facts,
                        });
                        owners.push(owner);
                    }
                    Err(fault) => own.push(Err(fault)),
                }
            }
            results.push(own);
        }
        for done in orders::create(&self.api, DEPOSIT, ready, tolerance).await {
            let owner = owners.get(done.place).copied().unwrap_or_default();
            if let (Some(own), Some(till)) = (results.get_mut(owner), open.get(owner)) {
                book.note(till.place, done.exchanges);
                own.push(done.result);
            }
        }
        for (till, own) in open.iter().zip(results) {
            self.complete(till, own, book);
        }
    }

    /// The deposits that are there already, of the orders that were not made just now.
    async fn known(
        &self,
        tills: &[Till],
        book: &mut Book,
    ) -> Result<HashMap<String, OrderRow>, Fault> {
        let is_new = |till: &Till| {
            let made = |written: &Written| written.effect == Effect::Created;
            let result = book.result(till.place);
            till.new && result.is_none_or(|result| result.as_ref().map_or(true, made))
        };
        let old: Vec<&Till> = tills.iter().filter(|till| !is_new(till)).collect();
        let Some(first) = old.first().map(|till| till.place) else {
            return Ok(HashMap::new());
        };
        let deposits = old.iter().flat_map(|till| &till.deposits);
        let keys: Vec<String> = deposits.map(|deposit| deposit.key.to_string()).collect();
        match orders::find(&self.api, DEPOSIT, &keys).await {
            Ok((rows, exchanges)) => {
                book.note(first, exchanges);
                Ok(rows)
            }
            Err(trouble) => {
                book.note(first, trouble.exchanges);
                Err(trouble.fault)
            }
        }
    }

    /// The order's outcome with its deposits': done only where all are. What may pass is looked up and goes on, since the order is bound
    /// to nothing yet; what is refused wants a person.
    fn complete(&self, till: &Till, own: Vec<Result<Written, Fault>>, book: &mut Book) {
        let Some(Ok(order)) = book.result(till.place) else {
            return;
        };
        let mut order = order.clone();
        let mut whys: Vec<String> = order.discrepancy.take().into_iter().collect();
        for result in own {
            match result {
                Ok(deposit) => {
                    if deposit.effect == Effect::Created && order.effect == Effect::Unchanged {
                        order.effect = Effect::Updated;
                    }
                    whys.extend(deposit.discrepancy);
                }
                Err(fault) if is_final(&fault) => {
                    whys.push(format!("a payment was not booked: {fault}"));
                }
                // The connection rests, and comes back to this order.
                Err(fault @ Fault::Unauthorized { .. }) => {
                    return book.end(till.place, Err(fault));
                }
                Err(fault) => {
                    let why = format!(
                        "the sale is there, and a payment is not known to be booked: {fault}"
                    );
                    return book.end(till.place, Err(Fault::Uncertain { why }));
                }
            }
        }
        order.discrepancy = (!whys.is_empty()).then(|| whys.join("; "));
        book.end(till.place, Ok(order));
    }

    /// The places of those of these orders that lack a deposit or payment.
    pub(super) async fn short_of_deposits<'a>(
        &self,
        orders: impl Iterator<Item = (&'a Fresh<'a>, Sale)> + Send,
    ) -> Result<HashSet<usize>, Fault> {
        let settings = &self.settings.orders;
        let wanted: Vec<(usize, String)> = orders
            .flat_map(|(one, sale)| {
                let due = deposited(&one.write.event, sale, settings).into_iter();
                due.map(|(key, _)| (one.place, key.to_string()))
            })
            .collect();
        if wanted.is_empty() {
            return Ok(HashSet::new());
        }
        let keys: Vec<String> = wanted.iter().map(|(_, key)| key.clone()).collect();
        let found = orders::find(&self.api, DEPOSIT, &keys).await;
        let (rows, _) = found.map_err(|trouble| trouble.fault)?;
        let lacking = wanted
            .into_iter()
            .filter(|(_, key)| !rows.contains_key(key));
        Ok(lacking.map(|(place, _)| place).collect())
    }
}

/// Takes a payment off what is open of its invoice; a deposit waits for one.
///
/// # Errors
/// [`Fault::Held`] for more than is open.
fn fits(deposit: &Deposit, open: &mut Money) -> Result<(), Fault> {
    if deposit.taken == Taken::Deposit {
        return Ok(());
    }
    let left = open.minus(deposit.amount).map_err(|error| Fault::Held {
        why: error.to_string(),
    })?;
    if left.amount.is_sign_negative() {
        return Err(Fault::Held {
            why: format!(
                "{} were paid, and {open} of the invoice are open: see in NetSuite what else was paid or credited, enter the {} there, then mark this record as ignored",
                deposit.amount,
                deposit.taken.noun(),
            ),
        });
    }
    *open = left;
    Ok(())
}

/// Whether trying again changes nothing.
const fn is_final(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Refused { .. }
            | Fault::Held { .. }
            | Fault::Unreadable { .. }
            | Fault::Missing { .. }
    )
}
