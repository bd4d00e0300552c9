//! Whether the connection can do its work.

use std::sync::Arc;

use async_trait::async_trait;
use kit::{Rest, bad, good, warning};
use ports::{Fault, Finding, Health, Lane, Probe};
use serde_json::Value;

use crate::Settings;

/// Looks at credentials, the store, the warehouses and the rate.
pub(crate) struct Checkup {
    pub(crate) settings: Arc<Settings>,
    pub(crate) api: Rest,
}

#[async_trait]
impl Probe for Checkup {
    async fn probe(&self) -> Result<Health, Fault> {
        let reply = self.api.get(Lane::Bulk, "stores", &[]).await;
        let reply = reply.map_err(|failure| failure.fault)?;
        let stores: Vec<Value> = reply.json()?;
        let mut findings = vec![self.rate(reply.headers.get("x-rate-limit-limit"))];
        let mut identity = "ShipStation".to_owned();
        if let Some(store) = self.settings.store {
            let there = named(&stores, "storeId", store, "storeName");
            identity = there.clone().unwrap_or(identity);
            findings.push(found(
                "store",
                store,
                there,
                "Settings > Selling Channels lists them",
            ));
        }
        if !self.settings.warehouses.is_empty() {
            let known: Vec<Value> = self.api.list(Lane::Bulk, "warehouses", &[]).await?;
            for id in self.settings.warehouses.values() {
                let there = named(&known, "warehouseId", *id, "warehouseName");
                findings.push(found(
                    "warehouse",
                    *id,
                    there,
                    "Settings > Shipping > Ship From Locations lists them",
                ));
            }
        }
        Ok(Health { identity, findings })
    }
}

impl Checkup {
    fn rate(&self, limit: Option<&str>) -> Finding {
        let asked = self.settings.requests_per_minute;
        let limit = limit.and_then(|text| text.trim().parse::<u32>().ok());
        let too_many = limit.is_some_and(|limit| asked > limit);
        let detail = match limit {
            Some(limit) if too_many => format!(
                "the account takes {limit} a minute, {asked} are set: lower requests_per_minute"
            ),
            Some(limit) => format!("{asked} of the account's {limit} a minute"),
            None => format!("{asked} a minute; the account does not tell its limit"),
        };
        let found = if too_many { warning } else { good };
        found("requests", detail)
    }
}

fn named(all: &[Value], id: &str, wanted: u64, name: &str) -> Option<String> {
    let one = all
        .iter()
        .find(|one| one.get(id).and_then(Value::as_u64) == Some(wanted))?;
    Some(one.get(name)?.as_str()?.to_owned())
}

fn found(what: &str, id: u64, there: Option<String>, advice: &str) -> Finding {
    let what_id = format!("{what} {id}");
    match there {
        Some(name) => good(&what_id, name),
        None => bad(
            &what_id,
            format!("the account has no such {what}: {advice}"),
        ),
    }
}
