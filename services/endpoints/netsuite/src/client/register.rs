//! What the account holds of the orders, refunds and payouts that were written to it.

use async_trait::async_trait;
use commerce::{ConnectionId, Event, Kind, OrderState, Record, Side, TargetKey};
use ports::{Entry, Fault, Lane, Span, Sums, Tally};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::writer::Writer;
use crate::map::owed;
use crate::map::query::{self, Query};
use crate::wire::{OrderRow, SpanRow};

#[async_trait]
impl Sums for Writer {
    fn amount(&self, event: &Event) -> Option<Decimal> {
        let side = Side::from(self.settings.orders.book_in);
        match &event.record {
            // Closed lines go on counting in a sales order's total.
            Record::Order(order) if order.state == OrderState::Cancelled => None,
            Record::Order(order) => Some(order.total.on(side).amount),
            Record::Payout(payout) => Some(payout.net.amount),
            // Which of its means are in NetSuite depends on what it became.
            Record::Refund(refund) => {
                let total = refund.total.on(side);
                let orders = &self.settings.orders;
                let deposits = orders.payments.deposits;
                let whole = !deposits || owed(refund, orders).is_ok_and(|owed| owed == total);
                whole.then_some(total.amount)
            }
            Record::Fulfilment(_)
            | Record::Stock(_)
            | Record::Product(_)
            | Record::Price(_)
            | Record::Cancellation(_)
            | Record::Customer(_)
            | Record::Company(_)
            | Record::ShippingOrder(_) => None,
        }
    }

    fn tolerance(&self) -> Decimal {
        self.settings.orders.tolerance
    }

    async fn tally(
        &self,
        from: &ConnectionId,
        kind: Kind,
        spans: &[Span],
    ) -> Result<Vec<Tally>, Fault> {
        let query = query::tally(from, kind, spans);
        let rows: Vec<SpanRow> = self.look_up(&query).await?;
        let mut tallies = vec![Tally::default(); spans.len()];
        for row in rows {
            let place: usize = number("span", &row.span)?;
            if let Some(tally) = tallies.get_mut(place) {
                *tally = Tally {
                    records: number("count", &row.records)?,
                    ids: number("sum of ids", &row.ids)?,
                    amount: row.amount.as_deref().map_or(Ok(Decimal::ZERO), amount)?,
                };
            }
        }
        Ok(tallies)
    }

    async fn list(
        &self,
        from: &ConnectionId,
        kind: Kind,
        spans: &[Span],
    ) -> Result<Vec<Entry>, Fault> {
        let query = query::held(from, kind, spans);
        let rows: Vec<OrderRow> = self.look_up(&query).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let key = row.externalid.as_deref().unwrap_or_default();
            if let Some(of) = TargetKey::source_id(key, from, kind) {
                entries.push(Entry {
                    id: number("id", &row.id)?,
                    of,
                    amount: row.foreigntotal.as_deref().map(amount).transpose()?,
                });
            }
        }
        Ok(entries)
    }
}

impl Writer {
    async fn look_up<T: DeserializeOwned>(&self, query: &Query) -> Result<Vec<T>, Fault> {
        match self.api.find(Lane::Bulk, query).await {
            Ok((rows, _)) => Ok(rows),
            Err(trouble) => Err(trouble.fault),
        }
    }
}

fn number<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, Fault> {
    text.parse().map_err(|_| Fault::Unreadable {
        why: format!("NetSuite's {what} '{text}' is no whole number"),
    })
}

/// An amount as SuiteQL writes it. No currency has more than four decimals: what a sum shows beyond them is not money.
fn amount(text: &str) -> Result<Decimal, Fault> {
    let amount = text.parse().or_else(|_| Decimal::from_scientific(text));
    let amount: Decimal = amount.map_err(|_| Fault::Unreadable {
        why: format!("NetSuite's amount '{text}' is no number"),
    })?;
    Ok(amount.round_dp(4).normalize())
}
