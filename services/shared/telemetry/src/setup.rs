//! Setting up and shutting down.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prometheus::{Registry, TextEncoder};
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use crate::metrics;

/// What is wanted of telemetry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The role's name in traces (`pusher-netsuite`).
    pub service: String,
    /// Logs as one JSON object a line, instead of lines for people.
    pub json_logs: bool,
    /// The collector's OTLP address over gRPC (`http://collector:4317`); without one, nothing is traced.
    pub otlp_endpoint: Option<String>,
    /// Which logs are written, in the words of `RUST_LOG` (`info,causeway_http=debug`).
    pub filter: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            service: "causeway".to_owned(),
            json_logs: false,
            otlp_endpoint: None,
            filter: "info".to_owned(),
        }
    }
}

/// Telemetry cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The filter makes no sense.
    #[error("log filter '{filter}': {why}; write for instance info,causeway_http=debug")]
    Filter {
        /// The filter.
        filter: String,
        /// What is wrong with it.
        why: String,
    },
    /// The OTLP address cannot be used, or there is no runtime to use it in.
    #[error("traces to {endpoint}: {why}")]
    Otlp {
        /// The address.
        endpoint: String,
        /// What is wrong.
        why: String,
    },
    /// The metrics cannot be set up or written.
    #[error("metrics: {0}")]
    Metrics(String),
    /// The process has its telemetry already.
    #[error("telemetry is set up already in this process")]
    Already,
}

/// The process's telemetry. Dropped, it sends what is left and ends.
#[derive(Debug)]
pub struct Telemetry {
    registry: Registry,
    meters: SdkMeterProvider,
    traces: Option<SdkTracerProvider>,
}

/// Sets up logs, traces and metrics for the process. With an OTLP address, call it within the Tokio runtime.
///
/// # Errors
/// [`Error`] when the options make no sense, or on a second call.
pub fn init(options: Options) -> Result<Telemetry, Error> {
    let traces = match &options.otlp_endpoint {
        Some(endpoint) => Some(traces(&options.service, endpoint)?),
        None => None,
    };
    let spans = traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("causeway"))
            // A connection that is written to is a span's target too, and would lose its name to that of the module.
            .with_target(false)
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(is_traced))
    });
    tracing_subscriber::registry()
        .with(spans)
        .with(logs(&options)?)
        .try_init()
        .map_err(|_| Error::Already)?;
    let registry = Registry::new();
    let meters = meters(&registry, &options.service)?;
    metrics::install(&meters);
    Ok(Telemetry {
        registry,
        meters,
        traces,
    })
}

impl Telemetry {
    /// All metrics, in Prometheus' text format.
    ///
    /// # Errors
    /// [`Error::Metrics`] when they cannot be written down.
    pub fn metrics_text(&self) -> Result<String, Error> {
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .map_err(|error| Error::Metrics(error.to_string()))
    }

    /// Sends what is left and ends; blocks for a few seconds at most.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last spans could not be sent");
        }
        if let Err(error) = self.meters.shutdown() {
            tracing::debug!(%error, "metrics ended with an error");
        }
    }
}

/// Only our own spans are traced: those of the exporter's own connection would never end.
fn is_traced(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("causeway") && *metadata.level() <= LevelFilter::INFO
}

fn logs<S>(options: &Options) -> Result<Box<dyn Layer<S> + Send + Sync>, Error>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let filter = EnvFilter::builder()
        .parse(&options.filter)
        .map_err(|error| Error::Filter {
            filter: options.filter.clone(),
            why: error.to_string(),
        })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    Ok(if options.json_logs {
        lines.json().with_filter(filter).boxed()
    } else {
        lines.with_filter(filter).boxed()
    })
}

fn resource(service: &str) -> Resource {
    Resource::builder()
        .with_service_name(service.to_owned())
        .build()
}

fn traces(service: &str, endpoint: &str) -> Result<SdkTracerProvider, Error> {
    let error = |why: String| Error::Otlp {
        endpoint: endpoint.to_owned(),
        why,
    };
    // The exporter's connection lives in the runtime, and panics without one.
    tokio::runtime::Handle::try_current().map_err(|missing| error(missing.to_string()))?;
    drop(rustls::crypto::ring::default_provider().install_default());
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .map_err(|build| error(build.to_string()))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource(service))
        .build())
}

fn meters(registry: &Registry, service: &str) -> Result<SdkMeterProvider, Error> {
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .with_namespace("causeway")
        .scope_info_enabled(false)
        .build()
        .map_err(|error| Error::Metrics(error.to_string()))?;
    Ok(SdkMeterProvider::builder()
        .with_reader(exporter)
        .with_resource(resource(service))
        .build())
}
