use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::{Api, generous};
use crate::shopify::{Options, Settings};

const PAGE: &str = r#"
query($first: Int!, $after: String, $query: String, $reverse: Boolean) {
  orders(first: $first, after: $after, sortKey: UPDATED_AT, query: $query, reverse: $reverse) {
    edges { cursor node { id updatedAt } } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"#;

impl Api {
    async fn ids(&self, first: u32, query: &str, reverse: bool) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut after = Json::Null;
        loop {
            let variables =
                json!({ "first": first, "after": after, "query": query, "reverse": reverse });
            let page = self.data(PAGE, variables).await["orders"].take();
            let edges = page["edges"].as_array().unwrap().clone();
            assert!(edges.len() <= first as usize);
            found.extend(edges.iter().map(|edge| {
                (
                    edge["node"]["updatedAt"].as_str().unwrap().to_owned(),
                    edge["node"]["id"].as_str().unwrap().to_owned(),
                )
            }));
            if page["pageInfo"]["hasNextPage"] == false {
                return found;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

#[tokio::test]
async fn pages_hold_every_order_once_and_in_order() {
    let api = Api::start(230, generous()).await;
    let all = api.ids(37, "status:any", false).await;
    assert_eq!(all.len(), 230);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 230);
    assert!(all.is_sorted_by_key(|(at, _)| at));
    let mut backwards = api.ids(50, "status:any", true).await;
    backwards.reverse();
    assert_eq!(backwards, all);
}

#[tokio::test]
async fn a_search_by_time_starts_where_it_says() {
    let api = Api::start(100, generous()).await;
    let all = api.ids(250, "status:any", false).await;
    let (at, _) = &all[40];
    let from = api
        .ids(250, &format!("updated_at:>='{at}' status:any"), false)
        .await;
    let after = api
        .ids(250, &format!("updated_at:>'{at}' status:any"), false)
        .await;
    let until = api
        .ids(250, &format!("updated_at:<'{at}' AND status:any"), false)
        .await;
    assert_eq!(from.len() + until.len(), 100);
    assert_eq!(from.first().map(|(first, _)| first), Some(at));
    assert!(after.iter().all(|(found, _)| found > at));
    assert!(
        api.ids(10, &format!("updated_at:>{at} updated_at:<{at}"), false)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn closed_and_cancelled_orders_show_when_asked_for() {
    let api = Api::start(120, generous()).await;
    let cancelled = api
        .shop()
        .orders()
        .into_iter()
        .filter(|order| order.cancelled)
        .count();
    let any = api.ids(250, "status:any", false).await.len();
    let open = api.ids(250, "", false).await.len();
    assert_eq!(any, 120);
    assert!(
        cancelled > 0 && open < any - cancelled,
        "closed orders are hidden too"
    );
    assert_eq!(
        api.ids(250, "status:cancelled", false).await.len(),
        cancelled
    );
    assert_eq!(api.ids(250, "status:open", false).await.len(), open);
    assert_eq!(api.ids(250, "status:not_closed", false).await.len(), open);
}

#[tokio::test]
async fn an_order_changed_between_pages_moves_to_the_end() {
    let api = Api::start(20, generous()).await;
    let first = api
        .data(PAGE, json!({ "first": 10, "query": "status:any" }))
        .await["orders"]
        .take();
    let moved = first["edges"][3]["node"]["id"].as_str().unwrap().to_owned();
    assert!(api.shop().update_order(&moved, "call first"));
    let rest = api
        .data(
            PAGE,
            json!({ "first": 100, "query": "status:any", "after": first["pageInfo"]["endCursor"] }),
        )
        .await;
    let edges = rest["orders"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 11);
    assert_eq!(edges[10]["node"]["id"], moved);
}

#[tokio::test]
async fn the_list_learns_of_changes_late() {
    let settings = Settings {
        index_lag_ms: 5_000,
        ..generous().settings
    };
    let api = Api::start(
        3,
        Options {
            settings,
            ..generous()
        },
    )
    .await;
    let new = api.shop().create_orders(1).remove(0);
    let node = api
        .data(
            "query($id: ID!) { order(id: $id) { id } }",
            json!({ "id": new }),
        )
        .await;
    assert_eq!(
        node["order"]["id"], new,
        "the order itself is there at once"
    );
    assert_eq!(api.ids(10, "status:any", false).await.len(), 3);
    api.time.advance(5);
    assert_eq!(
        api.ids(10, "status:any", false)
            .await
            .last()
            .map(|(_, id)| id.clone()),
        Some(new.clone())
    );
    api.time.advance(5);
    assert!(api.shop().cancel_order(&new));
    assert!(!api.shop().cancel_order(&new), "it is cancelled already");
    assert!(
        api.ids(10, "status:any updated_at:>='2026-09-01T12:00:10Z'", false)
            .await
            .is_empty()
    );
    api.time.advance(5);
    assert_eq!(
        api.ids(10, "status:any updated_at:>='2026-09-01T12:00:10Z'", false)
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn paging_ends_at_the_limit() {
    let api = Api::start(
        60,
        Options {
            paging_limit: 25,
            ..generous()
        },
    )
    .await;
    assert_eq!(api.ids(10, "status:any", false).await.len(), 25);
}

#[tokio::test]
async fn lines_are_paged_on_their_own() {
    let api = Api::start(45, generous()).await;
    let query = r#"query($id: ID!, $after: String) {
      order(id: $id) { lineItems(first: 7, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }
    }"#;
    let order = api
        .shop()
        .orders()
        .into_iter()
        .find(|order| order.lines >= 130)
        .unwrap();
    let (mut seen, mut after) = (HashSet::new(), Json::Null);
    loop {
        let page = api
            .data(query, json!({ "id": order.id, "after": after }))
            .await["order"]["lineItems"]
            .take();
        seen.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["id"].to_string()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), order.lines);
}

#[tokio::test]
async fn nodes_are_found_by_any_global_id() {
    let api = Api::start(20, generous()).await;
    let orders = api.all_orders().await;
    let refunded = orders
        .iter()
        .find(|order| {
            order["refunds"] != json!([]) && order["fulfillmentOrders"]["nodes"] != json!([])
        })
        .unwrap();
    let sent = orders
        .iter()
        .find(|order| order["fulfillments"] != json!([]))
        .unwrap();
    let ids = json!([
        refunded["id"],
        refunded["lineItems"]["nodes"][0]["id"],
        refunded["refunds"][0]["id"],
        refunded["transactions"][0]["id"],
        refunded["fulfillmentOrders"]["nodes"][0]["id"],
        refunded["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"],
        sent["fulfillments"][0]["id"],
        sent["fulfillments"][0]["fulfillmentLineItems"]["nodes"][0]["id"],
        orders
            .iter()
            .find_map(|order| order["customer"]["id"].as_str()),
        "gid://shopify/Location/70001",
        "gid://shopify/Order/1",
        "gid://shopify/Nonsense/1",
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Order { name } ... on LineItem { quantity } } }";
    let nodes = api.data(query, json!({ "ids": ids })).await["nodes"].take();
    for (id, node) in ids
        .as_array()
        .unwrap()
        .iter()
        .zip(nodes.as_array().unwrap())
        .take(10)
    {
        assert_eq!(&node["id"], id);
        assert!(
            id.as_str()
                .unwrap()
                .contains(&format!("/{}/", node["__typename"].as_str().unwrap()))
        );
    }
    assert_eq!(nodes[10], Json::Null);
    assert_eq!(nodes[11], Json::Null);
    assert!(nodes[1]["quantity"].is_i64());
}

#[tokio::test]
async fn the_shop_introduces_itself() {
    let api = Api::start(12, generous()).await;
    let query = r#"{
      shop { id name email contactEmail myshopifyDomain url currencyCode enabledPresentmentCurrencies ianaTimezone timezoneAbbreviation
        timezoneOffset timezoneOffsetMinutes taxesIncluded taxShipping setupRequired weightUnit unitSystem createdAt updatedAt
        orderNumberFormatPrefix orderNumberFormatSuffix shopOwnerName plan { displayName: publicDisplayName partnerDevelopment shopifyPlus }
        primaryDomain { id host url sslEnabled } }
      currentAppInstallation { id launchUrl accessScopes { handle description } app { id handle title apiKey } }
      publicApiVersions { handle displayName supported }
      ordersCount(query: "status:any") { count precision }
      customers: customer(id: "gid://shopify/Customer/7300000000001") { id displayName }
      fulfillmentOrders(first: 3, query: "status:open") { nodes { id status } }
      location { id }
    }"#;
    let data = api.data(query, json!({})).await;
    assert_eq!(data["shop"]["currencyCode"], "USD");
    assert_eq!(data["shop"]["timezoneOffset"], "-0500");
    assert_eq!(data["ordersCount"]["count"], 12);
    assert!(
        data["currentAppInstallation"]["accessScopes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|scope| scope["handle"] == "read_orders")
    );
}
