//! Credentials, budget, dry run, trace.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Counting, Server, Shop, answer, client, half, nowhere};
use causeway_http::{Method, Request};
use ports::{Fault, Lane};
use url::Url;

fn write(url: &Url) -> Request {
    let body = r#"{"pin":"1234","name":"ü"}"#;
    Request::write(Method::Put, url.clone(), Lane::Orders, body)
}

fn shop(can_renew: bool) -> Arc<Shop> {
    Arc::new(Shop {
        can_renew,
        ..Shop::default()
    })
}

#[tokio::test]
async fn refused_credentials_are_renewed_once_and_the_request_signed_anew() {
    let server = Server::start(vec![answer(401, "", ""), answer(200, "", "{}")]).await;
    let budget = Counting::default();
    let client = client(&budget).with_vendor(shop(true));
    client.send(write(&server.url)).await.unwrap();
    let sent = server.requests();
    assert!(sent[0].contains("x-shop-token: tok-secret-0"));
    assert!(sent[1].contains("x-shop-token: tok-secret-1"));
    assert!(!sent[1].contains("tok-secret-0"));
    assert_eq!((sent.len(), budget.given(), budget.still_out()), (2, 2, 0));
}

#[tokio::test]
async fn credentials_refused_twice_or_for_good_are_a_fault() {
    for (can_renew, sendings) in [(true, 2), (false, 1)] {
        let server = Server::start(vec![answer(401, "", ""); 3]).await;
        let client = client(&Counting::default()).with_vendor(shop(can_renew));
        let failure = client.send(write(&server.url)).await.unwrap_err();
        assert!(matches!(failure.fault, Fault::Unauthorized { .. }));
        assert_eq!(failure.reply.unwrap().status, 401);
        assert_eq!(server.requests().len(), sendings);
    }
}

#[tokio::test]
async fn a_token_request_goes_under_the_leave_of_the_request_it_serves() {
    let server = Server::start(vec![answer(200, "", "{}"), answer(200, "", "{}")]).await;
    let vendor = Shop {
        token_url: Some(server.url.clone()),
        ..Shop::default()
    };
    let budget = Counting::default();
    let client = client(&budget).with_vendor(Arc::new(vendor));
    client.send(write(&server.url)).await.unwrap();
    let sent = server.requests();
    assert!(sent[0].contains("client_secret=hush") && !sent[0].contains("x-shop-token"));
    assert_eq!((sent.len(), budget.given()), (2, 1));
}

#[tokio::test]
async fn a_token_that_cannot_be_had_means_nothing_was_sent_and_nothing_is_repeated() {
    let vendor = Shop {
        token_url: Some(nowhere().await),
        can_renew: true,
        ..Shop::default()
    };
    let server = Server::start(vec![]).await;
    let budget = Counting::default();
    let client = client(&budget).with_vendor(Arc::new(vendor));
    let failure = client.send(write(&server.url)).await.unwrap_err();
    assert!(matches!(failure.fault, Fault::Unavailable { .. }));
    assert!(failure.exchange.error.unwrap().starts_with("not sent"));
    assert_eq!((server.requests().len(), budget.still_out()), (0, 0));
}

#[tokio::test]
async fn the_budget_is_taught_what_the_vendor_saw() {
    let server = Server::start(vec![
        answer(200, "", "{}"),
        answer(429, "retry-after: 3\r\n", "{}"),
        half(200),
    ])
    .await;
    let budget = Counting::default();
    let client = client(&budget).with_vendor(shop(false));
    for _ in 0..3 {
        drop(client.send(write(&server.url)).await);
    }
    let taught = budget.taught.lock().unwrap().clone();
    let refused: Vec<bool> = taught.iter().map(|feedback| feedback.refused).collect();
    // Half an answer teaches nothing.
    assert_eq!(refused, [false, true]);
    assert_eq!(taught[1].retry_after, Some(Duration::from_secs(3)));
    assert!(taught.iter().all(|feedback| feedback.cost == Some(7)));
    assert_eq!(budget.still_out(), 0);
}

#[tokio::test]
async fn a_dry_run_reads_but_does_not_write() {
    let server = Server::start(vec![answer(200, "", "{}")]).await;
    let budget = Counting::default();
    let client = client(&budget).with_vendor(shop(false)).dry_run();
    let read = Request::read(server.url.clone(), Lane::Bulk, r#"{"q":"SELECT"}"#);
    client.send(read).await.unwrap();
    let failure = client.send(write(&server.url)).await.unwrap_err();
    assert_eq!(failure.fault, Fault::DryRun);
    assert_eq!(failure.exchange.method, "PUT");
    assert_eq!(failure.exchange.request, r#"{"pin":"…","name":"ü"}"#);
    assert_eq!(failure.exchange.reply, None);
    assert_eq!((server.requests().len(), budget.given()), (1, 1));
}

#[tokio::test]
async fn no_secret_is_in_anything_that_is_kept_or_shown() {
    let echo = r#"{"error":"token tok-secret-0 is not good for pin 1234","access_token":"tok-fresh","pin":"1234"}"#;
    let headers = "set-cookie: session=baker-street\r\nx-request-id: tok-secret-0\r\n";
    for status in [200, 400, 500] {
        let server = Server::start(vec![answer(status, headers, echo)]).await;
        let mut url = server.url.clone();
        url.set_username("holmes").unwrap();
        url.set_password(Some("watson")).unwrap();
        url.query_pairs_mut()
            .append_pair("pin", "1234")
            .append_pair("x", "1");
        let client = client(&Counting::default()).with_vendor(shop(false));
        let request = write(&url).header("authorization", "Basic moriarty-moriarty");
        let mut shown = format!("{client:?} {request:?}");
        match client.send(request).await {
            Ok(reply) => shown += &format!("{reply:?}"),
            Err(failure) => shown += &format!("{failure} {failure:?} {}", failure.fault),
        }
        for secret in [
            "tok-secret",
            "tok-fresh",
            "\"1234",
            "=1234",
            "baker",
            "moriarty",
            "holmes",
            "watson",
        ] {
            assert!(!shown.contains(secret), "{status} {secret}: {shown}");
        }
        assert!(shown.contains("is not good for"), "{shown}");
    }
}

#[tokio::test]
async fn the_trace_goes_on_to_the_other_side() {
    let server = Server::start(vec![answer(200, "", "{}"); 2]).await;
    let client = client(&Counting::default());
    client.send(write(&server.url)).await.unwrap();
    let traced = client.with_trace(|| {
        [
            ("traceparent", "00-1-2-01".to_owned()),
            ("tracestate", String::new()),
        ]
    });
    traced.send(write(&server.url)).await.unwrap();
    let sent = server.requests();
    assert!(!sent[0].contains("traceparent"), "{}", sent[0]);
    assert!(sent[1].contains("traceparent: 00-1-2-01"), "{}", sent[1]);
    assert!(!sent[1].contains("tracestate"), "{}", sent[1]);
}

#[tokio::test]
async fn every_sending_is_told_with_its_status_and_silence_as_zero() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let observed = Arc::clone(&told);
    let observer = Arc::new(move |status| observed.lock().unwrap().push(status));
    let client = client(&Counting::default()).with_observer(observer);
    let server = Server::start(vec![answer(200, "", "{}"), answer(429, "", "{}")]).await;
    client.send(write(&server.url)).await.unwrap();
    client.send(write(&server.url)).await.unwrap_err();
    drop(server);
    client.send(write(&nowhere().await)).await.unwrap_err();
    let dry = client.dry_run();
    dry.send(write(&nowhere().await)).await.unwrap_err();
    assert_eq!(*told.lock().unwrap(), [200, 429, 0]);
}
