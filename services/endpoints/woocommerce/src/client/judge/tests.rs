use bytes::Bytes;
use http::{Headers, Method};
use jiff::Timestamp;
use ports::{Exchange, Lane};
use serde_json::Value;

use super::*;

fn request(method: &str, path: &str) -> Request {
    let url = format!("https://shop.example{path}").parse().unwrap();
    match method {
        "GET" => Request::get(url, Lane::Orders),
        _ => Request::write(Method::Post, url, Lane::Orders, "{}"),
    }
}

fn reply(request: &Request, status: u16, body: &str) -> Reply {
    Reply {
        status,
        headers: Headers::default(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        received_at: Timestamp::UNIX_EPOCH,
        intent: request.intent,
        exchange: Exchange {
            method: String::new(),
            url: String::new(),
            request: String::new(),
            reply: None,
            took_ms: 0,
            error: None,
        },
    }
}

fn kind(fault: Option<&Fault>) -> &'static str {
    match fault {
        None => "fine",
        Some(Fault::Unauthorized { .. }) => "unauthorized",
        Some(Fault::Refused { .. }) => "refused",
        Some(Fault::Throttled { .. }) => "throttled",
        Some(Fault::Uncertain { .. }) => "uncertain",
        Some(Fault::Unavailable { .. }) => "unavailable",
        Some(_) => "other",
    }
}

#[test]
fn every_recorded_answer_is_judged() {
    let Some(contracts) = testkit::contracts() else {
        return;
    };
    let mut judged = 0;
    for entry in std::fs::read_dir(contracts.join("woocommerce/recorded")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let Some(answer) = case.get("response") else {
            continue;
        };
        let (method, asked) = (&case["request"]["method"], &case["request"]["path"]);
        let request = request(method.as_str().unwrap(), asked.as_str().unwrap());
        let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
        let got = judge(
            &request,
            &reply(&request, status, &answer["body"].to_string()),
        );
        let expected = match name.as_str() {
            "auth-missing" | "auth-basic-bad-secret" | "auth-basic-over-http-refused" => {
                "unauthorized"
            }
            _ if status >= 400 => "refused",
            _ => "fine",
        };
        assert_eq!(kind(got.fault.as_ref()), expected, "{name}: {got:?}");
        judged += 1;
    }
    assert!(judged >= 40, "{judged}");
}

#[test]
fn hosts_and_firewalls_speak_in_their_own_names() {
    let page = "<html><body>Too many requests</body></html>";
    let fatal = r#"{"code":"internal_server_error","message":"There has been a critical error","data":{"status":500}}"#;
    let no_refund = r#"{"code":"woocommerce_rest_cannot_create_order_refund","message":"Invalid refund amount.","data":500}"#;
    let no_route =
        r#"{"code":"rest_no_route","message":"No route was found","data":{"status":404}}"#;
    for (method, status, body, expected) in [
        ("GET", 429, page, "throttled"),
        ("POST", 429, page, "throttled"),
        ("GET", 403, page, "throttled"),
        ("POST", 403, page, "throttled"),
        ("GET", 503, page, "throttled"),
        ("POST", 503, page, "uncertain"),
        ("GET", 502, page, "unavailable"),
        ("POST", 504, page, "uncertain"),
        ("GET", 500, fatal, "unavailable"),
        ("POST", 500, fatal, "uncertain"),
        ("POST", 500, no_refund, "refused"),
        ("GET", 404, no_route, "refused"),
        ("GET", 404, page, "refused"),
        ("GET", 301, page, "refused"),
        ("GET", 200, page, "fine"),
    ] {
        let request = request(method, "/wp-json/wc/v3/orders");
        let got = judge(&request, &reply(&request, status, body));
        assert_eq!(kind(got.fault.as_ref()), expected, "{method} {status}");
        let refused = matches!(status, 429 | 503);
        assert_eq!(got.feedback.refused, refused, "{method} {status}");
    }
}

#[test]
fn a_page_of_the_host_instead_of_json_is_no_answer() {
    let page = "<!doctype html><script>{}</script>";
    let get = request("GET", "/wp-json/wc/v3/orders");
    let post = request("POST", "/wp-json/wc/v3/orders");
    let read = |request: &Request| {
        let fault = reply(request, 200, page).json::<Vec<Value>>().unwrap_err();
        kind(Some(&fault))
    };
    assert_eq!(read(&get), "unavailable");
    assert_eq!(read(&post), "uncertain");
}
