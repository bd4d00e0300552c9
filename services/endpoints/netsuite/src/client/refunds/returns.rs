//! Goods that come back: an authorization made from the sale, its receipt, and then the credit made from it. Each has an external id of its own
//! and is looked up before it is made, so that an attempt in doubt goes on where it ended.

use std::collections::{BTreeSet, HashMap};

use commerce::{Money, Side, TargetKey};
use futures_util::stream::{self, StreamExt as _};
use ports::{Exchange, Fault, Lane};

use super::due::{Due, Scene};
use super::{Cashier, Giveback};
use crate::client::book::Book;
use crate::client::orders::{self, AT_ONCE, RETURN};
use crate::client::{Creation, Trouble};
use crate::map::settings::InternalId;
use crate::map::{
    Account, Facts, Giving, Left, Terms, authorization, authorized, query, receipt, returned,
};
use crate::wire::{OrderLineRow, OrderRow, ReturnedRow};

/// Records by external id.
type There = HashMap<String, OrderRow>;

/// A record that is to be made.
struct Step {
    place: usize,
    path: String,
    body: Vec<u8>,
    /// What it was made from.
    facts: Facts,
}

impl Giveback<'_> {
    pub(super) fn authorization_key(&self) -> TargetKey {
        let event = &self.write.event;
        TargetKey::authorization(&event.connection, &event.external_id)
    }

    fn receipt_key(&self) -> TargetKey {
        let event = &self.write.event;
        TargetKey::receipt(&event.connection, &event.external_id)
    }

    /// What of the refund is made from its authorization.
    pub(super) fn made_from_return(&self, record: &str) -> String {
        let key = self.authorization_key();
        format!("returnAuthorization/eid:{key}/!transform/{record}")
    }
}

impl Cashier<'_> {
    /// Authorizes and receives what came back. Those whose goods are not back at the end have their outcome, and get no credit.
    pub(super) async fn bring_back(
        &self,
        due: &[Due<'_>],
        scene: &Scene,
        terms: Terms<'_>,
        book: &mut Book,
    ) -> Result<(), Trouble> {
        let returning: Vec<&Due<'_>> = due.iter().filter(|due| due.returning).collect();
        let Some(first) = returning.first().map(|due| due.one.place) else {
            return Ok(());
        };
        let there = self.returns(&returning, first, book).await?;
        let mut left = self.left(&returning, scene, terms, first, book).await?;
        let mut steps = Vec::new();
        for due in &returning {
            let key = due.one.authorization_key();
            if there.contains_key(key.as_str()) {
                continue;
            }
            let Some(left) = left.get_mut(&due.order.id) else {
                continue;
            };
            let giving = Giving::returning(&self.settings.refunds, &due.order, due.credit);
            let account = Account::of(terms, &self.skus(due), due.one.refund.at);
            let facts = Facts::Authorization {
                account,
                order: Box::new(due.order.clone()),
                credit: due.credit,
                left: left.clone(),
            };
            let set = &due.one.write.set;
            match authorization(due.one.refund, &key, set, terms, (giving, left)) {
                Ok(body) => steps.push(Step {
                    place: due.one.place,
                    path: format!(
                        "{}/{}/!transform/returnAuthorization",
                        due.sale(),
                        due.order.id
                    ),
                    body,
                    facts,
                }),
                Err(fault) => book.end(due.one.place, Err(fault)),
            }
        }
        self.make(steps, book).await;
        let there = self.returns(&open(&returning, book), first, book).await?;
        let mut steps = Vec::new();
        for due in open(&returning, book) {
            let one = due.one;
            let made = there.get(one.authorization_key().as_str());
            if let Err(fault) = self.agrees(due, made, terms) {
                book.end(one.place, Err(fault));
                continue;
            }
            let key = one.receipt_key();
            if there.contains_key(key.as_str()) {
                continue;
            }
            let account = Account::of(terms, &[], one.refund.at);
            let facts = Facts::Receipt {
                account,
                order: Box::new(due.order.clone()),
            };
            match receipt(one.refund, &key, terms, &due.order) {
                Ok(body) => steps.push(Step {
                    place: one.place,
                    path: one.made_from_return("itemReceipt"),
                    body,
                    facts,
                }),
                Err(fault) => book.end(one.place, Err(fault)),
            }
        }
        self.make(steps, book).await;
        Ok(())
    }

    /// The authorizations and receipts of these that are there.
    async fn returns(
        &self,
        due: &[&Due<'_>],
        first: usize,
        book: &mut Book,
    ) -> Result<There, Trouble> {
        let keys = due
            .iter()
            .flat_map(|due| [due.one.authorization_key(), due.one.receipt_key()]);
        let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
        if keys.is_empty() {
            return Ok(There::new());
        }
        let (rows, exchanges) = orders::find(self.api, RETURN, &keys).await?;
        book.note(first, exchanges);
        Ok(rows)
    }

    /// What of the sales' lines can still come back.
    async fn left(
        &self,
        due: &[&Due<'_>],
        scene: &Scene,
        terms: Terms<'_>,
        first: usize,
        book: &mut Book,
    ) -> Result<HashMap<String, Left>, Trouble> {
        let sales: BTreeSet<&str> = due.iter().map(|due| due.order.id.as_str()).collect();
        let ids: Vec<InternalId> = sales
            .into_iter()
            .filter_map(|id| InternalId::new(id).ok())
            .collect();
        let field = self.settings.orders.line_field.as_ref();
        let lines = query::order_lines(&ids, field);
        let (lines, exchanges) = self.api.find::<OrderLineRow>(Lane::Orders, &lines).await?;
        book.note(first, exchanges);
        let before = query::returned(&ids);
        let (before, exchanges) = self.api.find::<ReturnedRow>(Lane::Orders, &before).await?;
        book.note(first, exchanges);
        let side = Side::from(self.settings.orders.book_in);
        let left = scene.sold.iter().filter_map(|sale| {
            let due = due.iter().find(|due| due.order.id == sale.id)?;
            let currency = due.one.refund.total.on(side).currency;
            let left = Left::read(sale, &lines, &before, currency, terms);
            Some((sale.id.clone(), left))
        });
        Ok(left.collect())
    }

    /// Whether the authorization is there and came to what came back, so that what is made from it does, too. One that was not sent, in a dry
    /// run, is taken at its word.
    fn agrees(
        &self,
        due: &Due<'_>,
        made: Option<&OrderRow>,
        terms: Terms<'_>,
    ) -> Result<(), Fault> {
        let Some(made) = made else {
            return Ok(());
        };
        let side = Side::from(self.settings.orders.book_in);
        let currency = due.one.refund.total.on(side).currency;
        let total = Money::new(authorized(due.one.refund, terms)?, currency);
        let tolerance = self.settings.orders.tolerance;
        let number = made.tranid.as_deref().unwrap_or(&made.id);
        match orders::discrepancy(RETURN, made, total, tolerance) {
            None => Ok(()),
            Some(why) => Err(Fault::Held {
                why: format!(
                    "return authorization {number} is there, but {why}. Nothing was received or credited: correct or delete it in NetSuite, then retry this refund"
                ),
            }),
        }
    }

    /// Makes what is to be made. One that is there already counts as made; all else ends its refund.
    async fn make(&self, steps: Vec<Step>, book: &mut Book) {
        let made: Vec<(usize, Creation, Option<Exchange>)> = stream::iter(steps)
            .map(|step| async move {
                let Step {
                    path, body, facts, ..
                } = &step;
                let create = self.api.create(Lane::Orders, path, body.clone(), facts);
                let (creation, exchange) = create.await;
                (step.place, creation, exchange)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (place, creation, exchange) in made {
            book.note(place, exchange);
            match creation {
                Creation::Created(_)
                | Creation::Duplicate(_)
                | Creation::Failed {
                    fault: Fault::DryRun,
                    ..
                } => {}
                Creation::Failed { fault, .. } => book.end(place, Err(fault)),
            }
        }
    }
}

/// Those that did not end yet.
fn open<'d, 'a>(due: &[&'d Due<'a>], book: &Book) -> Vec<&'d Due<'a>> {
    let open = due
        .iter()
        .filter(|due| book.result(due.one.place).is_none());
    open.copied().collect()
}

impl Due<'_> {
    fn sale(&self) -> &'static str {
        let sale = self.order.r#type.as_deref();
        let sale = sale.and_then(crate::map::settings::Sale::of);
        sale.unwrap_or_default().record()
    }

    /// Whether goods came back that are to be authorized and received.
    pub(super) fn comes_back(one: Giveback<'_>) -> bool {
        !returned(one.refund).is_empty()
    }
}
