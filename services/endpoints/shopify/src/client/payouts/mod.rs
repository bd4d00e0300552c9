//! Reading payouts of Shopify Payments: those whose money has reached the bank, each with all its balance transactions.

mod cursor;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Record};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kit::{Feed, Whose, external, parse};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::documents::{MOVEMENTS, PAYOUTS, PAYOUTS_BY_ID, REFUNDS_OF_ORDERS};
use super::orders::{BY_ID, unreadable};
use super::search::second;
use crate::Settings;
use crate::map::{self, RefundsByRepayment, gid};
use crate::wire::{self, Connection};
use cursor::Place;

/// Orders whose refunds are asked for at once.
const ORDERS_AT_ONCE: usize = 50;

/// Reads a shop's payouts.
pub(super) struct PayoutReader {
    whose: Whose,
    overlap: SignedDuration,
    import_from: Option<Date>,
    api: Api,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayoutsData {
    shop: Zone,
    shopify_payments_account: Option<Payouts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Zone {
    iana_timezone: String,
}

#[derive(Deserialize)]
struct Payouts {
    payouts: Connection<Box<RawValue>>,
}

#[derive(Deserialize)]
struct NamedData {
    shop: Zone,
    nodes: Vec<Option<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MovementsData {
    shopify_payments_account: Option<Movements>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Movements {
    balance_transactions: Connection<wire::Movement>,
}

#[derive(Deserialize)]
struct OrdersData {
    nodes: Vec<Option<wire::RefundsOfOrder>>,
}

impl Zone {
    fn zone(&self) -> Result<TimeZone, Fault> {
        TimeZone::get(&self.iana_timezone).map_err(|error| Fault::Unreadable {
            why: format!("the shop's time zone '{}': {error}", self.iana_timezone),
        })
    }
}

impl PayoutReader {
    pub(super) const fn new(whose: Whose, settings: &Settings, api: Api) -> Self {
        Self {
            whose,
            overlap: settings.overlap,
            import_from: settings.import_from,
            api,
        }
    }
}

#[async_trait]
impl Feed for PayoutReader {
    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let since = place
            .from
            .map(|from| format!("issued_at:>='{}'", second(from)));
        let (payouts, zone, read_at) = self.list(since, place.after.as_deref()).await?;
        let mut page = Page {
            events: Vec::new(),
            unreadable: Vec::new(),
            next: Cursor::default(),
            more: payouts.page_info.has_next_page,
        };
        let mut read = Vec::with_capacity(payouts.nodes.len());
        for raw in &payouts.nodes {
            let payout = match parse::<wire::Payout>(raw.get()) {
                Ok(payout) => payout,
                Err(why) => {
                    page.unreadable.push(unreadable(raw.get(), why)?);
                    continue;
                }
            };
            if place.wants(&payout) {
                match self.event(&payout, raw, &zone, read_at).await? {
                    Ok(event) => page.events.push(event),
                    Err(unreadable) => page.unreadable.push(unreadable),
                }
            }
            read.push(payout);
        }
        page.next = place.next(&payouts.page_info, &read, self.overlap).write();
        Ok(page)
    }

    /// Those that are paid: the others are told once they are.
    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        let named = |id| gid("ShopifyPaymentsPayout", id);
        let ids: Vec<String> = ids.iter().filter_map(named).collect();
        for some in ids.chunks(BY_ID) {
            let variables = json!({ "ids": some });
            let reply = self.api.query(Lane::Bulk, PAYOUTS_BY_ID, variables).await?;
            let data = reply.json::<Answer<NamedData>>()?.data;
            let zone = data.shop.zone()?;
            for raw in data.nodes.into_iter().flatten() {
                let payout: wire::Payout = match parse(raw.get()) {
                    Ok(payout) => payout,
                    Err(why) => {
                        found.unreadable.push(unreadable(raw.get(), why)?);
                        continue;
                    }
                };
                if !map::is_paid(&payout) {
                    continue;
                }
                match self.event(&payout, &raw, &zone, reply.received_at).await? {
                    Ok(event) => found.events.push(event),
                    Err(unreadable) => found.unreadable.push(unreadable),
                }
            }
        }
        Ok(found)
    }

    /// The payouts issued in the window whose money has reached the bank.
    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let mut ids = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let inside = [
                format!("issued_at:>='{}'", second(window.from)),
                format!("issued_at:<'{}'", second(window.to)),
            ];
            let (payouts, _, _) = self.list(inside, after.as_deref()).await?;
            for raw in &payouts.nodes {
                let Ok(payout) = parse::<wire::Payout>(raw.get()) else {
                    continue;
                };
                let inside = window.from <= payout.issued_at && payout.issued_at < window.to;
                if inside && map::is_paid(&payout) {
                    ids.push(external(&payout.legacy_resource_id)?);
                }
            }
            if !payouts.page_info.has_next_page {
                return Ok(ids);
            }
            after = payouts.page_info.end_cursor;
        }
    }
}

impl PayoutReader {
    /// One page of the payouts that match.
    async fn list(
        &self,
        conditions: impl IntoIterator<Item = String> + Send,
        after: Option<&str>,
    ) -> Result<(Connection<Box<RawValue>>, TimeZone, Timestamp), Fault> {
        let cut_off = self.import_from.map(|day| format!("issued_at:>='{day}'"));
        let conditions: Vec<String> = conditions.into_iter().chain(cut_off).collect();
        let variables = json!({ "query": conditions.join(" AND "), "after": after });
        let reply = self.api.query(Lane::Bulk, PAYOUTS, variables).await?;
        let data = reply.json::<Answer<PayoutsData>>()?.data;
        let zone = data.shop.zone()?;
        let account = data.shopify_payments_account.ok_or_else(no_account)?;
        Ok((account.payouts, zone, reply.received_at))
    }

    async fn event(
        &self,
        payout: &wire::Payout,
        raw: &RawValue,
        zone: &TimeZone,
        read_at: Timestamp,
    ) -> Result<Result<Event, Unreadable>, Fault> {
        let movements = self.movements(payout).await?;
        let refunds = self.refunds(&movements).await?;
        let made = map::payout(payout, &movements, &refunds, zone)
            .map_err(|error| error.to_string())
            .and_then(|payout_read| {
                let id = ExternalId::new(&payout.legacy_resource_id);
                Ok((id.map_err(|error| error.to_string())?, payout_read))
            });
        Ok(match made {
            Ok((id, read)) => {
                let record = Record::Payout(Box::new(read));
                let made = (id, payout.issued_at, record);
                // Without the balance transactions, of which there can be thousands: the record has them.
                Ok(self.whose.event(made, read_at, raw.get()))
            }
            Err(why) => Err(unreadable(raw.get(), why)?),
        })
    }

    /// All movements of a payout but its own transfer.
    async fn movements(&self, payout: &wire::Payout) -> Result<Vec<wire::Movement>, Fault> {
        let query = format!("payments_transfer_id:{}", payout.legacy_resource_id);
        let mut all: Vec<wire::Movement> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let variables = json!({ "query": query, "after": after });
            let data: MovementsData = self.ask(MOVEMENTS, variables).await?;
            let account = data.shopify_payments_account.ok_or_else(no_account)?;
            let list = account.balance_transactions;
            let foreign = list
                .nodes
                .iter()
                .find(|one| one.associated_payout.id.as_deref() != Some(payout.id.as_str()));
            // Shopify passes over a condition that it does not know.
            if let Some(foreign) = foreign {
                return Err(Fault::Unreadable {
                    why: format!(
                        "asked for the balance transactions of payout {}, Shopify gave {}, which is not of it",
                        payout.legacy_resource_id, foreign.id
                    ),
                });
            }
            all.extend(list.nodes);
            if !list.page_info.has_next_page {
                return Ok(all);
            }
            if list.page_info.end_cursor == after {
                return Err(Fault::Unreadable {
                    why: format!("the list of {} does not move on", payout.id),
                });
            }
            after = list.page_info.end_cursor;
        }
    }

    /// Which refund each repayment belongs to: balance transactions do not tell.
    async fn refunds(&self, movements: &[wire::Movement]) -> Result<RefundsByRepayment, Fault> {
        let given_back = movements
            .iter()
            .filter(|movement| movement.r#type.eq_ignore_ascii_case("REFUND"));
        let mut orders: Vec<&str> = given_back
            .filter_map(|movement| Some(movement.associated_order.as_ref()?.id.as_str()))
            .collect();
        orders.sort_unstable();
        orders.dedup();
        let mut refunds = RefundsByRepayment::new();
        for ids in orders.chunks(ORDERS_AT_ONCE) {
            let data: OrdersData = self.ask(REFUNDS_OF_ORDERS, json!({ "ids": ids })).await?;
            for refund in data
                .nodes
                .into_iter()
                .flatten()
                .flat_map(|order| order.refunds)
            {
                for paid in refund.transactions.nodes {
                    let repayment = map::number(&paid.id).to_owned();
                    refunds.insert(repayment, refund.legacy_resource_id.clone());
                }
            }
        }
        Ok(refunds)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        document: super::documents::Document,
        variables: serde_json::Value,
    ) -> Result<T, Fault> {
        let reply = self.api.query(Lane::Bulk, document, variables).await?;
        Ok(reply.json::<Answer<T>>()?.data)
    }
}

fn no_account() -> Fault {
    Fault::Refused {
        why: "the shop tells of no Shopify Payments account: it has none, or the app's user may not see payouts. Payouts of other providers are not read".to_owned(),
    }
}
