//! How many records a second go through claim and record, in batches of 250 with an exchange each.
//! `cargo run --release -p causeway-ledger --example ledger_throughput [-- URL [records]]`; without a URL a new SQLite file is used.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement, not part of the service"
)]

use std::time::{Duration, Instant};

use causeway_ledger as ledger;
use commerce::{ConnectionId, Digest, ExternalId, Kind, MerchantId, RecordKey, Revision, SyncId};
use jiff::Timestamp;
use ports::ledger::{ClaimRequest, Holder, Outcome, Step, StepKind, SyncRef};
use ports::{Exchange, ExchangeReply, Status, Twin};

const BATCH: usize = 250;

/// Text that compresses as an order's JSON does, not as zeros do.
fn body(seed: usize, bytes: usize) -> String {
    let mut text = String::new();
    let mut n = seed.wrapping_mul(2_654_435_761);
    while text.len() < bytes {
        n = n
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("\"field{}\":\"{:x}\",", n % 40, n >> 40));
    }
    text
}

fn requests(run: usize, batch: usize) -> Vec<ClaimRequest> {
    (0..BATCH)
        .map(|n| {
            let id = format!("{run}-{:07}", batch * BATCH + n);
            ClaimRequest {
                number: format!("#{id}"),
                revision: Revision {
                    at: "2026-03-01T12:00:00Z".parse().unwrap(),
                    digest: Digest::of([id.as_bytes()]),
                },
                key: RecordKey {
                    kind: Kind::Order,
                    id: ExternalId::new(id).unwrap(),
                },
            }
        })
        .collect()
}

fn outcome(request: &ClaimRequest, n: usize) -> Outcome {
    let exchange = Exchange {
        method: "POST".to_owned(),
        url: "https://erp.test/services/rest/record/v1/salesOrder".to_owned(),
        request: body(n, 1_200),
        reply: Some(ExchangeReply {
            status: 204,
            body: String::new(),
            reference: None,
        }),
        took_ms: 900,
        error: None,
        kept: None,
    };
    Outcome {
        key: request.key.clone(),
        number: request.number.clone(),
        revision: request.revision,
        status: Status::Synced,
        reason: None,
        actor: None,
        twin: Some(Twin {
            id: ExternalId::new(format!("{n}")).unwrap(),
            number: Some(format!("SO{n}")),
        }),
        waits_for: None,
        next_try: None,
        releases: Vec::new(),
        made_of: None,
        event: body(n + 1, 800).into(),
        steps: vec![Step {
            at: Timestamp::now(),
            kind: StepKind::Written,
            note: "created".to_owned(),
            push: None,
            exchange: Some(exchange),
        }],
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = std::env::temp_dir().join(format!("causeway-throughput-{}.db", std::process::id()));
    let url = arguments
        .next()
        .unwrap_or_else(|| format!("sqlite://{}", file.display()));
    let records: usize = arguments.next().map_or(25_000, |n| n.parse().unwrap());
    ledger::migrate(&url).await.unwrap();
    let ledger = ledger::open(&url).await.unwrap();
    let sync = SyncRef {
        merchant: MerchantId::default(),
        id: SyncId::new("orders").unwrap(),
        from: ConnectionId::new("shop").unwrap(),
        to: ConnectionId::new("erp").unwrap(),
    };
    let holder = Holder("throughput".to_owned());
    let run = std::process::id() as usize;
    let (mut claiming, mut recording) = (Duration::ZERO, Duration::ZERO);
    for batch in 0..records / BATCH {
        let requests = requests(run, batch);
        let outcomes: Vec<Outcome> = requests
            .iter()
            .enumerate()
            .map(|(n, request)| outcome(request, batch * BATCH + n))
            .collect();
        let start = Instant::now();
        ledger
            .claim(
                &sync,
                &holder,
                Duration::from_secs(60),
                Timestamp::now(),
                &requests,
            )
            .await
            .unwrap();
        let claimed = Instant::now();
        ledger
            .record(&sync, &holder, Timestamp::now(), &outcomes)
            .await
            .unwrap();
        claiming += claimed - start;
        recording += claimed.elapsed();
    }
    let total = (claiming + recording).as_millis().max(1);
    let done = (records / BATCH * BATCH) as u128;
    println!(
        "{} records/s ({done} records; claim {claiming:?}, record {recording:?})",
        done * 1000 / total
    );
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", file.display())).ok();
    }
}
