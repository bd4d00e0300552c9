//! Tells people when something is not well (a connection's work has stopped, records are missing), and when it is again: once each, through
//! the audit log.

use std::collections::HashSet;
use std::sync::Arc;

use commerce::MerchantId;
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::ledger::{AuditEntry, Ledger, LedgerError};

/// The action of an entry that says that something is not well.
const ALERT: &str = "alert";
/// The action of the entry that ends it.
const RESOLVED: &str = "resolved";

/// How far back among the latest audit entries alerts are looked for.
pub const LATEST_ALERTS: usize = 200;

/// Raises alerts and takes them back. The audit log is the only memory: whether an alert stands is read there, so that a restart, a new
/// configuration and a second process neither repeat it nor leave it standing.
pub struct Alarm {
    merchant: MerchantId,
    ledger: Arc<dyn Ledger>,
    /// What is known to be well, so that success costs a look into the log only once. Held while the log is read and written: of batches that fail
    /// together, one tells.
    well: Mutex<HashSet<String>>,
}

impl Alarm {
    /// An alarm that knows nothing yet.
    #[must_use]
    pub fn new(merchant: MerchantId, ledger: Arc<dyn Ledger>) -> Self {
        Self {
            merchant,
            ledger,
            well: Mutex::default(),
        }
    }

    /// Tells, in these words, that something (`push order to netsuite`) is not well. Writes nothing while an alert about it stands.
    ///
    /// # Errors
    /// [`LedgerError`]: nothing was written; the next repeat of the trouble tells it.
    pub async fn raise(&self, about: &str, what: &str, now: Timestamp) -> Result<(), LedgerError> {
        let mut well = self.well.lock().await;
        well.remove(about);
        if self.stands(about).await? {
            return Ok(());
        }
        self.write(about, ALERT, what.to_owned(), now).await
    }

    /// Tells that it is well. Writes something only where an alert about it stands.
    ///
    /// # Errors
    /// [`LedgerError`]: nothing was written; the next success tells it.
    pub async fn resolve(&self, about: &str, now: Timestamp) -> Result<(), LedgerError> {
        let mut well = self.well.lock().await;
        if well.contains(about) {
            return Ok(());
        }
        if self.stands(about).await? {
            let what = format!("{about} is well again");
            self.write(about, RESOLVED, what, now).await?;
        }
        well.insert(about.to_owned());
        Ok(())
    }

    async fn stands(&self, about: &str) -> Result<bool, LedgerError> {
        let log = self.ledger.audit_log(&self.merchant, LATEST_ALERTS).await?;
        Ok(standing_alerts(&log).any(|alert| alert.by == about))
    }

    async fn write(
        &self,
        about: &str,
        action: &str,
        detail: String,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let entry = AuditEntry {
            at: now,
            by: about.to_owned(),
            action: action.to_owned(),
            detail,
        };
        self.ledger.audit(&self.merchant, &entry).await
    }
}

/// The alerts that nothing has ended yet, of a log that begins with its newest entry.
pub fn standing_alerts(log: &[AuditEntry]) -> impl Iterator<Item = &AuditEntry> {
    let mut told = HashSet::new();
    log.iter()
        .filter(|entry| [ALERT, RESOLVED].contains(&entry.action.as_str()))
        .filter(move |entry| told.insert(entry.by.as_str()))
        .filter(|entry| entry.action == ALERT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(by: &str, action: &str) -> AuditEntry {
        AuditEntry {
            at: Timestamp::UNIX_EPOCH,
            by: by.to_owned(),
            action: action.to_owned(),
            detail: String::new(),
        }
    }

    #[test]
    fn an_alert_stands_until_its_own_work_goes_on() {
        let newest_first = [
            entry("push order to netsuite", ALERT),
            entry("ann", "pause"),
            entry("push order to netsuite", RESOLVED),
            entry("pull stock from netsuite", RESOLVED),
            entry("pull order from shop", ALERT),
            entry("pull stock from netsuite", ALERT),
        ];
        let standing: Vec<&str> = standing_alerts(&newest_first)
            .map(|entry| entry.by.as_str())
            .collect();
        assert_eq!(standing, ["push order to netsuite", "pull order from shop"]);
    }
}
