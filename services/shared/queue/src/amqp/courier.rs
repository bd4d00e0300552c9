//! Publishing with certainty.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Channel, Confirmation};
use ports::QueueError;
use tokio::sync::Mutex;

use super::link::{Line, Link};

/// How many messages may wait for their confirms at once.
const WINDOW: usize = 1_000;

/// One message to publish.
pub(super) struct Parcel {
    pub(super) exchange: String,
    pub(super) key: String,
    pub(super) properties: BasicProperties,
    pub(super) body: Vec<u8>,
}

impl Parcel {
    fn address(&self) -> Address {
        (self.exchange.clone(), self.key.clone())
    }
}

/// Exchange and routing key: what decides whether a message has somewhere to go.
type Address = (String, String);

/// Addresses that lead nowhere. A message sent there is not on the broker.
#[derive(Default)]
pub(super) struct Returned(HashSet<Address>);

impl Returned {
    fn take(&mut self, confirmation: Confirmation) -> Result<(), QueueError> {
        match confirmation {
            Confirmation::Ack(returned) => {
                self.0.extend(returned.map(|message| {
                    (
                        message.delivery.exchange.to_string(),
                        message.delivery.routing_key.to_string(),
                    )
                }));
                Ok(())
            }
            Confirmation::Nack(_) | Confirmation::NotRequested => Err(QueueError::Unavailable(
                "the broker did not take a message".to_owned(),
            )),
        }
    }

    pub(super) fn holds(&self, parcel: &Parcel) -> bool {
        !self.0.is_empty() && self.0.contains(&parcel.address())
    }

    /// The routing keys, for a message to people.
    pub(super) fn keys(&self) -> Option<String> {
        let mut keys: Vec<&str> = self.0.iter().map(|(_, key)| key.as_str()).collect();
        keys.sort_unstable();
        (!keys.is_empty()).then(|| keys.join(", "))
    }
}

/// A confirming channel that carries one batch at a time: lapin hands a returned message to whichever confirm comes
/// next, so that only the batch as a whole knows what was returned.
pub(super) struct Courier {
    link: Arc<Link>,
    line: Mutex<Option<Line>>,
}

impl Courier {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            line: Mutex::new(None),
        }
    }

    /// Publishes all; what is not returned is on the broker's disks when this is `Ok`. On an error nothing is certain.
    pub(super) async fn send(&self, parcels: &[Parcel]) -> Result<Returned, QueueError> {
        let mut place = self.line.lock().await;
        // Taken out, so that a channel with confirms outstanding is given up also when this future is dropped.
        let line = match place.take().filter(Line::stands) {
            Some(line) => line,
            None => self.confirming().await?,
        };
        let mut returned = Returned::default();
        for window in parcels.chunks(WINDOW) {
            let sent = window.iter().map(|parcel| send_one(&line.channel, parcel));
            for confirmation in line.answer(try_join_all(sent)).await? {
                returned.take(confirmation)?;
            }
        }
        *place = Some(line);
        Ok(returned)
    }

    async fn confirming(&self) -> Result<Line, QueueError> {
        let line = self.link.line().await?;
        let select = line.channel.confirm_select(ConfirmSelectOptions::default());
        line.answer(select).await?;
        Ok(line)
    }
}

/// Publishes one message and waits for its confirm, which may bring a returned message, this one or another.
async fn send_one(channel: &Channel, parcel: &Parcel) -> lapin::Result<Confirmation> {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let confirm = channel
        .basic_publish(
            parcel.exchange.as_str().into(),
            parcel.key.as_str().into(),
            options,
            &parcel.body,
            parcel.properties.clone(),
        )
        .await?;
    confirm.await
}
