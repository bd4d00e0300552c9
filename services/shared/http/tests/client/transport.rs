//! What becomes of a request when the other side or the way to it fails.

use crate::support::{Counting, Does, Server, answer, client, client_with, half, nowhere};
use causeway_http::{Failure, Method, Options, Reply, Request};
use ports::{Fault, Lane};
use url::Url;

fn read(url: &Url) -> Request {
    Request::get(url.clone(), Lane::Orders)
}

fn write(url: &Url) -> Request {
    Request::write(Method::Post, url.clone(), Lane::Orders, "{\"a\":1}")
}

/// Sends both kinds of request, each to a server that does the same with it; no permit stays out.
async fn both(does: Does) -> (Result<Reply, Failure>, Result<Reply, Failure>) {
    let server = Server::start(vec![does.clone(), does]).await;
    let budget = Counting::default();
    let client = client(&budget);
    let outcomes = (
        client.send(read(&server.url)).await,
        client.send(write(&server.url)).await,
    );
    assert_eq!(budget.still_out(), 0);
    assert_eq!(server.requests().len(), 2, "nothing is repeated");
    outcomes
}

async fn faults(does: Does) -> (Fault, Fault) {
    let (read, write) = both(does).await;
    let (read, write) = (read.unwrap_err(), write.unwrap_err());
    for failure in [&read, &write] {
        let exchange = &failure.exchange;
        let told = exchange.reply.is_some() || exchange.error.is_some();
        assert!(told, "{exchange:?}");
    }
    (read.fault, write.fault)
}

fn is_unavailable_and_uncertain((read, write): &(Fault, Fault)) -> bool {
    matches!(read, Fault::Unavailable { .. }) && matches!(write, Fault::Uncertain { .. })
}

#[tokio::test]
async fn nobody_there_means_nothing_was_sent() {
    let url = nowhere().await;
    let budget = Counting::default();
    for request in [read(&url), write(&url)] {
        let failure = client(&budget).send(request).await.unwrap_err();
        assert!(matches!(failure.fault, Fault::Unavailable { .. }));
        assert!(failure.reply.is_none());
        let error = failure.exchange.error.unwrap();
        assert!(error.contains("cannot connect to 127.0.0.1"), "{error}");
    }
    assert_eq!((budget.given(), budget.still_out()), (2, 0));
    assert!(budget.taught.lock().unwrap().is_empty());
}

#[tokio::test]
async fn silence_after_sending_leaves_a_write_uncertain() {
    let faults = faults(Does::Nothing).await;
    assert!(is_unavailable_and_uncertain(&faults), "{faults:?}");
}

#[tokio::test]
async fn a_connection_cut_before_the_answer_leaves_a_write_uncertain() {
    let faults = faults(Does::Cut).await;
    assert!(is_unavailable_and_uncertain(&faults), "{faults:?}");
}

#[tokio::test]
async fn half_an_answer_leaves_a_write_uncertain_even_when_it_began_well() {
    let faults = faults(half(200)).await;
    assert!(is_unavailable_and_uncertain(&faults), "{faults:?}");
    assert!(faults.1.to_string().contains("HTTP 200"), "{faults:?}");
}

#[tokio::test]
async fn a_compressed_body_that_breaks_off_is_half_an_answer() {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n";
    let bytes = [head.as_bytes(), &[0x1f, 0x8b, 8, 0]].concat();
    let faults = faults(Does::Answer(bytes)).await;
    assert!(is_unavailable_and_uncertain(&faults), "{faults:?}");
}

#[tokio::test]
async fn statuses_mean_what_the_default_says() {
    let (read, write) = faults(answer(503, "", "<html>busy</html>")).await;
    assert_eq!(read.to_string(), "unavailable: HTTP 503: <html>busy</html>");
    assert!(matches!(write, Fault::Uncertain { .. }));
    for (status, expected) in [
        (401, "not authorized"),
        (403, "not authorized"),
        (404, "refused"),
        (409, "refused"),
        (422, "refused"),
        (304, "refused"),
        (408, "throttled"),
    ] {
        let (read, write) = faults(answer(status, "", "")).await;
        for fault in [read, write] {
            assert!(fault.to_string().starts_with(expected), "{status}: {fault}");
        }
    }
    let (read, _) = faults(answer(429, "retry-after: 2.0\r\n", "{}")).await;
    let after = Some(std::time::Duration::from_secs(2));
    assert!(matches!(read, Fault::Throttled { after: wait, .. } if wait == after));
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_told() {
    let (read, write) = faults(answer(302, "location: http://127.0.0.1:1/else\r\n", "")).await;
    for fault in [read, write] {
        assert!(
            matches!(&fault, Fault::Refused { why } if why.contains("http://127.0.0.1:1/else"))
        );
    }
}

#[derive(Debug, serde::Deserialize)]
struct Order {
    lines: Vec<Line>,
}

#[derive(Debug, serde::Deserialize)]
struct Line {
    quantity: u32,
}

#[tokio::test]
async fn json_that_does_not_fit_is_named_by_its_path_without_its_values() {
    let body = r#"{"lines":[{"quantity":1},{"quantity":"four \" of them"}]}"#;
    let (read, write) = both(answer(200, "", body)).await;
    for reply in [read.unwrap(), write.unwrap()] {
        let fault = reply.json::<Order>().unwrap_err();
        let Fault::Unreadable { why } = fault else {
            panic!("{fault}")
        };
        assert!(why.contains("lines[1].quantity"), "{why}");
        assert!(why.contains("expected u32"), "{why}");
        assert!(!why.contains("four") && !why.contains("of them"), "{why}");
    }
    // No JSON at all: mangled on its way, not a misunderstanding.
    for body in [r#"{"lines":[]} x"#, r#"{"lines":[{"quan"#, ""] {
        let (read, write) = both(answer(200, "", body)).await;
        let fault = read.unwrap().json::<Order>().unwrap_err();
        assert!(matches!(fault, Fault::Unavailable { .. }), "{fault}");
        let fault = write.unwrap().json::<Order>().unwrap_err();
        assert!(matches!(fault, Fault::Uncertain { .. }), "{fault}");
    }
    let (reply, _) = both(answer(200, "", r#"{"lines":[{"quantity":4}]}"#)).await;
    assert_eq!(reply.unwrap().json::<Order>().unwrap().lines[0].quantity, 4);
}

#[tokio::test]
async fn a_good_answer_comes_whole_with_its_exchange() {
    let server = Server::start(vec![answer(
        201,
        "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: r-1\r\n",
        "{\"id\":5}",
    )])
    .await;
    let request = write(&server.url).header("x-a", "1").header("X-A", "2");
    let reply = client(&Counting::default()).send(request).await.unwrap();
    assert_eq!((reply.status, reply.is_success()), (201, true));
    assert_eq!(reply.headers.get("x-request-ID"), Some("r-1"));
    assert_eq!(reply.date().unwrap().as_second(), 784_111_777);
    let exchange = &reply.exchange;
    assert_eq!(exchange.method, "POST");
    assert_eq!(exchange.url, server.url.as_str());
    assert_eq!(exchange.request, "{\"a\":1}");
    let kept = exchange.reply.as_ref().unwrap();
    assert_eq!((kept.status, kept.body.as_str()), (201, "{\"id\":5}"));
    assert_eq!(kept.reference.as_deref(), Some("r-1"));
    let sent = server.requests().remove(0);
    assert!(
        sent.contains("x-a: 2") && !sent.contains("x-a: 1"),
        "{sent}"
    );
    assert!(sent.contains("user-agent: causeway/"), "{sent}");
}

#[tokio::test]
async fn an_endless_answer_is_not_taken() {
    let mut bytes = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    bytes.resize(bytes.len() + 65 * 1024 * 1024, b' ');
    let server = Server::start(vec![Does::Answer(bytes)]).await;
    let failure = client_with(Options::default(), &Counting::default())
        .send(read(&server.url))
        .await
        .unwrap_err();
    assert!(matches!(failure.fault, Fault::Unreadable { .. }));
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_a_fault_and_shows_no_value() {
    let url = nowhere().await;
    let broken = |name| read(&url).header(name, "se\ncret");
    let send = async |name| {
        client(&Counting::default())
            .send(broken(name))
            .await
            .unwrap_err()
    };
    let failure = send("authorization").await;
    assert!(matches!(failure.fault, Fault::Unauthorized { .. }));
    assert!(!format!("{failure:?}").contains("cret\n"), "{failure:?}");
    let failure = send("x-harmless").await;
    assert!(matches!(failure.fault, Fault::Refused { .. }));
}

#[tokio::test]
async fn a_call_that_is_given_up_gives_its_permit_back() {
    let server = Server::start(vec![Does::Nothing]).await;
    let budget = Counting::default();
    let client = client_with(Options::default(), &budget);
    let call = tokio::spawn({
        let request = write(&server.url);
        async move { client.send(request).await.is_ok() }
    });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(budget.still_out(), 1);
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(budget.still_out(), 0);
}
