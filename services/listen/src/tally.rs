//! How many webhooks came, and what became of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use commerce::ConnectionId;

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Genuine; the puller was woken.
    Rung,
    /// Genuine, about nothing that is synced.
    Idle,
    /// Its topic or shape means nothing to us.
    Unreadable,
    /// Forged or stale.
    Forged,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Rung, Self::Idle, Self::Unreadable, Self::Forged];

    const fn name(self) -> &'static str {
        match self {
            Self::Rung => "rung",
            Self::Idle => "idle",
            Self::Unreadable => "unreadable",
            Self::Forged => "forged",
        }
    }
}

/// Counts per connection. Only configured connections are counted by name: strangers cannot make it grow.
#[derive(Debug)]
pub(crate) struct Tally {
    known: BTreeMap<ConnectionId, [AtomicU64; 4]>,
    unknown: AtomicU64,
}

impl Tally {
    pub(crate) fn new<'a>(connections: impl IntoIterator<Item = &'a ConnectionId>) -> Self {
        Self {
            known: connections
                .into_iter()
                .map(|id| (id.clone(), Default::default()))
                .collect(),
            unknown: AtomicU64::new(0),
        }
    }

    pub(crate) fn count(&self, connection: &ConnectionId, fate: Fate) {
        let counts = self.known.get(connection).into_iter().flatten();
        for (count, _) in counts.zip(Fate::ALL).filter(|(_, one)| *one == fate) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn count_unknown(&self) {
        self.unknown.fetch_add(1, Ordering::Relaxed);
    }

    /// In Prometheus' text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from(
            "# HELP causeway_webhooks_total Webhooks received, by what became of them.\n# TYPE causeway_webhooks_total counter\n",
        );
        let mut line = |connection: &str, fate: &str, count: &AtomicU64| {
            let count = count.load(Ordering::Relaxed);
            // Writing to a String cannot fail.
            writeln!(
                text,
                "causeway_webhooks_total{{connection=\"{connection}\",fate=\"{fate}\"}} {count}"
            )
            .ok();
        };
        for (connection, counts) in &self.known {
            for (count, fate) in counts.iter().zip(Fate::ALL) {
                line(connection.as_str(), fate.name(), count);
            }
        }
        line("", "unknown_connection", &self.unknown);
        text
    }
}
