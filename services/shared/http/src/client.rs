//! The client and what it is made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ports::{Budget, Clock, Feedback, Lane, Permit};

use crate::redact::Redactor;
use crate::vendor::Vendor;

/// An idle connection is closed by us before the load balancers of this world do it (60 s and more): a write that meets a connection
/// closed under its feet is uncertain and has to be looked up.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

/// How a client behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The longest wait for a connection, TLS included. Default 5 s.
    pub connect_timeout: Duration,
    /// The longest wait for a whole answer to a read. Default 30 s.
    pub read_timeout: Duration,
    /// The longest wait for a whole answer to a write. Default 120 s: a slow save is still a save.
    pub write_timeout: Duration,
    /// How we call ourselves. Default `causeway/<version>`.
    pub user_agent: String,
    /// Bodies in exchanges are cut to this many bytes. Default 16 KiB.
    pub kept_body_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(120),
            user_agent: concat!("causeway/", env!("CARGO_PKG_VERSION")).to_owned(),
            kept_body_bytes: 16 * 1024,
        }
    }
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "the HTTP client cannot be set up: {0}; check the machine's certificate store (ca-certificates, SSL_CERT_FILE)"
)]
pub struct ClientError(String);

/// Says where the current span's trace goes on, as headers (`traceparent`, `tracestate`); empty values are not sent.
pub type TraceHeaders = fn() -> [(&'static str, String); 2];

/// Told of every sending: the answer's status, 0 when no whole answer came.
pub type Observer = Arc<dyn Fn(u16) + Send + Sync>;

/// One HTTP client for one connection. Cheap to clone; clones share the pool of connections and the budget.
#[derive(Clone)]
pub struct Client {
    pub(crate) wire: reqwest::Client,
    pub(crate) options: Arc<Options>,
    pub(crate) budget: Arc<dyn Budget>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) redactor: Arc<Redactor>,
    pub(crate) vendor: Option<Arc<dyn Vendor>>,
    pub(crate) trace: Option<TraceHeaders>,
    pub(crate) observer: Option<Observer>,
    pub(crate) holds_writes_back: bool,
}

impl Client {
    /// A client without a vendor: no credentials, answers judged by status.
    ///
    /// # Errors
    /// [`ClientError`] when TLS cannot be set up on this machine.
    pub fn new(
        options: Options,
        budget: Arc<dyn Budget>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ClientError> {
        // Fails when a provider is installed already, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let wire = reqwest::Client::builder()
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION)
            // A redirected write could be done twice, and a signature only holds for the address it was made for.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(&options.user_agent)
            .build()
            .map_err(|error| ClientError(error.to_string()))?;
        Ok(Self {
            wire,
            options: Arc::new(options),
            budget,
            clock,
            redactor: Arc::new(Redactor::new(&[])),
            vendor: None,
            trace: None,
            observer: None,
            holds_writes_back: false,
        })
    }

    /// The same client speaking to one vendor.
    #[must_use]
    pub fn with_vendor(&self, vendor: Arc<dyn Vendor>) -> Self {
        Self {
            redactor: Arc::new(Redactor::new(vendor.secret_names())),
            vendor: Some(vendor),
            ..self.clone()
        }
    }

    /// The same client in a dry run: reads pass; a write is not sent but returned as [`ports::Fault::DryRun`], with the request in the exchange.
    #[must_use]
    pub fn dry_run(&self) -> Self {
        Self {
            holds_writes_back: true,
            ..self.clone()
        }
    }

    /// The same client carrying the trace on to the other side. The headers are asked for within the request's own span.
    #[must_use]
    pub fn with_trace(&self, headers: TraceHeaders) -> Self {
        Self {
            trace: Some(headers),
            ..self.clone()
        }
    }

    /// The same client telling of every request it sends, those for tokens included.
    #[must_use]
    pub fn with_observer(&self, observer: Observer) -> Self {
        Self {
            observer: Some(observer),
            ..self.clone()
        }
    }

    /// The clock it was made with.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The client for a vendor's token requests. It has leave already: the request to be authorized holds a slot and waits meanwhile,
    /// so that one slot is enough for both and the signature is made when the wait for the budget is over.
    pub(crate) fn transport(&self) -> Self {
        Self {
            budget: Arc::new(Covered),
            vendor: None,
            holds_writes_back: false,
            ..self.clone()
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("options", &self.options)
            .field("budget", &self.budget)
            .field("has_vendor", &self.vendor.is_some())
            .field("holds_writes_back", &self.holds_writes_back)
            .finish_non_exhaustive()
    }
}

/// The budget of calls made under another call's leave.
#[derive(Debug)]
struct Covered;

#[async_trait]
impl Budget for Covered {
    async fn acquire(&self, _lane: Lane, _points: u32) -> Box<dyn Permit> {
        Box::new(Self)
    }
}

impl Permit for Covered {
    fn finish(self: Box<Self>, _feedback: Feedback) {}
}
