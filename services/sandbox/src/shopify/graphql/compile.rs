//! Documents, checked against the schema and flattened.

use std::collections::{HashMap, HashSet};

use graphql_parser::query::{
    Directive, Field as AstField, FragmentDefinition, OperationDefinition,
    Selection as AstSelection, SelectionSet, Type as AstType, TypeCondition, Value as AstValue,
    VariableDefinition,
};
use serde_json::{Map, Value as Json};

use super::error::GraphError;
use super::plan::{Field, Operation, OperationKind, Selection, Variable};
use super::schema::{SCHEMA, Shape};
use super::value::Input;

pub(super) type Fragments<'d> = HashMap<&'d str, &'d FragmentDefinition<'d, String>>;
pub(super) type Set<'d> = SelectionSet<'d, String>;

/// Checks one operation and flattens it.
pub(super) fn compile<'d>(
    operation: &'d OperationDefinition<'d, String>,
    fragments: &'d Fragments<'d>,
) -> Result<Operation, Vec<GraphError>> {
    let (kind, root, name, definitions, set) = match operation {
        OperationDefinition::SelectionSet(set) => {
            (OperationKind::Query, "QueryRoot", None, &[][..], set)
        }
        OperationDefinition::Query(query) => (
            OperationKind::Query,
            "QueryRoot",
            query.name.clone(),
            &query.variable_definitions[..],
            &query.selection_set,
        ),
        OperationDefinition::Mutation(mutation) => (
            OperationKind::Mutation,
            "Mutation",
            mutation.name.clone(),
            &mutation.variable_definitions[..],
            &mutation.selection_set,
        ),
        OperationDefinition::Subscription(_) => {
            return Err(vec![GraphError::new(
                "Schema is not configured for subscriptions",
            )]);
        }
    };
    let mut compiler = Compiler {
        fragments,
        errors: Vec::new(),
        used: HashSet::new(),
        path: Vec::new(),
    };
    let word = if kind == OperationKind::Query {
        "query"
    } else {
        "mutation"
    };
    compiler.path.push(
        name.as_ref()
            .map_or_else(|| word.to_owned(), |name| format!("{word} {name}")),
    );
    let fields = compiler.fields(root, root, &[set]);
    compiler.check_variables(name.as_deref(), definitions);
    if !compiler.errors.is_empty() {
        return Err(compiler.errors);
    }
    let variables = definitions.iter().map(variable).collect();
    Ok(Operation {
        kind,
        name,
        fields,
        variables,
    })
}

fn variable(definition: &VariableDefinition<'_, String>) -> Variable {
    let default = definition
        .default_value
        .as_ref()
        .and_then(|value| input(value, &mut HashSet::new()).resolve(&Map::new()));
    Variable {
        name: definition.name.clone(),
        kind: definition.var_type.to_string(),
        required: matches!(definition.var_type, AstType::NonNullType(_)) && default.is_none(),
        default,
    }
}

/// A field of the selection under its response key, with every selection set that was given for it.
struct Collected<'d> {
    key: &'d str,
    field: &'d AstField<'d, String>,
    sets: Vec<&'d Set<'d>>,
    conditions: Vec<&'d Directive<'d, String>>,
}

pub(super) struct Compiler<'d> {
    fragments: &'d Fragments<'d>,
    pub(super) errors: Vec<GraphError>,
    /// Variables that were met.
    pub(super) used: HashSet<String>,
    pub(super) path: Vec<String>,
}

impl<'d> Compiler<'d> {
    pub(super) fn refuse(&mut self, error: GraphError) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// The fields selected of an object of type `object` where the document sees a `seen`.
    fn fields(&mut self, seen: &str, object: &'static str, sets: &[&'d Set<'d>]) -> Vec<Field> {
        let mut collected = Vec::new();
        for set in sets {
            self.collect(seen, object, set, &mut Vec::new(), &mut collected);
        }
        collected
            .into_iter()
            .filter_map(|found| self.field(object, found))
            .collect()
    }

    fn collect(
        &mut self,
        seen: &str,
        object: &'static str,
        set: &'d Set<'d>,
        conditions: &mut Vec<&'d Directive<'d, String>>,
        into: &mut Vec<Collected<'d>>,
    ) {
        for item in &set.items {
            match item {
                AstSelection::Field(field) => {
                    let known = field.name == "__typename"
                        || SCHEMA
                            .get(seen)
                            .is_some_and(|seen| seen.fields.contains_key(field.name.as_str()));
                    if !known {
                        self.unknown(seen, field);
                        continue;
                    }
                    let key = field.alias.as_ref().unwrap_or(&field.name);
                    let own = conditions
                        .iter()
                        .copied()
                        .chain(switches(&field.directives))
                        .collect::<Vec<_>>();
                    match into.iter_mut().find(|found| found.key == key) {
                        Some(found) => {
                            found.sets.push(&field.selection_set);
                            if own.is_empty() {
                                found.conditions.clear();
                            }
                        }
                        None => into.push(Collected {
                            key,
                            field,
                            sets: vec![&field.selection_set],
                            conditions: own,
                        }),
                    }
                }
                AstSelection::InlineFragment(fragment) => {
                    let on = fragment
                        .type_condition
                        .as_ref()
                        .map_or(seen, |TypeCondition::On(name)| name);
                    self.fragment(
                        on,
                        object,
                        &fragment.selection_set,
                        &fragment.directives,
                        conditions,
                        into,
                    );
                }
                AstSelection::FragmentSpread(spread) => {
                    match self.fragments.get(spread.fragment_name.as_str()).copied() {
                        Some(fragment) => {
                            let TypeCondition::On(on) = &fragment.type_condition;
                            self.fragment(
                                on,
                                object,
                                &fragment.selection_set,
                                &spread.directives,
                                conditions,
                                into,
                            );
                        }
                        None => {
                            let error = GraphError::coded(
                                "useAndDefineFragment",
                                format!(
                                    "Fragment {} was used, but not defined",
                                    spread.fragment_name
                                ),
                            );
                            self.refuse(
                                error
                                    .at(spread.position.line, spread.position.column)
                                    .on(&self.path),
                            );
                        }
                    }
                }
            }
        }
    }

    fn fragment(
        &mut self,
        on: &str,
        object: &'static str,
        set: &'d Set<'d>,
        directives: &'d [Directive<'d, String>],
        conditions: &mut Vec<&'d Directive<'d, String>>,
        into: &mut Vec<Collected<'d>>,
    ) {
        let Some(on) = SCHEMA.name(on) else {
            let error = GraphError::coded(
                "undefinedType",
                format!("No such type {on}, so it can't be a fragment condition"),
            );
            return self.refuse(
                error
                    .with("typeName", on)
                    .at(set.span.0.line, set.span.0.column)
                    .on(&self.path),
            );
        };
        if SCHEMA.possible(on).contains(&object) {
            let outer = conditions.len();
            conditions.extend(switches(directives));
            self.collect(on, object, set, conditions, into);
            conditions.truncate(outer);
        }
    }

    pub(super) fn unknown(&mut self, on: &str, field: &AstField<'_, String>) {
        let path: Vec<String> = self
            .path
            .iter()
            .cloned()
            .chain([field.name.clone()])
            .collect();
        let error = GraphError::coded(
            "undefinedField",
            format!("Field '{}' doesn't exist on type '{on}'", field.name),
        );
        self.refuse(
            error
                .with("typeName", on)
                .with("fieldName", field.name.as_str())
                .at(field.position.line, field.position.column)
                .on(&path),
        );
    }

    fn field(&mut self, object: &'static str, found: Collected<'d>) -> Option<Field> {
        let ast = found.field;
        self.path.push(found.key.to_owned());
        let known = SCHEMA
            .get(object)
            .and_then(|object| object.fields.get(ast.name.as_str()));
        let (shape, selection) = match known {
            Some(known) => {
                self.check_arguments(ast, known);
                (known.shape, self.selection(known.shape, ast, &found.sets))
            }
            None => (Shape::Leaf, Some(Selection::Nothing)),
        };
        let field = selection.map(|selection| Field {
            key: found.key.to_owned(),
            name: ast.name.clone(),
            shape,
            selection,
            conditions: found
                .conditions
                .into_iter()
                .filter_map(|directive| {
                    Some((
                        directive.name == "include",
                        input(&directive.arguments.first()?.1, &mut self.used),
                    ))
                })
                .collect(),
            arguments: ast
                .arguments
                .iter()
                .map(|(name, value)| (name.clone(), input(value, &mut self.used)))
                .collect(),
            idempotency_key: ast
                .directives
                .iter()
                .find(|directive| directive.name == "idempotent")
                .and_then(|directive| Some(input(&directive.arguments.first()?.1, &mut self.used))),
        });
        self.path.pop();
        field
    }

    fn selection(
        &mut self,
        shape: Shape,
        ast: &'d AstField<'d, String>,
        sets: &[&'d Set<'d>],
    ) -> Option<Selection> {
        let empty = sets.iter().all(|set| set.items.is_empty());
        let held = match shape {
            Shape::Leaf if empty => return Some(Selection::Nothing),
            Shape::Leaf => {
                let error = GraphError::coded(
                    "selectionMismatch",
                    format!(
                        "Selections can't be made on scalars (field '{}' has selections)",
                        ast.name
                    ),
                );
                self.refuse(
                    error
                        .at(ast.position.line, ast.position.column)
                        .on(&self.path),
                );
                return None;
            }
            Shape::Object(held) | Shape::List(held) | Shape::Connection(held) => held,
        };
        if empty {
            let held = if matches!(shape, Shape::Connection(_)) {
                format!("{held}Connection")
            } else {
                held.to_owned()
            };
            let message = format!(
                "Field must have selections (field '{0}' returns {held} but has no selections. Did you mean '{0} {{ ... }}'?)",
                ast.name
            );
            let error = GraphError::coded("selectionMismatch", message);
            self.refuse(
                error
                    .at(ast.position.line, ast.position.column)
                    .on(&self.path),
            );
            return None;
        }
        Some(if matches!(shape, Shape::Connection(_)) {
            Selection::Connection(self.connection(held, sets))
        } else {
            self.object(held, sets)
        })
    }

    pub(super) fn object(&mut self, held: &'static str, sets: &[&'d Set<'d>]) -> Selection {
        let possible = SCHEMA.possible(held);
        match possible.as_slice() {
            [only] if *only == held => Selection::Fields(self.fields(held, held, sets)),
            _ => Selection::ByType(
                possible
                    .into_iter()
                    .map(|object| (object, self.fields(held, object, sets)))
                    .collect(),
            ),
        }
    }
}

fn switches<'d>(
    directives: &'d [Directive<'d, String>],
) -> impl Iterator<Item = &'d Directive<'d, String>> {
    directives
        .iter()
        .filter(|directive| directive.name == "include" || directive.name == "skip")
}

fn input(value: &AstValue<'_, String>, used: &mut HashSet<String>) -> Input {
    match value {
        AstValue::Variable(name) => {
            used.insert(name.clone());
            Input::Variable(name.clone())
        }
        AstValue::Int(number) => Input::Constant(number.as_i64().map_or(Json::Null, Json::from)),
        AstValue::Float(number) => Input::Constant(Json::from(*number)),
        AstValue::String(text) | AstValue::Enum(text) => Input::Constant(Json::from(text.as_str())),
        AstValue::Boolean(flag) => Input::Constant(Json::from(*flag)),
        AstValue::Null => Input::Constant(Json::Null),
        AstValue::List(items) => Input::List(items.iter().map(|item| input(item, used)).collect()),
        AstValue::Object(fields) => Input::Object(
            fields
                .iter()
                .map(|(name, field)| (name.clone(), input(field, used)))
                .collect(),
        ),
    }
}
