//! From stored records to the JSON of answers.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};

use super::books::Books;
use super::record::{Line, Record};
use super::schema::{Space, Sublist};
use super::value::{Fields, Value, json_number};

/// How a request wants records shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    /// `http://host/services/rest/record/v1`
    pub(super) base: &'a str,
    /// `expandSubResources=true`: sublists and subrecords in full instead of links to them.
    pub(super) expand: bool,
}

pub(super) fn record(books: &Books, record: &Record, view: View<'_>) -> Json {
    let url = url(view.base, record);
    let mut members: Vec<(String, Json)> = record
        .fields
        .iter()
        .map(|(name, value)| (name.to_string(), shown(value, name, &url, view)))
        .collect();
    let mut add = |name: &str, value: Json| members.push((name.to_owned(), value));
    add("id", json!(record.id.to_string()));
    add("lastModifiedDate", instant(record.modified));
    add(
        if record.space() == Space::Entity {
            "dateCreated"
        } else {
            "createdDate"
        },
        instant(record.created),
    );
    if let Some(external_id) = &record.external_id {
        add("externalId", json!(external_id));
    }
    if record.kind.is_transaction() {
        add(
            "status",
            json!({ "id": record.status, "refName": record.kind.status_label(record.status) }),
        );
    }
    for sublist in record
        .kind
        .sublists
        .iter()
        .filter(|sublist| sublist.needs.met(&books.features))
    {
        let items = sublist_items(books, record, sublist, view);
        add(
            sublist.name,
            if view.expand {
                collection(&format!("{url}/{}", sublist.name), items)
            } else {
                stub(&format!("{url}/{}", sublist.name))
            },
        );
    }
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut object = links(&url);
    object.extend(members);
    Json::Object(object)
}

/// The lines of a sublist, each with its key and its JSON.
pub(super) fn sublist_items(
    books: &Books,
    record: &Record,
    sublist: &Sublist,
    view: View<'_>,
) -> Vec<(u64, Json)> {
    let base = format!("{}/{}", url(view.base, record), sublist.name);
    if sublist.name == "item" {
        return record
            .lines
            .iter()
            .map(|line| {
                (
                    u64::from(line.number),
                    item_line(books, record, line, &base, view),
                )
            })
            .collect();
    }
    let lines = record.sublists.get(sublist.name).into_iter().flatten();
    (1u64..)
        .zip(lines)
        .map(|(place, line)| {
            let key = line
                .get("id")
                .and_then(Value::number)
                .and_then(|id| u64::try_from(id).ok())
                .unwrap_or(place);
            let url = format!("{base}/{key}");
            let mut object = links(&url);
            object.extend(plain(line, &url, view));
            (key, Json::Object(object))
        })
        .collect()
}

fn item_line(books: &Books, record: &Record, line: &Line, base: &str, view: View<'_>) -> Json {
    let url = format!("{base}/{}", line.number);
    let mut members = plain(&line.fields, &url, view);
    let mut add = |name: &str, value: Json| members.push((name.to_owned(), value));
    add("line", json!(line.number));
    add("lineUniqueKey", json!(line.unique));
    add("item", reference(books, Space::Item, line.item, view));
    add("quantity", json_number(line.quantity));
    if let Some(kind) = books.get(Space::Item, line.item).map(|item| item.kind) {
        add("itemType", json!({ "id": kind.code, "refName": kind.code }));
    }
    if let Some(location) = line.location.filter(|_| books.features.multi_location) {
        add(
            "location",
            reference(books, Space::List("location"), location, view),
        );
    }
    if let Some(kit) = line.kit_member_of {
        add("kitMemberOf", json!(kit));
    }
    if let Some((_, number)) = line.source {
        add("orderLine", json!(number));
    }
    if record.kind.field("total").is_some() {
        add("amount", json_number(line.amount));
        line.rate
            .into_iter()
            .for_each(|rate| add("rate", json_number(rate)));
        add("isClosed", json!(line.closed));
        if line.tax != Decimal::ZERO {
            add("tax1Amt", json_number(line.tax));
            add("grossAmt", json_number(line.amount + line.tax));
        }
    }
    if record.kind.name == "salesOrder" {
        add("quantityFulfilled", json_number(line.progress.shipped));
        add("quantityBilled", json_number(line.progress.billed));
    }
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut object = links(&url);
    object.extend(members);
    Json::Object(object)
}

fn plain(fields: &Fields, url: &str, view: View<'_>) -> Vec<(String, Json)> {
    fields
        .iter()
        .map(|(name, value)| (name.to_string(), shown(value, name, url, view)))
        .collect()
}

fn shown(value: &Value, name: &str, url: &str, view: View<'_>) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Number(number) => json_number(*number),
        Value::Flag(flag) => json!(flag),
        Value::Date(date) => json!(date.to_string()),
        Value::Instant(at) => instant(*at),
        Value::Choice { id, name } => json!({ "id": id, "refName": name }),
        Value::Reference(reference) => {
            let href = format!("{}/{}/{}", view.base, reference.target, reference.id);
            let mut object = links(&href);
            object.insert("id".to_owned(), json!(reference.id.to_string()));
            object.insert("refName".to_owned(), json!(reference.name));
            Json::Object(object)
        }
        Value::Subrecord(fields) => {
            let url = format!("{url}/{name}");
            if !view.expand {
                return stub(&url);
            }
            let mut object = links(&url);
            object.extend(plain(fields, &url, view));
            Json::Object(object)
        }
    }
}

fn reference(books: &Books, space: Space, id: u64, view: View<'_>) -> Json {
    let Some(record) = books.get(space, id) else {
        return json!({ "links": [], "id": id.to_string() });
    };
    let mut object = links(&url(view.base, record));
    object.insert("id".to_owned(), json!(id.to_string()));
    object.insert("refName".to_owned(), json!(record.label()));
    Json::Object(object)
}

/// Where a record is.
pub(super) fn url(base: &str, record: &Record) -> String {
    format!("{base}/{}/{}", record.kind.name, record.id)
}

/// A whole sublist, in the shape of a collection.
pub(super) fn collection(url: &str, items: Vec<(u64, Json)>) -> Json {
    let mut object = links(url);
    let count = items.len();
    object.insert("count".to_owned(), json!(count));
    object.insert("hasMore".to_owned(), json!(false));
    object.insert(
        "items".to_owned(),
        items.into_iter().map(|(_, item)| item).collect(),
    );
    object.insert("offset".to_owned(), json!(0));
    object.insert("totalResults".to_owned(), json!(count));
    Json::Object(object)
}

/// A record as collections list it: its link and its id.
pub(super) fn entry(base: &str, record: &Record) -> Json {
    let mut object = links(&url(base, record));
    object.insert("id".to_owned(), json!(record.id.to_string()));
    Json::Object(object)
}

pub(super) fn stub(url: &str) -> Json {
    Json::Object(links(url))
}

fn links(url: &str) -> Map<String, Json> {
    Map::from_iter([("links".to_owned(), json!([{ "rel": "self", "href": url }]))])
}

fn instant(at: jiff::Timestamp) -> Json {
    json!(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
