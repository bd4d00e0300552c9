//! Reading refunds. The Admin API has no list of them: they are read with the orders that changed, since a refund changes its order.

use std::collections::HashSet;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Record};
use jiff::{SignedDuration, Timestamp};
use kit::{Feed, Whose, external, parse};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::cursor::Place;
use super::documents::{
    Document, REFUND_ADJUSTMENTS, REFUND_IDS, REFUND_LINES, REFUND_SHIPPING, REFUND_TRANSACTIONS,
    REFUNDS, REFUNDS_BY_ID,
};
use super::orders::{BY_ID, unreadable};
use super::search::Search;
use crate::map::{self, gid};
use crate::wire::{self, Connection};
use crate::{Refunds, Settings};

/// The most refunds that are read of one order. The list has no pages; more than this are told, not left out.
const MOST: usize = 250;

/// Reads a shop's refunds.
pub(super) struct RefundReader {
    whose: Whose,
    overlap: SignedDuration,
    told: Refunds,
    search: Search,
    ids: Search,
}

#[derive(Deserialize)]
struct OrdersData {
    orders: Connection<Box<RawValue>>,
}

#[derive(Deserialize)]
struct NamedData {
    nodes: Vec<Option<Of>>,
}

#[derive(Deserialize)]
struct Of {
    order: Box<RawValue>,
}

#[derive(Deserialize)]
struct IdsData {
    orders: Connection<Refunded>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refunded {
    updated_at: Timestamp,
    refunds: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Id {
    legacy_resource_id: String,
    created_at: Option<Timestamp>,
}

/// An order's refunds, each as an event or as what came instead of one.
type Events = Vec<Result<Event, Unreadable>>;

impl RefundReader {
    pub(super) fn new(whose: Whose, settings: &Settings, api: Api) -> Self {
        let search = |document| Search::new(api.clone(), document, settings.import_from);
        Self {
            whose,
            overlap: settings.overlap,
            told: settings.refunds,
            search: search(REFUNDS),
            ids: search(REFUND_IDS),
        }
    }
}

#[async_trait]
impl Feed for RefundReader {
    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        self.are_apart()?;
        let place = Place::read(after)?;
        let reply = self.search.changed(&place).await?;
        let orders = reply.json::<Answer<OrdersData>>()?.data.orders;
        let mut last = None;
        let mut page = Page {
            events: Vec::new(),
            unreadable: Vec::new(),
            next: Cursor::default(),
            more: orders.page_info.has_next_page,
        };
        for raw in &orders.nodes {
            last = last.max(changed_at(raw));
            for read in self.events(raw, reply.received_at).await? {
                match read {
                    Ok(event) => page.events.push(event),
                    Err(unreadable) => page.unreadable.push(unreadable),
                }
            }
        }
        page.next = place.next(&orders.page_info, last, self.overlap).write();
        Ok(page)
    }

    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        self.are_apart()?;
        let mut found = Found::default();
        let ids = ids.iter().filter_map(|id| Some((id, gid("Refund", id)?)));
        let ids: Vec<(&ExternalId, String)> = ids.collect();
        for some in ids.chunks(BY_ID) {
            let gids: Vec<&str> = some.iter().map(|(_, gid)| gid.as_str()).collect();
            let variables = json!({ "ids": gids });
            let api = &self.search.api;
            let reply = api.query(Lane::Orders, REFUNDS_BY_ID, variables).await?;
            let nodes = reply.json::<Answer<NamedData>>()?.data.nodes;
            for ((id, _), of) in some.iter().zip(nodes) {
                let Some(of) = of else {
                    continue;
                };
                // An order tells all its refunds, each asked for by its own name.
                for read in self.events(&of.order, reply.received_at).await? {
                    match read {
                        Ok(event) if event.external_id == **id => found.events.push(event),
                        Err(one) if one.id == **id => found.unreadable.push(one),
                        Ok(_) | Err(_) => {}
                    }
                }
            }
        }
        Ok(found)
    }

    /// The refunds made in the window. They changed their orders then, so only orders changed since it began can have any.
    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let (mut ids, mut known) = (Vec::new(), HashSet::new());
        let mut place = Place::at(window.from);
        loop {
            let reply = self.ids.changed(&place).await?;
            let orders = reply.json::<Answer<IdsData>>()?.data.orders;
            let mut last = None;
            for order in orders.nodes {
                last = last.max(Some(order.updated_at));
                let inside = order.refunds.into_iter().filter(|refund| {
                    let made = refund.created_at.unwrap_or(window.from);
                    window.from <= made && made < window.to
                });
                for refund in inside {
                    if known.insert(refund.legacy_resource_id.clone()) {
                        ids.push(external(&refund.legacy_resource_id)?);
                    }
                }
            }
            if !orders.page_info.has_next_page {
                return Ok(ids);
            }
            place = place.next(&orders.page_info, last, SignedDuration::ZERO);
        }
    }
}

impl RefundReader {
    fn are_apart(&self) -> Result<(), Fault> {
        match self.told {
            Refunds::Separate => Ok(()),
            Refunds::Deducted => Err(Fault::Refused {
                why: "orders are read less what was refunded, so that refunds of their own would count twice: set 'refunds: separate' in the shop's connection".to_owned(),
            }),
        }
    }

    /// All refunds of an order. Asks again only for those whose lists did not fit.
    async fn events(&self, raw: &RawValue, read_at: Timestamp) -> Result<Events, Fault> {
        let order: wire::RefundedOrder = match parse(raw.get()) {
            Ok(order) => order,
            Err(why) => return Ok(vec![Err(unreadable(raw.get(), why)?)]),
        };
        if order.refunds.len() >= MOST {
            let why = format!("the order has {MOST} refunds or more, which are not all shown");
            return Ok(vec![Err(unreadable(raw.get(), why)?)]);
        }
        let mut texts = Vec::with_capacity(order.refunds.len());
        let mut all = Vec::with_capacity(order.refunds.len());
        let mut spoilt = None;
        for refund in &order.refunds {
            match self.whole(refund.get()).await {
                Ok((text, Ok(refund))) => {
                    texts.push(text);
                    all.push(refund);
                }
                Ok((text, Err(why))) => {
                    texts.push(text);
                    spoilt = Some(why);
                }
                Err(fault @ (Fault::Refused { .. } | Fault::Unreadable { .. })) => {
                    texts.push(refund.get().to_owned());
                    spoilt = Some(fault.to_string());
                }
                Err(fault) => return Err(fault),
            }
        }
        // What a refund may give back follows from all of its order's.
        if let Some(why) = spoilt {
            let why = format!("a refund of order {} cannot be read: {why}", order.name);
            let each = texts.iter().map(|text| unreadable(text, why.clone()));
            return each.map(|one| one.map(Err)).collect();
        }
        let events = texts.into_iter().enumerate().map(|(place, text)| {
            match refund_of(&order, &all, place) {
                Ok(refund) => Ok(Ok(self.whose.event(refund, read_at, text))),
                Err(why) => Ok(Err(unreadable(&text, why)?)),
            }
        });
        events.collect()
    }

    /// The refund with its lists read to their ends, and its JSON.
    async fn whole(&self, text: &str) -> Result<(String, Result<wire::Refund, String>), Fault> {
        let parsed = parse::<wire::Refund>(text);
        let ended = parsed.as_ref().is_ok_and(|refund| {
            ![
                &refund.refund_line_items.page_info,
                &refund.refund_shipping_lines.page_info,
                &refund.order_adjustments.page_info,
                &refund.transactions.page_info,
            ]
            .into_iter()
            .any(|page| page.has_next_page)
        });
        if ended || parsed.is_err() {
            return Ok((text.to_owned(), parsed));
        }
        let whole = self.completed(text).await?;
        let parsed = parse(&whole);
        Ok((whole, parsed))
    }

    async fn completed(&self, text: &str) -> Result<String, Fault> {
        let lists: [(&str, Document); 4] = [
            ("refundLineItems", REFUND_LINES),
            ("refundShippingLines", REFUND_SHIPPING),
            ("orderAdjustments", REFUND_ADJUSTMENTS),
            ("transactions", REFUND_TRANSACTIONS),
        ];
        self.search.api.completed(Lane::Orders, text, &lists).await
    }
}

/// A refund among all of its order's: its id, when it last changed, what it is.
fn refund_of(
    order: &wire::RefundedOrder,
    all: &[wire::Refund],
    place: usize,
) -> Result<(ExternalId, Timestamp, Record), String> {
    let refund = map::refund(order, all, place).map_err(|error| error.to_string())?;
    let wire = all.get(place).ok_or("the order has no such refund")?;
    let id = ExternalId::new(&wire.legacy_resource_id).map_err(|error| error.to_string())?;
    Ok((id, wire.updated_at, Record::Refund(Box::new(refund))))
}

/// When the order last changed, even of an order that makes no sense.
fn changed_at(raw: &RawValue) -> Option<Timestamp> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        updated_at: Timestamp,
    }
    let head: Result<Head, _> = serde_json::from_str(raw.get());
    head.ok().map(|head| head.updated_at)
}
