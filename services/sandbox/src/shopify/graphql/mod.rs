//! A small GraphQL engine: reads documents, checks them against the sandbox's part of the schema, and writes the answers.

mod check;
mod compile;
mod connection;
pub(super) mod cost;
pub(super) mod document;
pub(super) mod error;
pub(super) mod execute;
pub(super) mod plan;
pub(super) mod schema;
pub(super) mod value;

pub(super) use document::Documents;
pub(super) use error::GraphError;
pub(super) use execute::{Execution, Resolve};
pub(super) use plan::{Field, Operation, OperationKind};
pub(super) use value::{Arguments, Page, Value};
