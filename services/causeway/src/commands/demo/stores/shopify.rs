//! The Shopify shop.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::Sandbox;
use url::Url;

use super::{Becomes, Placed, Sent, Storefront};
use crate::commands::demo::configuration::Folder;
use crate::commands::demo::orders::number;
use crate::commands::demo::pools::{POOLS, Pool};

pub(super) struct Shop;

impl Storefront for Shop {
    fn name(&self) -> &'static str {
        "Shopify"
    }

    fn url<'a>(&self, sandbox: &'a Sandbox) -> &'a Url {
        sandbox.shopify_url()
    }

    fn settings(
        &self,
        sandbox: &Sandbox,
        kinds: &[Kind],
        folder: &Folder,
    ) -> anyhow::Result<String> {
        let token = folder.write("shopify.token", "shpat_sandbox")?;
        let webhooks = folder.write("shopify.webhook-secret", "sandbox-secret")?;
        let refunds = if kinds.contains(&Kind::Refund) {
            "separate"
        } else {
            "deducted"
        };
        let mut locations = String::new();
        for pool in &POOLS {
            if let Some(location) = pool.shown_at(sandbox.catalogue()) {
                writeln!(
                    locations,
                    "        {}: \"{}\"",
                    pool.name, location.shopify_id
                )?;
            }
        }
        Ok(format!(
            r#"    endpoint: shopify
    settings:
      url: {url}
      auth: {{ access_token: "file:{token}" }}
      webhook_secrets: ["file:{webhooks}"]
      refunds: {refunds}
      prices: {{ variants: retail }}
      locations:
{locations}"#,
            url = sandbox.shopify_url(),
            token = token.display(),
            webhooks = webhooks.display(),
        ))
    }

    fn pools(&self) -> &'static [Pool] {
        &POOLS
    }

    fn orders(&self, sandbox: &Sandbox) -> anyhow::Result<Vec<Placed>> {
        let all = sandbox.shopify().orders().into_iter();
        let placed = all.map(|order| Placed {
            id: number(&order.id).to_owned(),
            name: order.name,
            total: order.total,
            currency: order.currency.to_owned(),
            becomes: if order.cancelled || order.test {
                Becomes::Nothing
            } else {
                Becomes::SalesOrder
            },
        });
        Ok(placed.collect())
    }

    fn parcels(&self, sandbox: &Sandbox) -> Vec<Sent> {
        let all = sandbox.shopify().fulfilments().into_iter();
        let sent = all.map(|fulfilment| Sent {
            order: number(&fulfilment.order).to_owned(),
            units: fulfilment
                .lines
                .into_iter()
                .map(|(sku, units)| (sku, Decimal::from(units)))
                .collect(),
            tracking: fulfilment.tracking_numbers,
        });
        sent.collect()
    }

    fn levels(&self, sandbox: &Sandbox) -> BTreeMap<(String, &'static str), i64> {
        let catalogue = sandbox.catalogue();
        let pool_at = |name: &str| {
            POOLS.iter().find(|pool| {
                let place = pool.shown_at(catalogue);
                place.is_some_and(|place| place.name == name)
            })
        };
        let all = sandbox.shopify().inventory().into_iter();
        all.filter_map(|view| {
            let pool = pool_at(&view.location)?;
            Some(((view.sku, pool.name), view.available))
        })
        .collect()
    }
}
