use ports::{Exchange, Lane};
use serde_json::{Value, json};
use url::Url;

use super::*;

fn judged(intent: Intent, status: u16, body: &Value) -> Judgement {
    judge_text(intent, status, &body.to_string())
}

fn judge_text(intent: Intent, status: u16, body: &str) -> Judgement {
    let url = Url::parse("https://shop.example/graphql.json").unwrap();
    let request = match intent {
        Intent::Read => Request::read(url, Lane::Orders, "{}"),
        Intent::Write => Request::write(http::Method::Post, url, Lane::Orders, "{}"),
    };
    judge(&request, &reply(status, body))
}

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        headers: [("retry-after", "2.0")].into_iter().collect(),
        body: body.to_owned().into(),
        received_at: "2026-03-01T10:00:00Z".parse().unwrap(),
        intent: Intent::Read,
        exchange: Exchange {
            method: "POST".into(),
            url: String::new(),
            request: String::new(),
            reply: None,
            took_ms: 0,
            error: None,
            kept: None,
        },
    }
}

fn error(code: &str, message: &str) -> Value {
    json!({ "errors": [{ "message": message, "extensions": { "code": code } }] })
}

fn cost(available: impl Into<Value>) -> Value {
    let available = available.into();
    json!({ "cost": {
        "requestedQueryCost": 500,
        "actualQueryCost": 46,
        "throttleStatus": { "maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": 100.0 },
    }})
}

#[test]
fn an_answer_teaches_the_bucket() {
    let judgement = judged(
        Intent::Read,
        200,
        &json!({ "data": {}, "extensions": cost(1954.0) }),
    );
    assert_eq!(judgement.fault, None);
    assert_eq!(judgement.feedback.cost, Some(46));
    assert_eq!(judgement.feedback.bucket, Some((1954, 2000, 100)));
}

#[test]
fn throttling_comes_with_status_200_and_says_how_long() {
    let mut body = error("THROTTLED", "Throttled");
    body["extensions"] = cost(120.0);
    let judgement = judged(Intent::Write, 200, &body);
    let after = Some(Duration::from_secs(4));
    assert_eq!(
        judgement.fault,
        Some(Fault::Throttled {
            after,
            why: "Throttled".into()
        })
    );
    assert!(judgement.feedback.refused);
    assert_eq!(judgement.feedback.retry_after, after);
}

#[test]
fn a_missing_scope_is_named() {
    let body = json!({
        "data": { "orders": null },
        "errors": [{ "message": "Access denied for orders field.", "extensions": { "code": "ACCESS_DENIED", "requiredAccess": "`read_orders` access scope." } }],
    });
    let Some(Fault::Unauthorized { why }) = judged(Intent::Read, 200, &body).fault else {
        panic!();
    };
    assert!(why.contains("read_orders"), "{why}");
}

#[test]
fn what_is_unclear_about_a_write_leaves_its_outcome_open() {
    for (status, body) in [
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"data":null}"#),
        (
            200,
            r#"{"errors":[{"message":"oops","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#,
        ),
        (502, ""),
    ] {
        let write = judge_text(Intent::Write, status, body).fault;
        assert!(
            matches!(write, Some(Fault::Uncertain { .. })),
            "{body}: {write:?}"
        );
        let read = judge_text(Intent::Read, status, body).fault;
        assert!(
            matches!(read, Some(Fault::Unavailable { .. })),
            "{body}: {read:?}"
        );
    }
}

#[test]
fn an_invalid_request_was_refused_before_anything_happened() {
    let fault = judged(Intent::Write, 200, &error("BAD_REQUEST", "Invalid id")).fault;
    assert_eq!(
        fault,
        Some(Fault::Refused {
            why: "Invalid id".into()
        })
    );
    let text = judged(Intent::Read, 200, &json!({ "errors": "Not Found" })).fault;
    assert_eq!(
        text,
        Some(Fault::Refused {
            why: "Not Found".into()
        })
    );
}

#[test]
fn statuses_mean_what_shopify_says() {
    for status in [401, 402, 403, 404, 423] {
        let fault = judge_text(Intent::Read, status, r#"{"errors":"x"}"#).fault;
        assert!(
            matches!(fault, Some(Fault::Unauthorized { .. })),
            "{status}: {fault:?}"
        );
    }
    let throttled = judge_text(Intent::Read, 429, "");
    assert!(matches!(
        throttled.fault,
        Some(Fault::Throttled { after: Some(_), .. })
    ));
    assert!(throttled.feedback.refused);
}

#[test]
fn a_query_that_is_too_costly_is_recognised() {
    let body = error(
        "MAX_COST_EXCEEDED",
        "Query cost is 1200, which exceeds the single query max cost limit (1000).",
    );
    assert!(is_too_costly(Some(&reply(200, &body.to_string()))));
    assert!(!is_too_costly(Some(&reply(
        200,
        &error("THROTTLED", "").to_string()
    ))));
    assert!(!is_too_costly(None));
}
