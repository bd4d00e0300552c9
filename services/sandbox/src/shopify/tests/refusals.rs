use serde_json::{Value as Json, json};

use super::{Api, generous};

#[tokio::test]
async fn a_field_that_does_not_exist_is_refused_with_its_place() {
    let api = Api::start(1, generous()).await;
    let answer = api
        .raw(
            "{\n  orders(first: 1) { nodes { id shipTo } }\n}",
            json!({}),
        )
        .await;
    let expected = json!({
        "message": "Field 'shipTo' doesn't exist on type 'Order'",
        "locations": [{ "line": 2, "column": 33 }],
        "path": ["query", "orders", "nodes", "shipTo"],
        "extensions": { "code": "undefinedField", "typeName": "Order", "fieldName": "shipTo" },
    });
    assert_eq!(answer, json!({ "errors": [expected] }));
}

#[tokio::test]
async fn documents_that_do_not_fit_the_schema_are_refused() {
    let api = Api::start(1, generous()).await;
    let cases = [
        (
            "{ order(id: \"gid://shopify/Order/1\") }",
            "selectionMismatch",
        ),
        ("{ shop { name { first } } }", "selectionMismatch"),
        ("{ order { id } }", "missingRequiredArguments"),
        ("{ shop(id: 1) { id } }", "argumentNotAccepted"),
        ("{ shop { ...Facts } }", "useAndDefineFragment"),
        ("query($id: ID!) { shop { id } }", "variableNotUsed"),
        ("{ order(id: $id) { id } }", "variableNotDefined"),
        (
            "{ node(id: \"gid://shopify/Order/1\") { name } }",
            "undefinedField",
        ),
        (
            "{ node(id: \"gid://shopify/Order/1\") { ... on Nothing { id } } }",
            "undefinedType",
        ),
        ("{ orders { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        (
            "{ orders(first: 1, after: \"x\") { nodes { id } } }",
            "BAD_REQUEST",
        ),
        (
            "{ orders(first: 1, query: \"updated:>2026\") { nodes { id } } }",
            "BAD_REQUEST",
        ),
        (
            "{ orders(first: 1, query: \"updated_at:>yesterday\") { nodes { id } } }",
            "BAD_REQUEST",
        ),
        ("{ order(id: \"1\") { id } }", "RESOURCE_NOT_FOUND"),
        (
            "mutation { orderDelete(id: 1) { userErrors { message } } }",
            "undefinedField",
        ),
    ];
    for (query, code) in cases {
        assert_eq!(
            api.refusal(query, json!({})).await.1.as_deref(),
            Some(code),
            "{query}"
        );
    }
    assert!(
        api.refusal("{ orders(first: 1) { nodes { id }", json!({}))
            .await
            .0
            .starts_with("syntax error")
    );
    let (message, _) = api
        .refusal("query($id: ID!) { order(id: $id) { id } }", json!({}))
        .await;
    assert_eq!(
        message,
        "Variable $id of type ID! was provided invalid value"
    );
}

#[tokio::test]
async fn documents_are_taken_as_graphql_means_them() {
    let api = Api::start(3, generous()).await;
    let query = r#"
      query A($with: Boolean = false, $first: Int = 2) {
        one: orders(first: $first, query: "status:any") { nodes { id } }
        two: orders(first: 1, query: "status:any") { nodes { ...Names number @include(if: $with) name @skip(if: true) } }
        shop { name }
        shop { ... on Shop { myshopifyDomain } ... @include(if: $with) { email } }
      }
      fragment Names on Order { id label: name ... on Node { id } }
    "#;
    let answer = api.raw(query, json!({})).await["data"].take();
    assert_eq!(answer["one"]["nodes"].as_array().unwrap().len(), 2);
    let keys = |value: &Json| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&answer["two"]["nodes"][0]), ["id", "label"]);
    assert_eq!(keys(&answer["shop"]), ["name", "myshopifyDomain"]);
    let answer = api.raw(query, json!({ "with": true, "first": 3 })).await["data"].take();
    assert_eq!(answer["one"]["nodes"].as_array().unwrap().len(), 3);
    assert_eq!(keys(&answer["two"]["nodes"][0]), ["id", "label", "number"]);
    assert_eq!(keys(&answer["shop"]), ["name", "myshopifyDomain", "email"]);
}

#[tokio::test]
async fn only_a_valid_token_opens() {
    let api = Api::start(1, generous()).await;
    let url = |path: &str| api.sandbox.shopify_url().join(path).unwrap();
    let ask = |token: String| {
        let request = api
            .client
            .post(url("admin/api/2026-07/graphql.json"))
            .header("X-Shopify-Access-Token", token);
        request
            .json(&json!({ "query": "{ shop { name } }" }))
            .send()
    };
    assert_eq!(ask("wrong".to_owned()).await.unwrap().status(), 401);
    let grant = |secret: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "sandbox-client"),
            ("client_secret", secret),
        ];
        api.client
            .post(url("admin/oauth/access_token"))
            .form(&form)
            .send()
    };
    assert_eq!(grant("wrong").await.unwrap().status(), 400);
    let granted: Json = grant("sandbox-secret").await.unwrap().json().await.unwrap();
    assert_eq!(granted["expires_in"], 86_399);
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(ask(token.to_owned()).await.unwrap().status(), 200);
    api.time.advance(24 * 3_600);
    let expired = ask(token.to_owned()).await.unwrap();
    assert_eq!(expired.status(), 401);
    let body: Json = expired.json().await.unwrap();
    assert!(
        body["errors"]
            .as_str()
            .unwrap()
            .starts_with("[API] Invalid API key")
    );
}

#[tokio::test]
async fn older_versions_fall_forward() {
    let api = Api::start(1, generous()).await;
    for (version, status) in [
        ("2026-07", 200),
        ("2024-01", 200),
        ("2027-01", 404),
        ("unstable", 404),
    ] {
        let url = api
            .sandbox
            .shopify_url()
            .join(&format!("admin/api/{version}/graphql.json"))
            .unwrap();
        let request = api
            .client
            .post(url)
            .header("X-Shopify-Access-Token", "shpat_sandbox")
            .json(&json!({ "query": "{ shop { name } }" }));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{version}");
        assert_eq!(response.headers()["x-shopify-api-version"], "2026-07");
    }
}

#[tokio::test]
async fn the_shops_own_pages_tell_what_happened() {
    let api = Api::start(5, generous()).await;
    let page = async |path: &str| -> Json {
        let url = api.sandbox.shopify_url().join(path).unwrap();
        api.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    api.raw("{ shop { name } }", json!({})).await;
    let url = api
        .sandbox
        .shopify_url()
        .join("_sandbox/new-orders")
        .unwrap();
    let made: Json = api
        .client
        .post(url)
        .json(&json!({ "count": 2 }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(made.as_array().unwrap().len(), 2);
    assert_eq!(page("_sandbox/summary").await["orders"], 7);
    assert_eq!(page("_sandbox/orders?last=1").await[0]["id"], made[1]);
    assert_eq!(
        page("_sandbox/inventory").await[0]["location"],
        "Main Warehouse"
    );
    assert!(page("_sandbox/fulfilments").await.is_array());
    assert_eq!(page("_sandbox/settings").await["bucket"], Json::Null);
    let requests = page("_sandbox/requests").await;
    assert_eq!(
        requests["requests"][0]["path"],
        "/admin/api/{version}/graphql.json#shop"
    );
}
