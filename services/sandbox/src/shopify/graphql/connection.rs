//! Connections: what the schema text leaves out, because all of them have it.

use graphql_parser::query::{Field as AstField, Selection as AstSelection};

use super::compile::{Compiler, Set};
use super::error::GraphError;
use super::plan::{EdgePart, PageInfo, Part};

impl<'d> Compiler<'d> {
    /// The fields of a field that the schema text leaves out, because every connection has them. Fragments on them are not taken apart.
    fn parts(&mut self, on: &str, sets: &[&'d Set<'d>]) -> Vec<&'d AstField<'d, String>> {
        let mut parts = Vec::new();
        for item in sets.iter().flat_map(|set| &set.items) {
            match item {
                AstSelection::Field(field) => parts.push(field),
                AstSelection::FragmentSpread(_) | AstSelection::InlineFragment(_) => {
                    self.refuse(
                        GraphError::new(format!("the sandbox takes no fragments on {on}"))
                            .on(&self.path),
                    );
                }
            }
        }
        parts
    }

    pub(super) fn connection(
        &mut self,
        node: &'static str,
        sets: &[&'d Set<'d>],
    ) -> Vec<(String, Part)> {
        let on = format!("{node}Connection");
        let mut parts = Vec::new();
        for field in self.parts(&on, sets) {
            let key = field.alias.as_ref().unwrap_or(&field.name).clone();
            self.path.push(key.clone());
            match field.name.as_str() {
                "nodes" => {
                    parts.push((key, Part::Nodes(self.object(node, &[&field.selection_set]))))
                }
                "edges" => parts.push((key, Part::Edges(self.edges(node, &field.selection_set)))),
                "pageInfo" => {
                    parts.push((key, Part::PageInfo(self.page_info(&field.selection_set))))
                }
                _ => {
                    self.path.pop();
                    self.unknown(&on, field);
                    continue;
                }
            }
            self.path.pop();
        }
        parts
    }

    fn edges(&mut self, node: &'static str, set: &'d Set<'d>) -> Vec<(String, EdgePart)> {
        let on = format!("{node}Edge");
        let mut parts = Vec::new();
        for field in self.parts(&on, &[set]) {
            let key = field.alias.as_ref().unwrap_or(&field.name).clone();
            match field.name.as_str() {
                "cursor" => parts.push((key, EdgePart::Cursor)),
                "node" => {
                    self.path.push(key.clone());
                    parts.push((
                        key,
                        EdgePart::Node(self.object(node, &[&field.selection_set])),
                    ));
                    self.path.pop();
                }
                _ => self.unknown(&on, field),
            }
        }
        parts
    }

    fn page_info(&mut self, set: &'d Set<'d>) -> Vec<(String, PageInfo)> {
        let mut parts = Vec::new();
        for field in self.parts("PageInfo", &[set]) {
            let part = match field.name.as_str() {
                "hasNextPage" => PageInfo::HasNext,
                "hasPreviousPage" => PageInfo::HasPrevious,
                "startCursor" => PageInfo::Start,
                "endCursor" => PageInfo::End,
                _ => {
                    self.unknown("PageInfo", field);
                    continue;
                }
            };
            parts.push((field.alias.as_ref().unwrap_or(&field.name).clone(), part));
        }
        parts
    }
}
