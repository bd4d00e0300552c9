//! What an installation shows of itself: its metrics, and one trace from the storefront's read to NetSuite's answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod collector;

use causeway_scenarios::{Installation, Metrics, configuration, free_port, until};
use collector::{Collector, attribute};
use opentelemetry_proto::tonic::trace::v1::Span;
use sandbox::{Options, Sandbox};

async fn sandbox() -> Sandbox {
    let mut options = Options {
        seed: 5,
        orders: 12,
        ..Options::default()
    };
    options.shopify.worked_by_hand = false;
    Sandbox::start(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_and_a_trace_show_the_way_of_an_order() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("causeway.yaml");
    let text = configuration(&sandbox, folder.path(), "main").to_string();
    std::fs::write(&file, text).unwrap();
    let database = format!("sqlite://{}", folder.path().join("causeway.db").display());
    let installation = Installation::new(
        folder.path(),
        database.clone(),
        format!("embedded:{database}"),
    );
    let collector = Collector::default();
    let otlp = format!("http://{}", collector.start().await);
    let [control, web] = [(); 2].map(|()| format!("127.0.0.1:{}", free_port()));
    let mut up = installation.role(&[
        "up",
        "--config",
        file.to_str().unwrap(),
        "--listen-control",
        &control,
        "--listen",
        &web,
        "--otlp",
        &otlp,
    ]);

    let all = until("every metric is fed", async || {
        up.assert_alive();
        let all = Metrics::of(&web).await;
        let of = ["sync=\"orders\"", "status=\"synced\""];
        let synced = all.sum("causeway_records_settled_total", &of);
        let slots = all.sum("causeway_slots_granted", &[]);
        let depth = all.sum("causeway_queue_depth", &[]);
        let fed = synced.is_some_and(|records| records >= 5) && slots.and(depth).is_some();
        let told = format!("{all:#?}");
        fed.then_some(all).ok_or(told)
    })
    .await;
    let sum = |name: &str, labels: &[&str]| all.sum(name, labels).unwrap();
    let written = [
        "merchant=\"main\"",
        "connection=\"netsuite\"",
        "status=\"204\"",
    ];
    assert!(
        sum("causeway_http_requests_total", &written) >= 5,
        "{all:#?}"
    );
    let read = ["connection=\"shop\"", "status=\"200\""];
    assert!(sum("causeway_http_requests_total", &read) >= 1, "{all:#?}");
    let account = ["account=\"netsuite\""];
    let (granted, in_use) = (
        sum("causeway_slots_granted", &account),
        sum("causeway_slots_in_use", &account),
    );
    assert!(granted >= 1 && in_use <= granted, "{in_use} of {granted}");
    let depth = sum("causeway_queue_depth", &["queue=\"main.netsuite.orders\""]);
    assert!(depth <= 12, "{depth}");
    let age = sum("causeway_oldest_unfinished_seconds", &["sync=\"orders\""]);
    assert!(age < 3_600, "{age}");

    // What is left of the spans is sent at the end.
    assert!(up.terminate().await.success());
    let spans = collector.spans();
    assert_one_trace_leads_to_netsuite(&spans);
    sandbox.stop().await;
}

/// The spans right below one.
fn below<'a>(spans: &'a [Span], parent: &'a Span) -> impl Iterator<Item = &'a Span> {
    let is_child =
        |span: &&Span| span.trace_id == parent.trace_id && span.parent_span_id == parent.span_id;
    spans.iter().filter(is_child)
}

fn has_call(spans: &[Span], parent: &Span, method: &str, path: &str, status: &str) -> bool {
    below(spans, parent).any(|call| {
        attribute(call, "method") == method
            && attribute(call, "path").contains(path)
            && attribute(call, "host") == "127.0.0.1"
            && attribute(call, "status") == status
    })
}

/// Read, published, taken and written: each below the one before, across the queue.
fn leads_to_netsuite(spans: &[Span], pull: &Span) -> bool {
    let published = below(spans, pull).filter(|span| span.name == "publish");
    let mut pushed = published.flat_map(|publish| below(spans, publish));
    has_call(spans, pull, "POST", "graphql", "200")
        && pushed.any(|push| {
            let mut writes = below(spans, push).filter(|span| span.name == "write");
            push.name == "push"
                && attribute(push, "target") == "netsuite"
                && writes.any(|write| has_call(spans, write, "POST", "salesOrder", "204"))
        })
}

/// All spans as an indented list, for whoever has to find out why.
fn told(spans: &[Span]) -> String {
    let line = |span: &Span| {
        let id = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let words = ["kind", "target", "path", "status"].map(|name| attribute(span, name));
        format!(
            "{} {} below {}: {} {}",
            id(&span.trace_id),
            id(&span.span_id),
            id(&span.parent_span_id),
            span.name,
            words.join(" ")
        )
    };
    spans.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn assert_one_trace_leads_to_netsuite(spans: &[Span]) {
    let mut reads = spans.iter().filter(|span| {
        span.name == "pull" && attribute(span, "kind") == "order" && span.parent_span_id.is_empty()
    });
    assert!(
        reads.any(|pull| leads_to_netsuite(spans, pull)),
        "{}",
        told(spans)
    );
    // A batch of several reads is found from each of them.
    for elsewhere in spans
        .iter()
        .filter(|span| span.name == "push in another trace")
    {
        let [link] = &elsewhere.links[..] else {
            panic!("{elsewhere:?}")
        };
        let batch = spans
            .iter()
            .find(|span| span.trace_id == link.trace_id && span.span_id == link.span_id);
        let back = |batch: &Span| {
            batch
                .links
                .iter()
                .any(|link| link.trace_id == elsewhere.trace_id)
        };
        assert!(
            batch.is_some_and(|batch| batch.name == "push" && back(batch)),
            "{}",
            told(spans)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_credentials_are_an_alert_until_they_are_mended() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("causeway.yaml");
    let text = configuration(&sandbox, folder.path(), "main").to_string();
    std::fs::write(&file, text).unwrap();
    let token = folder.path().join("shopify.token");
    let good = std::fs::read(&token).unwrap();
    std::fs::write(&token, "shpat_revoked").unwrap();
    let database = format!("sqlite://{}", folder.path().join("causeway.db").display());
    let queue = format!("embedded:{database}");
    let installation = Installation::new(folder.path(), database, queue);
    let address = format!("127.0.0.1:{}", free_port());
    let config = file.to_str().unwrap();
    let arguments = ["up", "--config", config, "--listen-control", &address];
    let control = format!("http://{address}");
    let ask = |words: &[&str]| {
        installation
            .ask(&[words, &["--control", &control]].concat())
            .1
    };

    let up = installation.role(&arguments);
    let alert = "pull order from shop has stopped";
    until("the alert is shown", async || {
        let said = ask(&["status"]);
        let shown = said
            .lines()
            .any(|line| line.starts_with("alert") && line.contains(alert));
        shown.then_some(()).ok_or(said)
    })
    .await;
    assert!(up.terminate().await.success());

    std::fs::write(&token, good).unwrap();
    let up = installation.role(&arguments);
    until("the alert is gone", async || {
        let said = ask(&["status"]);
        let there = said.contains("worker connected");
        (there && !said.contains("alert")).then_some(()).ok_or(said)
    })
    .await;
    let log = ask(&["log"]);
    assert_eq!(log.matches(alert).count(), 1, "{log}");
    assert!(log.contains("pull order from shop is well again"), "{log}");
    assert!(up.terminate().await.success());
    sandbox.stop().await;
}
