//! What a batch looks like in the traces of its events.

use commerce::Event;
use opentelemetry::trace::{SpanId, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::bench::Bench;
use crate::order::good;

const READS: [&str; 2] = [
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01",
];

fn read_by(id: &str, traceparent: &str) -> Event {
    let mut event = good(id);
    traceparent.clone_into(&mut event.trace.traceparent);
    event
}

fn place(span: &SpanData) -> String {
    let context = &span.span_context;
    format!("00-{}-{}-01", context.trace_id(), context.span_id())
}

fn parent(span: &SpanData) -> String {
    format!(
        "00-{}-{}-01",
        span.span_context.trace_id(),
        span.parent_span_id
    )
}

fn links(span: &SpanData) -> Vec<String> {
    let places = span.links.iter().map(|link| &link.span_context);
    places
        .map(|context| format!("00-{}-{}-01", context.trace_id(), context.span_id()))
        .collect()
}

#[tokio::test]
async fn a_batch_of_two_reads_is_found_from_both_traces() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    // For all threads: the ledger's, too, hold spans for a moment and close them. Other tests' batches carry no trace.
    let registry = tracing_subscriber::registry().with(layer);
    tracing::subscriber::set_global_default(registry).unwrap();

    let bench = Bench::new().await;
    let [first, second] = READS;
    bench
        .push(vec![
            read_by("1", first),
            read_by("2", second),
            read_by("3", first),
            read_by("4", second),
        ])
        .await;

    let ours = |span: &SpanData| {
        let trace = span.span_context.trace_id().to_string();
        READS.iter().any(|read| read.contains(&trace))
    };
    let finished = || {
        let mut spans = exporter.get_finished_spans().unwrap();
        spans.retain(ours);
        spans
    };
    for _ in 0..10_000 {
        if finished().iter().any(|span| span.name == "push") {
            break;
        }
        std::thread::yield_now();
    }
    let spans = finished();
    let named =
        |name: &str| -> Vec<&SpanData> { spans.iter().filter(|span| span.name == name).collect() };
    let [batch] = named("push")[..] else {
        panic!("{spans:#?}")
    };
    let [elsewhere] = named("push in another trace")[..] else {
        panic!("{spans:#?}")
    };
    assert_eq!(parent(batch), first);
    assert_eq!(links(batch), [second]);
    assert_eq!(parent(elsewhere), second);
    assert_eq!(links(elsewhere), [place(batch)]);
    for step in ["claim", "write", "record"] {
        assert!(named(step).iter().all(|span| parent(span) == place(batch)));
        assert_eq!(named(step).len(), 1, "{step}");
    }
    assert!(
        spans
            .iter()
            .all(|span| span.parent_span_id != SpanId::INVALID)
    );
}
