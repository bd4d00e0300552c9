//! NetSuite's error bodies (NetSuite help, "Error Handling and Error Types in REST Web Services").

use serde::Deserialize;

/// The error body of the REST services; RESTlets and gateways answer with other shapes, or with none.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default, rename = "o:errorDetails")]
    pub(crate) details: Vec<Detail>,
    /// A RESTlet's error.
    #[serde(default)]
    pub(crate) error: Option<RestletError>,
}

/// One reason.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Detail {
    #[serde(default)]
    pub(crate) detail: Option<String>,
    #[serde(default, rename = "o:errorCode")]
    pub(crate) code: Option<String>,
    #[serde(default, rename = "o:errorPath")]
    pub(crate) path: Option<String>,
}

/// A RESTlet's reason, or the code of a token request's refusal.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum RestletError {
    Coded {
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        message: Option<String>,
    },
    Plain(String),
}
