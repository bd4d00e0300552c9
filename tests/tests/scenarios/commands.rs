//! The commands of those who work with it, against a running installation.

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
            let mut found = found[side].as_array().unwrap().iter();
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
    let (code, told) = shop.ask(&["audit", "--now", "orders", "--json"]);
    let now: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, now["sources"].as_array().unwrap().len()), (0, 1));
    for (side, before) in [("sources", source), ("targets", target)] {
        assert_eq!(now[side][0]["sync"], "orders", "{told}");
        assert_ne!(now[side][0]["at"], before["at"], "{side} was compared anew");
    }
    let (code, told) = shop.ask(&["audit", "--now", "nothing"]);
    assert_eq!(code, 1, "{told}");
    let (_, table) = shop.ask(&["audit"]);
    assert!(table.contains("at source"), "{table}");
    assert!(table.contains("at target"), "{table}");
    let (code, log) = shop.ask(&["log"]);
    assert_eq!(code, 0, "{log}");
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

/// The numbers that say what `replay --verify` found of these syncs.
fn verified(shop: &Shop, syncs: &[&str]) -> (i32, Value) {
    let asked = [&["replay", "--verify", "--json"], syncs].concat();
    let (code, told) = shop.ask(&asked);
    (code, serde_json::from_str(&told).expect(&told))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_is_made_anew_by_the_version_that_sent_it() {
    let shop = Shop::open().await;
    let up = shop.up().await;
    let (code, found) = verified(&shop, &[]);
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["differing"], json!([]), "{found}");
    let orders = ["--sync", "orders"];
    let (_, found) = verified(&shop, &orders);
    let same = found["same"].as_u64().unwrap();
    assert!(same > 5, "{found}");

    // Other rules from now on: the orders were sent by those before.
    let mut changed = shop.configuration.clone();
    changed["syncs"]["orders"]["set"]["memo"] = json!("\"other \" + order.number");
    let file = write(shop.folder.path(), "changed.yaml", &changed);
    let (code, told) = shop.ask(&["apply", &file]);
    assert_eq!(code, 0, "{told}");
    let (code, found) = verified(&shop, &[]);
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["differing"], json!([]), "{found}");
    let (_, found) = verified(&shop, &orders);
    assert_eq!(found["same"].as_u64(), Some(same), "{found}");

    let (_, told) = shop.ask(&[
        "records", "--sync", "orders", "--status", "synced", "--json",
    ]);
    let rows: Value = serde_json::from_str(&told).expect(&told);
    let number = rows[0]["number"].as_str().unwrap();
    let (_, record) = shop.ask(&["record", "orders", number, "--json"]);
    let record: Value = serde_json::from_str(&record).expect(&record);
    let journey = record["journey"].as_array().unwrap();
    assert!(
        journey.iter().any(|step| step["configuration"] == 1),
        "{record}"
    );
    let (code, _) = shop.ask(&["replay"]);
    assert_ne!(code, 0, "sending is not what it is for");
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_is_kept_and_can_be_restored() {
    let shop = Shop::open().await;
    let up = shop.up().await;
    let mut changed = shop.configuration.clone();
    changed["syncs"]["orders"]["set"]["memo"] = json!("order.number");
    let file = write(shop.folder.path(), "changed.yaml", &changed);
    let (_, told) = shop.ask(&["apply", &file]);
    assert!(told.contains("~ syncs.orders.set.memo: "), "{told}");
    assert!(told.contains("version 2 is active"), "{told}");

    let (code, told) = shop.ask(&["configuration", "--restore", "1"]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("~ syncs.orders.set.memo: order.number ->"),
        "{told}"
    );
    assert!(told.contains("version 3 is active"), "{told}");
    let (_, told) = shop.ask(&["configuration", "--versions", "--json"]);
    let versions: Value = serde_json::from_str(&told).unwrap();
    let versions: Vec<_> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["version"].as_i64().unwrap())
        .collect();
    assert_eq!(versions, [3, 2, 1]);
    let (_, second) = shop.ask(&["configuration", "--show", "2"]);
    let second: Value = serde_json::from_str(&second).unwrap();
    assert_eq!(second, changed);
    let (_, active) = shop.ask(&["configuration"]);
    let active: Value = serde_json::from_str(&active).unwrap();
    assert_eq!(active, shop.configuration);
    let (code, _) = shop.ask(&["configuration", "--show", "9"]);
    assert_eq!(code, 1);
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_without_an_entry_collect_themselves() {
    let mut shop = Shop::open().await;
    shop.configuration["tables"] = json!({
        "deliveries": {"entries": {"nothing": "1"}, "unmapped": "post_without"},
    });
    shop.configuration["syncs"]["orders"]["set"]["custbody_delivery"] = json!({
        "table": "deliveries",
        "of": "order.shipping_method",
    });
    let up = shop.up().await;
    let (code, told) = shop.ask(&["unmapped", "--json"]);
    assert_eq!(code, 0, "{told}");
    let found: Value = serde_json::from_str(&told).unwrap();
    let found = found.as_array().unwrap();
    assert!(!found.is_empty(), "{told}");
    assert!(found.iter().all(|one| one["table"] == "deliveries"
        && one["policy"] == "post_without"
        && one["times"].as_u64() > Some(0)));
    let (_, told) = shop.ask(&["unmapped"]);
    assert!(told.contains("posted without"), "{told}");

    // An entry takes a value off the list.
    let first = found[0]["value"].as_str().unwrap();
    let mut changed = shop.configuration.clone();
    changed["tables"]["deliveries"]["entries"][first] = json!("2");
    let file = write(shop.folder.path(), "changed.yaml", &changed);
    shop.ask(&["apply", &file]);
    let (_, told) = shop.ask(&["unmapped", "--json"]);
    let left: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(left.as_array().unwrap().len() + 1, found.len(), "{told}");
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_an_account_does_not_have_are_told_with_those_it_has() {
    let mut shop = Shop::open().await;
    shop.configuration["tables"] =
        json!({"ship": {"entries": {"Standard": "1", "Express": "4711"}}});
    shop.configuration["syncs"]["orders"]["set"]["shipMethod"] =
        json!({"table": "ship", "of": "order.shipping_method"});
    shop.configuration["syncs"]["orders"]["set"]["location"] = json!({"value": "4712"});
    let file = write(shop.folder.path(), "causeway.yaml", &shop.configuration);
    let (code, told) = shop.ask(&["check", &file]);
    assert_eq!(code, 1, "{told}");
    for expected in [
        "tables.ship.entries.Express: the account's ship_methods have no id '4711'; there are: 1 UPS Ground",
        "syncs.orders.set.location: the account's locations have no id '4712'",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(!told.contains("entries.Standard"), "{told}");

    let (code, told) = shop.ask(&["lists", "netsuite", "ship_methods", "--config", &file]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("1  UPS Ground"), "{told}");
    let (code, told) = shop.ask(&["lists", "netsuite", "--config", &file]);
    assert_eq!(code, 0, "{told}");
    assert!(told.lines().any(|line| line == "custom_fields"), "{told}");
    let (code, _) = shop.ask(&["lists", "shop", "--config", &file]);
    assert_eq!(code, 1, "a shop has none");

    // What the target does not have is refused without calling anybody.
    shop.configuration["syncs"]["orders"]["set"]["memmo"] = json!("order.number");
    let file = write(shop.folder.path(), "wrong.yaml", &shop.configuration);
    let (code, told) = shop.ask(&["check", "--offline", &file]);
    assert_eq!(code, 1, "{told}");
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_is_made_by_the_installation_and_sends_nothing() {
    let shop = Shop::open().await;
    let up = shop.up().await;
    let (_, told) = shop.ask(&[
        "records", "--sync", "orders", "--status", "synced", "--json",
    ]);
    let rows: Value = serde_json::from_str(&told).expect(&told);
    let number = rows[0]["number"].as_str().unwrap();
    let (code, told) = shop.ask(&["dry-run", "orders", number, "--json"]);
    let dry: Value = serde_json::from_str(&told).expect(&told);
    assert_eq!(
        (code, dry["outcome"].as_str()),
        (0, Some("nothing_to_write"))
    );
    assert!(!dry["exchanges"].as_array().unwrap().is_empty(), "{told}");

    // By rules of today it would be another order.
    let mut changed = shop.configuration.clone();
    changed["syncs"]["orders"]["filter"] = json!("order.total > 100000");
    changed["syncs"]["orders"]["every"] = json!("24h");
    let file = write(shop.folder.path(), "changed.yaml", &changed);
    assert_eq!(shop.ask(&["apply", &file]).0, 0);
    let (code, told) = shop.ask(&["dry-run", "orders", number]);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("would be skipped: filter: order.total > 100000"),
        "{told}"
    );

    // A record that was never read is read for it.
    let orders = || shop.sandbox.shopify().orders().into_iter();
    let known: Vec<String> = orders().map(|order| order.id).collect();
    shop.sandbox.shopify().create_orders(1);
    let new = orders().find(|order| !known.contains(&order.id)).unwrap();
    let id = causeway_scenarios::number(&new.id);
    let (code, told) = shop.ask(&["dry-run", "orders", id]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("would be skipped: filter:"), "{told}");
    let (code, told) = shop.ask(&["dry-run", "orders", "99"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("shop has no order 99"), "{told}");
    // So is it with a file, which needs no installation: the same rules, the same checks, the same words.
    let (code, told) = shop.ask(&["dry-run", &file, "orders", id]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("would be skipped: filter:"), "{told}");

    let (code, told) = shop.ask(&["backfill", "orders", "--from", "400d", "--wait"]);
    assert_eq!(code, 0, "{told}");
    let (_, told) = shop.ask(&["backfills", "--all", "--json"]);
    let all: Value = serde_json::from_str(&told).expect(&told);
    // Levels may be read again beside it, for the orders that have arrived.
    let mut all = all.as_array().unwrap().iter();
    let orders = all.find(|one| one["kind"] == "order").expect(&told);
    assert_eq!(orders["state"], "finished", "{told}");
    // Counted before it is read: an order of the same second may come after.
    let expected = orders["expected"].as_u64().unwrap();
    assert!((12..=13).contains(&expected), "{told}");
    assert_eq!(orders["published"], 13, "{told}");
    until("nothing is being read again", async || {
        let (code, told) = shop.ask(&["backfills"]);
        let ended = (code, told.trim()) == (0, "nothing is being read again");
        ended.then_some(()).ok_or(told)
    })
    .await;
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}
