//! Whether the connection can do its work.

use std::sync::Arc;

use async_trait::async_trait;
use kit::{Rest, bad, clock, good, warning};
use ports::{Fault, Finding, Health, Lane, Probe};
use serde::Deserialize;

use crate::Settings;
use crate::wire::Text;

/// The first version whose API lists the refunds of all orders.
const LISTS_REFUNDS: u32 = 9;

pub(crate) struct Checkup {
    settings: Arc<Settings>,
    api: Rest,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    environment: Environment,
    settings: ShopSettings,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Environment {
    home_url: Text,
    version: Text,
    wp_version: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShopSettings {
    currency: Text,
}

impl Checkup {
    pub(crate) const fn new(settings: Arc<Settings>, api: Rest) -> Self {
        Self { settings, api }
    }

    /// A batch of nothing changes nothing, and is refused to a key that may only read.
    async fn may_write(&self) -> Finding {
        let what = "right: write";
        match self.api.ask(Lane::Orders, "orders/batch", "{}").await {
            Ok(_) => good(what, "the key may write".to_owned()),
            Err(fault @ Fault::Unauthorized { .. }) => bad(
                what,
                format!(
                    "{fault}. Make a key with the right 'Read/Write', of a user who manages the shop"
                ),
            ),
            Err(fault) => warning(what, format!("not known: {fault}")),
        }
    }
}

#[async_trait]
impl Probe for Checkup {
    async fn probe(&self) -> Result<Health, Fault> {
        let query = [("per_page", "1"), ("_fields", "id")];
        let reply = self.api.get(Lane::Orders, "orders", &query).await?;
        reply.json::<Vec<serde_json::Value>>()?;
        let mut findings = vec![good("right: read", "the key may read orders".to_owned())];
        findings.push(self.may_write().await);
        findings.extend(clock(&reply));
        let query = [("_fields", "environment,settings")];
        let status = self.api.get(Lane::Orders, "system_status", &query).await;
        let status = status.map_err(|failure| failure.fault);
        let status: Status = match status.and_then(|reply| reply.json()) {
            Ok(status) => status,
            Err(fault) => {
                findings.push(warning("version", format!("not known: {fault}")));
                Status::default()
            }
        };
        findings.extend(version(&status));
        if self.settings.webhook_secrets.is_empty() {
            findings.push(warning(
                "webhooks",
                "without 'webhook_secrets' changes are seen at the next look only".to_owned(),
            ));
        }
        Ok(Health {
            identity: identity(&status).unwrap_or_else(|| self.settings.url.to_string()),
            findings,
        })
    }
}

/// What the site calls itself, where the key may see it.
fn identity(status: &Status) -> Option<String> {
    let environment = &status.environment;
    (!environment.version.0.is_empty()).then(|| {
        format!(
            "{} (WooCommerce {}, WordPress {}, {})",
            environment.home_url.0,
            environment.version.0,
            environment.wp_version.0,
            status.settings.currency.0
        )
    })
}

fn version(status: &Status) -> Option<Finding> {
    let version = &status.environment.version.0;
    let major: u32 = version.split('.').next()?.parse().ok()?;
    Some(if major >= LISTS_REFUNDS {
        good("version", format!("WooCommerce {version}"))
    } else {
        warning(
            "version",
            format!(
                "WooCommerce {version} has no list of all refunds: they cannot be read before version {LISTS_REFUNDS}.0"
            ),
        )
    })
}
