//! The WooCommerce site.

use std::collections::BTreeMap;

use anyhow::Context as _;
use commerce::Kind;
use rust_decimal::Decimal;
use sandbox::Sandbox;
use serde_json::Value;
use url::Url;

use super::{Becomes, Placed, Sent, Storefront, list, online, text};
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
            let sku = text(article, "/sku").filter(|sku| !sku.is_empty())?;
            let units = article.pointer("/stock_quantity")?.as_i64()?;
            Some((sku.to_owned(), units))
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
    let told = |name: &str| {
        let told = text(order, name);
        told.with_context(|| format!("an order of the site has no {name}"))
    };
    Ok(Placed {
        id: id(order).context("an order of the site has no id")?,
        name: format!("#{}", told("/number")?),
        total: told("/total")?.to_owned(),
        currency: told("/currency")?.to_owned(),
        becomes: match told("/status")? {
            "pending" => Becomes::NotYet,
            "cancelled" => Becomes::Nothing,
            _ => Becomes::SalesOrder,
        },
    })
}

/// WooCommerce does not know by itself which units have left: each delivery's mark tells.
fn sent(order: &Value) -> Vec<Sent> {
    let skus: BTreeMap<String, &str> = list(order, "/line_items")
        .filter_map(|line| Some((id(line)?, text(line, "/sku")?)))
        .collect();
    let units = |(line, units): (&String, &Value)| {
        let units: Decimal = units.to_string().trim_matches('"').parse().ok()?;
        Some(((*skus.get(line)?).to_owned(), units))
    };
    let marks = list(order, "/meta_data").filter(|meta| {
        let name = text(meta, "/key");
        name.is_some_and(|name| name.starts_with(MARK))
    });
    let sent = marks.map(|mark| {
        let lines = mark.pointer("/value/lines").and_then(Value::as_object);
        let tracking = list(mark, "/value/tracking");
        Sent {
            order: id(order).unwrap_or_default(),
            units: lines.into_iter().flatten().filter_map(units).collect(),
            tracking: tracking
                .filter_map(|number| Some(number.as_str()?.to_owned()))
                .collect(),
        }
    });
    sent.collect()
}

fn id(record: &Value) -> Option<String> {
    record.pointer("/id").map(Value::to_string)
}
