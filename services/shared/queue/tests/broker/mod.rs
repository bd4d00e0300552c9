//! A RabbitMQ to test against, and a way to it that can be cut.

mod proxy;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use commerce::MerchantId;
use lapin::options::{BasicPublishOptions, QueueDeleteOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use ports::{Clock, Queue, SystemClock};

use crate::suite::bench::Backend;
pub use proxy::Proxy;

pub struct Broker {
    url: String,
}

impl Broker {
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
        }
    }

    async fn channel(&self) -> (Connection, lapin::Channel) {
        let connection = Connection::connect(&self.url, ConnectionProperties::default())
            .await
            .unwrap();
        let channel = connection.create_channel().await.unwrap();
        (connection, channel)
    }
}

/// A merchant nobody has had on this broker: tests run at the same time, and earlier ones may have left something.
pub fn fresh_merchant(promise: &str) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = promise.replace('_', "-");
    let name = name.get(..20).unwrap_or(&name);
    format!("t{}-{count}-{name}", std::process::id())
}

#[async_trait]
impl Backend for Broker {
    async fn open(&self) -> Arc<dyn Queue> {
        causeway_queue::open(&self.url, Arc::new(SystemClock))
            .await
            .unwrap()
    }

    async fn inject(&self, merchant: &MerchantId, body: &[u8]) {
        let (_connection, channel) = self.channel().await;
        channel
            .basic_publish(
                "causeway.events".into(),
                format!("{merchant}.shop.stock").into(),
                BasicPublishOptions::default(),
                body,
                BasicProperties::default(),
            )
            .await
            .unwrap()
            .await
            .unwrap();
    }

    async fn pass(&self, time: Duration) {
        SystemClock.sleep(time).await;
    }

    async fn clean(&self, merchant: &MerchantId) {
        let (_connection, channel) = self.channel().await;
        let mut queues = vec![format!("causeway.buried.{merchant}")];
        for target in ["erp", "warehouse"] {
            for lane in ports::Lane::ALL {
                queues.push(format!("causeway.{merchant}.{target}.{}", lane.as_str()));
            }
        }
        for queue in queues {
            channel
                .queue_delete(queue.into(), QueueDeleteOptions::default())
                .await
                .unwrap();
        }
    }
}
