//! Setting up a process's telemetry, once: so all of it is one test.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::time::Duration;

use causeway_telemetry::{Error, Options, init, metrics, trace};

#[tokio::test]
async fn the_process_counts_logs_and_traces_after_a_single_set_up() {
    metrics::events_published("main", "shop", "order", 100);
    let nonsense = Options {
        filter: "info,[".to_owned(),
        ..Options::default()
    };
    assert!(matches!(init(nonsense), Err(Error::Filter { .. })));
    let nowhere = Options {
        otlp_endpoint: Some("no address".to_owned()),
        ..Options::default()
    };
    assert!(matches!(init(nowhere), Err(Error::Otlp { .. })));

    // The collector is not there: that must hurt nobody.
    let options = Options {
        json_logs: true,
        otlp_endpoint: Some("http://127.0.0.1:9".to_owned()),
        ..Options::default()
    };
    let telemetry = init(options).unwrap();
    assert!(matches!(init(Options::default()), Err(Error::Already)));

    let span = tracing::info_span!(target: "causeway_test", "read");
    assert!(span.in_scope(trace::current).traceparent.starts_with("00-"));
    let foreign = tracing::info_span!(target: "h2", "frame");
    assert_eq!(foreign.in_scope(trace::current).traceparent, "");

    metrics::events_published("main", "shop", "order", 50);
    metrics::records_settled("main", "orders", "synced", 2);
    metrics::write_took("main", "orders", Duration::from_millis(1_500));
    metrics::level_age("main", "stock", Duration::from_secs(4));
    metrics::http_request("main", "netsuite", 204);
    metrics::queue_depth("main", "main.netsuite.orders", 7);
    metrics::oldest_unfinished("main", "orders", Duration::from_secs(90));
    metrics::slots("netsuite-1", 3, 5);
    let text = telemetry.metrics_text().unwrap();
    for line in [
        r#"causeway_events_published_total{connection="shop",kind="order",merchant="main"} 50"#,
        r#"causeway_records_settled_total{merchant="main",status="synced",sync="orders"} 2"#,
        r#"causeway_write_duration_seconds_bucket{merchant="main",sync="orders",le="2"} 1"#,
        r#"causeway_level_age_seconds_bucket{merchant="main",sync="stock",le="5"} 1"#,
        r#"causeway_http_requests_total{connection="netsuite",merchant="main",status="204"} 1"#,
        r#"causeway_queue_depth{merchant="main",queue="main.netsuite.orders"} 7"#,
        r#"causeway_oldest_unfinished_seconds{merchant="main",sync="orders"} 90"#,
        r#"causeway_slots_in_use{account="netsuite-1"} 3"#,
        r#"causeway_slots_granted{account="netsuite-1"} 5"#,
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    drop(span);
    // Ends although the last spans cannot be sent.
    tokio::task::spawn_blocking(move || telemetry.shutdown())
        .await
        .unwrap();
}
