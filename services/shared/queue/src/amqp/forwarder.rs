//! Moves single messages on, many at a time.

use ports::QueueError;
use tokio::sync::{mpsc, oneshot};

use super::courier::{Courier, Parcel, Returned};

/// How many messages are sent in one batch.
const MOST: usize = 256;

type Request = (Parcel, oneshot::Sender<Result<(), QueueError>>);

/// Gathers what is settled at the same time into batches. Everything waiting comes from deliveries in hand, so
/// prefetch bounds it.
#[derive(Clone)]
pub(super) struct Forwarder(mpsc::UnboundedSender<Request>);

impl Forwarder {
    pub(super) fn start(courier: Courier) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(forward(courier, receiver));
        Self(sender)
    }

    /// `Ok` when the message is on the broker.
    pub(super) async fn send(&self, parcel: Parcel) -> Result<(), QueueError> {
        let (reply, outcome) = oneshot::channel();
        let gone = || QueueError::Unavailable("the queue is closed".to_owned());
        self.0.send((parcel, reply)).map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

async fn forward(courier: Courier, mut requests: mpsc::UnboundedReceiver<Request>) {
    let mut batch = Vec::new();
    while requests.recv_many(&mut batch, MOST).await > 0 {
        let (parcels, replies): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let sent = courier.send(&parcels).await;
        for (parcel, reply) in parcels.iter().zip(replies) {
            // Nobody waits any more: then the delivery was dropped and comes again.
            drop(reply.send(outcome(&sent, parcel)));
        }
    }
}

fn outcome(sent: &Result<Returned, QueueError>, parcel: &Parcel) -> Result<(), QueueError> {
    match sent {
        Ok(returned) if returned.holds(parcel) => Err(QueueError::Unroutable(parcel.key.clone())),
        Ok(_) => Ok(()),
        Err(error) => Err(QueueError::Unavailable(error.to_string())),
    }
}
