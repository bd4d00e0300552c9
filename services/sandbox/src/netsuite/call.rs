use percent_encoding::percent_decode_str;

use super::schema::{self, RecordType};
use super::{auth, suiteql};

const RECORDS: &str = "/services/rest/record/v1/";
const RESTLET: &str = "/app/site/hosting/restlet.nl";

/// What a URL means.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Token,
    SuiteQl,
    ServerTime,
    GovernanceLimits,
    Restlet,
    Collection(&'static RecordType),
    Record(&'static RecordType, String),
    Sublist(&'static RecordType, String, String),
    Line(&'static RecordType, String, String, String),
    Transform(&'static RecordType, String, String),
    UnknownType(String),
    Unknown,
}

impl Call {
    pub(super) fn parse(path: &str) -> Self {
        match path {
            auth::TOKEN_PATH => return Self::Token,
            suiteql::PATH => return Self::SuiteQl,
            "/services/rest/system/v1/serverTime" => return Self::ServerTime,
            "/services/rest/system/v1/governanceLimits" => return Self::GovernanceLimits,
            RESTLET => return Self::Restlet,
            _ => {}
        }
        let Some(rest) = path.strip_prefix(RECORDS) else {
            return Self::Unknown;
        };
        let parts: Vec<String> = rest
            .split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let [name, parts @ ..] = parts.as_slice() else {
            return Self::Unknown;
        };
        let Some(kind) = schema::record_type(name) else {
            return Self::UnknownType(name.clone());
        };
        match parts {
            [] => Self::Collection(kind),
            [id] => Self::Record(kind, id.clone()),
            [id, transform, target] if transform == "!transform" => {
                Self::Transform(kind, id.clone(), target.clone())
            }
            [id, sublist] => Self::Sublist(kind, id.clone(), sublist.clone()),
            [id, sublist, line] => Self::Line(kind, id.clone(), sublist.clone(), line.clone()),
            _ => Self::Unknown,
        }
    }

    /// The path with ids replaced, to count by.
    pub(super) fn template(&self) -> String {
        let records = |kind: &RecordType, rest: &str| format!("{RECORDS}{}{rest}", kind.name);
        match self {
            Self::Token => auth::TOKEN_PATH.to_owned(),
            Self::SuiteQl => suiteql::PATH.to_owned(),
            Self::ServerTime => "/services/rest/system/v1/serverTime".to_owned(),
            Self::GovernanceLimits => "/services/rest/system/v1/governanceLimits".to_owned(),
            Self::Restlet => RESTLET.to_owned(),
            Self::Collection(kind) => records(kind, ""),
            Self::Record(kind, id) if id.starts_with("eid:") => records(kind, "/eid:{externalId}"),
            Self::Record(kind, _) => records(kind, "/{id}"),
            Self::Sublist(kind, _, sublist) => records(kind, &format!("/{{id}}/{sublist}")),
            Self::Line(kind, _, sublist, _) => {
                records(kind, &format!("/{{id}}/{sublist}/{{line}}"))
            }
            Self::Transform(kind, _, target) => {
                records(kind, &format!("/{{id}}/!transform/{target}"))
            }
            Self::UnknownType(_) => format!("{RECORDS}{{unknown}}"),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// The record types it is about: the role needs permission for each.
    pub(super) fn types(&self) -> Vec<&str> {
        match self {
            Self::Collection(kind)
            | Self::Record(kind, _)
            | Self::Sublist(kind, ..)
            | Self::Line(kind, ..) => vec![kind.name],
            Self::Transform(kind, _, target) => vec![kind.name, target],
            _ => Vec::new(),
        }
    }
}
