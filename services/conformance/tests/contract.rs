//! Every endpoint keeps the contract, and what the documents say of it is true.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use causeway_conformance::{check, names};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_keeps_it() {
    let mut broken = Vec::new();
    for name in names() {
        let report = check(name).await.unwrap();
        for finding in report.broken() {
            broken.push(format!(
                "{name}: {} ({:?}): {}",
                finding.clause.name,
                finding.kind,
                finding.result.as_ref().unwrap_err()
            ));
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
