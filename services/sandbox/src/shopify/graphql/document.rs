use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use graphql_parser::query::{Definition, parse_query};

use super::compile;
use super::error::GraphError;
use super::plan::Operation;

/// A document's operations, checked and ready to run.
type Operations = Arc<Vec<Operation>>;

/// Documents seen before, by their text: clients send the same few again and again.
#[derive(Debug, Default)]
pub(in crate::shopify) struct Documents(Mutex<HashMap<String, Operations>>);

/// More than any client has; a client that writes values into its documents shall not fill the memory.
const MOST: usize = 1_000;

impl Documents {
    /// The operation with this name, or the only one.
    pub(in crate::shopify) fn operation(
        &self,
        text: &str,
        name: Option<&str>,
    ) -> Result<(Operations, usize), Vec<GraphError>> {
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(text)
            .cloned();
        let operations = match known {
            Some(operations) => operations,
            None => {
                let read = Arc::new(read(text)?);
                let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if documents.len() >= MOST {
                    documents.clear();
                }
                documents.insert(text.to_owned(), Arc::clone(&read));
                read
            }
        };
        let chosen = match name {
            Some(name) => operations
                .iter()
                .position(|operation| operation.name.as_deref() == Some(name)),
            None if operations.len() == 1 => Some(0),
            None => return Err(vec![GraphError::new("An operation name is required")]),
        };
        match chosen {
            Some(index) => Ok((operations, index)),
            None => Err(vec![GraphError::new(format!(
                "No operation named \"{}\"",
                name.unwrap_or_default()
            ))]),
        }
    }
}

fn read(text: &str) -> Result<Vec<Operation>, Vec<GraphError>> {
    let document = parse_query::<String>(text)
        .map_err(|error| vec![GraphError::new(format!("syntax error: {error}"))])?;
    let fragments = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::Fragment(fragment) => Some((fragment.name.as_str(), fragment)),
            Definition::Operation(_) => None,
        })
        .collect();
    let mut operations = Vec::new();
    for definition in &document.definitions {
        if let Definition::Operation(operation) = definition {
            operations.push(compile::compile(operation, &fragments)?);
        }
    }
    if operations.is_empty() {
        return Err(vec![GraphError::new("No query string was present")]);
    }
    Ok(operations)
}
