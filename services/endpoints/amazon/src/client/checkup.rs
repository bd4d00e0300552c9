//! Whether the connection can do its work.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use ports::{Fault, Finding, Health, Lane, Probe, Severity};

use super::Api;
use crate::Settings;

/// More than this between Amazon's clock and ours is told.
const MOST_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Looks at the credentials, and at whether orders and listings may be read.
pub(crate) struct Checkup {
    pub(crate) settings: Arc<Settings>,
    pub(crate) api: Api,
}

#[async_trait]
impl Probe for Checkup {
    async fn probe(&self) -> Result<Health, Fault> {
        let settings = &self.settings;
        let places = settings.marketplaces.join(",");
        let query = [("marketplaceIds", places.as_str()), ("pageSize", "1")];
        let path = ["listings", "2021-08-01", "items", &settings.seller];
        let reply = self.api.get(Lane::Bulk, &path, &query).await;
        let reply = reply.map_err(|failure| failure.fault)?;
        reply.json::<serde_json::Value>()?;
        let mut findings = vec![finding(
            "right: listings",
            Severity::Good,
            "listings may be read".to_owned(),
        )];
        if let Some(server) = reply.date() {
            let ahead = reply.received_at.duration_since(server);
            let seconds = ahead.as_secs();
            let detail = format!("{seconds} s ahead of Amazon's");
            findings.push(if ahead.abs() <= MOST_SKEW {
                finding("clock", Severity::Good, detail)
            } else {
                let advice = format!("this machine's clock is {detail}: synchronize it");
                finding("clock", Severity::Warning, advice)
            });
        }
        if settings.orders.by_amazon == settings.orders.by_seller && !settings.orders.by_amazon {
            let why = "neither 'orders.by_seller' nor 'orders.by_amazon' is set: no order is read";
            findings.push(finding("orders", Severity::Warning, why.to_owned()));
        }
        Ok(Health {
            identity: format!("Amazon seller {} ({places})", settings.seller),
            findings,
        })
    }
}

fn finding(what: &str, severity: Severity, detail: String) -> Finding {
    Finding {
        what: what.to_owned(),
        severity,
        detail,
    }
}
