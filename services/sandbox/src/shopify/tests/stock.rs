use serde_json::{Value as Json, json};

use super::{Api, generous};

const SET: &str = r#"mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt reason referenceDocumentUri changes(quantityNames: ["available"]) { name delta quantityAfterChange item { id } location { id } } }
    userErrors { code field message }
  }
}"#;

const ITEMS: &str = r#"query($query: String!) {
  inventoryItems(first: 250, query: $query) {
    nodes {
      id legacyResourceId sku tracked requiresShipping createdAt updatedAt variant { id }
      inventoryLevels(first: 10) { nodes { id isActive createdAt updatedAt location { id name } item { id }
        quantities(names: ["available", "on_hand", "committed"]) { id name quantity updatedAt } } }
    }
  }
}"#;

impl Api {
    async fn items(&self, query: &str) -> Vec<Json> {
        self.data(ITEMS, json!({ "query": query })).await["inventoryItems"]["nodes"]
            .as_array()
            .unwrap()
            .clone()
    }

    async fn set(&self, key: &str, quantities: Json) -> Json {
        let input = json!({ "name": "available", "reason": "correction", "referenceDocumentUri": "gid://connector/Stock/1", "quantities": quantities });
        self.data(SET, json!({ "input": input, "key": key })).await["inventorySetQuantities"].take()
    }

    fn available(&self, sku: &str, location: &str) -> i64 {
        self.shop()
            .inventory()
            .into_iter()
            .find(|level| level.sku == sku && level.location == location)
            .unwrap()
            .available
    }
}

fn quantity(item: &Json, quantity: i64, from: Json) -> Json {
    let location = &item["inventoryLevels"]["nodes"][0]["location"]["id"];
    json!({ "inventoryItemId": item["id"], "locationId": location, "quantity": quantity, "changeFromQuantity": from })
}

fn available(item: &Json) -> Json {
    item["inventoryLevels"]["nodes"][0]["quantities"][0]["quantity"].clone()
}

fn main_stock(api: &Api, item: &Json) -> i64 {
    api.available(item["sku"].as_str().unwrap(), "Main Warehouse")
}

#[tokio::test]
async fn a_quantity_is_set_if_it_was_what_the_client_thought() {
    let api = Api::start(0, generous()).await;
    let items = api.items("").await;
    let item = &items[0];
    let set = api
        .set("a", json!([quantity(item, 777, available(item))]))
        .await;
    assert_eq!(set["userErrors"], json!([]));
    assert_eq!(
        set["inventoryAdjustmentGroup"]["changes"][0]["quantityAfterChange"],
        777
    );
    assert_eq!(main_stock(&api, item), 777);

    // One of two is stale: neither is set.
    let (old, other) = (available(&items[1]), &items[1]);
    let set = api
        .set(
            "b",
            json!([
                quantity(other, 5, old.clone()),
                quantity(item, 1, available(item))
            ]),
        )
        .await;
    assert_eq!(set["inventoryAdjustmentGroup"], Json::Null);
    assert_eq!(set["userErrors"][0]["code"], "CHANGE_FROM_QUANTITY_STALE");
    assert_eq!(
        set["userErrors"][0]["field"],
        json!(["input", "quantities", "1", "changeFromQuantity"])
    );
    assert_eq!(Json::from(main_stock(&api, other)), old);

    // Null does not compare.
    let set = api.set("c", json!([quantity(item, 3, Json::Null)])).await;
    assert_eq!(set["userErrors"], json!([]));
    assert_eq!(main_stock(&api, item), 3);
}

#[tokio::test]
async fn the_comparison_cannot_be_forgotten() {
    let api = Api::start(0, generous()).await;
    let item = &api.items("").await[0];
    let mut asked = quantity(item, 9, Json::Null);
    asked.as_object_mut().unwrap().remove("changeFromQuantity");
    let set = api.set("a", json!([asked])).await;
    assert_eq!(set["userErrors"][0]["code"], "COMPARE_QUANTITY_REQUIRED");
}

#[tokio::test]
async fn a_key_is_required_and_works_once() {
    let api = Api::start(0, generous()).await;
    let item = &api.items("").await[0];
    let plain = SET
        .replace(" @idempotent(key: $key)", "")
        .replace(", $key: String!", "");
    let input = json!({ "name": "available", "reason": "correction", "quantities": [quantity(item, 9, Json::Null)] });
    let (message, code) = api.refusal(&plain, json!({ "input": input })).await;
    assert_eq!(
        (
            message.contains("@idempotent directive is required"),
            code.as_deref()
        ),
        (true, Some("BAD_REQUEST"))
    );

    let first = api.set("k", json!([quantity(item, 9, Json::Null)])).await;
    assert!(
        api.shop()
            .set_stock(item["sku"].as_str().unwrap(), "Main Warehouse", 4)
    );
    let again = api.set("k", json!([quantity(item, 9, Json::Null)])).await;
    assert_eq!(again, first, "the same answer");
    assert_eq!(main_stock(&api, item), 4, "and no effect");
    let other = api.set("k", json!([quantity(item, 10, Json::Null)])).await;
    assert_eq!(
        other["userErrors"][0]["code"],
        "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    );

    let wrong = api
        .set("stale", json!([quantity(item, 1, json!(-5))]))
        .await;
    assert_eq!(wrong["userErrors"][0]["code"], "CHANGE_FROM_QUANTITY_STALE");
    let burnt = api
        .set("stale", json!([quantity(item, 1, json!(-5))]))
        .await;
    assert_eq!(
        burnt["userErrors"][0]["code"],
        "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
    );
}

#[tokio::test]
async fn wrong_input_is_named() {
    let api = Api::start(0, generous()).await;
    let items = api.items("").await;
    let item = &items[0];
    let kit = items
        .iter()
        .find(|item| item["sku"].as_str().unwrap().starts_with("KIT-"))
        .unwrap();
    let with = |change: &dyn Fn(&mut Json)| {
        let mut asked = quantity(item, 1, Json::Null);
        change(&mut asked);
        asked
    };
    let unstocked = items
        .iter()
        .find(|item| item["inventoryLevels"]["nodes"].as_array().unwrap().len() == 2)
        .unwrap();
    let mut elsewhere = quantity(unstocked, 1, Json::Null);
    elsewhere["locationId"] = json!("gid://shopify/Location/70003");
    let mut bundle = with(&|_| ());
    bundle["inventoryItemId"] = kit["id"].clone();
    let cases = [
        (
            "INVALID_INVENTORY_ITEM",
            json!([with(
                &|asked| asked["inventoryItemId"] = json!("gid://shopify/InventoryItem/1")
            )]),
        ),
        (
            "INVALID_LOCATION",
            json!([with(
                &|asked| asked["locationId"] = json!("gid://shopify/Location/1")
            )]),
        ),
        (
            "INVALID_QUANTITY_NEGATIVE",
            json!([with(&|asked| asked["quantity"] = json!(-1))]),
        ),
        (
            "INVALID_QUANTITY_TOO_HIGH",
            json!([with(&|asked| asked["quantity"] = json!(2_000_000_000))]),
        ),
        (
            "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
            json!([with(&|_| ()), with(&|_| ())]),
        ),
        ("ITEM_NOT_STOCKED_AT_LOCATION", json!([elsewhere])),
        ("NON_MUTABLE_INVENTORY_ITEM", json!([bundle])),
    ];
    for (code, quantities) in cases {
        let set = api.set(code, quantities).await;
        assert_eq!(set["userErrors"][0]["code"], code, "{set}");
    }
    let many: Vec<Json> = (0..251).map(|_| with(&|_| ())).collect();
    let input = json!({ "name": "available", "reason": "correction", "quantities": many });
    let (_, code) = api
        .refusal(SET, json!({ "input": input, "key": "many" }))
        .await;
    assert_eq!(code.as_deref(), Some("MAX_INPUT_SIZE_EXCEEDED"));
}

#[tokio::test]
async fn an_item_is_stocked_at_another_location() {
    let api = Api::start(0, generous()).await;
    let item = api
        .items("")
        .await
        .into_iter()
        .find(|item| item["inventoryLevels"]["nodes"].as_array().unwrap().len() == 2)
        .unwrap();
    let query = r#"mutation($item: ID!, $location: ID!, $available: Int, $key: String!) {
      inventoryActivate(inventoryItemId: $item, locationId: $location, available: $available) @idempotent(key: $key) {
        inventoryLevel { id location { id } quantities(names: ["available"]) { name quantity } } userErrors { field message }
      }
    }"#;
    let asked = |key: &str| json!({ "item": item["id"], "location": "gid://shopify/Location/70003", "available": 8, "key": key });
    let made = api.data(query, asked("one")).await["inventoryActivate"].take();
    assert_eq!(made["inventoryLevel"]["quantities"][0]["quantity"], 8);
    assert_eq!(
        api.available(item["sku"].as_str().unwrap(), "City Store"),
        8
    );
    assert_eq!(
        api.data(query, asked("one")).await["inventoryActivate"],
        made
    );
    let again = api.data(query, asked("two")).await["inventoryActivate"].take();
    assert!(
        again["userErrors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("already active")
    );
}

#[tokio::test]
async fn items_and_variants_are_found_by_sku() {
    let api = Api::start(0, generous()).await;
    let all = api.items("").await;
    assert_eq!(all.len(), 46);
    let skus: Vec<&str> = [3, 20]
        .iter()
        .map(|place| all[*place]["sku"].as_str().unwrap())
        .collect();
    let found = api
        .items(&format!("sku:{} OR sku:'{}'", skus[0], skus[1]))
        .await;
    assert_eq!(
        found
            .iter()
            .map(|item| item["sku"].as_str().unwrap())
            .collect::<Vec<_>>(),
        skus
    );

    let query = r#"query($query: String!) {
      productVariants(first: 10, query: $query) {
        nodes {
          id legacyResourceId title displayName sku barcode price taxable position availableForSale createdAt updatedAt inventoryQuantity
          requiresComponents product { id title handle vendor productType status isGiftCard }
          inventoryItem { id inventoryLevel(locationId: "gid://shopify/Location/70001") { quantities(names: ["available"]) { quantity } } }
          productVariantComponents(first: 5) { nodes { id quantity productVariant { sku } } }
        }
      }
      locations(first: 10) { nodes { id legacyResourceId name isActive fulfillsOnlineOrders address { address1 city countryCode formatted } } }
    }"#;
    let data = api.data(query, json!({ "query": "sku:KIT-*" })).await;
    let kits = data["productVariants"]["nodes"].as_array().unwrap();
    assert_eq!(kits.len(), 5);
    // The shop knows the parts of every other one.
    let (bundles, counted): (Vec<&Json>, Vec<&Json>) = kits
        .iter()
        .partition(|kit| kit["requiresComponents"] == true);
    assert_eq!((bundles.len(), counted.len()), (3, 2));
    let parts = |kit: &Json| {
        kit["productVariantComponents"]["nodes"]
            .as_array()
            .unwrap()
            .len()
    };
    assert!(bundles.iter().all(|kit| parts(kit) >= 2));
    assert!(counted.iter().all(|kit| parts(kit) == 0));
    assert_eq!(data["locations"]["nodes"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn orders_take_stock_and_cancellations_give_it_back() {
    let api = Api::start(0, generous()).await;
    let sum = |api: &Api| {
        let levels = api.shop().inventory();
        (
            levels.iter().map(|level| level.available).sum::<i64>(),
            levels.iter().map(|level| level.committed).sum::<i64>(),
        )
    };
    let (before, _) = sum(&api);
    let orders = api.shop().create_orders(30);
    let (after, committed) = sum(&api);
    assert!(committed > 0);
    assert_eq!(before, after + committed);
    for order in &orders {
        assert!(api.shop().cancel_order(order));
    }
    assert_eq!(
        sum(&api),
        (before, 0),
        "what was cancelled can be sold again"
    );
}
