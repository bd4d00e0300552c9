//! What the account shows of the orders that a batch of refunds gives back of, and what follows for each.

use ports::{Effect, Exchange, Fault, Lane, Written};

use super::{Cashier, Giveback};
use crate::client::{Trouble, orders};
use crate::map::settings::{InternalId, Returns};
use crate::map::{Billing, Credit, Open, Standing, allowed, credit, moot, owed, query};
use crate::wire::{BillRow, DepositRow, SoldRow};

/// A refund whose sale is there and bears it.
pub(super) struct Due<'a> {
    pub(super) one: Giveback<'a>,
    pub(super) order: SoldRow,
    pub(super) credit: Credit,
    /// Whether its goods are authorized to come back and received first.
    pub(super) returning: bool,
}

/// What becomes of a refund.
pub(super) enum Verdict<'a> {
    /// It is to be written.
    Due(Due<'a>),
    /// It is not: NetSuite has nothing to give back of.
    LeftOut(Written),
}

/// What the account shows of a batch's orders.
#[derive(Default)]
pub(super) struct Scene {
    pub(super) sold: Vec<SoldRow>,
    bills: Vec<BillRow>,
    /// What is left of the deposits of what is not billed.
    pub(super) deposits: Open,
    /// What is open of invoices, where credits are applied to them.
    pub(super) invoices: Open,
}

impl Cashier<'_> {
    pub(super) async fn look(
        &self,
        all: &[Giveback<'_>],
    ) -> Result<(Scene, Vec<Exchange>), Trouble> {
        let keys: Vec<String> = all.iter().map(|one| one.order_key().to_string()).collect();
        let twins = all.iter().filter_map(|one| one.write.parent.as_ref());
        let twins: Vec<InternalId> = twins
            .filter_map(|twin| InternalId::new(twin.id.as_str()).ok())
            .collect();
        let query = query::sold(&keys, &twins, &self.settings.orders.places);
        let (sold, mut exchanges) = self.api.find::<SoldRow>(Lane::Orders, &query).await?;
        let mut scene = Scene {
            sold,
            ..Scene::default()
        };
        let sold = ids(scene.sold.iter());
        if !sold.is_empty() {
            let found = self.api.find(Lane::Orders, &query::bills(&sold)).await;
            scene.bills = orders::noting(found, &mut exchanges)?;
        }
        if self.settings.refunds.apply {
            scene.invoices = Open::invoices(&scene.sold, &scene.bills);
        }
        let unbilled = |row: &&SoldRow| Billing::of(row, &scene.bills) == Billing::Nothing;
        let unbilled = ids(scene.sold.iter().filter(unbilled));
        if self.settings.orders.payments.deposits && !unbilled.is_empty() {
            let query = query::deposits_of(&unbilled);
            let found = self.api.find::<DepositRow>(Lane::Orders, &query).await;
            let rows = orders::noting(found, &mut exchanges)?;
            scene.deposits = Open::deposits(&rows);
        }
        Ok((scene, exchanges))
    }

    pub(super) fn judge<'a>(&self, one: Giveback<'a>, scene: &Scene) -> Result<Verdict<'a>, Fault> {
        let order = one.order_in(&scene.sold).ok_or_else(|| Fault::Missing {
            what: format!("order:{}", one.order_key()),
        })?;
        let standing = Standing::of(order, &scene.bills, scene.deposits.knows(&order.id));
        let Some(credit) = credit(standing, self.settings.refunds.unbilled)? else {
            return left_out(order, moot(order));
        };
        let from_deposits = credit == Credit::CustomerRefund;
        if from_deposits && owed(one.refund, &self.settings.orders)?.is_zero() {
            let why = "all of it went back to gift cards, whose redemption is not deposited in NetSuite (orders.payments.gift_cards)";
            return left_out(order, why.to_owned());
        }
        allowed(one.refund, order, &self.settings.orders)?;
        Ok(Verdict::Due(Due {
            one,
            order: order.clone(),
            credit,
            returning: standing.billing != Billing::Nothing
                && self.settings.refunds.returns == Returns::Authorization
                && Due::comes_back(one),
        }))
    }
}

fn left_out<'a>(order: &SoldRow, why: String) -> Result<Verdict<'a>, Fault> {
    Ok(Verdict::LeftOut(Written {
        twin: orders::twin(&order.id, order.tranid.clone())?,
        effect: Effect::NotOurs,
        discrepancy: Some(why),
    }))
}

fn ids<'a>(rows: impl Iterator<Item = &'a SoldRow>) -> Vec<InternalId> {
    rows.filter_map(|row| InternalId::new(&row.id).ok())
        .collect()
}
