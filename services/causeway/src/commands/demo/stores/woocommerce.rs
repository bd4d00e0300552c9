//! The WooCommerce site.

use std::collections::BTreeMap;

use anyhow::Context as _;
use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::Sandbox;
use serde_json::Value;
use url::Url;

use super::{Becomes, Placed, Sent, Storefront, online};
use crate::commands::demo::configuration::Folder;
use crate::commands::demo::pools::Pool;

/// What the name of the mark begins with that each delivery leaves in its order.
const MARK: &str = "_causeway_shipment_";

pub(super) struct Site;

impl Storefront for Site {
    fn name(&self) -> &'static str {
        "WooCommerce"
    }

    fn url<'a>(&self, sandbox: &'a Sandbox) -> &'a Url {
        sandbox.woocommerce_url()
    }

    fn settings(&self, sandbox: &Sandbox, _: &[Kind], folder: &Folder) -> anyhow::Result<String> {
        let key = folder.write("woocommerce.key", "ck_sandbox")?;
        let secret = folder.write("woocommerce.secret", "cs_sandbox")?;
        Ok(format!(
            r#"    endpoint: woocommerce
    settings:
      url: {url}
      auth: {{ consumer_key: "file:{key}", consumer_secret: "file:{secret}" }}
      stock: {{ location: online }}
"#,
            url = sandbox.woocommerce_url(),
            key = key.display(),
            secret = secret.display(),
        ))
    }

    fn pools(&self) -> &'static [Pool] {
        online()
    }

    fn orders(&self, sandbox: &Sandbox) -> anyhow::Result<Vec<Placed>> {
        sandbox.woocommerce().orders().iter().map(placed).collect()
    }

    fn parcels(&self, sandbox: &Sandbox) -> Vec<Sent> {
        let all = sandbox.woocommerce().orders();
        all.iter().flat_map(sent).collect()
    }

    fn levels(&self, sandbox: &Sandbox) -> BTreeMap<(String, &'static str), i64> {
        let articles = sandbox.woocommerce().articles();
        let counted = articles.iter().filter_map(|article| {
            let sku = article["sku"].as_str().filter(|sku| !sku.is_empty())?;
            Some((sku.to_owned(), article["stock_quantity"].as_i64()?))
        });
        counted
            .flat_map(|(sku, units)| {
                let pools = online().iter();
                pools.map(move |pool| ((sku.clone(), pool.name), units))
            })
            .collect()
    }
}

fn placed(order: &Value) -> anyhow::Result<Placed> {
    let text = |name: &str| {
        let text = order[name].as_str();
        text.with_context(|| format!("an order of the site has no {name}"))
    };
    let number = text("number")?;
    Ok(Placed {
        id: order["id"].to_string(),
        name: format!("#{number}"),
        total: text("total")?.to_owned(),
        currency: text("currency")?.to_owned(),
        becomes: match text("status")? {
            "pending" => Becomes::NotYet,
            "cancelled" => Becomes::Nothing,
            _ => Becomes::SalesOrder,
        },
    })
}

/// WooCommerce does not know by itself which units have left: each delivery's mark tells.
fn sent(order: &Value) -> Vec<Sent> {
    let lines = order["line_items"].as_array();
    let skus: BTreeMap<String, &str> = lines
        .into_iter()
        .flatten()
        .filter_map(|line| Some((line["id"].to_string(), line["sku"].as_str()?)))
        .collect();
    let meta = order["meta_data"].as_array().into_iter().flatten();
    let marks = meta.filter(|meta| {
        let name = meta["key"].as_str();
        name.is_some_and(|name| name.starts_with(MARK))
    });
    marks
        .map(|mark| {
            let (units, tracking) = (&mark["value"]["lines"], &mark["value"]["tracking"]);
            let units = units.as_object().into_iter().flatten();
            let tracking = tracking.as_array().into_iter().flatten();
            Sent {
                order: order["id"].to_string(),
                units: units
                    .filter_map(|(line, units)| {
                        let units: Decimal = units.to_string().trim_matches('"').parse().ok()?;
                        Some(((*skus.get(line)?).to_owned(), units))
                    })
                    .collect(),
                tracking: tracking
                    .filter_map(|number| Some(number.as_str()?.to_owned()))
                    .collect(),
            }
        })
        .collect()
}
