//! The Amazon seller.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use commerce::Kind;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use sandbox::Sandbox;
use sandbox::netsuite::Shipment;
use serde_json::Value;
use url::Url;

use super::{Becomes, Placed, Sent, Storefront, list, online, text};
use crate::commands::demo::configuration::Folder;
use crate::commands::demo::pools::Pool;

pub(super) struct Seller;

impl Storefront for Seller {
    fn name(&self) -> &'static str {
        "Amazon"
    }

    fn url<'a>(&self, sandbox: &'a Sandbox) -> &'a Url {
        sandbox.amazon_url()
    }

    /// Levels go one by one: a feed takes minutes.
    fn settings(&self, sandbox: &Sandbox, _: &[Kind], folder: &Folder) -> anyhow::Result<String> {
        let secret = folder.write("amazon.secret", "sandbox-secret")?;
        let refresh = folder.write("amazon.refresh", "Atzr|sandbox-refresh")?;
        Ok(format!(
            r#"    endpoint: amazon
    settings:
      region: na
      seller: A3SANDBOXSELL
      marketplaces: [ATVPDKIKX0DER]
      url: {url}
      auth:
        client_id: amzn1.application-oa2-client.sandbox
        client_secret: "file:{secret}"
        refresh_token: "file:{refresh}"
        url: {url}auth/o2/token
      orders: {{ by_amazon: true }}
      stock: {{ location: online }}
      feed_from: 1000
"#,
            url = sandbox.amazon_url(),
            secret = secret.display(),
            refresh = refresh.display(),
        ))
    }

    fn pools(&self) -> &'static [Pool] {
        online()
    }

    fn orders(&self, sandbox: &Sandbox) -> anyhow::Result<Vec<Placed>> {
        sandbox.amazon().orders().iter().map(placed).collect()
    }

    fn parcels(&self, sandbox: &Sandbox) -> Vec<Sent> {
        let all = sandbox.amazon().orders();
        all.iter().flat_map(sent).collect()
    }

    /// A package has one number and at least one unit.
    fn numbers(&self, shipment: &Shipment) -> usize {
        let units: Decimal = shipment.units.values().sum();
        let units = units.to_usize().unwrap_or(usize::MAX);
        shipment.tracking_numbers.len().min(units)
    }

    fn levels(&self, sandbox: &Sandbox) -> BTreeMap<(String, &'static str), i64> {
        let levels = sandbox.amazon().levels().into_iter();
        levels
            .flat_map(|(sku, units)| {
                let pools = online().iter();
                pools.map(move |pool| ((sku.clone(), pool.name), units))
            })
            .collect()
    }

    fn kept_by_store(&self, sandbox: &Sandbox) -> BTreeSet<String> {
        sandbox.amazon().kept().into_keys().collect()
    }
}

/// Amazon tells neither the price of an order that is pending nor that of one which was called off.
fn placed(order: &Value) -> anyhow::Result<Placed> {
    let id = text(order, "/orderId").context("an order of Amazon has no id")?;
    let by_amazon = text(order, "/fulfillment/fulfilledBy") == Some("AMAZON");
    let becomes = match text(order, "/fulfillment/fulfillmentStatus") {
        Some("CANCELLED") => Becomes::Nothing,
        Some("PENDING") => Becomes::NotYet,
        Some("SHIPPED") if by_amazon => Becomes::CashSale,
        _ if by_amazon => Becomes::NotYet,
        _ => Becomes::SalesOrder,
    };
    let total = |part: &str| {
        let part = text(order, &format!("/proceeds/grandTotal/{part}"));
        part.unwrap_or_default().to_owned()
    };
    Ok(Placed {
        id: id.to_owned(),
        name: id.to_owned(),
        total: total("amount"),
        currency: total("currencyCode"),
        becomes,
    })
}

fn sent(order: &Value) -> Vec<Sent> {
    let skus: BTreeMap<&str, &str> = list(order, "/orderItems")
        .filter_map(|item| {
            Some((
                text(item, "/orderItemId")?,
                text(item, "/product/sellerSku")?,
            ))
        })
        .collect();
    let units = |item: &Value| {
        let units = item.pointer("/quantity")?.as_u64()?;
        let sku = skus.get(text(item, "/orderItemId")?)?;
        Some(((*sku).to_owned(), Decimal::from(units)))
    };
    let packages = list(order, "/packages").map(|package| Sent {
        order: text(order, "/orderId").unwrap_or_default().to_owned(),
        units: list(package, "/packageItems").filter_map(units).collect(),
        tracking: text(package, "/trackingNumber")
            .map(str::to_owned)
            .into_iter()
            .collect(),
    });
    packages.collect()
}
