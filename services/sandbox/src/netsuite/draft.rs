//! From the JSON of a request to properties: names checked against the record type, references resolved.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use super::books::Books;
use super::problem::Problem;
use super::schema::{self, Field, Kind, RecordType, Space, Sublist};
use super::value::{Fields, Reference, Value, decimal};

/// What a request wants a record to be.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Properties to set.
    pub(super) fields: Fields,
    /// Properties to clear.
    pub(super) cleared: Vec<Cow<'static, str>>,
    /// Lines by sublist.
    pub(super) sublists: Vec<(&'static Sublist, Vec<Fields>)>,
    /// Paths of properties that do not exist and were dropped.
    pub(super) unknown: Vec<String>,
}

/// What to do about properties that do not exist (`X-NetSuite-PropertyNameValidation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnknownNames {
    Refuse,
    Warn,
    Ignore,
}

pub(super) fn read(
    books: &Books,
    kind: &'static RecordType,
    body: &Map<String, Json>,
    unknown: UnknownNames,
) -> Result<Draft, Problem> {
    let mut reader = Reader {
        books,
        unknown,
        dropped: Vec::new(),
    };
    let mut draft = Draft::default();
    for (name, json) in body {
        if let Some(sublist) = kind
            .sublist(name)
            .filter(|sublist| sublist.needs.met(&books.features))
        {
            draft.sublists.push((sublist, reader.lines(sublist, json)?));
            continue;
        }
        let Some((name, field)) = reader.name(name, kind.custom, |name| kind.field(name), "")?
        else {
            continue;
        };
        match reader.value(field, json, &name)? {
            Some(value) => {
                draft.fields.insert(name, value);
            }
            None => draft.cleared.push(name),
        }
    }
    draft.unknown = reader.dropped;
    Ok(draft)
}

/// A property's proper name, and its field unless it is a custom one.
type Named = (Cow<'static, str>, Option<&'static Field>);

struct Reader<'a> {
    books: &'a Books,
    unknown: UnknownNames,
    dropped: Vec<String>,
}

impl Reader<'_> {
    /// The property's proper name. `None` where the property is to be passed over.
    fn name(
        &mut self,
        given: &str,
        custom: Option<&'static str>,
        find: impl Fn(&str) -> Option<&'static Field>,
        path: &str,
    ) -> Result<Option<Named>, Problem> {
        if let Some(field) = find(given).filter(|field| field.needs.met(&self.books.features)) {
            return Ok((!field.computed).then_some((Cow::Borrowed(field.name), Some(field))));
        }
        let lower = given.to_lowercase();
        if custom.is_some_and(|prefix| lower.starts_with(prefix)) && self.is_defined(&lower) {
            return Ok(Some((Cow::Owned(lower), None)));
        }
        // Readers send back what they were given: links are not a property, nor is a sublist's paging.
        if !["links", "refName"].contains(&given) {
            let path = format!("{path}{given}");
            if self.unknown == UnknownNames::Refuse {
                return Err(Problem::unknown_property(&path));
            }
            self.dropped.push(path);
        }
        Ok(None)
    }

    fn is_defined(&self, custom: &str) -> bool {
        self.books
            .custom_fields
            .iter()
            .any(|name| match name.strip_suffix('*') {
                Some(prefix) => custom.starts_with(prefix),
                None => name == custom,
            })
    }

    fn lines(&mut self, sublist: &'static Sublist, json: &Json) -> Result<Vec<Fields>, Problem> {
        let items = match json {
            Json::Object(object) => object.get("items").and_then(Json::as_array),
            Json::Array(items) => Some(items),
            _ => None,
        };
        let items = items.ok_or_else(Problem::malformed)?;
        let mut lines = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = format!("{}.items[{index}].", sublist.name);
            let find = |name: &str| sublist.field(name);
            lines.push(self.properties(item, sublist.custom, find, &path)?);
        }
        Ok(lines)
    }

    fn properties(
        &mut self,
        json: &Json,
        custom: Option<&'static str>,
        find: impl Fn(&str) -> Option<&'static Field> + Copy,
        path: &str,
    ) -> Result<Fields, Problem> {
        let mut fields = Fields::new();
        for (name, json) in json.as_object().ok_or_else(Problem::malformed)? {
            let Some((name, field)) = self.name(name, custom, find, path)? else {
                continue;
            };
            if let Some(value) = self.value(field, json, &format!("{path}{name}"))? {
                fields.insert(name, value);
            }
        }
        Ok(fields)
    }

    /// The value, of the field's kind or, for a custom field, of the kind it looks like. `None` for null.
    fn value(
        &mut self,
        field: Option<&'static Field>,
        json: &Json,
        path: &str,
    ) -> Result<Option<Value>, Problem> {
        if json.is_null() {
            return Ok(None);
        }
        let name = path.rsplit('.').next().unwrap_or(path);
        let invalid = || {
            let named = json.get("id").or_else(|| json.get("externalId"));
            Problem::invalid_value(name, &text_of(named.unwrap_or(json)), path)
        };
        let value = match field.map(|field| field.kind) {
            None => custom(json),
            Some(Kind::Text) => json.as_str().map(|text| Value::Text(text.to_owned())),
            Some(Kind::Number) => number(json).map(Value::Number),
            Some(Kind::Integer) => number(json)
                .filter(rust_decimal::Decimal::is_integer)
                .map(Value::Number),
            Some(Kind::Flag) => json.as_bool().map(Value::Flag),
            Some(Kind::Date) => json
                .as_str()
                .and_then(|text| text.parse::<Date>().ok())
                .map(Value::Date),
            Some(Kind::Instant) => json
                .as_str()
                .and_then(|text| text.parse::<Timestamp>().ok())
                .map(Value::Instant),
            Some(Kind::Choice(choices)) => choice(choices, json),
            Some(Kind::Country) => country(json),
            Some(Kind::Reference(target)) => self.reference(target, json),
            Some(Kind::Address) => {
                let address =
                    self.properties(json, None, schema::address_field, &format!("{path}."))?;
                Some(Value::Subrecord(address))
            }
        };
        value.map(Some).ok_or_else(invalid)
    }

    /// By internal id, external id, or bare internal id. Records of types that are not kept here are taken at their word.
    fn reference(&self, target: &'static str, json: &Json) -> Option<Value> {
        let space = match target {
            "item" => Some(Space::Item),
            "transaction" => Some(Space::Transaction),
            name => schema::record_type(name).map(|kind| kind.space),
        };
        let external = json.get("externalId").and_then(Json::as_str);
        let record = match (external, space) {
            (Some(external), Some(space)) => self.books.by_external(space, external)?,
            (Some(_), None) => return None,
            (None, _) => {
                let id: i64 = text_of(json.get("id").unwrap_or(json)).parse().ok()?;
                // Below zero are NetSuite's own entries, such as the custom price level.
                match space.filter(|_| id > 0) {
                    Some(space) => self.books.get(space, u64::try_from(id).ok()?)?,
                    None => {
                        return Some(Value::Reference(Reference {
                            target,
                            id,
                            name: format!("{target} {id}"),
                        }));
                    }
                }
            }
        };
        let id = i64::try_from(record.id).ok()?;
        Some(Value::Reference(Reference {
            target: record.kind.name,
            id,
            name: record.label(),
        }))
    }
}

fn number(json: &Json) -> Option<rust_decimal::Decimal> {
    json.as_number().and_then(decimal)
}

fn choice(choices: &'static [(&'static str, &'static str)], json: &Json) -> Option<Value> {
    let given = text_of(
        json.get("id")
            .or_else(|| json.get("refName"))
            .unwrap_or(json),
    );
    let (id, name) = choices
        .iter()
        .find(|(id, name)| *id == given || *name == given)?;
    Some(Value::Choice {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
    })
}

fn country(json: &Json) -> Option<Value> {
    let id = text_of(json.get("id").unwrap_or(json));
    let sound = id.len() == 2 && id.bytes().all(|letter| letter.is_ascii_uppercase());
    sound.then(|| Value::Choice {
        name: id.clone(),
        id,
    })
}

fn custom(json: &Json) -> Option<Value> {
    match json {
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Bool(flag) => Some(Value::Flag(*flag)),
        Json::Number(number) => decimal(number).map(Value::Number),
        Json::Object(object) => {
            let id = text_of(object.get("id")?);
            let name = object
                .get("refName")
                .and_then(Json::as_str)
                .unwrap_or(&id)
                .to_owned();
            Some(Value::Choice { id, name })
        }
        _ => None,
    }
}

fn text_of(json: &Json) -> String {
    json.as_str()
        .map_or_else(|| json.to_string(), str::to_owned)
}
