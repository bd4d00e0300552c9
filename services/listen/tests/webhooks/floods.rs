//! Too much, too slow, not HTTP at all.

use std::time::Duration;

use causeway_listen::Limits;
use rstest::rstest;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::caller::{call, genuine, get, listen, post};
use crate::house::House;

fn small() -> Limits {
    Limits {
        body: 1_000,
        ..Limits::default()
    }
}

fn impatient() -> Limits {
    Limits {
        patience: Duration::from_millis(50),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_read_and_a_longer_one_is_not() {
    let house = House::within(small()).await;
    let with = |length: usize| post("/hooks/shop", "x-word: sesame\r\n", &vec![b'a'; length]);
    assert_eq!(call(house.address, &with(1_000)).await.status, 200);
    assert_eq!(call(house.address, &with(1_001)).await.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_tell_its_length_is_cut_off_too() {
    let house = House::within(small()).await;
    let mut request = b"POST /hooks/shop HTTP/1.1\r\nhost: shop\r\nconnection: close\r\nx-word: sesame\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..20 {
        request.extend_from_slice(b"64\r\n");
        request.extend_from_slice(&[b'a'; 100]);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(call(house.address, &request).await.status, 413);
}

#[tokio::test]
async fn strangers_bodies_are_not_read() {
    let house = House::within(small()).await;
    // The body is announced and never sent: the answer comes all the same.
    let request = b"POST /hooks/other HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-length: 900\r\n\r\n";
    assert_eq!(call(house.address, request).await.status, 404);
}

#[rstest]
#[case::not_http(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec())]
#[case::nonsense(b"hello?\r\n\r\n".to_vec())]
#[case::two_lengths(post("/hooks/shop", "content-length: 3\r\nx-word: sesame\r\n", b"order"))]
#[case::negative_length(b"POST /hooks/shop HTTP/1.1\r\nhost: shop\r\ncontent-length: -1\r\nx-word: sesame\r\n\r\norder".to_vec())]
#[case::no_version(b"POST /hooks/shop\r\nx-word: sesame\r\n\r\norder".to_vec())]
#[case::null_in_a_header(post("/hooks/shop", "x-word: sesame\0\r\n", b"order"))]
#[case::endless_header(post("/hooks/shop", &format!("x-long: {}\r\nx-word: sesame\r\n", "a".repeat(100_000)), b"order"))]
#[case::many_headers(post("/hooks/shop", &"x-many: a\r\n".repeat(5_000), b"order"))]
#[tokio::test]
async fn what_is_no_proper_request_never_rings(#[case] bytes: Vec<u8>) {
    let house = House::within(impatient()).await;
    let answer = call(house.address, &bytes).await;
    assert!(
        answer.status == 0 || (400..500).contains(&answer.status),
        "{answer:?}"
    );
    assert_eq!(house.rings(), []);
    assert_eq!(call(house.address, &get("/healthz")).await.status, 200);
}

#[rstest]
#[case::says_nothing("")]
#[case::never_ends_its_headers("POST /hooks/shop HTTP/1.1\r\nhost: shop\r\nx-a: ")]
#[case::never_ends_its_body(
    "POST /hooks/shop HTTP/1.1\r\nhost: shop\r\nx-word: sesame\r\ncontent-length: 5\r\n\r\nord"
)]
#[tokio::test]
async fn a_caller_that_dawdles_is_hung_up_on(#[case] beginning: &str) {
    let house = House::within(impatient()).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    let answer = listen(&mut stream).await;
    assert!([0, 408].contains(&answer.status), "{answer:?}");
    assert_eq!(house.rings(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_is_shed_and_the_probes_still_answer() {
    let limits = Limits {
        in_flight: 2,
        ..Limits::default()
    };
    let house = House::within(limits).await;
    let address = house.address;
    let held: Vec<_> = (0..2)
        .map(|_| tokio::spawn(async move { call(address, &genuine("wait")).await.status }))
        .collect();
    let bell = std::sync::Arc::clone(&house.bell);
    tokio::task::spawn_blocking(move || bell.gate.wait_for(2))
        .await
        .unwrap();

    let shed = call(address, &genuine("order")).await;
    assert_eq!(shed.status, 503);
    assert!(shed.headers.contains("retry-after: "), "{}", shed.headers);
    assert_eq!(call(address, &get("/healthz")).await.status, 200);

    house.bell.gate.open();
    for one in held {
        assert_eq!(one.await.unwrap(), 200);
    }
    assert_eq!(call(address, &genuine("order")).await.status, 200);
    assert_eq!(house.rings().len(), 3);
}

#[tokio::test]
async fn more_connections_than_allowed_are_served_one_after_the_other() {
    let limits = Limits {
        connections: 1,
        ..impatient()
    };
    let house = House::within(limits).await;
    // Takes the only place and says nothing.
    let idle = TcpStream::connect(house.address).await.unwrap();
    assert_eq!(call(house.address, &genuine("order")).await.status, 200);
    drop(idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn told_to_stop_it_finishes_the_call_under_way() {
    let house = House::open().await;
    let address = house.address;
    let under_way = tokio::spawn(async move { call(address, &genuine("wait")).await.status });
    let bell = std::sync::Arc::clone(&house.bell);
    tokio::task::spawn_blocking(move || bell.gate.wait_for(1))
        .await
        .unwrap();
    house.stop.cancel();
    house.bell.gate.open();
    assert_eq!(under_way.await.unwrap(), 200);
    house.serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
