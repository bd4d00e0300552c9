//! A world whose shop is the Amazon seller.

use serde_json::{Value, json};

use crate::World;

impl World {
    /// From here on the shop is the Amazon seller, with these settings beside the usual ones: its levels are those of all of NetSuite's locations, what
    /// Amazon sends becomes cash sales, and settlements go to the account `bank`, what matches no payment to `unmatched`.
    pub fn sell_by_amazon(&mut self, settings: &Value, bank: i64, unmatched: i64) {
        let secret = |name: &str, text: &str| {
            let path = self.folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            format!("file:{}", path.display())
        };
        let url = self.sandbox.amazon_url();
        let auth = json!({
            "client_id": "amzn1.application-oa2-client.sandbox",
            "client_secret": secret("amazon.secret", "sandbox-secret"),
            "refresh_token": secret("amazon.refresh", "Atzr|sandbox-refresh"),
            "url": format!("{url}auth/o2/token"),
        });
        let mut all = json!({
            "region": "na",
            "seller": "A3SANDBOXSELL",
            "marketplaces": ["ATVPDKIKX0DER"],
            "url": url.as_str(),
            "auth": auth,
            "orders": { "by_amazon": true },
            "fulfilments": { "untracked": "none" },
            "stock": { "location": "web" },
        });
        for (name, value) in settings.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        let places = self.sandbox.catalogue().locations.iter();
        let places: Vec<u64> = places.map(|place| place.netsuite_id).collect();
        let connections = &mut self.configuration["connections"];
        connections["shop"] = json!({ "endpoint": "amazon", "settings": all });
        let netsuite = &mut connections["netsuite"]["settings"];
        // Of what it sends itself Amazon tells no e-mail address.
        let buyer = json!({ "companyName": "Amazon's customers", "subsidiary": { "id": "1" } });
        let buyer = self
            .sandbox
            .netsuite()
            .add_customer(buyer.as_object().unwrap());
        netsuite["orders"]["customer"]["default"] = buyer.unwrap().into();
        netsuite["orders"]["record"] = json!({ "fulfilled": "cash_sale" });
        netsuite["orders"]["payments"] = json!({ "deposits": true });
        netsuite["payouts"] = json!({ "account": bank, "accounts": { "unmatched": unmatched } });
        netsuite["stock"] = json!({ "pools": { "web": { "locations": places } } });
        self.stock_may_differ = true;
    }

    /// Whether the shop is the Amazon seller.
    #[must_use]
    pub fn sells_by_amazon(&self) -> bool {
        self.configuration["connections"]["shop"]["endpoint"] == "amazon"
    }
}
