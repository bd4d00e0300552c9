//! One trace from the storefront's read through the queue to the other side's answer.

use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
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
    let mut carried = TraceContext::default();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carried);
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
pub fn set_parent(span: &Span, traceparent: &str, tracestate: &str) {
    if traceparent.is_empty() {
        return;
    }
    let carried = TraceContext {
        traceparent: traceparent.to_owned(),
        tracestate: tracestate.to_owned(),
    };
    let context = TraceContextPropagator::new().extract(&carried);
    // Fails where nothing is traced.
    let _untraced = span.set_parent(context);
}

#[cfg(test)]
mod tests {
    use super::{current, set_parent};
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt as _;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn traced() -> tracing::subscriber::DefaultGuard {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::set_default(tracing_subscriber::registry().with(layer))
    }

    #[test]
    fn a_span_goes_on_with_the_trace_it_is_given() {
        let _guard = traced();
        let span = tracing::info_span!("write");
        set_parent(&span, PARENT, "vendor=1");
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
    fn nonsense_begins_a_new_trace() {
        let _guard = traced();
        let span = tracing::info_span!("write");
        set_parent(&span, "nonsense", "");
        let carried = span.in_scope(current);
        assert!(carried.traceparent.starts_with("00-"));
    }

    #[test]
    fn without_tracing_nothing_is_carried() {
        let span = tracing::info_span!("write");
        set_parent(&span, PARENT, "");
        assert_eq!(span.in_scope(current), super::TraceContext::default());
    }
}
