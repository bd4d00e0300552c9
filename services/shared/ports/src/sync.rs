//! A sync at run time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use commerce::{ConnectionId, Kind, MerchantId, SyncId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

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

/// How often a sync looks for changes, besides being woken, and how often both its ends are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Time between two looks.
    pub every: Duration,
    /// When its ends are compared.
    pub audit: Audit,
}

/// When both ends of a sync are compared with the ledger, and how far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Time between two comparisons; `None` = the usual one.
    pub every: Option<Duration>,
    /// How far back. What is a state and not an occurrence has no age: at the target all of it is compared.
    pub back: Duration,
}

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

impl Default for Audit {
    fn default() -> Self {
        Self {
            every: None,
            back: 7 * DAY,
        }
    }
}

impl Audit {
    /// Time between two comparisons of the source: an hour, unless set.
    #[must_use]
    pub fn of_source(&self) -> Duration {
        self.every.unwrap_or(HOUR)
    }

    /// Time between two comparisons of the target: unless set an hour, and a day for states, which are many and are looked at one by one.
    #[must_use]
    pub fn of_target(&self, kind: Kind) -> Duration {
        let usual = if is_state(kind) { DAY } else { HOUR };
        self.every.unwrap_or(usual)
    }
}

/// Whether records of a kind tell how something stands, and not that something happened.
#[must_use]
pub const fn is_state(kind: Kind) -> bool {
    matches!(kind, Kind::Stock | Kind::Price | Kind::Product)
}

/// Audits that somebody asks for, beside those that are due: by sync, when it was last asked for. Clones share what is asked.
#[derive(Debug, Clone)]
pub struct AuditCalls(Arc<watch::Sender<BTreeMap<SyncId, Timestamp>>>);

impl Default for AuditCalls {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(BTreeMap::new())))
    }
}

impl AuditCalls {
    /// Asks for a comparison of both ends of a sync.
    pub fn ask(&self, sync: SyncId, now: Timestamp) {
        self.0.send_modify(|asked| {
            asked.insert(sync, now);
        });
    }

    /// What is asked for, and the bell that rings when something is.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<BTreeMap<SyncId, Timestamp>> {
        self.0.subscribe()
    }
}

/// Whether a comparison last made `at` that time is due: its time has come, or somebody has asked for it since.
#[must_use]
pub fn audit_is_due(
    at: Option<Timestamp>,
    every: Duration,
    asked: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let Some(at) = at else {
        return true;
    };
    let rested = now.checked_sub(every).is_ok_and(|since| at <= since);
    rested || asked.is_some_and(|asked| at < asked)
}
