//! `causeway sandbox`: a NetSuite, a Shopify, a WooCommerce, a ShipStation and an Amazon to try things on.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use commerce::Kind;
use sandbox::Sandbox;

use super::demo::{Store, write_configuration};
use super::start::{LogArgs, stop_on_signal};

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Where the NetSuite account listens.
    #[arg(long, default_value = "127.0.0.1:7411")]
    netsuite: SocketAddr,
    /// Where the Shopify shop listens.
    #[arg(long, default_value = "127.0.0.1:7412")]
    shopify: SocketAddr,
    /// Where the WooCommerce site listens.
    #[arg(long, default_value = "127.0.0.1:7413")]
    woocommerce: SocketAddr,
    /// Where the ShipStation account listens.
    #[arg(long, default_value = "127.0.0.1:7415")]
    shipstation: SocketAddr,
    /// Where Amazon listens: the Selling Partner API and Login with Amazon.
    #[arg(long, default_value = "127.0.0.1:7416")]
    amazon: SocketAddr,
    /// Everything made up grows from this number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Orders in each shop at the start.
    #[arg(long, default_value_t = 100)]
    orders: u32,
    /// Write a configuration and the secrets for this sandbox into this folder.
    #[arg(long)]
    write: Option<PathBuf>,
}

impl SandboxArgs {
    pub(crate) async fn run(self, logs: &LogArgs) -> anyhow::Result<ExitCode> {
        let _telemetry = logs.start("causeway-sandbox")?;
        let stop = stop_on_signal()?;
        let mut options = sandbox::Options {
            listen_netsuite: self.netsuite,
            listen_shopify: self.shopify,
            listen_woocommerce: self.woocommerce,
            listen_shipstation: self.shipstation,
            listen_amazon: self.amazon,
            seed: self.seed,
            orders: self.orders,
            woocommerce: sandbox::woocommerce::Options {
                orders: self.orders,
                ..Default::default()
            },
            amazon: sandbox::amazon::Options {
                orders: self.orders,
                ..Default::default()
            },
            ..sandbox::Options::default()
        };
        // The field that the written configuration names: there before the first order has it.
        let fields = &mut options.netsuite.custom_fields;
        fields.push("custcol_shop_line".to_owned());
        let sandbox = Sandbox::start(options).await?;
        println!("NetSuite sandbox: {}", sandbox.netsuite_url());
        println!("Shopify sandbox:  {}", sandbox.shopify_url());
        println!(
            "WooCommerce sandbox: {} (key ck_sandbox, secret cs_sandbox)",
            sandbox.woocommerce_url()
        );
        println!("ShipStation:      {}", sandbox.shipstation_url());
        println!(
            "Amazon sandbox:   {} (seller A3SANDBOXSELL, client amzn1.application-oa2-client.sandbox, secret sandbox-secret, refresh token Atzr|sandbox-refresh)",
            sandbox.amazon_url()
        );
        if let Some(folder) = &self.write {
            let path = write_configuration(folder, &sandbox, &[Store::Shopify], &Kind::ALL)
                .context("writing the configuration (--write)")?;
            println!("configuration:    {}", path.display());
        }
        stop.cancelled().await;
        sandbox.stop().await;
        Ok(ExitCode::SUCCESS)
    }
}
