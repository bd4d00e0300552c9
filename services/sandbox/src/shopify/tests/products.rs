//! Products: what `productSet` takes, what it replaces, and what it refuses.

use super::*;

const SET: &str = "mutation Set($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(identifier: $identifier, input: $input, synchronous: true) {
    product { id handle status tags options { name values } variants(first: 5) { nodes { id sku position price selectedOptions { name value }
      inventoryItem { tracked measurement { weight { unit value } } } } } media(first: 5) { nodes { id alt status } } }
    userErrors { code field message }
  }
}";

const DEFINE: &str = "mutation { metafieldDefinitionCreate(definition: { name: \"Key\", ownerType: PRODUCT, namespace: \"own\", key: \"key\", type: \"id\" }) { userErrors { code } } }";

fn sizes(sizes: &[&str]) -> Json {
    let values: Vec<Json> = sizes.iter().map(|size| json!({ "name": size })).collect();
    let variant = |size: &&str| {
        json!({ "sku": format!("T-{size}"), "price": "5.00", "optionValues": [{ "optionName": "Size", "name": size }],
        "inventoryItem": { "tracked": true, "measurement": { "weight": { "unit": "GRAMS", "value": 2.5 } } } })
    };
    let variants: Vec<Json> = sizes.iter().map(variant).collect();
    json!({ "title": "Tee", "productOptions": [{ "name": "Size", "values": values }], "variants": variants })
}

impl Api {
    async fn set_product(&self, identifier: Json, input: Json) -> Json {
        let variables = json!({ "identifier": identifier, "input": input });
        self.data(SET, variables).await["productSet"].take()
    }

    async fn code(&self, identifier: Json, input: Json) -> String {
        let payload = self.set_product(identifier, input).await;
        assert_eq!(payload["product"], Json::Null, "{payload}");
        payload["userErrors"][0]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

#[tokio::test]
async fn a_product_is_made_once_under_a_key_and_its_lists_are_replaced() {
    let api = Api::start(0, generous()).await;
    let key = json!({ "customId": { "namespace": "own", "key": "key", "value": "7" } });
    assert_eq!(
        api.code(key.clone(), sizes(&["S"])).await,
        "INVALID_METAFIELD"
    );
    let defined = api.data(DEFINE, json!({})).await;
    assert_eq!(
        defined["metafieldDefinitionCreate"]["userErrors"],
        json!([])
    );
    let again = api.data(DEFINE, json!({})).await;
    assert_eq!(
        again["metafieldDefinitionCreate"]["userErrors"][0]["code"],
        "TAKEN"
    );

    let mut input = sizes(&["S", "M"]);
    input["tags"] = json!(["b", "A"]);
    input["files"] =
        json!([{ "originalSource": "https://x.example/a.jpg", "contentType": "IMAGE" }]);
    let made = api.set_product(key.clone(), input).await["product"].take();
    assert_eq!(made["tags"], json!(["A", "b"]));
    let variants = made["variants"]["nodes"].as_array().unwrap();
    assert_eq!(variants.len(), 2);
    let media = made["media"]["nodes"][0]["id"].clone();

    // The same key is the same product; variants without an id are known by their values.
    let mut other = sizes(&["M", "L"]);
    other["files"] = json!([{ "id": media }]);
    let now = api.set_product(key, other).await["product"].take();
    assert_eq!(now["id"], made["id"]);
    assert_eq!(now["tags"], made["tags"], "what is left out stays");
    let after = now["variants"]["nodes"].as_array().unwrap();
    assert_eq!(after[0]["id"], variants[1]["id"]);
    assert_eq!(api.shop().fetched_pictures().len(), 1);
    let gone = "query Gone($id: ID!) { productVariant(id: $id) { sku } productVariants(first: 5, query: \"sku:T-S\") { nodes { sku } } }";
    let gone = api.data(gone, json!({ "id": variants[0]["id"] })).await;
    assert_eq!(gone["productVariant"], Json::Null);
    assert_eq!(gone["productVariants"]["nodes"], json!([]));
    let by_key = "{ productByIdentifier(identifier: { customId: { namespace: \"own\", key: \"key\", value: \"7\" } }) { title key: metafield(namespace: \"own\", key: \"key\") { value type } } }";
    let found = api.data(by_key, json!({})).await;
    assert_eq!(
        found["productByIdentifier"]["key"],
        json!({ "value": "7", "type": "id" })
    );
}

#[tokio::test]
async fn what_makes_no_product_is_refused_as_a_whole() {
    let api = Api::start(0, generous()).await;
    let before = api.shop().products();
    let with = |change: fn(&mut Json)| {
        let mut input = sizes(&["S", "M"]);
        change(&mut input);
        input
    };
    for (code, input) in [
        ("INVALID_PRODUCT", with(|input| input["title"] = json!(" "))),
        (
            "PRODUCT_OPTIONS_INPUT_MISSING",
            with(|input| {
                input.as_object_mut().unwrap().remove("productOptions");
            }),
        ),
        (
            "VARIANTS_INPUT_MISSING",
            with(|input| {
                input.as_object_mut().unwrap().remove("variants");
            }),
        ),
        (
            "OPTION_VALUES_MISSING",
            with(|input| input["productOptions"][0]["values"] = json!([])),
        ),
        (
            "DUPLICATED_OPTION_VALUE",
            with(|input| input["productOptions"][0]["values"][1]["name"] = json!("s")),
        ),
        (
            "OPTIONS_OVER_LIMIT",
            with(|input| {
                let option = |name: &str| json!({ "name": name, "values": [{ "name": "1" }] });
                input["productOptions"] =
                    json!([option("A"), option("B"), option("C"), option("D")]);
            }),
        ),
        (
            "OPTION_DOES_NOT_EXIST",
            with(|input| input["variants"][0]["optionValues"][0]["optionName"] = json!("Length")),
        ),
        (
            "OPTION_VALUE_DOES_NOT_EXIST",
            with(|input| input["variants"][0]["optionValues"][0]["name"] = json!("XL")),
        ),
        (
            "INVALID_VARIANT",
            with(|input| input["variants"][1]["optionValues"][0]["name"] = json!("S")),
        ),
        (
            "INVALID_VARIANT",
            with(|input| input["variants"][0]["price"] = json!("-1")),
        ),
        (
            "PRODUCT_VARIANT_DOES_NOT_EXIST",
            with(|input| input["variants"][0]["id"] = json!("gid://shopify/ProductVariant/1")),
        ),
        (
            "HANDLE_NOT_UNIQUE",
            json!({ "title": "Tee", "handle": before[0].handle }),
        ),
        (
            "INVALID_INPUT",
            with(|input| input["files"] = json!([{ "id": "gid://shopify/MediaImage/1" }])),
        ),
    ] {
        assert_eq!(api.code(Json::Null, input.clone()).await, code, "{input}");
    }
    let nobody = json!({ "id": "gid://shopify/Product/1" });
    assert_eq!(api.code(nobody, json!({})).await, "PRODUCT_DOES_NOT_EXIST");
    assert_eq!(api.shop().products(), before);
}

#[tokio::test]
async fn channels_collections_and_metafields_are_set_beside() {
    let api = Api::start(0, generous()).await;
    let made = api.set_product(Json::Null, json!({ "title": "Tee" })).await["product"].take();
    let lists = api
        .data(
            "{ publications(first: 5) { nodes { id channels(first: 1) { nodes { name } } } } }",
            json!({}),
        )
        .await;
    let store = &lists["publications"]["nodes"][0];
    assert_eq!(store["channels"]["nodes"][0]["name"], "Online Store");
    let publish = "mutation Publish($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id, input: $input) { userErrors { message } } }";
    let input = json!([{ "publicationId": store["id"] }]);
    api.data(publish, json!({ "id": made["id"], "input": input }))
        .await;
    let home = json!("gid://shopify/Collection/510000000001");
    let sources = "query Sources($ids: [ID!]!) { nodes(ids: $ids) { ... on Collection { id sources { ... on CollectionConditionsSource { id } } } } }";
    let found = api.data(sources, json!({ "ids": [home] })).await;
    let source = &found["nodes"][0]["sources"][0]["id"];
    let collect = "mutation Collect($collection: CollectionUpdateInput!) { collectionUpdate(collection: $collection) { userErrors { message } } }";
    let selection = json!({ "selectionsToAdd": [{ "productId": made["id"] }] });
    let update = json!({ "id": home, "sourcesToUpdate": [{ "condition": { "id": source, "inclusion": selection } }] });
    let done = api.data(collect, json!({ "collection": update })).await;
    assert_eq!(done["collectionUpdate"]["userErrors"], json!([]));
    let set = "mutation Remember($all: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $all) { userErrors { code } } }";
    let field = |kind: &str, value: &str| json!([{ "ownerId": made["id"], "namespace": "own", "key": kind, "type": kind, "value": value }]);
    for (all, code) in [
        (field("json", "{}"), Json::Null),
        (field("json", "{"), json!("INVALID_VALUE")),
    ] {
        let done = api.data(set, json!({ "all": all })).await;
        assert_eq!(done["metafieldsSet"]["userErrors"][0]["code"], code);
    }
    let shown = api.shop().products().pop().unwrap();
    assert_eq!(
        (shown.channels, shown.collections),
        (vec!["Online Store".to_owned()], vec!["Home".to_owned()])
    );
}
