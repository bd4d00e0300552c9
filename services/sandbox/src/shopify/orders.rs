//! The list of orders: search, sort, page.

use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::graphql::{Arguments, GraphError, Page};
use super::model::search::{Search, Term};
use super::model::{Order, Store};

/// Where a page ended: the sort value, the order, and how many were given out so far.
struct Cursor {
    at: Timestamp,
    order: usize,
    given: usize,
}

impl Cursor {
    fn write(&self) -> String {
        STANDARD.encode(format!("{}/{}/{}", self.at, self.order, self.given))
    }

    fn read(text: &str) -> Result<Self, GraphError> {
        let parts = || {
            let bytes = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
            let mut parts = bytes.split('/');
            Some(Self {
                at: parts.next()?.parse().ok()?,
                order: parts.next()?.parse().ok()?,
                given: parts.next()?.parse().ok()?,
            })
        };
        parts().ok_or_else(|| {
            GraphError::coded(
                "BAD_REQUEST",
                format!("Invalid cursor for current pagination sort: {text}"),
            )
        })
    }
}

/// One page of the orders that a client asks for.
pub(super) fn page<'s>(
    store: &'s Store,
    arguments: &Arguments,
) -> Result<Page<&'s Order>, GraphError> {
    if arguments.get("last").is_some() || arguments.get("before").is_some() {
        return Err(GraphError::new(
            "the sandbox pages orders forwards only: use first and after",
        ));
    }
    let size = arguments.size()?;
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let after = arguments.text("after").map(Cursor::read).transpose()?;
    let given = after.as_ref().map_or(0, |cursor| cursor.given);
    let mut nodes = Vec::with_capacity(size.min(250));
    let mut has_next = false;
    for (at, order) in sorted(store, arguments, &search, after.as_ref())? {
        if !shows(store, &search, order)? {
            continue;
        }
        if nodes.len() == size {
            has_next = true;
            break;
        }
        let cursor = Cursor {
            at,
            order: order.index,
            given: given + nodes.len() + 1,
        };
        // Paging ends for good after so many, as if there were no more.
        if cursor.given > store.facts.paging_limit {
            break;
        }
        nodes.push((cursor.write(), order));
    }
    Ok(Page {
        nodes,
        has_next: has_next && given + size < store.facts.paging_limit,
        has_previous: after.is_some(),
    })
}

/// How many orders match, up to `limit` (10,000 unless the client says otherwise).
pub(super) fn count(store: &Store, arguments: &Arguments) -> Result<(usize, bool), GraphError> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let limit = match arguments.get("limit") {
        Some(serde_json::Value::Null) => usize::MAX,
        _ => arguments
            .int("limit")
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(10_000),
    };
    let mut count = 0;
    for order in &store.orders {
        count += usize::from(shows(store, &search, order)?);
        if count > limit {
            return Ok((limit, false));
        }
    }
    Ok((count, true))
}

type Sorted<'s> = Box<dyn Iterator<Item = (Timestamp, &'s Order)> + 's>;

/// The orders from `after` on, with what they are sorted by.
fn sorted<'s>(
    store: &'s Store,
    arguments: &Arguments,
    search: &Search,
    after: Option<&Cursor>,
) -> Result<Sorted<'s>, GraphError> {
    let reverse = arguments.flag("reverse");
    match arguments.text("sortKey").unwrap_or("PROCESSED_AT") {
        "UPDATED_AT" => {
            let (from, to) = search.range("updated_at");
            let place = after.map(|cursor| Bound::Excluded((cursor.at, cursor.order)));
            let (low, high) = (
                Bound::Included((from, 0)),
                Bound::Included((to, usize::MAX)),
            );
            let (low, high) = if reverse {
                (low, place.unwrap_or(high))
            } else {
                (place.unwrap_or(low), high)
            };
            let (
                Bound::Included(first) | Bound::Excluded(first),
                Bound::Included(last) | Bound::Excluded(last),
            ) = (low, high)
            else {
                return Ok(Box::new(std::iter::empty()));
            };
            if first >= last {
                return Ok(Box::new(std::iter::empty()));
            }
            let filed = store
                .index
                .by_update()
                .range((low, high))
                .filter_map(|(at, order)| Some((*at, store.orders.get(*order)?)));
            Ok(if reverse {
                Box::new(filed.rev())
            } else {
                Box::new(filed)
            })
        }
        // Orders are numbered in the order in which they came in, so these are all the same.
        "ID" | "CREATED_AT" | "PROCESSED_AT" | "ORDER_NUMBER" => {
            let place = after.map(|cursor| cursor.order);
            let range = if reverse {
                0..place.unwrap_or(store.orders.len())
            } else {
                place.map_or(0, |place| place + 1)..store.orders.len()
            };
            let orders = store
                .orders
                .get(range)
                .unwrap_or_default()
                .iter()
                .map(|order| (order.created_at, order));
            Ok(if reverse {
                Box::new(orders.rev())
            } else {
                Box::new(orders)
            })
        }
        other => Err(GraphError::new(format!(
            "the sandbox does not sort orders by {other}: use UPDATED_AT, CREATED_AT, PROCESSED_AT, ORDER_NUMBER or ID"
        ))),
    }
}

fn shows(store: &Store, search: &Search, order: &Order) -> Result<bool, GraphError> {
    let Some(filed) = store.index.filed(order.index) else {
        return Ok(false);
    };
    if store.facts.hides_closed_orders
        && order.closed_at.is_some()
        && !search.terms().iter().any(|term| term.field == "status")
    {
        return Ok(false);
    }
    search.matches(&|term| holds(store, order, filed, term))
}

fn holds(store: &Store, order: &Order, filed: Timestamp, term: &Term) -> Result<bool, GraphError> {
    Ok(match term.field.as_str() {
        "updated_at" => term.holds_time(filed)?,
        "created_at" | "processed_at" => term.holds_time(order.created_at)?,
        "id" => term.holds_number(order.id())?,
        "name" => term.holds_text(&order.name()) || term.holds_text(&order.number().to_string()),
        "status" => [
            "any",
            status(order),
            if order.closed_at.is_none() {
                "not_closed"
            } else {
                ""
            },
        ]
        .into_iter()
        .any(|status| term.holds_text(status)),
        "financial_status" => term.holds_text(order.financial_status()),
        "fulfillment_status" => fulfilment_words(order.fulfilment_status())
            .iter()
            .any(|word| term.holds_text(word)),
        "email" => order
            .email
            .as_deref()
            .is_some_and(|email| term.holds_text(email)),
        "tag" => order.tags.iter().any(|tag| term.holds_text(tag)),
        "tag_not" => !order.tags.iter().any(|tag| term.holds_text(tag)),
        "test" => term.holds_text(if order.test { "true" } else { "false" }),
        "source_name" => term.holds_text(order.source),
        "sku" => order
            .lines
            .iter()
            .any(|line| line.sku.as_deref().is_some_and(|sku| term.holds_text(sku))),
        "customer_id" => match order.customer.and_then(|index| store.customers.get(index)) {
            Some(customer) => term.holds_number(customer.id())?,
            None => false,
        },
        _ => return Err(term.unknown()),
    })
}

fn status(order: &Order) -> &'static str {
    match (&order.cancelled, order.closed_at) {
        (Some(_), _) => "cancelled",
        (None, Some(_)) => "closed",
        (None, None) => "open",
    }
}

fn fulfilment_words(status: &str) -> &'static [&'static str] {
    match status {
        "FULFILLED" => &["fulfilled", "shipped"],
        "PARTIALLY_FULFILLED" => &["partial"],
        "ON_HOLD" => &["on_hold", "unshipped"],
        _ => &["unfulfilled", "unshipped"],
    }
}
