//! The published schema, where it is at hand.

use std::io::Read as _;
use std::sync::LazyLock;

use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value as Json;

use crate::shopify::graphql::schema::{SCHEMA, Shape};

static PUBLISHED: LazyLock<Option<Valid<Schema>>> = LazyLock::new(|| {
    let file = testkit::contracts()?.join("shopify/admin_2026-07.nodesc.graphql.gz");
    let file = std::fs::File::open(file).expect("the published schema");
    let mut text = "directive @oneOf on INPUT_OBJECT\n".to_owned();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    Some(
        Schema::parse_and_validate(text, "admin.graphql")
            .unwrap_or_else(|error| panic!("{}", error.errors)),
    )
});

/// Validates a document, and holds its answer against the types it asks for.
pub(super) fn check(query: &str, data: &Json) {
    let Some(schema) = PUBLISHED.as_ref() else {
        return;
    };
    let document = ExecutableDocument::parse_and_validate(schema, query, "query.graphql")
        .unwrap_or_else(|error| panic!("{}", error.errors));
    let operation = document.operations.iter().next().unwrap();
    check_object(schema, &document, &operation.selection_set, data, "data");
}

fn check_object(
    schema: &Schema,
    document: &ExecutableDocument,
    set: &SelectionSet,
    object: &Json,
    path: &str,
) {
    let object = object
        .as_object()
        .unwrap_or_else(|| panic!("{path} is no object"));
    let mut keys = Vec::new();
    check_set(
        schema,
        document,
        set,
        &Json::Object(object.clone()),
        path,
        true,
        &mut keys,
    );
    for key in object.keys() {
        assert!(keys.contains(key), "{path}.{key} was not asked for");
    }
}

fn check_set(
    schema: &Schema,
    document: &ExecutableDocument,
    set: &SelectionSet,
    object: &Json,
    path: &str,
    sure: bool,
    keys: &mut Vec<String>,
) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let key = field.response_key().to_string();
                let path = format!("{path}.{key}");
                match object.get(&key) {
                    Some(value) => check_value(
                        schema,
                        document,
                        field.ty(),
                        &field.selection_set,
                        value,
                        &path,
                    ),
                    // A field on another type than the object turned out to have.
                    None => assert!(!sure, "{path} is missing"),
                }
                keys.push(key);
            }
            Selection::InlineFragment(fragment) => {
                let same = fragment
                    .type_condition
                    .as_ref()
                    .is_none_or(|condition| *condition == set.ty);
                check_set(
                    schema,
                    document,
                    &fragment.selection_set,
                    object,
                    path,
                    sure && same,
                    keys,
                );
            }
            Selection::FragmentSpread(spread) => {
                let fragment = spread.fragment_def(document).unwrap();
                let same = *fragment.type_condition() == set.ty;
                check_set(
                    schema,
                    document,
                    &fragment.selection_set,
                    object,
                    path,
                    sure && same,
                    keys,
                );
            }
        }
    }
}

fn check_value(
    schema: &Schema,
    document: &ExecutableDocument,
    kind: &Type,
    set: &SelectionSet,
    value: &Json,
    path: &str,
) {
    if value.is_null() {
        assert!(!kind.is_non_null(), "{path} is null and must not be");
        return;
    }
    if kind.is_list() {
        for (place, item) in value
            .as_array()
            .unwrap_or_else(|| panic!("{path} is no list"))
            .iter()
            .enumerate()
        {
            check_value(
                schema,
                document,
                kind.item_type(),
                set,
                item,
                &format!("{path}[{place}]"),
            );
        }
        return;
    }
    let name = kind.inner_named_type();
    let fits = match (name.as_str(), &schema.types[name]) {
        ("Int", _) => value.is_i64(),
        ("Float", _) => value.is_number(),
        ("Boolean", _) => value.is_boolean(),
        ("DateTime", _) => value
            .as_str()
            .is_some_and(|text| text.len() == 20 && text.parse::<jiff::Timestamp>().is_ok()),
        (_, ExtendedType::Enum(known)) => value
            .as_str()
            .is_some_and(|text| known.values.contains_key(text)),
        (_, ExtendedType::Scalar(_)) => value.is_string(),
        (_, ExtendedType::InputObject(_)) => false,
        (_, ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
            check_object(schema, document, set, value, path);
            true
        }
    };
    assert!(fits, "{path}: {value} is no {name}");
}

#[test]
fn the_sandbox_has_nothing_that_the_published_schema_does_not_have() {
    let Some(schema) = PUBLISHED.as_ref() else {
        return;
    };
    let mut wrong = Vec::new();
    for (name, known) in SCHEMA.iter() {
        let Some(published) = schema.types.get(name) else {
            wrong.push(format!("there is no type {name}"));
            continue;
        };
        for object in &known.possible {
            if !schema.is_subtype(name, object) {
                wrong.push(format!("{object} is no {name}"));
            }
        }
        for (field, ours) in &known.fields {
            let theirs = match published {
                ExtendedType::Object(published) => published.fields.get(*field),
                ExtendedType::Interface(published) => published.fields.get(*field),
                _ => None,
            };
            let Some(theirs) = theirs else {
                wrong.push(format!("there is no {name}.{field}"));
                continue;
            };
            let (inner, list) = (theirs.ty.inner_named_type(), theirs.ty.is_list());
            let leaf = matches!(
                &schema.types[inner],
                ExtendedType::Scalar(_) | ExtendedType::Enum(_)
            );
            let same = match ours.shape {
                Shape::Leaf => leaf,
                Shape::Object(held) => !leaf && !list && *inner == held,
                Shape::List(held) => list && *inner == held,
                Shape::Connection(held) => *inner == format!("{held}Connection").as_str(),
            };
            if !same {
                wrong.push(format!(
                    "{name}.{field} is a {}, not {:?}",
                    theirs.ty, ours.shape
                ));
            }
            for argument in &ours.arguments {
                if theirs.argument_by_name(argument).is_none() {
                    wrong.push(format!("{name}.{field} has no argument {argument}"));
                }
            }
            for argument in &theirs.arguments {
                if argument.is_required() != ours.required.contains(&argument.name.as_str()) {
                    wrong.push(format!(
                        "{name}.{field}: whether {} is required",
                        argument.name
                    ));
                }
            }
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
