use serde_json::{Map, Value as Json};

use super::cost;
use super::error::GraphError;
use super::plan::{EdgePart, Field, Operation, OperationKind, PageInfo, Part, Selection, Variable};
use super::schema::Shape;
use super::value::{Arguments, Page, Value};

/// An object of the model.
pub(in crate::shopify) trait Resolve<'a>: Copy {
    /// Its type in the schema.
    fn type_name(self) -> &'static str;

    /// The value of one of its fields. The engine asks only for fields that the schema has.
    fn field(self, name: &str, arguments: &Arguments) -> Result<Value<'a, Self>, GraphError>;
}

/// One run of an operation: the answer is written as it is resolved.
#[derive(Debug)]
pub(in crate::shopify) struct Execution {
    variables: Map<String, Json>,
    answer: Vec<u8>,
}

impl Execution {
    /// Prepares a run with the client's variables and the document's defaults.
    pub(in crate::shopify) fn new(
        operation: &Operation,
        mut variables: Map<String, Json>,
    ) -> Result<Self, GraphError> {
        for Variable {
            name,
            kind,
            required,
            default,
        } in &operation.variables
        {
            if let (None, Some(default)) = (variables.get(name), default) {
                variables.insert(name.clone(), default.clone());
            }
            if *required && variables.get(name).is_none_or(Json::is_null) {
                let problem = serde_json::json!([{ "path": [], "explanation": "Expected value to not be null" }]);
                let error = GraphError::new(format!(
                    "Variable ${name} of type {kind} was provided invalid value"
                ));
                return Err(error.with("value", Json::Null).with("problems", problem));
            }
        }
        Ok(Self {
            variables,
            answer: Vec::with_capacity(4_096),
        })
    }

    pub(in crate::shopify) fn variables(&self) -> &Map<String, Json> {
        &self.variables
    }

    /// What the operation may cost at most, before it is run.
    pub(in crate::shopify) fn requested_cost(&self, operation: &Operation) -> u64 {
        let mutations = if operation.kind == OperationKind::Mutation {
            operation.fields.len() as u64 * cost::MUTATION
        } else {
            0
        };
        (mutations + self.cost(&operation.fields)).max(1)
    }

    fn cost(&self, fields: &[Field]) -> u64 {
        fields
            .iter()
            .filter(|field| self.wanted(field))
            .map(|field| self.cost_of(field))
            .sum()
    }

    fn cost_of(&self, field: &Field) -> u64 {
        let of = |held: &'static str, selection: &Selection| match selection {
            Selection::Nothing | Selection::Connection(_) => 0,
            Selection::Fields(fields) => cost::object(held) + self.cost(fields),
            Selection::ByType(types) => types
                .iter()
                .map(|(object, fields)| cost::object(object) + self.cost(fields))
                .max()
                .unwrap_or(0),
        };
        match (field.shape, &field.selection) {
            (Shape::Object(held) | Shape::List(held), selection) => of(held, selection),
            (Shape::Connection(held), Selection::Connection(parts)) => {
                let nodes = parts.iter().map(|(_, part)| match part {
                    Part::Nodes(selection) => of(held, selection),
                    Part::Edges(edges) => edges
                        .iter()
                        .map(|(_, edge)| {
                            if let EdgePart::Node(selection) = edge {
                                of(held, selection)
                            } else {
                                0
                            }
                        })
                        .sum(),
                    Part::PageInfo(_) => 0,
                });
                let size = field.arguments(&self.variables).size().unwrap_or(0);
                cost::connection(size as u64, nodes.sum())
            }
            (Shape::Connection(_) | Shape::Leaf, _) => 0,
        }
    }

    fn wanted(&self, field: &Field) -> bool {
        field.conditions.iter().all(|(wanted, condition)| {
            condition
                .resolve(&self.variables)
                .and_then(|value| value.as_bool())
                == Some(*wanted)
        })
    }

    /// Runs root fields and returns the JSON of `data` with what it cost.
    pub(in crate::shopify) fn run<'a, 'f, O: Resolve<'a>>(
        mut self,
        fields: &'f [Field],
        mut root: impl FnMut(usize, &'f Field, &Arguments) -> Result<Value<'a, O>, GraphError>,
    ) -> Result<(Vec<u8>, u64), GraphError> {
        let mut spent = 0;
        self.answer.push(b'{');
        for (index, field) in fields
            .iter()
            .enumerate()
            .filter(|(_, field)| self.wanted(field))
            .collect::<Vec<_>>()
        {
            let arguments = field.arguments(&self.variables);
            let value = root(index, field, &arguments)
                .map_err(|error| error.on(std::slice::from_ref(&field.key)))?;
            self.key(&field.key);
            spent += self.value(field, value, &arguments)?;
        }
        self.answer.push(b'}');
        Ok((self.answer, spent))
    }

    fn key(&mut self, key: &str) {
        if !matches!(self.answer.last(), Some(b'{')) {
            self.answer.push(b',');
        }
        self.text(key);
        self.answer.push(b':');
    }

    fn text(&mut self, text: &str) {
        // Writing text to memory cannot fail.
        serde_json::to_writer(&mut self.answer, text).unwrap_or_default();
    }

    fn raw(&mut self, text: &str) {
        self.answer.extend_from_slice(text.as_bytes());
    }

    fn value<'a, O: Resolve<'a>>(
        &mut self,
        field: &Field,
        value: Value<'a, O>,
        arguments: &Arguments,
    ) -> Result<u64, GraphError> {
        match value {
            Value::Null => self.raw("null"),
            Value::Bool(value) => self.raw(if value { "true" } else { "false" }),
            Value::Int(value) => self.raw(&value.to_string()),
            Value::Number(value) => self.raw(&value),
            Value::Text(value) => self.text(&value),
            Value::Texts(values) => self.list(values, |run, value| {
                run.text(&value);
                Ok(())
            })?,
            Value::Object(object) => return self.object(&field.selection, object),
            Value::Objects(objects) => {
                if let Selection::Connection(parts) = &field.selection {
                    return self.connection(parts, page(objects, arguments)?);
                }
                let most = arguments
                    .int("first")
                    .and_then(|first| usize::try_from(first).ok())
                    .unwrap_or(usize::MAX);
                let mut dearest = 0;
                self.list(objects.into_iter().take(most), |run, object| {
                    dearest = run.object(&field.selection, object)?.max(dearest);
                    Ok(())
                })?;
                return Ok(dearest);
            }
            Value::Nodes(nodes) => {
                let mut spent = 0;
                self.list(nodes, |run, node| {
                    match node {
                        Some(node) => spent += run.object(&field.selection, node)?,
                        None => run.raw("null"),
                    }
                    Ok(())
                })?;
                return Ok(spent);
            }
            Value::Page(page) => {
                if let Selection::Connection(parts) = &field.selection {
                    return self.connection(parts, page);
                }
                self.raw("null");
            }
        }
        Ok(0)
    }

    fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), GraphError>,
    ) -> Result<(), GraphError> {
        self.answer.push(b'[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.answer.push(b',');
            }
            write(self, item)?;
        }
        self.answer.push(b']');
        Ok(())
    }

    fn object<'a, O: Resolve<'a>>(
        &mut self,
        selection: &Selection,
        object: O,
    ) -> Result<u64, GraphError> {
        let name = object.type_name();
        let fields = match selection {
            Selection::Fields(fields) => fields.as_slice(),
            Selection::ByType(types) => types
                .iter()
                .find(|(possible, _)| *possible == name)
                .map_or(&[][..], |(_, fields)| fields),
            Selection::Nothing | Selection::Connection(_) => &[],
        };
        let mut spent = cost::object(name);
        self.answer.push(b'{');
        for field in fields {
            if !self.wanted(field) {
                continue;
            }
            self.key(&field.key);
            if field.name == "__typename" {
                self.text(name);
                continue;
            }
            let arguments = field.arguments(&self.variables);
            let value = object.field(&field.name, &arguments)?;
            spent += self.value(field, value, &arguments)?;
        }
        self.answer.push(b'}');
        Ok(spent)
    }

    fn connection<'a, O: Resolve<'a>>(
        &mut self,
        parts: &[(String, Part)],
        page: Page<O>,
    ) -> Result<u64, GraphError> {
        let mut dearest = 0;
        self.answer.push(b'{');
        for (key, part) in parts {
            self.key(key);
            match part {
                Part::Nodes(selection) => self.list(&page.nodes, |run, (_, node)| {
                    dearest = run.object(selection, *node)?.max(dearest);
                    Ok(())
                })?,
                Part::Edges(edge) => self.list(&page.nodes, |run, (cursor, node)| {
                    run.answer.push(b'{');
                    for (key, part) in edge {
                        run.key(key);
                        match part {
                            EdgePart::Cursor => run.text(cursor),
                            EdgePart::Node(selection) => {
                                dearest = run.object(selection, *node)?.max(dearest)
                            }
                        }
                    }
                    run.answer.push(b'}');
                    Ok(())
                })?,
                Part::PageInfo(fields) => self.page_info(fields, &page),
            }
        }
        self.answer.push(b'}');
        Ok(if page.nodes.is_empty() {
            2
        } else {
            cost::connection(page.nodes.len() as u64, dearest)
        })
    }

    fn page_info<O>(&mut self, fields: &[(String, PageInfo)], page: &Page<O>) {
        self.answer.push(b'{');
        for (key, part) in fields {
            self.key(key);
            let cursor = match part {
                PageInfo::HasNext | PageInfo::HasPrevious => {
                    let flag = if matches!(part, PageInfo::HasNext) {
                        page.has_next
                    } else {
                        page.has_previous
                    };
                    self.raw(if flag { "true" } else { "false" });
                    continue;
                }
                PageInfo::Start => page.nodes.first(),
                PageInfo::End => page.nodes.last(),
            };
            match cursor {
                Some((cursor, _)) => self.text(cursor),
                None => self.raw("null"),
            }
        }
        self.answer.push(b'}');
    }
}

/// Pages a list that is held whole. Its cursors are places in the list.
fn page<O>(mut objects: Vec<O>, arguments: &Arguments) -> Result<Page<O>, GraphError> {
    let size = arguments.size()?;
    if arguments.flag("reverse") {
        objects.reverse();
    }
    let total = objects.len();
    let place = |name: &str| match arguments.text(name) {
        None => Ok(None),
        Some(cursor) => cursor.parse::<usize>().map(Some).map_err(|_| {
            GraphError::coded(
                "BAD_REQUEST",
                format!("Invalid cursor for current pagination sort: {cursor}"),
            )
        }),
    };
    let start = place("after")?
        .map_or(0, |last| last.saturating_add(1))
        .min(total);
    let end = place("before")?.unwrap_or(total).clamp(start, total);
    let (start, end) = if arguments.int("first").is_some() {
        (start, end.min(start + size))
    } else {
        (start.max(end.saturating_sub(size)), end)
    };
    let nodes = objects
        .into_iter()
        .enumerate()
        .skip(start)
        .take(end - start)
        .map(|(place, object)| (place.to_string(), object))
        .collect();
    Ok(Page {
        nodes,
        has_next: end < total,
        has_previous: start > 0,
    })
}
