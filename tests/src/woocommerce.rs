//! A world whose shop is the WooCommerce site.

use serde_json::{Value, json};

use crate::World;

impl World {
    /// From here on the shop is the WooCommerce site, with these settings beside its address and key: its levels are those of all of
    /// NetSuite's locations.
    pub fn sell_by_woocommerce(&mut self, settings: &Value) {
        let secret = |name: &str, text: &str| {
            let path = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            format!("file:{}", path.display())
        };
        let auth = json!({
            "consumer_key": secret("woocommerce.key", "ck_sandbox"),
            "consumer_secret": secret("woocommerce.secret", "cs_sandbox"),
        });
        let mut all = json!({
            "url": self.sandbox.woocommerce_url().as_str(),
            "auth": auth,
            "stock": { "location": "web" },
        });
        for (name, value) in settings.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        let places = self.sandbox.catalogue().locations.iter();
        let places: Vec<u64> = places.map(|place| place.netsuite_id).collect();
        let connections = &mut self.configuration["connections"];
        connections["shop"] = json!({ "endpoint": "woocommerce", "settings": all });
        let netsuite = &mut connections["netsuite"]["settings"];
        netsuite["refunds"] = json!({ "adjustment_item": 903 });
        netsuite["stock"] = json!({ "pools": { "web": { "locations": places } } });
        self.stock_may_differ = true;
    }

    /// Whether the shop is the WooCommerce site.
    #[must_use]
    pub fn sells_by_woocommerce(&self) -> bool {
        self.configuration["connections"]["shop"]["endpoint"] == "woocommerce"
    }
}
