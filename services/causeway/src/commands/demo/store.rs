//! The configuration for a sandbox, and its secrets as files beside it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use commerce::Kind;
use sandbox::Sandbox;
use sandbox::netsuite::Credentials;

use super::pools::POOLS;

/// What the demo compares: of a refunded order what is left, which is what NetSuite gets where refunds are no records of their own.
pub(crate) const COMPARED: [Kind; 3] = [Kind::Order, Kind::Fulfilment, Kind::Stock];

/// Writes `causeway.yaml` with a sync of each of these kinds, and the sandbox's secrets, into a folder; returns the configuration's path.
pub(crate) fn write_configuration(
    folder: &Path,
    sandbox: &Sandbox,
    kinds: &[Kind],
) -> anyhow::Result<PathBuf> {
    let made = std::fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
    // Absolute, so that it does not matter from where the configuration is used.
    let folder = made.with_context(|| format!("making the folder {}", folder.display()))?;
    let write = |name: &str, text: &str| -> anyhow::Result<PathBuf> {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    };
    let credentials = Credentials::demo();
    let key = write(
        "netsuite.pem",
        credentials.private_key_pem.as_deref().unwrap_or_default(),
    )?;
    let token = write("shopify.token", "shpat_sandbox")?;
    let webhooks = write("shopify.webhook-secret", "sandbox-secret")?;
    let (mut pools, mut locations) = (String::new(), String::new());
    for pool in &POOLS {
        let sources = pool.sources(sandbox.catalogue());
        let sources: Vec<String> = sources.map(|one| one.netsuite_id.to_string()).collect();
        let (name, buffer) = (pool.name, pool.buffer);
        let sources = sources.join(", ");
        writeln!(
            pools,
            "          {name}: {{ locations: [{sources}], buffer: {buffer} }}"
        )?;
        if let Some(location) = pool.shown_at(sandbox.catalogue()) {
            writeln!(locations, "        {name}: \"{}\"", location.shopify_id)?;
        }
    }
    let mut places = String::new();
    for location in &sandbox.catalogue().locations {
        writeln!(
            places,
            "          \"{}\": {}",
            location.shopify_id, location.netsuite_id
        )?;
    }
    let refunds = if kinds.contains(&Kind::Refund) {
        "separate"
    } else {
        "deducted"
    };
    let shipper = if kinds.contains(&Kind::ShippingOrder) {
        let key = write("shipstation.key", "sandbox-key")?;
        let secret = write("shipstation.secret", "sandbox-secret")?;
        format!(
            "  shipper:
    endpoint: shipstation
    settings:
      url: {}
      api_key: \"file:{}\"
      api_secret: \"file:{}\"
",
            sandbox.shipstation_url(),
            key.display(),
            secret.display()
        )
    } else {
        String::new()
    };
    // Payouts bring payments to the bank, so there have to be some.
    let deposits = kinds.contains(&Kind::Payout);
    let text = format!(
        r#"# A sandbox NetSuite and a sandbox Shopify.
connections:
  netsuite:
    endpoint: netsuite
    settings:
      account: {account}
      url: {netsuite}
      auth:
        oauth2:
          client_id: {client_id}
          certificate_id: {certificate_id}
          private_key: file:{key}
      slots: {{ reserve: 0 }}
      orders:
        subsidiary: 1
        location: {main_location}
        customer: {{ subsidiary: 1 }}
        tax: {{ line: {{ item: 902 }} }}
        items: {{ custom_item: 903, discount: 901, tip: 903, duty: 903, fee: 903, gift_card: 903 }}
        shipping: {{ item: 904 }}
        line_field: custcol_shop_line
        payments: {{ deposits: {deposits} }}
      payouts: {{ account: 111, fee_account: 112, accounts: {{ unmatched: 113 }} }}
      refunds:
        adjustment_item: 903
        locations:
{places}      stock:
        pools:
{pools}      prices:
        lists:
          retail: {{ level: 1, currency: USD, sale_level: 7 }}
  shop:
    endpoint: shopify
    settings:
      url: {shopify}
      auth: {{ access_token: "file:{token}" }}
      webhook_secrets: ["file:{webhooks}"]
      refunds: {refunds}
      prices: {{ variants: retail }}
      locations:
{locations}{shipper}
syncs:
{syncs}"#,
        syncs = kinds.iter().copied().map(sync).collect::<String>(),
        account = sandbox.netsuite().id(),
        netsuite = sandbox.netsuite_url(),
        client_id = credentials.client_id,
        certificate_id = credentials.certificate_id,
        key = key.display(),
        main_location = sandbox
            .catalogue()
            .locations
            .first()
            .map_or(1, |location| location.netsuite_id),
        shopify = sandbox.shopify_url(),
        token = token.display(),
        webhooks = webhooks.display(),
    );
    write("causeway.yaml", &text)
}

/// The sync of a kind, as the file says it.
const fn sync(kind: Kind) -> &'static str {
    match kind {
        Kind::Order => {
            r#"  orders:
    kind: order
    from: shop
    to: netsuite
    every: 1s
    set:
      memo: '"web order " + order.number'
"#
        }
        Kind::Fulfilment => {
            "  shipments:
    kind: fulfilment
    from: netsuite
    to: shop
    every: 1s
"
        }
        Kind::Refund => {
            "  refunds:
    kind: refund
    from: shop
    to: netsuite
    every: 1s
"
        }
        Kind::Product => {
            "  products:
    kind: product
    from: netsuite
    to: shop
    every: 1s
"
        }
        Kind::Cancellation => {
            "  cancellations:
    kind: cancellation
    from: netsuite
    to: shop
    every: 1s
"
        }
        Kind::Customer => {
            "  customers:
    kind: customer
    from: shop
    to: netsuite
    every: 1s
"
        }
        Kind::Company => {
            "  companies:
    kind: company
    from: shop
    to: netsuite
    every: 1s
"
        }
        Kind::Payout => {
            "  payouts:
    kind: payout
    from: shop
    to: netsuite
    every: 1s
"
        }
        Kind::ShippingOrder => {
            "  shipping-orders:
    kind: shipping_order
    from: netsuite
    to: shipper
    every: 5s
  deliveries:
    kind: fulfilment
    from: shipper
    to: netsuite
    every: 15s
"
        }
        Kind::Stock => {
            "  stock:
    kind: stock
    from: netsuite
    to: shop
    every: 1s
"
        }
        Kind::Price => {
            "  prices:
    kind: price
    from: netsuite
    to: shop
    every: 1s
"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_configuration_goes_into_a_folder_that_need_not_be_there() {
        let sandbox = Sandbox::start(sandbox::Options {
            orders: 1,
            ..sandbox::Options::default()
        });
        let sandbox = sandbox.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a").join("b");
        let path = write_configuration(&inner, &sandbox, &Kind::ALL).unwrap();
        assert!(path.is_absolute());
        let text = std::fs::read_to_string(path).unwrap();
        let config = crate::config::read(&text).unwrap();
        // One for each, and one more for what the shipping software sent.
        assert_eq!(config.syncs.len(), Kind::ALL.len() + 1);
        sandbox.stop().await;
    }
}
