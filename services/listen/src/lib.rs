//! The one role that faces the internet: it answers webhooks. It holds webhook secrets and nothing else, and all it can do is
//! ring: a call that is lost, forged or repeated costs a look at the source, never data.

mod answer;
mod limits;
mod routes;
mod server;
mod tally;

use std::collections::BTreeMap;
use std::sync::Arc;

use commerce::{ConnectionId, Kind};
use ports::Doorbell;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use limits::Limits;
pub use server::Error;

/// Told which connection has something new of which kinds. Must not block: the caller of the webhook waits meanwhile.
pub type Ring = Arc<dyn Fn(&ConnectionId, &'static [Kind]) + Send + Sync>;

/// The process's metrics in Prometheus' text format.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What is answered, and how.
pub struct Listen {
    /// Whose webhooks are answered at `/hooks/<connection>`.
    pub doorbells: BTreeMap<ConnectionId, Arc<dyn Doorbell>>,
    /// What a genuine webhook does.
    pub ring: Ring,
    /// What `/metrics` shows, besides the counts of webhooks.
    pub metrics: Metrics,
    /// How much anybody may ask for.
    pub limits: Limits,
}

impl Listen {
    /// Answers until told to stop; calls under way are finished.
    ///
    /// # Errors
    /// [`Error`] when the socket cannot be used.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) -> Result<(), Error> {
        let limits = self.limits;
        let router = routes::routes(self, stop.clone());
        server::serve(listener, router, limits, stop).await
    }
}

/// Answers webhooks within the usual [`Limits`], until told to stop.
///
/// # Errors
/// [`Error`] when the socket cannot be used.
pub async fn serve(
    listener: TcpListener,
    doorbells: BTreeMap<ConnectionId, Arc<dyn Doorbell>>,
    ring: Ring,
    metrics: Metrics,
    stop: CancellationToken,
) -> Result<(), Error> {
    let limits = Limits::default();
    Listen {
        doorbells,
        ring,
        metrics,
        limits,
    }
    .serve(listener, stop)
    .await
}
