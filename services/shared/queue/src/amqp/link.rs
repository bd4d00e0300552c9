//! A connection that is made anew when it broke.

use std::sync::Arc;
use std::time::Duration;

use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, ErrorKind};
use ports::{Clock, QueueError};
use tokio::sync::Mutex;

use super::topology;

/// A broker that is silent for so long is taken as gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection to the broker. lapin's own recovery stays off: it keeps channels alive across connections, and with
/// them the question which confirm belongs to which message. Here a channel ends with its connection, its unsettled
/// deliveries fail to settle, and whoever needs a channel asks for a new one.
pub(super) struct Link {
    uri: AMQPUri,
    name: &'static str,
    clock: Arc<dyn Clock>,
    connection: Mutex<Option<Connection>>,
}

impl Link {
    pub(super) fn new(
        url: &str,
        name: &'static str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, QueueError> {
        let uri = url.parse().map_err(|why| {
            QueueError::Configuration(format!("the broker's URL cannot be read: {why}"))
        })?;
        Ok(Self {
            uri,
            name,
            clock,
            connection: Mutex::new(None),
        })
    }

    /// A new channel, on a new connection where the last one broke.
    pub(super) async fn channel(&self) -> Result<Channel, QueueError> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = connection.as_ref()
            && connection.status().connected()
            && let Ok(channel) = self.patiently(connection.create_channel()).await
        {
            return Ok(channel);
        }
        let fresh = self.patiently(self.connect()).await?;
        let channel = self.patiently(fresh.create_channel()).await?;
        *connection = Some(fresh);
        Ok(channel)
    }

    async fn connect(&self) -> Result<Connection, QueueError> {
        let properties = ConnectionProperties::default().with_connection_name(self.name.into());
        let connection = Connection::connect_uri(self.uri.clone(), properties)
            .await
            .map_err(failed)?;
        // A broker that lost its data gets the common part back; routes are declared by who knows them.
        let channel = connection.create_channel().await.map_err(failed)?;
        topology::declare_common(&channel).await?;
        Ok(connection)
    }

    /// Waits for the broker, but not for ever.
    pub(super) async fn patiently<T, E>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, QueueError>
    where
        QueueError: FromBroker<E>,
    {
        tokio::select! {
            answer = answer => answer.map_err(QueueError::from_broker),
            () = self.clock.sleep(PATIENCE) => Err(QueueError::Unavailable(format!(
                "the broker has not answered for {} s",
                PATIENCE.as_secs()
            ))),
        }
    }
}

/// lapin's errors and our own, both seen as ours.
pub(super) trait FromBroker<E> {
    fn from_broker(error: E) -> Self;
}

impl FromBroker<lapin::Error> for QueueError {
    fn from_broker(error: lapin::Error) -> Self {
        failed(error)
    }
}

impl FromBroker<Self> for QueueError {
    fn from_broker(error: Self) -> Self {
        error
    }
}

/// What a failure at the broker means: some mend themselves, some only by hand.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
pub(super) fn failed(error: lapin::Error) -> QueueError {
    let by_hand = match error.kind() {
        ErrorKind::ProtocolError(error) => matches!(
            error.kind(),
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED | AMQPSoftError::PRECONDITIONFAILED)
        ),
        _ => false,
    };
    if by_hand {
        QueueError::Configuration(format!("the broker refuses: {error}"))
    } else {
        QueueError::Unavailable(error.to_string())
    }
}
