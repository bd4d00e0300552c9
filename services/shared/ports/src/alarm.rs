//! Tells people when a connection's work has stopped, and when it goes on: once each, through the audit log.

use std::collections::HashSet;
use std::sync::Arc;

use commerce::MerchantId;
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::ledger::{AuditEntry, Ledger, LedgerError};

/// The action of an entry that says that work has stopped.
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
    /// Work known to go well, so that success costs a look into the log only once. Held while the log is read and written: of batches that fail
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

    /// That work (`push order to netsuite`) has stopped, in these words. Writes nothing while an alert about it stands.
    ///
    /// # Errors
    /// [`LedgerError`]: nothing was written; the next repeat of the fault tells it.
    pub async fn stopped(&self, work: &str, why: &str, now: Timestamp) -> Result<(), LedgerError> {
        let mut well = self.well.lock().await;
        well.remove(work);
        if self.stands(work).await? {
            return Ok(());
        }
        self.write(work, ALERT, format!("{work} has stopped: {why}"), now)
            .await
    }

    /// That work goes well. Writes something only where an alert about it stands.
    ///
    /// # Errors
    /// [`LedgerError`]: nothing was written; the next success tells it.
    pub async fn works(&self, work: &str, now: Timestamp) -> Result<(), LedgerError> {
        let mut well = self.well.lock().await;
        if well.contains(work) {
            return Ok(());
        }
        if self.stands(work).await? {
            self.write(work, RESOLVED, format!("{work} works again"), now)
                .await?;
        }
        well.insert(work.to_owned());
        Ok(())
    }

    async fn stands(&self, work: &str) -> Result<bool, LedgerError> {
        let log = self.ledger.audit_log(&self.merchant, LATEST_ALERTS).await?;
        Ok(standing_alerts(&log).any(|alert| alert.by == work))
    }

    async fn write(
        &self,
        work: &str,
        action: &str,
        detail: String,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let entry = AuditEntry {
            at: now,
            by: work.to_owned(),
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
