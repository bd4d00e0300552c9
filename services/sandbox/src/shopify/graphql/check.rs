//! Arguments and variables that do not fit.

use graphql_parser::query::{Field as AstField, Value as AstValue, VariableDefinition};

use super::compile::Compiler;
use super::error::GraphError;
use super::schema::FieldType;

impl Compiler<'_> {
    pub(super) fn check_arguments(&mut self, field: &AstField<'_, String>, known: &FieldType) {
        for (name, _) in &field.arguments {
            if !known.arguments.contains(&name.as_str()) {
                let error = GraphError::coded(
                    "argumentNotAccepted",
                    format!("Field '{}' doesn't accept argument '{name}'", field.name),
                );
                self.refuse(
                    error
                        .with("argumentName", name.as_str())
                        .at(field.position.line, field.position.column)
                        .on(&self.path),
                );
            }
        }
        let given = |name: &str| {
            field
                .arguments
                .iter()
                .any(|(given, value)| given == name && *value != AstValue::Null)
        };
        let missing: Vec<&str> = known
            .required
            .iter()
            .copied()
            .filter(|name| !given(name))
            .collect();
        if !missing.is_empty() {
            let message = format!(
                "Field '{}' is missing required arguments: {}",
                field.name,
                missing.join(", ")
            );
            let error = GraphError::coded("missingRequiredArguments", message);
            self.refuse(
                error
                    .at(field.position.line, field.position.column)
                    .on(&self.path),
            );
        }
    }

    pub(super) fn check_variables(
        &mut self,
        name: Option<&str>,
        definitions: &[VariableDefinition<'_, String>],
    ) {
        let operation = name.unwrap_or("anonymous query");
        for definition in definitions {
            if !self.used.contains(&definition.name) && self.errors.is_empty() {
                let error = GraphError::coded(
                    "variableNotUsed",
                    format!(
                        "Variable ${} is declared by {operation} but not used",
                        definition.name
                    ),
                );
                self.refuse(error.at(definition.position.line, definition.position.column));
            }
        }
        let mut undeclared: Vec<String> = self
            .used
            .iter()
            .filter(|used| {
                !definitions
                    .iter()
                    .any(|definition| definition.name == **used)
            })
            .cloned()
            .collect();
        undeclared.sort();
        for name in undeclared {
            self.refuse(GraphError::coded(
                "variableNotDefined",
                format!("Variable ${name} is used by {operation} but not declared"),
            ));
        }
    }
}
