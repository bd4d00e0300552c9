//! Names of the account's lists in the place of ids: in settings, rules and tables, and when somebody renames what they stand for.

use causeway_scenarios::{Installation, Role, configuration, free_port, until};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

const ORDERS: usize = 6;

struct Shop {
    sandbox: Sandbox,
    folder: TempDir,
    configuration: Value,
    installation: Installation,
    address: String,
}

impl Shop {
    /// A configuration with a name wherever one may stand.
    async fn open() -> Self {
        let mut options = Options {
            seed: 5,
            orders: u32::try_from(ORDERS).unwrap(),
            ..Options::default()
        };
        options.shopify.worked_by_hand = false;
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut configuration = configuration(&sandbox, folder.path(), "main");
        let orders = &mut configuration["connections"]["netsuite"]["settings"]["orders"];
        orders["subsidiary"] = json!("Parent Company");
        orders["customer"]["subsidiary"] = json!("parent company");
        orders["location"] = json!("East Warehouse");
        let ship = json!({ "entries": {}, "unmapped": { "default": "USPS Priority" } });
        configuration["tables"] = json!({ "ship": ship });
        let set = &mut configuration["syncs"]["orders"]["set"];
        set["shipMethod"] = json!({ "table": "ship", "of": "order.number" });
        configuration["syncs"]["orders"]["set_lines"] =
            json!({ "location": { "value": "City Store" } });
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

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// The configuration with another location.
    fn at(&self, name: &str, location: &str) -> String {
        let mut changed = self.configuration.clone();
        changed["connections"]["netsuite"]["settings"]["orders"]["location"] = json!(location);
        self.write(name, &changed.to_string())
    }

    /// `causeway up` with that file, until all orders are brought over.
    async fn up(&self, file: &str) -> Role<'_> {
        let up = ["up", "--config", file, "--listen-control", &self.address];
        let up = self.installation.role(&up);
        until("all orders are brought over", async || {
            let (_, told) = self.ask(&["status", "--json"]);
            let status: Value = serde_json::from_str(&told).map_err(|_| told.clone())?;
            let syncs = status["syncs"].as_array().unwrap();
            let orders = syncs.iter().find(|sync| sync["sync"] == "orders").unwrap();
            let synced = orders["records"]["synced"].as_u64().unwrap_or_default();
            (synced == ORDERS as u64).then_some(()).ok_or(told)
        })
        .await;
        up
    }

    fn ask(&self, command: &[&str]) -> (i32, String) {
        self.installation.ask(command)
    }

    /// A command that has to end well, and what it says.
    fn told(&self, command: &[&str]) -> String {
        let (code, told) = self.ask(command);
        assert_eq!(code, 0, "{command:?}: {told}");
        told
    }

    /// A command that has to fail, and what it says.
    fn refused(&self, command: &[&str]) -> String {
        let (code, told) = self.ask(command);
        assert_eq!(code, 1, "{command:?}: {told}");
        told
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_become_ids_when_applied_and_keep_their_meaning_when_renamed() {
    let shop = Shop::open().await;
    let file = shop.write("causeway.yaml", &shop.configuration.to_string());
    shop.told(&["check", "--offline", &file]);
    let up = shop.up(&file).await;
    shop.told(&["check", &file]);
    let account = shop.sandbox.netsuite();
    let orders = account.records("salesOrder");
    assert_eq!(orders.len(), ORDERS);
    for order in &orders {
        let ids = ["subsidiary", "location", "shipMethod"].map(|field| order.reference(field));
        assert_eq!(ids, [Some(1), Some(2), Some(3)]);
    }
    let active: Value = serde_json::from_str(&shop.told(&["configuration"])).unwrap();
    assert_eq!(
        active["names"],
        json!({"netsuite": {
            "locations": {"City Store": "3", "East Warehouse": "2"},
            "ship_methods": {"USPS Priority": "3"},
            "subsidiaries": {"Parent Company": "1", "parent company": "1"},
        }})
    );
    assert!(shop.told(&["plan", &file]).contains("nothing changes"));
    shop.told(&["preview", &file]);
    let verified: Value =
        serde_json::from_str(&shop.told(&["replay", "--verify", "--json"])).unwrap();
    assert_eq!(verified["differing"], json!([]), "{verified}");

    // Somebody renames the location: what is in force stays in force, also after a start with the same file.
    assert!(account.rename("location", 2, "East DC"));
    assert!(up.terminate().await.success());
    let up = shop.up(&file).await;
    let versions = shop.told(&["configuration", "--versions", "--json"]);
    let versions: Value = serde_json::from_str(&versions).unwrap();
    assert_eq!(versions.as_array().unwrap().len(), 1, "{versions}");
    let saved = shop.write("saved.yaml", &active.to_string());
    let told = shop.told(&["check", &saved]);
    assert!(
        told.contains(
            "orders.location: 'East Warehouse' stands for 2, which is called 'East DC' today"
        ),
        "{told}"
    );

    // What is applied anew has to say what is meant.
    let told = shop.refused(&["plan", &file]);
    for part in [
        "connections.netsuite.settings.orders.location: 'East Warehouse' was not found",
        "there are: ",
        "Until now it stood for 2, which is called 'East DC' today",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let told = shop.told(&["apply", &shop.at("renamed.yaml", "East DC")]);
    assert!(told.contains("East Warehouse -> East DC"), "{told}");
    assert!(
        told.contains("+ names.netsuite.locations.East DC: 2"),
        "{told}"
    );
    assert!(told.contains("version 2 is active"), "{told}");

    // A name that moves to another location is a change that is shown.
    assert!(account.rename("location", 2, "Old DC"));
    assert!(account.rename("location", 1, "East DC"));
    let told = shop.told(&["plan", &shop.at("renamed.yaml", "East DC")]);
    assert!(
        told.contains("~ names.netsuite.locations.East DC: 2 -> 1"),
        "{told}"
    );
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_up_is_refused_with_the_nearest_names() {
    let shop = Shop::open().await;
    let account = shop.sandbox.netsuite();
    let up = |file: &str| shop.ask(&["up", "--config", file, "--listen-control", &shop.address]);

    let misspelt = shop.at("misspelt.yaml", "Est Warehouse");
    shop.told(&["check", "--offline", &misspelt]);
    for (code, told) in [shop.ask(&["check", &misspelt]), up(&misspelt)] {
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("settings.orders.location: "), "{told}");
        assert!(
            told.contains("is called 'Est Warehouse'; there are: 2 East Warehouse"),
            "{told}"
        );
    }
    let unknown = shop.at("unknown.yaml", "4711");
    let told = shop.refused(&["check", &unknown]);
    assert!(
        told.contains("the account's locations have no id '4711'; there are: "),
        "{told}"
    );

    assert!(account.rename("location", 3, "East Warehouse"));
    let twins = shop.at("twins.yaml", "East Warehouse");
    let told = shop.refused(&["resolve", &twins]);
    assert!(
        told.contains("2 of the account's locations are called 'East Warehouse'"),
        "{told}"
    );
    assert!(told.contains("(2, 3)"), "{told}");

    // Where the account cannot be reached, only what was looked up before can be applied.
    assert!(account.rename("location", 3, "City Store"));
    let mut resolved: Value = serde_json::from_str(&shop.told(&["resolve", &twins])).unwrap();
    resolved["connections"]["netsuite"]["settings"]["url"] =
        json!(format!("http://127.0.0.1:{}", free_port()));
    let mut away = resolved.clone();
    away.as_object_mut().unwrap().remove("names").unwrap();
    let (code, told) = up(&shop.write("away.yaml", &away.to_string()));
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("'East Warehouse' was not found"), "{told}");
    let resolved = shop.write("resolved.yaml", &resolved.to_string());
    let command = [
        "up",
        "--config",
        &resolved,
        "--listen-control",
        &shop.address,
    ];
    let up = shop.installation.role(&command);
    until("the configuration is in force", async || {
        let (code, told) = shop.ask(&["configuration"]);
        (code == 0 && told.contains(r#""East Warehouse":"2""#))
            .then_some(())
            .ok_or(told)
    })
    .await;
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn editors_complete_the_accounts_own_names() {
    let shop = Shop::open().await;
    let file = shop.write("causeway.yaml", &shop.configuration.to_string());
    let told = shop.told(&["schema", "--connection", "netsuite", "--config", &file]);
    let schema: Value = serde_json::from_str(&told).unwrap();
    let location = "/$defs/connections.netsuite.Orders/properties/location/anyOf";
    let names: Vec<&str> = schema
        .pointer(location)
        .and_then(Value::as_array)
        .unwrap()
        .iter()
        .filter_map(|choice| choice["const"].as_str())
        .collect();
    assert_eq!(names, ["Main Warehouse", "East Warehouse", "City Store"]);
    let settings =
        schema.pointer("/properties/connections/properties/netsuite/properties/settings");
    assert_eq!(
        settings,
        Some(&json!({"$ref": "#/$defs/connections.netsuite"}))
    );
    shop.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_are_shown_with_their_names() {
    let mut shop = Shop::open().await;
    let orders = &mut shop.configuration["connections"]["netsuite"]["settings"]["orders"];
    orders["location"] = json!("2");
    let rule = "/syncs/orders/set_lines/location/value";
    *shop.configuration.pointer_mut(rule).unwrap() = json!("3");
    let file = shop.write("ids.yaml", &shop.configuration.to_string());
    let up = shop.up(&file).await;

    let told = shop.told(&["plan", &shop.at("moved.yaml", "1")]);
    let moved = "settings.orders.location: 2 (East Warehouse) -> 1 (Main Warehouse)";
    assert!(told.contains(moved), "{told}");
    let told = shop.told(&["plan", &shop.at("unknown.yaml", "4711")]);
    assert!(told.contains("2 (East Warehouse) -> 4711\n"), "{told}");

    let mut changed = shop.configuration.clone();
    *changed.pointer_mut(rule).unwrap() = json!("1");
    let moved = shop.write("lines.yaml", &changed.to_string());
    let told = shop.told(&["plan", &moved]);
    let lines = "set_lines.location.value: 3 (City Store) -> 1 (Main Warehouse)";
    assert!(told.contains(lines), "{told}");
    let (code, told) = shop.ask(&["preview", &moved, "--sync", "orders"]);
    assert_eq!(code, 2, "{told}");
    let lines = ": location: 3 (City Store) -> 1 (Main Warehouse)";
    assert!(told.contains(lines), "{told}");
    // For programs they stay as they are.
    let (_, told) = shop.ask(&["preview", &moved, "--sync", "orders", "--json"]);
    assert!(!told.contains("City Store"), "{told}");

    let order = shop.sandbox.shopify().orders().remove(0).id;
    let number = order.rsplit('/').next().unwrap();
    let told = shop.told(&["dry-run", &file, "orders", number]);
    for name in ["location: 3 (City Store)", "location: 2 (East Warehouse)"] {
        assert!(told.contains(name), "{told}");
    }
    assert!(up.terminate().await.success());
    shop.sandbox.stop().await;
}
