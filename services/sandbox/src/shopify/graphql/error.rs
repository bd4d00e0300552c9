use serde_json::{Value as Json, json};

/// A top-level error, in the form Shopify gives them. Answered with HTTP 200.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::shopify) struct GraphError {
    message: String,
    location: Option<(usize, usize)>,
    path: Vec<String>,
    extensions: Vec<(&'static str, Json)>,
}

impl GraphError {
    pub(in crate::shopify) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            location: None,
            path: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// With `extensions.code`.
    pub(in crate::shopify) fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(message).with("code", code)
    }

    pub(in crate::shopify) fn with(mut self, key: &'static str, value: impl Into<Json>) -> Self {
        self.extensions.push((key, value.into()));
        self
    }

    pub(in crate::shopify) fn at(mut self, line: usize, column: usize) -> Self {
        self.location = Some((line, column));
        self
    }

    pub(in crate::shopify) fn on(mut self, path: &[String]) -> Self {
        self.path = path.to_vec();
        self
    }

    pub(in crate::shopify) fn to_json(&self) -> Json {
        let mut error = json!({ "message": self.message });
        if let Some(error) = error.as_object_mut() {
            if let Some((line, column)) = self.location {
                error.insert(
                    "locations".to_owned(),
                    json!([{ "line": line, "column": column }]),
                );
            }
            if !self.path.is_empty() {
                error.insert("path".to_owned(), json!(self.path));
            }
            if !self.extensions.is_empty() {
                let extensions = self
                    .extensions
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), value.clone()))
                    .collect();
                error.insert("extensions".to_owned(), Json::Object(extensions));
            }
        }
        error
    }
}
