//! A sync at run time.

use std::time::Duration;

use commerce::{ConnectionId, Kind, MerchantId, SyncId};
use serde::{Deserialize, Serialize};

/// Records of one kind go from one connection to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// Whose records.
    pub merchant: MerchantId,
    /// The sync's name.
    pub id: SyncId,
    /// What kind of record.
    pub kind: Kind,
    /// Read from here.
    pub from: ConnectionId,
    /// Written there.
    pub to: ConnectionId,
    /// How often to look.
    pub schedule: Schedule,
    /// Whether it is switched off. Events already queued are kept.
    pub paused: bool,
}

/// How often a sync looks for changes, besides being woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schedule {
    /// Time between two looks.
    pub every: Duration,
}
