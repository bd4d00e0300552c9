//! Events into the exchange.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commerce::Event;
use ports::{Clock, Publisher, QueueError, Urgency};

use super::courier::{Courier, Parcel};
use super::{headers, topology};
use crate::message;

/// Rests between the attempts at one batch: enough for a connection that broke, not for a broker that is gone.
const RESTS: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
];

pub(super) struct AmqpPublisher {
    courier: Courier,
    clock: Arc<dyn Clock>,
}

impl AmqpPublisher {
    pub(super) fn new(courier: Courier, clock: Arc<dyn Clock>) -> Self {
        Self { courier, clock }
    }

    async fn publish_once(&self, parcels: &[Parcel]) -> Result<(), QueueError> {
        match self.courier.send(parcels).await?.keys() {
            Some(keys) => Err(QueueError::Unroutable(keys)),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Publisher for AmqpPublisher {
    async fn publish(&self, events: &[Event], urgency: Urgency) -> Result<(), QueueError> {
        let parcels: Vec<Parcel> = events.iter().map(|event| parcel(event, urgency)).collect();
        for rest in RESTS {
            match self.publish_once(&parcels).await {
                Err(QueueError::Unavailable(why)) => {
                    tracing::warn!(why, "publishing again");
                    self.clock.sleep(rest).await;
                }
                outcome => return outcome,
            }
        }
        self.publish_once(&parcels).await
    }
}

fn parcel(event: &Event, urgency: Urgency) -> Parcel {
    Parcel {
        exchange: topology::EVENTS.to_owned(),
        key: topology::routing_key(&event.merchant, &event.connection, event.kind(), urgency),
        properties: headers::event(event.id),
        body: message::encode(event),
    }
}
