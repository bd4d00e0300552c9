//! One trace from the storefront's read through the queue to the other side's answer.

use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Where a trace goes on: the two headers of W3C Trace Context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraceContext {
    /// `traceparent`; empty when nothing is traced.
    pub traceparent: String,
    /// `tracestate`; often empty.
    pub tracestate: String,
}

impl Injector for TraceContext {
    fn set(&mut self, key: &str, value: String) {
        match key {
            "traceparent" => self.traceparent = value,
            "tracestate" => self.tracestate = value,
            _ => {}
        }
    }
}

impl Extractor for TraceContext {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => Some(&self.traceparent),
            "tracestate" => Some(&self.tracestate),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// Where the current span's trace goes on, to be sent along with a message; empty when nothing is traced.
#[must_use]
pub fn current() -> TraceContext {
    of(&Span::current())
}

/// Where a span's trace goes on; empty when nothing is traced.
#[must_use]
pub fn of(span: &Span) -> TraceContext {
    let mut carried = TraceContext::default();
    TraceContextPropagator::new().inject_context(&span.context(), &mut carried);
    carried
}

/// The same as headers, for an HTTP client to send along.
#[must_use]
pub fn headers() -> [(&'static str, String); 2] {
    let TraceContext {
        traceparent,
        tracestate,
    } = current();
    [("traceparent", traceparent), ("tracestate", tracestate)]
}

/// Makes the span a part of the trace that a message carries. To be called before the span is entered; without effect when nothing is
/// traced or the message carries no trace.
pub fn set_parent(span: &Span, carried: &TraceContext) {
    if !carried.traceparent.is_empty() {
        // Fails where nothing is traced.
        let _untraced = span.set_parent(TraceContextPropagator::new().extract(carried));
    }
}

/// Links the span to a place in another trace, so that a viewer leads from one to the other. Without effect when nothing is traced.
pub fn link(span: &Span, carried: &TraceContext) {
    let context = TraceContextPropagator::new().extract(carried);
    let place = context.span().span_context().clone();
    if place.is_valid() {
        span.add_link(place);
    }
}

#[cfg(test)]
mod tests {
    use super::{TraceContext, current, link, set_parent};
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
    use tracing_subscriber::layer::SubscriberExt as _;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn carried(traceparent: &str, tracestate: &str) -> TraceContext {
        TraceContext {
            traceparent: traceparent.to_owned(),
            tracestate: tracestate.to_owned(),
        }
    }

    fn traced() -> (InMemorySpanExporter, tracing::subscriber::DefaultGuard) {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        (exporter, guard)
    }

    #[test]
    fn a_span_goes_on_with_the_trace_it_is_given() {
        let _traced = traced();
        let span = tracing::info_span!("write");
        set_parent(&span, &carried(PARENT, "vendor=1"));
        let carried = span.in_scope(current);
        assert!(
            carried
                .traceparent
                .starts_with("00-0af7651916cd43dd8448eb211c80319c-")
        );
        assert_ne!(carried.traceparent, PARENT);
        assert_eq!(carried.tracestate, "vendor=1");
    }

    #[test]
    fn a_link_leads_to_the_other_trace_and_nonsense_nowhere() {
        let (exporter, _guard) = traced();
        let span = tracing::info_span!("write");
        link(&span, &carried(PARENT, ""));
        link(&span, &carried("nonsense", ""));
        drop(span);
        let spans = exporter.get_finished_spans().unwrap();
        let links: Vec<String> = spans[0]
            .links
            .iter()
            .map(|link| link.span_context.trace_id().to_string())
            .collect();
        assert_eq!(links, ["0af7651916cd43dd8448eb211c80319c"]);
    }

    #[test]
    fn nonsense_begins_a_new_trace() {
        let _traced = traced();
        let span = tracing::info_span!("write");
        set_parent(&span, &carried("nonsense", ""));
        let carried = span.in_scope(current);
        assert!(carried.traceparent.starts_with("00-"));
    }

    #[test]
    fn without_tracing_nothing_is_carried() {
        let span = tracing::info_span!("write");
        set_parent(&span, &carried(PARENT, ""));
        link(&span, &carried(PARENT, ""));
        assert_eq!(span.in_scope(current), TraceContext::default());
    }
}
