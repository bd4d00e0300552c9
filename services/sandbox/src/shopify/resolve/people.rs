//! Customers and companies: lists of them, and the parts of a company.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::super::graphql::{Arguments, GraphError, Page};
use super::super::model::company::{Firm, FirmSite};
use super::super::model::ids::gid;
use super::super::model::search::Search;
use super::{Customer, Node, Outcome, Thing, Value};

/// A record in a list: what it is sorted by, its id, and itself.
type Row<'s> = (Timestamp, u64, Thing<'s>);

pub(super) fn customers<'s>(node: Node<'s>, arguments: &Arguments) -> Outcome<'s> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let by_change = by_change(arguments)?;
    let mut rows: Vec<Row<'s>> = Vec::new();
    for customer in &node.store.customers {
        let shows = search.matches(&|term| {
            Ok(match term.field.as_str() {
                "updated_at" => term.holds_time(customer.updated_at)?,
                "customer_date" => term.holds_time(customer.created_at)?,
                "id" => term.holds_number(customer.id())?,
                "email" => customer
                    .email
                    .as_deref()
                    .is_some_and(|email| term.holds_text(email)),
                _ => return Err(term.unknown()),
            })
        })?;
        if shows {
            let at = if by_change {
                customer.updated_at
            } else {
                customer.created_at
            };
            rows.push((at, customer.id(), Thing::Customer(customer)));
        }
    }
    page(node, rows, arguments)
}

pub(super) fn companies<'s>(node: Node<'s>, arguments: &Arguments) -> Outcome<'s> {
    let search = Search::parse(arguments.text("query").unwrap_or_default())?;
    let by_change = by_change(arguments)?;
    let mut rows: Vec<Row<'s>> = Vec::new();
    for firm in &node.store.firms {
        let shows = search.matches(&|term| {
            Ok(match term.field.as_str() {
                "updated_at" => term.holds_time(firm.updated_at)?,
                "created_at" => term.holds_time(firm.created_at)?,
                "id" => term.holds_number(firm.id)?,
                "name" => term.holds_text(&firm.name),
                _ => return Err(term.unknown()),
            })
        })?;
        if shows {
            let at = if by_change {
                firm.updated_at
            } else {
                firm.created_at
            };
            rows.push((at, firm.id, Thing::Firm(firm)));
        }
    }
    page(node, rows, arguments)
}

fn by_change(arguments: &Arguments) -> Result<bool, GraphError> {
    match arguments.text("sortKey").unwrap_or("CREATED_AT") {
        "UPDATED_AT" => Ok(true),
        "CREATED_AT" | "ID" => Ok(false),
        other => Err(GraphError::new(format!(
            "the sandbox does not sort people by {other}: use UPDATED_AT, CREATED_AT or ID"
        ))),
    }
}

/// One page, oldest first; a cursor says where the last one ended, so that what changes meanwhile is not left out.
fn page<'s>(node: Node<'s>, mut rows: Vec<Row<'s>>, arguments: &Arguments) -> Outcome<'s> {
    let size = arguments.size()?;
    rows.sort_by_key(|(at, id, _)| (*at, *id));
    let after = arguments.text("after").map(read).transpose()?;
    rows.retain(|(at, id, _)| after.is_none_or(|after| (*at, *id) > after));
    let has_next = rows.len() > size;
    rows.truncate(size);
    let nodes = rows.into_iter().map(|(at, id, thing)| {
        let cursor = STANDARD.encode(format!("{at}/{id}"));
        (cursor, node.to(thing))
    });
    Ok(Value::Page(Page {
        nodes: nodes.collect(),
        has_next,
        has_previous: after.is_some(),
    }))
}

fn read(cursor: &str) -> Result<(Timestamp, u64), GraphError> {
    let parts = || {
        let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
        let (at, id) = text.split_once('/')?;
        Some((at.parse().ok()?, id.parse().ok()?))
    };
    parts().ok_or_else(|| {
        let message = format!("Invalid cursor for current pagination sort: {cursor}");
        GraphError::coded("BAD_REQUEST", message)
    })
}

pub(super) fn firm<'s>(node: Node<'s>, firm: &'s Firm, name: &str) -> Value<'s> {
    match name {
        "id" => gid("Company", firm.id).into(),
        "name" => (&firm.name).into(),
        "externalId" => firm.external_id.as_ref().into(),
        "createdAt" => firm.created_at.into(),
        "updatedAt" => firm.updated_at.into(),
        "contacts" => {
            let people = firm.contacts.iter();
            let people = people.filter_map(|index| node.store.customers.get(*index));
            node.many(people.map(Thing::FirmContact))
        }
        "locations" => node.many(firm.sites.iter().map(Thing::Site)),
        _ => Value::Null,
    }
}

pub(super) fn firm_contact<'s>(node: Node<'s>, customer: &'s Customer, name: &str) -> Value<'s> {
    match name {
        "id" => gid("CompanyContact", customer.id()).into(),
        "customer" => node.one(Thing::Customer(customer)),
        _ => Value::Null,
    }
}

pub(super) fn site<'s>(node: Node<'s>, site: &'s FirmSite, name: &str) -> Value<'s> {
    match name {
        "id" => gid("CompanyLocation", site.id).into(),
        "name" => (&site.name).into(),
        "phone" => site.address.phone.as_ref().into(),
        "billingAddress" => node.one(Thing::SiteAddress(site, 0)),
        "shippingAddress" => node.one(Thing::SiteAddress(site, 1)),
        "buyerExperienceConfiguration" => node.one(Thing::Checkout(site)),
        "taxSettings" => node.one(Thing::TaxSettings),
        _ => Value::Null,
    }
}

/// Terms and addresses of a company's place.
pub(super) fn detail<'s>(node: Node<'s>, name: &str) -> Value<'s> {
    match (node.thing, name) {
        (Thing::Checkout(site), "paymentTermsTemplate") => {
            node.maybe(site.terms.as_deref().map(Thing::TermsTemplate))
        }
        (Thing::TermsTemplate(terms), "name") => terms.into(),
        (Thing::TaxSettings, "taxExempt") => false.into(),
        (Thing::SiteAddress(site, number), name) => {
            let address = &site.address;
            match name {
                "id" => gid("CompanyAddress", site.id * 2 + number).into(),
                "companyName" => address.company.as_ref().into(),
                "address1" => (&address.address1).into(),
                "city" => (&address.city).into(),
                "zip" => address.zip.as_ref().into(),
                "country" => address.country.into(),
                "countryCode" => address.country_code.into(),
                "phone" => address.phone.as_ref().into(),
                _ => Value::Null,
            }
        }
        _ => Value::Null,
    }
}
