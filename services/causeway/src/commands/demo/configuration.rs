//! The configuration for a sandbox, and its secrets as files beside it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use commerce::Kind;
use sandbox::Sandbox;
use sandbox::netsuite::Credentials;
use serde_json::json;

use super::pools::POOLS;
use super::stores::Store;

/// What the demo compares: of a refunded order what is left, which is what NetSuite gets where refunds are no records of their own.
pub(crate) const COMPARED: [Kind; 3] = [Kind::Order, Kind::Fulfilment, Kind::Stock];

/// Where the configuration and its secrets go.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder, made where it is not there; absolute, so that it does not matter from where the configuration is used.
    fn make(path: &Path) -> anyhow::Result<Self> {
        let made = std::fs::create_dir_all(path).and_then(|()| path.canonicalize());
        made.map(Self)
            .with_context(|| format!("making the folder {}", path.display()))
    }

    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.0.join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }
}

/// Writes `causeway.yaml` with a sync of each of these kinds for these stores, and the sandbox's secrets, into a folder; returns the configuration's
/// path. Stores other than Shopify have syncs of what the demo compares, and of nothing else.
pub(crate) fn write_configuration(
    folder: &Path,
    sandbox: &Sandbox,
    stores: &[Store],
    kinds: &[Kind],
) -> anyhow::Result<PathBuf> {
    let folder = Folder::make(folder)?;
    let mut text = String::from("# A sandbox NetSuite");
    for store in stores {
        write!(text, " and a sandbox {}", store.shown().name())?;
    }
    let netsuite = netsuite(&folder, sandbox, stores, kinds)?;
    write!(text, ".\nconnections:\n  netsuite:\n{netsuite}")?;
    for store in stores {
        let settings = store.shown().settings(sandbox, kinds, &folder)?;
        write!(text, "  {}:\n{settings}", store.connection())?;
    }
    if kinds.contains(&Kind::ShippingOrder) {
        text.push_str(&shipper(&folder, sandbox)?);
    }
    text.push_str("syncs:\n");
    for store in stores {
        for kind in kinds {
            text.push_str(&sync(*store, *kind));
        }
    }
    folder.write("causeway.yaml", &text)
}

fn netsuite(
    folder: &Folder,
    sandbox: &Sandbox,
    stores: &[Store],
    kinds: &[Kind],
) -> anyhow::Result<String> {
    let credentials = Credentials::demo();
    let key = folder.write(
        "netsuite.pem",
        credentials.private_key_pem.as_deref().unwrap_or_default(),
    )?;
    let catalogue = sandbox.catalogue();
    let (mut pools, mut places) = (String::new(), String::new());
    for pool in &POOLS {
        let sources = pool.sources(catalogue);
        let sources: Vec<String> = sources.map(|one| one.netsuite_id.to_string()).collect();
        let (name, buffer) = (pool.name, pool.buffer);
        let sources = sources.join(", ");
        writeln!(
            pools,
            "          {name}: {{ locations: [{sources}], buffer: {buffer} }}"
        )?;
    }
    for location in &catalogue.locations {
        writeln!(
            places,
            "          \"{}\": {}",
            location.shopify_id, location.netsuite_id
        )?;
    }
    let (mut buyer, mut record) = (String::new(), "");
    if stores.contains(&Store::Amazon) {
        buyer = format!(", default: {}", amazons_customer(sandbox)?);
        record = "        record: { fulfilled: cash_sale }\n";
    }
    // Payouts bring payments to the bank, so there have to be some.
    let deposits = kinds.contains(&Kind::Payout);
    Ok(format!(
        r#"    endpoint: netsuite
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
        customer: {{ subsidiary: 1{buyer} }}
{record}        tax: {{ line: {{ item: 902 }} }}
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
"#,
        account = sandbox.netsuite().id(),
        netsuite = sandbox.netsuite_url(),
        client_id = credentials.client_id,
        certificate_id = credentials.certificate_id,
        key = key.display(),
        main_location = catalogue
            .locations
            .first()
            .map_or(1, |location| location.netsuite_id),
    ))
}

/// Of what it sends itself Amazon tells no e-mail address: all of that is sold to one customer.
fn amazons_customer(sandbox: &Sandbox) -> anyhow::Result<u64> {
    let buyer = json!({ "companyName": "Amazon's customers", "subsidiary": { "id": "1" } });
    let buyer = buyer.as_object().and_then(|buyer| {
        let netsuite = sandbox.netsuite();
        netsuite.add_customer(buyer)
    });
    buyer.context("the sandbox NetSuite takes no customer")
}

fn shipper(folder: &Folder, sandbox: &Sandbox) -> anyhow::Result<String> {
    let key = folder.write("shipstation.key", "sandbox-key")?;
    let secret = folder.write("shipstation.secret", "sandbox-secret")?;
    Ok(format!(
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
    ))
}

/// The store's sync of a kind, as the file says it.
fn sync(store: Store, kind: Kind) -> String {
    if store != Store::Shopify && !COMPARED.contains(&kind) {
        return String::new();
    }
    let (what, comes_in) = match kind {
        Kind::Order => ("orders", true),
        Kind::Refund => ("refunds", true),
        Kind::Customer => ("customers", true),
        Kind::Company => ("companies", true),
        Kind::Payout => ("payouts", true),
        Kind::Fulfilment => ("shipments", false),
        Kind::Stock => ("stock", false),
        Kind::Product => ("products", false),
        Kind::Price => ("prices", false),
        Kind::Cancellation => ("cancellations", false),
        Kind::ShippingOrder => return SHIPPING.to_owned(),
    };
    let there = store.connection();
    let (from, to) = if comes_in {
        (there, "netsuite")
    } else {
        ("netsuite", there)
    };
    let rules = match (kind, store.shown().pools()) {
        (Kind::Order, _) => "    set:\n      memo: '\"web order \" + order.number'\n".to_owned(),
        // One that shows one level of an article gets no other.
        (Kind::Stock, [pool]) => format!("    filter: stock.location == \"{}\"\n", pool.name),
        _ => String::new(),
    };
    let name = store.sync(what);
    format!("  {name}:\n    kind: {kind}\n    from: {from}\n    to: {to}\n    every: 1s\n{rules}")
}

/// What goes to the shipping software, and what comes back from it.
const SHIPPING: &str = "  shipping-orders:
    kind: shipping_order
    from: netsuite
    to: shipper
    every: 5s
  deliveries:
    kind: fulfilment
    from: shipper
    to: netsuite
    every: 15s
";

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
        let path = write_configuration(&inner, &sandbox, &[Store::Shopify], &Kind::ALL).unwrap();
        assert!(path.is_absolute());
        let text = std::fs::read_to_string(path).unwrap();
        let config = crate::config::read(&text).unwrap();
        // One for each, and one more for what the shipping software sent.
        assert_eq!(config.syncs.len(), Kind::ALL.len() + 1);
        sandbox.stop().await;
    }

    #[tokio::test]
    async fn every_store_has_its_own_syncs() {
        let sandbox = Sandbox::start(sandbox::Options::default());
        let sandbox = sandbox.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let stores = [Store::Shopify, Store::Woocommerce, Store::Amazon];
        let path = write_configuration(folder.path(), &sandbox, &stores, &COMPARED).unwrap();
        let config = crate::config::read(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(config.connections.len(), 1 + stores.len());
        assert_eq!(config.syncs.len(), stores.len() * COMPARED.len());
        sandbox.stop().await;
    }
}
