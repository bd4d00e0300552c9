//! Wakes readers before their schedule does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use commerce::{ConnectionId, Kind};
use tokio::sync::Notify;

/// Bells by connection and kind. A bell rung while its reader is at work makes it look once more afterwards.
#[derive(Debug, Clone, Default)]
pub struct Wake {
    bells: Arc<Mutex<Bells>>,
}

type Bells = HashMap<(ConnectionId, Kind), Arc<Notify>>;

impl Wake {
    /// The bell of a stream.
    #[must_use]
    pub fn bell(&self, connection: &ConnectionId, kind: Kind) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry((connection.clone(), kind)).or_default())
    }

    /// Rings it.
    pub fn ring(&self, connection: &ConnectionId, kind: Kind) {
        self.bell(connection, kind).notify_one();
    }
}
