//! Orders 2026-01-01: the search and the look at one; and the shipment confirmation of v0.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::asked::{Answer, Answered, Asked, Problem, get, list, required, shown, text};
use super::books::Books;
use super::order::{Fulfiller, Order, Package, Status};
use super::present::{self, DATASETS};

/// How long a page's token is good.
const TOKEN_HOURS: i64 = 24;

/// What a page's token remembers: all but the page's size and the data sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    by_creation: bool,
    from: Timestamp,
    to: Timestamp,
    marketplaces: Vec<String>,
    statuses: Vec<String>,
    fulfillers: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Token {
    window: Window,
    made: Timestamp,
    after: (Timestamp, String),
}

impl Window {
    fn asked(asked: &Asked<'_>) -> Result<Self, Problem> {
        let (created, updated) = (asked.time("createdAfter")?, asked.time("lastUpdatedAfter")?);
        let (by_creation, from) = match (created, updated) {
            (Some(from), None) => (true, from),
            (None, Some(from)) => (false, from),
            _ => {
                let words = "Exactly one of createdAfter and lastUpdatedAfter must be provided.";
                return Err(Problem::invalid(words));
            }
        };
        let (own, other) = if by_creation {
            ("createdBefore", "lastUpdatedBefore")
        } else {
            ("lastUpdatedBefore", "createdBefore")
        };
        if asked.text(other).is_some() {
            return Err(Problem::invalid(format!(
                "{other} may not be provided here."
            )));
        }
        let latest = asked.now - 2.minutes();
        let to = asked.time(own)?;
        if to.is_some_and(|to| to > latest) {
            let words =
                format!("{own} must be at least two minutes before the time of the request.");
            return Err(Problem::invalid(words));
        }
        if to.is_some_and(|to| to < from) || from > asked.now {
            return Err(Problem::invalid(
                "The start of the period lies after its end.",
            ));
        }
        let words = |name: &str| asked.list(name).into_iter().map(str::to_owned).collect();
        let marketplaces: Vec<String> = words("marketplaceIds");
        if marketplaces.len() > 50 {
            return Err(Problem::invalid("marketplaceIds takes 50 at most."));
        }
        for id in &marketplaces {
            asked.marketplace(id)?;
        }
        let statuses: Vec<String> = words("fulfillmentStatuses");
        let known = [
            "PENDING_AVAILABILITY",
            "PENDING",
            "UNSHIPPED",
            "PARTIALLY_SHIPPED",
            "SHIPPED",
            "CANCELLED",
            "UNFULFILLABLE",
        ];
        let fulfillers: Vec<String> = words("fulfilledBy");
        let is_known = statuses.iter().all(|one| known.contains(&one.as_str()))
            && fulfillers
                .iter()
                .all(|one| ["MERCHANT", "AMAZON"].contains(&one.as_str()));
        if !is_known {
            return Err(Problem::invalid("A value of a filter is unknown."));
        }
        Ok(Self {
            by_creation,
            from,
            to: to.unwrap_or(latest),
            marketplaces,
            statuses,
            fulfillers,
        })
    }

    const fn time(&self, order: &Order) -> Timestamp {
        if self.by_creation {
            order.created
        } else {
            order.updated
        }
    }

    fn shows(&self, order: &Order) -> bool {
        let by = match order.by {
            Fulfiller::Merchant => "MERCHANT",
            Fulfiller::Amazon => "AMAZON",
        };
        let is = |wanted: &[String], value: &str| {
            wanted.is_empty() || wanted.iter().any(|one| one == value)
        };
        let at = self.time(order);
        self.from <= at
            && at <= self.to
            && is(&self.marketplaces, order.marketplace.id)
            && is(&self.statuses, order.status.word())
            && is(&self.fulfillers, by)
    }
}

impl Token {
    fn write(&self) -> String {
        URL_SAFE.encode(json!(self).to_string())
    }

    /// The token of the next page, which has to ask for the same.
    fn read(text: &str, window: &Window, asked: &Asked<'_>) -> Result<Self, Problem> {
        let bytes = URL_SAFE.decode(text).unwrap_or_default();
        let token: Self = serde_json::from_slice(&bytes)
            .map_err(|_| Problem::invalid("paginationToken is invalid."))?;
        if token.made + TOKEN_HOURS.hours() <= asked.now {
            return Err(Problem::invalid("paginationToken has expired."));
        }
        // Where no end was given, the first page's stays.
        let given = asked
            .text("createdBefore")
            .or(asked.text("lastUpdatedBefore"));
        let same = Window {
            to: if given.is_some() {
                window.to
            } else {
                token.window.to
            },
            ..window.clone()
        };
        if same != token.window {
            let words = "The parameters differ from those that paginationToken was made for.";
            return Err(Problem::invalid(words));
        }
        Ok(token)
    }
}

fn included<'a>(asked: &'a Asked<'_>) -> Result<Vec<&'a str>, Problem> {
    let wanted = asked.list("includedData");
    match wanted.iter().find(|one| !DATASETS.contains(one)) {
        Some(one) => Err(Problem::invalid(format!("includedData {one} is invalid."))),
        None => Ok(wanted),
    }
}

pub(super) fn search(books: &Books, asked: &Asked<'_>) -> Answered {
    let mut window = Window::asked(asked)?;
    let size = asked.number("maxResultsPerPage", 1..=100, 100)?;
    let included = included(asked)?;
    let token = asked.text("paginationToken");
    let token = token
        .map(|token| Token::read(token, &window, asked))
        .transpose()?;
    let mut after = None;
    if let Some(token) = token {
        (window, after) = (token.window, Some(token.after));
    }
    let key = |order: &Order| (window.time(order), order.id.clone());
    let mut found: Vec<&Order> = books
        .orders
        .values()
        .filter(|order| window.shows(order))
        .collect();
    found.retain(|order| after.as_ref().is_none_or(|after| key(order) > *after));
    found.sort_by_key(|order| key(order));
    let page = found.iter().take(size);
    let orders: Vec<Json> = page.map(|order| present::order(order, &included)).collect();
    let end = if window.by_creation {
        "createdBefore"
    } else {
        "lastUpdatedBefore"
    };
    let mut body = json!({ "orders": orders, end: shown(window.to) });
    if let Some(last) = found.get(size - 1).filter(|_| found.len() > size) {
        let (made, after) = (asked.now, key(last));
        let token = Token {
            window,
            made,
            after,
        };
        if let Some(fields) = body.as_object_mut() {
            let pagination = json!({ "nextToken": token.write() });
            fields.insert("pagination".to_owned(), pagination);
        }
    }
    Ok(Answer::ok(body))
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!("The order {id} was not found."))
}

pub(super) fn one(books: &Books, asked: &Asked<'_>) -> Answered {
    let order = books.orders.get(asked.name(0));
    let order = order.ok_or_else(|| unknown(asked.name(0)))?;
    let shown = present::order(order, &included(asked)?);
    Ok(Answer::ok(json!({ "order": shown })))
}

/// Takes a package of the seller's: a new one, or another version of the one with its reference.
pub(super) fn confirm(books: &mut Books, asked: &Asked<'_>) -> Answered {
    let order = books.orders.get_mut(asked.name(0));
    let order = order.ok_or_else(|| unknown(asked.name(0)))?;
    if required(&asked.body, "marketplaceId")? != order.marketplace.id {
        return Err(Problem::invalid("The order is of another marketplace."));
    }
    let mut package = package(get(&asked.body, "packageDetail"), order, asked.now)?;
    let place = order
        .packages
        .iter()
        .position(|one| one.reference == package.reference);
    let open = [Status::Unshipped, Status::PartiallyShipped].contains(&order.status);
    let edits = place.is_some() && order.status == Status::Shipped;
    if order.by != Fulfiller::Merchant || !(open || edits) {
        let words = format!(
            "The order cannot be confirmed: it is {} or not the seller's to send.",
            order.status.word()
        );
        return Err(Problem::invalid(words));
    }
    let before = order.clone();
    match place.and_then(|place| order.packages.get_mut(place)) {
        Some(slot) => {
            package.made = slot.made;
            *slot = package;
        }
        None => order.packages.push(package),
    }
    order.count_packages();
    if order.lines.iter().any(|line| line.shipped > line.quantity) {
        *order = before;
        return Err(Problem::invalid(
            "More units are confirmed than were ordered.",
        ));
    }
    if order.packages != before.packages {
        order.touch(asked.now);
    }
    books.charge(asked.name(0), asked.now);
    Ok(Answer::nothing())
}

fn package(detail: &Json, order: &Order, now: Timestamp) -> Result<Package, Problem> {
    let reference = required(detail, "packageReferenceId")?;
    if !reference.parse::<u64>().is_ok_and(|number| number > 0) {
        return Err(Problem::invalid(
            "packageReferenceId must be a positive number.",
        ));
    }
    let mut carrier = required(detail, "carrierCode")?;
    if carrier.eq_ignore_ascii_case("other") {
        carrier = required(detail, "carrierName")?;
    }
    let tracking = required(detail, "trackingNumber")?;
    let date = required(detail, "shipDate")?;
    let shipped: Timestamp = date
        .parse()
        .map_err(|_| Problem::invalid("shipDate is not an ISO 8601 date-time."))?;
    if shipped < order.created {
        return Err(Problem::invalid("shipDate lies before the order."));
    }
    let mut items: Vec<(String, u32)> = Vec::new();
    for item in list(detail, "orderItems") {
        let id = required(item, "orderItemId")?;
        let units = get(item, "quantity")
            .as_u64()
            .and_then(|units| u32::try_from(units).ok());
        let units = units.filter(|units| *units > 0);
        let units = units.ok_or_else(|| Problem::invalid("quantity must be above zero."))?;
        if !order.lines.iter().any(|line| line.id == id) {
            return Err(Problem::invalid(format!("The order has no item {id}.")));
        }
        items.push((id.to_owned(), units));
    }
    if items.is_empty() {
        return Err(Problem::invalid("orderItems is required."));
    }
    let service = text(detail, "shippingMethod");
    Ok(Package {
        reference: reference.to_owned(),
        carrier: carrier.to_owned(),
        service: (!service.is_empty()).then(|| service.to_owned()),
        tracking: tracking.to_owned(),
        shipped,
        made: now,
        items,
    })
}
