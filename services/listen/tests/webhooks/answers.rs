//! What a webhook is answered.

use commerce::Kind;
use rstest::rstest;

use crate::caller::{call, genuine, get, post};
use crate::house::House;

#[tokio::test]
async fn a_genuine_webhook_rings() {
    let house = House::open().await;
    assert_eq!(call(house.address, &genuine("order")).await.status, 200);
    assert_eq!(house.rings(), [("shop".to_owned(), Kind::Order)]);
}

#[tokio::test]
async fn a_webhook_rings_for_every_kind_it_tells_of() {
    let house = House::open().await;
    let call = call(house.address, &genuine("order and refund")).await;
    assert_eq!(call.status, 200);
    let shop = || "shop".to_owned();
    assert_eq!(
        house.rings(),
        [(shop(), Kind::Order), (shop(), Kind::Refund)]
    );
}

#[rstest]
#[case::about_nothing_synced("nothing")]
#[case::unknown_topic("weather")]
#[case::empty("")]
#[tokio::test]
async fn a_genuine_webhook_we_have_no_use_for_is_taken_and_does_not_ring(#[case] body: &str) {
    let house = House::open().await;
    assert_eq!(call(house.address, &genuine(body)).await.status, 200);
    assert_eq!(house.rings(), []);
}

#[rstest]
#[case::no_word("")]
#[case::wrong_word("x-word: open\r\n")]
#[case::right_then_wrong("x-word: sesame\r\nx-word: open\r\n")]
#[case::twice("x-word: sesame\r\nX-Word: sesame\r\n")]
#[case::not_utf8("x-word: sesam\u{e9}\r\n")]
#[case::empty("x-word:\r\n")]
#[tokio::test]
async fn a_forged_webhook_is_turned_away(#[case] headers: &str) {
    let house = House::open().await;
    let answer = call(house.address, &post("/hooks/shop", headers, b"order")).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (401, "not accepted\n")
    );
    assert_eq!(house.rings(), []);
}

#[tokio::test]
async fn header_names_are_compared_in_lower_case() {
    let house = House::open().await;
    let loud = post("/hooks/shop", "X-WORD: sesame\r\n", b"order");
    assert_eq!(call(house.address, &loud).await.status, 200);
    assert_eq!(house.rings().len(), 1);
}

#[rstest]
#[case("/hooks/other")]
#[case("/hooks/SHOP")]
#[case("/hooks/%73hop2")]
#[case("/hooks/..%2f..%2fetc%2fpasswd")]
#[case("/hooks/%ff%fe")]
#[case("/hooks/%00")]
#[tokio::test]
async fn an_unknown_connection_is_turned_away_in_the_same_words(#[case] path: &str) {
    let house = House::open().await;
    let answer = call(house.address, &post(path, "x-word: sesame\r\n", b"order")).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (404, "not accepted\n")
    );
    assert_eq!(house.rings(), []);
}

#[rstest]
#[case("/hooks/")]
#[case("/hooks/shop/more")]
#[case("/")]
#[tokio::test]
async fn other_paths_lead_nowhere(#[case] path: &str) {
    let house = House::open().await;
    let answer = call(house.address, &post(path, "x-word: sesame\r\n", b"order")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(house.rings(), []);
}

#[rstest]
#[case("GET")]
#[case("PUT")]
#[case("DELETE")]
#[case("BREW")]
#[tokio::test]
async fn only_post_rings(#[case] method: &str) {
    let house = House::open().await;
    let request = format!(
        "{method} /hooks/shop HTTP/1.1\r\nhost: shop\r\nconnection: close\r\nx-word: sesame\r\n\r\n"
    );
    assert_eq!(call(house.address, request.as_bytes()).await.status, 405);
    assert_eq!(house.rings(), []);
}

#[tokio::test]
async fn a_panicking_doorbell_costs_one_answer_only() {
    let house = House::open().await;
    assert_eq!(call(house.address, &genuine("panic")).await.status, 500);
    assert_eq!(call(house.address, &genuine("order")).await.status, 200);
}

#[tokio::test]
async fn probes_answer() {
    let house = House::open().await;
    assert_eq!(call(house.address, &get("/healthz")).await.status, 200);
    assert_eq!(call(house.address, &get("/readyz")).await.status, 200);
}

#[tokio::test]
async fn metrics_count_what_became_of_webhooks() {
    let house = House::open().await;
    for body in ["order", "order", "nothing", "weather"] {
        call(house.address, &genuine(body)).await;
    }
    call(house.address, &post("/hooks/shop", "", b"order")).await;
    call(house.address, &post("/hooks/x\"y", "", b"order")).await;
    let metrics = call(house.address, &get("/metrics")).await.body;
    assert!(metrics.starts_with("other_metric 1\n"), "{metrics}");
    for line in [
        r#"causeway_webhooks_total{connection="shop",fate="rung"} 2"#,
        r#"causeway_webhooks_total{connection="shop",fate="idle"} 1"#,
        r#"causeway_webhooks_total{connection="shop",fate="unreadable"} 1"#,
        r#"causeway_webhooks_total{connection="shop",fate="forged"} 1"#,
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line} is not in\n{metrics}"
        );
    }
}
