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

/// How often a waiting side looks whether its connection still stands. lapin leaves a request unanswered for ever when
/// it is made in the very moment in which the connection breaks.
const LOOK: Duration = Duration::from_millis(500);

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
    pub(super) async fn line(&self) -> Result<Line, QueueError> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = connection.as_ref()
            && connection.status().connected()
            && let Ok(line) = self.line_on(connection).await
        {
            return Ok(line);
        }
        let fresh = answer(&*self.clock, || true, self.connect()).await?;
        let line = self.line_on(&fresh).await?;
        *connection = Some(fresh);
        Ok(line)
    }

    async fn line_on(&self, connection: &Connection) -> Result<Line, QueueError> {
        let stands = || connection.status().connected();
        Ok(Line {
            channel: answer(&*self.clock, stands, connection.create_channel()).await?,
            clock: Arc::clone(&self.clock),
        })
    }

    async fn connect(&self) -> lapin::Result<Connection> {
        let properties = ConnectionProperties::default().with_connection_name(self.name.into());
        let connection = Connection::connect_uri(self.uri.clone(), properties).await?;
        // A broker that lost its data gets the common part back; routes are declared by who knows them.
        topology::declare_common(&connection.create_channel().await?).await?;
        Ok(connection)
    }
}

/// A channel, and the way to wait for answers on it.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) channel: Channel,
    clock: Arc<dyn Clock>,
}

impl Line {
    /// Whether it can still be used.
    pub(super) fn stands(&self) -> bool {
        self.channel.status().connected()
    }

    /// Returns when the channel broke.
    pub(super) async fn broken(&self) {
        broken(&*self.clock, || self.stands()).await;
    }

    /// Waits for the broker's answer, but not for ever.
    pub(super) async fn answer<T>(
        &self,
        request: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, QueueError> {
        answer(&*self.clock, || self.stands(), request).await
    }
}

async fn broken(clock: &dyn Clock, stands: impl Fn() -> bool) {
    while stands() {
        clock.sleep(LOOK).await;
    }
}

async fn answer<T>(
    clock: &dyn Clock,
    stands: impl Fn() -> bool,
    request: impl Future<Output = lapin::Result<T>>,
) -> Result<T, QueueError> {
    let broken = async {
        broken(clock, stands).await;
        // What the request itself has to say about the break comes first, if it says anything.
        clock.sleep(LOOK).await;
    };
    tokio::select! {
        answer = request => answer.map_err(failed),
        () = broken => Err(QueueError::Unavailable("the connection broke".to_owned())),
        () = clock.sleep(PATIENCE) => Err(QueueError::Unavailable(format!(
            "the broker has not answered for {} s",
            PATIENCE.as_secs()
        ))),
    }
}

/// What a failure at the broker means: some mend themselves, some only by hand.
fn failed(error: lapin::Error) -> QueueError {
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
