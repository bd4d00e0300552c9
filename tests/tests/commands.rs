//! The commands of those who work with it, against a running installation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::path::Path;

use causeway_scenarios::{Installation, Role, configuration, free_port, until};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A sandbox and what is needed to run on it.
struct Shop {
    sandbox: Sandbox,
    folder: TempDir,
    configuration: Value,
    installation: Installation,
    address: String,
}

impl Shop {
    async fn open() -> Self {
        let mut options = Options {
            seed: 5,
            orders: 12,
            ..Options::default()
        };
        options.shopify.worked_by_hand = false;
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let configuration = configuration(&sandbox, folder.path(), "main");
        let database = format!("sqlite://{}", folder.path().join("causeway.db").display());
        let queue = format!("embedded:{database}");
        let mut installation = Installation::new(folder.path(), database, queue);
        let address = format!("127.0.0.1:{}", free_port());
        let control = ("CAUSEWAY_CONTROL", format!("http://{address}"));
        installation.environment.push(control);
        Self {
            sandbox,
            folder,
            configuration,
            installation,
            address,
        }
    }

    /// `causeway up`, with everything brought over.
    async fn up(&self) -> Role<'_> {
        let file = write(self.folder.path(), "causeway.yaml", &self.configuration);
        let up = ["up", "--config", &file, "--listen-control", &self.address];
        let up = self.installation.role(&up);
        until("all orders are brought over", async || {
            let (_, told) = self.ask(&["status", "--json"]);
            let status: Value = serde_json::from_str(&told).map_err(|_| told.clone())?;
            let syncs = status["syncs"].as_array().unwrap();
            let orders = syncs.iter().find(|sync| sync["sync"] == "orders").unwrap();
            let count = |status: &str| orders["records"][status].as_u64().unwrap_or_default();
            let settled = count("synced") + count("skipped");
            (settled == 12).then_some(()).ok_or(told)
        })
        .await;
        up
    }

    /// The command's exit status and what it says.
    fn ask(&self, command: &[&str]) -> (i32, String) {
        self.installation.ask(command)
    }
}

fn write(folder: &Path, name: &str, configuration: &Value) -> String {
    let file = folder.join(name);
    std::fs::write(&file, configuration.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_rules_are_tried_on_what_came_before() {
    let shop = Shop::open().await;
    let up = shop.up().await;
    let same = shop.folder.path().join("causeway.yaml");
    let (code, told) = shop.ask(&["preview", same.to_str().unwrap()]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("0 of "), "{told}");

    let mut changed = shop.configuration.clone();
    changed["syncs"]["orders"]["set"]["memo"] = json!("\"from the shop: \" + order.number");
    let file = write(shop.folder.path(), "changed.yaml", &changed);
    let (code, told) = shop.ask(&["preview", &file, "--sync", "orders"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("from the shop: #"), "{told}");
    assert!(told.contains("would change"), "{told}");

    changed["syncs"]["orders"]["filter"] = json!("order.total > ");
    let file = write(shop.folder.path(), "broken.yaml", &changed);
    let (code, told) = shop.ask(&["preview", &file]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("filter"), "{told}");
    let (_, plan) = shop.ask(&["plan", same.to_str().unwrap()]);
    assert!(
        plan.contains("nothing changes"),
        "trying changed nothing: {plan}"
    );
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_missing_and_that_is_told() {
    let shop = Shop::open().await;
    let up = shop.up().await;
    let told = until("the orders were compared", async || {
        let (code, told) = shop.ask(&["audit", "--json"]);
        let found: Value = serde_json::from_str(&told).map_err(|_| told.clone())?;
        let orders = |side: &str| {
            let found = found[side].as_array().unwrap().iter();
            found.find(|&one| one["sync"] == "orders").cloned()
        };
        let both = orders("sources").zip(orders("targets"));
        both.map(|both| (code, both)).ok_or(told)
    })
    .await;
    let (code, (source, target)) = &told;
    assert_eq!(*code, 0, "{told:?}");
    assert_eq!(source["missing"], json!([]), "{told:?}");
    assert_eq!(target["deviations"], json!([]), "{told:?}");
    let (_, table) = shop.ask(&["audit"]);
    assert!(table.contains("at source"), "{table}");
    assert!(table.contains("at target"), "{table}");
    let (code, log) = shop.ask(&["log"]);
    assert_eq!(code, 0, "{log}");
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}
