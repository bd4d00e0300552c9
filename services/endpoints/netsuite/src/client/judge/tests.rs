use http::{Headers, Method};
use ports::{Exchange, Lane, Verdict};
use url::Url;

use super::*;

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    Reply {
        status,
        headers: headers.iter().copied().collect::<Headers>(),
        body: body.to_owned().into(),
        received_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        intent: Intent::Read,
        exchange: Exchange {
            method: "POST".to_owned(),
            url: String::new(),
            request: String::new(),
            reply: None,
            took_ms: 1,
            error: None,
            kept: None,
        },
    }
}

fn error(code: &str, detail: &str) -> String {
    serde_json::json!({"title": "x", "status": 400, "o:errorDetails": [{"detail": detail, "o:errorCode": code}]}).to_string()
}

fn judged(intent: Intent, status: u16, body: &str) -> Judgement {
    let url = Url::parse("https://x.example/").unwrap();
    let mut request = Request::write(Method::Post, url, Lane::Orders, "{}");
    request.intent = intent;
    judge(&request, &reply(status, &[], body))
}

fn name(fault: Option<&Fault>) -> &'static str {
    match fault {
        None => "none",
        Some(Fault::Throttled { .. }) => "throttled",
        Some(Fault::Unavailable { .. }) => "unavailable",
        Some(Fault::Uncertain { .. }) => "uncertain",
        Some(Fault::Unauthorized { .. }) => "unauthorized",
        Some(Fault::Refused { .. }) => "refused",
        Some(_) => "other",
    }
}

#[test]
fn every_answer_has_its_meaning() {
    let limit = "Concurrent request limit exceeded. Request blocked.";
    let user = |text: &str| {
        error(
            "USER_ERROR",
            &format!("Error while accessing a resource. {text}"),
        )
    };
    let cases = [
        (204, String::new(), "none", "none"),
        (
            200,
            r#"{"items":[],"hasMore":false}"#.to_owned(),
            "none",
            "none",
        ),
        // Rows may speak of anything.
        (
            200,
            r#"{"items":[{"memo":"request blocked"}]}"#.to_owned(),
            "none",
            "none",
        ),
        // A success status can still be a failure.
        (200, user("No."), "refused", "refused"),
        (
            200,
            error("CONCURRENCY_LIMIT_EXCEEDED", limit),
            "throttled",
            "throttled",
        ),
        // Too many requests, in all disguises.
        (
            429,
            error("CONCURRENCY_LIMIT_EXCEEDED", limit),
            "throttled",
            "throttled",
        ),
        (429, String::new(), "throttled", "throttled"),
        (
            400,
            r#"{"error":{"code":"SSS_REQUEST_LIMIT_EXCEEDED","message":"too much"}}"#.to_owned(),
            "throttled",
            "throttled",
        ),
        (
            401,
            error("INVALID_LOGIN", "Concurrent request limit exceeded."),
            "throttled",
            "throttled",
        ),
        (
            403,
            "SuiteTalk concurrent request limit exceeded. Request blocked.".to_owned(),
            "throttled",
            "throttled",
        ),
        (
            500,
            "<soap:Fault><code>WS_REQUEST_BLOCKED</code></soap:Fault>".to_owned(),
            "throttled",
            "throttled",
        ),
        (
            503,
            "<html><body>Too many concurrent requests</body></html>".to_owned(),
            "throttled",
            "throttled",
        ),
        // Somebody else is at work on the record.
        (
            400,
            user("This record has been locked by a user defined workflow."),
            "unavailable",
            "unavailable",
        ),
        (
            400,
            user("Record has been changed."),
            "unavailable",
            "unavailable",
        ),
        (
            400,
            user("The accounting period is locked."),
            "refused",
            "refused",
        ),
        (
            400,
            user("Please enter value(s) for: Location."),
            "refused",
            "refused",
        ),
        (
            400,
            user("This record already exists."),
            "refused",
            "refused",
        ),
        (
            404,
            error("NONEXISTENT_ID", "The record instance does not exist."),
            "refused",
            "refused",
        ),
        (
            401,
            error("INVALID_LOGIN", "Invalid login attempt."),
            "unauthorized",
            "unauthorized",
        ),
        (
            403,
            error("INSUFFICIENT_PERMISSION", "Permission Violation"),
            "unauthorized",
            "unauthorized",
        ),
        (403, "Forbidden".to_owned(), "refused", "refused"),
        (302, String::new(), "refused", "refused"),
        (
            500,
            error(
                "UNEXPECTED_ERROR",
                "An unexpected error occurred. Error ID: m1",
            ),
            "unavailable",
            "uncertain",
        ),
        (502, String::new(), "unavailable", "uncertain"),
        (
            503,
            "<html>maintenance</html>".to_owned(),
            "unavailable",
            "uncertain",
        ),
        (408, String::new(), "unavailable", "uncertain"),
    ];
    for (status, body, read, write) in cases {
        for (intent, expected) in [(Intent::Read, read), (Intent::Write, write)] {
            let judgement = judged(intent, status, &body);
            assert_eq!(
                name(judgement.fault.as_ref()),
                expected,
                "{intent:?} {status} {body}"
            );
            assert_eq!(
                judgement.feedback.refused,
                expected == "throttled",
                "{status} {body}"
            );
        }
    }
}

#[test]
fn a_refusal_brings_words_and_advice() {
    let body = error("USER_ERROR", "Please enter value(s) for: Location.");
    let fault = judged(Intent::Write, 400, &body).fault.unwrap();
    let text = fault.to_string();
    assert!(
        text.contains("Please enter value(s) for: Location."),
        "{text}"
    );
    assert!(text.contains("'orders' settings"), "{text}");

    let body = error("INVALID_LOGIN", "Invalid login attempt.");
    let fault = judged(Intent::Read, 401, &body).fault.unwrap();
    assert_eq!(fault.verdict(), Verdict::Pause);
    assert!(fault.to_string().contains("Login Audit Trail"));
}

#[test]
fn a_hint_is_passed_on() {
    let url = Url::parse("https://x.example/").unwrap();
    let judgement = judge(
        &Request::get(url, Lane::Stock),
        &reply(429, &[("retry-after", "7")], ""),
    );
    let seven = Some(std::time::Duration::from_secs(7));
    assert_eq!(judgement.feedback.retry_after, seven);
    assert!(matches!(judgement.fault, Some(Fault::Throttled { after, .. }) if after == seven));
}

#[test]
fn a_malformed_bearer_is_a_matter_of_credentials() {
    let url = Url::parse("https://x.example/").unwrap();
    let header = [(
        "www-authenticate",
        "Bearer realm=\"X\", error=\"invalid_request\"",
    )];
    let judgement = judge(&Request::get(url, Lane::Stock), &reply(400, &header, ""));
    assert_eq!(name(judgement.fault.as_ref()), "unauthorized");
}

#[test]
fn published_errors_are_understood() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let text = std::fs::read_to_string(contracts.join("netsuite/facts/errors.json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut seen = 0;
    for fact in facts["errors"].as_array().unwrap() {
        let (Some(status), Some(detail)) = (fact["status"].as_u64(), fact["detail"].as_str())
        else {
            continue;
        };
        let body = error(fact["o:errorCode"].as_str().unwrap_or_default(), detail);
        let judgement = judged(Intent::Write, u16::try_from(status).unwrap(), &body);
        let expected = match (status, detail) {
            (401 | 403, _) => "unauthorized",
            (429, _) => "throttled",
            (500, _) => "uncertain",
            (_, text) if text.contains("locked") => "unavailable",
            _ => "refused",
        };
        assert_eq!(name(judgement.fault.as_ref()), expected, "{detail}");
        assert!(
            judgement.fault.unwrap().to_string().contains(detail),
            "{detail}"
        );
        seen += 1;
    }
    assert!(seen >= 15, "only {seen} errors");
}
