use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::auth::Login;

/// An error as NetSuite words it (NetSuite help, "Error Handling and Error Messages").
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: Option<&'static str>,
    pub(super) detail: String,
    /// `o:errorPath` and its like: which part of the request is to blame.
    place: Option<(&'static str, String)>,
    /// What `WWW-Authenticate` asks for.
    challenge: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: Some(code),
            detail: detail.into(),
            place: None,
            challenge: None,
        }
    }

    /// A business rule said no: the text carries everything.
    pub(super) fn user_error(text: impl AsRef<str>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "USER_ERROR",
            format!("Error while accessing a resource. {}", text.as_ref()),
        )
    }

    pub(super) fn missing(labels: &[&str]) -> Self {
        Self::user_error(format!("Please enter value(s) for: {}.", labels.join(", ")))
    }

    pub(super) fn malformed() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "INVALID_CONTENT",
            "Invalid content in the request body",
        )
    }

    pub(super) fn invalid_value(field: &str, value: &str, path: &str) -> Self {
        let detail = format!(
            "Error while accessing resource: You have entered an Invalid Field Value {value} for the following field: {field}"
        );
        Self::new(StatusCode::BAD_REQUEST, "INVALID_CONTENT", detail).at("o:errorPath", path)
    }

    pub(super) fn unknown_property(path: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "INVALID_CONTENT",
            format!("Unknown property: {path}."),
        )
        .at("o:errorPath", path)
    }

    pub(super) fn no_such_record(url: &str) -> Self {
        let detail = "The record instance does not exist. Provide a valid record instance ID.";
        Self::new(StatusCode::NOT_FOUND, "NONEXISTENT_ID", detail).at("o:errorUrl", url)
    }

    pub(super) fn invalid_id(id: &str) -> Self {
        let detail = format!(
            "Invalid record instance identifier '{id}'. Provide a valid record instance ID."
        );
        Self::new(StatusCode::BAD_REQUEST, "INVALID_ID", detail)
    }

    pub(super) fn no_such_type(name: &str) -> Self {
        Self {
            code: None,
            ..Self::new(
                StatusCode::NOT_FOUND,
                "",
                format!("Record type '{name}' does not exist."),
            )
        }
    }

    pub(super) fn no_such_resource() -> Self {
        Self {
            code: None,
            ..Self::new(
                StatusCode::NOT_FOUND,
                "",
                "The requested resource does not exist.",
            )
        }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self {
            code: None,
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "",
                "The method is not allowed for this resource.",
            )
        }
    }

    pub(super) fn forbidden(name: &str) -> Self {
        let detail = format!(
            "Permission Violation: You need a higher level of the '{name}' permission to access this page."
        );
        Self::new(StatusCode::FORBIDDEN, "INSUFFICIENT_PERMISSION", detail)
    }

    pub(super) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_PARAMETER", detail)
            .at("o:errorQueryParam", name)
    }

    pub(super) fn header(name: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_HEADER", detail).at("o:errorHeader", name)
    }

    /// 429; the published body calls it a bad request, and there is no `Retry-After`.
    pub(super) fn concurrency() -> Self {
        let detail = "Concurrent request limit exceeded. Request blocked.";
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "CONCURRENCY_LIMIT_EXCEEDED",
            detail,
        )
    }

    pub(super) fn unexpected(error_id: &str) -> Self {
        let detail = format!("An unexpected error occurred. Error ID: {error_id}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "UNEXPECTED_ERROR",
            detail,
        )
    }

    /// Every fault of a login looks the same from outside.
    pub(super) fn login(account: &str, login: Login) -> Self {
        let detail = "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at \
                      Setup > Users/Roles > User Management > View Login Audit Trail.";
        let (scheme, error) = match login {
            Login::Token => ("OAuth", "token_rejected"),
            Login::Bearer => ("Bearer", "invalid_token"),
        };
        let challenge = format!(
            r#"{scheme} realm="{account}", error="{error}", error_description="Invalid login attempt.""#
        );
        Self {
            challenge: Some(challenge),
            ..Self::new(StatusCode::UNAUTHORIZED, "INVALID_LOGIN", detail)
        }
    }

    fn at(self, key: &'static str, place: &str) -> Self {
        Self {
            place: Some((key, place.to_owned())),
            ..self
        }
    }

    fn title(&self) -> &'static str {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => "Bad Request",
            status => status.canonical_reason().unwrap_or("Error"),
        }
    }

    fn section(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "section-15.5.2",
            403 => "section-15.5.4",
            404 => "section-15.5.5",
            405 => "section-15.5.6",
            500.. => "section-15.6.1",
            _ => "section-15.5.1",
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut error =
            serde_json::Map::from_iter([("detail".to_owned(), Value::from(self.detail.as_str()))]);
        if let Some((key, place)) = &self.place {
            error.insert((*key).to_owned(), Value::from(place.as_str()));
        }
        if let Some(code) = self.code {
            error.insert("o:errorCode".to_owned(), Value::from(code));
        }
        let body = json!({
            "type": format!("https://www.rfc-editor.org/rfc/rfc9110.html#{}", self.section()),
            "title": self.title(),
            "status": self.status.as_u16(),
            "o:errorDetails": [error],
        });
        let mut response = resource("error", &body);
        *response.status_mut() = self.status;
        let challenge = self
            .challenge
            .and_then(|text| HeaderValue::try_from(text).ok());
        response
            .headers_mut()
            .extend(challenge.map(|value| (WWW_AUTHENTICATE, value)));
        response
    }
}

/// A body in NetSuite's own media type.
pub(super) fn resource(form: &str, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    let media = match form {
        "error" => HeaderValue::from_static(
            "application/vnd.oracle.resource+json; type=error; charset=UTF-8",
        ),
        "collection" => HeaderValue::from_static(
            "application/vnd.oracle.resource+json; type=collection; charset=UTF-8",
        ),
        _ => HeaderValue::from_static(
            "application/vnd.oracle.resource+json; type=singular; charset=UTF-8",
        ),
    };
    response.headers_mut().insert(CONTENT_TYPE, media);
    response
}

/// 204 without a body, and where the record is.
pub(super) fn saved(location: Option<String>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().extend(
        location
            .and_then(|url| HeaderValue::try_from(url).ok())
            .map(|url| (LOCATION, url)),
    );
    response
}
