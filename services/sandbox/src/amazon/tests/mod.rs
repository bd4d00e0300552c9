//! The seller's side of Amazon answers as its contract says, and refuses what Amazon refuses.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod contract;
mod feeds;
mod listings;
mod money;
mod orders;
mod outbound;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{Basket, Fulfiller, Options, Seller};
use crate::server::Server;
use crate::testclock::TestClock;
use crate::{Catalogue, Fault, Rule};

const US: &str = "ATVPDKIKX0DER";

/// The seller, reached over HTTP.
struct Lab {
    seller: Seller,
    time: TestClock,
    server: Server,
    client: reqwest::Client,
    token: String,
}

fn options() -> Options {
    Options {
        usage_plan: None,
        ..Options::default()
    }
}

impl Lab {
    async fn start(options: Options) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let time = TestClock::at("2026-03-02T12:00:00Z");
        let seller = Seller::new(options, 7, &Catalogue::new(7, 40), time.clock());
        let server = Server::start("127.0.0.1:0".parse().unwrap(), seller.router());
        let mut lab = Self {
            seller,
            time,
            server: server.await.unwrap(),
            client: reqwest::Client::builder().build().unwrap(),
            token: String::new(),
        };
        let (status, body) = lab.log_in("Atzr|sandbox-refresh", "sandbox-secret").await;
        assert_eq!(status, 200, "{body}");
        lab.token = body["access_token"].as_str().unwrap().to_owned();
        lab
    }

    async fn log_in(&self, refresh: &str, secret: &str) -> (u16, Json) {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "amzn1.application-oa2-client.sandbox"),
            ("client_secret", secret),
            ("refresh_token", refresh),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let url = format!("{}auth/o2/token", self.server.url());
        let request = self.client.post(url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let reply = request.body(body).send().await.unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap())
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let url = format!("{}{path}", self.server.url());
        let request = self.client.request(method.parse().unwrap(), url);
        let mut request = request.header("x-amz-access-token", &self.token);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        let bytes = reply.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Json::Null))
    }

    async fn get(&self, path: &str) -> (u16, Json) {
        self.send("GET", path, None).await
    }

    /// Gives a new token: the old one ran out as time went by.
    async fn log_in_again(&mut self) {
        let (_, body) = self.log_in("Atzr|sandbox-refresh", "sandbox-secret").await;
        self.token = body["access_token"].as_str().unwrap().to_owned();
    }

    /// Gets from a presigned address, and puts there.
    async fn storage(&self, address: &Json, put: Option<(&str, &str)>) -> (u16, Vec<u8>) {
        let url = address.as_str().unwrap();
        let request = match put {
            Some((kind, body)) => {
                let request = self.client.put(url).header("content-type", kind);
                request.body(body.to_owned())
            }
            None => self.client.get(url),
        };
        let reply = request.send().await.unwrap();
        (
            reply.status().as_u16(),
            reply.bytes().await.unwrap().to_vec(),
        )
    }

    /// A SKU that the seller sends, and one that Amazon keeps enough of.
    fn skus(&self) -> (String, String) {
        let own = self.seller.levels().into_keys().next().unwrap();
        let mut kept = self.seller.kept().into_iter();
        (own, kept.find(|(_, units)| *units > 20).unwrap().0)
    }

    /// An order that the seller sends, of three units of one item and one of another.
    fn order(&self) -> String {
        let skus = self.seller.levels().into_keys().take(2);
        let units = skus.zip([3, 1]).collect();
        self.seller
            .place(&basket(units, Fulfiller::Merchant))
            .unwrap()
    }

    fn told(&self, order: &str) -> Json {
        let mut all = self.seller.orders().into_iter();
        all.find(|one| one["orderId"] == order).unwrap()
    }
}

fn basket(units: Vec<(String, u32)>, by: Fulfiller) -> Basket {
    Basket {
        marketplace: US.to_owned(),
        by,
        units,
        pending: false,
    }
}

#[tokio::test]
async fn a_token_is_given_to_whom_it_is_due_and_runs_out() {
    let lab = Lab::start(options()).await;
    let (status, body) = lab.log_in("Atzr|other", "sandbox-secret").await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
    let (status, body) = lab.log_in("Atzr|sandbox-refresh", "other").await;
    assert_eq!((status, &body["error"]), (401, &json!("invalid_client")));
    let path = "sellers/v1/marketplaceParticipations";
    assert_eq!(lab.get(path).await.0, 200);
    lab.time.advance(3599);
    assert_eq!(lab.get(path).await.0, 200);
    lab.time.advance(1);
    let (status, body) = lab.get(path).await;
    assert_eq!(
        (status, &body["errors"][0]["code"]),
        (403, &json!("Unauthorized"))
    );
}

#[tokio::test]
async fn every_operation_has_a_bucket_of_its_own() {
    let lab = Lab::start(Options::default()).await;
    let path = "orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z";
    for _ in 0..20 {
        assert_eq!(lab.get(path).await.0, 200);
    }
    let (status, body) = lab.get(path).await;
    assert_eq!(
        (status, &body["errors"][0]["code"]),
        (429, &json!("QuotaExceeded"))
    );
    assert_eq!(lab.get("sellers/v1/marketplaceParticipations").await.0, 200);
    // 0.0056 a second: one more after 179 seconds.
    lab.time.advance(178);
    assert_eq!(lab.get(path).await.0, 429);
    lab.time.advance(1);
    assert_eq!(lab.get(path).await.0, 200);
    let url = format!("{}{path}", lab.server.url());
    let request = lab.client.get(url).header("x-amz-access-token", &lab.token);
    let reply = request.send().await.unwrap();
    assert_eq!(reply.headers()["x-amzn-ratelimit-limit"], "0.0056");
}

#[tokio::test]
async fn faults_are_worded_as_amazon_words_them() {
    let lab = Lab::start(options()).await;
    for (fault, status, code) in [
        (Fault::Refuse, 429, "QuotaExceeded"),
        (Fault::FailBefore, 500, "InternalFailure"),
        (Fault::Expire, 403, "Unauthorized"),
    ] {
        lab.seller.faults().set(vec![Rule::always(fault)]);
        let (told, body) = lab.get("sellers/v1/marketplaceParticipations").await;
        assert_eq!((told, &body["errors"][0]["code"]), (status, &json!(code)));
    }
}

fn unpack(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(bytes);
    std::io::Read::read_to_string(&mut unpacked, &mut text).unwrap();
    text
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_person_may_do_all_of_it_by_hand() {
    let lab = Lab::start(options()).await;
    let sku = lab.skus().1;
    let wanted = json!(basket(vec![(sku, 2)], Fulfiller::Amazon));
    let (_, placed) = lab.send("POST", "_sandbox/place", Some(&wanted)).await;
    let named = json!({ "order": placed });
    let path = "_sandbox/ship-by-amazon";
    assert_eq!(lab.send("POST", path, Some(&named)).await.0, 204);
    assert_eq!(lab.send("POST", path, Some(&named)).await.0, 409);
    let back = json!({ "order": placed, "line": 0, "units": 1 });
    assert_eq!(
        lab.send("POST", "_sandbox/refund", Some(&back)).await.0,
        200
    );
    let (_, reports) = lab.send("POST", "_sandbox/settle", None).await;
    assert_eq!(reports.as_array().unwrap().len(), 1);
    let (_, orders) = lab.get("_sandbox/orders").await;
    assert_eq!(orders[0]["orderId"], placed);
}
