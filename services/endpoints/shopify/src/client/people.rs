//! Reading customers and companies: both are searched by their changes, in the same way.

use std::collections::HashSet;

use async_trait::async_trait;
use commerce::{Event, ExternalId, Record};
use jiff::{SignedDuration, Timestamp};
use kit::{Feed, Whose, parse};
use ports::{Cursor, Fault, Found, Lane, Page, Unreadable, Window};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::api::{Answer, Api};
use super::cursor::Place;
use super::documents::{
    COMPANIES, COMPANIES_BY_ID, COMPANY_CONTACTS, COMPANY_IDS, COMPANY_SITES, CUSTOMER_ADDRESSES,
    CUSTOMER_IDS, CUSTOMERS, CUSTOMERS_BY_ID, Document,
};
use super::orders::BY_ID;
use super::search::{Search, second};
use crate::Settings;
use crate::map::{self, gid, number};
use crate::wire::{self, Connection};

/// After so many pages of ids the search begins anew: Shopify ends a search after 25,000 records.
const PAGES_OF_IDS: u32 = 80;

/// What is read.
#[derive(Clone, Copy)]
struct Subject {
    /// The type's name in global ids.
    named: &'static str,
    all: Document,
    by_id: Document,
    ids: Document,
    /// The search's name of the time at which a record was made.
    made: &'static str,
    /// Its lists, with what reads them to their ends.
    lists: &'static [(&'static str, Document)],
    read: fn(&str) -> Result<Read, String>,
}

/// A record with its global id, and when it changed.
type Read = (String, Timestamp, Record);

const OF_CUSTOMERS: Subject = Subject {
    named: "Customer",
    all: CUSTOMERS,
    by_id: CUSTOMERS_BY_ID,
    ids: CUSTOMER_IDS,
    made: "customer_date",
    lists: &[("addressesV2", CUSTOMER_ADDRESSES)],
    read: |text| {
        let shopper = parse::<wire::Shopper>(text)?;
        let account = map::account(&shopper).map_err(|error| error.to_string())?;
        Ok((
            shopper.id,
            shopper.updated_at,
            Record::Customer(Box::new(account)),
        ))
    },
};

const OF_COMPANIES: Subject = Subject {
    named: "Company",
    all: COMPANIES,
    by_id: COMPANIES_BY_ID,
    ids: COMPANY_IDS,
    made: "created_at",
    lists: &[("contacts", COMPANY_CONTACTS), ("locations", COMPANY_SITES)],
    read: |text| {
        let company = parse::<wire::Business>(text)?;
        let business = map::business(&company).map_err(|error| error.to_string())?;
        Ok((
            company.id,
            company.updated_at,
            Record::Company(Box::new(business)),
        ))
    },
};

/// Reads a shop's customers, or its companies.
pub(super) struct People {
    whose: Whose,
    overlap: SignedDuration,
    subject: Subject,
    api: Api,
    search: Search,
}

#[derive(Deserialize)]
struct Answered<T> {
    found: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: String,
    created_at: Timestamp,
}

/// What can be said even of a record that makes no sense.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    updated_at: Option<Timestamp>,
}

/// Whether lists go on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lists {
    addresses_v2: Option<Ends>,
    contacts: Option<Ends>,
    locations: Option<Ends>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ends {
    page_info: wire::PageInfo,
}

impl People {
    pub(super) fn customers(whose: Whose, settings: &Settings, api: Api) -> Self {
        Self::of(OF_CUSTOMERS, whose, settings, api)
    }

    pub(super) fn companies(whose: Whose, settings: &Settings, api: Api) -> Self {
        Self::of(OF_COMPANIES, whose, settings, api)
    }

    fn of(subject: Subject, whose: Whose, settings: &Settings, api: Api) -> Self {
        Self {
            whose,
            overlap: settings.overlap,
            subject,
            search: Search::of(api.clone(), subject.all, Lane::Bulk),
            api,
        }
    }
}

#[async_trait]
impl Feed for People {
    fn cursor_at(&self, from: Timestamp) -> Cursor {
        Place::at(from).write()
    }

    async fn page(&self, after: &Cursor) -> Result<Page, Fault> {
        let place = Place::read(after)?;
        let reply = self.search.changed(&place).await?;
        let data = reply
            .json::<Answer<Answered<Connection<Box<RawValue>>>>>()?
            .data;
        let found = data.found;
        let mut last = None;
        let mut page = Page {
            events: Vec::with_capacity(found.nodes.len()),
            unreadable: Vec::new(),
            next: Cursor::default(),
            more: found.page_info.has_next_page,
        };
        for raw in found.nodes {
            match self.event(raw, reply.received_at).await? {
                Ok(event) => {
                    last = last.max(Some(event.revision.at));
                    page.events.push(event);
                }
                Err(unreadable) => {
                    let head: Head = serde_json::from_slice(&unreadable.body).unwrap_or_default();
                    last = last.max(head.updated_at);
                    page.unreadable.push(unreadable);
                }
            }
        }
        page.next = place.next(&found.page_info, last, self.overlap).write();
        Ok(page)
    }

    async fn some(&self, ids: &[ExternalId]) -> Result<Found, Fault> {
        let mut found = Found::default();
        let named = self.subject.named;
        let ids: Vec<String> = ids.iter().filter_map(|id| gid(named, id)).collect();
        for some in ids.chunks(BY_ID) {
            let variables = json!({ "ids": some });
            let asked = self.subject.by_id;
            let reply = self.api.query(Lane::Bulk, asked, variables).await?;
            let data = reply.json::<Answer<Answered<Vec<Option<Box<RawValue>>>>>>()?;
            for raw in data.data.found.into_iter().flatten() {
                match self.event(raw, reply.received_at).await? {
                    Ok(event) => found.events.push(event),
                    Err(unreadable) => found.unreadable.push(unreadable),
                }
            }
        }
        Ok(found)
    }

    async fn ids(&self, window: Window) -> Result<Vec<ExternalId>, Fault> {
        let mut ids = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        let (mut from, mut after, mut pages) = (window.from, None::<String>, 0);
        loop {
            let made = self.subject.made;
            let query = self.search.text([
                format!("{made}:>='{}'", second(from)),
                format!("{made}:<'{}'", second(window.to)),
            ]);
            let variables = json!({ "query": query, "after": after });
            let reply = self
                .api
                .query(Lane::Bulk, self.subject.ids, variables)
                .await?;
            let found = reply
                .json::<Answer<Answered<Connection<Made>>>>()?
                .data
                .found;
            let last = found.nodes.last().map(|one| one.created_at);
            for one in found.nodes {
                let inside = window.from <= one.created_at && one.created_at < window.to;
                if inside && known.insert(one.id.clone()) {
                    ids.push(own_id(&one.id).map_err(|why| Fault::Unreadable { why })?);
                }
            }
            if !found.page_info.has_next_page {
                return Ok(ids);
            }
            pages += 1;
            match last {
                Some(last) if pages >= PAGES_OF_IDS && last > from => {
                    (from, after, pages) = (last, None, 0);
                }
                _ => after = found.page_info.end_cursor,
            }
        }
    }
}

impl People {
    /// The record as an event, or what came instead of one. Asks again only for one whose lists did not fit.
    async fn event(
        &self,
        raw: Box<RawValue>,
        read_at: Timestamp,
    ) -> Result<Result<Event, Unreadable>, Fault> {
        let mut text = Box::<str>::from(raw).into_string();
        if goes_on(&text) {
            let lists = self.subject.lists;
            match self.api.completed(Lane::Bulk, &text, lists).await {
                Ok(whole) => text = whole,
                Err(fault @ (Fault::Refused { .. } | Fault::Unreadable { .. })) => {
                    return Ok(Err(unreadable(&text, fault.to_string())?));
                }
                Err(fault) => return Err(fault),
            }
        }
        let made =
            (self.subject.read)(&text).and_then(|(id, at, record)| Ok((own_id(&id)?, at, record)));
        Ok(match made {
            Ok(made) => Ok(self.whose.event(made, read_at, text)),
            Err(why) => Err(unreadable(&text, why)?),
        })
    }
}

fn goes_on(text: &str) -> bool {
    let Ok(lists) = serde_json::from_str::<Lists>(text) else {
        return false;
    };
    let all = [lists.addresses_v2, lists.contacts, lists.locations];
    all.iter()
        .flatten()
        .any(|list| list.page_info.has_next_page)
}

fn own_id(gid: &str) -> Result<ExternalId, String> {
    ExternalId::new(number(gid)).map_err(|error| error.to_string())
}

fn unreadable(text: &str, why: String) -> Result<Unreadable, Fault> {
    let head: Head = serde_json::from_str(text).unwrap_or_default();
    kit::unreadable(number(&head.id.unwrap_or_default()), why, text)
}
