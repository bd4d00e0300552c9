//! The settlement of one delivery.

use std::sync::Arc;

use async_trait::async_trait;
use ports::queue::Receipt;
use ports::{QueueError, Settlement};
use tokio::sync::OwnedSemaphorePermit;

use super::settler::{Fate, Settler};
use super::store::Store;

pub(super) struct EmbeddedReceipt {
    id: i64,
    settler: Settler,
    settled: bool,
    /// The file stays this process's own while a delivery of it is in hand.
    _store: Arc<Store>,
    _in_flight: OwnedSemaphorePermit,
}

impl EmbeddedReceipt {
    pub(super) fn new(
        id: i64,
        settler: Settler,
        store: Arc<Store>,
        in_flight: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            id,
            settler,
            settled: false,
            _store: store,
            _in_flight: in_flight,
        }
    }
}

#[async_trait]
impl Receipt for EmbeddedReceipt {
    async fn settle(mut self: Box<Self>, how: Settlement) -> Result<(), QueueError> {
        // From here on the settler answers for the message, also when it fails.
        self.settled = true;
        self.settler.settle(self.id, Fate::Settled(how)).await
    }
}

impl Drop for EmbeddedReceipt {
    fn drop(&mut self) {
        if !self.settled {
            self.settler.abandon(self.id);
        }
    }
}
